//! Services, their deployments, and where their tasks can run.

use albatross_engine::Simulation;
use albatross_engine::ecs::deployment::lifecycle::LifecycleStage;
use albatross_engine::ecs::deployment::state::DeploymentStatus;
use albatross_engine::ecs::placement::{Instance, InstanceId};
use albatross_engine::ecs::{
    Cluster, DeploymentRecord, Service, ServiceId, Task, TaskDefinition, TaskStatus,
};
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::Names;

use super::look::seconds;
use super::{Fact, ScalingView, scaling, settings};
use crate::words;

/// So many deployments are told, the latest.
const DEPLOYMENTS_TOLD: usize = 4;
/// So many service events are told, the latest.
const EVENTS_TOLD: usize = 8;

/// A service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceView {
    /// `ServiceName`.
    pub name: String,
    /// The task definition's family and revision.
    pub task_definition: String,
    /// `desiredCount`.
    pub desired: u32,
    /// `runningCount`.
    pub running: u32,
    /// `pendingCount`.
    pub pending: u32,
    /// Its settings but those that can be changed on the page.
    pub settings: Vec<Fact>,
    /// `minimumHealthyPercent`.
    pub minimum_healthy_percent: u32,
    /// `maximumPercent`.
    pub maximum_percent: u32,
    /// `healthCheckGracePeriodSeconds`.
    pub grace_period: u32,
    /// The index of the target group that its tasks are registered in.
    pub group: Option<usize>,
    /// Which revisions run, with how many tasks, the PRIMARY one last: `:12 2 → :13 1`.
    pub revisions: String,
    /// Whether a deployment is in progress.
    pub in_progress: bool,
    /// The lifecycle stage of a deployment that shifts traffic, and how far it is.
    pub stage: String,
    /// What its scheduler waits for.
    pub waits: String,
    /// Its deployments as sentences.
    pub story: Vec<String>,
    /// Its deployments, the latest first.
    pub deployments: Vec<DeploymentView>,
    /// Its latest events with their times, the latest first.
    pub events: Vec<Fact>,
    /// The task definitions that it could be given, by their numbers.
    pub task_definitions: Vec<(u32, String)>,
    /// What Application Auto Scaling does with it.
    pub scaling: Option<ScalingView>,
}

/// A deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeploymentView {
    /// AWS's id.
    pub id: String,
    /// The revision of the task definition.
    pub revision: String,
    /// `status`.
    pub status: &'static str,
    /// `rolloutState`.
    pub rollout: &'static str,
    /// How many of its tasks are RUNNING.
    pub running: u32,
    /// `failedTasks`.
    pub failed: u32,
}

/// An Availability Zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneView {
    /// Its name.
    pub name: String,
    /// Whether it has failed.
    pub failed: bool,
    /// The container instances in it.
    pub instances: Vec<InstanceView>,
}

/// A container instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceView {
    /// Its number.
    pub number: u32,
    /// Its name and type.
    pub name: String,
    /// How many tasks are on it, and what it has left.
    pub left: String,
}

pub(super) fn services(simulation: &Simulation) -> Vec<ServiceView> {
    simulation.cluster().services().iter().map(|service| view(service, simulation)).collect()
}

fn view(service: &Service, simulation: &Simulation) -> ServiceView {
    let (cluster, id, settings) = (simulation.cluster(), service.id(), service.settings());
    let mut story = simulation.story_of_service(id);
    let waits = story.pop().unwrap_or_default();
    ServiceView {
        name: settings.name.clone(),
        task_definition: name_of(&settings.task_definition),
        desired: service.desired_count(),
        running: cluster.running_count(id),
        pending: cluster.pending_count(id),
        settings: settings::of(service, simulation),
        minimum_healthy_percent: settings.deployment.minimum_healthy_percent,
        maximum_percent: settings.deployment.maximum_percent,
        grace_period: seconds(settings.health_check_grace_period) as u32,
        group: settings.target_group.map(|group| group.number() as usize),
        revisions: revisions(service, cluster),
        in_progress: service.deployment_in_progress(),
        stage: stage(service.primary()),
        waits,
        story,
        deployments: deployments(service, simulation),
        events: events(service, simulation),
        task_definitions: (0..)
            .zip(cluster.task_definitions())
            .map(|(number, definition)| (number, name_of(definition)))
            .collect(),
        scaling: scaling::of(id, simulation),
    }
}

