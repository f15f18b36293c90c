//! What can be set on the traffic: how many clients, how they behave, what they ask for and when.

use serde::{Deserialize, Serialize};

use super::{ClientId, KindId, Profile};
use crate::elb::listener::{HttpRequest, TlsVersion};
use crate::kernel::{Distribution, SimDuration, SimTime};
use crate::vpc::Cidr;

/// A rate of requests, in thousandths of a request per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestRate(pub(super) u32);

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
    pub(super) fn mean_gap(self) -> Option<SimDuration> {
        (self.0 > 0).then(|| SimDuration::from_seconds_f64(1_000.0 / f64::from(self.0)))
    }
}

/// How the instants of requests are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arrivals {
    /// One request after the other, evenly.
    Constant,
    /// As from many independent people: exponential gaps.
    #[default]
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

/// What clients ask for, and how often compared with other kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestKind {
    /// A name for people.
    pub name: String,
    /// How often: its weight over the sum of all weights. 0 for what only a trace or a redirect asks for.
    pub weight: u32,
    /// The request.
    pub request: HttpRequest,
    /// Which clients send it: the first and how many. All, when absent.
    pub clients: Option<(u32, u32)>,
    /// How much work it is. What the server that gets it usually needs, when absent.
    pub work: Option<Distribution>,
    /// Whether the client connects and then sends nothing.
    pub silent: bool,
}

/// What a client does when a request fails: when it is answered 5xx or the client gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Retries {
    /// How many more times it tries.
    pub attempts: u8,
    /// How long it waits before.
    pub backoff: Backoff,
}

/// How long a client waits before it tries again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Backoff {
    /// Not at all.
    #[default]
    None,
    /// A random time from nought to `base`, twice that for every further attempt, up to `cap`.
    Exponential {
        /// The longest first wait.
        base: SimDuration,
        /// The longest wait of all.
        cap: SimDuration,
    },
}

/// One request of a recorded trace, replayed exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceArrival {
    /// When it is sent.
    pub at: SimTime,
    /// What is asked for.
    pub kind: KindId,
    /// By whom.
    pub client: ClientId,
    /// How much work it is.
    pub work: SimDuration,
}

/// The traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficSettings {
    /// How many clients there are, at least one.
    pub clients: u32,
    /// The addresses of the clients, the first client's first.
    pub client_addresses: Cidr,
    /// How requests are spread in time.
    pub arrivals: Arrivals,
    /// How many requests all clients send together, and what becomes of that rate.
    pub profile: Profile,
    /// What they ask for, at least one kind.
    pub kinds: Vec<RequestKind>,
    /// Recorded requests that come on top, in the order of time.
    pub trace: Vec<TraceArrival>,
    /// One way over the network between a client and a load balancer node.
    pub client_latency: SimDuration,
    /// Whether clients keep connections open for further requests.
    pub keep_alive: bool,
    /// Whether clients keep cookies.
    pub cookies: bool,
    /// Whether clients follow redirects.
    pub follow_redirects: bool,
    /// The oldest and the newest version of TLS that clients speak.
    pub tls: (TlsVersion, TlsVersion),
    /// How long a client waits for an answer; for ever, when absent.
    pub timeout: Option<SimDuration>,
    /// What clients do when a request fails.
    pub retries: Retries,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_rate() {
        for nonsense in [-1.0, f64::NAN, f64::INFINITY, 100_001.0] {
            assert_eq!(RequestRate::per_second(nonsense), None);
        }
        assert_eq!(RequestRate::per_second(0.0).and_then(RequestRate::mean_gap), None);
    }
}
