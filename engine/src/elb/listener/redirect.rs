//! Redirects: where a client is sent instead.

use serde::{Deserialize, Serialize};

use super::action::{ActionRefused, bad};
use super::message::{HttpRequest, Protocol};

/// The status of a redirect (API `RedirectActionConfig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RedirectStatus {
    /// `HTTP_301`: for good.
    MovedPermanently301,
    /// `HTTP_302`: for now.
    Found302,
}

impl RedirectStatus {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MovedPermanently301 => "HTTP_301",
            Self::Found302 => "HTTP_302",
        }
    }

    /// The status code.
    pub const fn code(self) -> u16 {
        match self {
            Self::MovedPermanently301 => 301,
            Self::Found302 => 302,
        }
    }
}

/// `redirect`: the client is told another URL. Texts can hold parts of the request's own URL: `#{protocol}`,
/// `#{host}`, `#{port}`, `#{path}` (without its leading `/`) and `#{query}` (API `RedirectActionConfig`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Redirect {
    /// The status.
    pub status: RedirectStatus,
    /// The protocol; none stands for `#{protocol}`.
    pub protocol: Option<Protocol>,
    /// The port: 1 to 65535; none stands for `#{port}`.
    pub port: Option<u16>,
    /// The host: 1 to 128 characters. It can hold `#{host}`.
    pub host: String,
    /// The path: 1 to 128 characters from its `/` on. It can hold `#{host}`, `#{port}` and `#{path}`.
    pub path: String,
    /// The query string without its `?`: up to 128 characters. It can hold all of them.
    pub query: String,
}

/// A redirect whose URL is longer than 8 K cannot be completed (ALB guide, "CloudWatch metrics",
/// `HTTP_Redirect_Url_Limit_Exceeded_Count`); the answer is 507 ("Troubleshoot your Application Load
/// Balancers").
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the URL of the redirect has {bytes} bytes, more than the 8192 that fit")]
pub struct RedirectTooLong {
    /// How long the URL would be.
    pub bytes: usize,
}

impl RedirectTooLong {
    /// The status that the client gets.
    pub const STATUS: u16 = 507;
}

const KEYWORDS: [&str; 5] = ["#{protocol}", "#{host}", "#{port}", "#{path}", "#{query}"];
const HOST: &str = KEYWORDS[1];
const PATH: &str = "/#{path}";
const QUERY: &str = KEYWORDS[4];

impl Redirect {
    /// The longest URL, in bytes.
    const URL_MAX: usize = 8 * 1_024;

    /// A redirect that keeps everything: AWS's default for each part. It must change something to be
    /// accepted.
    pub fn keep_all(status: RedirectStatus) -> Self {
        Self {
            status,
            protocol: None,
            port: None,
            host: HOST.to_owned(),
            path: PATH.to_owned(),
            query: QUERY.to_owned(),
        }
    }

    /// Where a client that follows it goes next. What a client does with the method, the body and the headers
    /// is the client's affair: they stay as they are.
    ///
    /// # Errors
    /// When the URL is too long to be sent.
    pub fn location(&self, request: &HttpRequest) -> Result<HttpRequest, RedirectTooLong> {
        let next = HttpRequest {
            protocol: self.protocol.unwrap_or(request.protocol),
            port: self.port.unwrap_or(request.port),
            host: filled(&self.host, request),
            path: filled(&self.path, request),
            query: filled(&self.query, request),
            ..request.clone()
        };
        let bytes = next.url().len();
        if bytes > Self::URL_MAX { Err(RedirectTooLong { bytes }) } else { Ok(next) }
    }

