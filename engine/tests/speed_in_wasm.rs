//! The twin in wasm of `benches/requests.rs`: ten simulated minutes of an ALB with ten tasks at 80 % utilisation.
//! It prints a figure and asserts no time: `cargo xtask bench` runs it in Chromium, `cargo xtask test` does not.

#![cfg(target_arch = "wasm32")]

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::{Scenario, Simulation};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Milliseconds of wall time, finer than the whole ones of a date.
fn wall_ms() -> f64 {
    let performance =
        js_sys::Reflect::get(&js_sys::global(), &"performance".into()).expect("a browser has it");
    let now = js_sys::Reflect::get(&performance, &"now".into()).expect("it can tell the time");
    let now: js_sys::Function = now.unchecked_into();
    now.call0(&performance).ok().and_then(|ms| ms.as_f64()).expect("it is a number")
}

#[wasm_bindgen_test]
fn ten_tasks_at_80_percent() {
    let scenario = Scenario::built_in("ten-busy-tasks").expect("it is built in");
    let mut best = f64::INFINITY;
    let mut requests = 0;
    for _ in 0..5 {
        let mut simulation = Simulation::new(&scenario, 7);
        let began = wall_ms();
        simulation.advance(SimTime::ZERO + SimDuration::from_secs(600), u64::MAX);
        best = best.min(wall_ms() - began);
        requests = simulation.traffic().sent();
    }
    console_log!(
        "wasm: {requests} requests in {best:.0} ms, {:.0} requests per second of wall time (best of 5)",
        requests as f64 * 1_000.0 / best
    );
    assert!(requests > 590_000);
}
