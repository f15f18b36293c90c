//! What can be set about the placement of tasks: AWS's names and limits (ECS guide, "Use strategies to define
//! Amazon ECS task placement", "Define which container instances Amazon ECS uses for tasks").

use serde::{Deserialize, Serialize};

/// What `spread` spreads over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpreadField {
    /// `attribute:ecs.availability-zone`.
    AvailabilityZone,
    /// `instanceId`, which is the same as `host`.
    InstanceId,
}

/// What `binpack` packs by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinpackField {
    /// `cpu`.
    Cpu,
    /// `memory`.
    Memory,
}

/// One of `placementStrategy` (API `PlacementStrategy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlacementStrategy {
    /// `spread`: evenly over the values of a field.
    Spread(SpreadField),
    /// `binpack`: where the least is left unused, so that few instances are.
    Binpack(BinpackField),
    /// `random`.
    Random,
}

/// One of `placementConstraints` (API `PlacementConstraint`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlacementConstraint {
    /// `distinctInstance`: no two tasks of the service on one instance.
    DistinctInstance,
}

/// How the tasks of a service are placed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementRules {
    /// `placementStrategy`, at most 5, applied in this order. Without any, tasks go to the zone with the fewest
    /// tasks of the service, and there to the instance with the fewest.
    pub strategies: Vec<PlacementStrategy>,
    /// `placementConstraints`.
    pub constraints: Vec<PlacementConstraint>,
}

/// Why rules were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementRefused {
    /// API `CreateService`.
    #[error("a service has at most 5 placement strategies, not {count}")]
    TooManyStrategies {
        /// How many were given.
        count: usize,
    },
    /// API `CreateService`.
    #[error("a service has at most 10 placement constraints, not {count}")]
    TooManyConstraints {
        /// How many were given.
        count: usize,
    },
}

impl PlacementRules {
    /// The most placement strategies of a service.
    pub const STRATEGIES_MAX: usize = 5;
    /// The most placement constraints of a service.
    pub const CONSTRAINTS_MAX: usize = 10;

    /// Whether AWS would take them.
    pub fn validate(&self) -> Result<(), PlacementRefused> {
        if self.strategies.len() > Self::STRATEGIES_MAX {
            return Err(PlacementRefused::TooManyStrategies { count: self.strategies.len() });
        }
        if self.constraints.len() > Self::CONSTRAINTS_MAX {
            return Err(PlacementRefused::TooManyConstraints { count: self.constraints.len() });
        }
        Ok(())
    }

    /// What is applied: what the service has, or what AWS does without.
    pub(super) fn effective(&self) -> &[PlacementStrategy] {
        const DEFAULT: [PlacementStrategy; 2] = [
            PlacementStrategy::Spread(SpreadField::AvailabilityZone),
            PlacementStrategy::Spread(SpreadField::InstanceId),
        ];
        if self.strategies.is_empty() { &DEFAULT } else { &self.strategies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API `CreateService`: at most 5 strategies and 10 constraints.
    #[test]
    fn there_are_only_so_many_rules() {
        let rules = |strategies, constraints| PlacementRules {
            strategies: vec![PlacementStrategy::Random; strategies],
            constraints: vec![PlacementConstraint::DistinctInstance; constraints],
        };
        assert_eq!(rules(5, 10).validate(), Ok(()));
        assert_eq!(rules(6, 0).validate(), Err(PlacementRefused::TooManyStrategies { count: 6 }));
        assert_eq!(rules(0, 11).validate(), Err(PlacementRefused::TooManyConstraints { count: 11 }));
    }
}
