//! The client's side of a request: resolving, connecting, giving up, trying again, following redirects.

use super::journey::{Leg, Request, Stage};
use super::{Event, Simulation};
use crate::choices;
use crate::cloudwatch::Metric;
use crate::elb::listener::{
    Listener, Matched, Protocol, choose_certificate, handshake_round_trips, negotiate,
};
use crate::elb::{ListenerId, NodeId, Scheme};
use crate::kernel::{SimDuration, Slot};
use crate::trace::{Author, BalancerCause, Beginning, ClientError, ClientPath, Step};
use crate::traffic::{self, ClientConnection, Errand, KindId};
use crate::vpc::Endpoint;

/// Clients stop following redirects after so many, as browsers do.
const HOPS_MAX: u8 = 20;

/// How an attempt to reach a node over a new connection goes.
enum Opening {
    /// It is open after so much time.
    Open(SimDuration),
    /// It fails after so much time.
    Fails(SimDuration, ClientError),
}

impl Simulation {
    /// Plans the next request, if there is to be one.
    pub(super) fn plan_arrival(&mut self) {
        let next = self.traffic.next_arrival(self.now);
        self.plan(next);
    }

    pub(super) fn plan_traced(&mut self) {
        if let Some(at) = self.traffic.next_traced() {
            self.agenda.schedule(at, traffic::Event::TraceArrival.into());
        }
    }

    fn plan(&mut self, next: Option<(crate::kernel::SimTime, traffic::Event)>) {
        if let Some((at, event)) = next {
            self.agenda.schedule(at, event.into());
        }
    }

    pub(super) fn dispatch_to_traffic(&mut self, event: traffic::Event) {
        match event {
            traffic::Event::Arrival { plan } if self.traffic.is_current(plan) => {
                self.plan_arrival();
                let errand = self.traffic.next_errand();
                self.send(errand);
            }
            traffic::Event::LookAgain { plan } if self.traffic.is_current(plan) => {
                let next = self.traffic.look_again(self.now);
                self.plan(next);
            }
            traffic::Event::TraceArrival => {
                if let Some(errand) = self.traffic.take_traced() {
                    self.plan_traced();
                    self.send(errand);
                }
            }
            traffic::Event::Arrival { .. } | traffic::Event::LookAgain { .. } => {}
        }
    }

    /// A client sends a request: over a connection that it has, or a new one.
    pub(super) fn send(&mut self, errand: Errand) {
        let Errand { client, kind, attempt, .. } = errand;
        let port = self.traffic.kind(kind).settings.request.port;
        let listener = self.load_balancer.listener_on(port);
        let idle_timeout = self.load_balancer.settings().idle_timeout;
        let kept = listener
            .and_then(|listener| self.traffic.take_connection(client, listener, self.now, idle_timeout));
        let (node, path) = match kept {
            Some(connection) => (connection.node, ClientPath::Reused),
            None => self.traffic.resolve(client, &self.load_balancer.dns_answer(), self.now),
        };
        let id = self.traffic.number();
        let mut request = Request::new(id, errand, node, self.now);
        request.listener = listener;
        request.connection = kept;
        let slot = self.requests.insert(request);
        self.trace.step(self.now, Step::Sent { request: id, client, node, attempt });
        if let Some(why) = self.trace.why_mut() {
            let sent_at = self.now;
            why.begin(Beginning { request: id, client, kind, attempt, sent_at, path, node, listener });
        }
        if let Some(timeout) = self.traffic.settings().timeout
            && let Some(look) = self.client_timeouts.set(self.now + timeout, slot)
        {
            self.agenda.schedule(look, Event::ClientTimeouts);
        }
        let latency = self.traffic.settings().client_latency;
        let opening = match kept {
            Some(_) => Opening::Open(SimDuration::ZERO),
            None => self.open(slot),
        };
        let (after, leg) = match opening {
            Opening::Open(after) => (after + latency, Leg::AtNode),
            Opening::Fails(after, error) => (after, Leg::ConnectFailed(error)),
        };
        self.agenda.schedule(self.now + after, Event::Request(slot, leg));
    }

    /// A client opens a connection to a node: TCP, then TLS where the listener asks for it.
    fn open(&mut self, slot: Slot) -> Opening {
        let Some(request) = self.requests.get(slot).copied() else { return Opening::Open(SimDuration::ZERO) };
        let (node, errand) = (request.node, request.errand);
        let settings = self.traffic.settings();
        let round_trip = settings.client_latency * 2;
        let asked = &self.traffic.kind(errand.kind).settings.request;
        let Some(listener_id) = request.listener else {
            return Opening::Fails(round_trip, ClientError::ConnectionRefused);
        };
        let address = self.traffic.clients()[errand.client.number() as usize].address();
        if !self.can_reach(node, address, asked.port) {
            return Opening::Fails(choices::CLIENT_CONNECT_TIMEOUT, ClientError::ConnectTimeout);
        }
        let listener = &self.load_balancer.listeners()[listener_id.number() as usize];
        let Some(round_trips) = tls_round_trips(listener, &asked.host, settings.tls) else {
            self.metrics.add(Metric::ClientTlsNegotiationError, None, 1);
            return Opening::Fails(round_trip * 2, ClientError::Tls);
        };
        let opens_after = round_trip * u64::from(1 + round_trips);
        let last_call = self.now + opens_after + self.load_balancer.settings().client_keep_alive;
        if let Some(request) = self.requests.get_mut(slot) {
            request.connection = Some(ClientConnection { node, listener: listener_id, last_call });
        }
        self.metrics.add(Metric::NewConnection, None, 1);
        Opening::Open(opens_after)
    }