/// A task definition's family and revision.
pub(super) fn name_of(definition: &TaskDefinition) -> String {
    format!("{}:{}", definition.family, definition.revision)
}

/// A container instance as it is told of.
pub(super) fn instance_name(id: InstanceId) -> String {
    format!("instance {id}")
}

/// The instant to a tenth of a second.
pub(super) fn time(at: SimTime) -> String {
    let mut text = at.to_string();
    text.truncate(text.len() - 2);
    text
}

/// A deployment's revision; of equal ones, which is the older.
fn revision_name(record: &DeploymentRecord, service: &Service) -> String {
    let (revision, primary) = (record.task_definition_revision(), service.primary());
    let older = record.id() != primary.id() && revision == primary.task_definition_revision();
    format!(":{revision}{}", if older { " (old)" } else { "" })
}

/// Which revision a task is of, while its service has tasks of several, and whether that is the PRIMARY one.
pub(super) fn revision_of(task: &Task, cluster: &Cluster) -> Option<(String, bool)> {
    let service = cluster.service(task.service())?;
    cluster.tasks_of(service.id()).find(|other| other.revision() != task.revision())?;
    let record = service.deployments().iter().rev().find(|record| record.revision() == task.revision())?;
    Some((revision_name(record, service), record.status() == DeploymentStatus::Primary))
}

fn running_of(record: &DeploymentRecord, service: ServiceId, cluster: &Cluster) -> u32 {
    let running = |task: &&Task| task.status() == TaskStatus::Running && task.revision() == record.revision();
    cluster.tasks_of(service).filter(running).count() as u32
}

fn revisions(service: &Service, cluster: &Cluster) -> String {
    let primary = service.primary();
    let present = |record: &&DeploymentRecord| {
        record.id() != primary.id()
            && cluster.tasks_of(service.id()).any(|task| task.revision() == record.revision())
            && record.revision() != primary.revision()
    };
    let tell = |record: &DeploymentRecord| {
        let running = running_of(record, service.id(), cluster);
        format!("{}\u{a0}{running}", revision_name(record, service))
    };
    let old = service.deployments().iter().filter(present);
    old.chain([primary]).map(tell).collect::<Vec<_>>().join(" → ")
}

fn stage(record: &DeploymentRecord) -> String {
    let tell = |(stage, tenths): (LifecycleStage, u32)| {
        let percent = words::short(f64::from(tenths) / 10.0, 1);
        format!("{} · {percent}\u{a0}% of traffic", stage.as_str())
    };
    record.stage().map(tell).unwrap_or_default()
}

fn deployments(service: &Service, simulation: &Simulation) -> Vec<DeploymentView> {
    let tell = |record: &DeploymentRecord| DeploymentView {
        id: Names::deployment(simulation, service.id(), record.id()),
        revision: format!(":{}", record.task_definition_revision()),
        status: record.status().as_str(),
        rollout: record.rollout().as_str(),
        running: running_of(record, service.id(), simulation.cluster()),
        failed: record.failed_tasks(),
    };
    service.deployments().iter().rev().take(DEPLOYMENTS_TOLD).map(tell).collect()
}

fn events(service: &Service, simulation: &Simulation) -> Vec<Fact> {
    let latest = service.events().latest().take(EVENTS_TOLD);
    latest.map(|event| (time(event.at), simulation.describe(&event.message))).collect()
}

