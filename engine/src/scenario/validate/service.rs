//! Services.

use super::blue_green::{Groups, blue_green};
use super::names::Book;
use super::problems::{Problems, quoted};
use super::task_definition::PORTS_MAX;
use super::zones::Zones;
use super::{At, deployment, launch, security_group};
use crate::command::Command;
use crate::ecs::deployment::settings::DeploymentStrategy;
use crate::ecs::{BlueGreen, ServiceSettings, TaskDefinition};
use crate::elb::TargetGroupId;
use crate::elb::listener::Listener;
use crate::scenario::document::{self, Service};

/// What services are made of.
pub(super) struct Parts<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) listeners: &'a [Listener],
    pub(super) definitions: &'a [Option<TaskDefinition>],
}

pub(super) fn services(
    parts: &Parts<'_>,
    zones: &mut Zones,
    problems: &mut Problems,
) -> Vec<ServiceSettings> {
    let top = At::top("Services");
    let mut services = Vec::new();
    for (index, one) in parts.book.services.list.iter().enumerate() {
        services.extend(service(top.element(index), one, parts, zones, problems));
    }
    services
}

/// API `CreateService`: 0 to 2,147,483,647 seconds.
pub(super) fn grace_period(at: At<'_>, seconds: i64, problems: &mut Problems) -> u32 {
    problems.whole(at.field("HealthCheckGracePeriodSeconds"), seconds, 0, i64::from(i32::MAX))
}

pub(super) fn desired_count(at: At<'_>, count: i64, problems: &mut Problems) -> u32 {
    problems.whole(at.field("DesiredCount"), count, 0, i64::from(Command::DESIRED_COUNT_MAX))
}

fn service(
    at: At<'_>,
    service: &Service,
    parts: &Parts<'_>,
    zones: &mut Zones,
    problems: &mut Problems,
) -> Option<ServiceSettings> {
    let book = parts.book;
    problems.ecs_name(at.field("ServiceName"), &service.service_name);
    let launch = launch::launch(at, service, problems);
    let desired_count = desired_count(at, service.desired_count, problems);
    let grace = grace_period(at, service.health_check_grace_period_seconds, problems);
    let (at_deployment, configuration) =
        (at.field("DeploymentConfiguration"), &service.deployment_configuration);
    let percentages = deployment::percentages(at_deployment, configuration, problems);
    let minimum = percentages.minimum_healthy_percent;
    let options = deployment::options(at_deployment, configuration, minimum, book, problems);
    let at_rebalancing = at.field("AvailabilityZoneRebalancing");
    let rebalancing = launch::rebalancing(at_rebalancing, service, percentages, &launch, problems);
    let names = service.availability_zones.as_deref();
    let zones = zones.of_service(at.field("AvailabilityZones"), names, problems);
    let (network, groups) = (at.field("NetworkConfiguration"), &service.network_configuration);
    let network = network.field("AwsvpcConfiguration");
    let groups = &groups.awsvpc_configuration.security_groups;
    let security_groups = security_group::names(network.field("SecurityGroups"), groups, book, problems);
    let at_definition = at.field("TaskDefinition");
    let place = book.task_definitions.names.find(at_definition, &service.task_definition, problems);
    let mut task_definition = place.and_then(|place| parts.definitions.get(place).cloned().flatten());
    let target_group = target_group(at, service, place, book, task_definition.as_mut(), problems);
    let blue_green = traffic_shift(at, service, options.strategy, target_group, parts, problems);
    Some(ServiceSettings {
        name: service.service_name.clone(),
        desired_count,
        launch,
        deployment: percentages,
        options,
        blue_green,
        rebalancing,
        health_check_grace_period: crate::kernel::SimDuration::from_secs(u64::from(grace)),
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

/// Shifting traffic needs two target groups (API `CreateService`, `AdvancedConfiguration`). Without a load balancer there
/// is nothing to shift: BLUE_GREEN does without, LINEAR and CANARY do not.
fn traffic_shift(
    at: At<'_>,
    service: &Service,
    strategy: DeploymentStrategy,
    target_group: Option<TargetGroupId>,
    parts: &Parts<'_>,
    problems: &mut Problems,
) -> Option<BlueGreen> {
    let word = strategy.as_str();
    let Some(mapping) = service.load_balancers.first() else {
        if matches!(strategy, DeploymentStrategy::Linear { .. } | DeploymentStrategy::Canary { .. }) {
            let allowed =
                format_args!("\"ROLLING\" or \"BLUE_GREEN\" without LoadBalancers: {word} needs one");
            let at = at.field("DeploymentConfiguration");
            problems.add(at.field("Strategy"), quoted(word), allowed, quoted("ROLLING"));
        }
        return None;
    };
    let at = at.field("LoadBalancers");
    let at = at.element(0);
    let at = at.field("AdvancedConfiguration");
    let Some(document) = &mapping.advanced_configuration else {
        if strategy != DeploymentStrategy::Rolling {
            let allowed = format_args!("given for the Strategy {word}");
            let instead = "{ \"AlternateTargetGroupArn\": …, \"ProductionListenerRule\": \"HTTP:80\" }";
            problems.add(at, "nothing", allowed, instead);
        }
        return None;
    };
    let groups = Groups { book: parts.book, listeners: parts.listeners, first: target_group? };
    blue_green(at, document, groups, problems)
}

/// Whether a task definition has the container and the port that a service registers.
pub(super) fn has_mapping(definition: &document::TaskDefinition, service: &Service) -> bool {
    let Some(mapping) = service.load_balancers.first() else { return true };
    definition.container_definitions.first().is_some_and(|container| {
        let mut ports = container.port_mappings.iter().take(PORTS_MAX);
        container.name == mapping.container_name
            && ports.any(|port| port.container_port == mapping.container_port)
    })
}
