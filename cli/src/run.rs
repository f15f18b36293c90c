//! `albatross run`: reads the scenario, lets it run, hands what happens to the trace and to the report.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::BUILT_IN;
use albatross_engine::{Scenario, Simulation};
use clap::{Args, ValueEnum};

use crate::report::{Record, Report};
use crate::trace::{EXPLAINED, TraceWriter};

/// The longest run that is accepted.
const LONGEST: SimDuration = SimDuration::from_secs(1_000 * 3_600);
/// How much may happen before it is read: less than the engine keeps, which is 32,768 steps and 180 minutes.
const EVENTS_AT_ONCE: u64 = 1_024;
const TIME_AT_ONCE: SimDuration = SimDuration::from_secs(3_600);

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
    /// Writes everything that happens to this file, one JSON object a line; - for standard output, instead of the
    /// result.
    #[arg(long, value_name = "FILE")]
    trace: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs and reports, or says in words what is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let duration: SimDuration =
        arguments.duration.parse().map_err(|error| format!("--for {}: {error}", arguments.duration))?;
    if duration > LONGEST {
        return Err(format!("--for {duration}: at most {LONGEST}"));
    }
    let end = SimTime::ZERO + duration;
    let scenario = read(&arguments.scenario)?;
    let mut simulation = Simulation::new(&scenario, arguments.seed);
    let mut record = Record::default();
    match arguments.trace.as_deref() {
        None => follow(&mut simulation, end, EVENTS_AT_ONCE, |simulation| {
            record.read(simulation);
            Ok::<(), String>(())
        }),
        Some("-") => {
            return follow_and_write(&mut simulation, end, &mut record, io::stdout().lock())
                .map_err(|error| format!("standard output: {error}"));
        }
        Some(name) => File::create(name)
            .and_then(|file| follow_and_write(&mut simulation, end, &mut record, file))
            .map_err(|error| format!("--trace {name}: {error}")),
    }?;
    let report = Report::new(&scenario, &simulation, record);
    let text = match arguments.format {
        Format::Text => report.to_string(),
        Format::Json => serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?,
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| format!("standard output: {error}"))
}

/// Lets time pass until `end`, and has what happened read before the engine forgets it.
fn follow<E>(
    simulation: &mut Simulation,
    end: SimTime,
    events: u64,
    mut read: impl FnMut(&Simulation) -> Result<(), E>,
) -> Result<(), E> {
    loop {
        let until = end.min(simulation.now() + TIME_AT_ONCE);
        let reached = simulation.advance(until, events).reached;
        read(simulation)?;
        if reached && until == end {
            return Ok(());
        }
    }
}

/// Likewise, and writes all of it. One event at a time, so that sentences tell of the world as it was then.
fn follow_and_write(
    simulation: &mut Simulation,
    end: SimTime,
    record: &mut Record,
    out: impl Write,
) -> io::Result<()> {
    simulation.explain(EXPLAINED);
    let mut trace = TraceWriter::new(BufWriter::with_capacity(1 << 16, out));
    follow(simulation, end, 1, |simulation| {
        record.read(simulation);
        trace.read(simulation)
    })?;
    trace.finish()
}

/// A file if there is one of that name, otherwise a built-in scenario.
pub(crate) fn read(name: &str) -> Result<Scenario, String> {
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

#[cfg(test)]
mod tests;
