//! What Application Auto Scaling does with a service, and the alarms.

use albatross_engine::Command;
use leptos::prelude::*;

use super::super::field::Field;
use super::super::{facts, told};
use crate::changing::part_if;
use crate::driver::picture::{AlarmView, Fact, ScalingView, ServiceView};
use crate::playground::Playground;

pub(super) fn part(service: Memo<ServiceView>) -> AnyView {
    let list = move |list: fn(&ScalingView) -> Vec<Fact>| {
        Memo::new(move |_| service.with(|service| service.scaling.as_ref().map(list).unwrap_or_default()))
    };
    view! {
        <h3>"Application Auto Scaling"</h3>
        <dl class="facts">{BOUNDS.map(|field| field.view(service)).into_iter().collect_view()}</dl>
        {facts(list(|scaling| scaling.policies.clone()))}
        <h3>"Scaling activities, the latest first"</h3>
        {told(list(|scaling| scaling.activities.clone()))}
    }
    .into_any()
}

const BOUNDS: [Field; 2] = [
    Field {
        id: "min-capacity",
        name: "MinCapacity",
        range: "0 to MaxCapacity",
        most: "60",
        read: |service| bounds(service).0,
        change: |service, id, min| Command::RegisterScalableTarget(id, min, bounds(service).1),
    },
    Field {
        id: "max-capacity",
        name: "MaxCapacity",
        range: "MinCapacity to 60 here",
        most: "60",
        read: |service| bounds(service).1,
        change: |service, id, max| Command::RegisterScalableTarget(id, bounds(service).0, max),
    },
];

fn bounds(service: &ServiceView) -> (u32, u32) {
    service.scaling.as_ref().map_or((0, 0), |scaling| (scaling.min_capacity, scaling.max_capacity))
}

/// The alarms of the scenario and those of the chosen service's scaling.
pub(super) fn alarms() -> AnyView {
    let playground = Playground::expect();
    let alarms = Memo::new(move |_| {
        let chosen = playground.service.get();
        let concerns = |alarm: &&AlarmView| alarm.service.is_none_or(|service| service == chosen);
        playground.picture.with(|picture| picture.alarms.iter().filter(concerns).cloned().collect::<Vec<_>>())
    });
    let alarm = |AlarmView { name, state, kind, condition, reason, .. }: AlarmView| {
        view! {
            <li data-alarm=state>
                <span class="alarm-name">{name}</span>
                <b class=kind>{state}</b>
                <p>{condition}</p>
                <p class="default">{reason}</p>
            </li>
        }
        .into_any()
    };
    let list = move || {
        let alarms = alarms.get();
        (!alarms.is_empty()).then(|| {
            let list = alarms.into_iter().map(alarm).collect_view();
            view! { <h3>"CloudWatch alarms"</h3><ul class="alarms">{list}</ul> }.into_any()
        })
    };
    part_if(list)
}
