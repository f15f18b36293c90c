//! The traffic.

use std::collections::BTreeMap;

use super::problems::{Problems, quoted};
use super::request::{Url, destination, everyday, kind};
use super::security_group::cidr;
use super::{At, HOUR, LONGEST};
use crate::elb::Scheme;
use crate::elb::listener::{Listener, TlsVersion};
use crate::kernel::{SimDuration, SimTime};
use crate::scenario::document::{self, ARRIVALS, BACKOFFS, TLS_VERSIONS, TraceEntry, Traffic};
use crate::traffic::{
    Backoff, ClientId, KindId, Profile, RequestKind, Retries, Shape, TraceArrival, TrafficSettings,
};
use crate::vpc::Cidr;

const CLIENTS_MAX: i64 = 100_000;
const LATENCY_MAX: SimDuration = SimDuration::from_secs(10);
const KINDS_MAX: usize = 100;
const TRACE_MAX: usize = 10_000;
/// Different requests of a trace: all of them are looked through when a client follows a redirect.
const TRACED_KINDS_MAX: usize = 1_000;
const ATTEMPTS_MAX: i64 = 10;
/// When a backoff says nothing else: our own choice.
const BASE: SimDuration = SimDuration::from_millis(100);
const CAP: SimDuration = SimDuration::from_secs(20);
const SHORTEST: SimDuration = SimDuration::from_millis(1);

pub(super) fn traffic(
    traffic: &Traffic,
    listeners: &[Listener],
    scheme: Scheme,
    problems: &mut Problems,
) -> Option<TrafficSettings> {
    let at = At::top("Traffic");
    let clients = problems.whole(at.field("Clients"), traffic.clients, 1, CLIENTS_MAX);
    let client_addresses = addresses(at, traffic, clients, scheme, problems);
    let mut kinds = kinds(at.field("Requests"), traffic, listeners, clients, problems);
    let trace = trace(at.field("Trace"), &traffic.trace, listeners, clients, &mut kinds, problems);
    Some(TrafficSettings {
        clients,
        client_addresses: client_addresses?,
        arrivals: problems.one_of(at.field("Arrivals"), &traffic.arrivals, ARRIVALS),
        profile: profile(at, traffic, problems),
        kinds,
        trace,
        client_latency: problems.duration(
            at.field("ClientLatency"),
            &traffic.client_latency.0,
            SimDuration::ZERO,
            LATENCY_MAX,
        ),
        keep_alive: traffic.keep_alive,
        cookies: traffic.cookies,
        follow_redirects: traffic.follow_redirects,
        tls: tls(at.field("TlsVersions"), traffic, problems),
        timeout: traffic
            .timeout
            .as_ref()
            .map(|timeout| problems.duration(at.field("Timeout"), &timeout.0, SHORTEST, HOUR)),
        retries: traffic
            .retries
            .as_ref()
            .map_or_else(Retries::default, |some| retries(at.field("Retries"), some, problems)),
    })
}

/// The block of the clients' addresses. The defaults are blocks that nobody has (RFC 5737 for documentation, RFC
/// 2544 for benchmarks), and private addresses where only those reach the load balancer.
fn addresses(
    at: At<'_>,
    traffic: &Traffic,
    clients: u32,
    scheme: Scheme,
    problems: &mut Problems,
) -> Option<Cidr> {
    let default = match scheme {
        Scheme::Internal => "10.64.0.0/10",
        Scheme::InternetFacing if clients <= 254 => "203.0.113.0/24",
        Scheme::InternetFacing => "198.18.0.0/15",
    };
    cidr(at.field("ClientCidr"), traffic.client_cidr.as_deref().unwrap_or(default), problems)
}

