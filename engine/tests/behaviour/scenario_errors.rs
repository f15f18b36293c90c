//! A bad scenario file: every problem is named with its path, its value, what is allowed, what to write instead.

use albatross_engine::Scenario;
use albatross_engine::scenario::{BUILT_IN, FILE_BYTES_MAX, PROBLEMS_MAX, ScenarioError};
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
    let ScenarioError::Invalid { problems, more: 0 } = error else { panic!("{error}") };
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
    let long = " ".repeat(FILE_BYTES_MAX + 1);
    assert!(matches!(Scenario::from_json(&long), Err(ScenarioError::TooLong { .. })));
}

/// A file of nearly the greatest length, made of one valid one by repeating an element of a list.
fn repeated(list: &str, element: &str) -> String {
    let elements = vec![element; (FILE_BYTES_MAX - 16_384) / (element.len() + 1)];
    with(list, json!("the list")).replace("\"the list\"", &format!("[{}]", elements.join(",")))
}

/// `count` strings, no two of them equal.
fn different(count: usize) -> Value {
    (0..count).map(|number| format!("{number:x}")).collect()
}

/// Bytes in no order, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// A stranger's file must cost neither a panic, nor a minute, nor more memory than there is.
#[test]
fn a_megabyte_of_nonsense_is_refused_in_few_words() {
    let mega = FILE_BYTES_MAX;
    let filled = |pattern: &str| pattern.repeat(mega / pattern.len());
    let long = "x".repeat(mega / 2);
    let zones = "/Services/0/AvailabilityZones";
    let load_balancer_zones = "/LoadBalancers/0/AvailabilityZones";
    let bytes = noise(mega);
    let ascii: String = bytes.iter().map(|byte| char::from(byte & 0x7f)).collect();
    let mut stranger_zones: Value =
        serde_json::from_str(&with(load_balancer_zones, json!([long, "b"]))).expect("it is JSON");
    stranger_zones["Services"][0]["AvailabilityZones"] = json!(vec![""; mega / 8]);
    let mut many_zones: Value =
        serde_json::from_str(&with(load_balancer_zones, different(mega / 24))).expect("it is JSON");
    many_zones["Services"][0]["AvailabilityZones"] = different(mega / 24);
    for (kind, text) in [
        ("noise", String::from_utf8_lossy(&bytes[..mega / 3]).into_owned()),
        ("noise in ASCII", ascii),
        ("nulls", filled("\0")),
        ("lists in lists", filled("[")),
        ("objects in objects", filled("{\"Name\":")),
        ("lists of objects", filled("[{\"")),
        ("one string", format!("\"{}\"", &filled("x")[..mega - 2])),
        ("a string without an end", format!("\"{}", &filled("x")[..mega - 1])),
        ("one number", filled("9")),
        ("a long field", format!("{{\"{long}\": 5}}")),
        ("a field that is to be escaped", format!("{{\"{}\": 5}}", "\u{300}".repeat(mega / 4))),
        ("a long name", with("/Name", json!(long))),
        ("a long reference", with("/Services/0/TaskDefinition", json!(long))),
        ("a long word", with("/Traffic/Arrivals", json!(long))),
        (
            "a long length of time",
            with("/Traffic/ClientLatency", json!(format!("{}s", "9".repeat(mega / 2)))),
        ),
        (
            "a huge whole number",
            with("/Services/0/DesiredCount", json!("n")).replace("\"n\"", &"9".repeat(mega / 2)),
        ),
        (
            "a huge number",
            with("/Traffic/RequestsPerSecond", json!("n"))
                .replace("\"n\"", &format!("1{}", "0".repeat(mega / 2))),
        ),
        ("load balancers", repeated("/LoadBalancers", "{\"Name\":\"a\",\"AvailabilityZones\":[]}")),
        ("zones", repeated(load_balancer_zones, "\"\"")),
        ("different zones", with(load_balancer_zones, different(mega / 12))),
        ("different zones twice", many_zones.to_string()),
        ("a service's zones", repeated(zones, "\"\"")),
        ("a service's zones beside a long one", stranger_zones.to_string()),
        ("attributes", repeated("/TargetGroups/0/TargetGroupAttributes", "{\"Key\":\"\",\"Value\":\"\"}")),
        (
            "the load balancer's attributes",
            repeated("/LoadBalancers/0/LoadBalancerAttributes", "{\"Key\":\"\",\"Value\":\"\"}"),
        ),
        ("moments", repeated("/Timeline", "{\"At\":\"\",\"Command\":{\"KillTask\":{\"Task\":0}}}")),
    ] {
        let error = Scenario::from_json(&text).expect_err(kind);
        assert!(!matches!(error, ScenarioError::TooLong { .. }), "{kind}: {} bytes", text.len());
        if let ScenarioError::Invalid { problems, .. } = &error {
            assert!(problems.len() <= PROBLEMS_MAX, "{kind}: {} problems", problems.len());
        }
        let told = error.to_string();
        assert!(told.len() < 64 * 1_024, "{kind}: {} bytes: {}", told.len(), &told[..1_000]);
    }
}

#[test]
fn of_many_problems_the_first_hundred_are_told_and_the_rest_counted() {
    let moments: Vec<Value> =
        (0..150).map(|_| json!({"At": "1s", "Command": {"KillTask": {"Task": 0}}})).collect();
    let told = problem("/Timeline", moments.into());
    assert_eq!(told.lines().count(), PROBLEMS_MAX + 1);
    assert!(told.ends_with("\nand 50 more"), "{told}");
}

#[test]
fn a_long_value_is_told_by_its_beginning_and_its_end() {
    let told = problem("/Traffic/Arrivals", json!(format!("some{}times", "e".repeat(10_000))));
    assert!(told.contains("\"someee") && told.contains("e … e") && told.contains("eetimes\""), "{told}");
    assert!(told.len() < 500, "{told}");
}
