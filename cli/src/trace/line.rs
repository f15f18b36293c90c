//! What a line holds when it tells of a notice.

use std::collections::BTreeMap;

use serde::Serialize;

use super::names::{Health, Node, Reason, Target};

/// A task, with its service.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Task<'a> {
    pub(super) task: u32,
    pub(super) service: &'a str,
}

/// A deployment, with its service.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Deployment<'a> {
    pub(super) service: &'a str,
    pub(super) deployment: String,
}

/// A notice. Its kind stands in `Event`.
#[derive(Serialize)]
#[serde(tag = "Event", rename_all_fields = "PascalCase")]
pub(super) enum NoticeLine<'a> {
    Commanded {
        by: &'static str,
    },
    Refused {
        refusal: String,
    },
    TargetRegistered {
        #[serde(flatten)]
        target: Target<'a>,
    },
    TargetHealthChanged {
        #[serde(flatten)]
        target: Target<'a>,
        before: Health,
        after: Health,
    },
    NodeVerdict {
        #[serde(flatten)]
        node: Node<'a>,
        #[serde(flatten)]
        target: Target<'a>,
        verdict: &'static str,
        #[serde(flatten)]
        reason: Option<Reason>,
        checks: u8,
    },
    FailOpen {
        #[serde(flatten)]
        node: Node<'a>,
        target_group: &'a str,
        on: bool,
    },
    DnsChanged {
        #[serde(flatten)]
        node: Node<'a>,
        published: bool,
    },
    AnomalyChanged {
        #[serde(flatten)]
        target: Target<'a>,
        anomalous: bool,
    },
    RequestsLost {
        #[serde(flatten)]
        task: Task<'a>,
        count: u32,
    },
    DrainingCut {
        #[serde(flatten)]
        target: Target<'a>,
        count: u32,
    },
    TaskStatusChanged {
        #[serde(flatten)]
        task: Task<'a>,
        before: &'static str,
        after: &'static str,
    },
    TaskStopping {
        #[serde(flatten)]
        task: Task<'a>,
        stop_code: &'static str,
        stopped_reason: &'static str,
    },
    ServiceStartedTasks {
        service: &'a str,
        tasks: Vec<u32>,
    },
    ServiceRegisteredTarget {
        #[serde(flatten)]
        target: Target<'a>,
        service: &'a str,
    },
    ServiceTaskUnhealthy {
        #[serde(flatten)]
        task: Task<'a>,
        #[serde(flatten)]
        reason: Reason,
    },
    ServiceStoppedTask {
        #[serde(flatten)]
        task: Task<'a>,
    },
    ServiceDeregisteredTarget {
        #[serde(flatten)]
        target: Target<'a>,
        service: &'a str,
    },
    DrainingBegun {
        #[serde(flatten)]
        task: Task<'a>,
    },
    SteadyState {
        service: &'a str,
    },
    TaskExited {
        #[serde(flatten)]
        task: Task<'a>,
        exit_code: u8,
    },
    ContainerHealthChanged {
        #[serde(flatten)]
        task: Task<'a>,
        health_status: &'static str,
    },
    SpotInterrupted {
        #[serde(flatten)]
        task: Task<'a>,
    },
    InstanceLost {
        instance: String,
    },
    DeploymentStarted {
        #[serde(flatten)]
        deployment: Deployment<'a>,
        revision: u32,
    },
    DeploymentCompleted {
        #[serde(flatten)]
        deployment: Deployment<'a>,
    },
    DeploymentFailed {
        #[serde(flatten)]
        deployment: Deployment<'a>,
        by: &'static str,
    },
    RollingBack {
        #[serde(flatten)]
        deployment: Deployment<'a>,
    },
    DeploymentStopped {
        #[serde(flatten)]
        deployment: Deployment<'a>,
    },
    LifecycleStageEntered {
        service: &'a str,
        stage: &'static str,
    },
    TrafficShifted {
        service: &'a str,
        test: bool,
        green_percent: f64,
    },
    CannotDeploy {
        service: &'a str,
    },
    PlacementFailed {
        service: &'a str,
        why: &'static str,
    },
    StartImpaired {
        service: &'a str,
    },
    RebalancingStarted {
        service: &'a str,
        tasks: BTreeMap<&'a str, u32>,
    },
    RebalancingCompleted {
        service: &'a str,
        tasks: BTreeMap<&'a str, u32>,
    },
    RebalancingStartedTask {
        #[serde(flatten)]
        task: Task<'a>,
    },
    RebalancingStoppedTask {
        #[serde(flatten)]
        task: Task<'a>,
    },
    AlarmChanged {
        alarm: String,
        before: &'static str,
        after: &'static str,
        state_reason: String,
    },
    Scaled {
        service: &'a str,
        cause: String,
        from: u32,
        to: u32,
    },
    NotScaled {
        service: &'a str,
        cause: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'static str>,
        reason: String,
    },
}
