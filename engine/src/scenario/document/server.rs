//! How the server in a container works. None of it is CloudFormation's.

use serde::Deserialize;

use super::Length;

/// `Distribution` of a length of time.
pub(crate) const DISTRIBUTIONS: &[&str] = &["constant", "exponential", "log-normal", "bimodal"];
/// `OnSigterm`, the default first.
pub(crate) const ON_SIGTERM: &[&str] = &["finish", "exit", "ignore"];

/// How the server in a container works.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Server {
    /// How many requests it works on at once.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 64)))]
    pub(crate) workers: i64,
    /// How many more connections it lets wait.
    #[serde(default = "backlog")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) backlog: i64,
    /// How long a request takes a worker, unless the request brings its own Work.
    pub(crate) service_time: Distribution,
    /// The port on which it listens; the first mapped one unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) port: Option<i64>,
    /// A second port, on which health checks do not wait behind requests.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) health_port: Option<i64>,
    /// How long it keeps an idle connection, with its unit, or off to close each after one answer.
    #[serde(default = "keep_alive")]
    pub(crate) keep_alive_timeout: String,
    /// The paths that it answers, with the wildcards * and ?; any other gets 404. All, when empty.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub(crate) paths: Vec<String>,
    /// The name of the cookie that it sets with every answer.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub(crate) sets_cookie: Option<String>,
    /// How long after its start it listens.
    #[serde(default = "super::nought")]
    pub(crate) warm_up: Length,
    /// What it does when it is to stop: finish what it has, exit at once, or ignore it until it is killed.
    #[serde(default = "finish")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ON_SIGTERM)))]
    pub(crate) on_sigterm: String,
    /// How long it cleans up after its last answer, when OnSigterm is finish; 0s unless given.
    #[serde(default)]
    pub(crate) clean_up: Option<Length>,
    /// What it uses of the task's memory.
    #[serde(default)]
    pub(crate) memory: ServerMemory,
}

fn finish() -> String {
    ON_SIGTERM[0].to_owned()
}

/// What a server uses of the memory of its task.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ServerMemory {
    /// MiB without any request; 128 unless given.
    #[serde(rename = "IdleMiB", default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_048_576)))]
    pub(crate) idle: Option<i64>,
    /// KiB more for every request in hand; 1024 unless given.
    #[serde(rename = "PerRequestKiB", default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1_048_576)))]
    pub(crate) per_request: Option<i64>,
}

const fn backlog() -> i64 {
    511
}

fn keep_alive() -> String {
    crate::ecs::ContainerSettings::KEEP_ALIVE.to_string()
}

/// How a random length of time is distributed. constant and exponential have a Mean, log-normal also a
/// StandardDeviation, bimodal has Fast, Slow and SlowPercent.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Distribution {
    /// Its kind.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = DISTRIBUTIONS)))]
    pub(crate) distribution: String,
    /// Its mean.
    #[serde(default)]
    pub(crate) mean: Option<Length>,
    /// Its standard deviation.
    #[serde(default)]
    pub(crate) standard_deviation: Option<Length>,
    /// What most of it takes.
    #[serde(default)]
    pub(crate) fast: Option<Length>,
    /// What the rest takes.
    #[serde(default)]
    pub(crate) slow: Option<Length>,
    /// How much of it the rest is, to a tenth of a percent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100.0)))]
    pub(crate) slow_percent: Option<f64>,
}
