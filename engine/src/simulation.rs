//! The world: its one event type and the one loop that dispatches it. Time moves only here.

mod alarms;
mod checks;
mod clients;
mod commands;
mod journey;
mod minute;
mod names;
mod scaling;
mod service_commands;
mod service_story;
mod story;

use crate::cloudwatch::Metrics;
use crate::command::{Command, Refusal};
use crate::context::Context;
use crate::ecs::{self, Blueprint, Cluster, ServiceId, TaskId};
use crate::elb::listener::Matched;
use crate::elb::{self, ListenerId, LoadBalancer, NodeId, TargetId};
use crate::kernel::{Agenda, Deadlines, Digest, SimTime, Slot, Slots};
use crate::scenario::{Scenario, Start};
use crate::trace::{Names, Notice, Origin, Trace};
use crate::traffic::{self, Errand, KindId, Traffic};
use crate::vpc::{Endpoint, SecurityGroups};
use checks::Check;
use journey::{Leg, Request};
use scaling::ServiceScaling;

pub use alarms::WatchedAlarm;
pub use scaling::Activity;

/// Everything that can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Traffic(traffic::Event),
    Elb(elb::Event),
    Ecs(ecs::Event),
    Request(Slot, Leg),
    Retry(Slot),
    Check(Slot, checks::Leg),
    IdleTimeouts,
    ClientTimeouts,
    Timeline(u32),
    Sample,
    EndOfMinute,
    ScheduledActions(ServiceId),
}

impl From<traffic::Event> for Event {
    fn from(event: traffic::Event) -> Self {
        Self::Traffic(event)
    }
}

impl From<elb::Event> for Event {
    fn from(event: elb::Event) -> Self {
        Self::Elb(event)
    }
}

impl From<ecs::Event> for Event {
    fn from(event: ecs::Event) -> Self {
        Self::Ecs(event)
    }
}

/// A running world. Cloning it makes a checkpoint.
///
/// ```
/// use albatross_engine::{Scenario, Simulation, cloudwatch::Metric, kernel::SimTime};
/// let scenario = Scenario::built_in("the-real-example").expect("it is built in");
/// let mut simulation = Simulation::new(&scenario, 7);
/// simulation.advance(SimTime::from_micros(60_000_000), u64::MAX);
/// let metrics = simulation.metrics();
/// let answered = metrics.count(Metric::RequestCount) - simulation.requests_at_targets();
/// assert_eq!(metrics.count(Metric::Target2xx), answered);
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    now: SimTime,
    seed: u64,
    agenda: Agenda<Event>,
    trace: Trace,
    traffic: Traffic,
    load_balancer: LoadBalancer,
    cluster: Cluster,
    security_groups: SecurityGroups,
    zones: Vec<String>,
    metrics: Metrics,
    alarms: Vec<WatchedAlarm>,
    scaling: Vec<ServiceScaling>,
    requests: Slots<Request>,
    checks: Slots<Check>,
    /// What clients will try again.
    errands: Slots<Errand>,
    /// Where redirects lead to, for every kind of request that met one.
    redirects: Vec<((KindId, ListenerId, Matched), KindId)>,
    idle_timeouts: Deadlines<Slot>,
    client_timeouts: Deadlines<Slot>,
    /// Which task is behind a target, by target id.
    behind: Vec<Option<TaskId>>,
    timeline: Vec<(SimTime, Command)>,
    received: u64,
}

/// How far [`Simulation::advance`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many events happened.
    pub events: u64,
    /// Whether the asked instant was reached; otherwise the budget ran out first.
    pub reached: bool,
}

