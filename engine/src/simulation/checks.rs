//! A health check's way: from a node to a target and back, or into its timeout.

use super::{Event, Simulation};
use crate::choices;
use crate::context::Context;
use crate::ecs::{Connected, Job, TaskId};
use crate::elb::health::CheckResult;
use crate::elb::{FailedCheck, HealthCheckSettings, Probe};
use crate::kernel::Slot;

/// A health check that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    probe: Probe,
}

/// The arrival of a check, or of its answer, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    AtTarget,
    /// A server that checks by the way, on a port of their own, answers.
    ServedApart,
    ResultAtNode(CheckResult),
    TimedOut,
}

impl Simulation {
    fn health_check(&self, probe: Probe) -> &HealthCheckSettings {
        let group = self.load_balancer.target(probe.target).group();
        &self.load_balancer.target_group(group).settings().health_check
    }

    pub(super) fn send_check(&mut self, probe: Probe) {
        let timeout = self.health_check(probe).timeout;
        let slot = self.checks.insert(Check { probe });
        self.agenda.schedule(self.now + choices::NODE_TO_TARGET, Event::Check(slot, Leg::AtTarget));
        self.agenda.schedule(self.now + timeout, Event::Check(slot, Leg::TimedOut));
    }

    pub(super) fn check_travels(&mut self, slot: Slot, leg: Leg) {
        match leg {
            Leg::AtTarget => self.check_at_target(slot),
            Leg::ServedApart => {
                let task = self.checks.get(slot).and_then(|check| self.task_behind(check.probe.target));
                match task {
                    Some(task) => self.check_served(slot, task, true),
                    None => self.check_lost(slot),
                }
            }
            Leg::ResultAtNode(result) => self.check_finished(slot, result),
            Leg::TimedOut => self.check_finished(slot, Err(FailedCheck::Timeout)),
        }
    }

    fn check_at_target(&mut self, slot: Slot) {
        let Some(Check { probe }) = self.checks.get(slot).copied() else { return };
        let Some(task) = self.task_behind(probe.target) else { return self.check_lost(slot) };
        let port = self.health_check(probe).port.of(self.load_balancer.target(probe.target).address().port);
        if !self.lets_through(probe.node, task, port) {
            // Dropped without a word: the check runs into its timeout.
            return;
        }
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match self.cluster.connect(task, port, self.now) {
            Connected::Open => {
                let work = choices::HEALTH_CHECK_WORK;
                self.cluster.deliver(task, Job::Check(slot), work, &mut context);
            }
            Connected::OpenForChecks => {
                context.after(choices::HEALTH_CHECK_WORK, Event::Check(slot, Leg::ServedApart));
            }
            Connected::Refused => self.check_lost(slot),
            Connected::Dropped => {}
        }
    }

    /// The target has served a check, on a port of its own or on that for requests.
    pub(super) fn check_served(&mut self, slot: Slot, task: TaskId, apart: bool) {
        let Some(Check { probe }) = self.checks.get(slot).copied() else { return };
        let Some(container) = self.cluster.task(task).and_then(|task| task.container()) else { return };
        if container.faults().hangs {
            return;
        }
        let settings = self.health_check(probe);
        let status = if apart {
            container.status_apart(&settings.path)
        } else {
            container.status_for(Job::Check(slot), &settings.path)
        };
        let mismatch = FailedCheck::ResponseCodeMismatch { code: status };
        let result = if settings.matcher.accepts(status) { Ok(()) } else { Err(mismatch) };
        self.check_result(slot, result);
    }

    /// The connection of a check was refused or reset.
    pub(super) fn check_lost(&mut self, slot: Slot) {
        self.check_result(slot, Err(FailedCheck::ConnectionError));
    }

    fn check_result(&mut self, slot: Slot, result: CheckResult) {
        let at = self.now + choices::NODE_TO_TARGET;
        self.agenda.schedule(at, Event::Check(slot, Leg::ResultAtNode(result)));
    }

    fn check_finished(&mut self, slot: Slot, result: CheckResult) {
        // Whichever comes first, answer or timeout, ends the check; the other finds it gone.
        let Some(Check { probe }) = self.checks.remove(slot) else { return };
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        self.load_balancer.check_finished(probe, result, &mut context);
    }
}
