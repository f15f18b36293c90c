//! The service and its task definition.

use super::elb::ZONES_MAX;
use super::{Problems, quoted};
use crate::command::Command;
use crate::ecs::{ContainerSettings, DeploymentConfiguration, ServiceSettings, StartTimes, TaskDefinition};
use crate::elb::TargetGroupId;
use crate::kernel::{Distribution, SimDuration};
use crate::scenario::document::{self, Document};

const HOUR: SimDuration = SimDuration::from_secs(3_600);
/// Our own limit: AWS documents none.
const MAXIMUM_PERCENT_MAX: i64 = 1_000;
const WORKERS_MAX: i64 = 64;
const BACKLOG_MAX: i64 = 65_535;

pub(super) fn service(
    document: &Document,
    load_balancer_zones: &[String],
    problems: &mut Problems,
) -> Option<ServiceSettings> {
    let task_definition = task_definition(document, problems);
    let path = "Services";
    let service = problems.only(path, &document.services)?;
    let at = |field: &str| format!("{path}[0].{field}");
    problems.name(&at("ServiceName"), &service.service_name, 255);
    problems.word(&at("LaunchType"), &service.launch_type, &["FARGATE"]);
    let zones = zones(&at("AvailabilityZones"), service, load_balancer_zones, problems);
    references(document, service, problems);
    let desired_count_max = i64::from(Command::DESIRED_COUNT_MAX);
    let grace = service.health_check_grace_period_seconds;
    Some(ServiceSettings {
        name: service.service_name.clone(),
        desired_count: problems.whole(&at("DesiredCount"), service.desired_count, 0, desired_count_max),
        deployment: deployment(&service.deployment_configuration, problems),
        // API CreateService: 0 to 2,147,483,647 seconds.
        health_check_grace_period: problems.seconds(
            &at("HealthCheckGracePeriodSeconds"),
            grace,
            0,
            2_147_483_647,
        ),
        task_definition: task_definition?,
        target_group: Some(TargetGroupId::new(0)),
        zones,
        security_groups: Vec::new(),
    })
}

fn references(document: &Document, service: &document::Service, problems: &mut Problems) {
    let at = |field: &str| format!("Services[0].{field}");
    let Some(mapping) = problems.only(&at("LoadBalancers"), &service.load_balancers) else { return };
    if let [group] = document.target_groups.as_slice() {
        let path = at("LoadBalancers[0].TargetGroupArn");
        problems.reference(&path, &mapping.target_group_arn, &group.name, "a target group");
    }
    let [definition] = document.task_definitions.as_slice() else { return };
    problems.reference(
        &at("TaskDefinition"),
        &service.task_definition,
        &definition.family,
        "a task definition's family",
    );
    let [container] = definition.container_definitions.as_slice() else { return };
    let path = at("LoadBalancers[0].ContainerName");
    problems.reference(&path, &mapping.container_name, &container.name, "a container of the task definition");
    let ports: Vec<i64> = container.port_mappings.iter().map(|mapping| mapping.container_port).collect();
    if !ports.contains(&mapping.container_port) {
        let instead = ports.first().copied().unwrap_or(80);
        let allowed = "a port that the container maps";
        problems.add(&at("LoadBalancers[0].ContainerPort"), mapping.container_port, allowed, instead);
    }
}

fn zones(
    path: &str,
    service: &document::Service,
    load_balancer_zones: &[String],
    problems: &mut Problems,
) -> Vec<usize> {
    let Some(names) = &service.availability_zones else { return (0..load_balancer_zones.len()).collect() };
    if names.is_empty() {
        problems.add(path, "no zones", "one zone or more", "it not at all, for all zones");
    }
    let mut zones = Vec::new();
    // One more than there can be, and one of them stands twice or is not the load balancer's: the rest need no look.
    for (index, name) in names.iter().enumerate().take(ZONES_MAX + 1) {
        match load_balancer_zones.iter().position(|zone| zone == name) {
            Some(zone) if !zones.contains(&zone) => zones.push(zone),
            Some(_) => {
                problems.add(path, quoted(name), "a list in which no zone stands twice", "it once");
            }
            None => {
                let allowed = "one of the load balancer's zones";
                let instead = load_balancer_zones.first().map_or("none", String::as_str);
                problems.add(&format!("{path}[{index}]"), quoted(name), allowed, quoted(instead));
            }
        }
    }
    zones
}

