//! Blue/green, linear and canary deployments: stages, weights, both fleets, ways back.

use albatross_engine::command::StopType;
use albatross_engine::ecs::Release;
use albatross_engine::ecs::deployment::lifecycle::{LifecycleStage, RollbackReason};
use albatross_engine::ecs::deployment::settings::{DeploymentStrategy, minutes};
use albatross_engine::ecs::deployment::state::{DeploymentStatus, RolloutState, ServiceDeploymentStatus};
use albatross_engine::ecs::placement::PlacementRules;
use albatross_engine::elb::TargetGroupId;
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{DeploymentFailure, Notice};
use albatross_engine::{Command, Scenario, Simulation};

use crate::fleet::*;
use crate::world::*;

const BLUE: TargetGroupId = TargetGroupId::new(0);
const GREEN: TargetGroupId = TargetGroupId::new(1);
const BAKE: SimDuration = minutes(5);
const BLUE_GREEN: DeploymentStrategy = DeploymentStrategy::BlueGreen { bake: BAKE };

/// Three tasks, two target groups, a listener for production on port 80 and one for tests on port 8080; 50 requests a
/// second of 0.1 s each, which the 30 s of draining outlast by far.
fn two_groups(strategy: DeploymentStrategy) -> Scenario {
    let mut scenario = plain();
    load(&mut scenario, 50.0, 100);
    shift_traffic(&mut scenario, strategy);
    scenario
}

fn running(strategy: DeploymentStrategy) -> Simulation {
    let mut simulation = Simulation::new(&two_groups(strategy), 7);
    run_to(&mut simulation, 20);
    simulation
}

fn stages(simulation: &Simulation) -> Vec<(SimTime, LifecycleStage)> {
    let entered = notices(simulation).into_iter().filter_map(|(at, notice)| match notice {
        Notice::LifecycleStageEntered { stage, .. } => Some((at, stage)),
        _ => None,
    });
    entered.collect()
}

/// Green's share of production traffic in tenths of a percent, and when it came to it.
fn shares(simulation: &Simulation) -> Vec<(SimTime, u32)> {
    let shifted = notices(simulation).into_iter().filter_map(|(at, notice)| match notice {
        Notice::TrafficShifted { test: false, green_tenths, .. } => Some((at, green_tenths)),
        _ => None,
    });
    shifted.collect()
}

fn stage(simulation: &Simulation, number: u32) -> Option<LifecycleStage> {
    let deployments = the_service(simulation).deployments();
    deployments.get(number as usize - 1)?.stage().map(|(stage, _)| stage)
}

fn healthy_of(simulation: &Simulation, revision: u32) -> usize {
    let tasks = simulation.cluster().tasks().filter(|task| task.revision().number() == revision);
    tasks.filter(|task| is_healthy(simulation, task)).count()
}

