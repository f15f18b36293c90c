//! Listeners, their certificates, their rules and what those do.

use serde::Deserialize;

use super::NotSimulated;
use crate::elb::listener::{CertificateKey, Protocol, RedirectStatus};

/// `Protocol` of a listener, and of a redirect.
pub(crate) const PROTOCOLS: &[(&str, Protocol)] = &[("HTTP", Protocol::Http), ("HTTPS", Protocol::Https)];
/// `StatusCode` of a redirect.
pub(crate) const REDIRECT_STATUSES: &[(&str, RedirectStatus)] =
    &[("HTTP_301", RedirectStatus::MovedPermanently301), ("HTTP_302", RedirectStatus::Found302)];
/// `KeyAlgorithm` of a certificate, in ACM's words; ACM's default first.
pub(crate) const KEY_ALGORITHMS: &[(&str, CertificateKey)] = &[
    ("RSA_2048", CertificateKey::Rsa(2_048)),
    ("RSA_3072", CertificateKey::Rsa(3_072)),
    ("RSA_4096", CertificateKey::Rsa(4_096)),
    ("EC_prime256v1", CertificateKey::Ecdsa(256)),
    ("EC_secp384r1", CertificateKey::Ecdsa(384)),
    ("EC_secp521r1", CertificateKey::Ecdsa(521)),
];

/// A listener. Others name it by its protocol and port, such as HTTP:80.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Listener {
    /// The name of the load balancer.
    pub(crate) load_balancer_arn: String,
    /// The port.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) port: i64,
    /// The protocol.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(PROTOCOLS))))]
    pub(crate) protocol: String,
    /// The security policy of an HTTPS listener; ELBSecurityPolicy-2016-08 unless given, as in CloudFormation.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = policies())))]
    pub(crate) ssl_policy: Option<String>,
    /// The default certificate of an HTTPS listener: exactly one.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1)))]
    pub(crate) certificates: Vec<CertificateReference>,
    /// What is done with a request that meets no rule: exactly one action.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) default_actions: Vec<Action>,
}

#[cfg(feature = "schema")]
fn policies() -> Vec<&'static str> {
    crate::elb::listener::SecurityPolicy::ALL.iter().map(|policy| policy.as_str()).collect()
}

/// The name of a certificate.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CertificateReference {
    /// The CertificateArn of one of the scenario's Certificates.
    pub(crate) certificate_arn: String,
}

/// Further certificates of an HTTPS listener, from which it chooses by the name that a client asks for.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ListenerCertificate {
    /// The listener, by its protocol and port, such as HTTPS:443.
    pub(crate) listener_arn: String,
    /// The certificates.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 25)))]
    pub(crate) certificates: Vec<CertificateReference>,
}

/// A server certificate: as much of it as choosing among several looks at. Not CloudFormation's.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Certificate {
    /// Its name, by which listeners name it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) certificate_arn: String,
    /// The domains it is for; *. in front stands for one label.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 100)))]
    pub(crate) domain_names: Vec<String>,
    /// The algorithm of its public key.
    #[serde(default = "rsa")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(KEY_ALGORITHMS))))]
    pub(crate) key_algorithm: String,
    /// How many bits the hash of its signature has.
    #[serde(default = "sha_256")]
    #[cfg_attr(feature = "schema", schemars(range(min = 128, max = 512)))]
    pub(crate) hash_bits: i64,
    /// Whether its time is over.
    #[serde(default)]
    pub(crate) expired: bool,
    /// The length of its validity period, in days.
    #[serde(default = "thirteen_months")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 36_500)))]
    pub(crate) validity_days: i64,
}

fn rsa() -> String {
    KEY_ALGORITHMS[0].0.to_owned()
}

const fn sha_256() -> i64 {
    256
}

const fn thirteen_months() -> i64 {
    395
}

/// A rule of a listener.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ListenerRule {
    /// The listener, by its protocol and port, such as HTTPS:443.
    pub(crate) listener_arn: String,
    /// The rule with the lowest number is looked at first.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50_000)))]
    pub(crate) priority: i64,
    /// What a request must meet: all of them.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub(crate) conditions: Vec<Condition>,
    /// What is done with a request that does: exactly one action.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) actions: Vec<Action>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) transforms: Option<NotSimulated>,
}

