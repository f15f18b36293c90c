//! Commands: what can be done, and doing it.

use super::{Event, Simulation};
use crate::command::{Command, Refusal};
use crate::context::Context;
use crate::ecs::{DesiredStatus, Faults, StopCode, TaskId};

impl Simulation {
    /// Whether a command can be carried out now.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::StopTask(id) => {
                let task = self.service.task(id).ok_or(Refusal::NoSuchTask(id))?;
                match task.desired_status() {
                    DesiredStatus::Running => Ok(()),
                    DesiredStatus::Stopped => Err(Refusal::AlreadyStopping(id)),
                }
            }
            Command::SlowTask(_, percent) if !(1..=Command::SLOWNESS_PERCENT_MAX).contains(&percent) => {
                Err(Refusal::SlownessOutOfRange(percent))
            }
            Command::FailRequests(_, status) if !(500..=599).contains(&status) => {
                Err(Refusal::StatusOutOfRange(status))
            }
            Command::KillTask(id)
            | Command::SlowTask(id, _)
            | Command::FailRequests(id, _)
            | Command::HangTask(id)
            | Command::FailHealthCheck(id)
            | Command::RestoreTask(id) => {
                let task = self.service.task(id).ok_or(Refusal::NoSuchTask(id))?;
                task.container().map(|_| ()).ok_or(Refusal::NoProcess(id))
            }
            Command::SetDesiredCount(count) if count > Command::DESIRED_COUNT_MAX => {
                Err(Refusal::DesiredCountOutOfRange(count))
            }
            Command::SetDesiredCount(_) | Command::ModifyTargetGroup(_) | Command::SetRequestRate(_) => {
                Ok(())
            }
        }
    }

    /// Carries out a command that has been checked.
    pub(super) fn carry_out(&mut self, command: Command) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match command {
            Command::KillTask(id) => {
                if let Some(container) = self.service.kill_process(id, &mut context) {
                    self.lose_jobs(id, container);
                }
            }
            Command::StopTask(id) => {
                self.service.stop_task(id, StopCode::UserInitiated, &mut self.load_balancer, &mut context);
                self.service.wake(&mut context);
            }
            Command::SlowTask(id, slowness_percent) => {
                self.change_faults(id, |faults| Faults { slowness_percent, ..faults });
            }
            Command::FailRequests(id, status) => {
                self.change_faults(id, |faults| Faults { answers_with: Some(status), ..faults });
            }
            Command::HangTask(id) => self.change_faults(id, |faults| Faults { hangs: true, ..faults }),
            Command::FailHealthCheck(id) => {
                self.change_faults(id, |faults| Faults { fails_health_check: true, ..faults });
            }
            Command::RestoreTask(id) => self.change_faults(id, |_| Faults::NONE),
            Command::SetDesiredCount(count) => self.service.set_desired_count(count, &mut context),
            Command::ModifyTargetGroup(attribute) => self.load_balancer.modify(attribute),
            Command::SetRequestRate(rate) => {
                self.traffic.set_rate(rate);
                self.plan_arrival();
            }
        }
    }

    fn change_faults(&mut self, id: TaskId, change: impl FnOnce(Faults) -> Faults) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        self.service.set_faults(id, change, &mut context);
    }
}
