//! The clients: how many, what they send and when. None of it is CloudFormation's.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Distribution, Length, yes};
use crate::elb::listener::{HttpVersion, TlsVersion};
use crate::traffic::Arrivals;

/// `Arrivals`, the default first.
pub(crate) const ARRIVALS: &[(&str, Arrivals)] =
    &[("poisson", Arrivals::Poisson), ("constant", Arrivals::Constant)];
/// `HttpVersion`, the default first. The last is one that no load balancer expects.
pub(crate) const HTTP_VERSIONS: &[(&str, HttpVersion)] = &[
    ("HTTP/1.1", HttpVersion::Http11),
    ("HTTP/1.0", HttpVersion::Http10),
    ("HTTP/2.0", HttpVersion::Http2),
    ("other", HttpVersion::Other),
];
/// `TlsVersions`, in the words of access logs.
pub(crate) const TLS_VERSIONS: &[(&str, TlsVersion)] = &[
    ("TLSv1", TlsVersion::V1_0),
    ("TLSv1.1", TlsVersion::V1_1),
    ("TLSv1.2", TlsVersion::V1_2),
    ("TLSv1.3", TlsVersion::V1_3),
];
/// `Backoff`, and whether it has a length.
pub(crate) const BACKOFFS: &[(&str, bool)] = &[("none", false), ("exponential", true)];

/// The traffic.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Traffic {
    /// How many clients there are.
    #[serde(default = "clients")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100_000)))]
    pub(crate) clients: i64,
    /// The block of their addresses, the first client's first. Unless given, 203.0.113.0/24, or 198.18.0.0/15 for
    /// more than 254 clients, or 10.64.0.0/10 when the load balancer is internal.
    #[serde(default)]
    pub(crate) client_cidr: Option<String>,
    /// One way over the network between a client and the load balancer.
    #[serde(default = "client_latency")]
    pub(crate) client_latency: Length,
    /// How requests are spread in time.
    #[serde(default = "poisson")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(ARRIVALS))))]
    pub(crate) arrivals: String,
    /// How many requests all clients send together. Required unless there is a Trace.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100_000.0)))]
    pub(crate) requests_per_second: Option<f64>,
    /// How that rate changes over time. Not at all, when absent.
    #[serde(default)]
    pub(crate) profile: Option<Profile>,
    /// What clients ask for; GET / of www.example.com, unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) requests: Vec<Request>,
    /// Recorded requests, which are sent exactly so, besides all others.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 10_000)))]
    pub(crate) trace: Vec<TraceEntry>,
    /// Whether clients keep connections open for further requests.
    #[serde(default = "yes")]
    pub(crate) keep_alive: bool,
    /// Whether clients keep cookies.
    #[serde(default = "yes")]
    pub(crate) cookies: bool,
    /// Whether clients follow redirects.
    #[serde(default = "yes")]
    pub(crate) follow_redirects: bool,
    /// The versions of TLS that clients speak.
    #[serde(default)]
    pub(crate) tls_versions: TlsVersions,
    /// How long a client waits for an answer. For ever, when absent.
    #[serde(default)]
    pub(crate) timeout: Option<Length>,
    /// What clients do when a request fails. Nothing, when absent.
    #[serde(default)]
    pub(crate) retries: Option<Retries>,
}

const fn clients() -> i64 {
    26
}

fn client_latency() -> Length {
    Length::from("15ms")
}

fn poisson() -> String {
    ARRIVALS[0].0.to_owned()
}

/// How a rate changes over time.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) enum Profile {
    /// To another rate, in a straight line; then that.
    Ramp(Ramp),
    /// Another rate for a while.
    Spike(Spike),
    /// To a peak and back, over and over, as a cosine.
    DailyWave(DailyWave),
}

/// To another rate, in a straight line.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Ramp {
    /// The rate at the end, in requests per second.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100_000.0)))]
    pub(crate) to: f64,
    /// When it begins to change.
    #[serde(default = "super::nought")]
    pub(crate) from: Length,
    /// How long it changes.
    pub(crate) over: Length,
}

/// Another rate for a while.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Spike {
    /// When it begins.
    pub(crate) at: Length,
    /// How long it lasts.
    pub(crate) r#for: Length,
    /// The rate meanwhile.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100_000.0)))]
    pub(crate) requests_per_second: f64,
}