/// A condition of a rule: one of its values must fit.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Condition {
    /// What it looks at.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = [
        "host-header", "path-pattern", "http-header", "query-string", "http-request-method", "source-ip",
    ])))]
    pub(crate) field: String,
    /// The patterns of a host-header or a path-pattern.
    #[serde(default)]
    pub(crate) values: Option<Vec<String>>,
    /// The same for a host-header.
    #[serde(default)]
    pub(crate) host_header_config: Option<Strings>,
    /// The same for a path-pattern.
    #[serde(default)]
    pub(crate) path_pattern_config: Option<Strings>,
    /// The header of an http-header and the patterns of its value.
    #[serde(default)]
    pub(crate) http_header_config: Option<HttpHeaderConfig>,
    /// The patterns of a query-string.
    #[serde(default)]
    pub(crate) query_string_config: Option<QueryStringConfig>,
    /// The methods of an http-request-method.
    #[serde(default)]
    pub(crate) http_request_method_config: Option<Strings>,
    /// The blocks of addresses of a source-ip.
    #[serde(default)]
    pub(crate) source_ip_config: Option<Strings>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) regex_values: Option<NotSimulated>,
}

/// The values of a condition.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Strings {
    /// One of them must fit.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) regex_values: Option<NotSimulated>,
}

/// A header and the patterns of its value.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct HttpHeaderConfig {
    /// The name of the header.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 40)))]
    pub(crate) http_header_name: String,
    /// One of them must fit.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) regex_values: Option<NotSimulated>,
}

/// The patterns of a query-string.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct QueryStringConfig {
    /// One of them must fit.
    pub(crate) values: Vec<QueryStringValue>,
}

/// The pattern of a parameter in the query string.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct QueryStringValue {
    /// The pattern of the key. Any key fits, when absent.
    #[serde(default)]
    pub(crate) key: Option<String>,
    /// The pattern of the value.
    pub(crate) value: String,
}

/// What is done with a request.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Action {
    /// What is done.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["forward", "redirect", "fixed-response"])))]
    pub(crate) r#type: String,
    /// The place among several actions, of which there are none here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50_000)))]
    pub(crate) order: Option<i64>,
    /// The name of the target group to forward to, when it is one.
    #[serde(default)]
    pub(crate) target_group_arn: Option<String>,
    /// The target groups to forward to.
    #[serde(default)]
    pub(crate) forward_config: Option<ForwardConfig>,
    /// Where clients are sent instead.
    #[serde(default)]
    pub(crate) redirect_config: Option<RedirectConfig>,
    /// What clients are answered.
    #[serde(default)]
    pub(crate) fixed_response_config: Option<FixedResponseConfig>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) authenticate_cognito_config: Option<NotSimulated>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) authenticate_oidc_config: Option<NotSimulated>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) jwt_validation_config: Option<NotSimulated>,
}

/// Target groups and their weights.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ForwardConfig {
    /// The target groups.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 5)))]
    pub(crate) target_groups: Vec<Weighted>,
    /// Whether a client sticks to its target group.
    #[serde(default)]
    pub(crate) target_group_stickiness_config: Option<TargetGroupStickinessConfig>,
}

/// A target group and its weight.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Weighted {
    /// The name of the target group.
    pub(crate) target_group_arn: String,
    /// Its share is its weight among the sum of all.
    #[serde(default = "super::one")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 999)))]
    pub(crate) weight: i64,
}

/// Stickiness of clients to target groups.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TargetGroupStickinessConfig {
    /// Whether it is on.
    #[serde(default)]
    pub(crate) enabled: bool,
    /// For how long, in seconds. Required when it is on.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 604_800)))]
    pub(crate) duration_seconds: Option<i64>,
}

/// A URL. Each part is kept as it was unless given, and can hold #{protocol}, #{host}, #{port}, #{path} and
/// #{query} as AWS has it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RedirectConfig {
    /// HTTP, HTTPS or #{protocol}.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["HTTP", "HTTPS", "#{protocol}"])))]
    pub(crate) protocol: Option<String>,
    /// The host.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 128)))]
    pub(crate) host: Option<String>,
    /// The port, as a text, or #{port}.
    #[serde(default)]
    pub(crate) port: Option<String>,
    /// The path, from its / on.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 128)))]
    pub(crate) path: Option<String>,
    /// The query string without its ?.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 128)))]
    pub(crate) query: Option<String>,
    /// Whether it is for good.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(REDIRECT_STATUSES))))]
    pub(crate) status_code: String,
}

/// An answer of the load balancer itself.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct FixedResponseConfig {
    /// The status, as a text: 2xx, 4xx or 5xx.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[245][0-9][0-9]$")))]
    pub(crate) status_code: String,
    /// The content type.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = content_types())))]
    pub(crate) content_type: Option<String>,
    /// The body.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1_024)))]
    pub(crate) message_body: String,
}

#[cfg(feature = "schema")]
fn content_types() -> [&'static str; 5] {
    crate::elb::listener::ContentType::ALL.map(crate::elb::listener::ContentType::as_str)
}
