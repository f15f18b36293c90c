//! What a report needs to know of a run while it goes on, because the engine keeps only the latest of it: minutes,
//! events, and the answers of each target group.

use std::collections::BTreeMap;

use albatross_engine::Simulation;
use albatross_engine::kernel::{Histogram, SimTime};
use albatross_engine::trace::{Author, ClientError, Step};
use serde::Serialize;

use super::figures::{Times, in_seconds};
use super::metrics::MinuteRow;

/// Something to read about.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Event {
    #[serde(serialize_with = "in_seconds")]
    pub(super) at: SimTime,
    pub(super) message: String,
}

/// What was recorded so far.
#[derive(Default)]
pub(crate) struct Record {
    steps_read: u64,
    notices_read: u64,
    minutes_read: u64,
    response_times: Vec<Histogram>,
    pub(super) given_up: BTreeMap<&'static str, u64>,
    pub(super) minutes: Vec<MinuteRow>,
    pub(super) events: Vec<Event>,
    pub(super) missed: u64,
}

impl Record {
    /// Reads what happened since the last time. It must be called before the engine's rings are full again: after
    /// some thousand events, and every hour.
    pub(crate) fn read(&mut self, simulation: &Simulation) {
        self.read_steps(simulation);
        let notices = simulation.trace().notices().since(self.notices_read);
        self.missed += notices.missed;
        self.notices_read = notices.cursor;
        let told = |at, notice| Event { at, message: simulation.describe(notice) };
        self.events.extend(notices.entries.map(|entry| told(entry.at, &entry.what)));

        let minutes = simulation.metrics().minutes().since(self.minutes_read);
        self.missed += minutes.missed;
        self.minutes_read = minutes.cursor;
        self.minutes.extend(minutes.entries.map(|entry| MinuteRow::of(&entry.what, simulation)));
    }

    fn read_steps(&mut self, simulation: &Simulation) {
        let load_balancer = simulation.load_balancer();
        self.response_times.resize_with(load_balancer.target_groups().len(), Histogram::default);
        let steps = simulation.trace().steps().since(self.steps_read);
        self.missed += steps.missed;
        self.steps_read = steps.cursor;
        for entry in steps.entries {
            match entry.what {
                Step::Answered { target: Some(target), author: Author::Target, took, .. } => {
                    let group = load_balancer.target(target).group().number() as usize;
                    if let Some(times) = self.response_times.get_mut(group) {
                        times.record(took);
                    }
                }
                Step::GaveUp { error, .. } => *self.given_up.entry(name_of(error)).or_default() += 1,
                _ => {}
            }
        }
    }

    pub(super) fn response_times(&self) -> Vec<Option<Times>> {
        self.response_times.iter().map(Times::of).collect()
    }
}

/// The name of a reason for giving up.
pub(crate) const fn name_of(error: ClientError) -> &'static str {
    match error {
        ClientError::Timeout => "Timeout",
        ClientError::ConnectTimeout => "ConnectTimeout",
        ClientError::ConnectionRefused => "ConnectionRefused",
        ClientError::Tls => "Tls",
    }
}
