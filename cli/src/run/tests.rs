//! What no built-in scenario has: two target groups and services, rules, and clients that give up.

use albatross_engine::autoscaling::{
    COOLDOWN, Policy, ScalableTarget, ScalingMetric, ScalingSettings, SuspendedState, TargetTracking,
};
use albatross_engine::cloudwatch::{AlarmSettings, ComparisonOperator, Statistic, TreatMissingData};
use albatross_engine::ecs::{ServiceId, ServiceSettings};
use albatross_engine::elb::listener::{
    Action, Condition, ContentType, FixedResponse, Forward, HttpRequest, Rule,
};
use albatross_engine::elb::{TargetGroupId, TargetGroupSettings};
use albatross_engine::kernel::Thousandths;
use albatross_engine::scenario::{AlarmMetric, MetricAlarm};
use albatross_engine::traffic::RequestKind;
use serde_json::Value;

use super::*;

/// `/api/*` goes to a service of its own, `/health` is answered by a rule, all else is as in the real example.
fn two_services() -> Scenario {
    let mut scenario = Scenario::built_in("the-real-example").expect("it is built in");
    let path = |pattern: &str| vec![Condition::PathPattern(vec![pattern.to_owned()])];
    scenario
        .target_groups
        .push(TargetGroupSettings { name: "api-tg".to_owned(), ..scenario.target_groups[0].clone() });
    scenario.services.push(ServiceSettings {
        name: "api".to_owned(),
        desired_count: 2,
        target_group: Some(TargetGroupId::new(1)),
        ..scenario.services[0].clone()
    });
    let fixed = FixedResponse { status: 200, content_type: None::<ContentType>, body: String::new() };
    scenario.listeners[0].rules = vec![
        Rule { priority: 5, conditions: path("/health"), action: Action::FixedResponse(fixed) },
        Rule {
            priority: 10,
            conditions: path("/api/*"),
            action: Action::Forward(Forward::to(TargetGroupId::new(1))),
        },
    ];
    for asked in ["/api/carts", "/health"] {
        scenario.traffic.kinds.push(RequestKind {
            name: asked.to_owned(),
            request: HttpRequest { path: asked.to_owned(), ..HttpRequest::default() },
            ..scenario.traffic.kinds[0].clone()
        });
    }
    scenario.traffic.timeout = Some(SimDuration::from_millis(1_500));
    scenario
}

/// The report in both forms, and the trace.
fn run_both() -> (String, Value, Vec<Value>) {
    run(&two_services(), 61)
}

fn run(scenario: &Scenario, seconds: u64) -> (String, Value, Vec<Value>) {
    let mut simulation = Simulation::new(scenario, 7);
    let (mut record, mut trace) = (Record::default(), Vec::new());
    let end = SimTime::ZERO + SimDuration::from_secs(seconds);
    follow_and_write(&mut simulation, end, &mut record, &mut trace).expect("memory can be written");
    let report = Report::new(scenario, &simulation, record);
    let lines = String::from_utf8(trace).expect("text");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    (report.to_string(), serde_json::to_value(&report).expect("it is JSON"), lines)
}

#[test]
fn shares_and_metrics_add_up_within_each_target_group() {
    let (_, report, _) = run_both();
    let targets = report["Targets"].as_array().expect("a list");
    let mut forwarded = 0;
    for (group, count) in [("web-tg", 3), ("api-tg", 2)] {
        let of_group: Vec<_> = targets.iter().filter(|target| target["TargetGroup"] == group).collect();
        assert_eq!(of_group.len(), count);
        let share: f64 = of_group.iter().filter_map(|target| target["Share"].as_f64()).sum();
        assert!((share - 1.0).abs() < 1e-9, "{group}: {share}");
        let metrics = &report["MetricsByTargetGroup"][group];
        let requests: u64 = of_group.iter().filter_map(|target| target["Requests"].as_u64()).sum();
        assert_eq!(metrics["RequestCount"], requests);
        assert!(metrics["TargetResponseTime"]["p90"].as_f64() > Some(0.0));
        assert_eq!(metrics["HealthyHostCount"]["Minimum"].as_f64(), Some(count as f64));
        forwarded += requests;
    }
    assert_eq!(report["Metrics"]["RequestCount"], forwarded);
    assert!(report["Metrics"]["HTTP_Fixed_Response_Count"].as_u64() > Some(0));
    let given_up = report["GivenUp"]["Timeout"].as_u64();
    assert!(given_up > Some(0), "some answers took longer than 1.5 s");
    assert_eq!(report["RequestsGivenUp"].as_u64(), given_up);
}

