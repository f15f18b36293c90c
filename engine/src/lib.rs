//! Albatross's simulator: an Amazon ECS service behind an Application Load Balancer, as AWS documents it.
//!
//! A deterministic, sans-IO state machine. It has no clock, no threads, no files and no browser: its owner makes a
//! [`Simulation`] from a [`Scenario`] and a seed, lets time pass with [`Simulation::advance`], does things to it
//! with [`Simulation::apply`], and reads its state and its [`trace`].
//!
//! The rooms, in the order in which a request meets them:
//!
//! | room | what is in it |
//! |---|---|
//! | [`kernel`] | time, agenda, random streams, ids, timers, histograms; has never heard of AWS |
//! | [`scenario`] | what to build and what happens when: the file, its validation, the built-in library |
//! | [`vpc`] | address blocks and security groups |
//! | [`traffic`] | clients, what they ask for and when, their connections |
//! | [`elb`] | load balancer, nodes, listeners and rules, target groups, health checks, routing |
//! | [`ecs`] | service scheduler, tasks, containers |
//! | [`cloudwatch`] | metrics under AWS's own names, alarms |
//! | [`autoscaling`] | Application Auto Scaling: policies, cooldowns, schedules |
//! | [`command`] | what a person can do |
//! | [`trace`] | what happened, and why |
//! | [`choices`] | what AWS does not document and is decided here |
//!
//! ```
//! use albatross_engine::{Command, Scenario, Simulation};
//! use albatross_engine::cloudwatch::Metric;
//! use albatross_engine::kernel::{SimDuration, SimTime};
//!
//! let scenario = Scenario::built_in("the-real-example").expect("it is built in");
//! let mut simulation = Simulation::new(&scenario, 7);
//! simulation.advance(SimTime::ZERO + SimDuration::from_secs(30), u64::MAX);
//!
//! let first = simulation.cluster().tasks().next().expect("three tasks run").id();
//! simulation.apply(Command::KillTask(first)).expect("it runs");
//! simulation.advance(SimTime::ZERO + SimDuration::from_secs(120), u64::MAX);
//! assert!(simulation.metrics().count(Metric::Elb502) > 0, "connections to it were refused for a while");
//! let service = simulation.cluster().services()[0].id();
//! assert_eq!(simulation.cluster().running_count(service), 3, "ECS has replaced it");
//! ```

pub mod autoscaling;
pub mod choices;
pub mod cloudwatch;
pub mod command;
mod context;
pub mod ecs;
pub mod elb;
pub mod kernel;
pub mod scenario;
mod simulation;
pub mod trace;
pub mod traffic;
pub mod vpc;

pub use command::{Command, Refusal};
pub use scenario::Scenario;
pub use simulation::{Activity, Progress, Simulation, WatchedAlarm};
