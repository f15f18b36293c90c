//! Who sends requests, what they ask for, when, and to which node: clients, arrivals, DNS answers, connections.

mod client;
mod profile;
mod settings;

use crate::elb::listener::{HttpRequest, Refused, refuse};
use crate::elb::{CookieJar, ListenerId, NodeId, SetCookies};
use crate::kernel::{RandomStream, SimDuration, SimTime, typed_id};
use crate::trace::ClientPath;

pub use client::Client;
pub use profile::{NextArrival, Profile, Shape};
pub use settings::{Arrivals, Backoff, RequestKind, RequestRate, Retries, TraceArrival, TrafficSettings};

pub(crate) use client::ClientConnection;

typed_id! {
    /// A client, numbered from 0.
    ClientId
}

typed_id! {
    /// A kind of request, numbered from 0; those that redirects lead to come behind those of the scenario.
    KindId
}

/// A request, numbered from 1 in the order in which requests are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

impl RequestId {
    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

/// The time to live of a load balancer's DNS name (ELB guide, "How Elastic Load Balancing works").
pub const DNS_TIME_TO_LIVE: SimDuration = SimDuration::from_secs(60);

/// How much work a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// To be drawn with this luck from the distribution of its kind or of the server that gets it. Luck is drawn
    /// when the request arrives, so that routing cannot change it.
    Luck(u64),
    /// So much.
    Exactly(SimDuration),
}

/// What a client is about to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errand {
    pub(crate) client: ClientId,
    pub(crate) kind: KindId,
    pub(crate) work: Work,
    /// How many attempts came before.
    pub(crate) attempt: u8,
    /// How many redirects were followed.
    pub(crate) hops: u8,
}

/// What falls due in the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next request is sent, unless the rate has changed since this was planned.
    Arrival {
        /// Which plan this belongs to.
        plan: u32,
    },
    /// It is time to look for the next arrival again, likewise.
    LookAgain {
        /// Which plan this belongs to.
        plan: u32,
    },
    /// The next request of the trace is sent.
    TraceArrival,
}

/// A kind of request with what is known of it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) settings: RequestKind,
    pub(crate) refused: Option<Refused>,
}

impl Kind {
    fn new(settings: RequestKind) -> Self {
        Self { refused: refuse(&settings.request), settings }
    }
}

/// The clients and what they do.
#[derive(Clone, Debug)]
pub struct Traffic {
    settings: TrafficSettings,
    profile: Profile,
    clients: Vec<Client>,
    kinds: Vec<Kind>,
    total_weight: u32,
    next_answer: u32,
    plan: u32,
    effort_left: f64,
    sent: u64,
    traced: usize,
    gaps: RandomStream,
    who: RandomStream,
    what: RandomStream,
    work: RandomStream,
    waits: RandomStream,
}

impl Traffic {
    pub(crate) fn new(settings: TrafficSettings, seed: u64) -> Self {
        Self {
            profile: settings.profile,
            clients: (0..settings.clients)
                .map(|number| Client::new(settings.client_addresses.nth(number)))
                .collect(),
            kinds: settings.kinds.iter().cloned().map(Kind::new).collect(),
            total_weight: settings.kinds.iter().map(|kind| kind.weight).sum(),
            settings,
            next_answer: 0,
            plan: 0,
            effort_left: 0.0,
            sent: 0,
            traced: 0,
            gaps: RandomStream::new(seed, "arrivals"),
            who: RandomStream::new(seed, "clients"),
            what: RandomStream::new(seed, "kinds"),
            work: RandomStream::new(seed, "work"),
            waits: RandomStream::new(seed, "retries"),
        }
    }

    /// Its settings, as the scenario has them.
    pub fn settings(&self) -> &TrafficSettings {
        &self.settings
    }

