//! Where a task is placed and which one is stopped (ECS guide, "How Amazon ECS places tasks on container
//! instances", "Use strategies to define Amazon ECS task placement"; API `UpdateService`).

use super::settings::{BinpackField, PlacementConstraint, PlacementRules, PlacementStrategy, SpreadField};
use super::{Instance, InstanceId, Lack, PlacementFailure, Resources, Standing};
use crate::ecs::TaskId;
use crate::kernel::RandomStream;

/// A task of the service and where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The task.
    pub task: TaskId,
    /// Its instance.
    pub instance: InstanceId,
}

/// The instance on which the next task of a service is placed, given what it needs, the service's rules, all
/// instances of the cluster and the tasks of the service.
pub fn place(
    needs: Resources,
    rules: &PlacementRules,
    instances: &[Instance],
    tasks: &[Placed],
    dice: &mut RandomStream,
) -> Result<InstanceId, PlacementFailure> {
    let active: Vec<&Instance> =
        instances.iter().filter(|instance| instance.standing != Standing::Draining).collect();
    let mut candidates: Vec<&Instance> =
        active.iter().copied().filter(|instance| lacks(instance, needs, rules, tasks).is_empty()).collect();
    for strategy in rules.effective() {
        match strategy {
            PlacementStrategy::Spread(field) => {
                keep_least(&mut candidates, |instance| tasks_beside(*field, instance, instances, tasks));
            }
            PlacementStrategy::Binpack(field) => {
                keep_least(&mut candidates, |instance| amount(*field, instance.left().less(needs)));
            }
            PlacementStrategy::Random => keep_any(&mut candidates, dice),
        }
    }
    keep_least(&mut candidates, |instance| tasks_beside(SpreadField::InstanceId, instance, instances, tasks));
    candidates.first().map(|instance| instance.id).ok_or_else(|| failure(&active, needs, rules, tasks))
}

/// The task that scaling in stops, if there is one, given what each needs.
pub fn stop(
    needs: Resources,
    rules: &PlacementRules,
    instances: &[Instance],
    tasks: &[Placed],
    dice: &mut RandomStream,
) -> Option<TaskId> {
    let mut candidates: Vec<(TaskId, &Instance)> =
        tasks.iter().filter_map(|placed| Some((placed.task, find(placed.instance, instances)?))).collect();
    for strategy in rules.effective() {
        let most = |(_, instance): &(TaskId, &Instance)| match strategy {
            PlacementStrategy::Spread(field) => tasks_beside(*field, instance, instances, tasks),
            PlacementStrategy::Binpack(field) => amount(*field, instance.left().plus(needs)),
            PlacementStrategy::Random => 0,
        };
        keep_least(&mut candidates, |candidate| u32::MAX - most(candidate));
    }
    keep_any(&mut candidates, dice);
    candidates.first().map(|(task, _)| *task)
}

fn find(id: InstanceId, instances: &[Instance]) -> Option<&Instance> {
    instances.iter().find(|instance| instance.id == id)
}

/// How many tasks of the service share the value of a field with an instance.
fn tasks_beside(field: SpreadField, instance: &Instance, instances: &[Instance], tasks: &[Placed]) -> u32 {
    let beside = |placed: &&Placed| match field {
        SpreadField::InstanceId => placed.instance == instance.id,
        SpreadField::AvailabilityZone => {
            find(placed.instance, instances).is_some_and(|other| other.zone == instance.zone)
        }
    };
    tasks.iter().filter(beside).count() as u32
}

const fn amount(field: BinpackField, left: Resources) -> u32 {
    match field {
        BinpackField::Cpu => left.cpu,
        BinpackField::Memory => left.memory,
    }
}

/// Leaves those for which the key is least, in their order.
fn keep_least<T>(candidates: &mut Vec<T>, key: impl Fn(&T) -> u32) {
    if let Some(least) = candidates.iter().map(&key).min() {
        candidates.retain(|candidate| key(candidate) == least);
    }
}

/// Leaves any one.
fn keep_any<T>(candidates: &mut Vec<T>, dice: &mut RandomStream) {
    if candidates.len() > 1 {
        let chosen = dice.below(u32::try_from(candidates.len()).unwrap_or(u32::MAX)) as usize;
        candidates.swap(0, chosen);
        candidates.truncate(1);
    }
}

fn lacks(instance: &Instance, needs: Resources, rules: &PlacementRules, tasks: &[Placed]) -> Vec<Lack> {
    let left = instance.left();
    let distinct = rules.constraints.contains(&PlacementConstraint::DistinctInstance);
    let occupied = tasks.iter().any(|placed| placed.instance == instance.id);
    [
        (Lack::Cpu, left.cpu < needs.cpu),
        (Lack::Memory, left.memory < needs.memory),
        (Lack::NetworkInterface, left.network_interfaces < needs.network_interfaces),
        (Lack::Agent, instance.standing == Standing::AgentDisconnected),
        (Lack::DistinctInstance, distinct && occupied),
    ]
    .into_iter()
    .filter_map(|(lack, lacks)| lacks.then_some(lack))
    .collect()
}

/// The closest matching instance is the one that lacks the fewest things, and of these the one with most CPU left.
fn failure(
    active: &[&Instance],
    needs: Resources,
    rules: &PlacementRules,
    tasks: &[Placed],
) -> PlacementFailure {
    let lacking = |instance: &&Instance| {
        let lacks = lacks(instance, needs, rules, tasks);
        let closest = (lacks.len(), u32::MAX - instance.left().cpu);
        Some((closest, instance.id, *lacks.first()?))
    };
    match active.iter().filter_map(lacking).min_by_key(|(closest, id, _)| (*closest, *id)) {
        Some((_, closest, lack)) => PlacementFailure::NoneFits { closest, lack },
        None => PlacementFailure::NoInstances,
    }
}

#[cfg(test)]
mod tests;
