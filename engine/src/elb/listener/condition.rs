//! The conditions of a rule: what each compares, in which case, and what AWS allows in it.

use serde::{Deserialize, Serialize};

use core::net::IpAddr;
use std::fmt;

use super::message::HttpRequest;
use super::wildcard::{self, Case, Escape, matches};
use crate::vpc::Cidr;

/// A condition of a rule (ALB guide, "Condition types"; API `RuleCondition`). One of its values must fit.
/// Regular expressions (`RegexValues`) are not built.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Condition {
    /// `host-header`: patterns of the host name.
    HostHeader(Vec<String>),
    /// `path-pattern`: patterns of the path.
    PathPattern(Vec<String>),
    /// `http-header`: patterns of one header's value.
    HttpHeader {
        /// `HttpHeaderName`.
        name: String,
        /// Patterns of its value.
        values: Vec<String>,
    },
    /// `query-string`: patterns of one parameter.
    QueryString(Vec<QueryPattern>),
    /// `http-request-method`: methods.
    HttpRequestMethod(Vec<String>),
    /// `source-ip`: blocks of addresses.
    SourceIp(Vec<Cidr>),
}

/// A pattern of a parameter in the query string (API `QueryStringKeyValuePair`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QueryPattern {
    /// The pattern of the key; none fits every key.
    pub key: Option<String>,
    /// The pattern of the value.
    pub value: String,
}

impl fmt::Display for QueryPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            f.write_str(key)?;
            f.write_str("=")?;
        }
        f.write_str(&self.value)
    }
}

impl Condition {
    /// AWS's name of the field it looks at.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::HostHeader(_) => "host-header",
            Self::PathPattern(_) => "path-pattern",
            Self::HttpHeader { .. } => "http-header",
            Self::QueryString(_) => "query-string",
            Self::HttpRequestMethod(_) => "http-request-method",
            Self::SourceIp(_) => "source-ip",
        }
    }

    /// Whether a rule can have several of its kind (API `RuleCondition`).
    pub const fn repeats(&self) -> bool {
        matches!(self, Self::HttpHeader { .. } | Self::QueryString(_))
    }

    /// How many values it has.
    pub fn values(&self) -> usize {
        match self {
            Self::HostHeader(values)
            | Self::PathPattern(values)
            | Self::HttpHeader { values, .. }
            | Self::HttpRequestMethod(values) => values.len(),
            Self::QueryString(values) => values.len(),
            Self::SourceIp(values) => values.len(),
        }
    }

    /// How many wildcards its values have together.
    pub fn wildcards(&self) -> usize {
        match self {
            Self::HostHeader(values) | Self::PathPattern(values) | Self::HttpHeader { values, .. } => {
                values.iter().map(|value| wildcard::count(value, Escape::None)).sum()
            }
            Self::QueryString(values) => {
                let texts = values.iter().flat_map(|pattern| pattern.key.iter().chain([&pattern.value]));
                texts.map(|text| wildcard::count(text, Escape::Backslash)).sum()
            }
            Self::HttpRequestMethod(_) | Self::SourceIp(_) => 0,
        }
    }

    /// Whether a request from this address meets it. The address is that of the TCP connection, whatever
    /// `X-Forwarded-For` says (API `SourceIpConditionConfig`).
    pub fn is_met(&self, request: &HttpRequest, source: IpAddr) -> bool {
        let any_fits = |patterns: &[String], text: &str, case| {
            patterns.iter().any(|pattern| matches(pattern, text, case, Escape::None))
        };
        match self {
            Self::HostHeader(hosts) => any_fits(hosts, &request.host, Case::Insensitive),
            Self::PathPattern(paths) => any_fits(paths, &request.normal_path(), Case::Sensitive),
            Self::HttpHeader { name, values } => {
                request.header(name).any(|found| any_fits(values, found, Case::Insensitive))
            }
            Self::QueryString(patterns) => {
                let mut parameters = request.query.split('&').filter(|parameter| !parameter.is_empty());
                parameters.any(|parameter| patterns.iter().any(|pattern| pattern.fits(parameter)))
            }
            Self::HttpRequestMethod(methods) => methods.contains(&request.method),
            Self::SourceIp(blocks) => blocks.iter().any(|block| block.contains(source)),
        }
    }

    /// What it looks at in a request, for people.
    pub(super) fn seen(&self, request: &HttpRequest, source: IpAddr) -> String {
        match self {
            Self::HostHeader(_) => request.host.clone(),
            Self::PathPattern(_) => request.normal_path().into_owned(),
            Self::HttpHeader { name, .. } => {
                let values: Vec<&str> = request.header(name).collect();
                if values.is_empty() { "a request without it".to_owned() } else { values.join(", ") }
            }
            Self::QueryString(_) if request.query.is_empty() => "a request without one".to_owned(),
            Self::QueryString(_) => request.query.clone(),
            Self::HttpRequestMethod(_) => request.method.clone(),
            Self::SourceIp(_) => source.to_string(),
        }
    }
}

