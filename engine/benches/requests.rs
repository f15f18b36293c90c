//! How many requests the engine simulates per second of wall time: an ALB with ten tasks at 80 % utilisation, ten
//! simulated minutes at 1,000 requests per second. `cargo xtask bench` runs this and its twin in wasm.

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use albatross_engine::kernel::{SimDuration, SimTime};
    use albatross_engine::{Scenario, Simulation};
    use divan::Bencher;
    use divan::counter::ItemsCount;

    const MINUTES: u64 = 10;

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn ten_tasks_at_80_percent(bencher: Bencher<'_, '_>) {
        let scenario = Scenario::built_in("ten-busy-tasks").expect("it is built in");
        bencher
            .counter(ItemsCount::new(MINUTES * 60 * 1_000))
            .with_inputs(|| Simulation::new(&scenario, 7))
            .bench_values(|mut simulation| {
                simulation.advance(SimTime::ZERO + SimDuration::from_secs(MINUTES * 60), u64::MAX);
                simulation.digest()
            });
    }
}

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    divan::main();
}