    /// Whether a client can open a connection to a node: an internal load balancer has private addresses only, and
    /// its security groups must let the client in (ALB guide, "Security groups").
    fn can_reach(&self, node: NodeId, address: core::net::IpAddr, port: u16) -> bool {
        let settings = self.load_balancer.settings();
        let public = match address {
            core::net::IpAddr::V4(v4) => !v4.is_private(),
            core::net::IpAddr::V6(_) => true,
        };
        if settings.scheme == Scheme::Internal && public {
            return false;
        }
        let node = self.load_balancer.nodes()[node.number() as usize].address();
        let client = Endpoint { address, groups: &[] };
        self.security_groups.admit(
            client,
            Endpoint { address: node, groups: &settings.security_groups },
            port,
        )
    }

    pub(super) fn at_client(&mut self, slot: Slot) {
        let Some(request) = self.requests.remove(slot) else { return };
        let Stage::Answered(status) = request.stage else { return };
        if request.given_up {
            return;
        }
        let Request { id, node, sent_at, errand, connection, .. } = request;
        let latency = self.now.since(sent_at);
        self.received += 1;
        self.metrics.received(status, latency);
        self.trace
            .step(self.now, Step::Received { request: id, client: errand.client, node, status, latency });
        if let Some(why) = self.trace.why_mut().and_then(|why| why.get_mut(id)) {
            why.end = Some((self.now, Ok(())));
        }
        self.traffic.keep_cookies(errand.client, &request.cookies, self.now);
        if let Some(connection) = connection {
            self.traffic.keep_connection(errand.client, connection, sent_at, self.now);
        }
        match request.location {
            Some(kind) if errand.hops < HOPS_MAX => {
                self.send(Errand { kind, hops: errand.hops + 1, attempt: 0, ..errand });
            }
            _ if status >= 500 => self.try_again(errand),
            _ => {}
        }
    }

    /// The client no longer waits: it closes the connection, which the node learns one way later.
    pub(super) fn give_up(&mut self, slot: Slot, error: ClientError) {
        let Some(request) = self.requests.get_mut(slot).filter(|request| !request.given_up) else { return };
        request.given_up = true;
        let Request { id, node, errand, connection, .. } = *request;
        self.metrics.given_up += 1;
        self.trace.step(self.now, Step::GaveUp { request: id, client: errand.client, node, error });
        if let Some(why) = self.trace.why_mut().and_then(|why| why.get_mut(id)) {
            why.end = Some((self.now, Err(error)));
        }
        if connection.is_some() {
            let latency = self.traffic.settings().client_latency;
            self.agenda.schedule(self.now + latency, Event::Request(slot, Leg::ClosedAtNode));
        } else {
            self.requests.remove(slot);
        }
        self.try_again(errand);
    }

    /// A node learns that the client is gone: 460 when it still held the request (ALB guide, "Troubleshoot").
    pub(super) fn closed_at_node(&mut self, slot: Slot) {
        let Some(request) = self.requests.get(slot) else { return };
        match request.stage {
            Stage::Sent => {
                self.requests.remove(slot);
            }
            Stage::AtNode => {
                let cause = BalancerCause::ClientClosed;
                self.answer(slot, cause.status(), Author::LoadBalancer(cause), None);
            }
            Stage::Answered(_) => {}
        }
    }

    pub(super) fn time_out_clients(&mut self) {
        while let Some(slot) = self.client_timeouts.take_due(self.now) {
            self.give_up(slot, ClientError::Timeout);
        }
        let requests = &self.requests;
        let waits = |slot| requests.get(slot).is_some_and(|request| !request.given_up);
        if let Some(look) = self.client_timeouts.looked(waits) {
            self.agenda.schedule(look, Event::ClientTimeouts);
        }
    }

    fn try_again(&mut self, errand: Errand) {
        if let Some(wait) = self.traffic.retry_after(errand.attempt) {
            let errand = Errand { attempt: errand.attempt + 1, ..errand };
            let slot = self.errands.insert(errand);
            self.agenda.schedule(self.now + wait, Event::Retry(slot));
        }
    }

    pub(super) fn retry(&mut self, slot: Slot) {
        if let Some(errand) = self.errands.remove(slot) {
            self.send(errand);
        }
    }

    /// What a client that follows a redirect asks for next. It is worked out once for every kind of request.
    pub(super) fn location(
        &mut self,
        kind: KindId,
        listener: ListenerId,
        matched: Matched,
    ) -> Option<KindId> {
        if !self.traffic.settings().follow_redirects {
            return None;
        }
        let place = (kind, listener, matched);
        if let Some((_, leads_to)) = self.redirects.iter().find(|(known, _)| *known == place) {
            return Some(*leads_to);
        }
        let asked = &self.traffic.kind(kind).settings.request;
        let location = self.load_balancer.location(listener, matched, asked)?;
        let leads_to = self.traffic.redirected(kind, location);
        self.redirects.push((place, leads_to));
        Some(leads_to)
    }
}

/// How many round trips TLS takes; nothing when there can be no session: no version in common, or a certificate
/// that has expired or does not cover the host.
fn tls_round_trips(
    listener: &Listener,
    host: &str,
    (oldest, newest): (crate::elb::listener::TlsVersion, crate::elb::listener::TlsVersion),
) -> Option<u32> {
    if listener.protocol == Protocol::Http {
        return Some(0);
    }
    let version = negotiate(listener.ssl_policy.unwrap_or_default(), oldest, newest).ok()?;
    let certificate = &listener.certificates[choose_certificate(&listener.certificates, Some(host))?];
    (certificate.covers(host) && !certificate.expired).then(|| handshake_round_trips(version))
}
