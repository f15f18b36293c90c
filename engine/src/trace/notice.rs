//! Things that people want to read about. Their sentences stand in `sentence.rs`.

use crate::autoscaling::{NotScaled, ScalingActivity};
use crate::cloudwatch::AlarmState;
use crate::command::{Command, Refusal};
use crate::ecs::container_health::HealthStatus;
use crate::ecs::deployment::lifecycle::{LifecycleStage, RollbackReason};
use crate::ecs::deployment::state::DeploymentId;
use crate::ecs::placement::{InstanceId, PlacementFailure};
use crate::ecs::{ServiceId, StopCode, TaskId, TaskStatus};
use crate::elb::health::Verdict;
use crate::elb::{FailedCheck, NodeId, TargetGroupId, TargetHealth, TargetId};

/// Something notable that happened, with its cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// Something was done to the world.
    Commanded(Command, Origin),
    /// The scenario's timeline wanted something that cannot be done.
    Refused(Command, Refusal),
    /// A target was registered; its registration is in progress.
    TargetRegistered {
        /// The target.
        target: TargetId,
    },
    /// A target's state changed.
    TargetHealthChanged {
        /// The target.
        target: TargetId,
        /// Its state and reason until now.
        before: TargetHealth,
        /// Its state and reason from now on.
        after: TargetHealth,
    },
    /// A node changed its mind about a target.
    NodeVerdict {
        /// The node.
        node: NodeId,
        /// The target.
        target: TargetId,
        /// What it thinks now.
        verdict: Verdict,
        /// After how many results in a row.
        checks: u8,
    },
    /// A node began, or ceased, to send requests to targets although none is healthy.
    FailOpen {
        /// The node.
        node: NodeId,
        /// The target group.
        group: TargetGroupId,
        /// Whether it does so now.
        on: bool,
    },
    /// A zone left DNS, or came back.
    DnsChanged {
        /// The zone's node.
        node: NodeId,
        /// Whether its address is published now.
        published: bool,
    },
    /// Anomaly detection changed its mind about a target.
    AnomalyChanged {
        /// The target.
        target: TargetId,
        /// Whether it fails more often than its peers.
        anomalous: bool,
    },
    /// A process ended with requests in hand.
    RequestsLost {
        /// Its task.
        task: TaskId,
        /// How many requests.
        count: u32,
    },
    /// The deregistration delay of a task's target ended before its requests did.
    DrainingCut {
        /// The target.
        target: TargetId,
        /// How many requests.
        count: u32,
    },
    /// A task moved on in its life.
    TaskStatusChanged {
        /// The task.
        task: TaskId,
        /// `lastStatus` until now.
        before: TaskStatus,
        /// `lastStatus` from now on.
        after: TaskStatus,
    },
    /// A task begins to end.
    TaskStopping {
        /// The task.
        task: TaskId,
        /// Why.
        code: StopCode,
    },
    /// Service event: tasks were started. Their numbers follow one another.
    ServiceStartedTasks {
        /// The first of them.
        first: TaskId,
        /// How many.
        count: u32,
    },
    /// Service event: a target was registered.
    ServiceRegisteredTarget {
        /// The target.
        target: TargetId,
    },
    /// Service event: a task fails the load balancer's health checks and is about to be stopped.
    ServiceTaskUnhealthy {
        /// The task.
        task: TaskId,
        /// How its check failed.
        failed: FailedCheck,
    },
    /// Service event: a task was stopped.
    ServiceStoppedTask {
        /// The task.
        task: TaskId,
    },
    /// Service event: a target was deregistered.
    ServiceDeregisteredTarget {
        /// The target.
        target: TargetId,
    },
    /// Service event: a task's connections drain.
    DrainingBegun {
        /// The task.
        task: TaskId,
    },
    /// Service event: the service has reached a steady state.
    SteadyState {
        /// The service.
        service: ServiceId,
    },
    /// The process of a task exited.
    TaskExited {
        /// The task.
        task: TaskId,
        /// Its exit code: 137 after SIGKILL.
        exit_code: u8,
    },
    /// The health status of a task's container changed.
    ContainerHealthChanged {
        /// The task.
        task: TaskId,
        /// Its status from now on.
        status: HealthStatus,
    },
    /// AWS takes back the capacity of a Fargate Spot task in two minutes.
    SpotInterrupted {
        /// The task.
        task: TaskId,
    },
    /// A container instance is gone.
    InstanceLost {
        /// The instance.
        instance: InstanceId,
    },
    /// A deployment began (`SERVICE_DEPLOYMENT_IN_PROGRESS`).
    DeploymentStarted {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
        /// The revision of the task definition that it deploys.
        revision: u32,
    },
    /// Service event: a deployment is complete (`SERVICE_DEPLOYMENT_COMPLETED`).
    DeploymentCompleted {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// Service event: a deployment has failed (`SERVICE_DEPLOYMENT_FAILED`).
    DeploymentFailed {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
        /// What failed it.
        by: DeploymentFailure,
    },
    /// The service goes back to an earlier deployment.
    RollingBack {
        /// The service.
        service: ServiceId,
        /// The deployment that is in progress again.
        to: DeploymentId,
    },
    /// Somebody stopped a deployment where it was.
    DeploymentStopped {
        /// The service.
        service: ServiceId,
        /// The deployment.
        deployment: DeploymentId,
    },
    /// A blue/green, linear or canary deployment came to another stage.
    LifecycleStageEntered {
        /// The service.
        service: ServiceId,
        /// The stage.
        stage: LifecycleStage,
    },
    /// ECS rewrote the weights of a listener's rule.
    TrafficShifted {
        /// The service.
        service: ServiceId,
        /// Whether it was the rule for test traffic.
        test: bool,
        /// How much goes to green from now on, in tenths of a percent.
        green_tenths: u32,
    },
    /// Service event: the percentages leave a deployment no room.
    CannotDeploy {
        /// The service.
        service: ServiceId,
    },
    /// Service event: a task cannot be placed.
    PlacementFailed {
        /// The service.
        service: ServiceId,
        /// Why not.
        why: CannotPlace,
    },
    /// Service event: tasks fail to start, again and again (`SERVICE_TASK_START_IMPAIRED`).
    StartImpaired {
        /// The service.
        service: ServiceId,
    },
    /// Service event: the zones of a service are out of balance, and it begins to move tasks.
    RebalancingStarted {
        /// The service.
        service: ServiceId,
        /// Its healthy tasks by zone, with the zones' indices.
        tasks: Vec<(usize, u32)>,
    },
    /// Service event: the zones are balanced again.
    RebalancingCompleted {
        /// The service.
        service: ServiceId,
        /// Its healthy tasks by zone, with the zones' indices.
        tasks: Vec<(usize, u32)>,
    },
    /// Service event: a task was started to balance the zones.
    RebalancingStartedTask {
        /// The task.
        task: TaskId,
    },
    /// Service event: a task was stopped to balance the zones.
    RebalancingStoppedTask {
        /// The task.
        task: TaskId,
    },
    /// A CloudWatch alarm changed its state.
    AlarmChanged {
        /// `AlarmName`.
        alarm: String,
        /// Its state until now.
        before: AlarmState,
        /// Its state from now on.
        after: AlarmState,
        /// `StateReason`, in CloudWatch's words.
        reason: String,
    },
    /// Application Auto Scaling set another desired count.
    Scaled {
        /// The service.
        service: ServiceId,
        /// What was done, and why.
        activity: ScalingActivity,
    },
    /// Application Auto Scaling would have liked to, and did not.
    NotScaled {
        /// The service.
        service: ServiceId,
        /// What was not done, and why.
        activity: NotScaled,
    },
}

