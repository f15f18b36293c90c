//! Where tasks run: the cluster's container instances and quotas, launch types and capacity providers.

use serde::{Deserialize, Serialize};

use crate::choices;
use crate::ecs::fargate::VcpuQuota;
use crate::ecs::placement::{PlacementRules, Resources};

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSettings {
    /// `ClusterName`.
    pub name: String,
    /// The quota of vCPUs of Fargate On-Demand tasks.
    pub on_demand_quota: VcpuQuota,
    /// The quota of vCPUs of Fargate Spot tasks.
    pub spot_quota: VcpuQuota,
    /// Its container instances, for the launch type EC2.
    pub instances: Vec<InstanceSettings>,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        let quota = VcpuQuota(choices::VCPU_QUOTA * 1_024);
        Self { name: "default".to_owned(), on_demand_quota: quota, spot_quota: quota, instances: Vec::new() }
    }
}

/// A container instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceSettings {
    /// `InstanceType`.
    pub instance_type: String,
    /// What it registers.
    pub registers: Resources,
    /// Its Availability Zone, by its index among the zones of the world.
    pub zone: usize,
}

/// `LaunchType` or `CapacityProviderStrategy` of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Launch {
    /// `FARGATE`, or a strategy of Fargate capacity providers. Placement strategies are not supported there; tasks
    /// spread over the zones of the service's subnets.
    Fargate(CapacityStrategy),
    /// `EC2`: on the cluster's container instances, by these rules.
    Ec2(PlacementRules),
}

impl Default for Launch {
    fn default() -> Self {
        Self::Fargate(CapacityStrategy::default())
    }
}

/// The capacity provider that a Fargate task runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CapacityProvider {
    /// `FARGATE`.
    Fargate,
    /// `FARGATE_SPOT`: AWS takes it back with a warning of two minutes.
    FargateSpot,
}

impl CapacityProvider {
    /// AWS's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fargate => "FARGATE",
            Self::FargateSpot => "FARGATE_SPOT",
        }
    }
}

/// How a service's tasks are shared out between capacity providers (API `CapacityProviderStrategyItem`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CapacityStrategy {
    /// The share of `FARGATE`.
    pub on_demand: CapacityShare,
    /// The share of `FARGATE_SPOT`.
    pub spot: CapacityShare,
}

/// `Base` and `Weight` of one capacity provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CapacityShare {
    /// So many tasks at the least, before weights count: 0 to 100,000, and not 0 for one provider only.
    pub base: u32,
    /// The part of the others: 0 to 1,000.
    pub weight: u32,
}

impl Default for CapacityStrategy {
    /// Launch type FARGATE.
    fn default() -> Self {
        Self { on_demand: CapacityShare { base: 0, weight: 1 }, spot: CapacityShare::default() }
    }
}

impl CapacityStrategy {
    /// The provider of the next task, while so many run on either: bases are filled first, then the tasks beyond them
    /// follow the weights; of equals `FARGATE` is first.
    pub const fn next(self, on_demand: u32, spot: u32) -> CapacityProvider {
        if on_demand < self.on_demand.base {
            return CapacityProvider::Fargate;
        }
        if spot < self.spot.base {
            return CapacityProvider::FargateSpot;
        }
        let (beyond, beyond_on_spot) = (on_demand - self.on_demand.base, spot - self.spot.base);
        // Compared without dividing: who would have less of its part after the next task.
        let on_demand_full = (beyond as u64 + 1) * self.spot.weight as u64;
        let spot_full = (beyond_on_spot as u64 + 1) * self.on_demand.weight as u64;
        let fargate_is_next =
            self.spot.weight == 0 || (self.on_demand.weight > 0 && on_demand_full <= spot_full);
        if fargate_is_next { CapacityProvider::Fargate } else { CapacityProvider::FargateSpot }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn providers(strategy: CapacityStrategy, tasks: u32) -> (u32, u32) {
        let (mut on_demand, mut spot) = (0, 0);
        for _ in 0..tasks {
            match strategy.next(on_demand, spot) {
                CapacityProvider::Fargate => on_demand += 1,
                CapacityProvider::FargateSpot => spot += 1,
            }
        }
        (on_demand, spot)
    }

    const fn share(base: u32, weight: u32) -> CapacityShare {
        CapacityShare { base, weight }
    }

    /// API `CapacityProviderStrategyItem`: the base is filled first, then tasks follow the weights.
    #[test]
    fn bases_are_filled_first_and_weights_share_the_rest() {
        let strategy = CapacityStrategy { on_demand: share(2, 1), spot: share(0, 3) };
        assert_eq!(providers(strategy, 2), (2, 0));
        assert_eq!(providers(strategy, 10), (4, 6));
        assert_eq!(providers(CapacityStrategy::default(), 5), (5, 0));
        let spot = CapacityStrategy { on_demand: share(0, 0), spot: share(0, 1) };
        assert_eq!(providers(spot, 5), (0, 5));
        let even = CapacityStrategy { on_demand: share(0, 1), spot: share(0, 1) };
        assert_eq!((providers(even, 1), providers(even, 8)), ((1, 0), (4, 4)));
    }
}
