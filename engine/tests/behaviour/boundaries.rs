//! The house's arrows, checked: the engine knows no browser, no clock and no I/O, and its rooms know only the rooms
//! that they may know.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn engine() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("it is text");
            found.push((path, text));
        }
    }
    found
}

/// Everything that the engine is built from, on the platform of the page.
fn dependencies() -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "albatross-engine", "--edges", "normal", "--prefix", "none"])
        .args(["--target", "wasm32-unknown-unknown", "--offline"])
        .current_dir(engine())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints text")
}

#[test]
fn the_engine_depends_on_nothing_of_the_browser() {
    let dependencies = dependencies();
    assert!(dependencies.contains("rand_pcg"), "the list is real: {dependencies}");
    for forbidden in ["wasm-bindgen", "js-sys", "web-sys", "gloo", "leptos", "getrandom", "tokio"] {
        let found = dependencies.lines().find(|line| line.starts_with(forbidden));
        assert_eq!(found, None, "the engine must not depend on {forbidden}");
    }
}

/// Each room with the rooms that it may not know.
const FORBIDDEN: [(&str, &[&str]); 8] = [
    (
        "kernel",
        &[
            "crate::elb",
            "crate::ecs",
            "crate::traffic",
            "crate::scenario",
            "crate::trace",
            "crate::simulation",
        ],
    ),
    (
        "vpc",
        &[
            "crate::elb",
            "crate::ecs",
            "crate::traffic",
            "crate::scenario",
            "crate::trace",
            "crate::simulation",
        ],
    ),
    // Rules and actions are pure: they know neither what happens nor when.
    (
        "elb/listener",
        &["crate::trace", "crate::context", "crate::traffic", "crate::ecs", "crate::simulation"],
    ),
    ("elb", &["crate::ecs", "crate::scenario", "crate::simulation"]),
    ("traffic", &["crate::ecs", "crate::scenario", "crate::simulation"]),
    ("ecs", &["crate::scenario", "crate::simulation", "crate::traffic"]),
    ("cloudwatch", &["crate::ecs", "crate::scenario", "crate::simulation"]),
    // It decides from numbers alone; who measures them and who carries out the decisions is the world's affair.
    (
        "autoscaling",
        &[
            "crate::trace",
            "crate::context",
            "crate::traffic",
            "crate::ecs",
            "crate::scenario",
            "crate::simulation",
        ],
    ),
];

#[test]
fn no_room_knows_a_room_that_it_may_not_know() {
    for (room, forbidden) in FORBIDDEN {
        let sources = sources(&engine().join("src").join(room));
        assert!(!sources.is_empty(), "{room} is a folder with sources");
        for (path, text) in sources {
            for name in forbidden {
                assert!(!text.contains(name), "{} must not know {name}", path.display());
            }
        }
    }
}

#[test]
fn the_engine_has_no_clock_no_files_and_no_unordered_collections() {
    for (path, text) in sources(&engine().join("src")) {
        for name in ["std::time", "std::fs", "std::net", "std::thread", "std::env", "HashMap", "HashSet"] {
            assert!(!text.contains(name), "{} uses {name}", path.display());
        }
    }
}