#[test]
fn every_request_that_ended_names_its_rule_and_what_came_of_it() {
    let (_, _, lines) = run_both();
    let ended: Vec<&Value> =
        lines.iter().filter(|line| line["Event"] == "Received" || line["Event"] == "GaveUp").collect();
    assert!(ended.len() > 300);
    for line in ended {
        let why = &line["Why"];
        let rules = why["Rules"].as_array().expect("a list");
        let texts: Vec<&str> = rules.iter().filter_map(|rule| rule["Text"].as_str()).collect();
        let url = why["Asked"]["Url"].as_str().expect("it asked for something");
        let path = &url["http://www.example.com".len()..];
        let not = |priority, pattern| {
            format!("rule {priority} did not match: path-pattern {pattern} is not met by {path}")
        };
        match path {
            "/health" => {
                assert_eq!(why["Matched"]["Priority"], 5);
                assert_eq!(texts, ["rule 5 matched: path-pattern /health"]);
                assert!(why["Choice"].is_null());
                assert_eq!(why["Answer"]["Cause"], "FixedResponse");
            }
            "/api/carts" => {
                assert_eq!(why["Matched"]["Priority"], 10);
                assert_eq!(texts, [not(5, "/health"), "rule 10 matched: path-pattern /api/*".to_owned()]);
                assert_eq!(why["Choice"]["TargetGroup"], "api-tg");
            }
            _ => {
                assert_eq!(why["Matched"]["IsDefault"], true);
                assert_eq!(texts, [not(5, "/health"), not(10, "/api/*")]);
                assert_eq!(rules[1]["NotMet"], 0);
                assert_eq!(why["TargetGroup"]["Name"], "web-tg");
            }
        }
        assert!(!line["Story"].as_array().expect("a list").is_empty());
    }
}

#[test]
fn with_several_target_groups_each_has_a_column() {
    let (text, _, _) = run_both();
    let heading = text.lines().find(|line| line.starts_with("metric")).expect("a table");
    let columns: Vec<&str> = heading.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(columns, ["metric", "load balancer", "api-tg", "web-tg"]);
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    assert!(text.contains("clients gave up     Timeout: "), "{text}");
}

/// The engine measures them for the whole load balancer; what is read from its steps must say the same.
#[test]
fn the_response_times_of_a_minute_are_the_engines() {
    let mut scenario = two_services();
    scenario.traffic.timeout = None;
    let mut simulation = Simulation::new(&scenario, 7);
    let mut record = Record::default();
    let end = SimTime::ZERO + SimDuration::from_secs(600);
    follow_and_write(&mut simulation, end, &mut record, io::sink()).expect("a sink takes everything");
    let report = serde_json::to_value(Report::new(&scenario, &simulation, record)).expect("it is JSON");
    let minutes = report["PerMinute"].as_array().expect("a list");
    assert_eq!(minutes.len(), 10);
    for (row, minute) in minutes.iter().zip(simulation.metrics().minutes().iter()) {
        let times = minute.what.target_response_time.expect("there were requests");
        let row = &row["TargetResponseTime"];
        for (name, expected) in
            [("Average", times.average), ("p50", times.p50), ("p95", times.p95), ("p99", times.p99)]
        {
            assert_eq!(row[name].as_f64(), Some(expected.as_seconds()), "{name}");
        }
    }
    let mean = simulation.metrics().target_response_time.mean().map(SimDuration::as_seconds);
    assert_eq!(report["Metrics"]["TargetResponseTime"]["Average"].as_f64(), mean);
}

