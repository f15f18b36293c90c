//! What is printed about a run, for people and for programs: see `docs/command-line.md`.

mod figures;
mod metrics;
mod record;
mod rows;
mod scaling;
mod table;
mod text;

use std::collections::BTreeMap;

use albatross_engine::{Scenario, Simulation};
use serde::Serialize;

use figures::Times;
use metrics::{ByGroup, Metrics, MinuteRow};
use record::Event;
use rows::{NodeRow, ServiceRow, TargetRow};
use scaling::{ActivityRow, AlarmRow, ByService};

pub(crate) use figures::in_seconds;
pub(crate) use record::{Record, name_of};

/// A run in figures.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Report {
    scenario: String,
    title: String,
    seed: u64,
    simulated_seconds: f64,
    requests_sent: u64,
    requests_received: u64,
    requests_given_up: u64,
    requests_in_flight: u64,
    /// What clients received.
    statuses: BTreeMap<u16, u64>,
    /// Why clients gave up.
    given_up: BTreeMap<&'static str, u64>,
    client_latency: Option<Times>,
    metrics: Metrics,
    metrics_by_target_group: ByGroup,
    metrics_by_service: ByService,
    per_minute: Vec<MinuteRow>,
    services: Vec<ServiceRow>,
    nodes: Vec<NodeRow>,
    targets: Vec<TargetRow>,
    alarms: Vec<AlarmRow>,
    scaling_activities: Vec<ActivityRow>,
    events: Vec<Event>,
    /// How much of the run could not be recorded: nothing, unless one event brings tens of thousands of others.
    missed: u64,
    digest: String,
}

impl Report {
    pub(crate) fn new(scenario: &Scenario, simulation: &Simulation, record: Record) -> Self {
        let (metrics, metrics_by_target_group) =
            metrics::since_start(simulation, &record.times, record.minutes.last());
        Self {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            seed: simulation.seed(),
            simulated_seconds: simulation.now().as_seconds(),
            requests_sent: simulation.traffic().sent(),
            requests_received: simulation.requests_received(),
            requests_given_up: simulation.requests_given_up(),
            requests_in_flight: simulation.requests_in_flight(),
            statuses: simulation.metrics().statuses().collect(),
            given_up: record.given_up,
            client_latency: Times::of(&simulation.metrics().client_latency),
            metrics,
            metrics_by_target_group,
            metrics_by_service: record
                .minutes
                .last()
                .map(|minute| minute.metrics_by_service.clone())
                .unwrap_or_default(),
            per_minute: record.minutes,
            services: rows::services(simulation),
            nodes: rows::nodes(simulation),
            targets: rows::targets(simulation),
            alarms: scaling::alarms(simulation),
            scaling_activities: record.activities,
            events: record.events,
            missed: record.missed,
            digest: simulation.digest().to_string(),
        }
    }
}
