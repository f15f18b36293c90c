//! The timeline: what is done at which instant. Commands have the names of AWS's API where it has them.

use serde::Deserialize;

use super::target_group::Matcher;
use super::task_definition::Release;
use super::{Action, Attribute, HealthCheck, Length};
use crate::command::StopType;

/// `StopType`, AWS's default first.
pub(crate) const STOP_TYPES: &[(&str, StopType)] =
    &[("ROLLBACK", StopType::Rollback), ("ABORT", StopType::Abort)];

/// Something that is done at an instant.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Moment {
    /// How long after the start.
    pub(crate) at: Length,
    /// What is done.
    pub(crate) command: Command,
}

/// What can be done. Where there is only one of a kind, its name can be left out.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) enum Command {
    /// The process in a task dies at once.
    KillTask(TaskReference),
    /// The task drains, gets SIGTERM and ends.
    StopTask(TaskReference),
    /// What a task starts from now on takes it so many times the normal time.
    SlowTask(SlowTask),
    /// A task answers every request and health check with a status.
    FailRequests(FailRequests),
    /// A task accepts connections and answers nothing.
    HangTask(TaskReference),
    /// A task answers its health checks 503, and its requests as ever.
    FailHealthCheck(TaskReference),
    /// A task answers its requests with something that is not HTTP, and its health checks as ever.
    GarbleResponses(TaskReference),
    /// Nothing is wrong with a task any more.
    RestoreTask(TaskReference),
    /// Other settings of a service, or a new deployment of it.
    UpdateService(UpdateService),
    /// A deployment is stopped.
    StopServiceDeployment(StopServiceDeployment),
    /// Other bounds of a scalable target.
    RegisterScalableTarget(RegisterScalableTarget),
    /// AWS takes back the capacity of a task on Fargate Spot, with a warning of two minutes.
    InterruptSpot(TaskReference),
    /// A container instance is gone, with the tasks on it.
    LoseInstance(LoseInstance),
    /// An Availability Zone fails: tasks in it are gone, and none can be started there.
    LoseZone(ZoneReference),
    /// The zone is there again.
    RestoreZone(ZoneReference),
    /// Another value of an attribute of a target group.
    ModifyTargetGroupAttributes(ModifyTargetGroupAttributes),
    /// Other settings of a health check.
    ModifyTargetGroup(ModifyTargetGroup),
    /// Another value of an attribute of the load balancer.
    ModifyLoadBalancerAttributes(Attribute),
    /// Another default action.
    ModifyListener(ModifyListener),
    /// Another action of a rule.
    ModifyRule(ModifyRule),
    /// A new rule of a security group for what comes in.
    AuthorizeSecurityGroupIngress(ChangeIngress),
    /// One rule less.
    RevokeSecurityGroupIngress(ChangeIngress),
    /// Clients send so many requests; a Profile goes along in proportion.
    SetTraffic(SetTraffic),
}

/// A task.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct TaskReference {
    /// Its number: tasks are numbered from 1 in the order in which they are started.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub(crate) task: i64,
}

/// A task and how slow it gets.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SlowTask {
    /// Its number.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub(crate) task: i64,
    /// How many times the normal time.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.01, max = 100.0)))]
    pub(crate) times: f64,
}

/// A task and what it answers.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct FailRequests {
    /// Its number.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub(crate) task: i64,
    /// The status.
    #[cfg_attr(feature = "schema", schemars(range(min = 500, max = 599)))]
    pub(crate) status: i64,
}

/// A service and what changes about it: at least one thing.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct UpdateService {
    /// The name of the service.
    #[serde(default)]
    pub(crate) service: Option<String>,
    /// How many tasks it is to have.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) desired_count: Option<i64>,
    /// A new deployment of this task definition: a family, which stands for its latest revision, or family:revision.
    #[serde(default)]
    pub(crate) task_definition: Option<String>,
    /// Whether a new deployment is made of the task definition that it has.
    #[serde(default)]
    pub(crate) force_new_deployment: bool,
    /// How long after a task's start failed health checks are ignored.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 2_147_483_647)))]
    pub(crate) health_check_grace_period_seconds: Option<i64>,
    /// How many tasks it may have, in percent of the desired count.
    #[serde(default)]
    pub(crate) deployment_configuration: Option<Percentages>,
    /// A new deployment of a new revision of its task definition, with this the matter. Not AWS's.
    #[serde(default)]
    pub(crate) release: Option<Release>,
}

/// How many tasks a service may have, in percent of its desired count; what is left out stays as it is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Percentages {
    /// The fewest healthy ones.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub(crate) minimum_healthy_percent: Option<i64>,
    /// The most.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 100, max = 1_000)))]
    pub(crate) maximum_percent: Option<i64>,
}

