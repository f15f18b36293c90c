//! The load balancer: nodes that take requests in, listeners that tell where they go, target groups and targets.

use super::attributes::{LoadBalancerAttribute, TargetGroupAttribute};
use super::health::{NodeHealth, Verdict};
use super::health_check::HealthCheckChange;
use super::listener::{Action, HttpRequest, Listener, Matched};
use super::node::Node;
use super::settings::{LoadBalancerSettings, TargetGroupSettings};
use super::state::TargetHealth;
use super::target::{Address, Registration, Target};
use super::target_group::TargetGroup;
use super::{Event, ListenerId, NodeId, TargetGroupId, TargetId};
use crate::choices;
use crate::cloudwatch::{Counters, Metric};
use crate::context::Context;
use crate::kernel::{RandomStream, SimTime};
use crate::trace::Notice;

/// An Application Load Balancer with its listeners, target groups and targets.
#[derive(Clone, Debug)]
pub struct LoadBalancer {
    pub(super) settings: LoadBalancerSettings,
    pub(super) listeners: Vec<Listener>,
    pub(super) nodes: Vec<Node>,
    pub(super) groups: Vec<TargetGroup>,
    /// Indexed by target id; ids are never used twice.
    pub(super) targets: Vec<Target>,
    /// Whether nodes share the round-robin position and the counts of outstanding requests.
    pub(super) shared_memory: bool,
    pub(super) rolls: RandomStream,
    pub(super) check_phases: RandomStream,
    /// Room for a list of targets, used again and again.
    pub(super) roll_call: Vec<TargetId>,
}

impl LoadBalancer {
    pub(crate) fn new(
        settings: LoadBalancerSettings,
        listeners: Vec<Listener>,
        groups: &[TargetGroupSettings],
        shared_memory: bool,
        seed: u64,
    ) -> Self {
        let zones = settings.zones.iter().enumerate();
        let mut load_balancer = Self {
            nodes: zones.map(|(number, zone)| Node::new(number, zone, groups.len())).collect(),
            settings,
            listeners,
            groups: (0..)
                .zip(groups)
                .map(|(number, settings)| TargetGroup::new(TargetGroupId::new(number), settings.clone()))
                .collect(),
            targets: Vec::new(),
            shared_memory,
            rolls: RandomStream::new(seed, "routing"),
            check_phases: RandomStream::new(seed, "health check phases"),
            roll_call: Vec::new(),
        };
        load_balancer.refresh_use();
        load_balancer
    }

    /// Its settings, as they are now.
    pub fn settings(&self) -> &LoadBalancerSettings {
        &self.settings
    }

    /// Its listeners, as they are now.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// The listener of a port, if there is one.
    pub fn listener_on(&self, port: u16) -> Option<ListenerId> {
        let position = self.listeners.iter().position(|listener| listener.port == port)?;
        Some(ListenerId::new(position as u32))
    }

