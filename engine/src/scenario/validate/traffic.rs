//! The traffic.

use super::{Problems, quoted};
use crate::elb::listener::{HttpRequest, TlsVersion};
use crate::kernel::SimDuration;
use crate::scenario::document;
use crate::traffic::{Arrivals, Profile, RequestKind, RequestRate, Retries, TrafficSettings};
use crate::vpc::Cidr;

const CLIENTS_MAX: i64 = 100_000;
const LATENCY_MAX: SimDuration = SimDuration::from_secs(10);

pub(super) fn traffic(
    traffic: &document::Traffic,
    port: u16,
    problems: &mut Problems,
) -> Option<TrafficSettings> {
    problems.word("Traffic.Arrivals", &traffic.arrivals, &["poisson", "constant"]);
    let clients = problems.whole("Traffic.Clients", traffic.clients, 1, CLIENTS_MAX);
    let everyday = RequestKind {
        name: "requests".to_owned(),
        weight: 1,
        request: HttpRequest { port, ..HttpRequest::default() },
        clients: None,
        work: None,
        silent: false,
    };
    Some(TrafficSettings {
        clients,
        client_addresses: addresses(clients, problems)?,
        kinds: vec![everyday],
        trace: Vec::new(),
        keep_alive: true,
        cookies: true,
        follow_redirects: true,
        tls: (TlsVersion::V1_2, TlsVersion::V1_3),
        timeout: None,
        retries: Retries::default(),
        arrivals: if traffic.arrivals == "constant" { Arrivals::Constant } else { Arrivals::Poisson },
        profile: Profile::steady(rate("Traffic.RequestsPerSecond", traffic.requests_per_second, problems)),
        client_latency: problems.duration(
            "Traffic.ClientLatency",
            &traffic.client_latency,
            SimDuration::ZERO,
            LATENCY_MAX,
        ),
    })
}

/// Blocks that are nobody's: RFC 5737 for documentation, RFC 2544 for benchmarks.
fn addresses(clients: u32, problems: &mut Problems) -> Option<Cidr> {
    let block = if clients <= 254 { "203.0.113.0/24" } else { "198.18.0.0/15" };
    let parsed = block.parse();
    parsed.map_err(|error| problems.add("Traffic.ClientCidr", quoted(block), error, "another block")).ok()
}

pub(super) fn rate(path: &str, value: f64, problems: &mut Problems) -> RequestRate {
    RequestRate::per_second(value).unwrap_or_else(|| {
        problems.add(path, quoted(value), "a number from 0 to 100000", 100);
        RequestRate::default()
    })
}
