//! What the tasks of the chosen service use of their CPU and memory, as CloudWatch publishes it: minute by minute, and
//! each minute's value when the minute is over.

use albatross_engine::Simulation;
use albatross_engine::cloudwatch::{PERIOD, ServiceMinute, Spread};
use albatross_engine::ecs::ServiceId;
use albatross_engine::kernel::{SimDuration, SimTime};
use leptos::prelude::*;

use super::{Charts, key};
use crate::changing::text;
use crate::driver::picture::{AlarmView, Picture};
use crate::panels::plot::line;
use crate::playground::Playground;
use crate::words;

/// The chart goes to so many percent.
const MOST: f64 = 100.0;

/// The lines of the chart, and the latest values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Used {
    cpu: String,
    memory: String,
    target: String,
    last: (Option<f64>, Option<f64>),
}

impl Used {
    /// So many points, `every` seconds apart, the last of them now, at the right of so many places.
    pub(super) fn of(
        simulation: &Simulation,
        service: usize,
        points: usize,
        every: usize,
        places: usize,
    ) -> Self {
        let now = simulation.now();
        let known = simulation
            .metrics()
            .minutes()
            .iter()
            .filter_map(|minute| Some((minute.what.from + PERIOD, *minute.what.services.get(service)?)));
        let known: Vec<(SimTime, ServiceMinute)> = known.collect();
        let at = |point: usize| {
            let ago = SimDuration::from_secs(((points - 1 - point) * every) as u64);
            let minute = known.iter().rev().find(|(from, _)| *from + ago <= now);
            minute.map(|(_, minute)| *minute)
        };
        let values = |of: fn(&ServiceMinute) -> Option<Spread>| -> Vec<Option<f64>> {
            (0..points).map(|point| of(&at(point)?).map(|spread| spread.average)).collect()
        };
        let (cpu, memory) = (values(|minute| minute.cpu), values(|minute| minute.memory));
        let target = simulation.scaling_of(ServiceId::new(service as u32)).and_then(|scaler| {
            let mut policies = scaler.policies();
            policies.find_map(|(_, metric, value)| value.filter(|_| metric.metric_name() == "CPUUtilization"))
        });
        let last = (cpu.last().copied().flatten(), memory.last().copied().flatten());
        let whole = |value| line(&[Some(value); 2], 2, MOST);
        Self {
            cpu: line(&cpu, places, MOST),
            memory: line(&memory, places, MOST),
            target: target.map(|value| whole(value.as_f64())).unwrap_or_default(),
            last,
        }
    }
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{}\u{a0}%", words::fixed(value, 0)))
}

pub(super) fn chart() -> AnyView {
    let caption = view! {
        <span class="value">
            {key("key fly", "CPU", |charts| percent(charts.used.last.0))}
            {key("key", "memory", |charts| percent(charts.used.last.1))}
        </span>
    };
    super::chart(
        "chart-utilization",
        caption.into_any(),
        |charts| {
            let (cpu, memory) = charts.used.last;
            format!("CPUUtilization {}, MemoryUtilization {}", percent(cpu), percent(memory))
        },
        &[
            ("grid dashed", |charts| charts.used.target.clone()),
            ("plain", |charts| charts.used.memory.clone()),
            ("fly", |charts| charts.used.cpu.clone()),
        ],
        |_: &Charts| "100\u{a0}%".to_owned(),
        alarms(),
    )
    .into_any()
}

/// The alarms that are in ALARM, without the long way to their names.
fn alarms() -> AnyView {
    let picture = Playground::expect().picture;
    let alarms = move || picture.with(in_alarm);
    view! { <span class="in-alarm bad" id="in-alarm" title=alarms>{text(alarms)}</span> }.into_any()
}

fn in_alarm(picture: &Picture) -> String {
    let on = |alarm: &&AlarmView| alarm.state == "ALARM";
    let name = |alarm: &AlarmView| alarm.name.rsplit('/').next().unwrap_or_default().to_owned();
    let names = picture.alarms.iter().filter(on).map(name).collect::<Vec<_>>().join(", ");
    if names.is_empty() { names } else { format!("ALARM {names}") }
}
