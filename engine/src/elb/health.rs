//! One node's opinion of one target: the state machine that turns check results into a verdict.

use super::health_check::HealthCheckSettings;
use super::state::FailedCheck;

/// What a health check found.
pub type CheckResult = Result<(), FailedCheck>;

/// What a node thinks of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// No verdict yet.
    Initial,
    /// It gets requests from this node.
    Healthy,
    /// It gets none, except when the node fails open.
    Unhealthy(FailedCheck),
}

/// One node's opinion of one target, and how far the present run of results has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeHealth {
    verdict: Verdict,
    run: u8,
}

impl NodeHealth {
    /// The opinion of a target that was just registered.
    pub const NEW: Self = Self { verdict: Verdict::Initial, run: 0 };
    /// The opinion of a target that has been healthy for long.
    pub const HEALTHY: Self = Self { verdict: Verdict::Healthy, run: 0 };

    /// The verdict.
    pub const fn verdict(self) -> Verdict {
        self.verdict
    }

    /// How many results in a row speak against the verdict: failures for a target that is healthy or new,
    /// successes for an unhealthy one. The verdict changes when this reaches the threshold.
    pub const fn run(self) -> u8 {
        self.run
    }

    /// How many results in a row it takes to change the verdict.
    pub const fn threshold(self, settings: &HealthCheckSettings) -> u8 {
        match self.verdict {
            Verdict::Initial | Verdict::Healthy => settings.unhealthy_threshold,
            Verdict::Unhealthy(_) => settings.healthy_threshold,
        }
    }

    /// Takes a result in; returns whether the verdict changed.
    ///
    /// A new target needs one success, whatever `HealthyThresholdCount` says, which governs only the way back
    /// from unhealthy (ALB guide, "Target groups" and ECS guide, "Optimize load balancer health check").
    /// Thresholds count consecutive results and trip when they are reached (API `TargetGroup`).
    pub fn observe(&mut self, result: CheckResult, settings: &HealthCheckSettings) -> bool {
        match (self.verdict, result) {
            (Verdict::Initial, Ok(())) => {
                *self = Self::HEALTHY;
                true
            }
            (Verdict::Healthy, Ok(())) => {
                self.run = 0;
                false
            }
            (Verdict::Initial | Verdict::Healthy, Err(failed)) => {
                self.run += 1;
                if self.run < settings.unhealthy_threshold {
                    return false;
                }
                *self = Self { verdict: Verdict::Unhealthy(failed), run: 0 };
                true
            }
            (Verdict::Unhealthy(_), Ok(())) => {
                self.run += 1;
                if self.run < settings.healthy_threshold {
                    return false;
                }
                *self = Self::HEALTHY;
                true
            }
            (Verdict::Unhealthy(before), Err(failed)) => {
                *self = Self { verdict: Verdict::Unhealthy(failed), run: 0 };
                before != failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAIL: CheckResult = Err(FailedCheck::Timeout);
    const PASS: CheckResult = Ok(());

    fn settings(healthy_threshold: u8, unhealthy_threshold: u8) -> HealthCheckSettings {
        HealthCheckSettings { healthy_threshold, unhealthy_threshold, ..HealthCheckSettings::default() }
    }

    fn after(start: NodeHealth, results: &[CheckResult], settings: &HealthCheckSettings) -> Verdict {
        let mut health = start;
        for result in results {
            health.observe(*result, settings);
        }
        health.verdict()
    }

    /// ALB guide, "Target groups": a target needs to pass one check to be healthy after it was registered.
    #[test]
    fn a_new_target_is_healthy_after_one_passed_check_whatever_the_threshold() {
        assert_eq!(after(NodeHealth::NEW, &[PASS], &settings(10, 2)), Verdict::Healthy);
        assert_eq!(after(NodeHealth::NEW, &[FAIL, PASS], &settings(10, 2)), Verdict::Healthy);
    }

    /// API `TargetGroup`: `UnhealthyThresholdCount` is the number of consecutive failures.
    #[test]
    fn a_healthy_target_turns_unhealthy_at_the_threshold_and_not_before() {
        let settings = settings(5, 3);
        assert_eq!(after(NodeHealth::HEALTHY, &[FAIL, FAIL], &settings), Verdict::Healthy);
        assert_eq!(
            after(NodeHealth::HEALTHY, &[FAIL, FAIL, FAIL], &settings),
            Verdict::Unhealthy(FailedCheck::Timeout)
        );
    }

    #[test]
    fn one_passed_check_starts_the_count_anew() {
        let settings = settings(5, 3);
        let results = [FAIL, FAIL, PASS, FAIL, FAIL];
        assert_eq!(after(NodeHealth::HEALTHY, &results, &settings), Verdict::Healthy);
    }

    /// API `TargetGroup`: `HealthyThresholdCount` is the number of consecutive successes before an unhealthy
    /// target is considered healthy.
    #[test]
    fn the_way_back_takes_the_healthy_threshold() {
        let settings = settings(3, 2);
        let unhealthy = NodeHealth { verdict: Verdict::Unhealthy(FailedCheck::Timeout), run: 0 };
        assert_ne!(after(unhealthy, &[PASS, PASS, FAIL, PASS, PASS], &settings), Verdict::Healthy);
        assert_eq!(after(unhealthy, &[PASS, PASS, PASS], &settings), Verdict::Healthy);
    }

    #[test]
    fn the_reason_is_the_latest_failure() {
        let results = [FAIL, FAIL, Err(FailedCheck::ConnectionError)];
        let expected = Verdict::Unhealthy(FailedCheck::ConnectionError);
        assert_eq!(after(NodeHealth::HEALTHY, &results, &settings(2, 2)), expected);
    }
}
