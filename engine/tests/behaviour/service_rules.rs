//! Rules of services that lie between rooms: grace periods and containers, capacity providers and zones, what a person
//! stops, and what comes after a deployment is complete.

use albatross_engine::command::StopType;
use albatross_engine::ecs::container_health::{ContainerHealthCheck, HealthStatus};
use albatross_engine::ecs::deployment::state::{RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::{
    CapacityProvider, CapacityShare, CapacityStrategy, Launch, Release, StopCode, TaskId, TaskStatus,
};
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::Notice;
use albatross_engine::{Command, Simulation};

use crate::fleet::*;
use crate::world::*;

const HOUR: SimDuration = SimDuration::from_secs(3_600);

/// ECS guide, "Balancing an Amazon ECS service across Availability Zones": tasks of `FARGATE` and of `FARGATE_SPOT` are
/// spread over the zones independently: two of each kind are one in each zone.
#[test]
fn on_demand_and_spot_tasks_spread_over_the_zones_each_by_themselves() {
    let mut scenario = service(4, percent(100, 200));
    let even = CapacityShare { base: 0, weight: 1 };
    scenario.services[0].launch = Launch::Fargate(CapacityStrategy { on_demand: even, spot: even });
    let simulation = Simulation::new(&scenario, 7);
    for provider in [CapacityProvider::Fargate, CapacityProvider::FargateSpot] {
        let on = simulation.cluster().tasks().filter(|task| task.place().provider == Some(provider));
        let mut zones: Vec<usize> = on.map(|task| task.zone()).collect();
        zones.sort_unstable();
        assert_eq!(zones, [0, 1], "{provider:?}");
    }
}

/// API `CreateService`, `healthCheckGracePeriodSeconds`: failed checks of containers are ignored as well.
#[test]
fn within_the_grace_period_a_task_with_an_unhealthy_container_is_kept() {
    let killed = |grace: SimDuration| {
        let mut scenario = service(1, percent(100, 200));
        let check = ContainerHealthCheck {
            interval: SimDuration::from_secs(5),
            retries: 1,
            ..ContainerHealthCheck::default()
        };
        scenario.services[0].target_group = None;
        scenario.services[0].task_definition.health_check = Some(check);
        scenario.services[0].health_check_grace_period = grace;
        let mut simulation = Simulation::new(&scenario, 7);
        apply(&mut simulation, Command::FailHealthCheck(TaskId::new(1)));
        run_to(&mut simulation, 120);
        assert_eq!(task(&simulation, 1).health_status(), HealthStatus::Unhealthy);
        task(&simulation, 1).stop_code()
    };
    assert_eq!(killed(SimDuration::ZERO), Some(StopCode::FailedContainerHealthChecks));
    assert_eq!(killed(HOUR), None);
}

/// API `CreateService`: a service with more tasks than desired may stop unhealthy ones within their grace period. Two new
/// tasks that do not listen yet go before the three that work.
#[test]
fn scaling_in_takes_tasks_within_their_grace_period_first() {
    let mut scenario = service(3, percent(100, 200));
    scenario.services[0].health_check_grace_period = HOUR;
    scenario.services[0].task_definition.container.warm_up = HOUR;
    let mut simulation = Simulation::new(&scenario, 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 5));
    run_to(&mut simulation, 60);
    assert_eq!(task(&simulation, 5).status(), TaskStatus::Running);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 3));
    run_to(&mut simulation, 80);
    let codes = [1, 2, 3, 4, 5].map(|number| task(&simulation, number).stop_code());
    let scaled_in = Some(StopCode::ScalingActivity);
    assert_eq!(codes, [None, None, None, scaled_in, scaled_in]);
}

/// API `TaskStopCode`; ECS guide, "Amazon ECS stopped tasks error messages": a task whose image cannot be pulled never is
/// RUNNING.
#[test]
fn a_task_whose_image_cannot_be_pulled_fails_to_start() {
    let mut simulation = Simulation::new(&service(1, percent(100, 200)), 7);
    deploy(&mut simulation, Release::CannotPullImage);
    run_to(&mut simulation, 60);
    let failed = task(&simulation, 2);
    let code = failed.stop_code().expect("it has ended");
    assert_eq!(code.as_str(), "TaskFailedToStart");
    assert!(code.reason().starts_with("CannotPullContainerError"), "{}", code.reason());
    assert_eq!((failed.started_at(), failed.exit_code()), (None, None));
    assert!(failed.stopped_at().is_some());
    assert_eq!(healthy(&simulation), 1, "the old one stays");
}

/// API `TaskStopCode`; ECS guide until January 2023, "Stopped tasks error codes": scaling in is the scheduler's doing.
#[test]
fn scaling_in_has_a_reason_that_names_the_deployment() {
    let mut simulation = Simulation::new(&service(3, percent(100, 200)), 7);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 60);
    let stopping = |notice: &Notice| matches!(notice, Notice::TaskStopping { .. });
    let (_, notice) =
        notices(&simulation).into_iter().find(|(_, notice)| stopping(notice)).expect("one goes");
    let sentence = simulation.describe(&notice);
    assert!(
        sentence.ends_with(
            "ServiceSchedulerInitiated: Scaling activity initiated by (deployment ecs-svc/web-1)."
        ),
        "{sentence}"
    );
}

/// API `StopServiceDeployment`, `ABORT`: the deployment stays where it is, and launches nothing more.
#[test]
fn an_aborted_deployment_stays_where_it_is() {
    let mut simulation = Simulation::new(&service(3, percent(100, 200)), 7);
    deploy(&mut simulation, Release::FailsHealthCheck);
    run_to(&mut simulation, 50);
    apply(&mut simulation, Command::StopServiceDeployment(FIRST_SERVICE, StopType::Abort));
    let started = simulation.cluster().started();
    run_to(&mut simulation, 400);
    assert_eq!(rollout(&simulation, 2), RolloutState::Failed);
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::Stopped);
    assert_eq!(simulation.cluster().started(), started);
    let of_first = simulation.cluster().tasks().filter(|task| task.revision().number() == 1);
    assert_eq!(of_first.count(), 3, "the old ones stay");
}
