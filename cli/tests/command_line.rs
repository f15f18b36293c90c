//! The command line as people and programs use it.

use std::process::{Command, Output};

fn albatross(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_albatross")).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints text")
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = albatross(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

#[test]
fn a_kill_reads_as_a_story() {
    let output = albatross(&["run", "a-task-is-killed", "--seed", "7", "--for", "2m"]);
    assert!(output.status.success());
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn json_has_cloudwatchs_names_and_figures_that_add_up() {
    let report = json(&["run", "a-task-is-killed", "--for", "2m", "--format", "json"]);
    let metric = |name: &str| report["Metrics"][name].as_u64().unwrap_or_else(|| panic!("{name}"));
    assert!(metric("HTTPCode_ELB_502_Count") > 0);
    assert_eq!(metric("HTTPCode_ELB_5XX_Count"), metric("HTTPCode_ELB_502_Count"));
    let requests: u64 =
        report["Targets"].as_array().expect("a list").iter().filter_map(|t| t["Requests"].as_u64()).sum();
    assert_eq!(requests, metric("RequestCount"));
    assert_eq!(report["Service"]["RunningCount"], 3);
    assert!(report["ClientLatency"]["P99Ms"].as_f64() >= report["ClientLatency"]["P50Ms"].as_f64());
}

#[test]
fn the_same_seed_gives_the_same_digest_and_another_seed_another() {
    let digest = |seed| {
        json(&["run", "the-real-example", "--seed", seed, "--for", "60s", "--format", "json"])["Digest"]
            .clone()
    };
    assert_eq!(digest("1"), digest("1"));
    assert_ne!(digest("1"), digest("2"));
}

#[test]
fn every_built_in_scenario_is_listed_and_can_be_run() {
    let list = text(&albatross(&["list"]).stdout);
    assert!(list.lines().count() >= 7, "{list}");
    for line in list.lines() {
        let name = line.split_whitespace().next().expect("a name");
        assert!(albatross(&["run", name, "--for", "5s"]).status.success(), "{name}");
    }
}

#[test]
fn bad_input_is_told_in_words_and_by_exit_status_2() {
    let folder = tempfile();
    let file = folder.join("scenario.json");
    let good = include_str!("../../engine/scenarios/the-real-example.json");
    let bad = good.replace("\"HealthCheckIntervalSeconds\": 5", "\"HealthCheckIntervalSeconds\": 3");
    assert_ne!(good, bad);
    std::fs::write(&file, bad).expect("it can be written");
    let file = file.to_str().expect("a plain path");
    for (arguments, expected) in [
        (&["run", "nobody"][..], "neither a file nor a built-in scenario"),
        (&["run", "the-real-example", "--for", "ten minutes"], "--for ten minutes"),
        (&["run", file], "TargetGroups[0].HealthCheckIntervalSeconds: found 3"),
        (&["run", env!("CARGO_MANIFEST_DIR")], "directory"),
        (&["run", "the-real-example", "--seed", "x"], "invalid value"),
        (&["fly"], "unrecognized subcommand"),
    ] {
        let output = albatross(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("panicked"), "{message}");
    }
    std::fs::remove_dir_all(folder).expect("it can be removed");
}

fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("albatross-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}
