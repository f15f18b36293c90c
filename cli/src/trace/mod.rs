//! `--trace`: everything that happens, one JSON object a line, in the order in which it happens: see
//! `docs/command-line.md`.

mod line;
mod names;
mod notice;
mod step;
mod why;

use std::io::{self, Write};

use albatross_engine::Simulation;
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::{Notice, Step};
use serde::Serialize;

use crate::report::in_seconds;
use line::NoticeLine;
use step::StepLine;

/// Of how many requests explanations are kept: many more than are ever under way at once.
pub(crate) const EXPLAINED: usize = 1 << 16;

/// One line.
#[derive(Serialize)]
struct Line<'a, E> {
    #[serde(rename = "At", serialize_with = "in_seconds")]
    at: SimTime,
    #[serde(flatten)]
    event: E,
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// Said in place of what the engine no longer had.
#[derive(Serialize)]
#[serde(tag = "Event", rename_all_fields = "PascalCase")]
enum Gap {
    Missed { count: u64 },
}

/// Writes what happens as it happens.
pub(crate) struct TraceWriter<W> {
    out: W,
    steps_read: u64,
    notices_read: u64,
}

impl<W: Write> TraceWriter<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self { out, steps_read: 0, notices_read: 0 }
    }

    /// Writes what happened since the last time, steps and notices in the order in which they came.
    pub(crate) fn read(&mut self, simulation: &Simulation) -> io::Result<()> {
        let steps = simulation.trace().steps().since(self.steps_read);
        let notices = simulation.trace().notices().since(self.notices_read);
        (self.steps_read, self.notices_read) = (steps.cursor, notices.cursor);
        if steps.missed + notices.missed > 0 {
            let missed = Gap::Missed { count: steps.missed + notices.missed };
            self.line(simulation.now(), &missed, None)?;
        }
        let mut notices = notices.entries.peekable();
        for step in steps.entries {
            while let Some(notice) = notices.next_if(|notice| notice.number < step.number) {
                self.notice(notice.at, &notice.what, simulation)?;
            }
            self.step(step.at, &step.what, simulation)?;
        }
        notices.try_for_each(|notice| self.notice(notice.at, &notice.what, simulation))
    }

    /// Writes what is still held back.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn step(&mut self, at: SimTime, step: &Step, simulation: &Simulation) -> io::Result<()> {
        self.line(at, &StepLine::of(step, simulation), None)
    }

    fn notice(&mut self, at: SimTime, notice: &Notice, simulation: &Simulation) -> io::Result<()> {
        self.line(at, &NoticeLine::of(notice, simulation), Some(&simulation.describe(notice)))
    }

    fn line(&mut self, at: SimTime, event: &impl Serialize, message: Option<&str>) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &Line { at, event, message })?;
        self.out.write_all(b"\n")
    }
}