/// API `ServiceDeployment.lifecycleStage`; ECS guide, "Amazon ECS blue/green deployments": the stages in AWS's order, test
/// traffic before production traffic, none for green before all of it is healthy, both fleets for as long as the bake.
/// A look every 10 s may end the bake that much later. No request is lost: draining outlasts them all.
#[test]
fn blue_green_goes_through_awss_stages_with_both_fleets_until_the_bake_is_over() {
    let mut simulation = running(BLUE_GREEN);
    assert_eq!((weights(&simulation, 0), weights(&simulation, 1)), ((100, 0), (100, 0)));
    deploy(&mut simulation, Release::Good);
    let shifted = run_until(&mut simulation, 200, |simulation| {
        let all_green = healthy_of(simulation, 2) == 3;
        assert!(
            weights(simulation, 0) == (100, 0) || all_green,
            "no traffic for a green that is not healthy"
        );
        weights(simulation, 0) == (0, 100)
    });
    assert_eq!(weights(&simulation, 1), (0, 100));
    assert_eq!(stage(&simulation, 2), Some(LifecycleStage::BakeTime));
    let ended = run_until(&mut simulation, 600, |simulation| {
        let both = (healthy_of(simulation, 1), healthy_of(simulation, 2)) == (3, 3);
        assert!(both || stage(simulation, 2) == Some(LifecycleStage::CleanUp));
        !both
    });
    let baked = ended.since(shifted);
    assert!(baked >= BAKE && baked <= BAKE + SimDuration::from_secs(10), "{baked}");
    run_to(&mut simulation, 700);
    let in_order: Vec<LifecycleStage> = stages(&simulation).into_iter().map(|(_, stage)| stage).collect();
    assert_eq!(
        in_order,
        [
            LifecycleStage::PreScaleUp,
            LifecycleStage::ScaleUp,
            LifecycleStage::PostScaleUp,
            LifecycleStage::TestTrafficShift,
            LifecycleStage::PostTestTrafficShift,
            LifecycleStage::PreProductionTrafficShift,
            LifecycleStage::ProductionTrafficShift,
            LifecycleStage::PostProductionTrafficShift,
            LifecycleStage::BakeTime,
            LifecycleStage::CleanUp,
        ]
    );
    assert_eq!((rollout(&simulation, 2), old_and_new(&simulation)), (RolloutState::Completed, (0, 3)));
    assert_eq!((present(&simulation), lost(&simulation)), (3, 0));
}

/// ECS guide, "Amazon ECS blue/green deployments": after a deployment the target groups have swapped roles; the next
/// one shifts traffic the other way round.
#[test]
fn a_second_deployment_works_the_other_way_round() {
    let mut simulation = running(BLUE_GREEN);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 700, |simulation| is_completed(simulation, 2));
    let settings = the_service(&simulation).settings();
    assert_eq!(settings.target_group, Some(GREEN));
    assert_eq!(settings.blue_green.map(|one| one.alternate_target_group), Some(BLUE));
    run_to(&mut simulation, 720);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 1_500, |simulation| is_completed(simulation, 3));
    assert_eq!((weights(&simulation, 0), weights(&simulation, 1)), ((100, 0), (100, 0)));
    assert!(simulation.cluster().tasks().all(|task| task.revision().number() == 3));
    assert_eq!((healthy(&simulation), lost(&simulation)), (3, 0));
}

/// API `LinearConfiguration`: equal steps with a bake after each but the last. Looks are 10 s apart.
#[test]
fn linear_deployments_shift_traffic_in_equal_steps() {
    let bake = minutes(2);
    let mut simulation =
        running(DeploymentStrategy::Linear { step_percent_tenths: 250, step_bake: bake, bake: BAKE });
    deploy(&mut simulation, Release::Good);
    let mut seen = vec![weights(&simulation, 0)];
    at_every_event(&mut simulation, 1_000, |simulation| {
        let now = weights(simulation, 0);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    });
    assert_eq!(seen, [(100, 0), (75, 25), (50, 50), (25, 75), (0, 100)]);
    let shares = shares(&simulation);
    for pair in shares.windows(2) {
        let gap = pair[1].0.since(pair[0].0);
        assert!(gap >= bake && gap <= bake + SimDuration::from_secs(10), "{shares:?}");
    }
    let repeated = |wanted| stages(&simulation).into_iter().filter(|(_, stage)| *stage == wanted).count();
    assert_eq!(repeated(LifecycleStage::ProductionTrafficShift), 4);
    assert_eq!(repeated(LifecycleStage::PostProductionTrafficShift), 4);
    assert_eq!((rollout(&simulation, 2), lost(&simulation)), (RolloutState::Completed, 0));
}

