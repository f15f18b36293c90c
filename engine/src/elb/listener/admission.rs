//! What a node refuses before it looks at any rule, and what it cannot pass on to a target group of another
//! protocol version (ALB guide, "Troubleshoot your Application Load Balancers").

use serde::{Deserialize, Serialize};

use std::fmt;

use super::message::{HttpRequest, HttpVersion, Protocol};

/// Why a node refuses a request by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refused {
    /// 400: the request line is longer than 16 K.
    RequestLineTooLong,
    /// 400: one header is longer than 16 K.
    HeaderTooLong,
    /// 400: all headers together are longer than 64 K.
    HeadersTooLong,
    /// 400: HTTP/1.1 and later need a host.
    NoHost,
    /// 405: `TRACE`.
    Trace,
    /// 414: the URL is too large.
    UrlTooLong,
    /// 463: `X-Forwarded-For` names more than 30 addresses.
    TooManyForwardedFor,
    /// 464: the target group does not speak the client's protocol.
    ProtocolMismatch,
    /// 501: `Transfer-Encoding` is neither `chunked` nor `identity`.
    TransferEncoding,
    /// 505: a version of HTTP that is not expected here.
    Version,
}

impl Refused {
    /// The status that the client gets.
    pub const fn status(self) -> u16 {
        match self {
            // That it is 400 and not 413, both of which AWS's list names, is our choice.
            Self::RequestLineTooLong | Self::HeaderTooLong | Self::HeadersTooLong | Self::NoHost => 400,
            Self::Trace => 405,
            Self::UrlTooLong => 414,
            Self::TooManyForwardedFor => 463,
            Self::ProtocolMismatch => 464,
            Self::TransferEncoding => 501,
            Self::Version => 505,
        }
    }

    /// Why, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestLineTooLong => "the request line is longer than 16 K",
            Self::HeaderTooLong => "a header is longer than 16 K",
            Self::HeadersTooLong => "the headers are longer than 64 K together",
            Self::NoHost => "there is no Host header",
            Self::Trace => "a load balancer does not take TRACE",
            Self::UrlTooLong => "the URL is longer than 16 K",
            Self::TooManyForwardedFor => "X-Forwarded-For names more than 30 addresses",
            Self::ProtocolMismatch => "the target group does not speak the client's protocol",
            Self::TransferEncoding => "Transfer-Encoding is neither chunked nor identity",
            Self::Version => "this version of HTTP is not expected here",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest request line and the longest header, in bytes (ALB guide, "Quotas").
const LINE_MAX: usize = 16 * 1_024;
/// All headers together, in bytes (ALB guide, "Quotas").
const HEADERS_MAX: usize = 64 * 1_024;
/// The most addresses in `X-Forwarded-For`.
const FORWARDED_MAX: usize = 30;

/// What a node refuses about a request before it looks at any rule, if anything.
///
/// Of several reasons the first in this order is taken, which is our choice. So is the border between 414 and
/// 400: the URL alone is beyond the limit of a request line, or it is not but the method and the version
/// bring the line there. A line is counted without its end, and the host header among the headers.
pub fn refuse(request: &HttpRequest) -> Option<Refused> {
    // HTTP/2 is for HTTPS listeners (ALB guide, "Listeners"); the answer to it elsewhere is our choice.
    let http2 = request.version == HttpVersion::Http2;
    if request.version == HttpVersion::Other || (http2 && request.protocol == Protocol::Http) {
        return Some(Refused::Version);
    }
    let url = request.path.len() + request.query.len() + usize::from(!request.query.is_empty());
    if url > LINE_MAX {
        return Some(Refused::UrlTooLong);
    }
    if request.method.len() + url + request.version.as_str().len() + 2 > LINE_MAX {
        return Some(Refused::RequestLineTooLong);
    }
    let line = |name: &str, value: &str| name.len() + 2 + value.len();
    let mut headers = line("Host", &request.host);
    let mut longest = headers;
    for (name, value) in &request.headers {
        let length = line(name, value);
        headers += length;
        longest = longest.max(length);
    }
    if longest > LINE_MAX {
        return Some(Refused::HeaderTooLong);
    }
    if headers > HEADERS_MAX {
        return Some(Refused::HeadersTooLong);
    }
    if request.host.is_empty() && request.version != HttpVersion::Http10 {
        return Some(Refused::NoHost);
    }
    if request.method == "TRACE" {
        return Some(Refused::Trace);
    }
    let is_known =
        |coding: &str| coding.eq_ignore_ascii_case("chunked") || coding.eq_ignore_ascii_case("identity");
    if !listed(request, "transfer-encoding").all(is_known) {
        return Some(Refused::TransferEncoding);
    }
    if listed(request, "x-forwarded-for").count() > FORWARDED_MAX {
        return Some(Refused::TooManyForwardedFor);
    }
    None
}

/// The elements of the lists in all headers of this name.
fn listed<'a>(request: &'a HttpRequest, name: &'a str) -> impl Iterator<Item = &'a str> {
    let elements = request.header(name).flat_map(|value| value.split(','));
    elements.map(str::trim).filter(|element| !element.is_empty())
}

/// `ProtocolVersion` of a target group: what the load balancer speaks with its targets (API
/// `CreateTargetGroup`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProtocolVersion {
    /// `HTTP1`: HTTP/1.1.
    #[default]
    Http1,
    /// `HTTP2`.
    Http2,
    /// `GRPC`.
    Grpc,
}

