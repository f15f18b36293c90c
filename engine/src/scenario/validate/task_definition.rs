//! Task definitions.

use std::collections::BTreeSet;

use super::names::Book;
use super::problems::{Problems, either, or_nothing, quoted, unchecked};
use super::release::release;
use super::server::server;
use super::{At, HOUR};
use crate::ecs::container_health::{ContainerHealthCheck, ContainerHealthCheckRefused};
use crate::ecs::fargate::FargateSize;
use crate::ecs::{Release, StartTimes, TaskDefinition};
use crate::kernel::SimDuration;
use crate::scenario::document::{self, Document, WholeNumber};

pub(super) const PORTS_MAX: usize = 10;
/// API `RegisterTaskDefinition`: CPU units of a task that is not for Fargate.
const CPU: (i64, i64) = (128, 196_608);
/// From the least that a container can have (API `ContainerDefinition`) to our own limit, 1 TiB.
const MEMORY: (i64, i64) = (6, 1_048_576);
const NOT_SIMULATED_NETWORKS: [&str; 3] = ["bridge", "host", "none"];
const COMPATIBILITIES: [&str; 2] = ["FARGATE", "EC2"];
const COMPATIBILITIES_MAX: usize = 4;

/// The task definitions that tasks on Fargate are made of, now or later, by their places in the list.
pub(super) fn on_fargate(document: &Document, book: &Book<'_>) -> BTreeSet<usize> {
    let services = book.services.list;
    let is_on_fargate = |service: &document::Service| service.launch_type.as_deref() != Some("EC2");
    let at_first = services.iter().filter(|one| is_on_fargate(one)).map(|one| one.task_definition.as_str());
    let later = document.timeline.iter().filter_map(|moment| {
        let document::Command::UpdateService(update) = &moment.command else { return None };
        let service = services.get(book.services.names.get_or_only(update.service.as_deref())?)?;
        update.task_definition.as_deref().filter(|_| is_on_fargate(service))
    });
    at_first.chain(later).filter_map(|name| book.task_definitions.names.get(name)).collect()
}

pub(super) fn task_definitions(
    document: &Document,
    book: &Book<'_>,
    problems: &mut Problems,
) -> Vec<Option<TaskDefinition>> {
    let on_fargate = on_fargate(document, book);
    let top = At::top("TaskDefinitions");
    let list = book.task_definitions.list.iter().enumerate();
    list.map(|(index, one)| task_definition(top.element(index), one, on_fargate.contains(&index), problems))
        .collect()
}

fn task_definition(
    at: At<'_>,
    definition: &document::TaskDefinition,
    is_on_fargate: bool,
    problems: &mut Problems,
) -> Option<TaskDefinition> {
    problems.ecs_name(at.field("Family"), &definition.family);
    let revision = problems.whole(at.field("Revision"), definition.revision, 1, 1_000_000);
    network_mode(at.field("NetworkMode"), &definition.network_mode, problems);
    let at_compatibilities = at.field("RequiresCompatibilities");
    let list = &definition.requires_compatibilities;
    let compatibilities = problems.at_most(at_compatibilities, list, COMPATIBILITIES_MAX, "of them");
    for (index, one) in compatibilities.iter().enumerate() {
        problems.word(at_compatibilities.element(index), one, &COMPATIBILITIES);
    }
    let is_for_fargate = is_on_fargate || compatibilities.iter().any(|one| one == "FARGATE");
    let (cpu, memory) = size(at, definition, is_for_fargate, problems);
    let times = definition.start_times.as_ref();
    let start_times = times.map(|times| start_times(at.field("StartTimes"), times, problems));
    let what = definition.release.as_ref();
    let release = what.map_or(Release::Good, |what| release(at.field("Release"), what, problems));
    let at = at.field("ContainerDefinitions");
    let container = problems.only(at, &definition.container_definitions, "container")?;
    let at = at.element(0);
    problems.ecs_name(at.field("Name"), &container.name);
    let container_port = first_port(at.field("PortMappings"), container, problems);
    // API ContainerDefinition: 2 to 120 seconds on Fargate.
    let stop_timeout = container.stop_timeout.map_or(TaskDefinition::STOP_TIMEOUT, |seconds| {
        problems.seconds(at.field("StopTimeout"), seconds, 2, 120)
    });
    let check = container.health_check.as_ref();
    Some(TaskDefinition {
        family: definition.family.clone(),
        revision,
        image: container.image.clone(),
        container_port,
        cpu,
        memory,
        health_check: check.map(|check| health_check(at.field("HealthCheck"), check, problems)),
        stop_timeout,
        start_times: start_times.unwrap_or_default(),
        release,
        container: server(at.field("Server"), &container.server, container_port, problems),
    })
}

fn network_mode(at: At<'_>, mode: &str, problems: &mut Problems) {
    if NOT_SIMULATED_NETWORKS.contains(&mode) {
        let allowed = format_args!("\"awsvpc\": Albatross does not simulate {mode}");
        problems.add(at, quoted(mode), allowed, quoted("awsvpc"));
    } else {
        problems.word(at, mode, &["awsvpc"]);
    }
}

