//! `albatross validate`: says what is wrong with scenario files, if anything.

use albatross_engine::Scenario;
use clap::Args;

use crate::run::read;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Scenario files, or names of built-in scenarios.
    #[arg(required = true, value_name = "FILE")]
    scenarios: Vec<String>,
}

/// What is to be said about each file: that it is valid, or all that is wrong with it.
pub(crate) fn validate(arguments: &Arguments) -> impl Iterator<Item = Result<String, String>> {
    arguments.scenarios.iter().map(|name| Ok(format!("{name}: valid, {}", summary(&read(name)?))))
}

/// So that its writer sees that nothing was overlooked.
fn summary(scenario: &Scenario) -> String {
    let rules: usize = scenario.listeners.iter().map(|listener| listener.rules.len()).sum();
    let parts = [
        (scenario.listeners.len(), "listener"),
        (rules, "rule"),
        (scenario.target_groups.len(), "target group"),
        (scenario.services.len(), "service"),
    ];
    let part = |(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    parts.map(part).join(", ")
}
