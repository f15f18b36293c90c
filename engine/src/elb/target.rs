//! A target: an address in a zone, how far its registration has come, and what each node thinks of it.

use std::collections::VecDeque;
use std::fmt;

use super::connections::Pool;
use super::health::{CheckResult, NodeHealth, Verdict};
use super::health_check::HealthCheckSettings;
use super::routing::Ramp;
use super::state::{TargetHealth, TargetHealthReason, TargetState};
use super::{NodeId, TargetGroupId, TargetId};
use crate::kernel::{SimDuration, SimTime};

/// How many results of health checks a target remembers.
const CHECKS_KEPT: usize = 24;
/// How many of its states a target remembers.
const STATES_KEPT: usize = 64;
/// The most results that a verdict can take: the highest threshold.
const CHECKS_FOR_A_VERDICT: usize = 10;

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

/// What one node knows of one target.
#[derive(Clone, Debug)]
pub struct NodeView {
    pub(super) health: NodeHealth,
    /// When the verdict was reached.
    pub(super) since: SimTime,
    pub(super) ramp: Ramp,
    pub(super) outstanding: u32,
    pub(super) pool: Pool,
    recent: VecDeque<CheckRecord>,
    decided_by: Vec<CheckRecord>,
}

impl NodeView {
    fn new() -> Self {
        Self {
            health: NodeHealth::NEW,
            since: SimTime::ZERO,
            ramp: Ramp::default(),
            outstanding: 0,
            pool: Pool::default(),
            recent: VecDeque::with_capacity(CHECKS_FOR_A_VERDICT),
            decided_by: Vec::with_capacity(CHECKS_FOR_A_VERDICT),
        }
    }

    /// Its opinion, with the progress towards another one.
    pub const fn health(&self) -> NodeHealth {
        self.health
    }

    /// When it came to its verdict.
    pub const fn since(&self) -> SimTime {
        self.since
    }

    /// The results in a row that made it come to its verdict, oldest first. None when the world began so.
    pub fn decided_by(&self) -> &[CheckRecord] {
        &self.decided_by
    }

    /// Where the target stands in slow start for this node.
    pub const fn ramp(&self) -> Ramp {
        self.ramp
    }

    /// Takes a result in; when it changes the verdict, the number of results that it took.
    pub(super) fn observe(&mut self, record: CheckRecord, settings: &HealthCheckSettings) -> Option<u8> {
        if self.recent.len() == CHECKS_FOR_A_VERDICT {
            self.recent.pop_front();
        }
        self.recent.push_back(record);
        let before = self.health.verdict();
        let threshold = self.health.threshold(settings);
        if !self.health.observe(record.result, settings) {
            return None;
        }
        let took = match (before, record.result) {
            (Verdict::Initial, Ok(())) | (Verdict::Unhealthy(_), Err(_)) => 1,
            _ => threshold,
        };
        self.since = record.at;
        self.decided_by.clear();
        let from = self.recent.len().saturating_sub(usize::from(took));
        self.decided_by.extend(self.recent.range(from..));
        Some(took)
    }

    pub(super) fn begin_anew(&mut self, now: SimTime) {
        self.health = NodeHealth::NEW;
        self.since = now;
        self.ramp.leave();
        self.recent.clear();
        self.decided_by.clear();
    }
}

/// A target and what the load balancer's nodes think of it.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) id: TargetId,
    pub(super) group: TargetGroupId,
    pub(super) address: Address,
    pub(super) zone: usize,
    pub(super) registration: Registration,
    /// Whether requests can reach it: its zone is enabled and a listener uses its group.
    pub(super) in_use: bool,
    /// Which run of health checks counts; checks planned in an earlier one are void.
    pub(super) check_round: u32,
    pub(super) views: Vec<NodeView>,
    pub(super) routed: u64,
    pub(super) outstanding: u32,
    shown: TargetHealth,
    states: Vec<(SimTime, TargetHealth)>,
    checks: VecDeque<CheckRecord>,
}

impl Target {
    pub(super) fn new(
        id: TargetId,
        group: TargetGroupId,
        address: Address,
        zone: usize,
        nodes: usize,
    ) -> Self {
        Self {
            id,
            group,
            address,
            zone,
            registration: Registration::InProgress,
            in_use: true,
            check_round: 0,
            views: (0..nodes).map(|_| NodeView::new()).collect(),
            routed: 0,
            outstanding: 0,
            shown: TargetHealth::because(TargetState::Unused, TargetHealthReason::NotRegistered),
            states: Vec::with_capacity(8),
            checks: VecDeque::with_capacity(CHECKS_KEPT),
        }
    }

    /// Its id.
    pub const fn id(&self) -> TargetId {
        self.id
    }

    /// Its target group.
    pub const fn group(&self) -> TargetGroupId {
        self.group
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

    /// Its states so far, each with the instant at which it began: the latest 64.
    pub fn states(&self) -> &[(SimTime, TargetHealth)] {
        &self.states
    }

    /// What each node thinks of it, in the order of the nodes.
    pub fn nodes(&self) -> &[NodeView] {
        &self.views
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

    /// Whether it may get new requests at all, healthy or not.
    pub fn takes_requests(&self) -> bool {
        self.registration == Registration::Registered && self.in_use
    }

    /// How many connections the nodes hold to it, busy and idle.
    pub(super) fn connections(&self, now: SimTime, idle_timeout: SimDuration) -> usize {
        let idle: usize = self.views.iter().map(|view| view.pool.len(now, idle_timeout)).sum();
        idle + self.outstanding as usize
    }

    pub(super) fn remember(&mut self, record: CheckRecord) {
        if self.checks.len() == CHECKS_KEPT {
            self.checks.pop_front();
        }
        self.checks.push_back(record);
    }

    /// Brings the shown state up to date. Returns the one before when it changed.
    pub(super) fn refresh(&mut self, now: SimTime) -> Option<TargetHealth> {
        let (before, after) = (self.shown, self.present_health());
        if before == after {
            return None;
        }
        self.shown = after;
        if self.states.len() == STATES_KEPT {
            self.states.remove(0);
        }
        self.states.push((now, after));
        Some(before)
    }

    /// The state that follows from the registration and the nodes' verdicts; how differing verdicts add up is
    /// our choice, see [`crate::choices`].
    fn present_health(&self) -> TargetHealth {
        use TargetHealthReason as Reason;
        match self.registration {
            Registration::InProgress => {
                TargetHealth::because(TargetState::Initial, Reason::RegistrationInProgress)
            }
            Registration::Registered if !self.in_use => {
                TargetHealth::because(TargetState::Unused, Reason::NotInUse)
            }
            Registration::Registered => self.checked_health(),
            Registration::Draining { .. } => {
                TargetHealth::because(TargetState::Draining, Reason::DeregistrationInProgress)
            }
            Registration::NotRegistered => TargetHealth::because(TargetState::Unused, Reason::NotRegistered),
        }
    }

    fn checked_health(&self) -> TargetHealth {
        let mut verdicts = self.views.iter().map(|view| view.health.verdict());
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
