//! Services and their task definitions.

use super::At;
use super::distribution::distribution;
use super::names::Book;
use super::problems::{Problems, quoted};
use super::{HOUR, security_group};
use crate::command::Command;
use crate::ecs::{ContainerSettings, DeploymentConfiguration, ServiceSettings, StartTimes, TaskDefinition};
use crate::elb::TargetGroupId;
use crate::kernel::SimDuration;
use crate::scenario::document::{self, Service};

/// All zones of a scenario: our own limit, as many as the largest region has.
const ZONES_MAX: usize = 6;
/// Our own limit: AWS documents none.
const MAXIMUM_PERCENT_MAX: i64 = 1_000;
const WORKERS_MAX: i64 = 64;
const BACKLOG_MAX: i64 = 65_535;
const PORTS_MAX: usize = 10;
const PATHS_MAX: usize = 100;

/// The zones of a scenario: those of the load balancer, and behind them those that only services have.
struct Zones {
    all: Vec<String>,
    balancers: usize,
}

/// The services, and all zones of the scenario.
pub(super) fn services(
    book: &Book<'_>,
    balancer_zones: &[String],
    problems: &mut Problems,
) -> (Vec<TaskDefinition>, Vec<ServiceSettings>, Vec<String>) {
    let top = At::top("TaskDefinitions");
    let list = book.task_definitions.list.iter().enumerate();
    let definitions: Vec<Option<TaskDefinition>> =
        list.map(|(index, one)| task_definition(top.element(index), one, problems)).collect();
    let top = At::top("Services");
    let mut zones = Zones { all: balancer_zones.to_vec(), balancers: balancer_zones.len() };
    let mut services = Vec::new();
    for (index, one) in book.services.list.iter().enumerate() {
        services.extend(service(top.element(index), one, book, &definitions, &mut zones, problems));
    }
    (definitions.into_iter().flatten().collect(), services, zones.all)
}

fn service(
    at: At<'_>,
    service: &Service,
    book: &Book<'_>,
    definitions: &[Option<TaskDefinition>],
    zones: &mut Zones,
    problems: &mut Problems,
) -> Option<ServiceSettings> {
    problems.ecs_name(at.field("ServiceName"), &service.service_name);
    problems.word(at.field("LaunchType"), &service.launch_type, &["FARGATE"]);
    let most = i64::from(Command::DESIRED_COUNT_MAX);
    let desired_count = problems.whole(at.field("DesiredCount"), service.desired_count, 0, most);
    // API CreateService: 0 to 2,147,483,647 seconds.
    let grace = service.health_check_grace_period_seconds;
    let grace = problems.seconds(at.field("HealthCheckGracePeriodSeconds"), grace, 0, 2_147_483_647);
    let at_deployment = at.field("DeploymentConfiguration");
    let deployment = deployment(at_deployment, &service.deployment_configuration, problems);
    let zones = own_zones(at.field("AvailabilityZones"), service, zones, problems);
    let (network, groups) = (at.field("NetworkConfiguration"), &service.network_configuration);
    let network = network.field("AwsvpcConfiguration");
    let groups = &groups.awsvpc_configuration.security_groups;
    let security_groups = security_group::names(network.field("SecurityGroups"), groups, book, problems);
    let at_definition = at.field("TaskDefinition");
    let place = book.task_definitions.names.find(at_definition, &service.task_definition, problems);
    let mut task_definition = place.and_then(|place| definitions.get(place).cloned().flatten());
    let target_group = target_group(at, service, place, book, task_definition.as_mut(), problems);
    Some(ServiceSettings {
        name: service.service_name.clone(),
        desired_count,
        launch: crate::ecs::Launch::default(),
        deployment,
        options: Default::default(),
        blue_green: None,
        rebalancing: crate::ecs::rebalancing::AvailabilityZoneRebalancing::Disabled,
        health_check_grace_period: grace,
        task_definition: task_definition?,
        target_group,
        zones,
        security_groups,
    })
}

