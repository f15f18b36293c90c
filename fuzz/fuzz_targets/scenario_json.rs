//! Whatever bytes come as a scenario file, reading them ends without a panic and with an error of bounded length; and
//! what is accepted makes a world that runs.

#![no_main]

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::{Scenario, Simulation};
use libfuzzer_sys::fuzz_target;

/// The longest error that is told, in bytes.
const ERROR_BYTES_MAX: usize = 1 << 19;
/// How far a world is followed: enough for traffic, health checks and a first command, in about a millisecond.
const EVENTS: u64 = 2_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Scenario::from_json(text) {
        Ok(scenario) => live(&scenario),
        Err(error) => {
            let length = error.to_string().len();
            assert!(length <= ERROR_BYTES_MAX, "an error of {length} bytes");
        }
    }
});

fn live(scenario: &Scenario) {
    let mut simulation = Simulation::new(scenario, 7);
    simulation.advance(SimTime::ZERO + SimDuration::from_secs(24 * 3_600), EVENTS);
    for notice in simulation.trace().notices().iter() {
        assert!(!simulation.describe(&notice.what).is_empty());
    }
}
