//! What a world does, seen from outside: one file per behaviour.

#![cfg(not(target_arch = "wasm32"))]

mod boundaries;
mod clients;
mod connections;
mod documented_numbers;
mod failures;
mod fidelity;
mod health_checks;
mod invariants;
mod library;
mod metrics;
mod real_example;
mod routing;
mod scenario_errors;
mod security_groups;
mod service;
mod why;
mod world;
