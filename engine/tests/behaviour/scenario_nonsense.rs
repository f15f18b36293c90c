//! A stranger's file must cost neither a panic, nor a minute, nor more memory than there is.

use albatross_engine::Scenario;
use albatross_engine::scenario::{FILE_BYTES_MAX, PROBLEMS_MAX, ScenarioError};
use serde_json::{Value, json};

use crate::scenario_files::{EVERYTHING, edited};

fn with(pointer: &str, value: Value) -> String {
    edited(EVERYTHING, &[(pointer, value)])
}

#[test]
fn nonsense_is_an_error_and_never_a_panic() {
    for text in ["", "null", "[]", "{", "{}", "\u{0}", "{\"Name\":1e999}", &"[".repeat(100_000)] {
        assert!(Scenario::from_json(text).is_err());
    }
    let long = " ".repeat(FILE_BYTES_MAX + 1);
    assert!(matches!(Scenario::from_json(&long), Err(ScenarioError::TooLong { .. })));
}

/// A file of nearly the greatest length, made of a valid one by repeating an element of a list.
fn repeated(list: &str, element: &str) -> String {
    let elements = vec![element; (FILE_BYTES_MAX - 32_768) / (element.len() + 1)];
    with(list, json!("the list")).replace("\"the list\"", &format!("[{}]", elements.join(",")))
}

/// `count` strings, no two of them equal.
fn different(count: usize) -> Value {
    (0..count).map(|number| format!("{number:x}")).collect()
}

/// `count` elements of a list, made from their numbers.
fn numbered(list: &str, count: usize, element: impl Fn(usize) -> Value) -> String {
    with(list, (0..count).map(element).collect())
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

fn check(kind: &str, text: &str) {
    let error = Scenario::from_json(text).expect_err(kind);
    assert!(!matches!(error, ScenarioError::TooLong { .. }), "{kind}: {} bytes", text.len());
    if let ScenarioError::Invalid { problems, .. } = &error {
        assert!(problems.len() <= PROBLEMS_MAX, "{kind}: {} problems", problems.len());
    }
    let told = error.to_string();
    assert!(told.len() < 128 * 1_024, "{kind}: {} bytes: {}", told.len(), &told[..1_000]);
}

#[test]
fn a_megabyte_of_nonsense_is_refused_in_few_words() {
    let mega = FILE_BYTES_MAX;
    let filled = |pattern: &str| pattern.repeat(mega / pattern.len());
    let long = "x".repeat(mega / 2);
    let bytes = noise(mega);
    let ascii: String = bytes.iter().map(|byte| char::from(byte & 0x7f)).collect();
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
        ("a long pattern", with("/ListenerRules/1/Conditions/0/Values/0", json!(long))),
        ("a long domain", with("/Certificates/0/DomainNames/0", json!(long))),
        ("a long matcher", with("/TargetGroups/0/Matcher/HttpCode", json!("200,".repeat(mega / 8)))),
        ("a long block", with("/Traffic/ClientCidr", json!(long))),
        ("a long size", with("/TaskDefinitions/0/Cpu", json!("9".repeat(mega / 2)))),
        (
            "a long rule",
            with("/Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule", json!(long)),
        ),
        (
            "a long schedule",
            with("/ScalableTargets/0/ScheduledActions/0/Schedule", json!(format!("cron({long})"))),
        ),
        ("a long resource", with("/ScalableTargets/0/ResourceId", json!(format!("service/shops/{long}")))),
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
    ] {
        check(kind, &text);
    }
}

