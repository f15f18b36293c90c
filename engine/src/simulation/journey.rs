//! A request's way: from its client to a node, to a target, and back. What each leg means is decided by the
//! rooms; here is only who is asked next and how long the network takes.

use super::{Event, Simulation};
use crate::choices;
use crate::cloudwatch::Metric;
use crate::context::Context;
use crate::ecs::{Connected, Done, Job, TaskId, Token};
use crate::elb::{Arriving, ListenerId, LoadBalancerSettings, NodeId, Routed, SetCookies, TargetConnection};
use crate::elb::{TargetGroupId, TargetId};
use crate::kernel::{RandomStream, SimDuration, SimTime, Slot};
use crate::trace::{Author, BalancerCause, ClientError, Loss, Notice, Step};
use crate::traffic::{ClientConnection, Errand, KindId, RequestId, Work};

/// A request that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) id: RequestId,
    pub(super) errand: Errand,
    pub(super) node: NodeId,
    pub(super) listener: Option<ListenerId>,
    /// The client's connection, once it is open.
    pub(super) connection: Option<ClientConnection>,
    pub(super) sent_at: SimTime,
    pub(super) stage: Stage,
    /// The client no longer waits.
    pub(super) given_up: bool,
    group: Option<TargetGroupId>,
    target: Option<TargetId>,
    /// When the target closes the idle connection that this is sent on.
    closes_at: SimTime,
    forwarded_at: SimTime,
    pub(super) cookies: SetCookies,
    /// Where a redirect leads to.
    pub(super) location: Option<KindId>,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// On its way to the node.
    Sent,
    /// The node has it.
    AtNode,
    /// The node has answered it.
    Answered(u16),
}

/// The arrival of a request, or of its answer, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    AtNode,
    /// A node's attempt to connect arrives at the target.
    ConnectAtTarget,
    AtTarget,
    AnswerAtNode(u16),
    /// The node learns, or concludes, that no answer will come.
    LossAtNode(BalancerCause),
    AtClient,
    /// The client's attempt to connect has failed.
    ConnectFailed(ClientError),
    /// The node learns that the client has closed the connection.
    ClosedAtNode,
}

impl Request {
    pub(super) fn new(id: RequestId, errand: Errand, node: NodeId, sent_at: SimTime) -> Self {
        Self {
            id,
            errand,
            node,
            listener: None,
            connection: None,
            sent_at,
            stage: Stage::Sent,
            given_up: false,
            group: None,
            target: None,
            closes_at: SimTime::MAX,
            forwarded_at: sent_at,
            cookies: SetCookies::default(),
            location: None,
        }
    }

    /// Whether its node still owes an answer.
    fn is_open(&self) -> bool {
        self.stage == Stage::AtNode
    }
}

impl Simulation {
    pub(super) fn travel(&mut self, slot: Slot, leg: Leg) {
        match leg {
            Leg::AtNode => self.at_node(slot),
            Leg::ConnectAtTarget => self.connect_at_target(slot),
            Leg::AtTarget => self.at_target(slot),
            Leg::AnswerAtNode(status) => self.target_answered(slot, status),
            Leg::LossAtNode(cause) => self.answer(slot, cause.status(), Author::LoadBalancer(cause), None),
            Leg::AtClient => self.at_client(slot),
            Leg::ConnectFailed(error) => self.give_up(slot, error),
            Leg::ClosedAtNode => self.closed_at_node(slot),
        }
    }

