//! What a timeline changes about a service.

use super::At;
use super::problems::{Problems, quoted};
use super::release::release;
use super::service::{desired_count, grace_period, has_mapping};
use super::timeline::World;
use super::{deployment, scaling};
use crate::command::Command;
use crate::ecs::{DeploymentConfiguration, ServiceId, ServiceSettings, TaskDefinitionId};
use crate::kernel::SimTime;
use crate::scenario::document::{RegisterScalableTarget, UpdateService};

/// What is done at an instant.
pub(super) enum Step {
    Command(Command),
    /// Percentages of a service, of which one that is left out stays as it is.
    Percentages(ServiceId, Option<u32>, Option<u32>),
}

impl From<Command> for Step {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

/// Several settings are several commands, a deployment last. AWS makes one deployment of one call.
pub(super) fn update_service(
    at: At<'_>,
    update: &UpdateService,
    world: &World<'_>,
    problems: &mut Problems,
) -> Vec<Step> {
    let services = &world.book.services;
    let place = services.names.find_or_only(at.field("Service"), update.service.as_deref(), problems);
    let id = ServiceId::new(place.unwrap_or_default() as u32);
    let mut steps = Vec::new();
    if let Some(configuration) = &update.deployment_configuration {
        let at = at.field("DeploymentConfiguration");
        let minimum = configuration.minimum_healthy_percent;
        let minimum = minimum.map(|percent| deployment::minimum_healthy_percent(at, percent, problems));
        let maximum = configuration.maximum_percent;
        let maximum = maximum.map(|percent| deployment::maximum_percent(at, percent, problems));
        if minimum.is_some() || maximum.is_some() {
            steps.push(Step::Percentages(id, minimum, maximum));
        }
    }
    if let Some(seconds) = update.health_check_grace_period_seconds {
        steps.push(Command::ModifyGracePeriod(id, grace_period(at, seconds, problems)).into());
    }
    if let Some(count) = update.desired_count {
        steps.push(Command::SetDesiredCount(id, desired_count(at, count, problems)).into());
    }
    let at_release = at.field("Release");
    let new =
        update.release.as_ref().map(|new| Command::DeployRelease(id, release(at_release, new, problems)));
    let definition = update.task_definition.as_deref();
    if let Some(name) = definition {
        let at = at.field("TaskDefinition");
        let definition = world.book.task_definitions.names.find(at, name, problems);
        let document = definition.and_then(|place| world.book.task_definitions.list.get(place));
        let service = place.and_then(|place| services.list.get(place));
        if let (Some(document), Some(service)) = (document, service)
            && !has_mapping(document, service)
        {
            let allowed = "a task definition with the container and the port that the service registers";
            problems.add(at, quoted(name), allowed, "another one");
        }
        if new.is_some() {
            let allowed = "absent beside a TaskDefinition, which has a Release of its own";
            problems.add(at_release, "it", allowed, "nothing");
        }
        let definition = definition.unwrap_or_default();
        steps.push(Command::UpdateTaskDefinition(id, TaskDefinitionId::new(definition as u32)).into());
    } else if let Some(new) = new {
        steps.push(new.into());
    } else if update.force_new_deployment {
        steps.push(Command::ForceNewDeployment(id).into());
    }
    if steps.is_empty() {
        problems.add(at, "nothing to change", "at least one change", "\"ForceNewDeployment\": true");
    }
    if place.is_some() { steps } else { Vec::new() }
}

/// Fills in percentages that were left out, once the commands are in the order of time.
pub(super) fn complete(
    timeline: Vec<(SimTime, Step)>,
    services: &[ServiceSettings],
) -> Vec<(SimTime, Command)> {
    let mut now: Vec<DeploymentConfiguration> = services.iter().map(|service| service.deployment).collect();
    let mut complete = |step| match step {
        Step::Command(command) => command,
        Step::Percentages(id, minimum, maximum) => {
            let mut default = DeploymentConfiguration::default();
            let known = now.get_mut(id.number() as usize).unwrap_or(&mut default);
            known.minimum_healthy_percent = minimum.unwrap_or(known.minimum_healthy_percent);
            known.maximum_percent = maximum.unwrap_or(known.maximum_percent);
            Command::ModifyDeployment(id, *known)
        }
    };
    timeline.into_iter().map(|(instant, step)| (instant, complete(step))).collect()
}

pub(super) fn register_scalable_target(
    at: At<'_>,
    register: &RegisterScalableTarget,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Command> {
    let id = register.resource_id.as_deref();
    let place = scaling::resource(at.field("ResourceId"), id, &world.cluster.name, world.book, problems);
    let target = scaling::bounds(at, register.min_capacity, register.max_capacity, problems);
    let id = ServiceId::new(place? as u32);
    Some(Command::RegisterScalableTarget(id, target.min_capacity, target.max_capacity))
}
