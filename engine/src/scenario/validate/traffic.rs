//! The traffic.

use super::{Problems, quoted};
use crate::kernel::SimDuration;
use crate::scenario::document;
use crate::traffic::{Arrivals, RequestRate, TrafficSettings};

const CLIENTS_MAX: i64 = 100_000;
const LATENCY_MAX: SimDuration = SimDuration::from_secs(10);

pub(super) fn traffic(traffic: &document::Traffic, problems: &mut Problems) -> TrafficSettings {
    problems.word("Traffic.Arrivals", &traffic.arrivals, &["poisson", "constant"]);
    TrafficSettings {
        clients: problems.whole("Traffic.Clients", traffic.clients, 1, CLIENTS_MAX),
        arrivals: if traffic.arrivals == "constant" { Arrivals::Constant } else { Arrivals::Poisson },
        rate: rate("Traffic.RequestsPerSecond", traffic.requests_per_second, problems),
        client_latency: problems.duration(
            "Traffic.ClientLatency",
            &traffic.client_latency,
            SimDuration::ZERO,
            LATENCY_MAX,
        ),
    }
}

pub(super) fn rate(path: &str, value: f64, problems: &mut Problems) -> RequestRate {
    RequestRate::per_second(value).unwrap_or_else(|| {
        problems.add(path, quoted(value), "a number from 0 to 100000", 100);
        RequestRate::default()
    })
}