#[test]
fn lists_of_a_megabyte_are_refused_in_few_words() {
    let attribute = "{\"Key\":\"\",\"Value\":\"\"}";
    for (list, element) in [
        ("/LoadBalancers", "{\"Name\":\"a\",\"AvailabilityZones\":[]}"),
        ("/LoadBalancers/0/AvailabilityZones", "\"\""),
        ("/LoadBalancers/0/SecurityGroups", "\"\""),
        ("/LoadBalancers/0/LoadBalancerAttributes", attribute),
        ("/SecurityGroups", "{\"GroupName\":\"\"}"),
        ("/SecurityGroups/0/SecurityGroupIngress", "{\"IpProtocol\":\"\"}"),
        ("/Certificates", "{\"CertificateArn\":\"\",\"DomainNames\":[]}"),
        ("/Certificates/0/DomainNames", "\"\""),
        ("/Listeners", "{\"LoadBalancerArn\":\"\",\"Port\":0,\"Protocol\":\"\",\"DefaultActions\":[]}"),
        ("/Listeners/1/Certificates", "{\"CertificateArn\":\"shop\"}"),
        ("/Listeners/1/DefaultActions", "{\"Type\":\"\"}"),
        ("/Listeners/1/DefaultActions/0/ForwardConfig/TargetGroups", "{\"TargetGroupArn\":\"shop-tg\"}"),
        ("/ListenerCertificates", "{\"ListenerArn\":\"\",\"Certificates\":[]}"),
        ("/ListenerCertificates/0/Certificates", "{\"CertificateArn\":\"shop\"}"),
        ("/ListenerRules", "{\"ListenerArn\":\"\",\"Priority\":0,\"Conditions\":[],\"Actions\":[]}"),
        ("/ListenerRules/0/Conditions", "{\"Field\":\"\"}"),
        ("/ListenerRules/1/Conditions/0/Values", "\"\""),
        ("/TargetGroups", "{\"Name\":\"\",\"TargetType\":\"\",\"Protocol\":\"\",\"Port\":0}"),
        ("/TargetGroups/0/TargetGroupAttributes", attribute),
        ("/TaskDefinitions", "{\"Family\":\"\",\"ContainerDefinitions\":[]}"),
        ("/TaskDefinitions/0/ContainerDefinitions/0/PortMappings", "{\"ContainerPort\":0}"),
        ("/TaskDefinitions/0/ContainerDefinitions/0/Server/Paths", "\"\""),
        ("/Services", "{\"ServiceName\":\"\",\"TaskDefinition\":\"\",\"DesiredCount\":-1}"),
        ("/Services/0/AvailabilityZones", "\"\""),
        ("/Services/2/CapacityProviderStrategy", "{\"CapacityProvider\":\"\"}"),
        ("/Services/3/PlacementStrategies", "{\"Type\":\"\"}"),
        ("/Services/3/PlacementConstraints", "{\"Type\":\"\"}"),
        ("/Services/0/DeploymentConfiguration/Alarms/AlarmNames", "\"\""),
        ("/Clusters", "{\"ClusterName\":\"\"}"),
        ("/Clusters/0/ContainerInstances", "{\"InstanceType\":\"\",\"AvailabilityZone\":\"\"}"),
        ("/TaskDefinitions/0/RequiresCompatibilities", "\"\""),
        (
            "/Alarms",
            "{\"AlarmName\":\"\",\"MetricName\":\"\",\"Statistic\":\"\",\"Period\":0,\"EvaluationPeriods\":0,\"Threshold\":0,\"ComparisonOperator\":\"\"}",
        ),
        ("/Alarms/0/Dimensions", "{\"Name\":\"\",\"Value\":\"\"}"),
        ("/ScalableTargets", "{\"ResourceId\":\"\",\"MinCapacity\":0,\"MaxCapacity\":0}"),
        ("/ScalableTargets/0/ScheduledActions", "{\"ScheduledActionName\":\"\",\"Schedule\":\"\"}"),
        ("/ScalingPolicies", "{\"PolicyName\":\"\",\"PolicyType\":\"\"}"),
        (
            "/ScalingPolicies/1/StepScalingPolicyConfiguration/StepAdjustments",
            "{\"ScalingAdjustment\":9999999}",
        ),
        ("/Traffic/Requests", "{\"Name\":\"\"}"),
        ("/Traffic/Requests/2/Headers/Accept", "\"\""),
        ("/Traffic/Trace", "{\"At\":\"\",\"Work\":\"\"}"),
        ("/Timeline", "{\"At\":\"\",\"Command\":{\"KillTask\":{\"Task\":0}}}"),
        ("/Timeline", "{\"At\":\"\",\"Command\":{\"UpdateService\":{\"Service\":\"\",\"DesiredCount\":0}}}"),
        ("/Timeline", "{\"At\":\"\",\"Command\":{\"UpdateService\":{\"TaskDefinition\":\"\"}}}"),
        ("/Timeline", "{\"At\":\"\",\"Command\":{\"LoseZone\":{\"AvailabilityZone\":\"\"}}}"),
    ] {
        check(list, &repeated(list, element));
    }
}