    fn at_node(&mut self, slot: Slot) {
        let Some(request) = self.requests.get_mut(slot) else { return };
        let Some(listener) = request.listener else { return };
        request.stage = Stage::AtNode;
        let Request { id, node, sent_at, errand, .. } = *request;
        let kind = self.traffic.kind(errand.kind);
        if kind.settings.silent {
            self.load_balancer.received(node);
            return self.await_idle_timeout(slot);
        }
        let arriving = Arriving {
            node,
            listener,
            request: &kind.settings.request,
            refused: kind.refused,
            source: self.traffic.clients()[errand.client.number() as usize].address(),
            sent_at,
            cookies: self.traffic.cookies(errand.client),
        };
        // Taken out for the length of the call, for the context holds the rest of the trace.
        let mut why = self.trace.take_why();
        let explanation = why.as_mut().and_then(|why| why.get_mut(id));
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let routing = self.load_balancer.route(&arriving, &mut context, explanation);
        self.trace.put_why(why);
        self.metrics.add(Metric::RuleEvaluations, None, u64::from(routing.rules_evaluated));
        match routing.routed {
            Routed::Answer(cause, group) => {
                let location = match cause {
                    BalancerCause::Redirect { .. } => self.location(errand.kind, listener, routing.matched),
                    _ => None,
                };
                if let Some(request) = self.requests.get_mut(slot) {
                    request.group = group;
                    request.location = location;
                }
                self.answer(slot, cause.status(), Author::LoadBalancer(cause), None);
            }
            Routed::Forward(target, choice, connection, cookies) => {
                request.group = Some(choice.group);
                request.target = Some(target);
                request.forwarded_at = self.now;
                request.cookies = cookies;
                self.trace.step(self.now, Step::Routed { request: id, node, target, choice });
                let leg = match connection {
                    TargetConnection::New => Leg::ConnectAtTarget,
                    TargetConnection::Reused { closes_at } => {
                        request.closes_at = closes_at;
                        Leg::AtTarget
                    }
                };
                self.agenda.schedule(self.now + choices::NODE_TO_TARGET, Event::Request(slot, leg));
                self.metrics.routed(&choice);
                if let Some(why) = self.trace.why_mut().and_then(|why| why.get_mut(id)) {
                    why.choice = Some((target, choice));
                    why.connection = Some(connection);
                }
                self.await_idle_timeout(slot);
            }
        }
    }

    fn await_idle_timeout(&mut self, slot: Slot) {
        let deadline = self.now + self.load_balancer.settings().idle_timeout;
        if let Some(look) = self.idle_timeouts.set(deadline, slot) {
            self.agenda.schedule(look, Event::IdleTimeouts);
        }
    }

    /// A node opens a connection: the answer to that takes one way back, and the request another way there.
    fn connect_at_target(&mut self, slot: Slot) {
        let Some(request) = self.requests.get(slot).filter(|request| request.is_open()).copied() else {
            return;
        };
        let Some(target) = request.target else { return };
        let port = self.load_balancer.target(target).address().port;
        let task = self.task_behind(target);
        let connected = match task {
            Some(task) if self.lets_through(request.node, task, port) => {
                self.cluster.connect(task, port, self.now)
            }
            Some(_) => Connected::Dropped,
            None => Connected::Refused,
        };
        let way = choices::NODE_TO_TARGET;
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let (loss, cause, delay) = match connected {
            Connected::Open => {
                self.metrics.add(Metric::NewConnection, request.group, 1);
                return context.after(way * 2, Event::Request(slot, Leg::AtTarget));
            }
            Connected::Refused | Connected::OpenForChecks => {
                (Loss::Refused, BalancerCause::ConnectionRefused, way)
            }
            Connected::Dropped => {
                (Loss::Dropped, BalancerCause::ConnectTimeout, LoadBalancerSettings::CONNECT_TIMEOUT - way)
            }
        };
        context.step(Step::Lost { request: request.id, target, loss });
        context.after(delay, Event::Request(slot, Leg::LossAtNode(cause)));
    }

