//! Security groups and their rules.

use super::at::At;
use super::names::Book;
use super::problems::{Problems, quoted};
use crate::scenario::document::{ChangeIngress, Egress, Ingress, NUMBER_OF_ALL_PROTOCOLS};
use crate::vpc::{Cidr, Peer, Permission, SecurityGroup, SecurityGroupId};

/// Rules of a group in one direction (VPC guide, "Quotas").
const RULES_MAX: usize = 60;
/// Groups of one network interface (VPC guide, "Quotas").
const GROUPS_OF_ONE_MAX: usize = 5;

/// A rule, whichever way it looks and wherever it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'a> {
    ip_protocol: &'a str,
    from_port: Option<i64>,
    to_port: Option<i64>,
    cidr_ip: Option<&'a str>,
    cidr_ipv6: Option<&'a str>,
    group: Option<&'a str>,
    group_field: &'static str,
}

impl<'a> From<&'a Ingress> for Rule<'a> {
    fn from(rule: &'a Ingress) -> Self {
        Self {
            ip_protocol: &rule.ip_protocol,
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_ip: rule.cidr_ip.as_deref(),
            cidr_ipv6: rule.cidr_ipv6.as_deref(),
            group: rule.source_security_group_id.as_deref(),
            group_field: "SourceSecurityGroupId",
        }
    }
}

impl<'a> From<&'a Egress> for Rule<'a> {
    fn from(rule: &'a Egress) -> Self {
        Self {
            ip_protocol: &rule.ip_protocol,
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_ip: rule.cidr_ip.as_deref(),
            cidr_ipv6: rule.cidr_ipv6.as_deref(),
            group: rule.destination_security_group_id.as_deref(),
            group_field: "DestinationSecurityGroupId",
        }
    }
}

impl<'a> From<&'a ChangeIngress> for Rule<'a> {
    fn from(rule: &'a ChangeIngress) -> Self {
        Self {
            ip_protocol: &rule.ip_protocol,
            from_port: rule.from_port,
            to_port: rule.to_port,
            cidr_ip: rule.cidr_ip.as_deref(),
            cidr_ipv6: rule.cidr_ipv6.as_deref(),
            group: rule.source_security_group_id.as_deref(),
            group_field: "SourceSecurityGroupId",
        }
    }
}

pub(super) fn security_groups(book: &Book<'_>, problems: &mut Problems) -> Vec<SecurityGroup> {
    let top = At::top("SecurityGroups");
    let group = |(index, group): (usize, &crate::scenario::document::SecurityGroup)| {
        let at = top.element(index);
        let allowed = "characters of ASCII";
        let is_allowed = |c: char| c.is_ascii_graphic() || c == ' ';
        problems.text(at.field("GroupName"), &group.group_name, 1, 255, allowed, is_allowed);
        let ingress = &group.security_group_ingress;
        let egress = group.security_group_egress.as_deref();
        SecurityGroup {
            name: group.group_name.clone(),
            ingress: permissions(at.field("SecurityGroupIngress"), ingress, book, problems),
            // API CreateSecurityGroup: everything may go out until a rule says otherwise.
            egress: egress.map_or_else(everything, |rules| {
                permissions(at.field("SecurityGroupEgress"), rules, book, problems)
            }),
        }
    };
    book.security_groups.list.iter().enumerate().map(group).collect()
}

fn everything() -> Vec<Permission> {
    let blocks = ["0.0.0.0/0", "::/0"].into_iter().filter_map(|block| block.parse().ok());
    blocks.map(|block| Permission { from_port: 0, to_port: u16::MAX, peer: Peer::Cidr(block) }).collect()
}

fn permissions<'a, T>(at: At<'_>, rules: &'a [T], book: &Book<'_>, problems: &mut Problems) -> Vec<Permission>
where
    Rule<'a>: From<&'a T>,
{
    let mut permissions = Vec::new();
    for (index, rule) in problems.at_most(at, rules, RULES_MAX, "rules").iter().enumerate() {
        let at = at.element(index);
        if let Some(permission) = permission(at, Rule::from(rule), book, problems) {
            if permissions.contains(&permission) {
                let allowed = "a rule that stands once (InvalidPermission.Duplicate)";
                problems.add(at, "it a second time", allowed, "it once");
            }
            permissions.push(permission);
        }
    }
    permissions
}

