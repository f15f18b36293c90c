//! What clients ask for.

use std::collections::BTreeMap;

use super::At;
use super::distribution::distribution;
use super::problems::{Problems, quoted};
use crate::elb::listener::{HttpRequest, Listener, Protocol};
use crate::scenario::document::{self, HTTP_VERSIONS, Header, PROTOCOLS, Request};
use crate::traffic::RequestKind;

/// Longer than a node takes them (ALB guide, "Quotas": 16 K), so that a scenario can show what comes of it.
const URL_PART_MAX: usize = 20_000;
const HEADER_MAX: usize = 70_000;
const HEADERS_MAX: usize = 100;
const WEIGHT_MAX: i64 = 1_000;

/// The request that a scenario without any has.
pub(super) fn everyday(listeners: &[Listener]) -> RequestKind {
    let (protocol, port) = destination(None, None, listeners);
    RequestKind {
        name: "requests".to_owned(),
        weight: 1,
        request: HttpRequest { protocol, port, ..HttpRequest::default() },
        clients: None,
        work: None,
        silent: false,
    }
}

pub(super) fn kind(
    at: At<'_>,
    request: &Request,
    listeners: &[Listener],
    clients: u32,
    problems: &mut Problems,
) -> RequestKind {
    let is_allowed = |c: char| !c.is_control();
    problems.text(at.field("Name"), &request.name, 1, 64, "bytes of text", is_allowed);
    let protocol = request.protocol.as_deref();
    let protocol = protocol.map(|word| problems.one_of(at.field("Protocol"), word, PROTOCOLS));
    let port = request.port.map(|port| problems.port(at.field("Port"), port));
    let (protocol, port) = destination(protocol, port, listeners);
    let url =
        Url { method: &request.method, host: &request.host, path: &request.path, query: &request.query };
    url.check(at, problems);
    let work = request.work.as_ref().map(|work| distribution(at.field("Work"), work, problems));
    RequestKind {
        name: request.name.clone(),
        weight: problems.whole(at.field("Weight"), request.weight, 0, WEIGHT_MAX),
        request: HttpRequest {
            version: problems.one_of(at.field("HttpVersion"), &request.http_version, HTTP_VERSIONS),
            headers: headers(at.field("Headers"), &request.headers, problems),
            ..url.request(protocol, port)
        },
        clients: request
            .clients
            .as_ref()
            .map(|some| self::clients(at.field("Clients"), some, clients, problems)),
        work,
        silent: request.sends_nothing,
    }
}

/// Where a request goes that names a protocol, a port, both or neither: to the first listener that fits.
pub(super) fn destination(
    protocol: Option<Protocol>,
    port: Option<u16>,
    listeners: &[Listener],
) -> (Protocol, u16) {
    let fits = |listener: &&Listener| {
        protocol.is_none_or(|protocol| listener.protocol == protocol)
            && port.is_none_or(|port| listener.port == port)
    };
    let listener = listeners.iter().find(fits).map(|listener| (listener.protocol, listener.port));
    listener.unwrap_or_else(|| {
        let protocol = protocol.unwrap_or_default();
        (protocol, port.unwrap_or(protocol.default_port()))
    })
}

/// The parts of a URL, and the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Url<'a> {
    pub(super) method: &'a str,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl Url<'_> {
    /// What cannot be sent, or would mean something else than it seems to say (RFC 9110 and RFC 3986). That a
    /// node would refuse a request is no problem here.
    pub(super) fn check(self, at: At<'_>, problems: &mut Problems) {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        problems.text(at.field("Method"), self.method, 1, 40, "letters and !#$%&'*+-.^_`|~", token);
        let host = |c: char| c.is_ascii_graphic() && !"/?#@".contains(c);
        problems.text(at.field("Host"), self.host, 0, 255, "characters of a host name, without a port", host);
        let path = |c: char| c.is_ascii_graphic() && !"?#".contains(c);
        let allowed = "characters of ASCII without spaces, ? and #";
        problems.text(at.field("Path"), self.path, 1, URL_PART_MAX, allowed, path);
        if !self.path.starts_with('/') {
            problems.add(at.field("Path"), quoted(self.path), "a path that begins with /", quoted("/"));
        }
        let query = |c: char| c.is_ascii_graphic() && c != '#';
        let allowed = "characters of ASCII without spaces and #";
        problems.text(at.field("Query"), self.query, 0, URL_PART_MAX, allowed, query);
        if let Some(behind) = self.query.strip_prefix('?') {
            problems.add(at.field("Query"), quoted(self.query), "a query without its ?", quoted(behind));
        }
    }

    pub(super) fn request(self, protocol: Protocol, port: u16) -> HttpRequest {
        HttpRequest {
            protocol,
            port,
            method: self.method.to_owned(),
            host: self.host.to_owned(),
            path: self.path.to_owned(),
            query: self.query.to_owned(),
            ..HttpRequest::default()
        }
    }
}

fn headers(at: At<'_>, headers: &BTreeMap<String, Header>, problems: &mut Problems) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for (name, Header(values)) in headers.iter().take(HEADERS_MAX) {
        if name.eq_ignore_ascii_case("host") {
            problems.add(at, quoted(name), "headers without Host, which stands in Host", "nothing");
        }
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        problems.text(at, name, 1, 255, "letters, digits and !#$%&'*+-.^_`|~ as a name", token);
        for value in values.iter().take(HEADERS_MAX) {
            let is_allowed = |c: char| !c.is_control();
            problems.text(at, value, 0, HEADER_MAX, "bytes of text as a value", is_allowed);
            list.push((name.clone(), value.clone()));
        }
    }
    let count: usize = headers.values().map(|Header(values)| values.len().max(1)).sum();
    if count > HEADERS_MAX {
        problems.add(at, format_args!("{count} headers"), "at most 100", "fewer");
    }
    list
}

fn clients(at: At<'_>, some: &document::Clients, clients: u32, problems: &mut Problems) -> (u32, u32) {
    let first = problems.whole(at.field("First"), some.first, 0, i64::from(clients) - 1);
    let count = problems.whole(at.field("Count"), some.count, 1, i64::from(clients - first));
    (first, count)
}
