//! Target states and reason codes, in AWS's words (API `TargetHealth`).

use std::fmt;

/// The state of a target, as `DescribeTargetHealth` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetState {
    /// Being registered, or not checked yet.
    Initial,
    /// Passes its health checks.
    Healthy,
    /// Fails its health checks.
    Unhealthy,
    /// Deregistered; requests in flight may finish.
    Draining,
    /// Not registered, or registered where no request can reach it.
    Unused,
}

impl TargetState {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Draining => "draining",
            Self::Unused => "unused",
        }
    }
}

impl fmt::Display for TargetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a health check failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailedCheck {
    /// The answer's status is not one that the matcher accepts.
    ResponseCodeMismatch {
        /// The status that came.
        code: u16,
    },
    /// No answer within the timeout.
    Timeout,
    /// The connection was refused or reset.
    ConnectionError,
}

impl FailedCheck {
    /// AWS's reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResponseCodeMismatch { .. } => "Target.ResponseCodeMismatch",
            Self::Timeout => "Target.Timeout",
            Self::ConnectionError => "Target.FailedHealthChecks",
        }
    }
}

impl fmt::Display for FailedCheck {
    /// AWS's description.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResponseCodeMismatch { code } => {
                write!(f, "Health checks failed with these codes: [{code}]")
            }
            Self::Timeout => f.write_str("Request timed out"),
            Self::ConnectionError => f.write_str("Health checks failed"),
        }
    }
}

/// Why a target is in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetHealthReason {
    /// The target is being registered.
    RegistrationInProgress,
    /// The load balancer waits for the first result.
    InitialHealthChecking,
    /// The latest failed check.
    Failed(FailedCheck),
    /// The target is being deregistered and its connections drain.
    DeregistrationInProgress,
    /// The target is not registered.
    NotRegistered,
    /// No listener uses the target group, or the target's zone is not enabled for the load balancer.
    NotInUse,
}

impl TargetHealthReason {
    /// AWS's reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RegistrationInProgress => "Elb.RegistrationInProgress",
            Self::InitialHealthChecking => "Elb.InitialHealthChecking",
            Self::Failed(failed) => failed.code(),
            Self::DeregistrationInProgress => "Target.DeregistrationInProgress",
            Self::NotRegistered => "Target.NotRegistered",
            Self::NotInUse => "Target.NotInUse",
        }
    }
}

/// A target's state and the reason for it. A healthy target has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetHealth {
    /// The state.
    pub state: TargetState,
    /// The reason, except for `healthy`.
    pub reason: Option<TargetHealthReason>,
}

impl TargetHealth {
    /// Healthy.
    pub const HEALTHY: Self = Self { state: TargetState::Healthy, reason: None };

    /// Any other state, which has a reason.
    pub const fn because(state: TargetState, reason: TargetHealthReason) -> Self {
        Self { state, reason: Some(reason) }
    }
}

impl fmt::Display for TargetHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            None => write!(f, "{}", self.state),
            Some(reason) => write!(f, "{} ({})", self.state, reason.code()),
        }
    }
}
