//! What a world does, seen from outside: one file per behaviour.

#![cfg(not(target_arch = "wasm32"))]

mod boundaries;
mod failures;
mod health_checks;
mod invariants;
mod library;
mod real_example;
mod scenario_errors;
mod service;
mod world;
