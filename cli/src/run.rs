//! `albatross run`: reads the scenario, lets it run, hands the world to the report.

use std::path::Path;

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::BUILT_IN;
use albatross_engine::{Scenario, Simulation};
use clap::{Args, ValueEnum};

use crate::report;

/// The longest run that is accepted.
const LONGEST: SimDuration = SimDuration::from_secs(1_000 * 3_600);

#[derive(Args)]
pub(crate) struct Arguments {
    /// A scenario file, or the name of a built-in scenario (see `albatross list`).
    scenario: String,
    /// The seed: the same one gives the same run.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How much simulated time to run, such as 90s, 10m or 2h.
    #[arg(long = "for", default_value = "10m", value_name = "TIME")]
    duration: String,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs and reports, or says in words what is wrong with the input.
pub(crate) fn run(arguments: &Arguments) -> Result<String, String> {
    let duration: SimDuration =
        arguments.duration.parse().map_err(|error| format!("--for {}: {error}", arguments.duration))?;
    if duration > LONGEST {
        return Err(format!("--for {duration}: at most {LONGEST}"));
    }
    let scenario = read(&arguments.scenario)?;
    let mut simulation = Simulation::new(&scenario, arguments.seed);
    simulation.advance(SimTime::ZERO + duration, u64::MAX);
    let report = report::Report::new(&scenario, &simulation);
    match arguments.format {
        Format::Text => Ok(report.to_text()),
        Format::Json => serde_json::to_string_pretty(&report).map_err(|error| error.to_string()),
    }
}

/// A file if there is one of that name, otherwise a built-in scenario.
fn read(name: &str) -> Result<Scenario, String> {
    if !Path::new(name).exists() {
        return Scenario::built_in(name).ok_or_else(|| {
            let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            format!(
                "{name}: there is neither a file nor a built-in scenario of that name; built in are {}",
                known.join(", ")
            )
        });
    }
    let text = std::fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?;
    Scenario::from_json(&text).map_err(|error| {
        error.to_string().lines().map(|line| format!("{name}: {line}")).collect::<Vec<_>>().join("\n")
    })
}