/// API `CanaryConfiguration`: a small share first, then the rest. In the 5 minutes of the canary green gets a tenth of
/// 50 requests a second, give or take what chance allows.
#[test]
fn canaries_get_a_small_share_first() {
    let canary_bake = minutes(5);
    let mut simulation =
        running(DeploymentStrategy::Canary { percent_tenths: 100, canary_bake, bake: minutes(1) });
    deploy(&mut simulation, Release::Good);
    let began = run_until(&mut simulation, 200, |simulation| weights(simulation, 0) == (90, 10));
    let routed = |simulation: &Simulation, group| -> u64 {
        simulation.load_balancer().targets_of(group).map(|target| target.routed()).sum()
    };
    let before = [BLUE, GREEN].map(|group| routed(&simulation, group));
    let shifted = run_until(&mut simulation, 600, |simulation| weights(simulation, 0) == (0, 100));
    let [blue, green] = [BLUE, GREEN].map(|group| routed(&simulation, group));
    let (blue, green) = (blue - before[0], green - before[1]);
    let mean = (blue + green) as f64 * 0.1;
    assert!(
        blue + green >= 15_000 && (green as f64 - mean).abs() <= luck(blue + green, 0.1),
        "{blue} {green}"
    );
    let gap = shifted.since(began);
    assert!(gap >= canary_bake && gap <= canary_bake + SimDuration::from_secs(10), "{gap}");
    run_until(&mut simulation, 1_000, |simulation| is_completed(simulation, 2));
    assert_eq!(lost(&simulation), 0);
}

/// ECS guide, "Amazon ECS blue/green deployments": a green that never gets healthy never gets traffic, and no stage takes
/// longer than 24 hours: then the deployment is rolled back. Its tasks are replaced some 5,000 times until then, and no
/// two tasks have the same address at once.
#[test]
fn a_bad_green_gets_no_traffic_and_is_rolled_back_after_a_day() {
    let mut scenario = two_groups(BLUE_GREEN);
    silence(&mut scenario);
    scenario.services[0].zones = vec![0];
    scenario.services[0].task_definition.start_times.image_pull = SimDuration::ZERO;
    set(&mut scenario, "deregistration_delay.timeout_seconds", "0");
    scenario.target_groups[1].deregistration_delay = SimDuration::ZERO;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::FailsHealthCheck);
    let day = 24 * 60 * 60;
    for hour in 1..=23 {
        run_to(&mut simulation, 20 + hour * 3_600);
        assert_eq!((weights(&simulation, 0), weights(&simulation, 1)), ((100, 0), (100, 0)));
        assert_eq!((stage(&simulation, 2), healthy_of(&simulation, 1)), (Some(LifecycleStage::ScaleUp), 3));
        let addresses: std::collections::BTreeSet<[u8; 4]> =
            simulation.cluster().tasks().map(|task| task.address().ip).collect();
        assert_eq!(addresses.len() as u32, present(&simulation));
    }
    run_to(&mut simulation, day - 60);
    assert_eq!(rollout(&simulation, 2), RolloutState::InProgress);
    run_to(&mut simulation, day + 300);
    assert!(simulation.cluster().started() > 4_000, "{}", simulation.cluster().started());
    assert_eq!(rollout(&simulation, 2), RolloutState::Failed);
    assert_eq!(deployment(&simulation, 2).service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    let reason = RollbackReason::StageTimedOut(LifecycleStage::ScaleUp);
    let told = first(
        &simulation,
        |notice| matches!(notice, Notice::DeploymentFailed { by, .. } if *by == DeploymentFailure::RolledBack(reason)),
    );
    assert!(told.is_some());
    assert_eq!((old_and_new(&simulation), present(&simulation)), ((3, 0), 3));
}

