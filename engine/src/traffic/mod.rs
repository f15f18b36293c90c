//! Who sends requests, when, and to which node: clients, arrivals, DNS answers.

use serde::{Deserialize, Serialize};

use crate::elb::NodeId;
use crate::kernel::{RandomStream, SimDuration, SimTime, typed_id};

typed_id! {
    /// A client, numbered from 0.
    ClientId
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

/// A rate of requests, in thousandths of a request per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestRate(u32);

impl RequestRate {
    /// The highest rate that can be asked for, in requests per second.
    pub const MAX_PER_SECOND: f64 = 100_000.0;

    /// So many requests per second, to the nearest thousandth; nothing outside of 0 to
    /// [`RequestRate::MAX_PER_SECOND`].
    pub fn per_second(requests: f64) -> Option<Self> {
        let allowed = (0.0..=Self::MAX_PER_SECOND).contains(&requests);
        allowed.then(|| Self(libm::round(requests * 1_000.0) as u32))
    }

    /// In requests per second.
    pub fn as_per_second(self) -> f64 {
        f64::from(self.0) / 1_000.0
    }

    /// The mean time between two requests, or nothing when there are none.
    fn mean_gap(self) -> Option<SimDuration> {
        (self.0 > 0).then(|| SimDuration::from_seconds_f64(1_000.0 / f64::from(self.0)))
    }
}

/// How the instants of requests are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arrivals {
    /// One request after the other, evenly.
    Constant,
    /// As from many independent people: exponential gaps.
    Poisson,
}

impl Arrivals {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Poisson => "Poisson",
        }
    }
}

/// The traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficSettings {
    /// How many clients there are, at least one.
    pub clients: u32,
    /// How requests are spread in time.
    pub arrivals: Arrivals,
    /// How many requests all clients send together.
    pub rate: RequestRate,
    /// One way over the network between a client and a load balancer node.
    pub client_latency: SimDuration,
}

/// A request that is about to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewRequest {
    pub(crate) id: RequestId,
    pub(crate) client: ClientId,
    pub(crate) node: NodeId,
}

/// What falls due in the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The next request is sent, unless the rate has changed since this was planned.
    Arrival {
        /// Which plan this belongs to.
        plan: u32,
    },
}

#[derive(Clone, Copy, Debug)]
struct DnsAnswer {
    node: NodeId,
    expires: SimTime,
}

/// The clients and what they do.
#[derive(Clone, Debug)]
pub struct Traffic {
    settings: TrafficSettings,
    nodes: u32,
    answers: Vec<Option<DnsAnswer>>,
    next_answer: u32,
    plan: u32,
    sent: u64,
    gaps: RandomStream,
    who: RandomStream,
}

impl Traffic {
    pub(crate) fn new(settings: TrafficSettings, nodes: u32, seed: u64) -> Self {
        Self {
            settings,
            nodes,
            answers: vec![None; settings.clients as usize],
            next_answer: 0,
            plan: 0,
            sent: 0,
            gaps: RandomStream::new(seed, "arrivals"),
            who: RandomStream::new(seed, "clients"),
        }
    }

    /// Its settings, as they are now.
    pub fn settings(&self) -> &TrafficSettings {
        &self.settings
    }

    /// How many requests were ever sent.
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Changes the rate; what was planned at the old rate no longer counts.
    pub(crate) fn set_rate(&mut self, rate: RequestRate) {
        self.settings.rate = rate;
        self.plan += 1;
    }

    /// How long until the next request, and the event for it. Nothing when the rate is nought.
    pub(crate) fn next_arrival(&mut self) -> Option<(SimDuration, Event)> {
        let mean = self.settings.rate.mean_gap()?;
        let gap = match self.settings.arrivals {
            Arrivals::Constant => mean,
            Arrivals::Poisson => self.gaps.exponential(mean),
        };
        Some((gap, Event::Arrival { plan: self.plan }))
    }

    /// Whether an arrival that was planned so still counts.
    pub(crate) const fn is_current(&self, plan: u32) -> bool {
        self.plan == plan
    }

    /// The next request: who sends it, and to which node.
    pub(crate) fn send(&mut self, now: SimTime) -> NewRequest {
        self.sent += 1;
        let client = ClientId::new(self.who.below(self.settings.clients));
        NewRequest { id: RequestId(self.sent), client, node: self.resolve(client, now) }
    }

    /// The node whose address the client uses: the one that it knows, or the first of a new DNS answer. Answers
    /// hold every zone, one further on each time. (With one target group and cross-zone load balancing on, a
    /// zone's DNS health is that of all zones, and when all fail all are returned: none ever leaves DNS.)
    fn resolve(&mut self, client: ClientId, now: SimTime) -> NodeId {
        let known = &mut self.answers[client.number() as usize];
        match known {
            Some(answer) if answer.expires > now => answer.node,
            _ => {
                let node = NodeId::new(self.next_answer % self.nodes);
                self.next_answer = self.next_answer.wrapping_add(1);
                *known = Some(DnsAnswer { node, expires: now + DNS_TIME_TO_LIVE });
                node
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(arrivals: Arrivals, rate: f64) -> Traffic {
        let rate = RequestRate::per_second(rate).expect("in range");
        let client_latency = SimDuration::from_millis(15);
        Traffic::new(TrafficSettings { clients: 10, arrivals, rate, client_latency }, 2, 7)
    }

    /// ELB guide, "How Elastic Load Balancing works": the time to live of the DNS entry is 60 seconds.
    #[test]
    fn a_client_keeps_its_node_for_60_seconds() {
        let mut traffic = traffic(Arrivals::Constant, 1.0);
        let client = ClientId::new(3);
        let at = |seconds| SimTime::ZERO + SimDuration::from_secs(seconds);
        let first = traffic.resolve(client, at(0));
        assert_eq!(traffic.resolve(client, at(59)), first);
        assert_ne!(traffic.resolve(client, at(60)), first);
    }

    #[test]
    fn dns_hands_out_the_nodes_evenly() {
        let mut traffic = traffic(Arrivals::Constant, 1.0);
        let nodes: Vec<u32> =
            (0..10).map(|n| traffic.resolve(ClientId::new(n), SimTime::ZERO).number()).collect();
        assert_eq!(nodes.iter().filter(|node| **node == 0).count(), 5);
    }

    #[test]
    fn poisson_arrivals_come_at_the_asked_rate() {
        // 100,000 gaps: the standard error of their mean is 0.32 %; 1.5 % is more than four of them.
        let mut traffic = traffic(Arrivals::Poisson, 50.0);
        let gaps = (0..100_000).filter_map(|_| traffic.next_arrival());
        let mean = gaps.map(|(gap, _)| gap.as_seconds()).sum::<f64>() / 100_000.0;
        assert!((mean * 50.0 - 1.0).abs() < 0.015, "{mean}");
    }

    #[test]
    fn a_rate_of_nought_sends_nothing_and_nonsense_is_no_rate() {
        assert_eq!(traffic(Arrivals::Poisson, 0.0).next_arrival(), None);
        for nonsense in [-1.0, f64::NAN, f64::INFINITY, 100_001.0] {
            assert_eq!(RequestRate::per_second(nonsense), None);
        }
    }
}
