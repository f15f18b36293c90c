//! The engine allocates nothing per request in steady state: everything that comes and goes uses memory again that was
//! there before.

#![cfg(not(target_arch = "wasm32"))]

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::{Scenario, Simulation};

fn at(seconds: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_secs(seconds)
}

/// Ten minutes bring every pool, queue and ring to its size; in the next ten, 600,000 requests pass.
///
/// The bound: a minute of CloudWatch is kept in one new list, so 10 allocations are due whatever the traffic; a queue
/// that grows beyond its longest length so far doubles, which a run meets a few times at most. One allocation in
/// 10,000 requests would be 60.
fn allocations_in_ten_minutes(explained: usize) -> u64 {
    let scenario = Scenario::built_in("ten-busy-tasks").expect("it is built in");
    let mut simulation = Simulation::new(&scenario, 7);
    simulation.explain(explained);
    simulation.advance(at(600), u64::MAX);
    let before = simulation.requests_received();
    let counted = allocation_counter::measure(|| {
        simulation.advance(at(1_200), u64::MAX);
    });
    assert!(simulation.requests_received() - before > 590_000);
    counted.count_total
}

#[test]
fn a_steady_state_allocates_nothing_per_request() {
    let count = allocations_in_ten_minutes(0);
    assert!(count < 30, "{count} allocations");
}

#[test]
fn explaining_allocates_nothing_per_request_either() {
    let count = allocations_in_ten_minutes(1_024);
    assert!(count < 30, "{count} allocations");
}
