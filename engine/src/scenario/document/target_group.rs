//! Target groups.

use serde::Deserialize;

use super::{Attribute, NotSimulated};

/// A target group.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetGroup {
    /// Letters, digits and hyphens, none at either end.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 32)))]
    pub(crate) name: String,
    /// The type of its targets: ip, as tasks on Fargate need it.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["ip"])))]
    pub(crate) target_type: String,
    /// What is spoken with its targets: HTTP.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["HTTP"])))]
    pub(crate) protocol: String,
    /// The version of it.
    #[serde(default = "http1")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = versions())))]
    pub(crate) protocol_version: String,
    /// The port of targets that are registered without one.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) port: i64,
    /// Whether targets are checked: targets of type ip always are.
    #[serde(default = "super::yes")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    pub(crate) health_check_enabled: bool,
    /// How they are checked: HTTP.
    #[serde(default = "http")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["HTTP"])))]
    pub(crate) health_check_protocol: String,
    /// The path that is asked for; / unless given, and /AWS.ALB/healthcheck for GRPC.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1_024)))]
    pub(crate) health_check_path: Option<String>,
    /// A port, as a text, or traffic-port, which it is unless given.
    #[serde(default)]
    pub(crate) health_check_port: Option<String>,
    /// How often they are checked; 30 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 5, max = 300)))]
    pub(crate) health_check_interval_seconds: Option<i64>,
    /// How long an answer may take; 5 unless given. Less than the interval.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 120)))]
    pub(crate) health_check_timeout_seconds: Option<i64>,
    /// How many checks in a row make an unhealthy target healthy again; 5 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 10)))]
    pub(crate) healthy_threshold_count: Option<i64>,
    /// How many failed checks in a row make a target unhealthy; 2 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 10)))]
    pub(crate) unhealthy_threshold_count: Option<i64>,
    /// Which statuses pass.
    #[serde(default)]
    pub(crate) matcher: Option<Matcher>,
    /// Its attributes.
    #[serde(default)]
    pub(crate) target_group_attributes: Vec<Attribute>,
}

fn http1() -> String {
    "HTTP1".to_owned()
}

fn http() -> String {
    "HTTP".to_owned()
}

#[cfg(feature = "schema")]
fn versions() -> [&'static str; 3] {
    crate::elb::listener::ProtocolVersion::ALL.map(crate::elb::listener::ProtocolVersion::as_str)
}

/// The statuses with which a health check passes.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Matcher {
    /// Statuses from 200 to 499, as a list or ranges.
    #[cfg_attr(feature = "schema", schemars(extend("examples" = ["200", "200,202", "200-299"])))]
    #[serde(default)]
    pub(crate) http_code: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) grpc_code: Option<NotSimulated>,
}

/// The settings of a health check, wherever they stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HealthCheck<'a> {
    pub(crate) path: Option<&'a str>,
    pub(crate) port: Option<&'a str>,
    pub(crate) interval_seconds: Option<i64>,
    pub(crate) timeout_seconds: Option<i64>,
    pub(crate) healthy_threshold_count: Option<i64>,
    pub(crate) unhealthy_threshold_count: Option<i64>,
    pub(crate) matcher: Option<&'a Matcher>,
}

impl HealthCheck<'_> {
    pub(crate) const fn is_empty(&self) -> bool {
        let Self { path, port, interval_seconds, timeout_seconds, matcher, .. } = self;
        path.is_none()
            && port.is_none()
            && interval_seconds.is_none()
            && timeout_seconds.is_none()
            && self.healthy_threshold_count.is_none()
            && self.unhealthy_threshold_count.is_none()
            && matcher.is_none()
    }
}

impl TargetGroup {
    pub(crate) fn health_check(&self) -> HealthCheck<'_> {
        HealthCheck {
            path: self.health_check_path.as_deref(),
            port: self.health_check_port.as_deref(),
            interval_seconds: self.health_check_interval_seconds,
            timeout_seconds: self.health_check_timeout_seconds,
            healthy_threshold_count: self.healthy_threshold_count,
            unhealthy_threshold_count: self.unhealthy_threshold_count,
            matcher: self.matcher.as_ref(),
        }
    }
}
