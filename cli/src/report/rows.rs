//! How services, nodes and targets stand at the end of a run.

use albatross_engine::Simulation;
use albatross_engine::elb::{Target, TargetHealth, TargetHealthReason};
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::Names;
use serde::Serialize;

use super::figures::in_seconds;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ServiceRow {
    pub(super) service: String,
    pub(super) desired_count: u32,
    pub(super) running_count: u32,
    pub(super) pending_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NodeRow {
    pub(super) zone: String,
    pub(super) address: String,
    pub(super) received: u64,
    pub(super) in_flight: u32,
    pub(super) in_dns: bool,
    pub(super) failing_open: bool,
}

/// A target that is, or was, registered.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TargetRow {
    pub(super) task: Option<u32>,
    pub(super) service: String,
    pub(super) target_group: String,
    pub(super) address: String,
    pub(super) zone: String,
    pub(super) last_status: Option<&'static str>,
    #[serde(flatten)]
    pub(super) health: Health,
    pub(super) requests: u64,
    /// The part of the group's requests that it got, from 0 to 1.
    pub(super) share: f64,
    pub(super) states: Vec<Since>,
}

/// A state with its reason, as `DescribeTargetHealth` words it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Health {
    pub(super) state: &'static str,
    pub(super) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

/// A state and when it began.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Since {
    #[serde(serialize_with = "in_seconds")]
    at: SimTime,
    #[serde(flatten)]
    health: Health,
}

impl From<TargetHealth> for Health {
    fn from(health: TargetHealth) -> Self {
        let description = match health.reason {
            Some(TargetHealthReason::Failed(failed)) => Some(failed.to_string()),
            _ => None,
        };
        Self { state: health.state.as_str(), reason: health.reason.map(|reason| reason.code()), description }
    }
}

pub(super) fn services(simulation: &Simulation) -> Vec<ServiceRow> {
    let cluster = simulation.cluster();
    let row = |service: &albatross_engine::ecs::Service| ServiceRow {
        service: service.settings().name.clone(),
        desired_count: service.desired_count(),
        running_count: cluster.running_count(service.id()),
        pending_count: cluster.pending_count(service.id()),
    };
    cluster.services().iter().map(row).collect()
}

pub(super) fn nodes(simulation: &Simulation) -> Vec<NodeRow> {
    let row = |node: &albatross_engine::elb::Node| NodeRow {
        zone: node.zone().to_owned(),
        address: node.address().to_string(),
        received: node.received(),
        in_flight: node.in_flight(),
        in_dns: node.is_in_dns(),
        failing_open: node.is_failing_open(),
    };
    simulation.load_balancer().nodes().iter().map(row).collect()
}

/// Every target that was ever registered, with what it got.
pub(super) fn targets(simulation: &Simulation) -> Vec<TargetRow> {
    let load_balancer = simulation.load_balancer();
    let mut requests_of_group = vec![0; load_balancer.target_groups().len()];
    for target in load_balancer.all_targets() {
        requests_of_group[target.group().number() as usize] += target.routed();
    }
    let row = |target: &Target| {
        let task = simulation.task_behind(target.id());
        let of_group = requests_of_group[target.group().number() as usize].max(1);
        TargetRow {
            task: task.map(|task| task.number()),
            service: task.map_or_else(String::new, |task| simulation.service_of(task).to_owned()),
            target_group: simulation.target_group(target.group()).to_owned(),
            address: target.address().to_string(),
            zone: simulation.zones().get(target.zone()).cloned().unwrap_or_default(),
            last_status: task.and_then(|task| Some(simulation.cluster().task(task)?.status().as_str())),
            health: Health::from(target.health()),
            requests: target.routed(),
            share: target.routed() as f64 / of_group as f64,
            states: target
                .states()
                .iter()
                .map(|(at, health)| Since { at: *at, health: Health::from(*health) })
                .collect(),
        }
    };
    load_balancer.all_targets().iter().map(row).collect()
}
