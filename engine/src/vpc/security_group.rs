//! Security groups: who may open a connection to whom, on which port (EC2 guide, "Security group rules"). They are
//! stateful: what is established goes on, so that they are asked only when a connection is opened.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Cidr, SecurityGroupId};

/// Who stands at the other end of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Peer {
    /// `CidrIp`: addresses of a block.
    Cidr(Cidr),
    /// `SourceSecurityGroupId` or `DestinationSecurityGroupId`: whoever has this group.
    SecurityGroup(SecurityGroupId),
}

/// A rule of a security group: it allows TCP connections to a range of ports. There are no rules that forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// `FromPort`.
    pub from_port: u16,
    /// `ToPort`.
    pub to_port: u16,
    /// The other end.
    pub peer: Peer,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// `GroupName`.
    pub name: String,
    /// `SecurityGroupIngress`: which connections may come in.
    pub ingress: Vec<Permission>,
    /// `SecurityGroupEgress`: which may go out.
    pub egress: Vec<Permission>,
}

/// One end of a connection: its address and its security groups.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// The address.
    pub address: IpAddr,
    /// Its groups. An end without any is open: clients on the Internet have none, and a scenario that names none
    /// leaves security groups out of the picture.
    pub groups: &'a [SecurityGroupId],
}

/// All security groups of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityGroups(pub(crate) Vec<SecurityGroup>);

impl SecurityGroups {
    /// All of them, in the order of the scenario.
    pub fn all(&self) -> &[SecurityGroup] {
        &self.0
    }

    /// The group with this id, if there is one.
    pub fn get(&self, id: SecurityGroupId) -> Option<&SecurityGroup> {
        self.0.get(id.number() as usize)
    }

    pub(crate) fn get_mut(&mut self, id: SecurityGroupId) -> Option<&mut SecurityGroup> {
        self.0.get_mut(id.number() as usize)
    }

    /// Whether a connection from one end to a port of the other may be opened: one end must let it out and the
    /// other in. What no rule allows is dropped without a word.
    pub fn admit(&self, from: Endpoint<'_>, to: Endpoint<'_>, port: u16) -> bool {
        let allows = |permissions: &[Permission], other: Endpoint<'_>| {
            permissions.iter().any(|permission| {
                (permission.from_port..=permission.to_port).contains(&port)
                    && match permission.peer {
                        Peer::Cidr(block) => block.contains(other.address),
                        Peer::SecurityGroup(group) => other.groups.contains(&group),
                    }
            })
        };
        let any = |ids: &[SecurityGroupId], side: fn(&SecurityGroup) -> &[Permission], other| {
            ids.is_empty()
                || ids.iter().filter_map(|id| self.get(*id)).any(|group| allows(side(group), other))
        };
        any(from.groups, |group| &group.egress, to) && any(to.groups, |group| &group.ingress, from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD_BALANCER: SecurityGroupId = SecurityGroupId::new(0);
    const TASKS: SecurityGroupId = SecurityGroupId::new(1);

    fn permission(port: u16, peer: Peer) -> Permission {
        Permission { from_port: port, to_port: port, peer }
    }

    fn world() -> SecurityGroups {
        let everywhere = Peer::Cidr("0.0.0.0/0".parse().expect("a block"));
        let all = Permission { from_port: 0, to_port: u16::MAX, peer: everywhere };
        let group = |name: &str, ingress| SecurityGroup { name: name.to_owned(), ingress, egress: vec![all] };
        SecurityGroups(vec![
            group("alb", vec![permission(80, everywhere)]),
            group("tasks", vec![permission(3000, Peer::SecurityGroup(LOAD_BALANCER))]),
        ])
    }

    const fn end(last: u8, groups: &[SecurityGroupId]) -> Endpoint<'_> {
        Endpoint { address: IpAddr::V4(core::net::Ipv4Addr::new(10, 0, 1, last)), groups }
    }

    /// ALB guide, "Security groups": listener ports inbound from clients, targets' ports from the load balancer's
    /// group.
    #[test]
    fn what_a_rule_allows_gets_through_and_nothing_else() {
        let world = world();
        let (client, node, task) = (end(200, &[]), end(4, &[LOAD_BALANCER]), end(10, &[TASKS]));
        assert!(world.admit(client, node, 80));
        assert!(!world.admit(client, node, 443));
        assert!(world.admit(node, task, 3000));
        assert!(!world.admit(node, task, 3001));
        assert!(!world.admit(client, task, 3000), "only the load balancer's group is let in");
    }

    #[test]
    fn the_way_out_counts_as_well() {
        let mut world = world();
        world.get_mut(LOAD_BALANCER).expect("it exists").egress.clear();
        assert!(!world.admit(end(4, &[LOAD_BALANCER]), end(10, &[TASKS]), 3000));
    }
}
