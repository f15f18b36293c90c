//! A request's way: from its client to a node, to a target, and back. What each leg means is decided by the
//! rooms; here is only who is asked next and how long the network takes.

use super::{Event, Simulation};
use crate::choices;
use crate::context::Context;
use crate::ecs::{Accepted, Container, Job, TaskId, Token};
use crate::elb::{LoadBalancerSettings, NodeId, Routed, TargetId};
use crate::kernel::{SimDuration, SimTime, Slot};
use crate::trace::{Author, BalancerCause, Loss, Notice, Step};
use crate::traffic::{ClientId, RequestId};

/// A request that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    id: RequestId,
    client: ClientId,
    node: NodeId,
    target: Option<TargetId>,
    /// What it costs a worker. Drawn when the request is sent, so that routing cannot change it.
    work: SimDuration,
    sent_at: SimTime,
    forwarded_at: SimTime,
    answer: Option<u16>,
}

/// The arrival of a request, or of its answer, somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    AtNode,
    AtTarget,
    AnswerAtNode(u16),
    /// The node learns, or concludes, that no answer will come.
    LossAtNode(BalancerCause),
    AtClient,
}

impl Simulation {
    /// Plans the next request, if there is to be one.
    pub(super) fn plan_arrival(&mut self) {
        if let Some((gap, event)) = self.traffic.next_arrival() {
            self.agenda.schedule(self.now + gap, event.into());
        }
    }

    pub(super) fn arrival(&mut self, plan: u32) {
        if !self.traffic.is_current(plan) {
            return;
        }
        self.plan_arrival();
        let sent = self.traffic.send(self.now);
        let service_time = self.service.settings().task_definition.container.service_time;
        let request = Request {
            id: sent.id,
            client: sent.client,
            node: sent.node,
            target: None,
            work: service_time.draw(&mut self.work),
            sent_at: self.now,
            forwarded_at: self.now,
            answer: None,
        };
        let slot = self.requests.insert(request);
        self.trace.step(self.now, Step::Sent { request: sent.id, client: sent.client, node: sent.node });
        let latency = self.traffic.settings().client_latency;
        self.agenda.schedule(self.now + latency, Event::Request(slot, Leg::AtNode));
    }

    pub(super) fn travel(&mut self, slot: Slot, leg: Leg) {
        match leg {
            Leg::AtNode => self.at_node(slot),
            Leg::AtTarget => self.at_target(slot),
            Leg::AnswerAtNode(status) => self.answer(slot, status, Author::Target),
            Leg::LossAtNode(cause) => self.answer(slot, cause.status(), Author::LoadBalancer(cause)),
            Leg::AtClient => self.at_client(slot),
        }
    }

    fn at_node(&mut self, slot: Slot) {
        let Some(request) = self.requests.get_mut(slot) else { return };
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        match self.load_balancer.route(request.node, &mut context) {
            Routed::NoTarget => {
                let cause = BalancerCause::NoTarget;
                self.answer(slot, cause.status(), Author::LoadBalancer(cause));
            }
            Routed::Forward(target, choice) => {
                request.target = Some(target);
                request.forwarded_at = self.now;
                self.metrics.routed(&choice);
                context.step(Step::Routed { request: request.id, node: request.node, target, choice });
                context.after(choices::NODE_TO_TARGET, Event::Request(slot, Leg::AtTarget));
                let deadline = self.now + self.load_balancer.settings().idle_timeout;
                if let Some(look) = self.idle_timeouts.set(deadline, slot) {
                    self.agenda.schedule(look, Event::IdleTimeouts);
                }
            }
        }
    }

