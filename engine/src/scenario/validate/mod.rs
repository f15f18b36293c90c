//! From the file as written to a scenario that can be trusted: ranges, names and references are checked, and all
//! that is wrong is told at once. Whatever the file, this takes time in proportion to its length: lists are cut
//! before anything in them is compared.

mod action;
mod alarm;
mod at;
mod attribute;
mod blue_green;
mod certificate;
mod cluster;
mod condition;
mod deployment;
mod distribution;
mod launch;
mod listener;
mod load_balancer;
mod names;
mod problems;
mod release;
mod request;
mod scaling;
mod scaling_policy;
mod security_group;
mod server;
mod service;
mod target_group;
mod task_definition;
mod timeline;
mod traffic;
mod update_service;
mod zones;

use self::at::At;
use self::names::Book;
use self::problems::Problems;
use self::zones::Zones;
use super::document::{self, Document};
use super::problems::ScenarioError;
use super::{Assumptions, Scenario, Start};
use crate::kernel::SimDuration;

/// The longest that any length of time in a file may be, and the last instant that it may name.
const LONGEST: SimDuration = SimDuration::from_secs(1_000 * 3_600);
const HOUR: SimDuration = SimDuration::from_secs(3_600);

pub(super) fn validate(document: &Document) -> Result<Scenario, ScenarioError> {
    let mut problems = Problems::default();
    let scenario = build(document, &mut problems);
    match (scenario, problems.into_error()) {
        (Some(scenario), None) => Ok(scenario),
        (_, Some(error)) => Err(error),
        (None, None) => Err(ScenarioError::Invalid { problems: Vec::new(), more: 0 }),
    }
}

/// Reads every part before giving up, so that all problems are found; nothing comes back when a part is absent.
fn build(document: &Document, problems: &mut Problems) -> Option<Scenario> {
    problems.name(At::top("Name"), &document.name, 64);
    let book = Book::of(document, problems);
    let security_groups = security_group::security_groups(&book, problems);
    let load_balancer = load_balancer::load_balancer(document, &book, problems);
    let target_groups = target_group::target_groups(&book, problems);
    let listeners = listener::listeners(document, &book, &target_groups, problems);
    let balancer_zones = load_balancer.as_ref().map_or(&[][..], |balancer| &balancer.zones);
    let mut zones = Zones::of(balancer_zones);
    let cluster = cluster::cluster(&document.clusters, &mut zones, problems);
    let definitions = task_definition::task_definitions(document, &book, problems);
    let parts = service::Parts { book: &book, listeners: &listeners, definitions: &definitions };
    let services = service::services(&parts, &mut zones, problems);
    let zones = zones.into_names();
    let load_balancer_name = load_balancer.as_ref().map_or("", |balancer| &balancer.name);
    let owners = alarm::Owners { book: &book, load_balancer: load_balancer_name, cluster: &cluster.name };
    let alarms = alarm::alarms(owners, problems);
    let scene = scaling::Scene { book: &book, cluster: &cluster.name, services: &services, alarms: &alarms };
    let (scaling, alarms) = scaling::scaling(document, &scene, problems);
    let scheme = load_balancer.as_ref().map(|balancer| balancer.scheme).unwrap_or_default();
    let traffic = traffic::traffic(&document.traffic, &listeners, scheme, problems);
    let world = timeline::World {
        book: &book,
        listeners: &listeners,
        groups: &target_groups,
        cluster: &cluster,
        services: &services,
        zones: &zones,
    };
    let timeline = timeline::timeline(&document.timeline, &world, problems);
    Some(Scenario {
        name: document.name.clone(),
        title: document.title.clone(),
        description: document.description.clone(),
        start: match document.start {
            document::Start::Steady => Start::Steady,
            document::Start::Empty => Start::Empty,
        },
        assumptions: Assumptions { shared_routing_memory: document.assumptions.shared_routing_memory },
        zones,
        security_groups,
        load_balancer: load_balancer?,
        listeners,
        target_groups,
        cluster,
        task_definitions: definitions.into_iter().flatten().collect(),
        services,
        alarms,
        scaling,
        traffic: traffic?,
        timeline,
    })
}
