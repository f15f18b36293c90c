//! Which zones DNS hands out (ALB guide, "Target groups", "Target group health").

use super::health::Verdict;
use super::{LoadBalancer, NodeId, TargetGroup};
use crate::context::Context;
use crate::trace::Notice;

impl LoadBalancer {
    /// The nodes whose addresses a DNS answer holds: those that pass, or all when none does.
    pub fn dns_answer(&self) -> impl Iterator<Item = NodeId> + Clone {
        let none = self.nodes.iter().all(|node| !node.in_dns);
        self.node_ids().zip(&self.nodes).filter_map(move |(id, node)| (node.in_dns || none).then_some(id))
    }

    /// The healthy and the registered targets of a group as one node counts them: those of its zone with
    /// cross-zone load balancing off, otherwise those of all enabled zones together.
    pub fn count_targets(&self, node: NodeId, group: &TargetGroup) -> (usize, usize) {
        let zone = node.number() as usize;
        let everywhere = group.settings.cross_zone.is_on();
        let (mut healthy, mut registered) = (0, 0);
        for id in &group.present {
            let target = self.target(*id);
            if target.takes_requests() && (everywhere || target.zone == zone) {
                registered += 1;
                healthy += usize::from(target.views[zone].health.verdict() == Verdict::Healthy);
            }
        }
        (healthy, registered)
    }

    /// How many zones meet a threshold of a group, and how many do not. A zone without registered targets of the group
    /// meets it: it stays in DNS, and there is nobody whom routing could fail over to.
    pub fn zones_by_health(&self, group: &TargetGroup, routing: bool) -> (usize, usize) {
        let thresholds =
            if routing { group.settings.unhealthy_state_routing } else { group.settings.dns_failover };
        let met = self.node_ids().filter(|node| {
            let (healthy, registered) = self.count_targets(*node, group);
            registered == 0 || thresholds.are_met(healthy, registered)
        });
        let met = met.count();
        (met, self.nodes.len() - met)
    }

    /// A zone passes as long as one target group is healthy enough there. A group without targets there says
    /// nothing: AWS publishes the address of an empty zone.
    fn passes_dns_health(&self, node: NodeId) -> bool {
        let mut asked = false;
        for group in self.groups.iter().filter(|group| group.used) {
            let (healthy, registered) = self.count_targets(node, group);
            if registered > 0 {
                if group.settings.dns_failover.are_met(healthy, registered) {
                    return true;
                }
                asked = true;
            }
        }
        !asked
    }

    /// Brings DNS up to date after anything that it depends on has changed, and says what changed.
    pub(super) fn refresh_dns<E>(&mut self, context: &mut Context<'_, E>) {
        for node in self.node_ids() {
            let passes = self.passes_dns_health(node);
            let in_dns = &mut self.nodes[node.number() as usize].in_dns;
            if *in_dns != passes {
                *in_dns = passes;
                context.notice(Notice::DnsChanged { node, published: passes });
            }
        }
    }
}