    fn at_target(&mut self, slot: Slot) {
        let Some(request) = self.requests.get(slot).copied() else { return };
        let Some(target) = request.target else { return };
        let task = self.task_behind(target);
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let accepted = match task {
            Some(task) => self.service.deliver(task, Job::Request(slot), request.work, &mut context),
            None => Accepted::Refused,
        };
        let (loss, cause, delay) = match accepted {
            Accepted::Started(..) | Accepted::Queued => return,
            Accepted::Refused => (Loss::Refused, BalancerCause::ConnectionRefused, choices::NODE_TO_TARGET),
            Accepted::Dropped => {
                let left = LoadBalancerSettings::CONNECT_TIMEOUT - choices::NODE_TO_TARGET;
                (Loss::Dropped, BalancerCause::ConnectTimeout, left)
            }
        };
        context.step(Step::Lost { request: request.id, target, loss });
        context.after(delay, Event::Request(slot, Leg::LossAtNode(cause)));
    }

    pub(super) fn job_done(&mut self, task: TaskId, token: Token) {
        let mut context = Context::<Event>::new(self.now, &mut self.agenda, &mut self.trace);
        let Some((job, status)) = self.service.job_done(task, token, &mut context) else { return };
        match job {
            Job::Check(slot) => self.check_served(slot, status),
            Job::Request(slot) => {
                // The load balancer may have given up on it: then the work was in vain.
                let Some(request) = self.requests.get(slot).filter(|request| request.answer.is_none()) else {
                    return;
                };
                if let Some(target) = request.target {
                    context.step(Step::Served { request: request.id, target, status });
                }
                context.after(choices::NODE_TO_TARGET, Event::Request(slot, Leg::AnswerAtNode(status)));
            }
        }
    }

    /// The node answers, once; whatever comes later is ignored.
    fn answer(&mut self, slot: Slot, status: u16, author: Author) {
        let Some(request) = self.requests.get_mut(slot).filter(|request| request.answer.is_none()) else {
            return;
        };
        request.answer = Some(status);
        let Request { id, node, target, forwarded_at, .. } = *request;
        let took = if target.is_some() { self.now.since(forwarded_at) } else { SimDuration::ZERO };
        self.load_balancer.answered(node, target);
        self.metrics.answered(status, author, took);
        self.trace.step(self.now, Step::Answered { request: id, node, target, status, author, took });
        let latency = self.traffic.settings().client_latency;
        self.agenda.schedule(self.now + latency, Event::Request(slot, Leg::AtClient));
    }

    fn at_client(&mut self, slot: Slot) {
        let Some(request) = self.requests.remove(slot) else { return };
        let Request { id, client, node, sent_at, answer, .. } = request;
        let latency = self.now.since(sent_at);
        self.received += 1;
        self.metrics.client_latency.record(latency);
        let status = answer.unwrap_or_default();
        self.trace.step(self.now, Step::Received { request: id, client, node, status, latency });
    }

    /// Requests without an answer at the end of the idle timeout: 504.
    pub(super) fn time_out_idle(&mut self) {
        while let Some(slot) = self.idle_timeouts.take_due(self.now) {
            let cause = BalancerCause::IdleTimeout;
            self.answer(slot, cause.status(), Author::LoadBalancer(cause));
        }
        let requests = &self.requests;
        let waits = |slot| requests.get(slot).is_some_and(|request| request.answer.is_none());
        if let Some(look) = self.idle_timeouts.looked(waits) {
            self.agenda.schedule(look, Event::IdleTimeouts);
        }
    }

    /// A process ended with work in hand: its connections are reset.
    pub(super) fn lose_jobs(&mut self, task: TaskId, container: Container) {
        let mut lost = 0;
        for job in container.into_jobs() {
            match job {
                Job::Check(slot) => self.check_lost(slot),
                Job::Request(slot) => {
                    let Some(request) = self.requests.get(slot).filter(|request| request.answer.is_none())
                    else {
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
        let cut = |request: &Request| request.target == Some(target) && request.answer.is_none();
        let slots: Vec<Slot> =
            self.requests.iter().filter(|(_, request)| cut(request)).map(|(slot, _)| slot).collect();
        if slots.is_empty() {
            return;
        }
        self.trace.notice(self.now, Notice::DrainingCut { target, count: slots.len() as u32 });
        let cause = BalancerCause::DeregistrationDelayOver;
        for slot in slots {
            self.answer(slot, cause.status(), Author::LoadBalancer(cause));
        }
    }
}
