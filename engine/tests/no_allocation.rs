//! The engine allocates nothing per request in steady state: everything that comes and goes uses memory again that was
//! there before.

#![cfg(not(target_arch = "wasm32"))]

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::traffic::RequestRate;
use albatross_engine::{Scenario, Simulation};

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

/// How many allocations ten minutes take, and how many requests pass in them, after ten minutes that bring every
/// pool, queue and ring to its size.
fn ten_minutes(requests_per_second: f64, explained: usize) -> (u64, u64) {
    let mut scenario = Scenario::built_in("ten-busy-tasks").expect("it is built in");
    scenario.traffic.profile.base = RequestRate::per_second(requests_per_second).expect("in range");
    let mut simulation = Simulation::new(&scenario, 7);
    simulation.explain(explained);
    simulation.advance(at(600), u64::MAX);
    let before = simulation.requests_received();
    let counted = allocation_counter::measure(|| {
        simulation.advance(at(1_200), u64::MAX);
    });
    (counted.count_total, simulation.requests_received() - before)
}

/// The service scheduler, anomaly detection and CloudWatch make a list or two whenever their time comes, whatever the
/// traffic: they are counted in the run with a tenth of the requests and taken off. What is left are the pools of some
/// 220 clients and nodes, each of which doubles when it grows beyond its longest length so far, which gets ever rarer.
/// One allocation per request would be 10,000 times the bound.
fn more_requests_take_no_more_allocations(explained: usize) {
    let (few, _) = ten_minutes(100.0, explained);
    let (many, requests) = ten_minutes(1_000.0, explained);
    assert!(requests > 590_000);
    assert!(many < few + requests / 10_000, "{many} allocations instead of {few}");
}

#[test]
fn a_steady_state_allocates_nothing_per_request() {
    more_requests_take_no_more_allocations(0);
}

#[test]
fn explaining_allocates_nothing_per_request_either() {
    more_requests_take_no_more_allocations(1_024);
}
