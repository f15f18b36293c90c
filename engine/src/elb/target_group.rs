//! The target group: who is registered, in which state, and who may get the next request.

use std::collections::VecDeque;
use std::fmt;

use super::health::{CheckResult, NodeHealth, Verdict};
use super::routing::{Candidate, Memory};
use super::settings::{HealthCheckSettings, TargetGroupAttribute, TargetGroupSettings};
use super::state::{TargetHealth, TargetHealthReason, TargetState};
use super::{NodeId, TargetId};
use crate::kernel::SimTime;
use crate::trace::RoutingChoice;

/// How many results of health checks a target remembers.
const CHECKS_KEPT: usize = 24;

/// Where a target listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The private IPv4 address.
    pub ip: [u8; 4],
    /// The port.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.ip;
        write!(f, "{a}.{b}.{c}.{d}:{}", self.port)
    }
}

/// How far the registration of a target has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// In progress.
    InProgress,
    /// Complete.
    Registered,
    /// Deregistered; requests in flight may finish until this instant.
    Draining {
        /// The end of the deregistration delay.
        until: SimTime,
    },
    /// Gone.
    NotRegistered,
}

/// One result of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckRecord {
    /// When the result was known.
    pub at: SimTime,
    /// Who checked.
    pub node: NodeId,
    /// The result.
    pub result: CheckResult,
}

/// A target: an address in a zone, and what the load balancer's nodes think of it.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) id: TargetId,
    pub(super) address: Address,
    pub(super) zone: usize,
    pub(super) registration: Registration,
    pub(super) nodes: Vec<NodeHealth>,
    pub(super) shown: TargetHealth,
    checks: VecDeque<CheckRecord>,
    outstanding: u32,
    routed: u64,
}

impl Target {
    /// Its id.
    pub const fn id(&self) -> TargetId {
        self.id
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The index of its Availability Zone.
    pub const fn zone(&self) -> usize {
        self.zone
    }

    /// How far its registration has come.
    pub const fn registration(&self) -> Registration {
        self.registration
    }

    /// Its state, as `DescribeTargetHealth` would report it.
    pub const fn health(&self) -> TargetHealth {
        self.shown
    }

    /// What each node thinks of it, in the order of the nodes.
    pub fn nodes(&self) -> &[NodeHealth] {
        &self.nodes
    }

    /// Its latest health checks, oldest first.
    pub fn checks(&self) -> impl DoubleEndedIterator<Item = &CheckRecord> {
        self.checks.iter()
    }

    /// How many requests it has in flight.
    pub const fn outstanding(&self) -> u32 {
        self.outstanding
    }

    /// How many requests were ever routed to it.
    pub const fn routed(&self) -> u64 {
        self.routed
    }

    pub(super) fn remember(&mut self, record: CheckRecord) {
        if self.checks.len() == CHECKS_KEPT {
            self.checks.pop_front();
        }
        self.checks.push_back(record);
    }

    /// The state that follows from the registration and the nodes' verdicts; how differing verdicts add up is
    /// our choice, see [`crate::choices`].
    pub(super) fn present_health(&self) -> TargetHealth {
        match self.registration {
            Registration::InProgress => {
                TargetHealth::because(TargetState::Initial, TargetHealthReason::RegistrationInProgress)
            }
            Registration::Registered => self.checked_health(),
            Registration::Draining { .. } => {
                TargetHealth::because(TargetState::Draining, TargetHealthReason::DeregistrationInProgress)
            }
            Registration::NotRegistered => {
                TargetHealth::because(TargetState::Unused, TargetHealthReason::NotRegistered)
            }
        }
    }

    fn checked_health(&self) -> TargetHealth {
        let mut verdicts = self.nodes.iter().map(|node| node.verdict());
        if verdicts.clone().any(|verdict| verdict == Verdict::Healthy) {
            return TargetHealth::HEALTHY;
        }
        if verdicts.any(|verdict| verdict == Verdict::Initial) {
            return TargetHealth::because(TargetState::Initial, TargetHealthReason::InitialHealthChecking);
        }
        let latest_failure = self.checks.iter().rev().find_map(|check| check.result.err());
        let reason = latest_failure.map(TargetHealthReason::Failed);
        TargetHealth { state: TargetState::Unhealthy, reason }
    }
}

/// A target group and everything that was ever registered in it.
#[derive(Clone, Debug)]
pub struct TargetGroup {
    settings: TargetGroupSettings,
    /// Indexed by target id; ids are never used twice.
    targets: Vec<Target>,
    /// Those that are registered or draining, in the order of their registration.
    present: Vec<TargetId>,
    candidates: Vec<Candidate>,
}

impl TargetGroup {
    pub(super) fn new(settings: TargetGroupSettings) -> Self {
        Self { settings, targets: Vec::new(), present: Vec::new(), candidates: Vec::with_capacity(64) }
    }