pub(super) fn permission(
    at: At<'_>,
    rule: Rule<'_>,
    book: &Book<'_>,
    problems: &mut Problems,
) -> Option<Permission> {
    let (from_port, to_port) = ports(at, rule, problems);
    let peer = peer(at, rule, book, problems)?;
    Some(Permission { from_port, to_port, peer })
}

fn ports(at: At<'_>, rule: Rule<'_>, problems: &mut Problems) -> (u16, u16) {
    const ALL: (u16, u16) = (0, u16::MAX);
    problems.word(at.field("IpProtocol"), rule.ip_protocol, &["tcp", NUMBER_OF_ALL_PROTOCOLS]);
    let (from, to) = (at.field("FromPort"), at.field("ToPort"));
    if rule.ip_protocol == NUMBER_OF_ALL_PROTOCOLS {
        for (at, port) in [(from, rule.from_port), (to, rule.to_port)] {
            if let Some(port) = port {
                problems.add(at, port, "absent: IpProtocol -1 is for all ports", "nothing");
            }
        }
        return ALL;
    }
    let mut port = |at, port: Option<i64>| match port {
        Some(port) => problems.whole(at, port, 0, 65_535) as u16,
        None => {
            problems.add(at, "nothing", "a port from 0 to 65535, which tcp has", 80);
            0
        }
    };
    let (first, last) = (port(from, rule.from_port), port(to, rule.to_port));
    if last < first && rule.to_port.is_some() {
        problems.add(to, last, format_args!("at least FromPort, which is {first}"), first);
    }
    (first, last)
}

/// The other end: a block of addresses or a security group.
fn peer(at: At<'_>, rule: Rule<'_>, book: &Book<'_>, problems: &mut Problems) -> Option<Peer> {
    let ends = [("CidrIp", rule.cidr_ip), ("CidrIpv6", rule.cidr_ipv6), (rule.group_field, rule.group)];
    let mut given = ends.into_iter().filter_map(|(field, value)| Some((field, value?)));
    let (Some((field, value)), None) = (given.next(), given.next()) else {
        let found = format_args!("{} of them", ends.iter().filter(|(_, value)| value.is_some()).count());
        let allowed = format_args!("a rule with one of CidrIp, CidrIpv6 and {}", rule.group_field);
        problems.add(at, found, allowed, "\"CidrIp\": \"0.0.0.0/0\"");
        return None;
    };
    let at = at.field(field);
    if field == rule.group_field {
        let place = book.security_groups.names.find(at, value, problems)?;
        return Some(Peer::SecurityGroup(SecurityGroupId::new(place as u32)));
    }
    let block = cidr(at, value, problems)?;
    if (field == "CidrIpv6") != value.contains(':') {
        let (allowed, instead) = match field {
            "CidrIp" => ("a block of IPv4 addresses; for IPv6 there is CidrIpv6", "0.0.0.0/0"),
            _ => ("a block of IPv6 addresses; for IPv4 there is CidrIp", "::/0"),
        };
        problems.add(at, quoted(value), allowed, quoted(instead));
    }
    Some(Peer::Cidr(block))
}

/// A block of addresses.
pub(super) fn cidr(at: At<'_>, text: &str, problems: &mut Problems) -> Option<Cidr> {
    let block = text.parse();
    block.map_err(|error| problems.add(at, quoted(text), error, "such a block")).ok()
}

/// The security groups of one network interface.
pub(super) fn names(
    at: At<'_>,
    names: &[String],
    book: &Book<'_>,
    problems: &mut Problems,
) -> Vec<SecurityGroupId> {
    let mut ids = Vec::new();
    for (index, name) in problems.at_most(at, names, GROUPS_OF_ONE_MAX, "security groups").iter().enumerate()
    {
        let at = at.element(index);
        let Some(place) = book.security_groups.names.find(at, name, problems) else { continue };
        let id = SecurityGroupId::new(place as u32);
        if ids.contains(&id) {
            problems.add(at, quoted(name), "a security group that stands once", "it once");
        } else {
            ids.push(id);
        }
    }
    ids
}
