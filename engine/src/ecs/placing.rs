//! Where the next task of a service runs, and which of several is stopped: zones and quotas on Fargate, container
//! instances on EC2 (ECS guide, "How Amazon ECS places tasks on container instances"; API `UpdateService`).

use super::cluster::Cluster;
use super::deployment::state::ServiceRevision;
use super::fargate::VcpuQuota;
use super::placement::{self, Instance, Placed, PlacementRules};
use super::settings::{CapacityProvider, CapacityShare, CapacityStrategy, Launch};
use super::task::{Place, Task};
use super::{ServiceId, TaskId};
use crate::trace::CannotPlace;

impl Cluster {
    /// Where the next task of a service goes: anywhere, or in one zone.
    pub(super) fn place(
        &mut self,
        service: ServiceId,
        revision: &ServiceRevision,
        only_zone: Option<usize>,
    ) -> Result<Place, CannotPlace> {
        let allowed = |zone: usize| only_zone.is_none_or(|only| only == zone);
        match self.services[service.number() as usize].settings.launch.clone() {
            Launch::Fargate(strategy) => self.place_on_fargate(service, revision, strategy, allowed),
            Launch::Ec2(rules) => self.place_on_instances(service, revision, &rules, allowed),
        }
    }

    fn place_on_fargate(
        &self,
        service: ServiceId,
        revision: &ServiceRevision,
        strategy: CapacityStrategy,
        allowed: impl Fn(usize) -> bool,
    ) -> Result<Place, CannotPlace> {
        // Bases and weights are those of each revision: what a deployment starts keeps them by itself.
        let on = |provider: CapacityProvider| {
            let there = |task: &&Task| {
                task.is_wanted() && task.revision == revision.id && task.place.provider == Some(provider)
            };
            self.tasks_of(service).filter(there).count() as u32
        };
        let provider = strategy.next(on(CapacityProvider::Fargate), on(CapacityProvider::FargateSpot));
        if self.quota_left(provider) < revision.task_definition.cpu {
            return Err(CannotPlace::VcpuQuota);
        }
        let zones = revision.zones.iter().copied();
        let zones = zones.filter(|zone| allowed(*zone) && !self.zone_has_failed(*zone));
        // The two providers are spread over the zones independently of each other.
        let tasks_in = |zone: usize| {
            let there = |task: &&Task| {
                task.is_wanted() && task.place.zone == zone && task.place.provider == Some(provider)
            };
            self.tasks_of(service).filter(there).count()
        };
        let zone = zones.min_by_key(|zone| tasks_in(*zone)).ok_or(CannotPlace::NoCapacity)?;
        Ok(Place { zone, instance: None, provider: Some(provider) })
    }

    fn place_on_instances(
        &mut self,
        service: ServiceId,
        revision: &ServiceRevision,
        rules: &PlacementRules,
        allowed: impl Fn(usize) -> bool,
    ) -> Result<Place, CannotPlace> {
        let definition = &revision.task_definition;
        let needs = definition.needs();
        let usable = |one: &&Instance| allowed(one.zone) && revision.zones.contains(&one.zone);
        let instances: Vec<Instance> = self.instances.iter().filter(usable).cloned().collect();
        let placed = self.placed(service);
        let dice = &mut self.service_mut(service).dice;
        let instance =
            placement::place(needs, rules, &instances, &placed, dice).map_err(CannotPlace::Instances)?;
        let zone = instances.iter().find(|one| one.id == instance).map_or(0, |one| one.zone);
        Ok(Place { zone, instance: Some(instance), provider: None })
    }

    /// The wanted tasks of a service with their instances.
    fn placed(&self, service: ServiceId) -> Vec<Placed> {
        let wanted = self.tasks_of(service).filter(|task| task.is_wanted());
        wanted.filter_map(|task| Some(Placed { task: task.id, instance: task.place.instance? })).collect()
    }

