//! The load balancer: nodes that take requests in, choose targets and check their health.

use super::health::{CheckResult, NodeHealth, Verdict};
use super::routing::Memory;
use super::settings::{ListenerSettings, LoadBalancerSettings, TargetGroupAttribute, TargetGroupSettings};
use super::target_group::{Address, CheckRecord, Registration, TargetGroup};
use super::{Event, NodeId, TargetId};
use crate::choices;
use crate::context::Context;
use crate::kernel::{RandomStream, SimDuration};
use crate::trace::{Notice, RoutingChoice, Step};

/// A node of the load balancer, in one Availability Zone.
#[derive(Clone, Debug)]
pub struct Node {
    zone: String,
    in_flight: u32,
    received: u64,
    failing_open: bool,
}

impl Node {
    /// The name of its Availability Zone.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// How many requests it holds: received and not yet answered.
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// How many requests it ever received.
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Whether it sent its latest request to a target although none was healthy.
    pub const fn is_failing_open(&self) -> bool {
        self.failing_open
    }
}

/// A health check that a node sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The node that checks.
    pub node: NodeId,
    /// The target that is checked.
    pub target: TargetId,
}

/// What a node does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routed {
    /// It forwards it to a target.
    Forward(TargetId, RoutingChoice),
    /// There is no target: it answers 503.
    NoTarget,
}

/// An Application Load Balancer with one HTTP listener that forwards to one target group.
#[derive(Clone, Debug)]
pub struct LoadBalancer {
    settings: LoadBalancerSettings,
    listener: ListenerSettings,
    nodes: Vec<Node>,
    target_group: TargetGroup,
    memory: Vec<Memory>,
    check_phases: RandomStream,
}

impl LoadBalancer {
    pub(crate) fn new(
        settings: LoadBalancerSettings,
        listener: ListenerSettings,
        target_group: TargetGroupSettings,
        seed: u64,
    ) -> Self {
        let new_node =
            |zone: &String| Node { zone: zone.clone(), in_flight: 0, received: 0, failing_open: false };
        Self {
            nodes: settings.zones.iter().map(new_node).collect(),
            memory: vec![Memory::default(); settings.zones.len()],
            settings,
            listener,
            target_group: TargetGroup::new(target_group),
            check_phases: RandomStream::new(seed, "health check phases"),
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &LoadBalancerSettings {
        &self.settings
    }

    /// Its listener's settings.
    pub fn listener(&self) -> &ListenerSettings {
        &self.listener
    }

    /// Its nodes, in the order of the zones.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The ids of its nodes, in the order of the zones.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId::new)
    }

    /// Its target group.
    pub fn target_group(&self) -> &TargetGroup {
        &self.target_group
    }

    /// Registers a target (`RegisterTargets`).
    pub(crate) fn register<E: From<Event>>(
        &mut self,
        address: Address,
        zone: usize,
        context: &mut Context<'_, E>,
    ) -> TargetId {
        let target = self.target_group.add(address, zone, self.nodes.len());
        context.notice(Notice::TargetRegistered { target });
        context.after(choices::REGISTRATION, Event::RegistrationDone(target));
        target
    }

    /// Registers a target that counts as checked long ago: the way into a world that starts in steady state.
    pub(crate) fn register_as_healthy<E: From<Event>>(
        &mut self,
        address: Address,
        zone: usize,
        context: &mut Context<'_, E>,
    ) -> TargetId {
        let id = self.target_group.add(address, zone, self.nodes.len());
        let target = self.target_group.target_mut(id);
        target.registration = Registration::Registered;
        target.nodes.fill(NodeHealth::HEALTHY);
        target.shown = target.present_health();
        let interval = self.target_group.settings().health_check.interval;
        self.begin_checks(id, interval, context);
        id
    }

    /// Deregisters a target (`DeregisterTargets`): no new requests from now on, those in flight may finish
    /// within the deregistration delay, and the state shows `draining` for the whole of it.
    pub(crate) fn deregister<E: From<Event>>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let delay = self.target_group.settings().deregistration_delay;
        let target = self.target_group.target_mut(id);
        if matches!(target.registration, Registration::InProgress | Registration::Registered) {
            target.registration = Registration::Draining { until: context.now + delay };
            self.show(id, context);
            context.after(delay, Event::DrainingOver(id));
        }
    }