    /// The profile of arrivals, as it is now.
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The clients.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The client with this id, if there is one.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id.number() as usize)
    }

    /// What requests of a kind ask for.
    pub fn request(&self, kind: KindId) -> Option<&HttpRequest> {
        self.kinds.get(kind.number() as usize).map(|kind| &kind.settings.request)
    }

    /// How many requests were ever sent.
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    pub(crate) fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id.number() as usize]
    }

    pub(crate) fn cookies(&self, client: ClientId) -> &CookieJar {
        &self.clients[client.number() as usize].cookies
    }

    /// What a redirect leads to: a kind that is known already, or a new one.
    pub(crate) fn redirected(&mut self, from: KindId, to: HttpRequest) -> KindId {
        let base = &self.kinds[from.number() as usize].settings;
        let (clients, work) = (base.clients, base.work);
        let known = self.kinds.iter().position(|kind| {
            kind.settings.request == to && kind.settings.work == work && kind.settings.clients == clients
        });
        let position = known.unwrap_or_else(|| {
            let name = to.url();
            let silent = false;
            self.kinds.push(Kind::new(RequestKind { name, weight: 0, request: to, clients, work, silent }));
            self.kinds.len() - 1
        });
        KindId::new(position as u32)
    }

    /// Changes the rate; what was planned at the old rate no longer counts.
    pub(crate) fn set_rate(&mut self, rate: RequestRate) {
        self.profile = self.settings.profile.with_base(rate);
        self.plan += 1;
        self.effort_left = 0.0;
    }

    /// When to do what about the next arrival. Nothing when none will ever come.
    pub(crate) fn next_arrival(&mut self, now: SimTime) -> Option<(SimTime, Event)> {
        if self.total_weight == 0 {
            return None;
        }
        let effort = self.settings.arrivals.effort(&mut self.gaps);
        self.look_for_arrival(now, effort)
    }

    /// Looks again, for what is left of the effort.
    pub(crate) fn look_again(&mut self, now: SimTime) -> Option<(SimTime, Event)> {
        self.look_for_arrival(now, self.effort_left)
    }

    fn look_for_arrival(&mut self, now: SimTime, effort: f64) -> Option<(SimTime, Event)> {
        match self.profile.next_arrival(now, effort) {
            NextArrival::Arrival(at) => Some((at, Event::Arrival { plan: self.plan })),
            NextArrival::LookAgain { at, effort_left } => {
                self.effort_left = effort_left;
                Some((at, Event::LookAgain { plan: self.plan }))
            }
            NextArrival::Never => None,
        }
    }

    /// When the next request of the trace is sent, if there is one.
    pub(crate) fn next_traced(&self) -> Option<SimTime> {
        self.settings.trace.get(self.traced).map(|arrival| arrival.at)
    }

    /// The request of the trace whose time has come.
    pub(crate) fn take_traced(&mut self) -> Option<Errand> {
        let TraceArrival { kind, client, work, .. } = *self.settings.trace.get(self.traced)?;
        self.traced += 1;
        Some(Errand { client, kind, work: Work::Exactly(work), attempt: 0, hops: 0 })
    }

    /// Whether an arrival that was planned so still counts.
    pub(crate) const fn is_current(&self, plan: u32) -> bool {
        self.plan == plan
    }

    /// What the next client asks for. Every draw has a stream of its own.
    pub(crate) fn next_errand(&mut self) -> Errand {
        let kind = self.draw_kind();
        let (first, count) =
            self.kinds[kind.number() as usize].settings.clients.unwrap_or((0, self.settings.clients));
        let client = ClientId::new(first + self.who.below(count));
        Errand { client, kind, work: Work::Luck(self.work.next_luck()), attempt: 0, hops: 0 }
    }

    fn draw_kind(&mut self) -> KindId {
        if self.settings.kinds.len() == 1 {
            return KindId::new(0);
        }
        let mut roll = self.what.below(self.total_weight);
        for (number, kind) in (0..).zip(&self.settings.kinds) {
            if roll < kind.weight {
                return KindId::new(number);
            }
            roll -= kind.weight;
        }
        KindId::new(0)
    }

    /// The number of the next request.
    pub(crate) fn number(&mut self) -> RequestId {
        self.sent += 1;
        RequestId(self.sent)
    }

    /// A connection that the client has already, if it keeps any.
    pub(crate) fn take_connection(
        &mut self,
        client: ClientId,
        listener: ListenerId,
        now: SimTime,
        idle_timeout: SimDuration,
    ) -> Option<ClientConnection> {
        let round_trip = self.settings.client_latency * 2;
        let client = &mut self.clients[client.number() as usize];
        client.take_connection(listener, now, idle_timeout, round_trip)
    }

    /// Keeps a connection for further requests, if the client keeps any.
    pub(crate) fn keep_connection(
        &mut self,
        client: ClientId,
        connection: ClientConnection,
        sent_at: SimTime,
        now: SimTime,
    ) {
        if self.settings.keep_alive {
            self.clients[client.number() as usize].keep_connection(connection, sent_at, now);
        }
    }

    /// Keeps the cookies of an answer, if the client keeps any.
    pub(crate) fn keep_cookies(&mut self, client: ClientId, cookies: &SetCookies, now: SimTime) {
        if self.settings.cookies {
            self.clients[client.number() as usize].cookies.keep(cookies, now);
        }
    }

    /// How many idle connections clients hold.
    pub fn idle_connections(&self, now: SimTime, idle_timeout: SimDuration) -> usize {
        self.clients.iter().map(|client| client.idle_connections(now, idle_timeout)).sum()
    }

    /// The node to which a client opens a connection: that of the DNS answer that it has, or of a new one. Which
    /// address of an answer comes first is our choice, see [`crate::choices`].
    pub(crate) fn resolve(
        &mut self,
        client: ClientId,
        published: &(impl Iterator<Item = NodeId> + Clone),
        now: SimTime,
    ) -> (NodeId, ClientPath) {
        let client = &mut self.clients[client.number() as usize];
        if let Some((node, age)) = client.known_node(now) {
            return (node, ClientPath::NewByKnownAnswer { age });
        }
        let count = published.clone().count().max(1);
        let first = self.next_answer as usize % count;
        self.next_answer = self.next_answer.wrapping_add(1);
        let node = published.clone().nth(first).unwrap_or(NodeId::new(0));
        client.learn(node, now);
        (node, ClientPath::NewByNewAnswer { nodes: count as u16 })
    }

    /// How long a client waits before it tries again, if it does.
    pub(crate) fn retry_after(&mut self, attempt: u8) -> Option<SimDuration> {
        let Retries { attempts, backoff } = self.settings.retries;
        if attempt >= attempts {
            return None;
        }
        Some(match backoff {
            Backoff::None => SimDuration::ZERO,
            Backoff::Exponential { base, cap } => {
                let longest = (base * (1_u64 << attempt.min(32))).min(cap);
                longest.scaled(self.waits.unit())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::listener::TlsVersion;

    fn traffic(arrivals: Arrivals, rate: f64) -> Traffic {
        let settings = TrafficSettings {
            clients: 10,
            client_addresses: "203.0.113.0/24".parse().expect("a block"),
            arrivals,
            profile: Profile::steady(RequestRate::per_second(rate).expect("in range")),
            kinds: vec![RequestKind {
                name: "all".to_owned(),
                weight: 1,
                request: HttpRequest::default(),
                clients: None,
                work: None,
                silent: false,
            }],
            trace: Vec::new(),
            client_latency: SimDuration::from_millis(15),
            keep_alive: true,
            cookies: true,
            follow_redirects: true,
            tls: (TlsVersion::V1_2, TlsVersion::V1_3),
            timeout: None,
            retries: Retries::default(),
        };
        Traffic::new(settings, 7)
    }

    #[test]
    fn dns_hands_out_the_nodes_evenly() {
        let mut traffic = traffic(Arrivals::Constant, 1.0);
        let nodes = [0, 1].map(NodeId::new);
        let resolved: Vec<u32> = (0..10)
            .map(|n| traffic.resolve(ClientId::new(n), &nodes.into_iter(), SimTime::ZERO).0.number())
            .collect();
        assert_eq!(resolved.iter().filter(|node| **node == 0).count(), 5);
    }

    #[test]
    fn poisson_arrivals_come_at_the_asked_rate() {
        // 100,000 gaps: the standard error of their mean is 0.32 %; 1.5 % is more than four of them.
        let mut traffic = traffic(Arrivals::Poisson, 50.0);
        let gaps = (0..100_000).filter_map(|_| traffic.next_arrival(SimTime::ZERO));
        let mean = gaps.map(|(at, _)| at.as_seconds()).sum::<f64>() / 100_000.0;
        assert!((mean * 50.0 - 1.0).abs() < 0.015, "{mean}");
    }

    #[test]
    fn waits_double_up_to_their_cap_and_end_with_the_attempts() {
        let mut traffic = traffic(Arrivals::Constant, 1.0);
        let millis = SimDuration::from_millis;
        let backoff = Backoff::Exponential { base: millis(100), cap: millis(300) };
        traffic.settings.retries = Retries { attempts: 3, backoff };
        for _ in 0..100 {
            for (attempt, longest) in [(0, 100), (1, 200), (2, 300)] {
                assert!(traffic.retry_after(attempt).is_some_and(|wait| wait <= millis(longest)));
            }
        }
        assert_eq!(traffic.retry_after(3), None);
    }
}