    fn at_target(&mut self, slot: Slot) {
        let Some(request) = self.requests.get(slot).filter(|request| request.is_open()).copied() else {
            return;
        };
        let Some(target) = request.target else { return };
        let task = self.task_behind(target);
        let work = self.work_of(&request, task);
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        // The target closed the connection for idleness while the request was on its way.
        let closed = request.closes_at < self.now;
        let job = Job::Request(slot);
        if !closed && task.is_some_and(|task| self.cluster.deliver(task, job, work, &mut context)) {
            return;
        }
        let (loss, cause) = if closed {
            (Loss::Closed, BalancerCause::KeepAliveRace)
        } else {
            (Loss::Reset, BalancerCause::ConnectionReset)
        };
        context.step(Step::Lost { request: request.id, target, loss });
        context.after(choices::NODE_TO_TARGET, Event::Request(slot, Leg::LossAtNode(cause)));
    }

    /// How long a request will keep a worker busy.
    fn work_of(&self, request: &Request, task: Option<TaskId>) -> SimDuration {
        let luck = match request.errand.work {
            Work::Exactly(work) => return work,
            Work::Luck(luck) => luck,
        };
        let own = self.traffic.kind(request.errand.kind).settings.work;
        let container = || task.and_then(|task| self.cluster.task(task)?.container());
        let distribution = own.or_else(|| container().map(|container| container.settings().service_time));
        distribution
            .map_or(SimDuration::ZERO, |distribution| distribution.draw(&mut RandomStream::from_luck(luck)))
    }