/// API `StopServiceDeployment`: during the bake all traffic goes back to blue at once, which is the next look, a second
/// later; then green ends. No request is lost of it, and a deployment after that works.
#[test]
fn a_rollback_during_the_bake_moves_all_traffic_back_at_once() {
    let mut simulation = running(BLUE_GREEN);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 200, |simulation| weights(simulation, 0) == (0, 100));
    let asked = simulation.now();
    apply(&mut simulation, Command::StopServiceDeployment(FIRST_SERVICE, StopType::Rollback));
    let back = run_until(&mut simulation, 300, |simulation| weights(simulation, 0) == (100, 0));
    assert!(back.since(asked) <= SimDuration::from_secs(1));
    assert_eq!(weights(&simulation, 1), (100, 0));
    run_to(&mut simulation, 400);
    let failed = deployment(&simulation, 2);
    assert_eq!((failed.rollout(), failed.status()), (RolloutState::Failed, DeploymentStatus::Inactive));
    assert_eq!(failed.service_status(), ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(deployment(&simulation, 1).status(), DeploymentStatus::Primary);
    assert_eq!((old_and_new(&simulation), present(&simulation), lost(&simulation)), ((3, 0), 3, 0));
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 1_200, |simulation| is_completed(simulation, 3));
    assert_eq!((weights(&simulation, 0), lost(&simulation)), ((0, 100), 0));
}

/// API `ServiceDeployment.lifecycleStage`: a deployment that begins while another one bakes reconciles the service first:
/// traffic goes back to blue before the tasks that had it end. No request is lost.
#[test]
fn a_deployment_during_another_ones_bake_reconciles_first() {
    let mut simulation = running(BLUE_GREEN);
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 200, |simulation| weights(simulation, 0) == (0, 100));
    deploy(&mut simulation, Release::Good);
    run_until(&mut simulation, 300, |simulation| {
        let given_up =
            simulation.cluster().tasks().any(|task| task.revision().number() == 2 && !is_wanted(task));
        assert!(!given_up || weights(simulation, 0) == (100, 0), "no traffic for tasks that end");
        given_up
    });
    assert_eq!(stage(&simulation, 3), Some(LifecycleStage::ReconcileService));
    run_until(&mut simulation, 1_200, |simulation| is_completed(simulation, 3));
    let given_up = deployment(&simulation, 2);
    assert_eq!(given_up.service_status(), ServiceDeploymentStatus::Stopped);
    assert_eq!(given_up.status(), DeploymentStatus::Inactive);
    assert!(simulation.cluster().tasks().all(|task| task.revision().number() == 3));
    assert_eq!((weights(&simulation, 0), healthy(&simulation), lost(&simulation)), ((0, 100), 3, 0));
}

/// Likewise during the clean-up: blue is ending, so the deployment counts as complete, and the next one goes the other
/// way round. It cannot be stopped any more. No request is lost.
#[test]
fn a_deployment_during_another_ones_clean_up_goes_on_from_green() {
    let mut simulation = running(BLUE_GREEN);
    deploy(&mut simulation, Release::Good);
    let cleans = |simulation: &Simulation| stage(simulation, 2) == Some(LifecycleStage::CleanUp);
    run_until(&mut simulation, 600, cleans);
    let stop = Command::StopServiceDeployment(FIRST_SERVICE, StopType::Rollback);
    assert!(simulation.apply(stop).is_err(), "there is nothing to go back to");
    deploy(&mut simulation, Release::Good);
    assert!(is_completed(&simulation, 2));
    run_until(&mut simulation, 1_400, |simulation| is_completed(simulation, 3));
    assert_eq!((weights(&simulation, 0), healthy(&simulation), lost(&simulation)), ((100, 0), 3, 0));
}

/// ECS guide, "Amazon ECS service event messages": a green for which there is no room is told of once, although blue, which
/// lacks nothing, is looked at just as often.
#[test]
fn a_green_without_room_is_told_of_once() {
    let mut scenario = two_groups(BLUE_GREEN);
    silence(&mut scenario);
    on_instances(&mut scenario, PlacementRules::default(), &[(0, 2), (1, 2)]);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    deploy(&mut simulation, Release::Good);
    run_to(&mut simulation, 900);
    assert_eq!(stage(&simulation, 2), Some(LifecycleStage::ScaleUp));
    assert_eq!((healthy_of(&simulation, 1), healthy_of(&simulation, 2)), (3, 1));
    let told = events_with(&simulation, "was unable to place a task");
    assert_eq!(told.len(), 1, "{told:?}");
}
