//! Choosing a target: one file per algorithm. Each sees the candidates, what routing remembers and a stream of
//! random numbers, nothing else; what cuts a target's share (slow start, anomalies) is worked out beside them.

mod anomaly;
mod combination;
mod least_outstanding_requests;
mod round_robin;
mod slow_start;
mod weighted_random;

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::TargetId;
use crate::kernel::RandomStream;

pub use anomaly::{AnomalyChange, AnomalyDetection, AnomalyDetector, AnomalyResult};
pub use combination::{Combination, Forbidden, forbidden};
pub use slow_start::{Ramp, SlowStart};

/// `load_balancing.algorithm.type` of a target group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// `round_robin`, AWS's default.
    #[default]
    RoundRobin,
    /// `least_outstanding_requests`.
    LeastOutstandingRequests,
    /// `weighted_random`.
    WeightedRandom,
}

impl Algorithm {
    /// All of them, in AWS's order.
    pub const ALL: [Self; 3] = [Self::RoundRobin, Self::LeastOutstandingRequests, Self::WeightedRandom];

    /// AWS's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
            Self::WeightedRandom => "weighted_random",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no algorithm of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("round_robin, least_outstanding_requests or weighted_random")]
pub struct NotAnAlgorithm;

impl FromStr for Algorithm {
    type Err = NotAnAlgorithm;

    fn from_str(text: &str) -> Result<Self, NotAnAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(NotAnAlgorithm)
    }
}

/// The part of a full share of the requests that a target may get, in thousandths: 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// As much as any other target.
    pub const FULL: Self = Self(1_000);
    /// The least that a target can get; no candidate ever gets nothing.
    pub const LEAST: Self = Self(1);

    /// So many thousandths of a full share, at least one and at most all of them.
    pub const fn per_mille(parts: u64) -> Self {
        match parts {
            0 => Self::LEAST,
            1..1_000 => Self(parts as u16),
            _ => Self::FULL,
        }
    }

    /// In thousandths: 1 to 1000.
    pub const fn as_per_mille(self) -> u16 {
        self.0
    }

    /// Whether nothing is cut.
    pub const fn is_full(self) -> bool {
        self.0 == Self::FULL.0
    }
}

impl Default for Share {
    fn default() -> Self {
        Self::FULL
    }
}

/// A target that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The target.
    pub target: TargetId,
    /// How many requests it has in flight.
    pub outstanding: u32,
    /// How much it may get: less than a full share in slow start or while an anomaly is mitigated.
    pub share: Share,
}

/// What routing remembers from one request to the next. Several nodes may share one memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The target that was chosen last.
    pub last: Option<TargetId>,
    credits: round_robin::Credits,
}

impl Memory {
    /// Drops what is remembered of a target that will not come back. Not to call this costs a few bytes, and
    /// changes no choice.
    pub fn forget(&mut self, target: TargetId) {
        self.credits.forget(target);
    }
}

/// What an algorithm compared to come to its choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// It was the target's turn.
    NextInTurn {
        /// The target whose turn was before.
        after: Option<TargetId>,
        /// How many targets were passed over because less than a full share is due to them.
        passed_over: u16,
    },
    /// No target had fewer requests in flight.
    FewestOutstanding {
        /// How many requests that was.
        outstanding: u32,
        /// How many targets had so few, this one included.
        tied: u16,
    },
    /// Luck: the number that was drawn fell into this target's part of the whole.
    Random {
        /// The number, from 0 to `of - 1`.
        roll: u32,
        /// The sum of all candidates' shares, in thousandths.
        of: u32,
    },
}

/// A choice, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chosen {
    /// The chosen one, as it was before it got this request.
    pub candidate: Candidate,
    /// What was compared.
    pub basis: Basis,
}

impl Algorithm {
    /// Chooses among the candidates, which stand in the order of their registration; nothing when there are
    /// none. Only `weighted_random` draws from the stream, once for every choice.
    pub fn choose(
        self,
        candidates: &[Candidate],
        memory: &mut Memory,
        stream: &mut RandomStream,
    ) -> Option<Chosen> {
        let chosen = match self {
            Self::RoundRobin => round_robin::choose(candidates, memory),
            Self::LeastOutstandingRequests => least_outstanding_requests::choose(candidates, memory.last),
            Self::WeightedRandom => weighted_random::choose(candidates, stream),
        }?;
        memory.last = Some(chosen.candidate.target);
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ELB API reference, `TargetGroupAttribute`: the values of `load_balancing.algorithm.type`.
    #[test]
    fn algorithms_bear_awss_names() {
        let names = ["round_robin", "least_outstanding_requests", "weighted_random"];
        assert_eq!(Algorithm::ALL.map(Algorithm::as_str), names);
        assert_eq!(names.map(|name| name.parse()), Algorithm::ALL.map(Ok));
        assert_eq!("random".parse::<Algorithm>(), Err(NotAnAlgorithm));
        assert_eq!(Algorithm::default(), Algorithm::RoundRobin);
    }

    #[test]
    fn a_share_is_never_nothing_and_never_more_than_full() {
        let shares = [0, 1, 999, 1_000, u64::MAX].map(|parts| Share::per_mille(parts).as_per_mille());
        assert_eq!(shares, [1, 1, 999, 1_000, 1_000]);
        assert!(Share::default().is_full());
    }
}
