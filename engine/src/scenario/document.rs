//! The scenario file as it is written: CloudFormation's property names wherever CloudFormation has one. Nothing is
//! checked here beyond types and field names; that is `validate`'s work.

use serde::Deserialize;

use super::problems::ScenarioError;

/// Reads a file; an error names the field by its path.
pub(super) fn read(text: &str) -> Result<Document, ScenarioError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = serde_path_to_error::deserialize(&mut reader)?;
    reader.end().map_err(ScenarioError::from_json)?;
    Ok(document)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) start: StartDocument,
    #[serde(default)]
    pub(super) assumptions: AssumptionsDocument,
    pub(super) load_balancers: Vec<LoadBalancer>,
    pub(super) listeners: Vec<Listener>,
    pub(super) target_groups: Vec<TargetGroup>,
    pub(super) task_definitions: Vec<TaskDefinition>,
    pub(super) services: Vec<Service>,
    pub(super) traffic: Traffic,
    #[serde(default)]
    pub(super) timeline: Vec<Moment>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct AssumptionsDocument {
    #[serde(default)]
    pub(super) shared_routing_memory: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StartDocument {
    #[default]
    Steady,
    Empty,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct LoadBalancer {
    pub(super) name: String,
    #[serde(default = "application")]
    pub(super) r#type: String,
    #[serde(default = "internet_facing")]
    pub(super) scheme: String,
    pub(super) availability_zones: Vec<String>,
    #[serde(default)]
    pub(super) load_balancer_attributes: Vec<Attribute>,
}

fn application() -> String {
    "application".to_owned()
}

fn internet_facing() -> String {
    "internet-facing".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Attribute {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Listener {
    pub(super) load_balancer_arn: String,
    pub(super) port: i64,
    pub(super) protocol: String,
    pub(super) default_actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Action {
    pub(super) r#type: String,
    pub(super) target_group_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TargetGroup {
    pub(super) name: String,
    pub(super) target_type: String,
    pub(super) protocol: String,
    pub(super) port: i64,
    #[serde(default)]
    pub(super) health_check_path: Option<String>,
    #[serde(default)]
    pub(super) health_check_interval_seconds: Option<i64>,
    #[serde(default)]
    pub(super) health_check_timeout_seconds: Option<i64>,
    #[serde(default)]
    pub(super) healthy_threshold_count: Option<i64>,
    #[serde(default)]
    pub(super) unhealthy_threshold_count: Option<i64>,
    #[serde(default)]
    pub(super) matcher: Option<MatcherDocument>,
    #[serde(default)]
    pub(super) target_group_attributes: Vec<Attribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct MatcherDocument {
    pub(super) http_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TaskDefinition {
    pub(super) family: String,
    #[serde(default = "one")]
    pub(super) revision: i64,
    pub(super) container_definitions: Vec<ContainerDefinition>,
    /// Not CloudFormation's: AWS publishes no start times.
    #[serde(default)]
    pub(super) start_times: Option<StartTimesDocument>,
}

fn one() -> i64 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct StartTimesDocument {
    pub(super) provisioning: String,
    pub(super) pending: String,
    pub(super) activating: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ContainerDefinition {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) port_mappings: Vec<PortMapping>,
    #[serde(default)]
    pub(super) stop_timeout: Option<i64>,
    /// Not CloudFormation's: how the server in the container works.
    pub(super) server: Server,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PortMapping {
    pub(super) container_port: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Server {
    pub(super) workers: i64,
    #[serde(default = "backlog")]
    pub(super) backlog: i64,
    pub(super) service_time: ServiceTime,
}

fn backlog() -> i64 {
    511
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ServiceTime {
    pub(super) distribution: String,
    pub(super) mean: String,
    #[serde(default)]
    pub(super) standard_deviation: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Service {
    pub(super) service_name: String,
    pub(super) task_definition: String,
    pub(super) desired_count: i64,
    #[serde(default = "fargate")]
    pub(super) launch_type: String,
    #[serde(default)]
    pub(super) health_check_grace_period_seconds: i64,
    #[serde(default)]
    pub(super) deployment_configuration: DeploymentDocument,
    pub(super) load_balancers: Vec<ServiceLoadBalancer>,
    /// The zones of the service's subnets; all of the load balancer's when absent.
    #[serde(default)]
    pub(super) availability_zones: Option<Vec<String>>,
}

fn fargate() -> String {
    "FARGATE".to_owned()
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeploymentDocument {
    #[serde(default)]
    pub(super) minimum_healthy_percent: Option<i64>,
    #[serde(default)]
    pub(super) maximum_percent: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ServiceLoadBalancer {
    pub(super) target_group_arn: String,
    pub(super) container_name: String,
    pub(super) container_port: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Traffic {
    #[serde(default = "clients")]
    pub(super) clients: i64,
    pub(super) arrivals: String,
    pub(super) requests_per_second: f64,
    #[serde(default = "client_latency")]
    pub(super) client_latency: String,
}

fn clients() -> i64 {
    26
}

fn client_latency() -> String {
    "15ms".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Moment {
    pub(super) at: String,
    pub(super) command: CommandDocument,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) enum CommandDocument {
    KillTask(TaskReference),
    StopTask(TaskReference),
    SlowTask(SlowTask),
    FailRequests(FailRequests),
    HangTask(TaskReference),
    FailHealthCheck(TaskReference),
    RestoreTask(TaskReference),
    UpdateService(UpdateService),
    ModifyTargetGroupAttributes(Attribute),
    SetTraffic(SetTraffic),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TaskReference {
    pub(super) task: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SlowTask {
    pub(super) task: i64,
    pub(super) times: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct FailRequests {
    pub(super) task: i64,
    pub(super) status: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateService {
    pub(super) desired_count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SetTraffic {
    pub(super) requests_per_second: f64,
}
