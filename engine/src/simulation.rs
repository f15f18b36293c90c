//! The world: its one event type and the one loop that dispatches it. Time moves only here.

mod checks;
mod commands;
mod journey;

use crate::cloudwatch::Metrics;
use crate::command::{Command, Refusal};
use crate::context::Context;
use crate::ecs::{self, Service, TaskId};
use crate::elb::{self, LoadBalancer, TargetId};
use crate::kernel::{Agenda, Deadlines, Digest, RandomStream, SimTime, Slot, Slots};
use crate::scenario::{Scenario, Start};
use crate::trace::{Names, Notice, Origin, Trace};
use crate::traffic::{self, Traffic};
use checks::Check;
use journey::{Leg, Request};

/// Everything that can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Traffic(traffic::Event),
    Elb(elb::Event),
    Ecs(ecs::Event),
    Request(Slot, Leg),
    Check(Slot, checks::Leg),
    IdleTimeouts,
    Timeline(u32),
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
/// use albatross_engine::{Scenario, Simulation, kernel::SimTime};
/// let scenario = Scenario::built_in("the-real-example").expect("it is built in");
/// let mut simulation = Simulation::new(&scenario, 7);
/// simulation.advance(SimTime::from_micros(60_000_000), u64::MAX);
/// let metrics = simulation.metrics();
/// assert_eq!(metrics.target_2xx, metrics.request_count - simulation.requests_at_targets());
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    now: SimTime,
    seed: u64,
    agenda: Agenda<Event>,
    trace: Trace,
    traffic: Traffic,
    load_balancer: LoadBalancer,
    service: Service,
    metrics: Metrics,
    requests: Slots<Request>,
    checks: Slots<Check>,
    idle_timeouts: Deadlines<Slot>,
    work: RandomStream,
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
        let nodes = scenario.load_balancer.zones.len() as u32;
        let mut simulation = Self {
            now: SimTime::ZERO,
            seed,
            agenda: Agenda::default(),
            trace: Trace::default(),
            traffic: Traffic::new(scenario.traffic, nodes, seed),
            load_balancer: LoadBalancer::new(
                scenario.load_balancer.clone(),
                scenario.listener,
                scenario.target_group.clone(),
                seed,
            ),
            service: Service::new(scenario.service.clone(), seed),
            metrics: Metrics::default(),
            requests: Slots::default(),
            checks: Slots::default(),
            idle_timeouts: Deadlines::default(),
            work: RandomStream::new(seed, "work"),
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
        let first_pass = ecs::Event::SchedulerPass { regular: true };
        match start {
            Start::Steady => {
                self.service.begin_steady(&mut self.load_balancer, &mut context);
                context.after(crate::choices::SCHEDULER_PASS, first_pass);
            }
            Start::Empty => context.at(SimTime::ZERO, first_pass),
        }
        self.plan_arrival();
        self.link_targets();
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

    /// The service, with its tasks.
    pub const fn service(&self) -> &Service {
        &self.service
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

    /// How many requests are under way: sent and not yet received back.
    pub fn requests_in_flight(&self) -> u64 {
        self.requests.len() as u64
    }

    /// How many requests were answered: received back by their clients.
    pub const fn requests_received(&self) -> u64 {
        self.received
    }

    /// How many requests were forwarded to a target and not yet answered by their node.
    pub fn requests_at_targets(&self) -> u64 {
        self.load_balancer.target_group().targets().map(|target| u64::from(target.outstanding())).sum()
    }

    /// The task behind a target.
    pub fn task_behind(&self, target: TargetId) -> Option<TaskId> {
        self.behind.get(target.number() as usize).copied().flatten()
    }

    /// A notice as one sentence, with the names of this world.
    pub fn describe(&self, notice: &Notice) -> String {
        notice.sentence(&Names {
            service: &self.service.settings().name,
            target_group: &self.load_balancer.target_group().settings().name,
            zones: &self.load_balancer.settings().zones,
            task_of: &|target| self.task_behind(target),
            port: self.service.settings().task_definition.container_port,
        })
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
        self.check(command)?;
        self.trace.notice(self.now, Notice::Commanded(command, origin));
        self.carry_out(command);
        Ok(())
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Traffic(traffic::Event::Arrival { plan }) => self.arrival(plan),
            Event::Request(slot, leg) => self.travel(slot, leg),
            Event::Ecs(ecs::Event::JobDone { task, token }) => self.job_done(task, token),
            Event::Ecs(event) => self.dispatch_to_ecs(event),
            Event::Elb(event) => self.dispatch_to_elb(event),
            Event::Check(slot, leg) => self.check_travels(slot, leg),
            Event::IdleTimeouts => self.time_out_idle(),
            Event::Timeline(index) => self.follow_timeline(index),
        }
    }

    fn dispatch_to_ecs(&mut self, event: ecs::Event) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let (service, load_balancer) = (&mut self.service, &mut self.load_balancer);
        match event {
            ecs::Event::SchedulerPass { regular } => {
                service.scheduler_pass(regular, load_balancer, &mut context);
            }
            ecs::Event::PhaseOver { task, status } => {
                if let Some(container) = service.phase_over(task, status, load_balancer, &mut context) {
                    self.lose_jobs(task, container);
                }
            }
            ecs::Event::ExitNoticed(task) => service.exit_noticed(task, load_balancer, &mut context),
            ecs::Event::JobDone { .. } => {}
        }
        self.link_targets();
    }

    fn dispatch_to_elb(&mut self, event: elb::Event) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match event {
            elb::Event::RegistrationDone(target) => {
                self.load_balancer.registration_done(target, &mut context);
            }
            elb::Event::CheckDue { node, target } => {
                let probe = self.load_balancer.check_due(elb::Probe { node, target }, &mut context);
                if let Some(probe) = probe {
                    self.send_check(probe);
                }
            }
            elb::Event::DrainingOver(target) => {
                self.cut_off(target);
                let behind = self.task_behind(target);
                let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
                self.load_balancer.draining_over(target, &mut context);
                if let Some(task) = behind {
                    self.service.target_unused(task, &mut context);
                }
            }
        }
    }

    fn follow_timeline(&mut self, index: u32) {
        let (_, command) = self.timeline[index as usize];
        if let Err(refusal) = self.apply_from(Origin::Timeline, command) {
            self.trace.notice(self.now, Notice::Refused(command, refusal));
        }
    }

    /// Notes which task is behind each target that was registered since the last time.
    fn link_targets(&mut self) {
        for task in self.service.tasks() {
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
