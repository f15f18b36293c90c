//! What a report needs to know of a run while it goes on, because the engine keeps only the latest of it: minutes,
//! events, and the answers of each target group.

use std::collections::BTreeMap;

use albatross_engine::Simulation;
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::{Author, ClientError, Step};
use serde::Serialize;

use super::figures::in_seconds;
use super::metrics::{MinuteRow, ResponseTimes};
use super::scaling::ActivityRow;

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
    pub(super) times: ResponseTimes,
    times_of_minute: ResponseTimes,
    pub(super) given_up: BTreeMap<&'static str, u64>,
    pub(super) minutes: Vec<MinuteRow>,
    pub(super) events: Vec<Event>,
    pub(super) activities: Vec<ActivityRow>,
    pub(super) missed: u64,
}

impl Record {
    /// Reads what happened since the last time. It must be called before the engine's rings are full again: after
    /// some thousand events, and every hour.
    pub(crate) fn read(&mut self, simulation: &Simulation) {
        let notices = simulation.trace().notices().since(self.notices_read);
        self.missed += notices.missed;
        self.notices_read = notices.cursor;
        for entry in notices.entries {
            self.events.push(Event { at: entry.at, message: simulation.describe(&entry.what) });
            self.activities.extend(ActivityRow::of(&entry.what, simulation));
        }

        let minutes = simulation.metrics().minutes().since(self.minutes_read);
        self.missed += minutes.missed;
        self.minutes_read = minutes.cursor;
        let steps = simulation.trace().steps().since(self.steps_read);
        self.missed += steps.missed;
        self.steps_read = steps.cursor;
        let mut steps = steps.entries.peekable();
        for minute in minutes.entries {
            // Its end was planned a minute ahead, so that it comes first among what happens at that instant.
            while let Some(step) = steps.next_if(|step| step.at < minute.at) {
                self.read_step(&step.what, simulation);
            }
            let mut row = MinuteRow::of(&minute.what, simulation);
            row.set_times(&self.times_of_minute, simulation);
            self.times_of_minute.clear();
            self.minutes.push(row);
        }
        steps.for_each(|step| self.read_step(&step.what, simulation));
    }

    fn read_step(&mut self, step: &Step, simulation: &Simulation) {
        match *step {
            Step::Answered { target: Some(target), author: Author::Target, took, .. } => {
                let group = simulation.load_balancer().target(target).group();
                self.times.record(group, took);
                self.times_of_minute.record(group, took);
            }
            Step::GaveUp { error, .. } => *self.given_up.entry(name_of(error)).or_default() += 1,
            _ => {}
        }
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
