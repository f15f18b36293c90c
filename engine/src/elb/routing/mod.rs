//! Choosing a target: one file per algorithm. Each sees the candidates and what its memory holds, nothing else.

mod least_outstanding_requests;
mod round_robin;

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::TargetId;

/// `load_balancing.algorithm.type` of a target group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// `round_robin`, AWS's default.
    #[default]
    RoundRobin,
    /// `least_outstanding_requests`.
    LeastOutstandingRequests,
}

impl Algorithm {
    /// All of them, in AWS's order.
    pub const ALL: [Self; 2] = [Self::RoundRobin, Self::LeastOutstandingRequests];

    /// AWS's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
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
#[error("round_robin or least_outstanding_requests")]
pub struct NotAnAlgorithm;

impl FromStr for Algorithm {
    type Err = NotAnAlgorithm;

    fn from_str(text: &str) -> Result<Self, NotAnAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(NotAnAlgorithm)
    }
}

/// A target that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The target.
    pub target: TargetId,
    /// How many requests it has in flight.
    pub outstanding: u32,
}

/// What routing remembers from one request to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The target that was chosen last.
    pub last: Option<TargetId>,
}

impl Algorithm {
    /// Chooses among the candidates, which stand in the order of their registration; nothing when there are
    /// none.
    pub fn choose(self, candidates: &[Candidate], memory: &mut Memory) -> Option<Candidate> {
        let chosen = match self {
            Self::RoundRobin => round_robin::choose(candidates, memory.last),
            Self::LeastOutstandingRequests => least_outstanding_requests::choose(candidates, memory.last),
        }?;
        memory.last = Some(chosen.target);
        Some(chosen)
    }
}