/// The target group of a service, and the port of the container that is registered in it.
fn target_group(
    at: At<'_>,
    service: &Service,
    definition: Option<usize>,
    book: &Book<'_>,
    task_definition: Option<&mut TaskDefinition>,
    problems: &mut Problems,
) -> Option<TargetGroupId> {
    let at = at.field("LoadBalancers");
    let mapping = problems.at_most(at, &service.load_balancers, 1, "of them").first()?;
    let at = at.element(0);
    let group =
        book.target_groups.names.find(at.field("TargetGroupArn"), &mapping.target_group_arn, problems);
    let definition = definition.and_then(|place| book.task_definitions.list.get(place));
    if let Some(container) = definition.and_then(|definition| definition.container_definitions.first()) {
        if mapping.container_name != container.name {
            let found = quoted(&mapping.container_name);
            let allowed = "the name of a container of the task definition";
            problems.add(at.field("ContainerName"), found, allowed, quoted(&container.name));
        }
        let ports = container.port_mappings.iter().take(PORTS_MAX).map(|mapping| mapping.container_port);
        if !ports.clone().any(|port| port == mapping.container_port) {
            let allowed = "a port that the container maps";
            let instead = ports.min().map_or("one of PortMappings".to_owned(), |port| port.to_string());
            problems.add(at.field("ContainerPort"), mapping.container_port, allowed, instead);
        }
    }
    if let (Some(task_definition), Ok(port)) = (task_definition, u16::try_from(mapping.container_port)) {
        task_definition.container_port = port;
    }
    group.map(|place| TargetGroupId::new(place as u32))
}

/// A zone that the load balancer does not have is allowed: targets there stay unused (ALB guide, "Health checks",
/// `Target.NotInUse`).
fn own_zones(at: At<'_>, service: &Service, zones: &mut Zones, problems: &mut Problems) -> Vec<usize> {
    let Some(names) = &service.availability_zones else { return (0..zones.balancers).collect() };
    if names.is_empty() {
        problems.add(at, "no zones", "one zone or more", "it not at all, for all zones of the load balancer");
    }
    let mut own = Vec::new();
    for (index, name) in problems.at_most(at, names, ZONES_MAX, "zones").iter().enumerate() {
        let at = at.element(index);
        problems.name(at, name, 32);
        let known = zones.all.iter().position(|zone| zone == name);
        match known {
            Some(zone) if own.contains(&zone) => {
                problems.add(at, quoted(name), "a zone that stands once", "it once");
            }
            Some(zone) => own.push(zone),
            None if zones.all.len() == ZONES_MAX => {
                problems.add(at, quoted(name), "one of at most 6 zones in all", quoted(&zones.all[0]));
            }
            None => {
                own.push(zones.all.len());
                zones.all.push(name.clone());
            }
        }
    }
    own
}

fn deployment(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    problems: &mut Problems,
) -> DeploymentConfiguration {
    let default = DeploymentConfiguration::default();
    let minimum = document.minimum_healthy_percent;
    let maximum = document.maximum_percent;
    DeploymentConfiguration {
        minimum_healthy_percent: minimum.map_or(default.minimum_healthy_percent, |percent| {
            problems.whole(at.field("MinimumHealthyPercent"), percent, 0, 100)
        }),
        maximum_percent: maximum.map_or(default.maximum_percent, |percent| {
            problems.whole(at.field("MaximumPercent"), percent, 100, MAXIMUM_PERCENT_MAX)
        }),
    }
}