    /// Its settings.
    pub fn settings(&self) -> &TargetGroupSettings {
        &self.settings
    }

    /// The targets that are registered or draining, in the order of their registration.
    pub fn targets(&self) -> impl DoubleEndedIterator<Item = &Target> {
        self.present.iter().map(|id| self.target(*id))
    }

    /// Any target that was ever registered.
    ///
    /// # Panics
    /// When the id belongs to another world.
    pub fn target(&self, id: TargetId) -> &Target {
        &self.targets[id.number() as usize]
    }

    pub(super) fn target_mut(&mut self, id: TargetId) -> &mut Target {
        &mut self.targets[id.number() as usize]
    }

    /// A target, to change, with the settings that its checks are judged by.
    pub(super) fn target_under_check(&mut self, id: TargetId) -> (&mut Target, &HealthCheckSettings) {
        (&mut self.targets[id.number() as usize], &self.settings.health_check)
    }

    /// How many targets a node regards as healthy: `HealthyHostCount`.
    pub fn healthy_host_count(&self, node: NodeId) -> usize {
        self.count(node, |verdict| verdict == Verdict::Healthy)
    }

    /// How many targets a node regards as unhealthy: `UnHealthyHostCount`. Draining targets are in neither.
    pub fn unhealthy_host_count(&self, node: NodeId) -> usize {
        self.count(node, |verdict| matches!(verdict, Verdict::Unhealthy(_)))
    }

    fn count(&self, node: NodeId, wanted: impl Fn(Verdict) -> bool) -> usize {
        self.registered().filter(|target| wanted(target.nodes[node.number() as usize].verdict())).count()
    }

    fn registered(&self) -> impl Iterator<Item = &Target> {
        self.targets().filter(|target| target.registration == Registration::Registered)
    }

    pub(super) fn modify(&mut self, attribute: TargetGroupAttribute) {
        match attribute {
            TargetGroupAttribute::Algorithm(algorithm) => self.settings.algorithm = algorithm,
            TargetGroupAttribute::DeregistrationDelay(delay) => self.settings.deregistration_delay = delay,
        }
    }

    pub(super) fn add(&mut self, address: Address, zone: usize, nodes: usize) -> TargetId {
        let id = TargetId::new(self.targets.len() as u32);
        let mut target = Target {
            id,
            address,
            zone,
            registration: Registration::InProgress,
            nodes: vec![NodeHealth::NEW; nodes],
            shown: TargetHealth::because(TargetState::Unused, TargetHealthReason::NotRegistered),
            checks: VecDeque::with_capacity(CHECKS_KEPT),
            outstanding: 0,
            routed: 0,
        };
        target.shown = target.present_health();
        self.targets.push(target);
        self.present.push(id);
        id
    }

    pub(super) fn forget(&mut self, id: TargetId) {
        self.present.retain(|present| *present != id);
    }

    /// Chooses a target for a request at `node`: among the healthy ones; when there is none, the node fails open
    /// (ALB guide, "Health checks"); nothing when no registered target is left.
    pub(super) fn choose(&mut self, node: NodeId, memory: &mut Memory) -> Option<(TargetId, RoutingChoice)> {
        let node = node.number() as usize;
        let mut fail_open = false;
        self.collect(|target| target.nodes[node].verdict() == Verdict::Healthy);
        if self.candidates.is_empty() {
            fail_open = true;
            self.collect(|target| matches!(target.nodes[node].verdict(), Verdict::Unhealthy(_)));
        }
        if self.candidates.is_empty() {
            self.collect(|_| true);
        }
        let algorithm = self.settings.algorithm;
        let chosen = algorithm.choose(&self.candidates, memory)?;
        let target = self.target_mut(chosen.target);
        target.outstanding += 1;
        target.routed += 1;
        let candidates = self.candidates.len() as u16;
        let choice = RoutingChoice { algorithm, candidates, outstanding: chosen.outstanding, fail_open };
        Some((chosen.target, choice))
    }

    fn collect(&mut self, wanted: impl Fn(&Target) -> bool) {
        self.candidates.clear();
        for id in &self.present {
            let target = &self.targets[id.number() as usize];
            if target.registration == Registration::Registered && wanted(target) {
                self.candidates.push(Candidate { target: *id, outstanding: target.outstanding });
            }
        }
    }

    pub(super) fn finished(&mut self, id: TargetId) {
        let outstanding = &mut self.target_mut(id).outstanding;
        debug_assert!(*outstanding > 0, "a request ended twice on target {id}");
        *outstanding = outstanding.saturating_sub(1);
    }
}
