//! What can be set on a service's deployments beyond its percentages: AWS's names, defaults, ranges and refusals.

use serde::{Deserialize, Serialize};

use crate::kernel::SimDuration;

/// The longest time that any bake can take: 1440 minutes. A lifecycle stage lasts no longer than 24 h.
pub const BAKE_MAX: SimDuration = minutes(1_440);

/// So many minutes: AWS sets these times in whole ones.
pub const fn minutes(minutes: u64) -> SimDuration {
    SimDuration::from_secs(minutes * 60)
}

/// `strategy` of the deployment configuration: how a new revision takes over (API `DeploymentStrategy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeploymentStrategy {
    /// `ROLLING`, AWS's default: tasks are replaced a few at a time.
    #[default]
    Rolling,
    /// `BLUE_GREEN`: all production traffic moves at once.
    BlueGreen {
        /// `bakeTimeInMinutes`: 0 to 1440 minutes; must be given.
        bake: SimDuration,
    },
    /// `LINEAR`: production traffic moves in equal steps (API `LinearConfiguration`).
    Linear {
        /// `stepPercent` in tenths of a percent: 30 to 1000, default 100.
        step_percent_tenths: u32,
        /// `stepBakeTimeInMinutes`: 0 to 1440 minutes, default 6. Not applied after 100 %.
        step_bake: SimDuration,
        /// `bakeTimeInMinutes`: 0 to 1440 minutes.
        bake: SimDuration,
    },
    /// `CANARY`: a small share first, then the rest (API `CanaryConfiguration`).
    Canary {
        /// `canaryPercent` in tenths of a percent: 1 to 1000, default 50.
        percent_tenths: u32,
        /// `canaryBakeTimeInMinutes`: 0 to 1440 minutes, default 10.
        canary_bake: SimDuration,
        /// `bakeTimeInMinutes`: 0 to 1440 minutes.
        bake: SimDuration,
    },
}

impl DeploymentStrategy {
    /// `LINEAR` with AWS's defaults: 10.0 % every 6 minutes.
    pub const fn linear(bake: SimDuration) -> Self {
        Self::Linear { step_percent_tenths: 100, step_bake: minutes(6), bake }
    }

    /// `CANARY` with AWS's defaults: 5.0 % for 10 minutes.
    pub const fn canary(bake: SimDuration) -> Self {
        Self::Canary { percent_tenths: 50, canary_bake: minutes(10), bake }
    }

    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rolling => "ROLLING",
            Self::BlueGreen { .. } => "BLUE_GREEN",
            Self::Linear { .. } => "LINEAR",
            Self::Canary { .. } => "CANARY",
        }
    }

    fn validate(self) -> Result<(), DeploymentRefused> {
        match self {
            Self::Rolling => Ok(()),
            Self::BlueGreen { bake } => bake_time("bakeTimeInMinutes", bake),
            Self::Linear { step_percent_tenths, step_bake, bake } => {
                if !(30..=1_000).contains(&step_percent_tenths) {
                    return Err(DeploymentRefused::StepPercent { tenths: step_percent_tenths });
                }
                bake_time("stepBakeTimeInMinutes", step_bake)?;
                bake_time("bakeTimeInMinutes", bake)
            }
            Self::Canary { percent_tenths, canary_bake, bake } => {
                if !(1..=1_000).contains(&percent_tenths) {
                    return Err(DeploymentRefused::CanaryPercent { tenths: percent_tenths });
                }
                bake_time("canaryBakeTimeInMinutes", canary_bake)?;
                bake_time("bakeTimeInMinutes", bake)
            }
        }
    }
}

fn bake_time(field: &'static str, bake: SimDuration) -> Result<(), DeploymentRefused> {
    if bake > BAKE_MAX || !bake.as_micros().is_multiple_of(minutes(1).as_micros()) {
        return Err(DeploymentRefused::BakeTime { field, bake });
    }
    Ok(())
}