/// What is compared with everything else would take its time.
#[test]
fn many_different_things_are_refused_in_few_words() {
    let mega = FILE_BYTES_MAX;
    let zones = "/LoadBalancers/0/AvailabilityZones";
    let mut twice: Value = serde_json::from_str(&with(zones, different(mega / 24))).expect("it is JSON");
    twice["Services"][0]["AvailabilityZones"] = different(mega / 24);
    let long = "x".repeat(mega / 2);
    let mut beside_a_long_one: Value =
        serde_json::from_str(&with(zones, json!([long, "b"]))).expect("it is JSON");
    beside_a_long_one["Services"][0]["AvailabilityZones"] = json!(vec![""; mega / 8]);
    let strangers = numbered(
        "/Timeline",
        9_000,
        |number| json!({"At": "1s", "Command": {"UpdateService": {"Service": format!("s{number}"), "DesiredCount": 1}}}),
    );
    let resources = numbered("/Timeline", 6_000, |number| {
        json!({"At": "1s", "Command": {"RegisterScalableTarget":
            {"ResourceId": format!("service/shops/{number}"), "MinCapacity": 1, "MaxCapacity": 1}}})
    });
    let policies = numbered("/ScalingPolicies", 2_000, |number| {
        json!({"PolicyName": format!("p{number}"), "PolicyType": "StepScaling", "AlarmName": "worker-busy",
            "ResourceId": "service/shops/worker", "StepScalingPolicyConfiguration": {"AdjustmentType":
            "ChangeInCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]}})
    });
    let headers: Value = (0..40_000).map(|number| (format!("X-{number}"), json!("a"))).collect();
    for (kind, text) in [
        ("zones", with(zones, different(mega / 12))),
        ("zones twice", twice.to_string()),
        ("zones beside a long one", beside_a_long_one.to_string()),
        ("headers", with("/Traffic/Requests/2/Headers", headers)),
        ("strangers", strangers),
        ("resources", resources),
        ("policies", policies),
        ("groups", numbered("/SecurityGroups", 30_000, |number| json!({"GroupName": format!("g{number}")}))),
        (
            "paths",
            numbered(
                "/Traffic/Trace",
                9_000,
                |number| json!({"At": "1s", "Path": format!("/{number}"), "Work": "1ms"}),
            ),
        ),
        (
            "rules",
            numbered("/ListenerRules", 5_000, |number| {
                json!({"ListenerArn": "HTTPS:443", "Priority": number + 1,
                    "Conditions": [{"Field": "path-pattern", "Values": [format!("/{number}")]}],
                    "Actions": [{"Type": "forward", "TargetGroupArn": "shop-tg"}]})
            }),
        ),
    ] {
        check(kind, &text);
    }
}

#[test]
fn of_many_problems_the_first_hundred_are_told_and_the_rest_counted() {
    let moments: Vec<Value> =
        (0..150).map(|_| json!({"At": "1s", "Command": {"KillTask": {"Task": 0}}})).collect();
    let text = edited(EVERYTHING, &[("/Timeline", moments.into())]);
    let told = Scenario::from_json(&text).expect_err("150 problems").to_string();
    assert_eq!(told.lines().count(), PROBLEMS_MAX + 1);
    assert!(told.ends_with("\nand 50 more"), "{told}");
}

#[test]
fn a_long_value_is_told_by_its_beginning_and_its_end() {
    let word = format!("some{}times", "e".repeat(10_000));
    let text = edited(EVERYTHING, &[("/Traffic/Arrivals", json!(word))]);
    let told = Scenario::from_json(&text).expect_err("no such word").to_string();
    assert!(told.contains("\"someee") && told.contains("e … e") && told.contains("eetimes\""), "{told}");
    assert!(told.len() < 500, "{told}");
}

#[test]
fn an_unknown_field_is_refused_by_its_path() {
    for (pointer, value, path, known) in [
        ("/TargetGroups/0/HealthCheckInterval", json!(5), "TargetGroups[0]", "HealthCheckIntervalSeconds"),
        ("/Listeners/0/DefaultActions/0/RedirectConfig/Method", json!(""), "RedirectConfig", "StatusCode"),
        ("/Traffic/Requests/0/Body", json!("x"), "Traffic.Requests[0]", "SendsNothing"),
        ("/Timeline/0/Command", json!({"DrainTask": {"Task": 1}}), "Timeline[0].Command", "KillTask"),
        ("/Timeline/0/Command/SetTraffic/Rate", json!(1), "Timeline[0].Command", "RequestsPerSecond"),
    ] {
        let error = Scenario::from_json(&edited(EVERYTHING, &[(pointer, value)])).expect_err(pointer);
        let ScenarioError::Unreadable { path: found, message } = error else { panic!("{pointer}: {error}") };
        assert!(found.contains(path), "{pointer}: {found}");
        assert!(message.contains("unknown") && message.contains(known), "{pointer}: {message}");
    }
}

#[test]
fn several_problems_are_told_at_once() {
    let text = edited(
        EVERYTHING,
        &[
            ("/TargetGroups/0/HealthCheckIntervalSeconds", json!(1)),
            ("/Services/0/DesiredCount", json!(1_000)),
            ("/ListenerRules/0/Actions/0/TargetGroupArn", json!("nobody")),
            ("/Traffic/Arrivals", json!("sometimes")),
        ],
    );
    let error = Scenario::from_json(&text).expect_err("four problems");
    let ScenarioError::Invalid { problems, more: 0 } = error else { panic!("{error}") };
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "TargetGroups[0].HealthCheckIntervalSeconds",
            "ListenerRules[0].Actions[0].TargetGroupArn",
            "Services[0].DesiredCount",
            "Traffic.Arrivals",
        ]
    );
}