fn profile(at: At<'_>, traffic: &Traffic, problems: &mut Problems) -> Profile {
    let at_rate = at.field("RequestsPerSecond");
    if traffic.requests_per_second.is_none() && traffic.trace.is_empty() {
        problems.add(at_rate, "nothing", "a number from 0 to 100000, unless there is a Trace", 8);
    }
    let base = problems.rate(at_rate, traffic.requests_per_second.unwrap_or_default());
    let at_profile = at.field("Profile");
    let shape = match &traffic.profile {
        None => Shape::Steady,
        Some(document::Profile::Ramp(ramp)) => {
            let at = at_profile.field("Ramp");
            Shape::Ramp {
                to: problems.rate(at.field("To"), ramp.to),
                from_time: instant(at.field("From"), &ramp.from.0, problems),
                over: problems.duration(at.field("Over"), &ramp.over.0, SimDuration::ZERO, LONGEST),
            }
        }
        Some(document::Profile::Spike(spike)) => {
            let at = at_profile.field("Spike");
            Shape::Spike {
                at: instant(at.field("At"), &spike.at.0, problems),
                lasts: problems.duration(at.field("For"), &spike.r#for.0, SimDuration::ZERO, LONGEST),
                rate: problems.rate(at.field("RequestsPerSecond"), spike.requests_per_second),
            }
        }
        Some(document::Profile::DailyWave(wave)) => {
            let at = at_profile.field("DailyWave");
            let period = problems.duration(at.field("Period"), &wave.period.0, SECOND, LONGEST);
            Shape::DailyWave {
                peak: problems.rate(at.field("Peak"), wave.peak),
                period,
                phase: problems.duration(at.field("Phase"), &wave.phase.0, SimDuration::ZERO, period),
            }
        }
    };
    Profile { base, shape }
}

/// Shorter waves than this would not be followed: a rate is held for a tenth of it at a time.
const SECOND: SimDuration = SimDuration::from_secs(1);

/// An instant, as the time from the start.
pub(super) fn instant(at: At<'_>, text: &str, problems: &mut Problems) -> SimTime {
    SimTime::ZERO + problems.duration(at, text, SimDuration::ZERO, LONGEST)
}

fn kinds(
    at: At<'_>,
    traffic: &Traffic,
    listeners: &[Listener],
    clients: u32,
    problems: &mut Problems,
) -> Vec<RequestKind> {
    if traffic.requests.is_empty() {
        return vec![everyday(listeners)];
    }
    let list = problems.at_most(at, &traffic.requests, KINDS_MAX, "requests").iter().enumerate();
    let kinds: Vec<RequestKind> =
        list.map(|(index, request)| kind(at.element(index), request, listeners, clients, problems)).collect();
    if kinds.iter().all(|kind| kind.weight == 0) && traffic.requests.iter().all(|one| one.weight == 0) {
        problems.add(at, "the weight 0 alone", "a list with a weight above 0", "\"Weight\": 1");
    }
    kinds
}

/// The recorded requests, whose kinds are added to the others: each once, however often it is asked for.
fn trace(
    at: At<'_>,
    entries: &[TraceEntry],
    listeners: &[Listener],
    clients: u32,
    kinds: &mut Vec<RequestKind>,
    problems: &mut Problems,
) -> Vec<TraceArrival> {
    let (protocol, port) = destination(None, None, listeners);
    let mut known: BTreeMap<Url<'_>, KindId> = BTreeMap::new();
    let mut arrivals = Vec::new();
    for (index, entry) in problems.at_most(at, entries, TRACE_MAX, "entries").iter().enumerate() {
        let at = at.element(index);
        let url = Url { method: &entry.method, host: &entry.host, path: &entry.path, query: &entry.query };
        let client = problems.whole(at.field("Client"), entry.client, 0, i64::from(clients) - 1);
        let work = problems.duration(at.field("Work"), &entry.work.0, SimDuration::ZERO, HOUR);
        let sent_at = instant(at.field("At"), &entry.at.0, problems);
        let next = KindId::new(kinds.len() as u32);
        let kind = *known.entry(url).or_insert(next);
        if kind == next {
            url.check(at, problems);
            let request = url.request(protocol, port);
            let name = format!("{} {}", request.method, request.path);
            kinds.push(RequestKind { name, weight: 0, request, clients: None, work: None, silent: false });
        }
        arrivals.push(TraceArrival { at: sent_at, kind, client: ClientId::new(client), work });
    }
    if known.len() > TRACED_KINDS_MAX {
        let found = format_args!("{} different requests", known.len());
        problems.add(at, found, "at most 1000 different ones", "fewer");
    }
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

fn tls(at: At<'_>, traffic: &Traffic, problems: &mut Problems) -> (TlsVersion, TlsVersion) {
    let versions = &traffic.tls_versions;
    let oldest = problems.one_of(at.field("Oldest"), &versions.oldest, TLS_VERSIONS);
    let at_newest = at.field("Newest");
    let newest = problems.one_of(at_newest, &versions.newest, TLS_VERSIONS);
    if newest < oldest {
        let allowed = format_args!("no older than Oldest, which is {oldest}");
        problems.add(at_newest, quoted(newest), allowed, quoted(oldest));
    }
    (oldest, newest)
}

fn retries(at: At<'_>, retries: &document::Retries, problems: &mut Problems) -> Retries {
    let attempts = problems.whole(at.field("Attempts"), retries.attempts, 0, ATTEMPTS_MAX) as u8;
    let is_exponential = problems.one_of(at.field("Backoff"), &retries.backoff, BACKOFFS);
    let mut length = |field, text: &Option<document::Length>, default| match text {
        Some(text) if is_exponential => problems.duration(at.field(field), &text.0, SHORTEST, HOUR),
        Some(text) => {
            let allowed = "absent, unless Backoff is exponential";
            problems.add(at.field(field), quoted(&text.0), allowed, "nothing");
            default
        }
        None => default,
    };
    let (base, cap) = (length("Base", &retries.base, BASE), length("Cap", &retries.cap, CAP));
    if is_exponential && cap < base {
        problems.add(
            at.field("Cap"),
            quoted(cap),
            format_args!("at least Base, which is {base}"),
            quoted(base),
        );
    }
    let backoff = if is_exponential { Backoff::Exponential { base, cap } } else { Backoff::None };
    Retries { attempts, backoff }
}