impl Simulation {
    /// The world that a scenario describes, at its start. The same scenario, seed and commands give the same
    /// run, to the last event, on every platform.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut simulation = Self {
            now: SimTime::ZERO,
            seed,
            agenda: Agenda::default(),
            trace: Trace::default(),
            traffic: Traffic::new(scenario.traffic.clone(), seed),
            load_balancer: LoadBalancer::new(
                scenario.load_balancer.clone(),
                scenario.listeners.clone(),
                &scenario.target_groups,
                scenario.assumptions.shared_routing_memory,
                seed,
            ),
            cluster: Cluster::new(&Blueprint {
                settings: &scenario.cluster,
                services: &scenario.services,
                task_definitions: &scenario.task_definitions,
                zones: scenario.zones.len(),
                seed,
            }),
            security_groups: SecurityGroups(scenario.security_groups.clone()),
            zones: scenario.zones.clone(),
            metrics: Metrics::new(scenario.target_groups.len(), scenario.services.len()),
            alarms: scenario.alarms.iter().cloned().map(WatchedAlarm::new).collect(),
            scaling: scaling::of(scenario),
            requests: Slots::default(),
            checks: Slots::default(),
            errands: Slots::default(),
            redirects: Vec::new(),
            idle_timeouts: Deadlines::default(),
            client_timeouts: Deadlines::default(),
            behind: Vec::new(),
            timeline: scenario.timeline.clone(),
            received: 0,
        };
        simulation.begin(scenario.start);
        simulation
    }

    fn begin(&mut self, start: Start) {
        for (index, (at, _)) in self.timeline.iter().enumerate() {
            self.agenda.schedule(*at, Event::Timeline(index as u32));
        }
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        self.cluster.prepare_rules(&mut self.load_balancer, &mut context);
        let first_pass = match start {
            Start::Steady => {
                self.cluster.begin_steady(&mut self.load_balancer, &mut context);
                crate::choices::SCHEDULER_PASS
            }
            Start::Empty => crate::kernel::SimDuration::ZERO,
        };
        for number in 0..self.cluster.services().len() as u32 {
            let service = ServiceId::new(number);
            context.after(first_pass, ecs::Event::SchedulerPass { service, regular: true });
        }
        self.load_balancer.begin(&mut context);
        self.plan_minute();
        self.begin_scaling();
        self.plan_arrival();
        self.plan_traced();
        self.link_targets();
    }

    /// Records from now on why requests go where they go, for the latest `requests` of them; 0 ends it. It changes
    /// nothing that happens.
    pub fn explain(&mut self, requests: usize) {
        self.trace.explain(requests);
    }

    /// The present instant.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// The seed of the run.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The clients.
    pub const fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// The load balancer, with its target group.
    pub const fn load_balancer(&self) -> &LoadBalancer {
        &self.load_balancer
    }

    /// The services, with their tasks.
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The security groups.
    pub const fn security_groups(&self) -> &SecurityGroups {
        &self.security_groups
    }

    /// The Availability Zones: those of the load balancer's nodes first, in their order.
    pub fn zones(&self) -> &[String] {
        &self.zones
    }

    /// What has been counted since the start.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What happened, and why.
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The fingerprint of everything that happened.
    pub fn digest(&self) -> Digest {
        self.trace.digest()
    }

    /// How many requests are under way: sent, and neither received back nor given up.
    pub const fn requests_in_flight(&self) -> u64 {
        self.traffic.sent() - self.received - self.metrics.given_up
    }

    /// How many requests clients gave up.
    pub const fn requests_given_up(&self) -> u64 {
        self.metrics.given_up
    }

    /// How many connections there are now, of clients and to targets: `ActiveConnectionCount`.
    pub fn active_connections(&self) -> usize {
        let idle = self.traffic.idle_connections(self.now, self.load_balancer.settings().idle_timeout);
        let busy = self.requests.iter().filter(|(_, request)| request.connection.is_some()).count();
        idle + busy + self.load_balancer.target_connections(self.now)
    }

    /// How many requests were answered: received back by their clients.
    pub const fn requests_received(&self) -> u64 {
        self.received
    }

    /// How many requests were forwarded to a target and not yet answered by their node.
    pub fn requests_at_targets(&self) -> u64 {
        self.load_balancer.all_targets().iter().map(|target| u64::from(target.outstanding())).sum()
    }

    /// The task behind a target.
    pub fn task_behind(&self, target: TargetId) -> Option<TaskId> {
        Names::task_behind(self, target)
    }

    /// Lets time pass until `until`, or until `max_events` events have happened, whichever comes first. Call
    /// again to go on; the result does not depend on how a stretch of time is cut up.
    pub fn advance(&mut self, until: SimTime, max_events: u64) -> Progress {
        let mut events = 0;
        while events < max_events {
            let Some((at, event)) = self.agenda.take_due(until) else {
                self.now = self.now.max(until);
                return Progress { events, reached: true };
            };
            debug_assert!(at >= self.now, "time runs forward");
            self.now = at;
            self.dispatch(event);
            events += 1;
        }
        Progress { events, reached: false }
    }

    /// Goes on to the next thing that can be seen: until the trace has a new entry, but no further than `until`.
    /// Returns whether there was one.
    pub fn step(&mut self, until: SimTime) -> bool {
        let written = |trace: &Trace| trace.steps().written() + trace.notices().written();
        let before = written(&self.trace);
        while written(&self.trace) == before {
            if self.advance(until, 1).reached {
                return false;
            }
        }
        true
    }

    /// Does one thing to the world, now.
    ///
    /// # Errors
    /// When it cannot be done; the world is then as it was.
    pub fn apply(&mut self, command: Command) -> Result<(), Refusal> {
        self.apply_from(Origin::Person, command)
    }

    fn apply_from(&mut self, origin: Origin, command: Command) -> Result<(), Refusal> {
        self.check(&command)?;
        self.trace.notice(self.now, Notice::Commanded(command.clone(), origin));
        self.carry_out(command);
        Ok(())
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Traffic(event) => self.dispatch_to_traffic(event),
            Event::Request(slot, leg) => self.travel(slot, leg),
            Event::Ecs(ecs::Event::JobDone { task, token }) => self.job_done(task, token),
            Event::Ecs(event) => self.dispatch_to_ecs(event),
            Event::Elb(event) => self.dispatch_to_elb(event),
            Event::Check(slot, leg) => self.check_travels(slot, leg),
            Event::IdleTimeouts => self.time_out_idle(),
            Event::ClientTimeouts => self.time_out_clients(),
            Event::Retry(slot) => self.retry(slot),
            Event::Timeline(index) => self.follow_timeline(index),
            Event::Sample => self.sample_services(),
            Event::EndOfMinute => self.end_minute(),
            Event::ScheduledActions(service) => self.run_scheduled_actions(service),
        }
    }

    // Rare beside the legs of requests: kept out of the loop's own code.
    #[inline(never)]
    fn dispatch_to_ecs(&mut self, event: ecs::Event) {
        let in_alarm = match event {
            ecs::Event::SchedulerPass { service, .. } => self.is_watched_alarm_on(service),
            _ => false,
        };
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let (cluster, load_balancer) = (&mut self.cluster, &mut self.load_balancer);
        let lost = match event {
            ecs::Event::SchedulerPass { service, regular } => {
                cluster.scheduler_pass(service, regular, in_alarm, load_balancer, &mut context);
                None
            }
            ecs::Event::PhaseOver { task, status } => {
                cluster.phase_over(task, status, load_balancer, &mut context);
                None
            }
            ecs::Event::ImagePulled(task) => {
                cluster.image_pulled(task, &mut context);
                None
            }
            ecs::Event::ContainerCheck(task) => {
                cluster.container_check(task, &mut context);
                None
            }
            ecs::Event::ContainerChecked { task, passed } => {
                cluster.container_checked(task, passed, &mut context);
                None
            }
            ecs::Event::ExitNoticed(task) => {
                cluster.exit_noticed(task, load_balancer, &mut context);
                None
            }
            ecs::Event::CleanedUp(task) => {
                cluster.cleaned_up(task, &mut context);
                None
            }
            ecs::Event::Crash(task) => cluster.crash(task, &mut context).map(|lost| (task, lost)),
            ecs::Event::StopTimeout(task) => {
                cluster.stop_timeout(task, &mut context).map(|lost| (task, lost))
            }
            ecs::Event::SpotReclaimed(task) => {
                cluster.spot_reclaimed(task, &mut context).map(|lost| (task, lost))
            }
            ecs::Event::JobDone { .. } => None,
        };
        if let Some((task, container)) = lost {
            self.lose_jobs(task, container);
        }
        self.link_targets();
    }

    /// Whether an alarm that a service's deployments watch is in ALARM.
    fn is_watched_alarm_on(&self, service: ServiceId) -> bool {
        let watched = self.cluster.service(service).map(|service| &service.settings().options.alarms);
        watched.is_some_and(|alarms| alarms.enable && self.alarms_in_alarm(&alarms.names))
    }

    fn dispatch_to_elb(&mut self, event: elb::Event) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match event {
            elb::Event::RegistrationDone(target) => {
                self.load_balancer.registration_done(target, &mut context);
            }
            elb::Event::CheckDue { node, target, round } => {
                let probe = elb::Probe { node, target };
                if let Some(probe) = self.load_balancer.check_due(probe, round, &mut context) {
                    self.send_check(probe);
                }
            }
            elb::Event::AnomalyEvaluation => self.load_balancer.evaluate_anomalies(&mut context),
            elb::Event::DrainingOver(target) => {
                self.cut_off(target);
                let behind = self.task_behind(target);
                let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
                self.load_balancer.draining_over(target, &mut context);
                let lost =
                    behind.and_then(|task| Some((task, self.cluster.target_unused(task, &mut context)?)));
                if let Some((task, container)) = lost {
                    self.lose_jobs(task, container);
                }
            }
        }
    }

    #[inline(never)]
    fn follow_timeline(&mut self, index: u32) {
        let (_, command) = self.timeline[index as usize].clone();
        if let Err(refusal) = self.apply_from(Origin::Timeline, command.clone()) {
            self.trace.notice(self.now, Notice::Refused(command, refusal));
        }
    }

    /// Whether security groups let a node connect to a port of a task.
    fn lets_through(&self, node: NodeId, task: TaskId, port: u16) -> bool {
        let Some(task) = self.cluster.task(task) else { return true };
        let tasks_groups = self.cluster.service(task.service()).map(|service| service.settings());
        let from = Endpoint {
            address: self.load_balancer.nodes()[node.number() as usize].address(),
            groups: &self.load_balancer.settings().security_groups,
        };
        let to = Endpoint {
            address: core::net::IpAddr::from(task.address().ip),
            groups: tasks_groups.map_or(&[], |settings| &settings.security_groups),
        };
        self.security_groups.admit(from, to, port)
    }

    /// Notes which task is behind each target that was registered since the last time.
    fn link_targets(&mut self) {
        for task in self.cluster.tasks() {
            if let Some(target) = task.target() {
                let index = target.number() as usize;
                if self.behind.len() <= index {
                    self.behind.resize(index + 1, None);
                }
                self.behind[index] = Some(task.id());
            }
        }
    }
}