fn task_definition(
    at: At<'_>,
    definition: &document::TaskDefinition,
    problems: &mut Problems,
) -> Option<TaskDefinition> {
    problems.ecs_name(at.field("Family"), &definition.family);
    let revision = problems.whole(at.field("Revision"), definition.revision, 1, 1_000_000);
    let at_times = at.field("StartTimes");
    let start_times = definition.start_times.as_ref().map_or_else(StartTimes::default, |times| {
        let mut phase =
            |field, text: &str| problems.duration(at_times.field(field), text, SimDuration::ZERO, HOUR);
        StartTimes {
            provisioning: phase("Provisioning", &times.provisioning.0),
            pending: phase("Pending", &times.pending.0),
            image_pull: SimDuration::ZERO,
            activating: phase("Activating", &times.activating.0),
        }
    });
    let at = at.field("ContainerDefinitions");
    let container = problems.only(at, &definition.container_definitions, "container")?;
    let at = at.element(0);
    problems.ecs_name(at.field("Name"), &container.name);
    let container_port = first_port(at.field("PortMappings"), container, problems);
    // API ContainerDefinition: 2 to 120 seconds on Fargate.
    let stop_timeout = container.stop_timeout.map_or(TaskDefinition::STOP_TIMEOUT, |seconds| {
        problems.seconds(at.field("StopTimeout"), seconds, 2, 120)
    });
    Some(TaskDefinition {
        family: definition.family.clone(),
        revision,
        image: container.image.clone(),
        container_port,
        cpu: TaskDefinition::CPU,
        memory: TaskDefinition::MEMORY,
        health_check: None,
        stop_timeout,
        start_times,
        release: crate::ecs::Release::Good,
        container: server(at.field("Server"), &container.server, container_port, problems),
    })
}

fn first_port(at: At<'_>, container: &document::ContainerDefinition, problems: &mut Problems) -> u16 {
    if container.port_mappings.is_empty() {
        problems.add(at, "no port", "at least one port", "[{ \"ContainerPort\": 80 }]");
    }
    let mappings = problems.at_most(at, &container.port_mappings, PORTS_MAX, "ports");
    let mut first = None;
    for (index, mapping) in mappings.iter().enumerate() {
        let port = problems.port(at.element(index).field("ContainerPort"), mapping.container_port);
        first = first.or(Some(port));
    }
    first.unwrap_or(80)
}

fn server(
    at: At<'_>,
    server: &document::Server,
    container_port: u16,
    problems: &mut Problems,
) -> ContainerSettings {
    let port = server.port.map_or(container_port, |port| problems.port(at.field("Port"), port));
    let at_health = at.field("HealthPort");
    let health_port = server.health_port.map(|port| problems.port(at_health, port));
    if health_port == Some(port) {
        problems.add(at_health, port, "another port than that for requests", "nothing");
    }
    let at_paths = at.field("Paths");
    let paths = problems.at_most(at_paths, &server.paths, PATHS_MAX, "paths");
    for (index, path) in paths.iter().enumerate() {
        let allowed = "characters of ASCII without spaces, with the wildcards * and ?";
        problems.text(at_paths.element(index), path, 1, 128, allowed, |c| c.is_ascii_graphic());
    }
    if let Some(cookie) = &server.sets_cookie {
        set_cookie(at.field("SetsCookie"), cookie, problems);
    }
    let keep_alive = server.keep_alive_timeout.as_str();
    let day = SimDuration::from_secs(86_400);
    let shortest = SimDuration::from_millis(1);
    ContainerSettings {
        port,
        health_port,
        workers: problems.whole(at.field("Workers"), server.workers, 1, WORKERS_MAX),
        backlog: problems.whole(at.field("Backlog"), server.backlog, 0, BACKLOG_MAX),
        service_time: distribution(at.field("ServiceTime"), &server.service_time, problems),
        keep_alive: (keep_alive != "off")
            .then(|| problems.duration(at.field("KeepAliveTimeout"), keep_alive, shortest, day)),
        paths: paths.to_vec(),
        sets_cookie: server.sets_cookie.clone(),
        warm_up: SimDuration::ZERO,
        on_sigterm: Default::default(),
        memory: Default::default(),
    }
}

/// API `TargetGroupAttribute`: names that begin with AWSALB are the load balancer's.
fn set_cookie(at: At<'_>, name: &str, problems: &mut Problems) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    problems.text(at, name, 1, 64, "letters, digits and !#$%&'*+-.^_`|~", is_allowed);
    if name.to_ascii_uppercase().starts_with("AWSALB") {
        problems.add(at, quoted(name), "a name that does not begin with AWSALB", quoted("SESSION"));
    }
}
