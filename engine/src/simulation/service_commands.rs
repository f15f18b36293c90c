//! Commands about services and where their tasks run: what can be done, and doing it.

use super::{Event, Simulation};
use crate::command::{Command, Refusal, StopType};
use crate::context::Context;
use crate::ecs::deployment::settings::DeploymentStrategy;
use crate::ecs::{CapacityProvider, DeploymentConfiguration, Release, ServiceId, TaskId};

/// API `CreateService`: 0 to 2,147,483,647 seconds.
const GRACE_PERIOD_SECONDS_MAX: u32 = 2_147_483_647;

impl Simulation {
    /// Whether a command about a service can be carried out now.
    pub(super) fn check_service_command(&self, command: &Command) -> Result<(), Refusal> {
        let service = |id: &ServiceId| self.cluster.service(*id).ok_or(Refusal::NoSuchThing("service"));
        match command {
            Command::DeployRelease(id, release) => {
                service(id)?;
                check_release(*release)
            }
            Command::UpdateTaskDefinition(id, definition) => {
                service(id)?;
                let known = self.cluster.task_definition(*definition);
                known.map(|_| ()).ok_or(Refusal::NoSuchThing("task definition"))
            }
            Command::ForceNewDeployment(id) => service(id).map(|_| ()),
            Command::ModifyDeployment(id, percent) => {
                let options = &service(id)?.settings().options;
                check_percent(*percent)?;
                options.validate(percent.minimum_healthy_percent).map_err(Refusal::Deployment)
            }
            Command::ModifyGracePeriod(id, seconds) => {
                service(id)?;
                let known = *seconds <= GRACE_PERIOD_SECONDS_MAX;
                known.then_some(()).ok_or(Refusal::GracePeriodOutOfRange(*seconds))
            }
            Command::StopServiceDeployment(id, stop) => self.check_stop(*id, *stop),
            Command::InterruptSpot(id) => self.check_spot(*id),
            Command::LoseInstance(id) => {
                let there = self.cluster.instances().iter().any(|one| one.id == *id);
                there.then_some(()).ok_or(Refusal::NoSuchThing("container instance"))
            }
            Command::LoseZone(zone) | Command::RestoreZone(zone) => {
                let zone = *zone as usize;
                if zone >= self.zones.len() {
                    return Err(Refusal::NoSuchThing("Availability Zone"));
                }
                match (self.cluster.zone_has_failed(zone), command) {
                    (true, Command::LoseZone(_)) => Err(Refusal::AlreadySo("the zone has failed already")),
                    (false, Command::RestoreZone(_)) => Err(Refusal::AlreadySo("the zone is there")),
                    _ => Ok(()),
                }
            }
            Command::RegisterScalableTarget(id, min, max) => self.check_bounds(*id, *min, *max),
            _ => Ok(()),
        }
    }

    fn check_stop(&self, id: ServiceId, stop: StopType) -> Result<(), Refusal> {
        let service = self.cluster.service(id).ok_or(Refusal::NoSuchThing("service"))?;
        if !service.deployment_in_progress() {
            return Err(Refusal::NoDeployment);
        }
        let shifts = service.settings().options.strategy != DeploymentStrategy::Rolling;
        match stop {
            StopType::Abort if shifts => Err(Refusal::AlreadySo(
                "only rolling deployments can be stopped with ABORT here; ROLLBACK goes back to blue",
            )),
            StopType::Rollback if self.cluster.is_cleaning_up(id) => Err(Refusal::AlreadySo(
                "blue's tasks are ending already: the deployment can no longer be stopped",
            )),
            StopType::Rollback if !self.cluster.can_roll_back(id) => Err(Refusal::NothingToRollBackTo),
            _ => Ok(()),
        }
    }

    fn check_spot(&self, id: TaskId) -> Result<(), Refusal> {
        let task = self.cluster.task(id).ok_or(Refusal::NoSuchTask(id))?;
        if task.place().provider != Some(CapacityProvider::FargateSpot) {
            return Err(Refusal::NotSpot(id));
        }
        if task.stop_code().is_some() {
            return Err(Refusal::AlreadyStopping(id));
        }
        Ok(())
    }

    /// Carries out a command that has been checked.
    pub(super) fn carry_out_for_service(&mut self, command: &Command) {
        let in_alarm = match *command {
            Command::DeployRelease(id, _)
            | Command::UpdateTaskDefinition(id, _)
            | Command::ForceNewDeployment(id) => self.is_watched_alarm_on(id),
            _ => false,
        };
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let cluster = &mut self.cluster;
        match *command {
            Command::DeployRelease(id, release) => {
                let definition = cluster.register_release(id, release);
                cluster.deploy(id, Some(definition), in_alarm, &mut context);
            }
            Command::UpdateTaskDefinition(id, definition) => {
                cluster.deploy(id, Some(definition), in_alarm, &mut context);
            }
            Command::ForceNewDeployment(id) => cluster.deploy(id, None, in_alarm, &mut context),
            Command::ModifyDeployment(id, percent) => cluster.modify_deployment(id, percent, &mut context),
            Command::ModifyGracePeriod(id, seconds) => {
                cluster.modify_grace_period(id, seconds, &mut context);
            }
            Command::StopServiceDeployment(id, stop) => cluster.stop_deployment(id, stop, &mut context),
            Command::InterruptSpot(id) => {
                let lost = cluster.interrupt_spot(id, &mut self.load_balancer, &mut context);
                if let Some(container) = lost {
                    self.lose_jobs(id, container);
                }
            }
            Command::LoseInstance(id) => {
                let tasks = cluster.lose_instance(id, &mut context);
                self.lose_tasks(tasks);
            }
            Command::LoseZone(zone) => {
                let tasks = cluster.lose_zone(zone as usize, &mut context);
                self.lose_tasks(tasks);
            }
            Command::RestoreZone(zone) => cluster.restore_zone(zone as usize),
            Command::RegisterScalableTarget(id, min, max) => self.set_bounds(id, min, max),
            _ => {}
        }
    }

    fn lose_tasks(&mut self, tasks: Vec<TaskId>) {
        for task in tasks {
            let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
            if let Some(container) = self.cluster.vanish(task, &mut context) {
                self.lose_jobs(task, container);
            }
        }
    }
}

fn check_release(release: Release) -> Result<(), Refusal> {
    match release {
        Release::Slow { percent } if !(1..=Command::SLOWNESS_PERCENT_MAX).contains(&percent) => {
            Err(Refusal::SlownessOutOfRange(percent))
        }
        Release::AnswersWith(status) | Release::FailsRequests(status) if !(500..=599).contains(&status) => {
            Err(Refusal::StatusOutOfRange(status))
        }
        _ => Ok(()),
    }
}

fn check_percent(percent: DeploymentConfiguration) -> Result<(), Refusal> {
    let DeploymentConfiguration { minimum_healthy_percent: least, maximum_percent: most } = percent;
    if least > 100 || !(100..=1_000).contains(&most) {
        return Err(Refusal::PercentOutOfRange(least, most));
    }
    Ok(())
}