    /// Its nodes, in the order of the zones.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The ids of its nodes, in the order of the zones.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + Clone + use<> {
        (0..self.nodes.len() as u32).map(NodeId::new)
    }

    /// Its target groups, in the order of the scenario.
    pub fn target_groups(&self) -> &[TargetGroup] {
        &self.groups
    }

    /// A target group.
    ///
    /// # Panics
    /// When the id belongs to another world.
    pub fn target_group(&self, id: TargetGroupId) -> &TargetGroup {
        &self.groups[id.number() as usize]
    }

    /// Any target that was ever registered.
    ///
    /// # Panics
    /// When the id belongs to another world.
    pub fn target(&self, id: TargetId) -> &Target {
        &self.targets[id.number() as usize]
    }

    /// Every target that was ever registered, in the order of registration.
    pub fn all_targets(&self) -> &[Target] {
        &self.targets
    }

    /// The targets of a group that are registered or draining, in the order of their registration.
    pub fn targets_of(&self, group: TargetGroupId) -> impl DoubleEndedIterator<Item = &Target> {
        self.target_group(group).present.iter().map(|id| self.target(*id))
    }

    /// How many connections there are between nodes and targets, busy and idle.
    pub fn target_connections(&self, now: SimTime) -> usize {
        let idle_timeout = self.settings.idle_timeout;
        self.targets.iter().map(|target| target.connections(now, idle_timeout)).sum()
    }

    /// How many targets of a group a node regards as healthy and as unhealthy: `HealthyHostCount` and
    /// `UnHealthyHostCount`. Draining targets are in neither.
    pub fn count_hosts(&self, node: NodeId, group: TargetGroupId) -> (usize, usize) {
        let (mut healthy, mut unhealthy) = (0, 0);
        for target in self.targets_of(group).filter(|target| target.takes_requests()) {
            match target.views[node.number() as usize].health.verdict() {
                Verdict::Healthy => healthy += 1,
                Verdict::Unhealthy(_) => unhealthy += 1,
                Verdict::Initial => {}
            }
        }
        (healthy, unhealthy)
    }

    /// `RequestCountPerTarget` of a group that counted this: its requests over its healthy targets, or over its
    /// registered ones when none is healthy.
    pub fn request_count_per_target(&self, group: TargetGroupId, counters: &Counters) -> Option<f64> {
        let registered = || self.targets_of(group).filter(|target| target.takes_requests());
        let healthy = registered().filter(|target| target.health() == TargetHealth::HEALTHY).count();
        let divisor = if healthy > 0 { healthy } else { registered().count() };
        (divisor > 0).then(|| counters.get(Metric::RequestCount) as f64 / divisor as f64)
    }

    /// Begins what goes on for ever, when the first targets are there.
    pub(crate) fn begin<E: From<Event>>(&mut self, context: &mut Context<'_, E>) {
        context.after(choices::ANOMALY_EVALUATION, Event::AnomalyEvaluation);
        self.refresh_dns(context);
    }

    /// Registers a target (`RegisterTargets`).
    pub(crate) fn register<E: From<Event>>(
        &mut self,
        group: TargetGroupId,
        address: Address,
        zone: usize,
        context: &mut Context<'_, E>,
    ) -> TargetId {
        let target = self.add(group, address, zone);
        self.targets[target.number() as usize].refresh(context.now);
        context.notice(Notice::TargetRegistered { target });
        context.after(choices::REGISTRATION, Event::RegistrationDone(target));
        target
    }

    /// Registers a target that counts as checked long ago: the way into a world that starts in steady state.
    pub(crate) fn register_as_healthy<E: From<Event>>(
        &mut self,
        group: TargetGroupId,
        address: Address,
        zone: usize,
        context: &mut Context<'_, E>,
    ) -> TargetId {
        let id = self.add(group, address, zone);
        let interval = self.groups[group.number() as usize].settings.health_check.interval;
        let target = &mut self.targets[id.number() as usize];
        target.registration = Registration::Registered;
        if target.in_use {
            target.views.iter_mut().for_each(|view| view.health = NodeHealth::HEALTHY);
            self.begin_checks(id, interval, context);
        }
        self.targets[id.number() as usize].refresh(context.now);
        id
    }

    fn add(&mut self, group: TargetGroupId, address: Address, zone: usize) -> TargetId {
        let id = TargetId::new(self.targets.len() as u32);
        let mut target = Target::new(id, group, address, zone, self.nodes.len());
        target.in_use = self.groups[group.number() as usize].used && zone < self.nodes.len();
        self.targets.push(target);
        self.groups[group.number() as usize].present.push(id);
        id
    }

    /// Deregisters a target (`DeregisterTargets`): no new requests from now on, those in flight may finish
    /// within the deregistration delay, and the state shows `draining` for the whole of it.
    pub(crate) fn deregister<E: From<Event>>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let group = self.target(id).group;
        let delay = self.target_group(group).settings.deregistration_delay;
        let target = &mut self.targets[id.number() as usize];
        if matches!(target.registration, Registration::InProgress | Registration::Registered) {
            target.registration = Registration::Draining { until: context.now + delay };
            target.views.iter_mut().for_each(|view| view.ramp.leave());
            self.show(id, context);
            self.refresh_dns(context);
            context.after(delay, Event::DrainingOver(id));
        }
    }

    /// The deregistration delay is over: the target is unused.
    pub(crate) fn draining_over<E>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let target = &mut self.targets[id.number() as usize];
        target.registration = Registration::NotRegistered;
        target.views.iter_mut().for_each(|view| view.pool.clear());
        let group = target.group;
        self.show(id, context);
        self.groups[group.number() as usize].present.retain(|present| *present != id);
    }

    /// A registration is complete: health checks begin, where requests can reach the target.
    pub(crate) fn registration_done<E: From<Event>>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let target = &mut self.targets[id.number() as usize];
        if target.registration == Registration::InProgress {
            target.registration = Registration::Registered;
            let in_use = target.in_use;
            self.show(id, context);
            if in_use {
                self.begin_checks(id, choices::FIRST_CHECK_WITHIN, context);
            }
            self.refresh_dns(context);
        }
    }

    /// A node has received a request that it does not route.
    pub(crate) fn received(&mut self, node: NodeId) {
        let node = &mut self.nodes[node.number() as usize];
        node.in_flight += 1;
        node.received += 1;
    }

    /// Where a redirect leads to, if the rule redirects.
    pub(crate) fn location(
        &self,
        listener: ListenerId,
        matched: Matched,
        request: &HttpRequest,
    ) -> Option<HttpRequest> {
        match self.listeners[listener.number() as usize].action(matched) {
            Action::Redirect(redirect) => redirect.location(request).ok(),
            Action::Forward(_) | Action::FixedResponse(_) => None,
        }
    }

    /// Notes that a node answered a request, and that the target, if any, no longer has it in flight. The
    /// connection to the target is kept until the instant at which the target closes it, if it is kept at all.
    pub(crate) fn answered(
        &mut self,
        node: NodeId,
        target: Option<TargetId>,
        keep_until: Option<SimTime>,
        now: SimTime,
    ) {
        let index = node.number() as usize;
        let node = &mut self.nodes[index];
        debug_assert!(node.in_flight > 0, "a node answered a request that it does not hold");
        node.in_flight = node.in_flight.saturating_sub(1);
        let Some(target) = target else { return };
        let target = &mut self.targets[target.number() as usize];
        debug_assert!(target.outstanding > 0, "a request ended twice on target {}", target.id);
        target.outstanding = target.outstanding.saturating_sub(1);
        let view = &mut target.views[index];
        view.outstanding = view.outstanding.saturating_sub(1);
        if let Some(closes_at) = keep_until {
            view.pool.put(now, closes_at);
        }
    }

    /// The process behind a target is gone, and its connections with it.
    pub(crate) fn connections_lost(&mut self, target: TargetId) {
        self.targets[target.number() as usize].views.iter_mut().for_each(|view| view.pool.clear());
    }

    /// Notes how a request to a target ended, for anomaly detection.
    pub(crate) fn note_outcome(&mut self, target: TargetId, failed: bool) {
        let group = self.targets[target.number() as usize].group;
        self.groups[group.number() as usize].anomalies.record(target, failed);
    }

    /// Changes an attribute of a target group that has been checked (`ModifyTargetGroupAttributes`).
    pub(crate) fn modify_group<E>(
        &mut self,
        id: TargetGroupId,
        attribute: &TargetGroupAttribute,
        context: &mut Context<'_, E>,
    ) {
        let group = &mut self.groups[id.number() as usize];
        group.settings.set(attribute);
        // Without slow start, nobody is in it (and nobody enters it who was healthy before it was switched on).
        if !group.settings.slow_start.is_on() {
            for target in group.present.iter().map(|id| id.number() as usize) {
                self.targets[target].views.iter_mut().for_each(|view| view.ramp.leave());
            }
        }
        self.refresh_dns(context);
    }

    /// Changes a setting of a health check that has been checked (`ModifyTargetGroup`).
    pub(crate) fn modify_health_check(&mut self, id: TargetGroupId, change: &HealthCheckChange) {
        // It was checked before: what is refused changes nothing.
        let _checked = self.groups[id.number() as usize].settings.health_check.change(change);
    }

    /// Changes an attribute of the load balancer (`ModifyLoadBalancerAttributes`).
    pub(crate) fn modify(&mut self, attribute: &LoadBalancerAttribute) {
        self.settings.set(attribute);
    }

    /// Changes what a listener, or a rule of it, does (`ModifyListener`, `ModifyRule`).
    pub(crate) fn modify_action<E: From<Event>>(
        &mut self,
        listener: ListenerId,
        priority: Option<u16>,
        action: &Action,
        context: &mut Context<'_, E>,
    ) {
        let listener = &mut self.listeners[listener.number() as usize];
        match priority {
            None => listener.default_action = action.clone(),
            Some(priority) => {
                if let Some(rule) = listener.rules.iter_mut().find(|rule| rule.priority == priority) {
                    rule.action = action.clone();
                }
            }
        }
        for id in self.refresh_use() {
            let target = &mut self.targets[id.number() as usize];
            target.check_round += 1;
            let now = context.now;
            target.views.iter_mut().for_each(|view| view.begin_anew(now));
            let begin = target.in_use && target.registration == Registration::Registered;
            self.show(id, context);
            if begin {
                self.begin_checks(id, choices::FIRST_CHECK_WITHIN, context);
            }
        }
        self.refresh_dns(context);
    }

    /// Works out which groups listeners forward to. Returns the targets for which that changes whether requests
    /// can reach them.
    fn refresh_use(&mut self) -> Vec<TargetId> {
        let mut used = vec![false; self.groups.len()];
        for action in self.listeners.iter().flat_map(Listener::actions) {
            if let Action::Forward(forward) = action {
                forward.target_groups.iter().for_each(|one| used[one.group.number() as usize] = true);
            }
        }
        let mut changed = Vec::new();
        for (group, used) in self.groups.iter_mut().zip(used) {
            group.used = used;
            for id in &group.present {
                let target = &mut self.targets[id.number() as usize];
                let in_use = used && target.zone < self.nodes.len();
                if target.in_use != in_use {
                    target.in_use = in_use;
                    changed.push(*id);
                }
            }
        }
        changed
    }

    /// Brings the shown state of a target up to date and says so when it changed.
    pub(super) fn show<E>(&mut self, id: TargetId, context: &mut Context<'_, E>) {
        let target = &mut self.targets[id.number() as usize];
        if let Some(before) = target.refresh(context.now) {
            let after = target.health();
            context.notice(Notice::TargetHealthChanged { target: id, before, after });
        }
    }
}