/// To a peak and back, over and over; RequestsPerSecond is the trough.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DailyWave {
    /// The rate half a period after the trough, in requests per second.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100_000.0)))]
    pub(crate) peak: f64,
    /// From trough to trough.
    #[serde(default = "day")]
    pub(crate) period: Length,
    /// How far into the period the run starts; 0s is the trough.
    #[serde(default = "super::nought")]
    pub(crate) phase: Length,
}

fn day() -> Length {
    Length::from("24h")
}

/// What clients ask for.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Request {
    /// A name for people.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub(crate) name: String,
    /// How often: its weight among the sum of all.
    #[serde(default = "super::one")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_000)))]
    pub(crate) weight: i64,
    /// The protocol; that of the listener on the port unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(super::PROTOCOLS))))]
    pub(crate) protocol: Option<String>,
    /// The port; that of the first listener, of this protocol if one is given, unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) port: Option<i64>,
    /// The version of HTTP.
    #[serde(default = "http_1_1")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(HTTP_VERSIONS))))]
    pub(crate) http_version: String,
    /// The method.
    #[serde(default = "get")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 40)))]
    pub(crate) method: String,
    /// The host header without its port; empty for none.
    #[serde(default = "host")]
    #[cfg_attr(feature = "schema", schemars(length(max = 255)))]
    pub(crate) host: String,
    /// The path, from its / on.
    #[serde(default = "root")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 20_000)))]
    pub(crate) path: String,
    /// The query string without its ?.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 20_000)))]
    pub(crate) query: String,
    /// The other headers by their names: each a value or a list of values.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Header>,
    /// Which clients send it. All, when absent.
    #[serde(default)]
    pub(crate) clients: Option<Clients>,
    /// How much work it is. What the server that gets it usually needs, when absent.
    #[serde(default)]
    pub(crate) work: Option<Distribution>,
    /// Whether the client connects and then sends nothing.
    #[serde(default)]
    pub(crate) sends_nothing: bool,
}

fn http_1_1() -> String {
    HTTP_VERSIONS[0].0.to_owned()
}

fn get() -> String {
    "GET".to_owned()
}

fn host() -> String {
    "www.example.com".to_owned()
}

fn root() -> String {
    "/".to_owned()
}

/// The values of one header.
#[derive(Debug)]
pub(crate) struct Header(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Header, E> {
                Ok(Header(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Header, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Header(values))
            }
        }

        reader.deserialize_any(OneOrMore)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Header {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Header".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A value, or a list of values.",
            "type": ["string", "array"],
            "items": { "type": "string" },
        })
    }
}

/// Some of the clients, which are numbered from 0: client 7 has the seventh address behind the first.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Clients {
    /// The first of them.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 99_999)))]
    pub(crate) first: i64,
    /// How many.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100_000)))]
    pub(crate) count: i64,
}

/// A recorded request.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TraceEntry {
    /// When it is sent.
    pub(crate) at: Length,
    /// The method.
    #[serde(default = "get")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 40)))]
    pub(crate) method: String,
    /// The host header without its port; empty for none.
    #[serde(default = "host")]
    #[cfg_attr(feature = "schema", schemars(length(max = 255)))]
    pub(crate) host: String,
    /// The path, from its / on.
    #[serde(default = "root")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 20_000)))]
    pub(crate) path: String,
    /// The query string without its ?.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 20_000)))]
    pub(crate) query: String,
    /// Who sends it, numbered from 0.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 99_999)))]
    pub(crate) client: i64,
    /// How much work it is.
    pub(crate) work: Length,
}

/// The versions of TLS that clients speak.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TlsVersions {
    /// The oldest.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(TLS_VERSIONS))))]
    pub(crate) oldest: String,
    /// The newest.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(TLS_VERSIONS))))]
    pub(crate) newest: String,
}

impl Default for TlsVersions {
    fn default() -> Self {
        Self { oldest: "TLSv1.2".to_owned(), newest: "TLSv1.3".to_owned() }
    }
}

/// What clients do when a request fails: when it is answered 5xx or the client gives up.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Retries {
    /// How many more times they try.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 10)))]
    pub(crate) attempts: i64,
    /// How they wait before. exponential: a random time up to Base, twice that for every further attempt, at most
    /// Cap.
    #[serde(default = "no_backoff")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(BACKOFFS))))]
    pub(crate) backoff: String,
    /// The longest first wait.
    #[serde(default)]
    pub(crate) base: Option<Length>,
    /// The longest wait of all.
    #[serde(default)]
    pub(crate) cap: Option<Length>,
}

fn no_backoff() -> String {
    BACKOFFS[0].0.to_owned()
}