/// `thresholdConfiguration`: how many failed tasks trip the circuit breaker (API `ThresholdConfiguration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Threshold {
    /// `BOUNDED_PERCENT`: so many percent of the desired count, 1 to 100, but at least 3 and at most 200 tasks.
    /// AWS's default, with 50.
    BoundedPercent(u32),
    /// `UNBOUNDED_PERCENT`: so many percent of the desired count, 1 to 100.
    UnboundedPercent(u32),
    /// `COUNT`: so many tasks, at least 1.
    Count(u32),
}

impl Default for Threshold {
    fn default() -> Self {
        Self::BoundedPercent(50)
    }
}

/// `deploymentCircuitBreaker` (API `DeploymentCircuitBreaker`). For rolling deployments only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitBreaker {
    /// `enable`: default off.
    pub enable: bool,
    /// `rollback`: default off.
    pub rollback: bool,
    /// `resetOnHealthyTask`: default on. Every task that gets healthy sets the count of failures to 0.
    pub reset_on_healthy_task: bool,
    /// `thresholdConfiguration`.
    pub threshold: Threshold,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self { enable: false, rollback: false, reset_on_healthy_task: true, threshold: Threshold::default() }
    }
}

impl CircuitBreaker {
    fn validate(self) -> Result<(), DeploymentRefused> {
        match self.threshold {
            Threshold::BoundedPercent(percent) | Threshold::UnboundedPercent(percent)
                if !(1..=100).contains(&percent) =>
            {
                Err(DeploymentRefused::ThresholdPercent { percent })
            }
            Threshold::Count(0) => Err(DeploymentRefused::ThresholdCount),
            _ => Ok(()),
        }
    }
}

/// `alarms`: CloudWatch alarms that fail a deployment (API `DeploymentAlarms`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentAlarms {
    /// `alarmNames`.
    pub names: Vec<String>,
    /// `enable`.
    pub enable: bool,
    /// `rollback`.
    pub rollback: bool,
}

/// `sourceServiceRevisionCleanup`: whether a deployment waits for the old tasks to be gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceServiceRevisionCleanup {
    /// `BLOCKING`, AWS's default: it is not complete before they are gone.
    #[default]
    Blocking,
    /// `DEFERRED`: they go after it is complete, within two weeks.
    Deferred,
}

/// `earlySuccessCriteria` (API `DeploymentEarlySuccessCriteria`). For rolling deployments only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlySuccessCriteria {
    /// `enable`: default off.
    pub enable: bool,
    /// `healthyPercent`: from `minimumHealthyPercent` to 100, default 100. Rounded up to whole tasks.
    pub healthy_percent: u32,
    /// `sourceServiceRevisionCleanup`.
    pub cleanup: SourceServiceRevisionCleanup,
}

impl Default for EarlySuccessCriteria {
    fn default() -> Self {
        Self { enable: false, healthy_percent: 100, cleanup: SourceServiceRevisionCleanup::Blocking }
    }
}

/// All of them together: what belongs to a service beside its
/// [`DeploymentConfiguration`](crate::ecs::DeploymentConfiguration).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentOptions {
    /// `strategy`.
    pub strategy: DeploymentStrategy,
    /// `deploymentCircuitBreaker`.
    pub circuit_breaker: CircuitBreaker,
    /// `alarms`.
    pub alarms: DeploymentAlarms,
    /// `earlySuccessCriteria`.
    pub early_success: EarlySuccessCriteria,
}

impl DeploymentOptions {
    /// Whether AWS would take these together with this `minimumHealthyPercent`.
    pub fn validate(&self, minimum_healthy_percent: u32) -> Result<(), DeploymentRefused> {
        self.strategy.validate()?;
        self.circuit_breaker.validate()?;
        if self.circuit_breaker.enable && self.strategy != DeploymentStrategy::Rolling {
            return Err(DeploymentRefused::CircuitBreakerWithoutRolling { strategy: self.strategy.as_str() });
        }
        if self.early_success.enable && self.strategy != DeploymentStrategy::Rolling {
            return Err(DeploymentRefused::EarlySuccessWithoutRolling { strategy: self.strategy.as_str() });
        }
        let percent = self.early_success.healthy_percent;
        if self.early_success.enable && !(minimum_healthy_percent..=100).contains(&percent) {
            return Err(DeploymentRefused::EarlySuccess { percent, minimum: minimum_healthy_percent });
        }
        Ok(())
    }
}

