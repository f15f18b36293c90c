//! A health check's way: from a node to a target and back, or into its timeout.

use super::{Event, Simulation};
use crate::choices;
use crate::context::Context;
use crate::ecs::{Accepted, Job};
use crate::elb::health::CheckResult;
use crate::elb::{FailedCheck, Probe};
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
    ResultAtNode(CheckResult),
    TimedOut,
}

impl Simulation {
    pub(super) fn send_check(&mut self, probe: Probe) {
        let timeout = self.load_balancer.target_group().settings().health_check.timeout;
        let slot = self.checks.insert(Check { probe });
        self.agenda.schedule(self.now + choices::NODE_TO_TARGET, Event::Check(slot, Leg::AtTarget));
        self.agenda.schedule(self.now + timeout, Event::Check(slot, Leg::TimedOut));
    }

    pub(super) fn check_travels(&mut self, slot: Slot, leg: Leg) {
        match leg {
            Leg::AtTarget => self.check_at_target(slot),
            Leg::ResultAtNode(result) => self.check_finished(slot, result),
            Leg::TimedOut => self.check_finished(slot, Err(FailedCheck::Timeout)),
        }
    }

    fn check_at_target(&mut self, slot: Slot) {
        let Some(Check { probe }) = self.checks.get(slot).copied() else { return };
        let accepted = match self.task_behind(probe.target) {
            None => Accepted::Refused,
            Some(task) => {
                let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
                self.service.deliver(task, Job::Check(slot), choices::HEALTH_CHECK_WORK, &mut context)
            }
        };
        if accepted == Accepted::Refused {
            self.check_lost(slot);
        }
    }

    /// The target has answered a check with this status.
    pub(super) fn check_served(&mut self, slot: Slot, status: u16) {
        let matcher = &self.load_balancer.target_group().settings().health_check.matcher;
        let mismatch = FailedCheck::ResponseCodeMismatch { code: status };
        let result = if matcher.accepts(status) { Ok(()) } else { Err(mismatch) };
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
