//! One engine everywhere: the digests of fixed runs are equal natively and in wasm, because both are equal to the
//! ones in `golden/digests.txt`. After an intended change of behaviour, write them anew with
//! `ALBATROSS_BLESS=1 cargo test -p albatross-engine --test digest`.

use albatross_engine::ecs::{ServiceId, TaskId};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::BUILT_IN;
use albatross_engine::{Command, Scenario, Simulation};

const GOLDEN: &str = include_str!("golden/digests.txt");

/// Every built-in scenario with two seeds for three minutes, a few things done to it on the way.
fn digests() -> String {
    let mut lines = String::new();
    for (name, text) in BUILT_IN {
        for seed in [7, u64::MAX] {
            let scenario = Scenario::from_json(text).expect("built-in scenarios are valid");
            let mut simulation = Simulation::new(&scenario, seed);
            let at = |seconds| SimTime::ZERO + SimDuration::from_secs(seconds);
            for (second, command) in [
                (20, Command::SlowTask(TaskId::new(1), 333)),
                (40, Command::SetDesiredCount(ServiceId::new(0), 5)),
                (70, Command::KillTask(TaskId::new(2))),
                (110, Command::StopTask(TaskId::new(1))),
            ] {
                simulation.advance(at(second), u64::MAX);
                // In some scenarios a task is not there to be hurt: that is part of the run, too.
                let _refused = simulation.apply(command);
            }
            simulation.advance(at(180), u64::MAX);
            let (digest, sent) = (simulation.digest(), simulation.traffic().sent());
            lines += &format!("{name} seed {seed}: {sent} requests, digest {digest}\n");
        }
    }
    lines
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn native_runs_have_the_golden_digests() {
    let digests = digests();
    if std::env::var_os("ALBATROSS_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/digests.txt");
        std::fs::write(path, &digests).expect("the golden file can be written");
        return;
    }
    assert_eq!(digests, GOLDEN);
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn wasm_runs_have_the_golden_digests() {
        assert_eq!(super::digests(), super::GOLDEN);
    }
}
