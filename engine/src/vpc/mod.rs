//! The network that everything lies in: address blocks and security groups. Knows neither balancers nor tasks.

mod cidr;
mod security_group;

use crate::kernel::typed_id;

pub use cidr::{Cidr, NotACidr};
pub use security_group::{Endpoint, Peer, Permission, SecurityGroup, SecurityGroups};

typed_id! {
    /// A security group, numbered from 0 in the order of the scenario.
    SecurityGroupId
}
