//! Why a task cannot be placed, in AWS's sentences (ECS guide, "Amazon ECS service event messages", "Amazon ECS API
//! failure reasons").

use super::InstanceId;

/// What an instance lacks for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// CPU units.
    Cpu,
    /// Memory.
    Memory,
    /// A network interface.
    NetworkInterface,
    /// A connected agent.
    Agent,
    /// That no task of the service runs on it.
    DistinctInstance,
}

impl Lack {
    /// What AWS says of an instance that lacks it. The sentences about CPU and agent are documented, the others
    /// widely reported.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Cpu => "has insufficient CPU units available",
            Self::Memory => "has insufficient memory available",
            Self::NetworkInterface => "encountered error \"RESOURCE:ENI\"",
            Self::Agent => "encountered error \"AGENT\"",
            Self::DistinctInstance => {
                "encountered error \"DistinctInstance placement constraint unsatisfied.\""
            }
        }
    }
}

/// Why a task cannot be placed.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq)]
pub enum PlacementFailure {
    /// There is no instance in the cluster that takes tasks.
    NoInstances,
    /// No instance meets all requirements; this one comes closest.
    NoneFits {
        /// The closest matching instance.
        closest: InstanceId,
        /// What it lacks first.
        lack: Lack,
    },
}

impl PlacementFailure {
    /// The service event that tells of it, given the name of the service.
    pub fn message(self, service: &str) -> String {
        let begin = format!(
            "(service {service}) was unable to place a task because no container instance met all of its \
             requirements."
        );
        match self {
            Self::NoInstances => {
                format!("{begin} Reason: No Container Instances were found in your cluster.")
            }
            Self::NoneFits { closest, lack } => {
                format!("{begin} The closest matching container-instance {closest} {}.", lack.sentence())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECS guide, "Amazon ECS service event messages".
    #[test]
    fn the_sentences_are_awss() {
        let message = |lack| PlacementFailure::NoneFits { closest: InstanceId::new(7), lack }.message("web");
        assert_eq!(
            message(Lack::Cpu),
            "(service web) was unable to place a task because no container instance met all of its requirements. \
             The closest matching container-instance 7 has insufficient CPU units available."
        );
        assert!(message(Lack::Agent).ends_with("container-instance 7 encountered error \"AGENT\"."));
        assert!(message(Lack::Memory).ends_with("7 has insufficient memory available."));
        assert_eq!(
            PlacementFailure::NoInstances.message("web"),
            "(service web) was unable to place a task because no container instance met all of its requirements. \
             Reason: No Container Instances were found in your cluster."
        );
    }
}
