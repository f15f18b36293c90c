//! A request as a client sends it: as much of it as a listener looks at.

use serde::{Deserialize, Serialize};

use std::borrow::Cow;
use std::fmt;

/// The protocol of a listener, and of a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Protocol {
    /// `HTTP`.
    #[default]
    Http,
    /// `HTTPS`.
    Https,
}

impl Protocol {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }

    /// As it begins a URL.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a URL need not name.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The HTTP version that a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    #[default]
    Http11,
    /// HTTP/2, with HTTPS listeners only.
    Http2,
    /// Any other: no load balancer expects it.
    Other,
}

impl HttpVersion {
    /// As it is written in a request line and in an access log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2.0",
            Self::Other => "HTTP/?.?",
        }
    }
}

impl fmt::Display for HttpVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The protocol: it goes to a listener of the same one.
    pub protocol: Protocol,
    /// The listener port it is sent to: 1 to 65535.
    pub port: u16,
    /// The HTTP version.
    pub version: HttpVersion,
    /// The method, as it was sent.
    pub method: String,
    /// The host header without its port; empty when the request has none.
    pub host: String,
    /// The path, from its `/` on, as it was sent.
    pub path: String,
    /// The query string without its `?`.
    pub query: String,
    /// The other headers in their order, names as they were sent. A name can stand more than once.
    pub headers: Vec<(String, String)>,
}

impl Default for HttpRequest {
    /// `GET http://www.example.com/`, HTTP/1.1.
    fn default() -> Self {
        Self {
            protocol: Protocol::Http,
            port: Protocol::Http.default_port(),
            version: HttpVersion::Http11,
            method: "GET".to_owned(),
            host: "www.example.com".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: Vec::new(),
        }
    }
}

impl HttpRequest {
    /// Its URL; the port is left out where the protocol implies it.
    pub fn url(&self) -> String {
        let mut url = String::from(self.protocol.scheme());
        url.push_str("://");
        url.push_str(&self.host);
        if self.port != self.protocol.default_port() {
            url.push(':');
            url.push_str(&self.port.to_string());
        }
        url.push_str(&self.path);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        url
    }

    /// The values of all headers of this name, in their order. Names are the same in upper and lower case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// Whether this is a gRPC call: HTTP/2 with a content type of gRPC.
    pub fn is_grpc(&self) -> bool {
        const GRPC: &str = "application/grpc";
        let is_grpc = |value: &str| value.get(..GRPC.len()).is_some_and(|v| v.eq_ignore_ascii_case(GRPC));
        self.version == HttpVersion::Http2 && self.header("content-type").any(is_grpc)
    }

    /// The path that rules are compared with: after URI normalisation (ALB guide, "Condition types").
    /// Borrowed, and not copied, for a path that is normal as it was sent, which nearly all are.
    ///
    /// AWS does not say what its normalisation does. Our choice is RFC 3986, 6.2.2: escaped letters, digits
    /// and `-._~` are unescaped, other escapes get capital letters, and the segments `.` and `..` are
    /// resolved.
    pub fn normal_path(&self) -> Cow<'_, str> {
        let path = self.path.as_str();
        let dots = |segment| segment == "." || segment == "..";
        if !path.starts_with('/') || !(path.contains('%') || path.split('/').any(dots)) {
            return Cow::Borrowed(path);
        }
        Cow::Owned(without_dots(&unescaped(path)))
    }
}

/// With escapes of what needs none undone, and all other escapes in capital letters.
fn unescaped(path: &str) -> String {
    let mut parts = path.split('%');
    let mut out = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
                out.push_str(&part[2..]);
            }
            Some(_) => {
                out.push('%');
                out.push_str(&part[..2].to_ascii_uppercase());
                out.push_str(&part[2..]);
            }
            None => {
                out.push('%');
                out.push_str(part);
            }
        }
    }
    out
}

/// With the segments `.` and `..` resolved; `..` at the root stays there.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if segments.peek().is_none() {
            kept.push("");
        }
    }
    let mut out = String::with_capacity(path.len());
    for segment in kept {
        out.push('/');
        out.push_str(segment);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_the_port_only_when_the_protocol_does_not_imply_it() {
        let mut request = HttpRequest::default();
        assert_eq!(request.url(), "http://www.example.com/");
        request.port = 8080;
        request.path = "/img/a.png".to_owned();
        request.query = "size=2".to_owned();
        assert_eq!(request.url(), "http://www.example.com:8080/img/a.png?size=2");
        request.protocol = Protocol::Https;
        request.port = 443;
        assert_eq!(request.url(), "https://www.example.com/img/a.png?size=2");
    }

    #[test]
    fn headers_of_one_name_come_in_their_order_whatever_their_case() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![header("Accept", "a"), header("X-Team", "b"), header("x-team", "c")];
        let request = HttpRequest { headers, ..HttpRequest::default() };
        assert!(request.header("X-TEAM").eq(["b", "c"]));
        assert_eq!(request.header("Host").count(), 0);
    }

    #[test]
    fn a_grpc_call_is_http_2_with_its_content_type() {
        let headers = vec![("Content-Type".to_owned(), "application/grpc+proto".to_owned())];
        let call = HttpRequest { version: HttpVersion::Http2, headers, ..HttpRequest::default() };
        assert!(call.is_grpc());
        assert!(!HttpRequest { version: HttpVersion::Http11, ..call }.is_grpc());
        assert!(!HttpRequest { version: HttpVersion::Http2, ..HttpRequest::default() }.is_grpc());
    }

    #[test]
    fn a_path_is_normalised_as_rfc_3986_says() {
        for (path, normal) in [
            ("/img/a.png", "/img/a.png"),
            ("/", "/"),
            ("/public/../admin", "/admin"),
            ("/public/%2e%2E/admin", "/admin"),
            ("/%61pi/./v1", "/api/v1"),
            ("/a/b/..", "/a/"),
            ("/a/.", "/a/"),
            ("/..", "/"),
            ("/../../x", "/x"),
            ("/a//b/.hidden", "/a//b/.hidden"),
            ("/a%2fb", "/a%2Fb"),
            ("/100%", "/100%"),
            ("/%é/..", "/"),
            ("/%+f", "/%+f"),
            ("*", "*"),
        ] {
            let request = HttpRequest { path: path.to_owned(), ..HttpRequest::default() };
            assert_eq!(request.normal_path(), normal, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_normal_is_not_copied() {
        for path in ["/", "/img/.hidden/a..b.png"] {
            let request = HttpRequest { path: path.to_owned(), ..HttpRequest::default() };
            assert!(matches!(request.normal_path(), Cow::Borrowed(_)), "{path}");
        }
    }
}