/// CPU units and memory. On Fargate there are only so many sizes (ECS guide, "Amazon ECS task definition differences
/// for Fargate").
fn size(
    at: At<'_>,
    definition: &document::TaskDefinition,
    is_for_fargate: bool,
    problems: &mut Problems,
) -> (u32, u32) {
    let (at_cpu, at_memory) = (at.field("Cpu"), at.field("Memory"));
    // The ranges of Fargate are those of its sizes.
    let any = (0, i64::from(u32::MAX));
    let (cpu_range, memory_range) = if is_for_fargate { (any, any) } else { (CPU, MEMORY) };
    let what = "CPU units, of which a vCPU has 1024";
    let cpu = number(at_cpu, definition.cpu.as_ref(), TaskDefinition::CPU, cpu_range, what, problems);
    let memory = definition.memory.as_ref();
    let memory = number(at_memory, memory, TaskDefinition::MEMORY, memory_range, "MiB", problems);
    let (Some(cpu), Some(memory)) = (cpu, memory) else {
        return (TaskDefinition::CPU, TaskDefinition::MEMORY);
    };
    if is_for_fargate && let Err(refused) = FargateSize::new(cpu, memory) {
        let nearest = refused.nearest;
        let allowed = format_args!("a size that there is on Fargate: {refused}");
        if nearest.cpu() == cpu {
            problems.add(at_memory, memory, allowed, nearest.memory());
        } else if nearest.memory() == memory {
            problems.add(at_cpu, cpu, allowed, nearest.cpu());
        } else {
            let found = format_args!("Cpu {cpu} and Memory {memory}");
            let instead = format_args!("\"Cpu\": {}, \"Memory\": {}", nearest.cpu(), nearest.memory());
            problems.add(at, found, allowed, instead);
        }
    }
    (cpu, memory)
}

/// A whole number, which CloudFormation has as a text; nothing when it cannot be read.
fn number(
    at: At<'_>,
    number: Option<&WholeNumber>,
    usual: u32,
    (min, max): (i64, i64),
    what: &str,
    problems: &mut Problems,
) -> Option<u32> {
    let Some(WholeNumber(text)) = number else { return Some(usual) };
    let Ok(number) = text.parse() else {
        problems.add(at, quoted(text), format_args!("a whole number of {what}"), usual);
        return None;
    };
    Some(problems.whole(at, number, min, max))
}

fn start_times(at: At<'_>, times: &document::StartTimes, problems: &mut Problems) -> StartTimes {
    let mut phase = |field, text: &str| problems.duration(at.field(field), text, SimDuration::ZERO, HOUR);
    StartTimes {
        provisioning: phase("Provisioning", &times.provisioning.0),
        pending: phase("Pending", &times.pending.0),
        image_pull: phase("ImagePull", &times.image_pull.0),
        activating: phase("Activating", &times.activating.0),
    }
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

/// A container's health check. Its command is not run: what it finds is how the server does.
fn health_check(
    at: At<'_>,
    written: &document::ContainerHealthCheck,
    problems: &mut Problems,
) -> ContainerHealthCheck {
    const HOW: [&str; 2] = ["CMD-SHELL", "CMD"];
    let example = "[\"CMD-SHELL\", \"curl -f http://localhost/health\"]";
    match written.command.as_slice() {
        [how, _, ..] => problems.word(at.field("Command").element(0), how, &HOW),
        short => {
            let allowed = format_args!("a list of {} and a command", either(&HOW));
            problems.add(at.field("Command"), format_args!("{} of them", short.len()), allowed, example);
        }
    }
    let default = ContainerHealthCheck::default();
    let seconds = |value: Option<i64>, usual| match value {
        Some(value) => SimDuration::from_secs(u64::from(unchecked(value, u32::MAX))),
        None => usual,
    };
    let mut check = ContainerHealthCheck {
        interval: seconds(written.interval, default.interval),
        timeout: seconds(written.timeout, default.timeout),
        retries: written.retries.map_or(default.retries, |retries| unchecked(retries, 0)),
        start_period: seconds(written.start_period, default.start_period),
    };
    while let Err(refused) = check.validate() {
        match refused {
            ContainerHealthCheckRefused::Seconds { field, least, most, .. } => {
                let (field, found, mended) = match field {
                    "interval" => ("Interval", written.interval, &mut check.interval),
                    "timeout" => ("Timeout", written.timeout, &mut check.timeout),
                    _ => ("StartPeriod", written.start_period, &mut check.start_period),
                };
                let (least, most) = (least as i64, most as i64);
                *mended = problems.seconds(at.field(field), found.unwrap_or(least), least, most);
            }
            ContainerHealthCheckRefused::Retries { .. } => {
                let found = or_nothing(written.retries);
                problems.add(at.field("Retries"), found, "a whole number from 1 to 10", default.retries);
                check.retries = default.retries;
            }
        }
    }
    check
}
