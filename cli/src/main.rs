//! `albatross`: the simulator without a screen.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]

mod report;
mod run;
mod trace;

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
    /// Lists the built-in scenarios.
    List,
    /// Prints what AWS does not document and Albatross decides.
    Choices,
}

/// The exit status for input that cannot be used.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(arguments) => match run::run(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("{message}");
                ExitCode::from(BAD_INPUT)
            }
        },
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
