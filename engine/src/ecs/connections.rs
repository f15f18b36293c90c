//! What the network brings to a task: connections, jobs and what people do to its process.

use super::cluster::Cluster;
use super::container::{Accepted, Connected, Done, Faults, Job, Token};
use super::task::Task;
use super::{Event, TaskId};
use crate::context::Context;
use crate::kernel::{SimDuration, SimTime};

impl Cluster {
    /// Whether a connection to a port of a task comes about.
    pub(crate) fn connect(&self, id: TaskId, port: u16, now: SimTime) -> Connected {
        let Some(container) = self.task(id).and_then(Task::container) else { return Connected::Refused };
        container.connect(port, now)
    }

    /// Brings a job to the container of a task over an open connection; a planned completion is scheduled.
    /// Returns whether there is a process to take it.
    pub(crate) fn deliver<E: From<Event>>(
        &mut self,
        id: TaskId,
        job: Job,
        work: SimDuration,
        context: &mut Context<'_, E>,
    ) -> bool {
        let Some(container) = self.task_mut(id).and_then(|task| task.container.as_mut()) else {
            return false;
        };
        match container.accept(job, work, context.now) {
            Accepted::Started(token, takes) => context.after(takes, Event::JobDone { task: id, token }),
            Accepted::Queued => {}
            Accepted::Refused => return false,
        }
        true
    }

    /// A job is done: returns it with its times, and starts the next.
    pub(crate) fn job_done<E: From<Event>>(
        &mut self,
        id: TaskId,
        token: Token,
        context: &mut Context<'_, E>,
    ) -> Option<Done> {
        let container = self.task_mut(id)?.container.as_mut()?;
        let done = container.finish(token, context.now)?;
        if let Some((token, takes)) = container.start_next(context.now) {
            context.after(takes, Event::JobDone { task: id, token });
        }
        self.exit_if_done(id, context);
        Some(done)
    }

    /// Changes what is wrong with the container of a task. Returns whether there is a container.
    pub(crate) fn set_faults<E: From<Event>>(
        &mut self,
        id: TaskId,
        change: impl FnOnce(Faults) -> Faults,
        context: &mut Context<'_, E>,
    ) -> bool {
        let Some(container) = self.task_mut(id).and_then(|task| task.container.as_mut()) else {
            return false;
        };
        for token in container.set_faults(change(container.faults()), context.now) {
            context.after(SimDuration::ZERO, Event::JobDone { task: id, token });
        }
        while let Some((token, takes)) = container.start_next(context.now) {
            context.after(takes, Event::JobDone { task: id, token });
        }
        self.exit_if_done(id, context);
        true
    }
}