pub(super) fn zones(simulation: &Simulation) -> Vec<ZoneView> {
    let cluster = simulation.cluster();
    let view = |(zone, name): (usize, &String)| {
        let instances = cluster.instances().iter().filter(|instance| instance.zone == zone);
        ZoneView {
            name: name.clone(),
            failed: cluster.zone_has_failed(zone),
            instances: instances.map(|instance| instance_view(instance, cluster)).collect(),
        }
    };
    simulation.zones().iter().enumerate().map(view).collect()
}

fn instance_view(instance: &Instance, cluster: &Cluster) -> InstanceView {
    let number = instance.id.number();
    let kind = cluster.settings().instances.get(number as usize);
    let tasks = cluster.tasks().filter(|task| task.place().instance == Some(instance.id)).count();
    let left = instance.left();
    InstanceView {
        number,
        name: format!(
            "{} · {}",
            instance_name(instance.id),
            kind.map_or("", |settings| settings.instance_type.as_str())
        ),
        left: format!(
            "{}; left: CPU {}, memory {}\u{a0}MiB, ENI {}",
            words::plural(tasks as u64, "task", "tasks"),
            left.cpu,
            left.memory,
            left.network_interfaces
        ),
    }
}

#[cfg(test)]
mod tests {
    use albatross_engine::Command;
    use albatross_engine::ecs::Release;

    use super::*;

    const WEB: ServiceId = ServiceId::new(0);

    fn at(second: u64) -> SimTime {
        SimTime::from_micros(second * 1_000_000)
    }

    /// The service after a command at the tenth second, and the revisions on its tasks.
    fn service_after(command: Command, until: u64) -> (ServiceView, Vec<Option<(String, bool)>>) {
        let mut simulation = Simulation::new(crate::library::first(), 7);
        simulation.advance(at(10), u64::MAX);
        simulation.apply(command).expect("it can be done");
        simulation.advance(at(until), u64::MAX);
        let cluster = simulation.cluster();
        let revisions = cluster.tasks().map(|task| revision_of(task, cluster)).collect();
        (services(&simulation).swap_remove(0), revisions)
    }

    #[test]
    fn a_deployment_is_told_while_it_lasts_and_after_it() {
        let deploy = Command::DeployRelease(WEB, Release::Good);
        let (service, revisions) = service_after(deploy.clone(), 14);
        assert_eq!(service.revisions, ":12\u{a0}3 → :13\u{a0}0");
        assert!(service.in_progress && service.waits.contains("healthy"), "{}", service.waits);
        assert_eq!(revisions.len(), 6);
        let (old, new) = (Some((":12".to_owned(), false)), Some((":13".to_owned(), true)));
        assert!(
            revisions[..3].iter().all(|told| *told == old) && revisions[3..].iter().all(|told| *told == new)
        );
        let told: Vec<_> = service.deployments.iter().map(|one| (one.status, one.rollout)).collect();
        assert_eq!(told, [("PRIMARY", "IN_PROGRESS"), ("ACTIVE", "COMPLETED")]);

        let (service, revisions) = service_after(deploy, 150);
        assert_eq!((service.revisions.as_str(), service.in_progress), (":13\u{a0}3", false));
        assert_eq!(revisions, [None, None, None]);
        assert_eq!(service.task_definitions, [(0, "web:12".to_owned()), (1, "web:13".to_owned())]);
    }

    #[test]
    fn of_two_deployments_of_one_revision_the_older_is_told_apart() {
        let (service, revisions) = service_after(Command::ForceNewDeployment(WEB), 14);
        assert_eq!(service.revisions, ":12 (old)\u{a0}3 → :12\u{a0}0");
        assert_eq!(revisions[0], Some((":12 (old)".to_owned(), false)));
        assert_eq!(revisions[5], Some((":12".to_owned(), true)));
    }

    #[test]
    fn a_zone_that_failed_is_told() {
        let mut simulation = Simulation::new(crate::library::first(), 7);
        simulation.apply(Command::LoseZone(1)).expect("it is there");
        let failed: Vec<bool> = zones(&simulation).iter().map(|zone| zone.failed).collect();
        assert_eq!(failed, [false, true]);
    }
}
