//! Blue/green, linear and canary deployments: carries out what their state machine says, step by step. ECS rewrites
//! the weights of listener rules through the calls that any client of AWS has (ECS guide, "How Amazon ECS blue/green
//! deployments work").

use super::cluster::Cluster;
use super::deployment::lifecycle::{RollbackReason, Step, Weights};
use super::deployment::rolling::Memory;
use super::deployment::shift::{Observed, Shift, ShiftSettings};
use super::deployment::state::{DeploymentId, DeploymentStatus, RolloutState, ServiceDeploymentStatus};
use super::scheduler::{Outlook, Share};
use super::service::{ShiftUnderWay, Waiting};
use super::settings::RuleReference;
use super::task::Task;
use super::{Event, ServiceId, TaskId};
use crate::context::Context;
use crate::elb::listener::{Action, Forward, WeightedTargetGroup};
use crate::elb::{self, LoadBalancer, TargetGroupId};
use crate::kernel::SimDuration;
use crate::trace::{DeploymentFailure, Notice};

impl Cluster {
    /// As services are created, the rules of those that shift traffic forward to both of their target groups, with
    /// all weight on the first.
    pub(crate) fn prepare_rules<E: From<Event> + From<elb::Event>>(
        &mut self,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        for number in 0..self.services.len() {
            let settings = &self.services[number].settings;
            let (Some(blue_green), Some(blue)) = (settings.blue_green, settings.target_group) else {
                continue;
            };
            let green = blue_green.alternate_target_group;
            for rule in [Some(blue_green.production), blue_green.test].into_iter().flatten() {
                set_weights(load_balancer, rule, blue, green, Weights::BLUE, context);
            }
        }
    }

    /// A deployment that shifts traffic begins beside the one that has it.
    pub(super) fn begin_shift(&mut self, service: ServiceId, green: DeploymentId, blue: DeploymentId) {
        let one = self.service_mut(service);
        let settings = ShiftSettings {
            strategy: one.settings.options.strategy,
            has_test_rule: one.settings.blue_green.is_some_and(|blue_green| blue_green.test.is_some()),
            shift_takes: SimDuration::ZERO,
        };
        let blue_group = one.settings.target_group;
        let green_group = one.settings.blue_green.map(|blue_green| blue_green.alternate_target_group);
        // What was being shifted before is given up: traffic goes back to blue, and its tasks end.
        let earlier = one.deployment_mut(blue).and_then(|record| record.shift.take());
        let blue = earlier.map_or(blue, |earlier| earlier.blue);
        if let Some(record) = one.deployment_mut(green) {
            record.shift = Some(ShiftUnderWay {
                shift: Shift::new(settings),
                blue,
                blue_group,
                green_group,
                green_scale: 0,
                blue_ends: false,
                green_ends: false,
                rollback_requested: false,
            });
        }
    }

