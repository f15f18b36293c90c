//! Commands: what can be done, and doing it.

use super::{Event, Simulation};
use crate::command::{Command, Refusal};
use crate::context::Context;
use crate::ecs::{DesiredStatus, Faults, ServiceId, StopCode, TaskId};
use crate::elb::listener::{Action, Listener};
use crate::elb::{HealthCheckChange, ListenerId, TargetGroupAttribute, TargetGroupId, refused_sessions};
use crate::vpc::{Permission, SecurityGroupId};

impl Simulation {
    /// Whether a command can be carried out now.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::StopTask(id) => {
                let task = self.cluster.task(*id).ok_or(Refusal::NoSuchTask(*id))?;
                match task.desired_status() {
                    DesiredStatus::Running => Ok(()),
                    DesiredStatus::Stopped => Err(Refusal::AlreadyStopping(*id)),
                }
            }
            Command::SlowTask(_, percent) if !(1..=Command::SLOWNESS_PERCENT_MAX).contains(percent) => {
                Err(Refusal::SlownessOutOfRange(*percent))
            }
            Command::FailRequests(_, status) if !(500..=599).contains(status) => {
                Err(Refusal::StatusOutOfRange(*status))
            }
            Command::KillTask(id)
            | Command::SlowTask(id, _)
            | Command::FailRequests(id, _)
            | Command::HangTask(id)
            | Command::FailHealthCheck(id)
            | Command::GarbleResponses(id)
            | Command::RestoreTask(id) => {
                let task = self.cluster.task(*id).ok_or(Refusal::NoSuchTask(*id))?;
                task.container().map(|_| ()).ok_or(Refusal::NoProcess(*id))
            }
            Command::SetDesiredCount(id, count) => self.check_desired_count(*id, *count),
            Command::DeployRelease(..)
            | Command::UpdateTaskDefinition(..)
            | Command::ForceNewDeployment(_)
            | Command::ModifyDeployment(..)
            | Command::ModifyGracePeriod(..)
            | Command::StopServiceDeployment(..)
            | Command::RegisterScalableTarget(..)
            | Command::InterruptSpot(_)
            | Command::LoseInstance(_)
            | Command::LoseZone(_)
            | Command::RestoreZone(_) => self.check_service_command(command),
            Command::ModifyTargetGroup(id, attribute) => self.check_attribute(*id, attribute),
            Command::ModifyHealthCheck(id, change) => self.check_health_check(*id, change),
            Command::ModifyAction(id, priority, action) => self.check_action(*id, *priority, action),
            Command::AuthorizeIngress(id, permission) => self.check_permission(*id, permission, false),
            Command::RevokeIngress(id, permission) => self.check_permission(*id, permission, true),
            Command::ModifyLoadBalancer(_) | Command::SetRequestRate(_) => Ok(()),
        }
    }

    fn check_desired_count(&self, id: ServiceId, count: u32) -> Result<(), Refusal> {
        if count > Command::DESIRED_COUNT_MAX {
            return Err(Refusal::DesiredCountOutOfRange(count));
        }
        self.cluster.service(id).map(|_| ()).ok_or(Refusal::NoSuchThing("service"))
    }

    fn check_attribute(&self, id: TargetGroupId, attribute: &TargetGroupAttribute) -> Result<(), Refusal> {
        let group = self.load_balancer.target_groups().get(id.number() as usize);
        let mut settings = group.ok_or(Refusal::NoSuchThing("target group"))?.settings().clone();
        settings.set(attribute);
        settings.check().map_err(Refusal::Incompatible)?;
        // The actions that forward to it must go with its sessions, too.
        let all = self.load_balancer.target_groups();
        let changed = |other: TargetGroupId| {
            if other == id {
                Some(&settings)
            } else {
                all.get(other.number() as usize).map(|one| one.settings())
            }
        };
        let actions = self.load_balancer.listeners().iter().flat_map(Listener::actions);
        let mut refused = actions.flat_map(|action| refused_sessions(action, changed));
        refused.next().map_or(Ok(()), |(_, refused)| Err(Refusal::Sessions(refused)))
    }

    fn check_health_check(&self, id: TargetGroupId, change: &HealthCheckChange) -> Result<(), Refusal> {
        let group = self.load_balancer.target_groups().get(id.number() as usize);
        let mut settings = group.ok_or(Refusal::NoSuchThing("target group"))?.settings().health_check.clone();
        settings.change(change).map_err(Refusal::HealthCheck)
    }

    fn check_action(&self, id: ListenerId, priority: Option<u16>, action: &Action) -> Result<(), Refusal> {
        let listeners = self.load_balancer.listeners();
        let listener = listeners.get(id.number() as usize).ok_or(Refusal::NoSuchThing("listener"))?;
        if priority.is_some_and(|priority| listener.rule(priority).is_none()) {
            return Err(Refusal::NoSuchThing("rule"));
        }
        if let Action::Forward(forward) = action {
            let groups = self.load_balancer.target_groups().len() as u32;
            if forward.target_groups.iter().any(|one| one.group.number() >= groups) {
                return Err(Refusal::NoSuchThing("target group"));
            }
        }
        if let Some(refused) = action.check(listener.protocol, listener.port).into_iter().next() {
            return Err(Refusal::Action(refused));
        }
        let all = self.load_balancer.target_groups();
        let settings = |group: TargetGroupId| all.get(group.number() as usize).map(|one| one.settings());
        let refused = refused_sessions(action, settings).next();
        refused.map_or(Ok(()), |(_, refused)| Err(Refusal::Sessions(refused)))
    }

    fn check_permission(
        &self,
        id: SecurityGroupId,
        permission: &Permission,
        there: bool,
    ) -> Result<(), Refusal> {
        let group = self.security_groups.get(id).ok_or(Refusal::NoSuchThing("security group"))?;
        match (group.ingress.contains(permission), there) {
            (true, false) => Err(Refusal::Permission("the security group has this rule already")),
            (false, true) => Err(Refusal::Permission("the security group has no such rule")),
            _ => Ok(()),
        }
    }

    /// Carries out a command that has been checked.
    pub(super) fn carry_out(&mut self, command: Command) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match command {
            Command::KillTask(id) => {
                if let Some(container) = self.cluster.kill_process(id, &mut context) {
                    self.lose_jobs(id, container);
                }
            }
            Command::StopTask(id) => {
                let code = StopCode::UserInitiated;
                let lost = self.cluster.stop_task(id, code, &mut self.load_balancer, &mut context);
                if let Some(service) = self.cluster.task(id).map(|task| task.service()) {
                    self.cluster.wake(service, &mut context);
                }
                if let Some(container) = lost {
                    self.lose_jobs(id, container);
                }
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
            Command::GarbleResponses(id) => {
                self.change_faults(id, |faults| Faults { garbles: true, ..faults });
            }
            Command::RestoreTask(id) => self.change_faults(id, |_| Faults::NONE),
            Command::SetDesiredCount(id, count) => self.cluster.set_desired_count(id, count, &mut context),
            Command::ModifyTargetGroup(id, attribute) => {
                self.load_balancer.modify_group(id, &attribute, &mut context);
            }
            Command::ModifyHealthCheck(id, change) => self.load_balancer.modify_health_check(id, &change),
            Command::ModifyLoadBalancer(attribute) => self.load_balancer.modify(&attribute),
            Command::ModifyAction(id, priority, action) => {
                self.redirects.clear();
                self.load_balancer.modify_action(id, priority, &action, &mut context);
            }
            Command::AuthorizeIngress(id, permission) => {
                if let Some(group) = self.security_groups.get_mut(id) {
                    group.ingress.push(permission);
                }
            }
            Command::RevokeIngress(id, permission) => {
                if let Some(group) = self.security_groups.get_mut(id) {
                    group.ingress.retain(|held| *held != permission);
                }
            }
            Command::SetRequestRate(rate) => {
                self.traffic.set_rate(rate);
                self.plan_arrival();
            }
            command => self.carry_out_for_service(&command),
        }
    }

    fn change_faults(&mut self, id: TaskId, change: impl FnOnce(Faults) -> Faults) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        self.cluster.set_faults(id, change, &mut context);
    }
}
