//! What a person can do to the world, at an instant. Nothing else changes it.

use serde::{Deserialize, Serialize};

use crate::ecs::deployment::settings::DeploymentRefused;
use crate::ecs::placement::InstanceId;
use crate::ecs::{DeploymentConfiguration, Release, ServiceId, TaskDefinitionId, TaskId};
use crate::elb::listener::{Action, ActionRefused};
use crate::elb::{
    HealthCheckChange, HealthCheckRefused, Incompatible, ListenerId, LoadBalancerAttribute, SessionsRefused,
    TargetGroupAttribute, TargetGroupId,
};
use crate::traffic::RequestRate;
use crate::vpc::{Permission, SecurityGroupId};

/// One thing that a person, a scenario's timeline or a test does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    /// The process in a task dies at once.
    KillTask(TaskId),
    /// `StopTask`: the task drains, gets SIGTERM and ends.
    StopTask(TaskId),
    /// What a task starts from now on takes it so many percent of the normal time: 1 to 10,000.
    SlowTask(TaskId, u32),
    /// A task answers every request and health check with this status: 500 to 599.
    FailRequests(TaskId, u16),
    /// A task accepts connections and answers nothing.
    HangTask(TaskId),
    /// A task answers its health checks 503, and its requests as ever.
    FailHealthCheck(TaskId),
    /// A task answers its requests with something that is not HTTP, and its health checks as ever.
    GarbleResponses(TaskId),
    /// Nothing is wrong with a task any more.
    RestoreTask(TaskId),
    /// `UpdateService` with another desired count: 0 to [`Command::DESIRED_COUNT_MAX`].
    SetDesiredCount(ServiceId, u32),
    /// `RegisterTaskDefinition` of a copy of the service's task definition with this about it, and `UpdateService` with
    /// that: a deployment of a new revision.
    DeployRelease(ServiceId, Release),
    /// `UpdateService` with another task definition: a deployment.
    UpdateTaskDefinition(ServiceId, TaskDefinitionId),
    /// `UpdateService` with `forceNewDeployment`.
    ForceNewDeployment(ServiceId),
    /// `UpdateService` with other percentages. That is no deployment.
    ModifyDeployment(ServiceId, DeploymentConfiguration),
    /// `UpdateService` with another `healthCheckGracePeriodSeconds`: 0 to 2,147,483,647. That is no deployment.
    ModifyGracePeriod(ServiceId, u32),
    /// `StopServiceDeployment`.
    StopServiceDeployment(ServiceId, StopType),
    /// `RegisterScalableTarget` with these bounds, minimum and maximum.
    RegisterScalableTarget(ServiceId, u32, u32),
    /// AWS takes back the capacity of a Fargate Spot task, after a warning of two minutes.
    InterruptSpot(TaskId),
    /// A container instance is gone, with the tasks on it.
    LoseInstance(InstanceId),
    /// An Availability Zone fails: tasks in it are gone and none can be started there. By its index.
    LoseZone(u32),
    /// The zone is there again.
    RestoreZone(u32),
    /// `ModifyTargetGroupAttributes`.
    ModifyTargetGroup(TargetGroupId, TargetGroupAttribute),
    /// `ModifyTargetGroup`: a setting of the health check.
    ModifyHealthCheck(TargetGroupId, HealthCheckChange),
    /// `ModifyLoadBalancerAttributes`.
    ModifyLoadBalancer(LoadBalancerAttribute),
    /// `ModifyListener`, or `ModifyRule` of the rule with this priority: another action.
    ModifyAction(ListenerId, Option<u16>, Action),
    /// `AuthorizeSecurityGroupIngress`.
    AuthorizeIngress(SecurityGroupId, Permission),
    /// `RevokeSecurityGroupIngress`.
    RevokeIngress(SecurityGroupId, Permission),
    /// Clients send so many requests.
    SetRequestRate(RequestRate),
}

impl Command {
    /// The most tasks that can be asked for. AWS's quota is 5,000 tasks per service; this is our own limit.
    pub const DESIRED_COUNT_MAX: u32 = 60;
    /// The greatest slowness, in percent.
    pub const SLOWNESS_PERCENT_MAX: u32 = 10_000;
}

/// `stopType` of `StopServiceDeployment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StopType {
    /// `ROLLBACK`, the default: back to the revision before.
    Rollback,
    /// `ABORT`: it stops where it is.
    Abort,
}

impl StopType {
    /// AWS's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rollback => "ROLLBACK",
            Self::Abort => "ABORT",
        }
    }
}

/// Why a command cannot be carried out. The world is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// There never was a task with this number.
    #[error("there is no task {0}")]
    NoSuchTask(TaskId),
    /// There is no such service, target group, listener, rule or security group.
    #[error("there is no such {0}")]
    NoSuchThing(&'static str),
    /// The task has no running process to do this to.
    #[error("task {0} has no running process: it is starting, or its process has ended")]
    NoProcess(TaskId),
    /// The task is ending already.
    #[error("task {0} is ending already")]
    AlreadyStopping(TaskId),
    /// The slowness is out of range.
    #[error("a task can take 1 % to 10000 % of its normal time, not {0} %")]
    SlownessOutOfRange(u32),
    /// The status is not one of a failing server.
    #[error("a failing task answers with a status from 500 to 599, not {0}")]
    StatusOutOfRange(u16),
    /// The desired count is out of range.
    #[error("the desired count goes from 0 to 60 here, not {0}")]
    DesiredCountOutOfRange(u32),
    /// AWS does not take these target group attributes together.
    #[error("{0}")]
    Incompatible(Incompatible),
    /// AWS does not take this setting of a health check.
    #[error("{0}")]
    HealthCheck(HealthCheckRefused),
    /// AWS does not take this action.
    #[error("{0}")]
    Action(ActionRefused),
    /// AWS does not take this action together with the sessions of its target groups.
    #[error("{0}")]
    Sessions(SessionsRefused),
    /// AWS does not take these settings of deployments.
    #[error("{0}")]
    Deployment(DeploymentRefused),
    /// The minimum or maximum percentage is out of its range.
    #[error(
        "minimumHealthyPercent goes from 0 to 100 and maximumPercent from 100 to 1000 here, not {0} and {1}"
    )]
    PercentOutOfRange(u32, u32),
    /// The grace period is out of range.
    #[error("healthCheckGracePeriodSeconds goes from 0 to 2147483647, not {0}")]
    GracePeriodOutOfRange(u32),
    /// There is no deployment to stop.
    #[error("the service has no deployment in progress")]
    NoDeployment,
    /// There is no deployment to go back to.
    #[error("there is no completed deployment to roll back to")]
    NothingToRollBackTo,
    /// The task is not one of Fargate Spot.
    #[error("task {0} does not run on FARGATE_SPOT")]
    NotSpot(TaskId),
    /// The thing is gone already, or is there.
    #[error("{0}")]
    AlreadySo(&'static str),
    /// The service has no scalable target.
    #[error("the service is no scalable target: it has no scaling policy")]
    NotScalable,
    /// Application Auto Scaling does not take these bounds.
    #[error("Maximum capacity cannot be less than minimum capacity")]
    MaxBelowMin,
    /// The permission is there already, or is not there.
    #[error("{0}")]
    Permission(&'static str),
}