    /// A protocol or a port that is written out but is the listener's own changes nothing: that AWS counts it
    /// as a loop, too, is our choice.
    pub(super) fn check(&self, protocol: Protocol, port: u16) -> Vec<ActionRefused> {
        let mut refused = Vec::new();
        if (protocol, self.protocol) == (Protocol::Https, Some(Protocol::Http)) {
            refused.push(ActionRefused::HttpsToHttp);
        }
        let same_server = self.protocol.unwrap_or(protocol) == protocol && self.port.unwrap_or(port) == port;
        if same_server && self.host == HOST && self.path == PATH {
            refused.push(ActionRefused::Loop);
        }
        if self.port == Some(0) {
            refused.push(bad("Port", 0, "#{port} or a number from 1 to 65535"));
        }
        if !has_length(&self.host, 1) || !only(&self.host, &[HOST]) {
            refused.push(bad("Host", &self.host, "1 to 128 characters, which can hold #{host}"));
        }
        if !has_length(&self.path, 1) || !self.path.starts_with('/') || !only(&self.path, &KEYWORDS[1..4]) {
            let allowed =
                "1 to 128 characters from a leading / on, which can hold #{host}, #{port} and #{path}";
            refused.push(bad("Path", &self.path, allowed));
        }
        if !has_length(&self.query, 0) || self.query.starts_with('?') || !only(&self.query, &KEYWORDS) {
            let allowed = "up to 128 characters without a leading ?, which can hold #{protocol}, #{host}, #{port}, \
                           #{path} and #{query}";
            refused.push(bad("Query", &self.query, allowed));
        }
        refused
    }
}

fn has_length(text: &str, min: usize) -> bool {
    (min..=128).contains(&text.chars().count())
}

/// Whether a text holds no other keywords than these.
fn only(text: &str, keywords: &[&str]) -> bool {
    text.match_indices("#{").all(|(at, _)| keywords.iter().any(|keyword| text[at..].starts_with(keyword)))
}