impl ProtocolVersion {
    /// All of them, in AWS's order.
    pub const ALL: [Self; 3] = [Self::Http1, Self::Http2, Self::Grpc];

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP1",
            Self::Http2 => "HTTP2",
            Self::Grpc => "GRPC",
        }
    }

    /// Whether a listener of this protocol can forward to it: HTTP/2 and gRPC need HTTPS (ALB guide, "Target
    /// groups").
    pub const fn works_with(self, listener: Protocol) -> bool {
        matches!((self, listener), (Self::Http1, _) | (_, Protocol::Https))
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What stands in the way of forwarding a request to a target group of this version, if anything (ALB guide,
/// "Target groups", protocol version).
pub fn refuse_for(request: &HttpRequest, group: ProtocolVersion) -> Option<Refused> {
    let http2 = request.version == HttpVersion::Http2;
    let accepted = match group {
        ProtocolVersion::Http1 => !request.is_grpc(),
        ProtocolVersion::Http2 => http2,
        ProtocolVersion::Grpc => http2 && request.method == "POST",
    };
    (!accepted).then_some(Refused::ProtocolMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: usize = 1_024;

    fn with_headers(headers: &[(&str, &str)]) -> HttpRequest {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        HttpRequest { headers: headers.iter().map(owned).collect(), ..HttpRequest::default() }
    }

    fn status(request: &HttpRequest) -> Option<u16> {
        refuse(request).map(Refused::status)
    }

    /// ELB guide, "How Elastic Load Balancing works": the methods. ALB guide, "Condition types": there are
    /// custom ones.
    #[test]
    fn ordinary_requests_are_not_refused() {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CUSTOM-METHOD"] {
            let request = HttpRequest { method: method.to_owned(), ..HttpRequest::default() };
            assert_eq!(status(&request), None, "{method}");
        }
    }

    /// ALB guide, "Quotas" and "Troubleshoot", 400: 16 K for one header.
    #[test]
    fn a_header_of_more_than_16_k_is_answered_400() {
        let value = "x".repeat(16 * K - "a: ".len());
        assert_eq!(status(&with_headers(&[("a", &value)])), None);
        assert_eq!(status(&with_headers(&[("ab", &value)])), Some(400));
    }

    /// ALB guide, "Quotas" and "Troubleshoot", 400: 64 K for all headers.
    #[test]
    fn headers_of_more_than_64_k_together_are_answered_400() {
        let full = "x".repeat(16 * K - "a: ".len());
        let rest = "x".repeat(16 * K - "a: ".len() - "Host: www.example.com".len());
        let headers = [("a", full.as_str()), ("b", &full), ("c", &full)];
        assert_eq!(status(&with_headers(&[&headers[..], &[("d", &rest)]].concat())), None);
        assert_eq!(status(&with_headers(&[&headers[..], &[("dd", &rest)]].concat())), Some(400));
    }

    /// ALB guide, "Quotas" and "Troubleshoot", 400: 16 K for the request line. 414: the URL is too large. The
    /// border between the two is our choice.
    #[test]
    fn a_url_of_more_than_16_k_is_answered_414_and_a_request_line_that_is_longer_for_the_rest_of_it_400() {
        let line = |path: usize, query: usize| HttpRequest {
            path: format!("/{}", "p".repeat(path - 1)),
            query: "q".repeat(query),
            ..HttpRequest::default()
        };
        let around = "GET  HTTP/1.1".len();
        assert_eq!(status(&line(16 * K - around, 0)), None);
        assert_eq!(status(&line(16 * K - around + 1, 0)), Some(400));
        assert_eq!(status(&line(16 * K, 0)), Some(400));
        assert_eq!(status(&line(16 * K + 1, 0)), Some(414));
        assert_eq!(status(&line(8 * K, 8 * K)), Some(414));
    }

    /// ALB guide, "Troubleshoot", 400: a malformed request. RFC 9112, 3.2: HTTP/1.1 needs a host.
    #[test]
    fn a_request_without_a_host_is_answered_400_unless_it_is_http_1_0() {
        let request = HttpRequest { host: String::new(), ..HttpRequest::default() };
        assert_eq!(status(&request), Some(400));
        assert_eq!(status(&HttpRequest { version: HttpVersion::Http10, ..request }), None);
    }

    /// ALB guide, "Troubleshoot", 405.
    #[test]
    fn trace_is_answered_405() {
        let request = HttpRequest { method: "TRACE".to_owned(), ..HttpRequest::default() };
        assert_eq!(status(&request), Some(405));
    }

    /// ALB guide, "Troubleshoot", 463: more than 30 addresses.
    #[test]
    fn more_than_30_addresses_in_x_forwarded_for_are_answered_463() {
        let thirty = ["192.0.2.1"; 30].join(", ");
        assert_eq!(status(&with_headers(&[("X-Forwarded-For", &thirty)])), None);
        assert_eq!(status(&with_headers(&[("X-Forwarded-For", &format!("{thirty},::1"))])), Some(463));
        assert_eq!(
            status(&with_headers(&[("x-forwarded-for", &thirty), ("X-Forwarded-For", "::1")])),
            Some(463)
        );
    }

    /// ALB guide, "Troubleshoot", 501: only `chunked` and `identity` are supported.
    #[test]
    fn a_transfer_encoding_but_chunked_and_identity_is_answered_501() {
        for (coding, expected) in
            [("chunked", None), ("Identity", None), ("gzip", Some(501)), ("gzip, chunked", Some(501))]
        {
            assert_eq!(status(&with_headers(&[("Transfer-Encoding", coding)])), expected, "{coding}");
        }
    }

    /// ALB guide, "Troubleshoot", 505, and "Listeners": HTTP/2 comes with HTTPS listeners only.
    #[test]
    fn an_unexpected_version_is_answered_505_and_so_is_http_2_without_https() {
        let request = |version, protocol| HttpRequest { version, protocol, ..HttpRequest::default() };
        for version in [HttpVersion::Http10, HttpVersion::Http11] {
            assert_eq!(status(&request(version, Protocol::Http)), None);
        }
        assert_eq!(status(&request(HttpVersion::Other, Protocol::Https)), Some(505));
        assert_eq!(status(&request(HttpVersion::Http2, Protocol::Https)), None);
        assert_eq!(status(&request(HttpVersion::Http2, Protocol::Http)), Some(505));
    }

    /// ALB guide, "Target groups", protocol version, and "Troubleshoot", 464.
    #[test]
    fn a_target_group_of_another_protocol_version_is_answered_464_as_the_table_says() {
        use ProtocolVersion::{Grpc, Http1, Http2};
        let http1 = HttpRequest { protocol: Protocol::Https, port: 443, ..HttpRequest::default() };
        let get = HttpRequest { version: HttpVersion::Http2, ..http1.clone() };
        let post = HttpRequest { method: "POST".to_owned(), ..get.clone() };
        let headers = vec![("content-type".to_owned(), "application/grpc".to_owned())];
        let grpc = HttpRequest { headers, ..post.clone() };
        for (request, group, accepted) in [
            (&http1, Http1, true),
            (&http1, Http2, false),
            (&http1, Grpc, false),
            (&get, Http1, true),
            (&get, Http2, true),
            (&get, Grpc, false),
            (&post, Http1, true),
            (&post, Http2, true),
            (&post, Grpc, true),
            (&grpc, Http1, false),
            (&grpc, Http2, true),
            (&grpc, Grpc, true),
        ] {
            let expected = if accepted { None } else { Some(464) };
            assert_eq!(refuse_for(request, group).map(Refused::status), expected, "{request:?} {group}");
        }
    }

    /// ALB guide, "Target groups": HTTP/2 and gRPC target groups need an HTTPS listener.
    #[test]
    fn http_2_and_grpc_target_groups_need_an_https_listener() {
        let with_http = ProtocolVersion::ALL.map(|version| version.works_with(Protocol::Http));
        assert_eq!(with_http, [true, false, false]);
        assert!(ProtocolVersion::ALL.iter().all(|version| version.works_with(Protocol::Https)));
    }
}
