//! Alarms that deployments watch: what they fail, for how long they are watched, and when they are not.

use albatross_engine::cloudwatch::{AlarmSettings, ComparisonOperator, Statistic, TreatMissingData};
use albatross_engine::ecs::deployment::lifecycle::RollbackReason;
use albatross_engine::ecs::deployment::settings::{DeploymentAlarms, DeploymentStrategy, minutes};
use albatross_engine::ecs::deployment::state::{RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::{Release, TaskStatus, Waiting};
use albatross_engine::kernel::{SimDuration, Thousandths};
use albatross_engine::scenario::{AlarmMetric, MetricAlarm};
use albatross_engine::trace::{DeploymentFailure, Notice};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::fleet::*;
use crate::world::*;

/// Three tasks answer 20 requests a second; an alarm is in ALARM after every minute with an error of a target.
fn watched(rollback: bool) -> Scenario {
    let mut scenario = plain();
    load(&mut scenario, 20.0, 50);
    let alarm = |name: &str, metric| MetricAlarm {
        alarm: AlarmSettings {
            name: name.to_owned(),
            comparison: ComparisonOperator::GreaterThanOrEqualToThreshold,
            threshold: Thousandths::new(1_000),
            period: SimDuration::from_secs(60),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            statistic: Statistic::Sum,
            treat_missing_data: TreatMissingData::NotBreaching,
        },
        metric,
    };
    let service = &mut scenario.services[0];
    service.options.alarms = DeploymentAlarms { names: vec!["errors".to_owned()], enable: true, rollback };
    service.options.circuit_breaker = breaker(!rollback);
    scenario.alarms = vec![alarm("errors", AlarmMetric::Target5xx(FIRST_GROUP))];
    scenario
}

fn failed_by_alarm(simulation: &Simulation, number: u32) -> bool {
    let by = DeploymentFailure::RolledBack(RollbackReason::Alarm);
    let wanted = |notice: &Notice| {
        matches!(notice, Notice::DeploymentFailed { by: one, deployment, .. }
            if *one == by && deployment.number() == number)
    };
    first(simulation, wanted).is_some()
}

/// ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures": an alarm fails the deployment and, if it is to,
/// rolls it back. The release passes its health checks, so that the circuit breaker sees nothing, and `rollback` is that
/// of the alarms, not that of the breaker, which is set the other way round.
#[test]
fn an_alarm_fails_a_deployment_that_health_checks_pass() {
    let mut simulation = Simulation::new(&watched(true), 7);
    run_to(&mut simulation, 70);
    deploy(&mut simulation, Release::FailsRequests(500));
    run_until(&mut simulation, 300, |simulation| rollout(simulation, 2) == RolloutState::Failed);
    assert!(failed_by_alarm(&simulation, 2));
    assert_eq!(deployment(&simulation, 2).failed_tasks(), 0);
    run_until(&mut simulation, 600, |simulation| is_completed(simulation, 1));
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!((old_and_new(&simulation), healthy(&simulation)), ((3, 0), 3));

    let mut simulation = Simulation::new(&watched(false), 7);
    run_to(&mut simulation, 70);
    deploy(&mut simulation, Release::FailsRequests(500));
    run_to(&mut simulation, 600);
    assert!(failed_by_alarm(&simulation, 2));
    assert_eq!(rollout(&simulation, 2), RolloutState::Failed);
    assert_eq!(the_service(&simulation).waiting(), Waiting::AnotherDeployment);
    assert!(first(&simulation, |notice| matches!(notice, Notice::RollingBack { .. })).is_none());
}

/// ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures": once all new tasks are healthy and the old
/// ones are gone, alarms are watched for less than 5 minutes, 4 here, give or take a look; the deployment is in progress
/// until then.
#[test]
fn a_deployment_bakes_while_its_alarms_are_watched() {
    let mut simulation = Simulation::new(&watched(true), 7);
    run_to(&mut simulation, 70);
    deploy(&mut simulation, Release::Good);
    let completed = run_until(&mut simulation, 600, |simulation| {
        if old_and_new(simulation) == (0, 3) && present(simulation) == 3 && simulation.now() > seconds(250) {
            assert!(
                is_completed(simulation, 2)
                    || matches!(the_service(simulation).waiting(), Waiting::AlarmBake(_))
            );
        }
        is_completed(simulation, 2)
    });
    let gone = (1..=3).map(|number| entered(&simulation, number, TaskStatus::Stopped)).max().expect("three");
    let baked = completed.since(gone);
    assert!(baked >= minutes(4) && baked <= minutes(4) + SimDuration::from_secs(20), "{baked}");
    assert!(baked < minutes(5));
}

/// ECS guide, "How CloudWatch alarms detect Amazon ECS deployment failures": an alarm that is in ALARM as the deployment
/// begins is ignored for all of it, and nothing bakes.
#[test]
fn an_alarm_that_is_in_alarm_already_is_ignored() {
    let mut simulation = Simulation::new(&watched(true), 7);
    apply(&mut simulation, Command::FailRequests(TaskId::new(1), 500));
    run_to(&mut simulation, 61);
    assert!(simulation.alarms_in_alarm(&["errors".to_owned()]));
    deploy(&mut simulation, Release::FailsRequests(500));
    run_to(&mut simulation, 200);
    assert_eq!((rollout(&simulation, 2), old_and_new(&simulation)), (RolloutState::Completed, (0, 3)));
    assert!(!failed_by_alarm(&simulation, 2));
}

/// ECS guide, "Amazon ECS blue/green deployments": an alarm in the bake moves all traffic back to blue. Green has errors
/// from its first request on; the alarm knows at the end of the minute, and the next look acts on it.
#[test]
fn an_alarm_rolls_a_traffic_shift_back() {
    let mut scenario = watched(true);
    scenario.services[0].options.circuit_breaker.enable = false;
    shift_traffic(&mut scenario, DeploymentStrategy::BlueGreen { bake: minutes(10) });
    let mut second = scenario.alarms[0].clone();
    second.alarm.name = "errors of green".to_owned();
    second.metric = AlarmMetric::Target5xx(albatross_engine::elb::TargetGroupId::new(1));
    scenario.alarms.push(second);
    scenario.services[0].options.alarms.names.push("errors of green".to_owned());
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 70);
    deploy(&mut simulation, Release::FailsRequests(500));
    let shifted = run_until(&mut simulation, 300, |simulation| weights(simulation, 0) == (0, 100));
    let back = run_until(&mut simulation, 600, |simulation| weights(simulation, 0) == (100, 0));
    assert!(back.since(shifted) <= SimDuration::from_secs(70), "a minute and a look");
    run_to(&mut simulation, 600);
    assert!(failed_by_alarm(&simulation, 2));
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!((old_and_new(&simulation), present(&simulation)), ((3, 0), 3));
}

/// ECS guide, "Complete Amazon ECS rolling deployments early with early success criteria": what is complete is not rolled
/// back any more, whatever its alarms say afterwards.
#[test]
fn after_a_deployment_is_complete_its_alarms_fail_nothing() {
    let mut simulation = Simulation::new(&watched(true), 7);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 600, |simulation| is_completed(simulation, 2));
    apply(&mut simulation, Command::FailRequests(TaskId::new(4), 500));
    run_to(&mut simulation, 900);
    assert!(simulation.alarms_in_alarm(&["errors".to_owned()]));
    assert_eq!((rollout(&simulation, 2), old_and_new(&simulation)), (RolloutState::Completed, (0, 3)));
}
