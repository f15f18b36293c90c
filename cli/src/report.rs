//! What is printed about a run, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use albatross_engine::ecs::TaskId;
use albatross_engine::kernel::{Histogram, SimDuration};
use albatross_engine::{Scenario, Simulation};
use serde::Serialize;

/// A run in figures.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Report {
    scenario: String,
    title: String,
    seed: u64,
    simulated_seconds: f64,
    requests_sent: u64,
    requests_in_flight: u64,
    /// By CloudWatch's names.
    metrics: BTreeMap<&'static str, u64>,
    target_response_time: Option<Times>,
    client_latency: Option<Times>,
    service: ServiceCounts,
    targets: Vec<TargetRow>,
    events: Vec<Event>,
    events_missed: u64,
    digest: String,
}

/// Lengths of time, in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Times {
    mean_ms: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceCounts {
    desired_count: u32,
    running_count: u32,
    pending_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TargetRow {
    task: u32,
    address: String,
    zone: String,
    last_status: &'static str,
    state: &'static str,
    reason: Option<&'static str>,
    requests: u64,
    share: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    at: String,
    message: String,
}

impl Times {
    fn of(histogram: &Histogram) -> Option<Self> {
        let ms = |length: Option<SimDuration>| length.map(SimDuration::as_milliseconds);
        Some(Self {
            mean_ms: ms(histogram.mean())?,
            p50_ms: ms(histogram.quantile(0.50))?,
            p95_ms: ms(histogram.quantile(0.95))?,
            p99_ms: ms(histogram.quantile(0.99))?,
            max_ms: histogram.max().as_milliseconds(),
        })
    }
}

impl Report {
    pub(crate) fn new(scenario: &Scenario, simulation: &Simulation) -> Self {
        let metrics = simulation.metrics();
        let service = simulation.service();
        let notices = simulation.trace().notices().since(0);
        let events_missed = notices.missed;
        let event = |at: albatross_engine::kernel::SimTime, message| Event { at: at.to_string(), message };
        Self {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            seed: simulation.seed(),
            simulated_seconds: simulation.now().as_seconds(),
            requests_sent: simulation.traffic().sent(),
            requests_in_flight: simulation.requests_in_flight(),
            metrics: metrics.counters().into_iter().collect(),
            target_response_time: Times::of(&metrics.target_response_time),
            client_latency: Times::of(&metrics.client_latency),
            service: ServiceCounts {
                desired_count: service.desired_count(),
                running_count: service.running_count(),
                pending_count: service.pending_count(),
            },
            targets: target_rows(simulation),
            events: notices.entries.map(|entry| event(entry.at, simulation.describe(&entry.what))).collect(),
            events_missed,
            digest: simulation.digest().to_string(),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _infallible = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "{} ({}), seed {}", self.title, self.scenario, self.seed)?;
        writeln!(
            out,
            "{} s simulated · {} requests sent, {} in flight\n",
            self.simulated_seconds, self.requests_sent, self.requests_in_flight
        )?;
        for (name, value) in &self.metrics {
            writeln!(out, "{name:32} {value:>10}")?;
        }
        for (name, times) in
            [("TargetResponseTime", &self.target_response_time), ("client latency", &self.client_latency)]
        {
            if let Some(Times { mean_ms, p50_ms, p95_ms, p99_ms, max_ms }) = times {
                writeln!(
                    out,
                    "{name:32} mean {mean_ms:.1} ms · p50 {p50_ms:.1} · p95 {p95_ms:.1} · p99 {p99_ms:.1} · \
                     max {max_ms:.1}"
                )?;
            }
        }
        let ServiceCounts { desired_count, running_count, pending_count } = self.service;
        writeln!(
            out,
            "\nservice: desired {desired_count} · running {running_count} · pending {pending_count}"
        )?;
        for row in &self.targets {
            writeln!(
                out,
                "task {:<4} {:18} {:12} {:14} {:10} {:28} {:>9} requests {:>5.1} %",
                row.task,
                row.address,
                row.zone,
                row.last_status,
                row.state,
                row.reason.unwrap_or_default(),
                row.requests,
                row.share * 100.0
            )?;
        }
        writeln!(out)?;
        if self.events_missed > 0 {
            writeln!(out, "({} earlier events are not kept)", self.events_missed)?;
        }
        for event in &self.events {
            writeln!(out, "{} {}", event.at, event.message)?;
        }
        write!(out, "\ndigest {}", self.digest)
    }
}

/// Every task that was ever registered, with what its target got.
fn target_rows(simulation: &Simulation) -> Vec<TargetRow> {
    let total = simulation.metrics().request_count.max(1) as f64;
    let group = simulation.load_balancer().target_group();
    let zones = &simulation.load_balancer().settings().zones;
    let tasks = (1..=simulation.service().started() as u32).map(TaskId::new);
    let rows = tasks.filter_map(|id| {
        let task = simulation.service().task(id)?;
        let target = group.target(task.target()?);
        let health = target.health();
        Some(TargetRow {
            task: id.number(),
            address: target.address().to_string(),
            zone: zones.get(target.zone()).cloned().unwrap_or_default(),
            last_status: task.status().as_str(),
            state: health.state.as_str(),
            reason: health.reason.map(|reason| reason.code()),
            requests: target.routed(),
            share: target.routed() as f64 / total,
        })
    });
    rows.collect()
}
