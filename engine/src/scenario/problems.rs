//! What is wrong with a scenario file, so that its writer can mend it at once.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the path of the field, such as `TargetGroups[0].HealthCheckIntervalSeconds`.
    pub path: String,
    /// The value that stands there.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// What to write instead.
    pub instead: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, found, allowed, instead } = self;
        write!(f, "{path}: found {found}, but this must be {allowed}; write {instead}")
    }
}

/// Why a scenario file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The file is larger than any scenario needs to be.
    #[error("the file has {bytes} bytes; a scenario has at most 1048576")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The file is not JSON, or a field has the wrong type or does not exist.
    #[error("{path}: {message}")]
    Unreadable {
        /// The path of the field at which reading stopped.
        path: String,
        /// What was expected there.
        message: String,
    },
    /// Values that AWS would refuse, or references to nothing: all that were found.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

impl ScenarioError {
    pub(super) fn from_json(error: impl fmt::Display) -> Self {
        Self::Unreadable { path: "the file".to_owned(), message: error.to_string() }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for ScenarioError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = match error.path().to_string().as_str() {
            "." => "the file".to_owned(),
            path => path.to_owned(),
        };
        Self::Unreadable { path, message: error.inner().to_string() }
    }
}
