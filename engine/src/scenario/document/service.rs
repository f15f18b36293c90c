//! Services, their task definitions, and how a server works.

use serde::Deserialize;

use super::Length;

/// `Distribution` of a length of time.
pub(crate) const DISTRIBUTIONS: &[&str] = &["constant", "exponential", "log-normal", "bimodal"];

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
    /// Exactly one container.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) container_definitions: Vec<ContainerDefinition>,
    /// How long each phase of a start takes on average. Not CloudFormation's: AWS publishes no times.
    #[serde(default)]
    pub(crate) start_times: Option<StartTimes>,
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
    /// ACTIVATING.
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

/// A service of launch type Fargate.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Service {
    /// Its name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub(crate) service_name: String,
    /// A family, which stands for its latest revision, or family:revision.
    pub(crate) task_definition: String,
    /// How many tasks it is to have.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) desired_count: i64,
    /// Where its tasks run: FARGATE.
    #[serde(default = "fargate")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["FARGATE"])))]
    pub(crate) launch_type: String,
    /// How long after a task's start failed health checks are ignored.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) health_check_grace_period_seconds: i64,
    /// How many tasks it may have, in percent of the desired count.
    #[serde(default)]
    pub(crate) deployment_configuration: DeploymentConfiguration,
    /// The target group that its tasks are registered in, if any.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 1)))]
    pub(crate) load_balancers: Vec<ServiceLoadBalancer>,
    /// The network of its tasks.
    #[serde(default)]
    pub(crate) network_configuration: NetworkConfiguration,
    /// The zones of its subnets; all of the load balancer's unless given. Not CloudFormation's, which has subnets.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 6)))]
    pub(crate) availability_zones: Option<Vec<String>>,
}

fn fargate() -> String {
    "FARGATE".to_owned()
}

/// How many tasks a service may have, in percent of its desired count.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DeploymentConfiguration {
    /// The fewest healthy ones; 100 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub(crate) minimum_healthy_percent: Option<i64>,
    /// The most; 200 unless given.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 1_000)))]
    pub(crate) maximum_percent: Option<i64>,
}

/// A target group and what of a task is registered in it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ServiceLoadBalancer {
    /// The name of the target group.
    pub(crate) target_group_arn: String,
    /// The name of the container.
    pub(crate) container_name: String,
    /// Its port.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 65_535)))]
    pub(crate) container_port: i64,
}

/// The network of a service's tasks.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct NetworkConfiguration {
    /// In the network mode awsvpc, which Fargate has.
    #[serde(default)]
    pub(crate) awsvpc_configuration: AwsvpcConfiguration,
}

/// The network of tasks that have network interfaces of their own.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AwsvpcConfiguration {
    /// The names of their security groups. Without any, everything is let through.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 5)))]
    pub(crate) security_groups: Vec<String>,
}
