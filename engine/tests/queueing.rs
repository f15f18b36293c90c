//! The engine against mathematics: mean times in system that queueing theory knows exactly.
//!
//! Why the bound proves it: a run is cut into 50 batches of 100 s or more, many times as long as the queue remembers
//! its state (about 1 s at 80 % load), so that their means are as good as independent and normally distributed. The
//! theory's value must lie within the 99.9 % confidence interval of their mean (Student's t with 49 degrees of freedom:
//! 3.50 standard errors), and that interval must be narrower than 3 % of the value to each side: a wrong discipline, a
//! lost or doubled request, or a tenth of a percent of load too much is further off. Seeds are fixed: a test that
//! passes passes always.

#![cfg(not(target_arch = "wasm32"))]

use albatross_engine::elb::HealthCheckPort;
use albatross_engine::kernel::{Distribution, SimDuration, SimTime};
use albatross_engine::trace::Step;
use albatross_engine::traffic::{Arrivals, Profile, RequestRate};
use albatross_engine::{Scenario, Simulation};

const BATCHES: usize = 50;
/// 99.9 % of Student's distribution with 49 degrees of freedom lie within so many standard errors.
const STUDENT_T: f64 = 3.50;
/// The mean service time in seconds, and the load of every server.
const SERVICE: f64 = 0.010;
const LOAD: f64 = 0.8;

/// So many tasks of so many workers each, whose load is [`LOAD`]; health checks do not get in the way.
fn world(tasks: u32, workers: u32, work: Distribution) -> Scenario {
    let mut scenario = Scenario::built_in("the-real-example").expect("it is built in");
    let servers = f64::from(tasks * workers);
    scenario.traffic.arrivals = Arrivals::Poisson;
    scenario.traffic.profile =
        Profile::steady(RequestRate::per_second(LOAD * servers / SERVICE).expect("in range"));
    scenario.traffic.clients = 400;
    scenario.target_groups[0].health_check.port = HealthCheckPort::Port(8_081);
    let service = &mut scenario.services[0];
    service.desired_count = tasks;
    let container = &mut service.task_definition.container;
    container.health_port = Some(8_081);
    container.workers = workers;
    container.backlog = 65_535;
    container.service_time = work;
    scenario.assumptions.shared_routing_memory = true;
    scenario
}

/// The mean of every batch of the time that requests spend at their server, waiting and being served, in seconds.
fn batch_means(scenario: &Scenario, batch: SimDuration) -> Vec<f64> {
    let mut simulation = Simulation::new(scenario, 20);
    let mut cursor = 0;
    let mut means = Vec::new();
    // The first batch fills the queues and opens the connections.
    for index in 0..=BATCHES as u64 {
        let (mut sum, mut count) = (0.0, 0_u64);
        let end = SimTime::ZERO + batch * (index + 1);
        while !simulation.advance(end, 10_000).reached {
            let since = simulation.trace().steps().since(cursor);
            assert_eq!(since.missed, 0);
            cursor = since.cursor;
            for entry in since.entries {
                if let Step::Served { waited, worked, .. } = entry.what {
                    sum += (waited + worked).as_seconds();
                    count += 1;
                }
            }
        }
        if index > 0 {
            means.push(sum / count as f64);
        }
    }
    means
}

fn agrees(scenario: &Scenario, batch: SimDuration, theory: f64) {
    let means = batch_means(scenario, batch);
    let mean = means.iter().sum::<f64>() / BATCHES as f64;
    let variance = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (BATCHES - 1) as f64;
    let reach = STUDENT_T * (variance / BATCHES as f64).sqrt();
    assert!(reach < 0.03 * theory, "the interval is too wide to prove anything: {reach} of {theory}");
    assert!((mean - theory).abs() < reach, "measured {mean} ± {reach}, theory {theory}");
}

fn exponential() -> Distribution {
    Distribution::Exponential { mean: SimDuration::from_seconds_f64(SERVICE) }
}

/// Mean time in system of M/M/1: 1 / (μ − λ).
#[test]
fn one_server_with_exponential_work_is_m_m_1() {
    agrees(&world(1, 1, exponential()), SimDuration::from_secs(400), SERVICE / (1.0 - LOAD));
}

/// M/D/1 by Pollaczek and Khinchine: waiting is half of that of M/M/1.
#[test]
fn one_server_with_constant_work_is_m_d_1() {
    let work = Distribution::Constant { value: SimDuration::from_seconds_f64(SERVICE) };
    let theory = SERVICE + LOAD * SERVICE / (2.0 * (1.0 - LOAD));
    agrees(&world(1, 1, work), SimDuration::from_secs(100), theory);
}

/// M/G/1 by Pollaczek and Khinchine: waiting grows with the second moment of the work.
#[test]
fn one_server_with_few_long_jobs_among_short_ones_is_m_g_1() {
    let (fast, slow, share) = (0.005, 0.055, 0.1);
    let work = Distribution::Bimodal {
        fast: SimDuration::from_seconds_f64(fast),
        slow: SimDuration::from_seconds_f64(slow),
        slow_per_mille: 100,
    };
    let second_moment = (1.0 - share) * fast * fast + share * slow * slow;
    let theory = SERVICE + (LOAD / SERVICE) * second_moment / (2.0 * (1.0 - LOAD));
    agrees(&world(1, 1, work), SimDuration::from_secs(600), theory);
}

/// M/M/c by Erlang's C formula.
#[test]
fn one_queue_before_four_workers_is_m_m_4() {
    let servers = 4_u32;
    let offered = LOAD * f64::from(servers);
    let term = |k: u32| offered.powi(k as i32) / (1..=k).map(f64::from).product::<f64>();
    let all_busy = term(servers) / (1.0 - LOAD);
    let waits = all_busy / ((0..servers).map(term).sum::<f64>() + all_busy);
    let theory = SERVICE + waits * SERVICE / (f64::from(servers) * (1.0 - LOAD));
    agrees(&world(1, servers, exponential()), SimDuration::from_secs(100), theory);
}

/// Round robin gives every server each k-th request: gaps of an Erlang distribution of order k, so E_k/M/1. Its mean
/// time in system is 1 / (μ (1 − σ)), where σ is the root below 1 of σ = A(μ (1 − σ)) and A the transform of the gaps.
/// Random routing would give M/M/1, whose time is longer by a third.
#[test]
fn round_robin_over_four_servers_is_e_4_m_1() {
    let servers = 4_u32;
    let (service_rate, rate) = (1.0 / SERVICE, LOAD / SERVICE);
    let phases = f64::from(servers) * rate;
    let mut root = 0.5_f64;
    for _ in 0..1_000 {
        root = (phases / (phases + service_rate * (1.0 - root))).powi(servers as i32);
    }
    let theory = SERVICE / (1.0 - root);
    assert!(theory < 0.75 * SERVICE / (1.0 - LOAD), "far from M/M/1: {theory}");
    agrees(&world(servers, 1, exponential()), SimDuration::from_secs(100), theory);
}
