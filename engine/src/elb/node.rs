//! A load balancer node: one per enabled Availability Zone.

use core::net::{IpAddr, Ipv4Addr};

use super::TargetGroupId;
use super::routing::Memory;

/// A node of the load balancer.
#[derive(Clone, Debug)]
pub struct Node {
    pub(super) zone: String,
    pub(super) address: IpAddr,
    pub(super) in_flight: u32,
    pub(super) received: u64,
    pub(super) in_dns: bool,
    pub(super) desks: Vec<Desk>,
}

/// What a node keeps for one target group.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    pub(super) memory: Memory,
    pub(super) failing_open: bool,
}

impl Node {
    pub(super) fn new(number: usize, zone: &str, groups: usize) -> Self {
        Self {
            zone: zone.to_owned(),
            // The first addresses of a subnet are AWS's own; tasks begin at .10.
            address: IpAddr::V4(Ipv4Addr::new(10, 0, number as u8 + 1, 4)),
            in_flight: 0,
            received: 0,
            in_dns: true,
            desks: vec![Desk::default(); groups],
        }
    }

    /// The name of its Availability Zone.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Its private address, with which it connects to targets.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// How many requests it holds: received and not yet answered.
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// How many requests it ever received.
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Whether DNS hands out its address. When no node passes, all are handed out.
    pub const fn is_in_dns(&self) -> bool {
        self.in_dns
    }

    /// Whether it sent its latest request for any target group to a target although too few are healthy.
    pub fn is_failing_open(&self) -> bool {
        self.desks.iter().any(|desk| desk.failing_open)
    }

    /// Likewise, for one target group.
    pub fn fails_open_for(&self, group: TargetGroupId) -> bool {
        self.desks.get(group.number() as usize).is_some_and(|desk| desk.failing_open)
    }
}