/// Why settings of a deployment were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DeploymentRefused {
    /// API `LinearConfiguration`.
    #[error("stepPercent is a multiple of 0.1 from 3.0 to 100.0, not {}.{}", .tenths / 10, .tenths % 10)]
    StepPercent {
        /// The percentage that was given, in tenths.
        tenths: u32,
    },
    /// API `CanaryConfiguration`.
    #[error("canaryPercent is a multiple of 0.1 from 0.1 to 100.0, not {}.{}", .tenths / 10, .tenths % 10)]
    CanaryPercent {
        /// The percentage that was given, in tenths.
        tenths: u32,
    },
    /// API `LinearConfiguration`, `CanaryConfiguration`.
    #[error("{field} is a whole number of minutes from 0 to 1440, not {bake}")]
    BakeTime {
        /// Which time.
        field: &'static str,
        /// The time that was given.
        bake: SimDuration,
    },
    /// API `ThresholdConfiguration`.
    #[error("the threshold of the deployment circuit breaker is 1 to 100 percent, not {percent}")]
    ThresholdPercent {
        /// The percentage that was given.
        percent: u32,
    },
    /// API `ThresholdConfiguration`.
    #[error("the threshold of the deployment circuit breaker is at least 1 task")]
    ThresholdCount,
    /// API `DeploymentCircuitBreaker`.
    #[error("the deployment circuit breaker can only be used with the strategy ROLLING, not {strategy}")]
    CircuitBreakerWithoutRolling {
        /// The strategy that was given.
        strategy: &'static str,
    },
    /// API `DeploymentEarlySuccessCriteria`.
    #[error("early success criteria can only be used with the strategy ROLLING, not {strategy}")]
    EarlySuccessWithoutRolling {
        /// The strategy that was given.
        strategy: &'static str,
    },
    /// API `DeploymentEarlySuccessCriteria`.
    #[error("healthyPercent is from minimumHealthyPercent, here {minimum}, to 100, not {percent}")]
    EarlySuccess {
        /// The percentage that was given.
        percent: u32,
        /// `minimumHealthyPercent`.
        minimum: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(strategy: DeploymentStrategy) -> Result<(), DeploymentRefused> {
        DeploymentOptions { strategy, ..DeploymentOptions::default() }.validate(100)
    }

    /// API `DeploymentStrategy`, `LinearConfiguration`, `CanaryConfiguration`, `DeploymentCircuitBreaker`,
    /// `ThresholdConfiguration`, `DeploymentEarlySuccessCriteria`: the defaults.
    #[test]
    fn the_defaults_are_awss() {
        let options = DeploymentOptions::default();
        assert_eq!(options.strategy.as_str(), "ROLLING");
        let breaker = options.circuit_breaker;
        assert!(!breaker.enable && !breaker.rollback && breaker.reset_on_healthy_task);
        assert_eq!(breaker.threshold, Threshold::BoundedPercent(50));
        assert!(!options.early_success.enable && options.early_success.healthy_percent == 100);
        assert_eq!(options.early_success.cleanup, SourceServiceRevisionCleanup::Blocking);
        assert_eq!(
            DeploymentStrategy::linear(minutes(5)),
            DeploymentStrategy::Linear {
                step_percent_tenths: 100,
                step_bake: SimDuration::from_secs(360),
                bake: SimDuration::from_secs(300),
            }
        );
        assert_eq!(
            DeploymentStrategy::canary(minutes(5)),
            DeploymentStrategy::Canary {
                percent_tenths: 50,
                canary_bake: SimDuration::from_secs(600),
                bake: SimDuration::from_secs(300),
            }
        );
        assert_eq!(options.validate(100), Ok(()));
    }

    /// API `LinearConfiguration`: 3.0 to 100.0 % and 0 to 1440 minutes.
    #[test]
    fn linear_steps_have_awss_ranges() {
        let linear = |step_percent_tenths, step_bake| {
            check(DeploymentStrategy::Linear { step_percent_tenths, step_bake, bake: SimDuration::ZERO })
        };
        assert_eq!(linear(30, minutes(0)), Ok(()));
        assert_eq!(linear(1_000, minutes(1_440)), Ok(()));
        let refused = linear(29, minutes(6)).expect_err("below 3.0");
        assert_eq!(refused.to_string(), "stepPercent is a multiple of 0.1 from 3.0 to 100.0, not 2.9");
        assert!(linear(1_001, minutes(6)).is_err());
        let refused = linear(100, minutes(1_441)).expect_err("longer than a day");
        assert_eq!(
            refused.to_string(),
            "stepBakeTimeInMinutes is a whole number of minutes from 0 to 1440, not 1441m"
        );
        assert!(linear(100, SimDuration::from_secs(90)).is_err(), "whole minutes only");
    }

    /// API `CanaryConfiguration`: 0.1 to 100.0 % and 0 to 1440 minutes.
    #[test]
    fn canaries_have_awss_ranges() {
        let canary = |percent_tenths, canary_bake| {
            check(DeploymentStrategy::Canary { percent_tenths, canary_bake, bake: SimDuration::ZERO })
        };
        assert_eq!(canary(1, minutes(0)), Ok(()));
        assert_eq!(canary(1_000, minutes(1_440)), Ok(()));
        assert_eq!(canary(0, minutes(10)), Err(DeploymentRefused::CanaryPercent { tenths: 0 }));
        assert_eq!(canary(1_001, minutes(10)), Err(DeploymentRefused::CanaryPercent { tenths: 1_001 }));
        assert!(canary(50, minutes(1_441)).is_err());
    }

    /// API `ThresholdConfiguration`: percentages are 1 to 100.
    #[test]
    fn thresholds_have_awss_ranges() {
        let threshold = |threshold| {
            let circuit_breaker = CircuitBreaker { threshold, ..CircuitBreaker::default() };
            DeploymentOptions { circuit_breaker, ..DeploymentOptions::default() }.validate(100)
        };
        assert_eq!(threshold(Threshold::BoundedPercent(1)), Ok(()));
        assert_eq!(threshold(Threshold::UnboundedPercent(100)), Ok(()));
        assert!(threshold(Threshold::BoundedPercent(0)).is_err());
        assert!(threshold(Threshold::UnboundedPercent(101)).is_err());
        assert_eq!(threshold(Threshold::Count(0)), Err(DeploymentRefused::ThresholdCount));
    }

    /// API `DeploymentCircuitBreaker`, `DeploymentEarlySuccessCriteria`: for rolling deployments only.
    #[test]
    fn circuit_breaker_and_early_success_are_for_rolling_deployments() {
        let circuit_breaker = CircuitBreaker { enable: true, ..CircuitBreaker::default() };
        let mut options = DeploymentOptions { circuit_breaker, ..DeploymentOptions::default() };
        assert_eq!(options.validate(100), Ok(()));
        options.strategy = DeploymentStrategy::BlueGreen { bake: minutes(5) };
        let refused = DeploymentRefused::CircuitBreakerWithoutRolling { strategy: "BLUE_GREEN" };
        assert_eq!(options.validate(100), Err(refused));
        options.circuit_breaker.enable = false;
        options.early_success.enable = true;
        let refused = DeploymentRefused::EarlySuccessWithoutRolling { strategy: "BLUE_GREEN" };
        assert_eq!(options.validate(100), Err(refused));
    }

    /// API `DeploymentEarlySuccessCriteria`: `healthyPercent` lies between `minimumHealthyPercent` and 100.
    #[test]
    fn early_success_asks_for_at_least_the_minimum() {
        let early = |healthy_percent, minimum| {
            let early_success =
                EarlySuccessCriteria { enable: true, healthy_percent, ..EarlySuccessCriteria::default() };
            DeploymentOptions { early_success, ..DeploymentOptions::default() }.validate(minimum).is_ok()
        };
        assert!(early(50, 50) && early(100, 50) && !early(49, 50) && !early(101, 50));
    }
}