/// A sink that takes nothing.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_run() {
    let mut simulation = Simulation::new(&two_services(), 7);
    let end = SimTime::ZERO + SimDuration::from_secs(3_600);
    let ended = follow_and_write(&mut simulation, end, &mut Record::default(), Full);
    assert_eq!(ended.map_err(|error| error.kind()), Err(io::ErrorKind::StorageFull));
    assert!(simulation.now() < end, "as soon as it is known");
}

/// The real example with more load than its tasks should bear, an alarm, and a policy.
fn scaled() -> Scenario {
    let mut scenario = Scenario::built_in("the-real-example").expect("it is built in");
    scenario.services[0].desired_count = 2;
    let target = ScalableTarget { min_capacity: 1, max_capacity: 4, suspended: SuspendedState::default() };
    let policy = Policy::TargetTracking(TargetTracking {
        name: "cpu".to_owned(),
        metric: ScalingMetric::EcsServiceAverageCpuUtilization,
        target_value: Thousandths::whole(40),
        scale_out_cooldown: COOLDOWN,
        scale_in_cooldown: COOLDOWN,
        disable_scale_in: false,
    });
    let settings = ScalingSettings { target, policies: vec![policy], scheduled_actions: Vec::new() };
    scenario.scaling = vec![(ServiceId::new(0), settings)];
    let alarm = AlarmSettings {
        name: "busy".to_owned(),
        comparison: ComparisonOperator::GreaterThanThreshold,
        threshold: Thousandths::whole(10),
        period: SimDuration::from_secs(60),
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        statistic: Statistic::Average,
        treat_missing_data: TreatMissingData::Missing,
    };
    let metric = AlarmMetric::CpuUtilization(ServiceId::new(0));
    scenario.alarms = vec![MetricAlarm { alarm, metric }];
    scenario
}

#[test]
fn service_metrics_alarms_and_scaling_activities_are_told() {
    let (text, report, lines) = run(&scaled(), 361);
    let minute = &report["PerMinute"][0]["MetricsByService"]["web"];
    assert!(minute["CPUUtilization"]["Average"].as_f64() > Some(60.0), "{minute}");
    assert!(minute["MemoryUtilization"]["Minimum"].as_f64() > Some(25.0), "{minute}");
    assert_eq!((&minute["RunningTaskCount"], &minute["LiveTaskCount"]), (&Value::from(2), &Value::from(2)));
    assert_eq!(report["MetricsByService"]["web"]["DesiredTaskCount"], 4);

    let alarms = report["Alarms"].as_array().expect("a list");
    let names: Vec<&Value> = alarms.iter().map(|alarm| &alarm["AlarmName"]).collect();
    let of_policy = |kind: &str| format!("TargetTracking-service/default/web-{kind}-cpu");
    assert_eq!(names, ["busy".to_owned(), of_policy("AlarmHigh"), of_policy("AlarmLow")].each_ref());
    assert_eq!((&alarms[0]["State"], &alarms[0]["Since"]), (&Value::from("ALARM"), &Value::from(60.0)));
    assert!(
        alarms[0]["StateReason"].as_str().is_some_and(|reason| reason.starts_with("Threshold Crossed: 1"))
    );

    let activity = &report["ScalingActivities"][0];
    assert_eq!((&activity["At"], &activity["Service"]), (&Value::from(180.0), &Value::from("web")));
    assert_eq!(activity["Description"], "Setting desired count to 4.");
    assert_eq!((&activity["From"], &activity["To"]), (&Value::from(2), &Value::from(4)));

    let of = |event: &str| lines.iter().find(|line| line["Event"] == event).expect("it happened").clone();
    assert_eq!((&of("Scaled")["To"], &of("Scaled")["Service"]), (&Value::from(4), &Value::from("web")));
    assert_eq!(
        (&of("AlarmChanged")["Alarm"], &of("AlarmChanged")["After"]),
        (&"busy".into(), &"ALARM".into())
    );
    for told in ["CPU %", "busy", "ALARM", "Setting desired count to 4."] {
        assert!(text.contains(told), "{told} in {text}");
    }
}
