//! The stages of blue/green, linear and canary deployments, and the steps that they consist of
//! (API `ServiceDeployment.lifecycleStage`).

use crate::ecs::deployment::state::ServiceDeploymentStatus;
use crate::kernel::SimTime;

/// `lifecycleStage`. Blue is the running revision, green the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifecycleStage {
    /// Only when more than one revision is active as the deployment begins.
    ReconcileService,
    /// Green has not started.
    PreScaleUp,
    /// Green starts its tasks, as many as blue has; it gets no traffic.
    ScaleUp,
    /// Green has started.
    PostScaleUp,
    /// Test traffic moves to green.
    TestTrafficShift,
    /// Green has all test traffic.
    PostTestTrafficShift,
    /// Production traffic is about to move.
    PreProductionTrafficShift,
    /// Production traffic moves to green.
    ProductionTrafficShift,
    /// Production traffic has moved.
    PostProductionTrafficShift,
    /// Both run, and green has all traffic.
    BakeTime,
    /// Blue stops.
    CleanUp,
}

impl LifecycleStage {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReconcileService => "RECONCILE_SERVICE",
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }
}

/// How traffic is divided between blue and green, in tenths of a percent that add up to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    green: u32,
}

impl Weights {
    /// Everything to blue.
    pub const BLUE: Self = Self { green: 0 };
    /// Everything to green.
    pub const GREEN: Self = Self { green: 1_000 };

    /// So many tenths of a percent to green, at most 1000, the rest to blue.
    pub const fn green_tenths(tenths: u32) -> Self {
        Self { green: if tenths > 1_000 { 1_000 } else { tenths } }
    }

    /// The share of blue in tenths of a percent.
    pub const fn blue(self) -> u32 {
        1_000 - self.green
    }

    /// The share of green in tenths of a percent.
    pub const fn green(self) -> u32 {
        self.green
    }

    /// The weights of blue's and green's target group in a rule, which go from 0 to 999 (API `TargetGroupTuple`).
    pub const fn of_target_groups(self) -> (u16, u16) {
        let unit = if self.green.is_multiple_of(10) { 10 } else { 1 };
        ((self.blue() / unit) as u16, (self.green / unit) as u16)
    }
}

/// Why a deployment is rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq)]
pub enum RollbackReason {
    /// One of its alarms is in ALARM.
    Alarm,
    /// Somebody called `StopServiceDeployment` with `ROLLBACK`.
    Requested,
    /// A stage took longer than 24 hours.
    StageTimedOut(LifecycleStage),
}

/// One thing to do, in the order in which they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `lifecycleStage` changes.
    Enter(LifecycleStage),
    /// Green shall have so many tasks.
    ScaleGreen(u32),
    /// The rule for test traffic gets these weights.
    SetTestWeights(Weights),
    /// The rule for production traffic gets these weights.
    SetProductionWeights(Weights),
    /// A bake begins: of a linear step, of a canary or of the whole deployment.
    BeginBake {
        /// When it is over.
        until: SimTime,
    },
    /// The bake is over.
    EndBake,
    /// All tasks of blue stop.
    TerminateBlue,
    /// The alternate target group is the production one from now on, and the other way round.
    SwapRoles,
    /// Everything goes back to blue: the weights follow at once.
    RollBack(RollbackReason),
    /// All tasks of green stop.
    TerminateGreen,
    /// It is over.
    Finish(ServiceDeploymentStatus),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API `TargetGroupTuple`: weights go up to 999, so that 100.0 % cannot be written in tenths.
    #[test]
    fn every_share_can_be_written_as_weights() {
        assert_eq!(Weights::BLUE.of_target_groups(), (100, 0));
        assert_eq!(Weights::GREEN.of_target_groups(), (0, 100));
        assert_eq!(Weights::green_tenths(100).of_target_groups(), (90, 10));
        assert_eq!(Weights::green_tenths(1).of_target_groups(), (999, 1));
        for tenths in 0..=1_000 {
            let (blue, green) = Weights::green_tenths(tenths).of_target_groups();
            assert!(blue <= 999 && green <= 999);
            assert_eq!(u32::from(green) * 1_000, tenths * u32::from(blue + green));
        }
        assert_eq!(Weights::green_tenths(2_000), Weights::GREEN);
    }
}
