//! Packs the built-in scenarios for the page, which so needs no reader of scenario files in its wasm.

use std::path::Path;
use std::{env, fs};

use albatross_engine::Scenario;
use albatross_engine::scenario::BUILT_IN;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=engine/scenarios");
    let scenarios: Vec<Scenario> = BUILT_IN
        .iter()
        .map(|(name, text)| Scenario::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}")))
        .collect();
    let bytes = postcard::to_allocvec(&scenarios).expect("scenarios can be packed");
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder for what is built");
    fs::write(Path::new(&folder).join("scenarios.postcard"), bytes).expect("that folder can be written to");
}
