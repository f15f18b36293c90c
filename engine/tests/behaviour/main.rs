//! What a world does, seen from outside: one file per behaviour.

#![cfg(not(target_arch = "wasm32"))]

mod alarms;
mod anomalies;
mod auto_scaling;
mod boundaries;
mod circuit_breaker;
mod clients;
mod connections;
mod container_health;
mod deployment_alarms;
mod deployments_under_load;
mod documented_numbers;
mod early_success;
mod failures;
mod fidelity;
mod fleet;
mod health_checks;
mod health_states;
mod invariants;
mod library;
mod metrics;
mod placement;
mod real_example;
mod rolling_deployments;
mod routing;
mod scenario_errors;
mod scenario_files;
mod scenario_nonsense;
mod security_groups;
mod service;
mod service_events;
mod service_invariants;
mod service_library;
mod service_refusals;
mod slow_start;
mod stickiness;
mod task_failures;
mod task_life;
mod traffic_shifting;
mod utilization;
mod weighted_groups;
mod why;
mod world;
mod zone_failures;
mod zones;
