//! The command line as people and programs use it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn albatross(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_albatross")).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints text")
}

fn json(arguments: &[&str]) -> Value {
    let output = albatross(arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

/// A trace, line by line.
fn trace(arguments: &[&str]) -> Vec<Value> {
    let output = albatross(&[arguments, &["--trace", "-"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn list<'a>(report: &'a Value, name: &str) -> &'a [Value] {
    report[name].as_array().unwrap_or_else(|| panic!("{name} is a list"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is a number"))
}

#[test]
fn a_kill_reads_as_a_story() {
    let output = albatross(&["run", "a-task-is-killed", "--seed", "7", "--for", "1m"]);
    assert!(output.status.success());
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_minute_in_json() {
    let arguments = ["run", "the-real-example", "--seed", "7", "--for", "1m", "--format", "json"];
    insta::assert_snapshot!(text(&albatross(&arguments).stdout));
}

#[test]
fn json_has_cloudwatchs_names_and_figures_that_add_up() {
    let report = json(&["run", "a-task-is-killed", "--for", "2m", "--format", "json"]);
    let metric = |name: &str| number(&report["Metrics"][name]);
    assert!(metric("HTTPCode_ELB_502_Count") > 0);
    assert_eq!(metric("HTTPCode_ELB_5XX_Count"), metric("HTTPCode_ELB_502_Count"));
    assert!(report["Metrics"]["HTTPCode_ELB_504_Count"].is_null(), "nothing is published where nothing was");
    let group = &report["MetricsByTargetGroup"]["web-tg"];
    assert_eq!(number(&group["RequestCount"]), metric("RequestCount"));
    assert!(group["HTTPCode_ELB_5XX_Count"].is_null(), "CloudWatch has it for load balancers only");
    assert_eq!(group["HealthyHostCount"]["Minimum"], 3.0);
    assert_eq!(report["Services"][0]["RunningCount"], 3);
    assert!(report["ClientLatency"]["p99"].as_f64() >= report["ClientLatency"]["p50"].as_f64());

    let requests = list(&report, "Targets").iter().map(|target| number(&target["Requests"]));
    assert_eq!(requests.sum::<u64>(), metric("RequestCount"));
    let shares = list(&report, "Targets").iter().filter_map(|target| target["Share"].as_f64());
    assert!((shares.sum::<f64>() - 1.0).abs() < 1e-9);
    let statuses = report["Statuses"].as_object().expect("by status").values().map(number);
    assert_eq!(statuses.sum::<u64>(), number(&report["RequestsReceived"]));
    let ended = number(&report["RequestsReceived"]) + number(&report["RequestsGivenUp"]);
    assert_eq!(number(&report["RequestsSent"]), ended + number(&report["RequestsInFlight"]));
}

#[test]
fn a_target_tells_of_its_states() {
    let report = json(&["run", "a-task-is-killed", "--for", "2m", "--format", "json"]);
    let killed = list(&report, "Targets").iter().find(|target| target["Task"] == 3).expect("it was there");
    let states: Vec<&str> =
        list(killed, "States").iter().filter_map(|state| state["State"].as_str()).collect();
    assert!(states.ends_with(&["healthy", "unhealthy", "draining", "unused"]), "{states:?}");
    let unhealthy = list(killed, "States").iter().find(|state| state["State"] == "unhealthy");
    assert_eq!(unhealthy.expect("it was")["Description"], "Health checks failed");
    assert_eq!(killed["Reason"], "Target.NotRegistered");
    assert_eq!(killed["LastStatus"], "STOPPED");
}

/// The engine keeps 180 minutes.
#[test]
fn no_minute_of_a_long_run_is_missed() {
    let report = json(&["run", "a-service-is-created", "--for", "200m", "--format", "json"]);
    let minutes = list(&report, "PerMinute");
    let from: Vec<f64> = minutes.iter().filter_map(|minute| minute["From"].as_f64()).collect();
    assert_eq!(from, (0..200).map(|minute| f64::from(minute) * 60.0).collect::<Vec<_>>());
    for metrics in ["RequestCount", "NewConnectionCount"] {
        let in_minutes = minutes.iter().filter_map(|minute| minute[metrics].as_u64()).sum::<u64>();
        assert_eq!(in_minutes, number(&report["Metrics"][metrics]), "{metrics}");
    }
    assert_eq!(report["Missed"], 0);
}

#[test]
fn a_trace_tells_everything_in_order_and_why() {
    let arguments = ["run", "a-task-is-killed", "--for", "90s"];
    let report = json(&[&arguments[..], &["--format", "json"]].concat());
    let lines = trace(&arguments);
    let instants: Vec<f64> = lines.iter().filter_map(|line| line["At"].as_f64()).collect();
    assert_eq!(instants.len(), lines.len(), "every line has its instant");
    assert!(instants.is_sorted());
    let of = |event: &'static str| lines.iter().filter(move |line| line["Event"] == event);
    assert_eq!(of("Sent").count() as u64, number(&report["RequestsSent"]));
    assert_eq!(of("Received").count() as u64, number(&report["RequestsReceived"]));
    for line in of("Received").chain(of("GaveUp")) {
        let why = &line["Why"];
        assert_eq!(why["Matched"]["IsDefault"], true, "{line}");
        assert_eq!(why["Choice"]["Algorithm"], "round_robin", "{line}");
        assert_eq!(why["Answer"]["Status"], line["Status"], "{line}");
        let candidates = list(why, "Targets").iter().filter(|target| target["Standing"] == "Candidate");
        assert_eq!(candidates.count() as u64, number(&why["Choice"]["Candidates"]), "{line}");
        assert!(list(line, "Story").len() >= 5, "{line}");
    }
    let refused = of("Received").find(|line| line["Why"]["Answer"]["Cause"] == "ConnectionRefused");
    assert_eq!(refused.expect("the task was dead")["Status"], 502);
    let failed = of("CheckFinished").find(|line| line["Passed"] == false).expect("so checks failed");
    assert_eq!(
        (&failed["Reason"], &failed["Task"]),
        (&Value::from("Target.FailedHealthChecks"), &Value::from(3))
    );
    let messages: Vec<&Value> =
        lines.iter().map(|line| &line["Message"]).filter(|text| !text.is_null()).collect();
    let events: Vec<&Value> = list(&report, "Events").iter().map(|event| &event["Message"]).collect();
    assert_eq!(messages.len(), events.len());
}

#[test]
fn what_causes_stands_before_what_follows() {
    let lines = trace(&["run", "a-task-is-killed", "--for", "21s"]);
    let events: Vec<&str> = lines.iter().filter_map(|line| line["Event"].as_str()).collect();
    let first = |event| events.iter().position(|known| *known == event).expect("it happened");
    assert!(first("Commanded") < first("Lost") && first("Lost") < first("RequestsLost"));
}

#[test]
fn a_trace_changes_nothing_that_happens() {
    let file = folder("trace").join("trace.jsonl");
    let arguments = ["run", "a-task-hangs", "--for", "60s", "--format", "json"];
    let plain = json(&arguments);
    let traced = json(&[&arguments[..], &["--trace", file.to_str().expect("a plain path")]].concat());
    assert_eq!(plain, traced);
    let lines = std::fs::read_to_string(&file).expect("it was written");
    assert!(lines.lines().all(|line| line.starts_with("{\"At\":") && line.ends_with('}')));
    assert!(lines.lines().count() > 1_000);
}

#[test]
fn a_reader_that_goes_away_is_told_in_words() {
    let arguments = ["run", "the-real-example", "--for", "5m", "--trace", "-"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_albatross"));
    let mut child =
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.starts_with("standard output: ") && !message.contains("panicked"), "{message}");
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
    let folder = folder("bad-input");
    let file = folder.join("scenario.json");
    let nowhere = folder.join("no-folder").join("trace.jsonl");
    let nowhere = nowhere.to_str().expect("a plain path");
    let good = include_str!("../../engine/scenarios/the-real-example.json");
    let bad = good.replace("\"HealthCheckIntervalSeconds\": 5", "\"HealthCheckIntervalSeconds\": 3");
    assert_ne!(good, bad);
    std::fs::write(&file, bad).expect("it can be written");
    let file = file.to_str().expect("a plain path");
    for (arguments, expected) in [
        (&["run", "nobody"][..], "neither a file nor a built-in scenario"),
        (&["run", "the-real-example", "--for", "ten minutes"], "--for ten minutes"),
        (&["run", "the-real-example", "--for", "2000h"], "at most 1000h"),
        (&["run", "the-real-example", "--trace", nowhere], "no-folder"),
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
}

/// A folder for the files of one test, in cargo's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}