    pub(super) fn job_done(&mut self, task: TaskId, token: Token) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let Some(Done { job, waited, worked }) = self.cluster.job_done(task, token, &mut context) else {
            return;
        };
        match job {
            Job::Check(slot) => self.check_served(slot, task, false),
            Job::Request(slot) => {
                // The load balancer may have given up on it: then the work was in vain.
                let Some(request) = self.requests.get(slot).filter(|request| request.is_open()) else {
                    return;
                };
                let Some(target) = request.target else { return };
                let id = request.id;
                let path = &self.traffic.kind(request.errand.kind).settings.request.path;
                let container = self.cluster.task(task).and_then(|task| task.container());
                let garbled = container.is_some_and(|container| container.faults().garbles);
                // A container that exits with its last answer is gone, but not its last answer.
                let status = container.map_or(200, |container| container.status_for(job, path));
                context.step(Step::Served { request: id, target, status, waited, worked });
                if let Some(why) = self.trace.why_mut().and_then(|why| why.get_mut(id)) {
                    why.times = Some((waited, worked));
                }
                let leg = if garbled {
                    Leg::LossAtNode(BalancerCause::MalformedResponse)
                } else {
                    Leg::AnswerAtNode(status)
                };
                self.agenda.schedule(self.now + choices::NODE_TO_TARGET, Event::Request(slot, leg));
            }
        }
    }

    /// A target's answer has come: the connection can be used again, until the target closes it.
    fn target_answered(&mut self, slot: Slot, status: u16) {
        let Some(target) = self.requests.get(slot).and_then(|request| request.target) else { return };
        let task = self.task_behind(target).and_then(|task| self.cluster.task(task));
        let server = task.and_then(|task| task.container()).map(|container| container.settings());
        let keep_alive = server.and_then(|server| server.keep_alive);
        let sets_cookie = server.and_then(|server| server.sets_cookie.as_deref());
        if let Some(request) = self.requests.get_mut(slot)
            && request.cookies.with_application_cookie
            && let Some((group, ..)) = request.cookies.target
        {
            let awaited = &self.load_balancer.target_group(group).settings().stickiness.app_cookie_name;
            if sets_cookie != Some(awaited.as_str()) {
                request.cookies.target = None;
            }
        }
        // The target's clock began to run when it sent its answer, one way earlier.
        let idle_since = SimTime::ZERO + (self.now.since(SimTime::ZERO) - choices::NODE_TO_TARGET);
        self.answer(slot, status, Author::Target, keep_alive.map(|lasts| idle_since + lasts));
    }

    /// The node answers, once; whatever comes later is ignored.
    pub(super) fn answer(&mut self, slot: Slot, status: u16, author: Author, keep_until: Option<SimTime>) {
        let Some(request) = self.requests.get_mut(slot).filter(|request| request.is_open()) else { return };
        request.stage = Stage::Answered(status);
        let Request { id, node, target, group, forwarded_at, .. } = *request;
        if author != Author::Target {
            // Cookies come with an answer of the target's (our choice).
            request.cookies = SetCookies::default();
        }
        let took = if target.is_some() { self.now.since(forwarded_at) } else { SimDuration::ZERO };
        self.load_balancer.answered(node, target, keep_until, self.now);
        if let Some(target) = target {
            let failed = match author {
                Author::Target => status >= 500,
                Author::LoadBalancer(cause) => cause.is_connection_error(),
            };
            self.load_balancer.note_outcome(target, failed);
        }
        self.metrics.answered(status, author, group, took);
        self.trace.step(self.now, Step::Answered { request: id, node, target, status, author, took });
        if let Some(why) = self.trace.why_mut().and_then(|why| why.get_mut(id)) {
            why.answer = Some((status, author));
        }
        let latency = self.traffic.settings().client_latency;
        self.agenda.schedule(self.now + latency, Event::Request(slot, Leg::AtClient));
    }

    /// Requests without an answer at the end of the idle timeout: 504; 408 where the client sent nothing.
    pub(super) fn time_out_idle(&mut self) {
        while let Some(slot) = self.idle_timeouts.take_due(self.now) {
            let Some(request) = self.requests.get(slot) else { continue };
            let silent = self.traffic.kind(request.errand.kind).settings.silent;
            let cause = if silent { BalancerCause::ClientSilent } else { BalancerCause::IdleTimeout };
            self.answer(slot, cause.status(), Author::LoadBalancer(cause), None);
        }
        let requests = &self.requests;
        let waits = |slot| requests.get(slot).is_some_and(Request::is_open);
        if let Some(look) = self.idle_timeouts.looked(waits) {
            self.agenda.schedule(look, Event::IdleTimeouts);
        }
    }

    /// A process ended with work in hand: its connections are reset.
    pub(super) fn lose_jobs(&mut self, task: TaskId, container: crate::ecs::Container) {
        if let Some(target) = self.cluster.task(task).and_then(|task| task.target()) {
            self.load_balancer.connections_lost(target);
        }
        let mut lost = 0;
        for job in container.into_jobs() {
            match job {
                Job::Check(slot) => self.check_lost(slot),
                Job::Request(slot) => {
                    let Some(request) = self.requests.get(slot).filter(|request| request.is_open()) else {
                        continue;
                    };
                    let Some(target) = request.target else { continue };
                    lost += 1;
                    self.trace.step(self.now, Step::Lost { request: request.id, target, loss: Loss::Reset });
                    let reset = Leg::LossAtNode(BalancerCause::ConnectionReset);
                    self.agenda.schedule(self.now + choices::NODE_TO_TARGET, Event::Request(slot, reset));
                }
            }
        }
        if lost > 0 {
            self.trace.notice(self.now, Notice::RequestsLost { task, count: lost });
        }
    }

    /// The deregistration delay of a target is over: what it still has in flight is answered 502 (ALB guide,
    /// "Troubleshoot").
    pub(super) fn cut_off(&mut self, target: TargetId) {
        let cut = |request: &Request| request.target == Some(target) && request.is_open();
        let slots: Vec<Slot> =
            self.requests.iter().filter(|(_, request)| cut(request)).map(|(slot, _)| slot).collect();
        if slots.is_empty() {
            return;
        }
        self.trace.notice(self.now, Notice::DrainingCut { target, count: slots.len() as u32 });
        let cause = BalancerCause::DeregistrationDelayOver;
        for slot in slots {
            self.answer(slot, cause.status(), Author::LoadBalancer(cause), None);
        }
    }
}