/// The text with its keywords replaced by the parts of the request's URL.
fn filled(template: &str, request: &HttpRequest) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("#{") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let keyword = KEYWORDS.iter().find(|keyword| rest.starts_with(**keyword)).copied();
        match keyword {
            Some("#{protocol}") => out.push_str(request.protocol.scheme()),
            Some("#{host}") => out.push_str(&request.host),
            Some("#{port}") => out.push_str(&request.port.to_string()),
            Some("#{path}") => out.push_str(request.path.strip_prefix('/').unwrap_or(&request.path)),
            Some("#{query}") => out.push_str(&request.query),
            _ => out.push_str("#{"),
        }
        rest = &rest[keyword.map_or(2, str::len)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep_all() -> Redirect {
        Redirect::keep_all(RedirectStatus::Found302)
    }

    fn request() -> HttpRequest {
        HttpRequest { path: "/a/b".to_owned(), query: "x=1".to_owned(), ..HttpRequest::default() }
    }

    fn url(redirect: &Redirect) -> String {
        redirect.location(&request()).expect("short enough").url()
    }

    fn accepts(redirect: &Redirect) -> bool {
        redirect.check(Protocol::Http, 80).is_empty()
    }

    /// ALB guide, "Action types": the idiom that leads from HTTP to HTTPS and keeps the rest.
    #[test]
    fn http_is_redirected_to_https_with_host_path_and_query_kept() {
        let redirect = Redirect { protocol: Some(Protocol::Https), port: Some(443), ..keep_all() };
        assert_eq!(url(&redirect), "https://www.example.com/a/b?x=1");
        assert!(accepts(&redirect));
    }

    /// API `RedirectActionConfig`: parts that are not changed keep their values, the port among them.
    #[test]
    fn a_redirect_to_https_that_forgets_the_port_keeps_port_80() {
        let redirect = Redirect { protocol: Some(Protocol::Https), ..keep_all() };
        assert_eq!(url(&redirect), "https://www.example.com:80/a/b?x=1");
    }

    /// API `RedirectActionConfig`: the five keywords; `#{path}` comes without its leading `/`.
    #[test]
    fn keywords_stand_for_the_parts_of_the_requests_url() {
        let redirect = Redirect {
            host: "new.#{host}".to_owned(),
            path: "/new/#{path}/#{host}/#{port}".to_owned(),
            query: "#{query}&from=#{protocol}://#{host}:#{port}/#{path}".to_owned(),
            ..keep_all()
        };
        let expected = "http://new.www.example.com/new/a/b/www.example.com/80\
                        ?x=1&from=http://www.example.com:80/a/b";
        assert_eq!(url(&redirect), expected);
        assert!(accepts(&redirect));
    }

    /// API `RedirectActionConfig`: the protocol, the host, the port or the path must change.
    #[test]
    fn a_redirect_that_changes_nothing_or_only_the_query_is_refused() {
        let port_80 = Some(80);
        for same in [
            keep_all(),
            Redirect { query: "a=b".to_owned(), ..keep_all() },
            Redirect { protocol: Some(Protocol::Http), port: port_80, ..keep_all() },
        ] {
            assert_eq!(same.check(Protocol::Http, 80), [ActionRefused::Loop]);
        }
        for other in [
            Redirect { protocol: Some(Protocol::Https), ..keep_all() },
            Redirect { port: Some(8080), ..keep_all() },
            Redirect { host: "example.org".to_owned(), ..keep_all() },
            Redirect { path: "/new/#{path}".to_owned(), ..keep_all() },
        ] {
            assert!(accepts(&other), "{other:?}");
        }
    }

    /// API `RedirectActionConfig`: HTTP to HTTP, HTTP to HTTPS and HTTPS to HTTPS, not HTTPS to HTTP.
    #[test]
    fn https_is_never_redirected_to_http() {
        let to = |protocol| Redirect { protocol: Some(protocol), port: Some(8443), ..keep_all() };
        assert_eq!(to(Protocol::Http).check(Protocol::Https, 443), [ActionRefused::HttpsToHttp]);
        assert!(to(Protocol::Https).check(Protocol::Https, 443).is_empty());
        assert!(accepts(&to(Protocol::Http)) && accepts(&to(Protocol::Https)));
    }

    /// API `RedirectActionConfig`: up to 128 characters each, a path from its `/` on, a query without its
    /// `?`, and only the keywords that each part can hold.
    #[test]
    fn the_parts_of_a_redirect_have_their_limits() {
        let host = |host: &str| accepts(&Redirect { host: host.to_owned(), ..keep_all() });
        let path = |path: &str| accepts(&Redirect { path: path.to_owned(), ..keep_all() });
        let query =
            |query: &str| accepts(&Redirect { query: query.to_owned(), port: Some(8080), ..keep_all() });
        assert!(host(&"h".repeat(128)) && !host(&"h".repeat(129)) && !host("") && !host("#{path}"));
        assert!(path(&format!("/{}", "p".repeat(127))) && !path(&format!("/{}", "p".repeat(128))));
        assert!(!path("") && !path("p") && !path("/#{query}") && !path("/#{nothing}"));
        assert!(query("") && query(&"q".repeat(128)) && !query(&"q".repeat(129)) && !query("?a=b"));
        assert!(!accepts(&Redirect { port: Some(0), ..keep_all() }));
    }

    /// ALB guide, "CloudWatch metrics", `HTTP_Redirect_Url_Limit_Exceeded_Count`: 8 K; "Troubleshoot", 507.
    #[test]
    fn a_redirect_to_a_url_of_more_than_8_k_cannot_be_completed() {
        let redirect = Redirect { port: Some(8080), query: String::new(), ..keep_all() };
        let around = "http://www.example.com:8080/".len();
        let request = |length: usize| HttpRequest {
            path: format!("/{}", "p".repeat(length - around)),
            ..HttpRequest::default()
        };
        assert!(redirect.location(&request(8_192)).is_ok());
        assert_eq!(redirect.location(&request(8_193)), Err(RedirectTooLong { bytes: 8_193 }));
        assert_eq!(RedirectTooLong::STATUS, 507);
    }

    #[test]
    fn what_is_no_keyword_stays_as_it_is() {
        let redirect = Redirect { path: "/#{x}/#{path".to_owned(), query: String::new(), ..keep_all() };
        assert_eq!(url(&redirect), "http://www.example.com/#{x}/#{path");
    }
}
