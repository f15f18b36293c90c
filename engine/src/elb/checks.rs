//! Health checks: every node checks every target by itself (ALB guide, "Health checks").

use super::health::{CheckResult, Verdict};
use super::routing::{Algorithm, AnomalyResult};
use super::target::{CheckRecord, Registration};
use super::{Event, LoadBalancer, NodeId, TargetHealth, TargetId};
use crate::choices::ANOMALY_EVALUATION;
use crate::context::Context;
use crate::kernel::{SimDuration, SimTime};
use crate::trace::{Notice, Step};

/// A health check that a node sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The node that checks.
    pub node: NodeId,
    /// The target that is checked.
    pub target: TargetId,
}

impl LoadBalancer {
    /// Plans the first check of every node, each at a moment of its own.
    pub(super) fn begin_checks<E: From<Event>>(
        &mut self,
        target: TargetId,
        within: SimDuration,
        context: &mut Context<'_, E>,
    ) {
        let round = self.target(target).check_round;
        for node in self.node_ids() {
            let micros = u32::try_from(within.as_micros()).unwrap_or(u32::MAX);
            let delay = SimDuration::from_micros(u64::from(self.check_phases.below(micros)));
            context.after(delay, Event::CheckDue { node, target, round });
        }
    }

    /// A check is due: sends it and plans the next, as long as the target is registered or draining.
    pub(crate) fn check_due<E: From<Event>>(
        &mut self,
        probe: Probe,
        round: u32,
        context: &mut Context<'_, E>,
    ) -> Option<Probe> {
        let Probe { node, target: id } = probe;
        let target = self.target(id);
        let checked = match target.registration {
            Registration::Registered => target.in_use,
            Registration::Draining { .. } => true,
            Registration::InProgress | Registration::NotRegistered => false,
        };
        if !checked || target.check_round != round {
            return None;
        }
        let interval = self.target_group(target.group).settings.health_check.interval;
        context.after(interval, Event::CheckDue { node, target: id, round });
        context.step(Step::CheckSent { node, target: id });
        Some(probe)
    }

    /// A node knows the result of a check.
    pub(crate) fn check_finished<E>(
        &mut self,
        probe: Probe,
        result: CheckResult,
        context: &mut Context<'_, E>,
    ) {
        let Probe { node, target: id } = probe;
        context.step(Step::CheckFinished { node, target: id, result });
        let target = &mut self.targets[id.number() as usize];
        if target.registration != Registration::Registered || !target.in_use {
            return;
        }
        let record = CheckRecord { at: context.now, node, result };
        target.remember(record);
        let settings = &self.groups[target.group.number() as usize].settings;
        let view = &mut target.views[node.number() as usize];
        let Some(checks) = view.observe(record, &settings.health_check) else { return };
        let verdict = view.health.verdict();
        view.ramp.leave();
        if verdict == Verdict::Healthy && settings.slow_start.is_on() {
            self.begin_slow_start(node, id, context.now);
        }
        context.notice(Notice::NodeVerdict { node, target: id, verdict, checks });
        self.show(id, context);
        self.refresh_dns(context);
    }

    /// A target has become healthy for a node: it enters slow start when another healthy one is at its full
    /// share. The first target of a group finds no such other. ECS registers each task by a call of its own, so that
    /// no two of them are registered in one.
    fn begin_slow_start(&mut self, node: NodeId, id: TargetId, now: SimTime) {
        let index = node.number() as usize;
        let group = self.target_group(self.target(id).group);
        let slow_start = group.settings.slow_start;
        let peers = group.present.iter().filter(|peer| **peer != id).map(|peer| self.target(*peer));
        let another = peers
            .filter(|peer| peer.takes_requests())
            .map(|peer| &peer.views[index])
            .any(|view| view.health.verdict() == Verdict::Healthy && !view.ramp.in_progress(slow_start, now));
        if slow_start.enters(another, false) {
            self.targets[id.number() as usize].views[index].ramp.enter(now);
        }
    }

    /// Compares how often targets fail with how often their peers do (ALB guide, "Edit target group attributes",
    /// Automatic Target Weights).
    pub(crate) fn evaluate_anomalies<E: From<Event>>(&mut self, context: &mut Context<'_, E>) {
        for group in &mut self.groups {
            let targets = &self.targets;
            let mut healthy = std::mem::take(&mut self.roll_call);
            healthy.clear();
            healthy.extend(group.present.iter().copied().filter(|id| {
                let target = &targets[id.number() as usize];
                target.takes_requests() && target.health() == TargetHealth::HEALTHY
            }));
            let mitigate =
                group.settings.anomaly_mitigation && group.settings.algorithm == Algorithm::WeightedRandom;
            for change in group.anomalies.evaluate(&healthy, mitigate) {
                if change.before.result != change.after.result {
                    let anomalous = change.after.result == AnomalyResult::Anomalous;
                    context.notice(Notice::AnomalyChanged { target: change.target, anomalous });
                }
            }
            self.roll_call = healthy;
        }
        context.after(ANOMALY_EVALUATION, Event::AnomalyEvaluation);
    }
}
