//! Task definitions.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

use super::Length;
use super::server::Server;

/// `Fault` of a release; what is right comes first.
pub(crate) const FAULTS: &[&str] =
    &["none", "slow", "cannot-pull-image", "crashes", "fails-health-check", "answers-with", "fails-requests"];

/// A task definition with one container.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskDefinition {
    /// Its family.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) family: String,
    /// Its revision.
    #[serde(default = "super::one")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000)))]
    pub(crate) revision: i64,
    /// CPU units, as a number or a text: 1024 are one vCPU. 256 unless given.
    #[serde(default)]
    pub(crate) cpu: Option<WholeNumber>,
    /// Memory in MiB, as a number or a text; 512 unless given.
    #[serde(default)]
    pub(crate) memory: Option<WholeNumber>,
    /// How its tasks are connected: awsvpc.
    #[serde(default = "awsvpc")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["awsvpc"])))]
    pub(crate) network_mode: String,
    /// The launch types that it must be fit for. With FARGATE its size is one that there is on Fargate.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 4)))]
    pub(crate) requires_compatibilities: Vec<String>,
    /// Exactly one container.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) container_definitions: Vec<ContainerDefinition>,
    /// How long each phase of a start takes on average. Not CloudFormation's: AWS publishes no times.
    #[serde(default)]
    pub(crate) start_times: Option<StartTimes>,
    /// What is the matter with this revision; nothing, unless given. Not CloudFormation's.
    #[serde(default)]
    pub(crate) release: Option<Release>,
}

fn awsvpc() -> String {
    "awsvpc".to_owned()
}

/// A whole number that CloudFormation has as a text.
#[derive(Debug)]
pub(crate) struct WholeNumber(pub(crate) String);

impl<'de> Deserialize<'de> for WholeNumber {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl Visitor<'_> for NumberOrText {
            type Value = WholeNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text with one")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<WholeNumber, E> {
                Ok(WholeNumber(number.to_string()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<WholeNumber, E> {
                Ok(WholeNumber(number.to_string()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<WholeNumber, E> {
                Ok(WholeNumber(text.to_owned()))
            }
        }

        reader.deserialize_any(NumberOrText)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for WholeNumber {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WholeNumber".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A whole number, or a text with one.",
            "type": ["integer", "string"],
        })
    }
}

/// What is the matter with a revision. slow has Times, crashes has After, answers-with and fails-requests have a
/// Status.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Release {
    /// What it is.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = FAULTS)))]
    pub(crate) fault: String,
    /// How many times the normal time everything takes.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.01, max = 100.0)))]
    pub(crate) times: Option<f64>,
    /// How long after its start the process exits; at 0s the task never gets to RUNNING.
    #[serde(default)]
    pub(crate) after: Option<Length>,
    /// With what it answers.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 500, max = 599)))]
    pub(crate) status: Option<i64>,
}

/// How long each phase of a task's start takes on average.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StartTimes {
    /// PROVISIONING.
    pub(crate) provisioning: Length,
    /// PENDING.
    pub(crate) pending: Length,
    /// The first part of ACTIVATING, in which the image is pulled.
    #[serde(default = "super::nought")]
    pub(crate) image_pull: Length,
    /// The rest of ACTIVATING.
    pub(crate) activating: Length,
}

/// A container.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ContainerDefinition {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) name: String,
    /// Its image.
    pub(crate) image: String,
    /// Its ports.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 10)))]
    pub(crate) port_mappings: Vec<PortMapping>,
    /// How long it may take to stop; 30 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 120)))]
    pub(crate) stop_timeout: Option<i64>,
    /// A command that is run in the container to see whether it is healthy.
    #[serde(default)]
    pub(crate) health_check: Option<ContainerHealthCheck>,
    /// How the server in it works. Not CloudFormation's.
    pub(crate) server: Server,
}

/// A port of a container.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PortMapping {
    /// The port.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) container_port: i64,
}

/// A health check of a container. What is checked is how its server does.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ContainerHealthCheck {
    /// CMD or CMD-SHELL, and behind it the command.
    #[cfg_attr(feature = "schema", schemars(length(min = 2)))]
    pub(crate) command: Vec<String>,
    /// How often it is run, in seconds; 30 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 5, max = 300)))]
    pub(crate) interval: Option<i64>,
    /// How long it may take, in seconds; 5 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 60)))]
    pub(crate) timeout: Option<i64>,
    /// How many failures in a row make the container UNHEALTHY; 3 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 10)))]
    pub(crate) retries: Option<i64>,
    /// How long failures do not count after the start, in seconds; 0 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 300)))]
    pub(crate) start_period: Option<i64>,
}