impl QueryPattern {
    /// Whether it fits a parameter. That a parameter without `=` is a value without a key, and that escapes
    /// in the request (`%20`) are compared as they stand, is not documented and our choice.
    fn fits(&self, parameter: &str) -> bool {
        let fits = |pattern, text| matches(pattern, text, Case::Insensitive, Escape::Backslash);
        let (key, value) = match parameter.split_once('=') {
            Some((key, value)) => (Some(key), value),
            None => (None, parameter),
        };
        let key_fits = match (&self.key, key) {
            (None, _) => true,
            (Some(pattern), Some(key)) => fits(pattern, key),
            (Some(_), None) => false,
        };
        key_fits && fits(&self.value, value)
    }
}

impl fmt::Display for Condition {
    /// In one line: `path-pattern /img/* or /js/*`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list(
            f: &mut fmt::Formatter<'_>,
            values: &mut dyn Iterator<Item = &dyn fmt::Display>,
        ) -> fmt::Result {
            for (index, value) in values.enumerate() {
                f.write_str(if index == 0 { " " } else { " or " })?;
                value.fmt(f)?;
            }
            Ok(())
        }
        f.write_str(self.field())?;
        match self {
            Self::HttpHeader { name, values } => {
                write!(f, " {name}:")?;
                list(f, &mut values.iter().map(|value| value as &dyn fmt::Display))
            }
            Self::HostHeader(values) | Self::PathPattern(values) | Self::HttpRequestMethod(values) => {
                list(f, &mut values.iter().map(|value| value as &dyn fmt::Display))
            }
            Self::QueryString(values) => list(f, &mut values.iter().map(|value| value as &dyn fmt::Display)),
            Self::SourceIp(values) => list(f, &mut values.iter().map(|value| value as &dyn fmt::Display)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn from_anywhere(condition: &Condition, request: &HttpRequest) -> bool {
        condition.is_met(request, IpAddr::from([203, 0, 113, 7]))
    }

    fn host(host: &str) -> HttpRequest {
        HttpRequest { host: host.to_owned(), ..HttpRequest::default() }
    }

    fn path(path: &str) -> HttpRequest {
        HttpRequest { path: path.to_owned(), ..HttpRequest::default() }
    }

    fn query(query: &str) -> HttpRequest {
        HttpRequest { query: query.to_owned(), ..HttpRequest::default() }
    }

    fn headers(headers: &[(&str, &str)]) -> HttpRequest {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        HttpRequest { headers: headers.iter().map(owned).collect(), ..HttpRequest::default() }
    }

    /// ALB guide, "Condition types": a condition is met when one of its values fits.
    #[test]
    fn one_of_the_values_must_fit() {
        let condition = Condition::PathPattern(texts(&["/img/*", "/js/*"]));
        assert!(from_anywhere(&condition, &path("/img/a")) && from_anywhere(&condition, &path("/js/a")));
        assert!(!from_anywhere(&condition, &path("/css/a")));
    }

    /// ALB guide, "Condition types", host conditions: not case-sensitive; `*.example.com` does not match
    /// `example.com`.
    #[test]
    fn a_host_is_compared_whatever_its_case_and_a_wildcard_label_needs_its_dot() {
        let condition = Condition::HostHeader(texts(&["*.Example.com"]));
        assert!(from_anywhere(&condition, &host("test.example.com")));
        assert!(from_anywhere(&condition, &host("TEST.EXAMPLE.COM")));
        assert!(!from_anywhere(&condition, &host("example.com")));
    }

    /// ALB guide, "Condition types", path conditions: case-sensitive.
    #[test]
    fn a_path_is_compared_with_its_case() {
        let condition = Condition::PathPattern(texts(&["/img/*"]));
        assert!(from_anywhere(&condition, &path("/img/picture.jpg")));
        assert!(!from_anywhere(&condition, &path("/IMG/picture.jpg")));
    }

    /// ALB guide, "Condition types", path conditions: the path only, never the query string.
    #[test]
    fn a_path_pattern_does_not_see_the_query() {
        let request = HttpRequest { query: "file=a.png".to_owned(), ..path("/download") };
        assert!(!from_anywhere(&Condition::PathPattern(texts(&["*.png"])), &request));
        assert!(from_anywhere(&Condition::PathPattern(texts(&["/download"])), &request));
    }

    /// ALB guide, "Condition types", path conditions: after URI normalisation.
    #[test]
    fn a_path_is_compared_after_normalisation() {
        let condition = Condition::PathPattern(texts(&["/admin/*"]));
        assert!(from_anywhere(&condition, &path("/public/../%61dmin/users")));
        assert!(!from_anywhere(&condition, &path("/admin/../public")));
    }

    /// API `HttpHeaderConditionConfig`: neither the name nor the value is case-sensitive.
    #[test]
    fn a_header_is_compared_whatever_its_case() {
        let name = "user-agent".to_owned();
        let condition = Condition::HttpHeader { name, values: texts(&["*chrome*", "*Safari*"]) };
        assert!(from_anywhere(&condition, &headers(&[("User-Agent", "Mozilla Chrome/130")])));
        assert!(!from_anywhere(&condition, &headers(&[("User-Agent", "curl/8")])));
        assert!(!from_anywhere(&condition, &headers(&[])));
    }

    /// API `HttpHeaderConditionConfig`: a header that stands several times is searched in order until one
    /// matches.
    #[test]
    fn every_header_of_the_name_is_searched() {
        let condition = Condition::HttpHeader { name: "X-Team".to_owned(), values: texts(&["blue"]) };
        assert!(from_anywhere(&condition, &headers(&[("X-Team", "red"), ("x-team", "BLUE")])));
        assert!(!from_anywhere(&condition, &headers(&[("X-Team", "red, blue")])));
    }

    /// API `QueryStringConditionConfig`: key and value, or the value of any key; not case-sensitive.
    #[test]
    fn a_query_is_compared_by_key_and_value_or_by_value_alone_whatever_its_case() {
        let pattern = |key: Option<&str>, value: &str| QueryPattern {
            key: key.map(str::to_owned),
            value: value.to_owned(),
        };
        let condition =
            Condition::QueryString(vec![pattern(Some("version"), "v1"), pattern(None, "example")]);
        for text in ["version=v1", "a=b&VERSION=V1", "any=Example", "example", "x&y=example"] {
            assert!(from_anywhere(&condition, &query(text)), "{text}");
        }
        for text in ["", "version=v2", "version", "v1", "v1=version", "example=1", "any=examples"] {
            assert!(!from_anywhere(&condition, &query(text)), "{text}");
        }
    }

    /// API `QueryStringConditionConfig`: wildcards, and `\` before one that is meant literally.
    #[test]
    fn a_query_pattern_has_wildcards_that_can_be_escaped() {
        let any =
            |value: &str| Condition::QueryString(vec![QueryPattern { key: None, value: value.to_owned() }]);
        assert!(from_anywhere(&any("v?"), &query("version=v2")));
        assert!(from_anywhere(&any(r"what\?"), &query("q=what?")));
        assert!(!from_anywhere(&any(r"what\?"), &query("q=whats")));
        assert!(!from_anywhere(&any("*"), &query("")));
    }

    /// API `HttpRequestMethodConditionConfig`: case-sensitive, and no wildcards.
    #[test]
    fn a_method_is_compared_exactly() {
        let condition = Condition::HttpRequestMethod(texts(&["GET", "CUSTOM-METHOD"]));
        let with = |method: &str| HttpRequest { method: method.to_owned(), ..HttpRequest::default() };
        assert!(from_anywhere(&condition, &with("GET")) && from_anywhere(&condition, &with("CUSTOM-METHOD")));
        assert!(!from_anywhere(&condition, &with("get")) && !from_anywhere(&condition, &with("POST")));
        assert!(!from_anywhere(&Condition::HttpRequestMethod(texts(&["*"])), &with("GET")));
    }

    /// API `SourceIpConditionConfig`: the address of the connection, never those in `X-Forwarded-For`.
    #[test]
    fn a_source_is_the_peer_of_the_connection_whatever_x_forwarded_for_says() {
        let condition = Condition::SourceIp(vec!["192.0.2.0/24".parse().expect("a block")]);
        let request = headers(&[("X-Forwarded-For", "192.0.2.9")]);
        assert!(condition.is_met(&request, IpAddr::from([192, 0, 2, 1])));
        assert!(!condition.is_met(&request, IpAddr::from([203, 0, 113, 7])));
    }

    #[test]
    fn a_condition_reads_as_it_is_configured() {
        let header = Condition::HttpHeader { name: "X-Team".to_owned(), values: texts(&["a*", "b"]) };
        assert_eq!(header.to_string(), "http-header X-Team: a* or b");
        let pairs = [(Some("version"), "v1"), (None, "example")];
        let pairs =
            pairs.map(|(key, value)| QueryPattern { key: key.map(str::to_owned), value: value.to_owned() });
        let query = Condition::QueryString(pairs.to_vec());
        assert_eq!(query.to_string(), "query-string version=v1 or example");
        let source = Condition::SourceIp(vec!["10.0.0.0/8".parse().expect("a block")]);
        assert_eq!(source.to_string(), "source-ip 10.0.0.0/8");
    }
}