    /// How many more tasks of a revision can be placed, at most `most`, and why no more.
    pub(super) fn fits(
        &self,
        service: ServiceId,
        revision: &ServiceRevision,
        most: u32,
    ) -> (u32, Option<CannotPlace>) {
        let (definition, settings) =
            (&revision.task_definition, &self.services[service.number() as usize].settings);
        let Launch::Ec2(rules) = &settings.launch else {
            if revision.zones.iter().all(|zone| self.zone_has_failed(*zone)) {
                return (0, Some(CannotPlace::NoCapacity));
            }
            // A strategy of two providers stops at the quota that is used up first.
            let left = [CapacityProvider::Fargate, CapacityProvider::FargateSpot]
                .map(|provider| self.quota_left(provider) / definition.cpu.max(1));
            let fits = match &settings.launch {
                Launch::Fargate(strategy) if strategy.spot == CapacityShare::default() => left[0],
                Launch::Fargate(strategy) if strategy.on_demand == CapacityShare::default() => left[1],
                _ => left[0].min(left[1]),
            };
            return if fits < most { (fits, Some(CannotPlace::VcpuQuota)) } else { (most, None) };
        };
        let needs = definition.needs();
        let usable = |one: &&Instance| revision.zones.contains(&one.zone);
        let mut instances: Vec<Instance> = self.instances.iter().filter(usable).cloned().collect();
        let mut placed = self.placed(service);
        // A trial: the service's own dice are thrown when it is placed for real.
        let mut dice = self.services[service.number() as usize].dice.clone();
        for count in 0..most {
            match placement::place(needs, rules, &instances, &placed, &mut dice) {
                Ok(id) => {
                    instances.iter_mut().filter(|one| one.id == id).for_each(|one| one.take(needs));
                    placed.push(Placed { task: TaskId::new(u32::MAX - count), instance: id });
                }
                Err(failure) => return (count, Some(CannotPlace::Instances(failure))),
            }
        }
        (most, None)
    }

    /// What is left of a provider's quota, in CPU units.
    fn quota_left(&self, provider: CapacityProvider) -> u32 {
        let VcpuQuota(quota) = match provider {
            CapacityProvider::Fargate => self.settings.on_demand_quota,
            CapacityProvider::FargateSpot => self.settings.spot_quota,
        };
        let on_provider = self.tasks().filter(|task| task.place.provider == Some(provider));
        quota.saturating_sub(on_provider.map(|task| self.definition_of(task).cpu).sum())
    }

    /// Which of these tasks is stopped: one in the zone with the most tasks of the service (API `UpdateService`), and
    /// within it any, at random; on EC2 as the placement strategies say.
    pub(super) fn choose_victim(&mut self, service: ServiceId, pool: &[TaskId]) -> Option<TaskId> {
        if let Launch::Ec2(rules) = self.services[service.number() as usize].settings.launch.clone() {
            let placed = self.placed(service);
            let among: Vec<Placed> =
                placed.iter().copied().filter(|placed| pool.contains(&placed.task)).collect();
            let instances = self.instances.clone();
            let needs = self.task(*pool.first()?).map(|task| self.definition_of(task).needs())?;
            let dice = &mut self.service_mut(service).dice;
            if let Some(task) = placement::stop(needs, &rules, &instances, &among, dice) {
                return Some(task);
            }
        }
        let zone_of = |id: &TaskId| self.task(*id).map_or(0, Task::zone);
        let in_zone = |zone: usize| {
            self.tasks_of(service).filter(|task| task.is_wanted() && task.place.zone == zone).count()
        };
        let fullest = pool.iter().map(|id| in_zone(zone_of(id))).max()?;
        let eligible: Vec<TaskId> =
            pool.iter().copied().filter(|id| in_zone(zone_of(id)) == fullest).collect();
        self.roll(service, &eligible)
    }

    pub(super) fn roll(&mut self, service: ServiceId, tasks: &[TaskId]) -> Option<TaskId> {
        let count = u32::try_from(tasks.len()).ok().filter(|count| *count > 0)?;
        Some(tasks[self.service_mut(service).dice.below(count) as usize])
    }
}