/// A service whose deployment is stopped.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct StopServiceDeployment {
    /// The name of the service.
    #[serde(default)]
    pub(crate) service: Option<String>,
    /// Back to the revision before, or not.
    #[serde(default = "rollback")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = super::words(STOP_TYPES))))]
    pub(crate) stop_type: String,
}

fn rollback() -> String {
    STOP_TYPES[0].0.to_owned()
}

/// A scalable target and its new bounds.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RegisterScalableTarget {
    /// The service: service/ and the names of the cluster and the service.
    #[serde(default)]
    pub(crate) resource_id: Option<String>,
    /// The fewest tasks.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) min_capacity: i64,
    /// The most tasks.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 60)))]
    pub(crate) max_capacity: i64,
}

/// A container instance.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct LoseInstance {
    /// Its number: container instances are numbered from 0 in the order of ContainerInstances.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 59)))]
    pub(crate) instance: i64,
}

/// A zone.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ZoneReference {
    /// Its name.
    pub(crate) availability_zone: String,
}

/// A target group and its new attribute.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyTargetGroupAttributes {
    /// The name of the target group.
    #[serde(default)]
    pub(crate) target_group_arn: Option<String>,
    /// The key.
    pub(crate) key: String,
    /// The value: a text, also where it is a number.
    pub(crate) value: String,
}

/// A target group and its new health check.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyTargetGroup {
    /// The name of the target group.
    #[serde(default)]
    pub(crate) target_group_arn: Option<String>,
    /// The path that is asked for.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1_024)))]
    pub(crate) health_check_path: Option<String>,
    /// A port, as a text, or traffic-port.
    #[serde(default)]
    pub(crate) health_check_port: Option<String>,
    /// How often targets are checked.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 5, max = 300)))]
    pub(crate) health_check_interval_seconds: Option<i64>,
    /// How long an answer may take.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 120)))]
    pub(crate) health_check_timeout_seconds: Option<i64>,
    /// How many checks in a row make an unhealthy target healthy again.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 10)))]
    pub(crate) healthy_threshold_count: Option<i64>,
    /// How many failed checks in a row make a target unhealthy.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 2, max = 10)))]
    pub(crate) unhealthy_threshold_count: Option<i64>,
    /// Which statuses pass.
    #[serde(default)]
    pub(crate) matcher: Option<Matcher>,
}

impl ModifyTargetGroup {
    pub(crate) fn health_check(&self) -> HealthCheck<'_> {
        HealthCheck {
            path: self.health_check_path.as_deref(),
            port: self.health_check_port.as_deref(),
            interval_seconds: self.health_check_interval_seconds,
            timeout_seconds: self.health_check_timeout_seconds,
            healthy_threshold_count: self.healthy_threshold_count,
            unhealthy_threshold_count: self.unhealthy_threshold_count,
            matcher: self.matcher.as_ref(),
        }
    }
}

/// A listener and its new default action.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyListener {
    /// The listener, by its protocol and port, such as HTTPS:443.
    #[serde(default)]
    pub(crate) listener_arn: Option<String>,
    /// Exactly one action.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) default_actions: Vec<Action>,
}

/// A rule and its new action.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyRule {
    /// The listener, by its protocol and port, such as HTTPS:443.
    #[serde(default)]
    pub(crate) listener_arn: Option<String>,
    /// The priority of the rule.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 50_000)))]
    pub(crate) priority: i64,
    /// Exactly one action.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1)))]
    pub(crate) actions: Vec<Action>,
}

/// A security group and a rule of it for what comes in.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ChangeIngress {
    /// The name of the security group.
    #[serde(default)]
    pub(crate) group_name: Option<String>,
    /// tcp; or -1 for all ports, which has no FromPort and no ToPort.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["tcp", super::NUMBER_OF_ALL_PROTOCOLS])))]
    pub(crate) ip_protocol: String,
    /// The first port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) from_port: Option<i64>,
    /// The last port.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 65_535)))]
    pub(crate) to_port: Option<i64>,
    /// From whom: an IPv4 block.
    #[serde(default)]
    pub(crate) cidr_ip: Option<String>,
    /// From whom: an IPv6 block.
    #[serde(default)]
    pub(crate) cidr_ipv6: Option<String>,
    /// From whom: whoever has the security group of this name.
    #[serde(default)]
    pub(crate) source_security_group_id: Option<String>,
}

/// The traffic from now on.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SetTraffic {
    /// How many requests all clients send together.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 100_000.0)))]
    pub(crate) requests_per_second: f64,
}