/// What failed a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeploymentFailure {
    /// The circuit breaker: tasks failed to start or failed their health checks.
    CircuitBreaker,
    /// An alarm, a person or a stage that took too long.
    RolledBack(RollbackReason),
}

/// Why a task cannot be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CannotPlace {
    /// No container instance takes it.
    Instances(PlacementFailure),
    /// Fargate has no capacity in the zones of the service.
    NoCapacity,
    /// The quota of vCPUs is used up.
    VcpuQuota,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A person.
    Person,
    /// The scenario's timeline.
    Timeline,
}

/// What a sentence needs beside the notice: the names of things.
pub trait Names {
    /// The zone of a node.
    fn zone(&self, node: NodeId) -> &str;
    /// The name of a target group.
    fn target_group(&self, group: TargetGroupId) -> &str;
    /// The name of a target's group.
    fn target_group_of(&self, target: TargetId) -> &str;
    /// The task behind a target.
    fn task_behind(&self, target: TargetId) -> Option<TaskId>;
    /// The target that a task is registered as.
    fn target_of(&self, task: TaskId) -> Option<TargetId>;
    /// The name of a service.
    fn service(&self, service: ServiceId) -> &str;
    /// The name of a task's service.
    fn service_of(&self, task: TaskId) -> &str;
    /// The container port of a target.
    fn port_of(&self, target: TargetId) -> u16;
    /// AWS's id of the deployment that a task was started by.
    fn deployment_of(&self, task: TaskId) -> String;
    /// AWS's id of a deployment of a service.
    fn deployment(&self, service: ServiceId, deployment: DeploymentId) -> String;
    /// The name of a zone.
    fn zone_name(&self, zone: usize) -> &str;
    /// The zone of a task.
    fn zone_of(&self, task: TaskId) -> &str;
    /// A command in words.
    fn command(&self, command: &Command) -> String;
}