fn deployment(document: &document::DeploymentDocument, problems: &mut Problems) -> DeploymentConfiguration {
    let default = DeploymentConfiguration::default();
    let at = |field: &str| format!("Services[0].DeploymentConfiguration.{field}");
    let mut percent = |field: &str, value: Option<i64>, default, min, max| {
        value.map_or(default, |value| problems.whole(&at(field), value, min, max))
    };
    DeploymentConfiguration {
        minimum_healthy_percent: percent(
            "MinimumHealthyPercent",
            document.minimum_healthy_percent,
            default.minimum_healthy_percent,
            0,
            100,
        ),
        maximum_percent: percent(
            "MaximumPercent",
            document.maximum_percent,
            default.maximum_percent,
            100,
            MAXIMUM_PERCENT_MAX,
        ),
    }
}

fn task_definition(document: &Document, problems: &mut Problems) -> Option<TaskDefinition> {
    let path = "TaskDefinitions";
    let definition = problems.only(path, &document.task_definitions)?;
    let at = |field: &str| format!("{path}[0].{field}");
    problems.name(&at("Family"), &definition.family, 255);
    let revision = problems.whole(&at("Revision"), definition.revision, 1, 1_000_000);
    let start_times = definition.start_times.as_ref().map_or_else(StartTimes::default, |times| {
        let mut phase = |field: &str, text: &str| {
            problems.duration(&at(&format!("StartTimes.{field}")), text, SimDuration::ZERO, HOUR)
        };
        StartTimes {
            provisioning: phase("Provisioning", &times.provisioning),
            pending: phase("Pending", &times.pending),
            activating: phase("Activating", &times.activating),
        }
    });
    let container = problems.only(&at("ContainerDefinitions"), &definition.container_definitions)?;
    let at = |field: &str| format!("{path}[0].ContainerDefinitions[0].{field}");
    problems.name(&at("Name"), &container.name, 255);
    let mapping = problems.only(&at("PortMappings"), &container.port_mappings)?;
    // API ContainerDefinition: 2 to 120 seconds on Fargate.
    let stop_timeout = container.stop_timeout.map_or(TaskDefinition::STOP_TIMEOUT, |seconds| {
        problems.seconds(&at("StopTimeout"), seconds, 2, 120)
    });
    let container_port = problems.port(&at("PortMappings[0].ContainerPort"), mapping.container_port);
    Some(TaskDefinition {
        family: definition.family.clone(),
        revision,
        image: container.image.clone(),
        container_port,
        stop_timeout,
        start_times,
        container: server(&container.server, container_port, &at("Server"), problems),
    })
}

fn server(server: &document::Server, port: u16, path: &str, problems: &mut Problems) -> ContainerSettings {
    ContainerSettings {
        port,
        health_port: None,
        keep_alive: Some(ContainerSettings::KEEP_ALIVE),
        paths: Vec::new(),
        sets_cookie: None,
        workers: problems.whole(&format!("{path}.Workers"), server.workers, 1, WORKERS_MAX),
        backlog: problems.whole(&format!("{path}.Backlog"), server.backlog, 0, BACKLOG_MAX),
        service_time: service_time(&server.service_time, &format!("{path}.ServiceTime"), problems),
    }
}

fn service_time(document: &document::ServiceTime, path: &str, problems: &mut Problems) -> Distribution {
    let at = |field: &str| format!("{path}.{field}");
    let mean = problems.duration(&at("Mean"), &document.mean, SimDuration::ZERO, HOUR);
    let deviation = &document.standard_deviation;
    problems.word(&at("Distribution"), &document.distribution, &["constant", "exponential", "log-normal"]);
    match (document.distribution.as_str(), deviation) {
        ("log-normal", Some(text)) => {
            let standard_deviation =
                problems.duration(&at("StandardDeviation"), text, SimDuration::ZERO, HOUR);
            Distribution::LogNormal { mean, standard_deviation }
        }
        ("log-normal", None) => {
            let allowed = "given for a log-normal distribution";
            problems.add(&at("StandardDeviation"), "nothing", allowed, quoted(document.mean.as_str()));
            Distribution::Constant { value: mean }
        }
        (_, Some(text)) => {
            let allowed = "absent: only a log-normal distribution has one";
            problems.add(&at("StandardDeviation"), quoted(text), allowed, "nothing");
            Distribution::Constant { value: mean }
        }
        ("exponential", None) => Distribution::Exponential { mean },
        _ => Distribution::Constant { value: mean },
    }
}