    /// A look at a service whose traffic is being shifted.
    pub(super) fn switching_pass<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        in_alarm: bool,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let Some((observed, mut shift)) = self.observe(service, in_alarm, load_balancer, context) else {
            return;
        };
        let steps = shift.advance(context.now, &observed);
        let waiting = Waiting::Stage(shift.stage(), shift.next_look());
        if let Some(under_way) = self.service_mut(service).primary_mut().shift.as_mut() {
            under_way.shift = shift;
        }
        for step in steps {
            self.take_step(service, step, load_balancer, context);
        }
        self.keep_fleets(service, load_balancer, context);
        let one = self.service_mut(service);
        one.waiting = if one.primary().shift.is_some() { waiting } else { Waiting::Nothing };
    }

    /// What the state machine looks at.
    fn observe<E>(
        &self,
        service: ServiceId,
        in_alarm: bool,
        load_balancer: &LoadBalancer,
        context: &Context<'_, E>,
    ) -> Option<(Observed, Shift)> {
        let one = &self.services[service.number() as usize];
        let primary = one.primary();
        let under_way = primary.shift.as_ref()?;
        let green = primary.revision();
        let blue = one.deployment(under_way.blue)?.revision();
        let census = self.census(service, |task| task.revision == green, load_balancer, context.now);
        let present = |wanted: &dyn Fn(&Task) -> bool| {
            self.tasks_of(service).filter(|task| wanted(task)).count() as u32
        };
        let others = present(&|task| task.revision != green && task.revision != blue);
        let rollback = if under_way.rollback_requested {
            Some(RollbackReason::Requested)
        } else if primary.watch.fails(in_alarm) && one.settings.options.alarms.rollback {
            Some(RollbackReason::Alarm)
        } else {
            None
        };
        let observed = Observed {
            desired: one.settings.desired_count,
            green_healthy: census.healthy.len() as u32,
            green_present: present(&|task| task.revision == green),
            blue_present: present(&|task| task.revision == blue),
            active_revisions: 1 + u32::from(others > 0),
            rollback,
        };
        Some((observed, under_way.shift.clone()))
    }

    fn take_step<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        step: Step,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        match step {
            Step::Enter(stage) => {
                context.notice(Notice::LifecycleStageEntered { service, stage });
            }
            Step::ScaleGreen(count) => {
                if let Some(under_way) = self.under_way(service) {
                    under_way.green_scale = count;
                }
            }
            Step::SetProductionWeights(weights) => {
                self.shift_traffic(service, false, weights, load_balancer, context);
            }
            Step::SetTestWeights(weights) => {
                self.shift_traffic(service, true, weights, load_balancer, context);
            }
            Step::TerminateBlue => {
                if let Some(under_way) = self.under_way(service) {
                    under_way.blue_ends = true;
                }
            }
            Step::TerminateGreen => {
                if let Some(under_way) = self.under_way(service) {
                    under_way.green_ends = true;
                }
            }
            Step::RollBack(reason) => {
                let one = self.service_mut(service);
                let record = one.primary_mut();
                record.service_status = ServiceDeploymentStatus::RollbackInProgress;
                let deployment = record.id();
                let to = record.shift.as_ref().map_or(deployment, |under_way| under_way.blue);
                let by = DeploymentFailure::RolledBack(reason);
                self.tell(service, Notice::DeploymentFailed { service, deployment, by }, context);
                self.tell(service, Notice::RollingBack { service, to }, context);
            }
            Step::SwapRoles => self.swap_roles(service),
            Step::Finish(status) => self.finish_shift(service, status, context),
            Step::BeginBake { .. } | Step::EndBake => {}
        }
    }

    /// A deployment whose blue tasks are ending already is as good as complete when another one begins: there is no
    /// way back to them.
    pub(super) fn conclude_clean_up<E>(&mut self, service: ServiceId, context: &mut Context<'_, E>) {
        if self.under_way(service).is_some_and(|under_way| under_way.blue_ends) {
            self.swap_roles(service);
            self.finish_shift(service, ServiceDeploymentStatus::Successful, context);
        }
    }

    fn under_way(&mut self, service: ServiceId) -> Option<&mut ShiftUnderWay> {
        self.service_mut(service).primary_mut().shift.as_mut()
    }

    fn shift_traffic<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        test: bool,
        weights: Weights,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let one = &self.services[service.number() as usize];
        let groups = one.primary().shift.as_ref().map(|one| (one.blue_group, one.green_group));
        let (Some((Some(blue), Some(green))), Some(blue_green)) = (groups, one.settings.blue_green) else {
            return;
        };
        let Some(rule) = (if test { blue_green.test } else { Some(blue_green.production) }) else { return };
        set_weights(load_balancer, rule, blue, green, weights, context);
        context.notice(Notice::TrafficShifted { service, test, green_tenths: weights.green() });
    }

    /// Green's target group is the service's own from now on, and blue's the alternate one.
    fn swap_roles(&mut self, service: ServiceId) {
        let one = self.service_mut(service);
        let Some((blue, green)) =
            one.primary().shift.as_ref().and_then(|one| one.blue_group.zip(one.green_group))
        else {
            return;
        };
        one.settings.target_group = Some(green);
        if let Some(blue_green) = one.settings.blue_green.as_mut() {
            blue_green.alternate_target_group = blue;
        }
    }

    fn finish_shift<E>(
        &mut self,
        service: ServiceId,
        status: ServiceDeploymentStatus,
        context: &mut Context<'_, E>,
    ) {
        let now = context.now;
        let one = self.service_mut(service);
        let Some(under_way) = one.primary_mut().shift.take() else { return };
        if status == ServiceDeploymentStatus::Successful {
            one.memory = Memory::default();
            return self.complete(service, context);
        }
        one.primary_mut().end(RolloutState::Failed, status, now);
        for record in &mut one.deployments {
            record.state.status = DeploymentStatus::Inactive;
        }
        if let Some(blue) = one.deployment_mut(under_way.blue) {
            blue.state.status = DeploymentStatus::Primary;
        }
        let revision = one.primary().revision();
        if let Some(revision) = one.revision(revision).cloned() {
            one.settings.task_definition = revision.task_definition;
            one.settings.target_group = under_way.blue_group;
        }
        one.memory = Memory::default();
    }

    /// Either revision keeps its own number of tasks; what neither needs any more ends.
    fn keep_fleets<E: From<Event> + From<elb::Event>>(
        &mut self,
        service: ServiceId,
        load_balancer: &mut LoadBalancer,
        context: &mut Context<'_, E>,
    ) {
        let one = &self.services[service.number() as usize];
        let Some(under_way) = one.primary().shift.clone() else { return };
        let (green, green_deployment) = (one.primary().revision(), one.primary().id());
        let Some(blue) = one.deployment(under_way.blue).map(|record| record.revision()) else { return };
        let desired = one.settings.desired_count;
        let ends = |task: &Task| match task.revision {
            revision if revision == green => under_way.green_ends,
            revision if revision == blue => under_way.blue_ends,
            _ => true,
        };
        let ending: Vec<TaskId> = self
            .tasks_of(service)
            .filter(|task| task.is_wanted() && ends(task))
            .map(|task| task.id)
            .collect();
        for task in ending {
            self.stop_surplus(task, load_balancer, context);
        }
        let mut outlooks = Vec::new();
        if !under_way.blue_ends {
            let share = Share { revision: blue, deployment: under_way.blue, desired, moving: 0 };
            outlooks.push(self.carry_out_plan(service, &share, true, None, load_balancer, context));
        }
        if under_way.green_scale > 0 && !under_way.green_ends {
            let desired = under_way.green_scale;
            let share = Share { revision: green, deployment: green_deployment, desired, moving: 0 };
            outlooks.push(self.carry_out_plan(service, &share, true, None, load_balancer, context));
        }
        if let Some(outlook) = outlooks.into_iter().reduce(Outlook::and) {
            self.note_outlook(service, outlook, context);
        }
    }
}

/// `ModifyRule` or `ModifyListener`: these weights for blue's and green's target group; stickiness stays.
fn set_weights<E: From<elb::Event>>(
    load_balancer: &mut LoadBalancer,
    rule: RuleReference,
    blue: TargetGroupId,
    green: TargetGroupId,
    weights: Weights,
    context: &mut Context<'_, E>,
) {
    let listeners = load_balancer.listeners();
    let Some(listener) = listeners.get(rule.listener.number() as usize) else { return };
    let action = match rule.priority {
        None => Some(&listener.default_action),
        Some(priority) => listener.rule(priority).map(|rule| &rule.action),
    };
    let stickiness = match action {
        Some(Action::Forward(forward)) => forward.stickiness,
        _ => None,
    };
    let (blue_weight, green_weight) = weights.of_target_groups();
    let target_groups = vec![
        WeightedTargetGroup { group: blue, weight: blue_weight },
        WeightedTargetGroup { group: green, weight: green_weight },
    ];
    let action = Action::Forward(Forward { target_groups, stickiness });
    load_balancer.modify_action(rule.listener, rule.priority, &action, context);
}
