//! Application Auto Scaling at work: policies at the end of every minute, scheduled actions at their times, and the
//! bounds that people set.

use std::collections::VecDeque;

use super::alarms::changed;
use super::{Event, Simulation};
use crate::autoscaling::{
    AutoScaler, Calendar, Decision, Inputs, NotScaled, ScalableTarget, ScalingActivity, Standing,
};
use crate::command::{Command, Refusal};
use crate::context::Context;
use crate::ecs::ServiceId;
use crate::elb::TargetGroupId;
use crate::kernel::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::trace::Notice;

/// How many scaling activities of a service are kept.
const ACTIVITIES_KEPT: usize = 50;

/// A scaling activity, as `DescribeScalingActivities` with `IncludeNotScaledActivities` lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// The desired count was changed.
    Scaled(ScalingActivity),
    /// Something was wanted and not done.
    NotScaled(NotScaled),
}

impl Activity {
    /// `StartTime`.
    pub const fn at(&self) -> SimTime {
        match self {
            Self::Scaled(activity) => activity.at,
            Self::NotScaled(activity) => activity.at,
        }
    }
}

/// A service with its scaler.
#[derive(Clone, Debug)]
pub(super) struct ServiceScaling {
    service: ServiceId,
    scaler: AutoScaler,
    /// The latest, oldest first.
    activities: VecDeque<Activity>,
}

/// The scaling of all services that the scenario scales.
pub(super) fn of(scenario: &Scenario) -> Vec<ServiceScaling> {
    let scaling = scenario.scaling.iter().filter_map(|(id, settings)| {
        let service = scenario.services.get(id.number() as usize)?;
        let resource = format!("service/{}/{}", scenario.cluster.name, service.name);
        Some(ServiceScaling {
            service: *id,
            scaler: AutoScaler::new(settings, &resource, Calendar::default()),
            activities: VecDeque::new(),
        })
    });
    scaling.collect()
}

impl Simulation {
    /// The scaling of a service, if Application Auto Scaling scales it.
    pub fn scaling_of(&self, service: ServiceId) -> Option<&AutoScaler> {
        self.scaling_with_activities(service).map(|scaling| &scaling.scaler)
    }

    /// The latest 50 scaling activities of a service, oldest first.
    pub fn scaling_activities(&self, service: ServiceId) -> impl DoubleEndedIterator<Item = &Activity> {
        self.scaling_with_activities(service).into_iter().flat_map(|scaling| &scaling.activities)
    }

    fn scaling_with_activities(&self, service: ServiceId) -> Option<&ServiceScaling> {
        self.scaling.iter().find(|scaling| scaling.service == service)
    }

    fn standing(&self, service: ServiceId) -> Standing {
        Standing {
            running: self.cluster.running_count(service),
            desired: self.cluster.desired_count(service),
            deployment_in_progress: self.cluster.deployment_in_progress(service),
        }
    }

    /// Registers the scalable targets: a desired count outside of its bounds is moved inside.
    pub(super) fn begin_scaling(&mut self) {
        for index in 0..self.scaling.len() {
            let target = *self.scaling[index].scaler.target();
            self.register_target(index, target);
            self.plan_scheduled_actions(index, self.now);
        }
    }

    fn register_target(&mut self, index: usize, target: ScalableTarget) {
        let standing = self.standing(self.scaling[index].service);
        if let Ok(Some(activity)) = self.scaling[index].scaler.register(self.now, target, standing) {
            self.scale(index, activity);
        }
    }

    fn plan_scheduled_actions(&mut self, index: usize, from: SimTime) {
        let ServiceScaling { service, scaler, .. } = &self.scaling[index];
        if let Some(at) = scaler.next_scheduled(from) {
            self.agenda.schedule(at, Event::ScheduledActions(*service));
        }
    }

    #[inline(never)]
    pub(super) fn run_scheduled_actions(&mut self, service: ServiceId) {
        let Some(index) = self.scaling.iter().position(|scaling| scaling.service == service) else { return };
        let standing = self.standing(service);
        for activity in self.scaling[index].scaler.run_scheduled(self.now, standing) {
            self.scale(index, activity);
        }
        self.plan_scheduled_actions(index, self.now + SimDuration::from_micros(1));
    }

    /// Shows every policy the minute that was stored last, and does what they decide.
    pub(super) fn evaluate_scaling(&mut self) {
        for index in 0..self.scaling.len() {
            let Some(inputs) = self.inputs(self.scaling[index].service) else { continue };
            let evaluation = self.scaling[index].scaler.end_of_minute(self.now, &inputs);
            for changes in evaluation.alarms {
                self.trace.notice(self.now, changed(changes.alarm, &changes.change));
            }
            match evaluation.decision {
                Decision::Scale(activity) => self.scale(index, activity),
                Decision::NotScaled(activity) if evaluation.recorded => {
                    let service = self.scaling[index].service;
                    self.keep_activity(index, Activity::NotScaled(activity.clone()));
                    self.trace.notice(self.now, Notice::NotScaled { service, activity });
                }
                Decision::NotScaled(_) | Decision::Rest => {}
            }
        }
    }

    fn inputs(&self, service: ServiceId) -> Option<Inputs> {
        let minute = &self.metrics.minutes().iter().next_back()?.what;
        let measured = minute.services.get(service.number() as usize)?;
        let per_target = (0..).zip(&minute.groups).filter_map(|(number, group)| {
            Some((TargetGroupId::new(number), group.request_count_per_target?))
        });
        Some(Inputs {
            standing: self.standing(service),
            cpu: measured.cpu,
            memory: measured.memory,
            request_count_per_target: per_target.collect(),
        })
    }

    fn scale(&mut self, index: usize, activity: ScalingActivity) {
        let (service, to) = (self.scaling[index].service, activity.to);
        self.keep_activity(index, Activity::Scaled(activity.clone()));
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        context.notice(Notice::Scaled { service, activity });
        self.cluster.set_desired_count(service, to, &mut context);
    }

    fn keep_activity(&mut self, index: usize, activity: Activity) {
        let activities = &mut self.scaling[index].activities;
        if activities.len() == ACTIVITIES_KEPT {
            activities.pop_front();
        }
        activities.push_back(activity);
    }

    pub(super) fn check_bounds(&self, service: ServiceId, min: u32, max: u32) -> Result<(), Refusal> {
        self.cluster.service(service).ok_or(Refusal::NoSuchThing("service"))?;
        self.scaling_of(service).ok_or(Refusal::NotScalable)?;
        if max < min {
            return Err(Refusal::MaxBelowMin);
        }
        if max > Command::DESIRED_COUNT_MAX {
            return Err(Refusal::DesiredCountOutOfRange(max));
        }
        Ok(())
    }

    /// `RegisterScalableTarget` with bounds that have been checked; what is suspended stays so.
    pub(super) fn set_bounds(&mut self, service: ServiceId, min_capacity: u32, max_capacity: u32) {
        let Some(index) = self.scaling.iter().position(|scaling| scaling.service == service) else { return };
        let suspended = self.scaling[index].scaler.target().suspended;
        self.register_target(index, ScalableTarget { min_capacity, max_capacity, suspended });
    }
}
