//! A bad scenario file: every problem is named with its path, its value, what is allowed, what to write instead.

use albatross_engine::Scenario;
use albatross_engine::scenario::{BUILT_IN, ScenarioError};
use serde_json::{Value, json};

fn with(pointer: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(BUILT_IN[0].1).expect("it is JSON");
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match document.pointer_mut(parent).expect("the parent exists") {
        Value::Object(fields) => {
            fields.insert(key.to_owned(), value);
        }
        Value::Array(elements) => elements[key.parse::<usize>().expect("an index")] = value,
        other => panic!("{other} has no fields"),
    }
    document.to_string()
}

fn problem(pointer: &str, value: Value) -> String {
    Scenario::from_json(&with(pointer, value)).expect_err(pointer).to_string()
}

/// Ranges: API `CreateTargetGroup`, `CreateLoadBalancer`, `CreateService`, `ContainerDefinition`.
#[test]
fn what_aws_would_refuse_is_refused_with_path_value_and_range() {
    for (pointer, value, expected) in [
        ("/TargetGroups/0/HealthCheckIntervalSeconds", json!(4), "from 5 to 300; write 5"),
        ("/TargetGroups/0/HealthCheckIntervalSeconds", json!(301), "from 5 to 300; write 300"),
        ("/TargetGroups/0/HealthCheckTimeoutSeconds", json!(1), "from 2 to 120; write 2"),
        ("/TargetGroups/0/HealthyThresholdCount", json!(11), "from 2 to 10; write 10"),
        ("/TargetGroups/0/UnhealthyThresholdCount", json!(1), "from 2 to 10; write 2"),
        ("/TargetGroups/0/Matcher", json!({"HttpCode": "99"}), "statuses from 200 to 499"),
        ("/TargetGroups/0/HealthCheckPath", json!("health"), "begins with /"),
        ("/TargetGroups/0/TargetType", json!("instance"), "must be \"ip\""),
        ("/TargetGroups/0/Port", json!(0), "from 1 to 65535"),
        ("/LoadBalancers/0/AvailabilityZones", json!(["us-east-1a"]), "2 to 4 zones"),
        ("/LoadBalancers/0/Scheme", json!("internal"), "must be \"internet-facing\""),
        (
            "/Listeners/0/DefaultActions/0/TargetGroupArn",
            json!("nobody"),
            "the name of a target group; write \"web-tg\"",
        ),
        ("/Services/0/DesiredCount", json!(-1), "from 0 to 60; write 0"),
        ("/Services/0/TaskDefinition", json!("nobody"), "a task definition's family; write \"web\""),
        ("/TaskDefinitions/0/ContainerDefinitions/0/StopTimeout", json!(121), "from 2 to 120"),
        ("/Traffic/RequestsPerSecond", json!(-1), "from 0 to 100000"),
        ("/Traffic/ClientLatency", json!("15"), "a number with one of the units"),
        (
            "/Timeline",
            json!([{"At": "1s", "Command": {"KillTask": {"Task": 0}}}]),
            "Timeline[0].Command.KillTask.Task",
        ),
    ] {
        let message = problem(pointer, value);
        assert!(message.contains(expected), "{pointer}: {message}");
        let path = pointer.trim_start_matches('/').replace("/0", "[0]").replace('/', ".");
        assert!(message.contains(&path), "{path}: {message}");
    }
}

#[test]
fn an_unknown_field_is_refused_by_its_path() {
    let message = problem("/TargetGroups/0/HealthCheckInterval", json!(5));
    assert!(
        message.starts_with("TargetGroups[0]") && message.contains("HealthCheckIntervalSeconds"),
        "{message}"
    );
}

#[test]
fn several_problems_are_told_at_once() {
    let text = with("/TargetGroups/0/HealthCheckIntervalSeconds", json!(1));
    let mut document: Value = serde_json::from_str(&text).expect("it is JSON");
    document["Services"][0]["DesiredCount"] = json!(1_000);
    document["Traffic"]["Arrivals"] = json!("sometimes");
    let error = Scenario::from_json(&document.to_string()).expect_err("three problems");
    let ScenarioError::Invalid(problems) = error else { panic!("{error}") };
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    for path in ["TargetGroups[0].HealthCheckIntervalSeconds", "Services[0].DesiredCount", "Traffic.Arrivals"]
    {
        assert!(paths.contains(&path), "{paths:?}");
    }
}

#[test]
fn nonsense_is_an_error_and_never_a_panic() {
    for text in ["", "null", "[]", "{", "{}", "\u{0}", "{\"Name\":1e999}", &"[".repeat(100_000)] {
        assert!(Scenario::from_json(text).is_err());
    }
    let long = " ".repeat(albatross_engine::scenario::FILE_BYTES_MAX + 1);
    assert!(matches!(Scenario::from_json(&long), Err(ScenarioError::TooLong { .. })));
}
