//! What to build and what happens when: the scenario file, its validation, the built-in library.

mod alarm;
#[cfg(feature = "scenario-files")]
mod document;
#[cfg(feature = "scenario-files")]
mod library;
#[cfg(feature = "scenario-files")]
mod problems;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "scenario-files")]
mod validate;

use serde::{Deserialize, Serialize};

use crate::autoscaling::ScalingSettings;
use crate::command::Command;
use crate::ecs::{ClusterSettings, ServiceId, ServiceSettings, TaskDefinition};
use crate::elb::listener::Listener;
use crate::elb::{LoadBalancerSettings, TargetGroupSettings};
use crate::kernel::SimTime;
use crate::traffic::TrafficSettings;
use crate::vpc::SecurityGroup;

pub use alarm::{AlarmMetric, MetricAlarm};
#[cfg(feature = "scenario-files")]
pub use library::BUILT_IN;
#[cfg(feature = "scenario-files")]
pub use problems::{PROBLEMS_MAX, Problem, ScenarioError};
#[cfg(feature = "schema")]
pub use schema::schema;

#[cfg(feature = "scenario-files")]
/// The longest scenario file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;

/// How a world begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// The service has long been running its desired count of healthy tasks.
    Steady,
    /// The service has just been created: no task is there yet.
    Empty,
}

/// Choices that AWS does not document and a scenario may make for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumptions {
    /// Whether the nodes of the load balancer share, without delay, the round-robin position and the counts of
    /// outstanding requests. Otherwise each has its own.
    pub shared_routing_memory: bool,
}

/// A scenario that has been validated: everything in it is within AWS's ranges and refers to something. It can be
/// packed and unpacked by serde; unpacking does not validate, so only unpack what was packed from a valid one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its short name, as it stands in addresses and on the command line.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence or two.
    pub description: String,
    /// How the world begins.
    pub start: Start,
    /// What AWS does not document and this scenario settles for itself.
    pub assumptions: Assumptions,
    /// The Availability Zones: those of the load balancer first, in its order.
    pub zones: Vec<String>,
    /// The security groups.
    pub security_groups: Vec<SecurityGroup>,
    /// The load balancer.
    pub load_balancer: LoadBalancerSettings,
    /// Its listeners, rules sorted by priority.
    pub listeners: Vec<Listener>,
    /// The target groups.
    pub target_groups: Vec<TargetGroupSettings>,
    /// The cluster.
    pub cluster: ClusterSettings,
    /// The task definitions, for deployments to come.
    pub task_definitions: Vec<TaskDefinition>,
    /// The services.
    pub services: Vec<ServiceSettings>,
    /// CloudWatch alarms that deployments watch.
    pub alarms: Vec<MetricAlarm>,
    /// Which services Application Auto Scaling scales, and how.
    pub scaling: Vec<(ServiceId, ScalingSettings)>,
    /// The traffic.
    pub traffic: TrafficSettings,
    /// What is done at which instant, in the order of time.
    pub timeline: Vec<(SimTime, Command)>,
}

#[cfg(feature = "scenario-files")]
impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it is not JSON, has fields that do not exist, or values that AWS would refuse: the error names every
    /// path, the value, what is allowed and what to write instead.
    ///
    /// ```
    /// use albatross_engine::Scenario;
    /// let error = Scenario::from_json("{ \"Name\": 5 }").unwrap_err().to_string();
    /// assert!(error.starts_with("Name: "), "{error}");
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ScenarioError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(ScenarioError::TooLong { bytes: text.len() });
        }
        validate::validate(&document::read(text)?)
    }

    /// The built-in scenario with this name, if there is one.
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::from_json(text).ok()
    }
}
