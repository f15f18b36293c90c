//! The engine's speed beside that of a bare event loop over the same legs of the same requests, in one run: machines
//! differ and are shared, ratios say more than seconds. `cargo xtask bench` runs this.
//!
//! The bare loop has the engine's own agenda, random numbers and first-come-first-served queues, and nothing else: no
//! rules, no health, no metrics, no trace.

#![allow(clippy::print_stdout, clippy::disallowed_types, reason = "a benchmark prints wall time")]

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Instant;

use albatross_engine::kernel::{Agenda, Distribution, RandomStream, SimDuration, SimTime};
use albatross_engine::{Scenario, Simulation};

const LASTS: SimDuration = SimDuration::from_secs(600);
const ROUNDS: usize = 9;

/// The legs of a request in a world without a load balancer's thoughts.
#[derive(Clone, Copy)]
enum Leg {
    Arrival,
    AtNode,
    AtTarget { task: u32, work: SimDuration },
    Done { task: u32 },
    AtNodeAgain,
    AtClient,
}

struct BareTask {
    busy: u32,
    queue: VecDeque<SimDuration>,
}

/// Ten tasks of so many workers, requests dealt out in turn.
fn bare(scenario: &Scenario) -> u64 {
    let service = &scenario.services[0];
    let container = &service.task_definition.container;
    let mean_gap = SimDuration::from_seconds_f64(1.0 / scenario.traffic.profile.base.as_per_second());
    let way = scenario.traffic.client_latency;
    let hop = SimDuration::from_micros(500);
    let mut agenda = Agenda::default();
    let (mut gaps, mut works) = (RandomStream::new(7, "gaps"), RandomStream::new(7, "works"));
    let mut tasks: Vec<BareTask> =
        (0..service.desired_count).map(|_| BareTask { busy: 0, queue: VecDeque::new() }).collect();
    let (mut next, mut received) = (0, 0);
    let draw = |works: &mut RandomStream| Distribution::draw(container.service_time, works);
    agenda.schedule(SimTime::ZERO, Leg::Arrival);
    while let Some((now, leg)) = agenda.take_due(SimTime::ZERO + LASTS) {
        match leg {
            Leg::Arrival => {
                agenda.schedule(now + gaps.exponential(mean_gap), Leg::Arrival);
                agenda.schedule(now + way, Leg::AtNode);
            }
            Leg::AtNode => {
                let task = next;
                next = (next + 1) % service.desired_count;
                agenda.schedule(now + hop, Leg::AtTarget { task, work: draw(&mut works) });
            }
            Leg::AtTarget { task, work } => {
                let place = &mut tasks[task as usize];
                if place.busy < container.workers {
                    place.busy += 1;
                    agenda.schedule(now + work, Leg::Done { task });
                } else {
                    place.queue.push_back(work);
                }
            }
            Leg::Done { task } => {
                let place = &mut tasks[task as usize];
                match place.queue.pop_front() {
                    Some(work) => agenda.schedule(now + work, Leg::Done { task }),
                    None => place.busy -= 1,
                }
                agenda.schedule(now + hop, Leg::AtNodeAgain);
            }
            Leg::AtNodeAgain => agenda.schedule(now + way, Leg::AtClient),
            Leg::AtClient => received += 1,
        }
    }
    received
}

fn engine(scenario: &Scenario, explained: usize) -> u64 {
    let mut simulation = Simulation::new(scenario, 7);
    simulation.explain(explained);
    simulation.advance(SimTime::ZERO + LASTS, u64::MAX);
    simulation.requests_received()
}

/// Requests per second of wall time.
fn rate(run: impl FnOnce() -> u64) -> f64 {
    let began = Instant::now();
    let requests = black_box(run());
    requests as f64 / began.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let scenario = Scenario::built_in("ten-busy-tasks").expect("it is built in");
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        // In turns, so that whatever else the machine does falls on all three alike.
        rates[0].push(rate(|| bare(&scenario)));
        rates[1].push(rate(|| engine(&scenario, 0)));
        rates[2].push(rate(|| engine(&scenario, 4_096)));
    }
    let ratio =
        |of: usize| median(rates[of].iter().zip(&rates[0]).map(|(engine, bare)| engine / bare).collect());
    let ratios = [1.0, ratio(1), ratio(2)];
    println!(
        "10 tasks at 80 %, 10 simulated minutes at 1,000 requests/s, median of {ROUNDS} rounds in turns:"
    );
    for ((name, rates), ratio) in
        ["bare event loop", "engine, why off", "engine, why on"].into_iter().zip(rates).zip(ratios)
    {
        println!("  {name:16} {:>6.2} million requests/s   {ratio:.2} of the bare loop", median(rates) / 1e6);
    }
}
