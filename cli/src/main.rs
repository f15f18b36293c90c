//! `albatross`: the simulator without a screen.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]

mod report;
mod run;
mod schema;
mod trace;
mod validate;

use std::process::ExitCode;

use albatross_engine::scenario::BUILT_IN;
use albatross_engine::{Scenario, choices};
use clap::{Parser, Subcommand};

/// Load balancing on Amazon ECS, simulated: the engine of the Albatross playground on the command line.
#[derive(Parser)]
#[command(name = "albatross", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a scenario and prints what happened.
    Run(run::Arguments),
    /// Says what is wrong with scenario files, if anything.
    Validate(validate::Arguments),
    /// Prints the JSON Schema of scenario files, for editors.
    Schema,
    /// Lists the built-in scenarios.
    List,
    /// Prints what AWS does not document and Albatross decides.
    Choices,
}

/// The exit status for input that cannot be used.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(arguments) => status(run::run(&arguments)),
        Command::Validate(arguments) => {
            let mut all = ExitCode::SUCCESS;
            for outcome in validate::validate(&arguments) {
                match outcome {
                    Ok(summary) => println!("{summary}"),
                    bad => all = status(bad.map(|_| ())),
                }
            }
            all
        }
        Command::Schema => status(schema::print()),
        Command::List => {
            for (name, text) in BUILT_IN {
                let title = Scenario::from_json(text).map_or_else(|error| error.to_string(), |s| s.title);
                println!("{name:24} {title}");
            }
            ExitCode::SUCCESS
        }
        Command::Choices => {
            for choice in choices::ALL {
                println!("{}\n  {}\n  {}\n", choice.topic, choice.choice, choice.because);
            }
            ExitCode::SUCCESS
        }
    }
}

/// Says what is wrong, if anything.
fn status(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(BAD_INPUT)
        }
    }
}
