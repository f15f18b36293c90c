//! The built page in a real browser: what a person does, and what is to be seen then.
//! Run them with `cargo xtask test e2e`, which builds the page first and names the browser.

#![allow(clippy::disallowed_types, reason = "unlike the engine, a browser runs in real time")]

mod accessible;
mod addresses;
mod alive;
mod commands;
mod deployments;
mod keyboard;
mod killed;
mod layout;
mod pictures;
mod real_example;
mod service_scenarios;