    /// Changes an attribute of the target group (`ModifyTargetGroupAttributes`).
    pub(crate) fn modify(&mut self, attribute: TargetGroupAttribute) {
        self.target_group.modify(attribute);
    }

    /// What a node does with a request that has just arrived.
    pub(crate) fn route<E>(&mut self, id: NodeId, context: &mut Context<'_, E>) -> Routed {
        let index = id.number() as usize;
        let memory = &mut self.memory[if choices::NODES_SHARE_ROUTING_MEMORY { 0 } else { index }];
        let chosen = self.target_group.choose(id, memory);
        let node = &mut self.nodes[index];
        node.in_flight += 1;
        node.received += 1;
        let failing_open = chosen.is_some_and(|(_, choice)| choice.fail_open);
        if failing_open != node.failing_open {
            node.failing_open = failing_open;
            context.notice(Notice::FailOpen { node: id, on: failing_open });
        }
        chosen.map_or(Routed::NoTarget, |(target, choice)| Routed::Forward(target, choice))
    }

    /// Notes that a node answered a request, and that the target, if any, no longer has it in flight.
    pub(crate) fn answered(&mut self, node: NodeId, target: Option<TargetId>) {
        let node = &mut self.nodes[node.number() as usize];
        debug_assert!(node.in_flight > 0, "a node answered a request that it does not hold");
        node.in_flight = node.in_flight.saturating_sub(1);
        if let Some(target) = target {
            self.target_group.finished(target);
        }
    }

    /// A registration is complete: health checks begin.
    pub(crate) fn registration_done<E: From<Event>>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let target = self.target_group.target_mut(id);
        if target.registration == Registration::InProgress {
            target.registration = Registration::Registered;
            self.show(id, context);
            self.begin_checks(id, choices::FIRST_CHECK_WITHIN, context);
        }
    }

    /// The deregistration delay is over: the target is unused.
    pub(crate) fn draining_over<E>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        self.target_group.target_mut(id).registration = Registration::NotRegistered;
        self.show(id, context);
        self.target_group.forget(id);
    }

    /// A check is due: sends it and plans the next, as long as the target is registered.
    pub(crate) fn check_due<E: From<Event>>(
        &mut self,
        probe: Probe,
        context: &mut Context<'_, E>,
    ) -> Option<Probe> {
        let Probe { node, target } = probe;
        if self.target_group.target(target).registration() != Registration::Registered {
            return None;
        }
        context.after(self.target_group.settings().health_check.interval, Event::CheckDue { node, target });
        context.step(Step::CheckSent { node, target });
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
        let (target, settings) = self.target_group.target_under_check(id);
        if target.registration != Registration::Registered {
            return;
        }
        target.remember(CheckRecord { at: context.now, node, result });
        let health = &mut target.nodes[node.number() as usize];
        let threshold = health.threshold(settings);
        let before = health.verdict();
        if health.observe(result, settings) {
            let verdict = health.verdict();
            let checks = if before == Verdict::Initial && result.is_ok() { 1 } else { threshold };
            context.notice(Notice::NodeVerdict { node, target: id, verdict, checks });
            self.show(id, context);
        }
    }

    fn begin_checks<E: From<Event>>(
        &mut self,
        target: TargetId,
        within: SimDuration,
        context: &mut Context<'_, E>,
    ) {
        for node in self.node_ids() {
            let micros = u32::try_from(within.as_micros()).unwrap_or(u32::MAX);
            let delay = SimDuration::from_micros(u64::from(self.check_phases.below(micros)));
            context.after(delay, Event::CheckDue { node, target });
        }
    }

    /// Brings the shown state up to date and says so when it changed.
    fn show<E>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let target = self.target_group.target_mut(id);
        let (before, after) = (target.shown, target.present_health());
        if before != after {
            target.shown = after;
            context.notice(Notice::TargetHealthChanged { target: id, before, after });
        }
    }
}
