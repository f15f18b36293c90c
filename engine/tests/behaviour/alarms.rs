//! CloudWatch alarms of a scenario: what they see, and when they change (CloudWatch guide, "Alarm evaluation").

use albatross_engine::cloudwatch::{
    AlarmSettings, AlarmState, ComparisonOperator, Statistic, TreatMissingData,
};
use albatross_engine::kernel::{SimDuration, Thousandths};
use albatross_engine::scenario::{AlarmMetric, MetricAlarm};
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

use AlarmState::{Alarm, InsufficientData, Ok};

/// An alarm over single minutes: at or above a threshold.
fn alarm(name: &str, metric: AlarmMetric, statistic: Statistic, threshold: i64) -> MetricAlarm {
    let alarm = AlarmSettings {
        name: name.to_owned(),
        comparison: ComparisonOperator::GreaterThanOrEqualToThreshold,
        threshold: Thousandths::new(threshold),
        period: SimDuration::from_secs(60),
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        statistic,
        treat_missing_data: TreatMissingData::Missing,
    };
    MetricAlarm { alarm, metric }
}

/// Every change of an alarm: at which second, and to which state.
fn changes(simulation: &Simulation, name: &str) -> Vec<(u64, AlarmState)> {
    let changes = notices(simulation).into_iter().filter_map(|(at, notice)| match notice {
        Notice::AlarmChanged { alarm, after, .. } if alarm == name => {
            Some((at.as_micros() / 1_000_000, after))
        }
        _ => None,
    });
    changes.collect()
}

fn watching(alarms: Vec<MetricAlarm>) -> Scenario {
    let mut scenario = sized(2, 10.0);
    scenario.alarms = alarms;
    scenario
}

/// ALB guide, "CloudWatch metrics", reporting criteria: `HTTPCode_ELB_5XX_Count` is there only when it is not zero, so
/// that an alarm on it has no data while all is well, unless missing data counts as within the threshold.
#[test]
fn counts_of_errors_are_missing_while_there_are_none() {
    let errors = alarm("errors", AlarmMetric::Elb5xx, Statistic::Sum, 10_000);
    let mut forgiving = alarm("forgiving", AlarmMetric::Elb5xx, Statistic::Sum, 10_000);
    forgiving.alarm.treat_missing_data = TreatMissingData::NotBreaching;
    let mut simulation = Simulation::new(&watching(vec![errors, forgiving]), 7);
    run_to(&mut simulation, 125);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 0));
    run_to(&mut simulation, 185);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert!(simulation.alarms_in_alarm(&names(&["nobody", "errors"])));
    assert!(!simulation.alarms_in_alarm(&names(&["nobody"])));
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 600);
    let of = |name| changes(&simulation, name);
    // The last errors were in the fourth minute. The evaluation range is three minutes: a real datapoint in it counts
    // before any that is filled in.
    assert_eq!(of("forgiving"), [(60, Ok), (180, Alarm), (420, Ok)]);
    assert_eq!(of("errors"), [(180, Alarm), (420, InsufficientData)]);
    assert!(!simulation.alarms_in_alarm(&names(&["errors", "forgiving"])));
}

/// ALB guide, "CloudWatch metrics": `HTTPCode_Target_5XX_Count` is reported as long as there are registered targets, as 0
/// too.
#[test]
fn counts_of_targets_are_zero_and_not_missing() {
    let metric = AlarmMetric::Target5xx(FIRST_GROUP);
    let mut simulation = Simulation::new(&watching(vec![alarm("5xx", metric, Statistic::Sum, 1_000)]), 7);
    run_to(&mut simulation, 70);
    apply(&mut simulation, Command::FailRequests(TaskId::new(1), 500));
    run_to(&mut simulation, 121);
    assert_eq!(changes(&simulation, "5xx"), [(60, Ok), (120, Alarm)]);
}

/// `UnHealthyHostCount` has one sample a node; its Maximum sees one target that fails.
#[test]
fn an_unhealthy_host_raises_its_alarm() {
    let metric = AlarmMetric::UnhealthyHosts(FIRST_GROUP);
    let mut scenario = watching(vec![alarm("hosts", metric, Statistic::Maximum, 1_000)]);
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(86_400);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 70);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(1)));
    run_to(&mut simulation, 130);
    apply(&mut simulation, Command::RestoreTask(TaskId::new(1)));
    run_to(&mut simulation, 181);
    assert_eq!(changes(&simulation, "hosts"), [(60, Ok), (120, Alarm), (180, Ok)]);
}

/// ALB guide, "CloudWatch metrics": `TargetResponseTime` is in seconds.
#[test]
fn response_times_are_compared_in_seconds() {
    let metric = AlarmMetric::TargetResponseTime;
    let slow = alarm("slow", metric, Statistic::Average, 150);
    let slowest = alarm("slowest", metric, Statistic::Maximum, 250);
    let mut simulation = Simulation::new(&watching(vec![slow, slowest]), 7);
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::SlowTask(TaskId::new(1), 300));
    run_to(&mut simulation, 121);
    assert_eq!(changes(&simulation, "slow"), [(60, Ok), (120, Alarm)], "the mean is 200 ms");
    assert_eq!(changes(&simulation, "slowest"), [(60, Ok), (120, Alarm)]);
}

/// ECS guide, "Amazon ECS CloudWatch metrics": no RUNNING task, no CPU; and what an alarm tells of itself is what the
/// notice said.
#[test]
fn an_alarm_on_cpu_loses_its_data_with_the_last_task() {
    let metric = AlarmMetric::CpuUtilization(FIRST_SERVICE);
    let mut simulation =
        Simulation::new(&watching(vec![alarm("cpu", metric, Statistic::Average, 10_000)]), 7);
    let watched = &simulation.alarms()[0];
    assert_eq!(
        (watched.state(), watched.reason().as_str()),
        (InsufficientData, "Unchecked: Initial alarm creation")
    );
    run_to(&mut simulation, 60);
    let watched = &simulation.alarms()[0];
    assert_eq!((watched.name(), watched.state(), watched.since()), ("cpu", Alarm, seconds(60)));
    assert_eq!(watched.metric().as_str(), "CPUUtilization");
    assert_eq!(watched.datapoints().count(), 1);
    let told = notices(&simulation).into_iter().find_map(|(_, notice)| match notice {
        Notice::AlarmChanged { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(told, Some(watched.reason()));
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 0));
    run_to(&mut simulation, 600);
    assert_eq!(simulation.alarms()[0].state(), InsufficientData);
}
