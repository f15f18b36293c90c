//! The load balancer, and security groups.

use serde::Deserialize;

use crate::elb::Scheme;

/// `Scheme`, AWS's default first.
pub(crate) const SCHEMES: &[(&str, Scheme)] =
    &[("internet-facing", Scheme::InternetFacing), ("internal", Scheme::Internal)];
/// `IpProtocol` of a rule that is for every protocol and every port.
pub(crate) const NUMBER_OF_ALL_PROTOCOLS: &str = "-1";

/// An Application Load Balancer.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct LoadBalancer {
    /// Letters, digits and hyphens, none at either end; it must not begin with internal-.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 32)))]
    pub(crate) name: String,
    /// The type: application.
    #[serde(default = "application")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["application"])))]
    pub(crate) r#type: String,
    /// Whether its nodes have public addresses.
    #[serde(default = "internet_facing")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(SCHEMES))))]
    pub(crate) scheme: String,
    /// The enabled Availability Zones.
    #[cfg_attr(feature = "schema", schemars(length(min = 2, max = 4)))]
    pub(crate) availability_zones: Vec<String>,
    /// The names of its security groups. Without any, everything is let through.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 5)))]
    pub(crate) security_groups: Vec<String>,
    /// Its attributes.
    #[serde(default)]
    pub(crate) load_balancer_attributes: Vec<Attribute>,
}

fn application() -> String {
    "application".to_owned()
}

fn internet_facing() -> String {
    "internet-facing".to_owned()
}

/// An attribute, as AWS writes it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Attribute {
    /// The key.
    pub(crate) key: String,
    /// The value: a text, also where it is a number.
    pub(crate) value: String,
}

/// A security group.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SecurityGroup {
    /// Its name, by which others name it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) group_name: String,
    /// Which connections may come in. None, when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 60)))]
    pub(crate) security_group_ingress: Vec<Ingress>,
    /// Which connections may go out. All, when absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 60)))]
    pub(crate) security_group_egress: Option<Vec<Egress>>,
}

/// A rule for what comes in.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Ingress {
    /// tcp; or -1 for all ports, which has no FromPort and no ToPort.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["tcp", NUMBER_OF_ALL_PROTOCOLS])))]
    pub(crate) ip_protocol: String,
    /// The first port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) from_port: Option<i64>,
    /// The last port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) to_port: Option<i64>,
    /// From whom: an IPv4 block.
    #[serde(default)]
    pub(crate) cidr_ip: Option<String>,
    /// From whom: an IPv6 block.
    #[serde(default)]
    pub(crate) cidr_ipv6: Option<String>,
    /// From whom: whoever has the security group of this name.
    #[serde(default)]
    pub(crate) source_security_group_id: Option<String>,
}

/// A rule for what goes out.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Egress {
    /// tcp; or -1 for all ports, which has no FromPort and no ToPort.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["tcp", NUMBER_OF_ALL_PROTOCOLS])))]
    pub(crate) ip_protocol: String,
    /// The first port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) from_port: Option<i64>,
    /// The last port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) to_port: Option<i64>,
    /// To whom: an IPv4 block.
    #[serde(default)]
    pub(crate) cidr_ip: Option<String>,
    /// To whom: an IPv6 block.
    #[serde(default)]
    pub(crate) cidr_ipv6: Option<String>,
    /// To whom: whoever has the security group of this name.
    #[serde(default)]
    pub(crate) destination_security_group_id: Option<String>,
}
