//! What every room is handed when something happens in it: the time, the agenda and the trace.

use crate::kernel::{Agenda, SimDuration, SimTime};
use crate::trace::{Notice, Step, Trace};

/// The world's own things, lent to a room for the length of one event. `E` is the world's event type, which
/// the rooms do not know: each schedules its own events into it.
pub(crate) struct Context<'a, E> {
    /// The present instant.
    pub(crate) now: SimTime,
    agenda: &'a mut Agenda<E>,
    trace: &'a mut Trace,
}

impl<'a, E> Context<'a, E> {
    pub(crate) fn new(now: SimTime, agenda: &'a mut Agenda<E>, trace: &'a mut Trace) -> Self {
        Self { now, agenda, trace }
    }

    /// Schedules an event so much later than now.
    pub(crate) fn after(&mut self, delay: SimDuration, event: impl Into<E>) {
        self.agenda.schedule(self.now + delay, event.into());
    }

    /// Records a step on a request's or a check's way.
    pub(crate) fn step(&mut self, step: Step) {
        self.trace.step(self.now, step);
    }

    /// Records something that people want to read about.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.trace.notice(self.now, notice);
    }
}
