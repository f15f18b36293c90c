//! `cargo xtask`: everything that is done with this repository, one command each.
//!
//! Each command first looks for the tools it needs and installs what is missing; see [`tools`].

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks through both")]
#![allow(clippy::disallowed_types, reason = "unlike the engine, this tool measures real time")]

mod bench;
mod doctor;
mod fuzz;
mod hosts;
mod project;
mod serve;
mod site;
mod size;
mod step;
mod tally;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Serve, build, test and measure Albatross.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the page and serve it on this machine, rebuilding it at every change
    Serve(serve::Options),
    /// Check formatting and lints, and run every test, or one part of them
    Test {
        /// The one part to run; without it, everything
        part: Option<test::Part>,
    },
    /// Feed nonsense to the reader of scenario files, for minutes
    Fuzz(fuzz::Options),
    /// Make the static site in `dist/`, and check its size
    Build,
    /// Tell which tools are there and which are missing; changes nothing
    Doctor,
    /// Run the benchmarks: the engine by itself, then the page in a browser
    Bench,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = Project::open().and_then(|project| match arguments.command {
        Command::Serve(options) => serve::run(&project, &options).map(|()| ExitCode::SUCCESS),
        Command::Test { part } => test::run(&project, part).map(|()| ExitCode::SUCCESS),
        Command::Fuzz(options) => fuzz::run(&project, &options).map(|()| ExitCode::SUCCESS),
        Command::Build => site::run(&project).map(|()| ExitCode::SUCCESS),
        Command::Doctor => Ok(doctor::run(&project)),
        Command::Bench => bench::run(&project).map(|()| ExitCode::SUCCESS),
    });
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }
}
