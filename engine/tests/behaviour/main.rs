//! What a world does, seen from outside: one file per behaviour.

#![cfg(not(target_arch = "wasm32"))]

mod alarms;
mod anomalies;
mod auto_scaling;
mod boundaries;
mod clients;
mod connections;
mod documented_numbers;
mod failures;
mod fidelity;
mod health_checks;
mod health_states;
mod invariants;
mod library;
mod metrics;
mod real_example;
mod routing;
mod scenario_errors;
mod scenario_files;
mod scenario_nonsense;
mod security_groups;
mod service;
mod service_library;
mod service_refusals;
mod slow_start;
mod stickiness;
mod utilization;
mod weighted_groups;
mod why;
mod world;
mod zones;
