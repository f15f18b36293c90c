use super::*;
use crate::ecs::deployment::settings::BAKE_MAX;

const SEEN: Observed = Observed {
    desired: 4,
    green_healthy: 0,
    green_present: 0,
    blue_present: 4,
    active_revisions: 1,
    rollback: None,
};

const UP: Observed = Observed { green_healthy: 4, green_present: 4, ..SEEN };

fn at(minute: u64) -> SimTime {
    SimTime::ZERO + minutes(minute)
}

fn shift(strategy: DeploymentStrategy) -> Shift {
    Shift::new(ShiftSettings { strategy, has_test_rule: true, shift_takes: SimDuration::ZERO })
}

/// Begins it and scales green up, at minute 0 and 1.
fn scaled_up(strategy: DeploymentStrategy) -> (Shift, Vec<Step>) {
    let mut shift = shift(strategy);
    let mut steps = shift.advance(at(0), &SEEN);
    steps.extend(shift.advance(at(1), &UP));
    (shift, steps)
}

fn stages(steps: &[Step]) -> Vec<&'static str> {
    let entered = steps.iter().filter_map(|step| match step {
        Step::Enter(stage) => Some(stage.as_str()),
        _ => None,
    });
    entered.collect()
}

/// Production's share at green whenever it is set, in tenths of a percent.
fn shares(steps: &[Step]) -> Vec<u32> {
    let set = steps.iter().filter_map(|step| match step {
        Step::SetProductionWeights(weights) => Some(weights.green()),
        _ => None,
    });
    set.collect()
}

const BLUE_GREEN: DeploymentStrategy = DeploymentStrategy::BlueGreen { bake: minutes(5) };

/// API `ServiceDeployment.lifecycleStage`: the stages and their order, of a deployment that reconciles nothing.
#[test]
fn blue_green_goes_through_awss_stages() {
    let (mut shift, mut steps) = scaled_up(BLUE_GREEN);
    steps.extend(shift.advance(at(6), &UP));
    steps.extend(shift.advance(at(8), &Observed { blue_present: 0, ..UP }));
    use LifecycleStage::*;
    assert_eq!(
        steps,
        [
            Step::Enter(PreScaleUp),
            Step::Enter(ScaleUp),
            Step::ScaleGreen(4),
            Step::Enter(PostScaleUp),
            Step::Enter(TestTrafficShift),
            Step::SetTestWeights(Weights::GREEN),
            Step::Enter(PostTestTrafficShift),
            Step::Enter(PreProductionTrafficShift),
            Step::Enter(ProductionTrafficShift),
            Step::SetProductionWeights(Weights::GREEN),
            Step::Enter(PostProductionTrafficShift),
            Step::Enter(BakeTime),
            Step::BeginBake { until: at(6) },
            Step::EndBake,
            Step::Enter(CleanUp),
            Step::TerminateBlue,
            Step::SwapRoles,
            Step::Finish(ServiceDeploymentStatus::Successful),
        ]
    );
    assert_eq!(
        stages(&steps),
        [
            "PRE_SCALE_UP",
            "SCALE_UP",
            "POST_SCALE_UP",
            "TEST_TRAFFIC_SHIFT",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRE_PRODUCTION_TRAFFIC_SHIFT",
            "PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT",
            "BAKE_TIME",
            "CLEAN_UP",
        ]
    );
    assert!(shift.advance(at(9), &UP).is_empty() && shift.next_look().is_none());
}

/// API `ServiceDeployment.lifecycleStage`: RECONCILE_SERVICE happens only when more than one revision is active.
#[test]
fn more_than_one_active_revision_is_reconciled_first() {
    let mut shift = shift(BLUE_GREEN);
    let two = Observed { active_revisions: 2, ..SEEN };
    assert_eq!(
        shift.advance(at(0), &two),
        [
            Step::Enter(LifecycleStage::ReconcileService),
            Step::SetProductionWeights(Weights::BLUE),
            Step::SetTestWeights(Weights::BLUE),
        ]
    );
    assert!(shift.advance(at(1), &two).is_empty());
    assert_eq!(shift.advance(at(2), &SEEN)[0], Step::Enter(LifecycleStage::PreScaleUp));
}

/// API `ServiceDeployment.lifecycleStage`: green gets no traffic before it is at 100 %.
#[test]
fn no_traffic_moves_before_green_is_healthy() {
    let mut shift = shift(BLUE_GREEN);
    shift.advance(at(0), &SEEN);
    assert!(shift.advance(at(1), &Observed { green_healthy: 3, green_present: 4, ..SEEN }).is_empty());
    assert_eq!((shift.stage(), shift.production()), (LifecycleStage::ScaleUp, Weights::BLUE));
    let wider = Observed { desired: 6, ..UP };
    assert_eq!(shift.advance(at(2), &wider), [Step::ScaleGreen(6)], "it follows the desired count");
}

/// API `LinearConfiguration`: equal steps of 10.0 % every 6 minutes, and no step bake after 100 %.
#[test]
fn linear_shifts_in_equal_steps() {
    let (mut shift, mut steps) = scaled_up(DeploymentStrategy::linear(minutes(5)));
    for step in 1..=9 {
        assert_eq!(shift.next_look(), Some(at(1 + 6 * step)));
        assert!(shift.advance(at(6 * step), &UP).is_empty(), "a minute early");
        steps.extend(shift.advance(at(1 + 6 * step), &UP));
    }
    assert_eq!(shares(&steps), [100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
    assert_eq!(shift.stage(), LifecycleStage::BakeTime, "without another step bake");
    assert_eq!(shift.next_look(), Some(at(1 + 54 + 5)));
    let seen = stages(&steps);
    let count = |name| seen.iter().filter(|stage| **stage == name).count();
    assert_eq!(count("PRODUCTION_TRAFFIC_SHIFT"), 10);
    assert_eq!(count("POST_PRODUCTION_TRAFFIC_SHIFT"), 10);
    assert_eq!(count("PRE_PRODUCTION_TRAFFIC_SHIFT"), 1);
}

/// API `LinearConfiguration`: steps that do not divide 100 end at 100.
#[test]
fn the_last_linear_step_takes_what_is_left() {
    let strategy = DeploymentStrategy::Linear {
        step_percent_tenths: 300,
        step_bake: SimDuration::ZERO,
        bake: minutes(5),
    };
    let (_, steps) = scaled_up(strategy);
    assert_eq!(shares(&steps), [300, 600, 900, 1_000]);
}

/// API `CanaryConfiguration`: 5.0 % for 10 minutes, then the rest.
#[test]
fn a_canary_goes_ahead() {
    let (mut shift, mut steps) = scaled_up(DeploymentStrategy::canary(minutes(5)));
    assert_eq!(shares(&steps), [50]);
    assert_eq!(shift.next_look(), Some(at(11)));
    steps.extend(shift.advance(at(11), &UP));
    assert_eq!(shares(&steps), [50, 1_000]);
    assert_eq!((shift.stage(), shift.next_look()), (LifecycleStage::BakeTime, Some(at(16))));
}

/// ECS guide, "How Amazon ECS blue/green deployments work": during the bake both revisions run, and going back
/// takes no more than the weights.
#[test]
fn a_rollback_during_the_bake_is_instant() {
    let (mut shift, _) = scaled_up(BLUE_GREEN);
    let alarm = Observed { rollback: Some(RollbackReason::Alarm), ..UP };
    assert_eq!(
        shift.advance(at(3), &alarm),
        [
            Step::RollBack(RollbackReason::Alarm),
            Step::SetProductionWeights(Weights::BLUE),
            Step::SetTestWeights(Weights::BLUE),
            Step::TerminateGreen,
        ]
    );
    assert_eq!(shift.status(), ServiceDeploymentStatus::RollbackInProgress);
    assert!(shift.advance(at(4), &alarm).is_empty(), "green still stops");
    let gone = Observed { green_present: 0, ..alarm };
    assert_eq!(shift.advance(at(5), &gone), [Step::Finish(ServiceDeploymentStatus::RollbackSuccessful)]);
}

/// ECS guide, "Amazon ECS linear deployments": a problem at any step sends all traffic back.
#[test]
fn a_rollback_between_steps_sends_everything_back() {
    let (mut shift, _) = scaled_up(DeploymentStrategy::linear(minutes(5)));
    shift.advance(at(7), &UP);
    assert_eq!(shift.production().green(), 200);
    let steps = shift.advance(at(8), &Observed { rollback: Some(RollbackReason::Requested), ..UP });
    assert_eq!(shares(&steps), [0]);
}

#[test]
fn a_rollback_before_any_shift_moves_no_traffic() {
    let mut shift = shift(BLUE_GREEN);
    shift.advance(at(0), &SEEN);
    let steps = shift.advance(at(1), &Observed { rollback: Some(RollbackReason::Alarm), ..SEEN });
    let finish = Step::Finish(ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(steps, [Step::RollBack(RollbackReason::Alarm), Step::TerminateGreen, finish]);
}

/// ECS guide, "How Amazon ECS blue/green deployments work": once blue is cleaned up there is no way back.
#[test]
fn nothing_is_rolled_back_in_clean_up() {
    let (mut shift, _) = scaled_up(BLUE_GREEN);
    shift.advance(at(6), &UP);
    assert_eq!(shift.stage(), LifecycleStage::CleanUp);
    assert!(shift.advance(at(7), &Observed { rollback: Some(RollbackReason::Alarm), ..UP }).is_empty());
}

/// ECS guide, "Amazon ECS blue/green deployments": a stage that takes more than 24 hours is rolled back.
#[test]
fn a_stage_has_24_hours() {
    let mut shift = shift(BLUE_GREEN);
    shift.advance(at(0), &SEEN);
    assert_eq!(shift.next_look(), Some(at(24 * 60)));
    assert!(shift.advance(at(24 * 60 - 1), &SEEN).is_empty());
    let steps = shift.advance(at(24 * 60), &SEEN);
    assert_eq!(steps[0], Step::RollBack(RollbackReason::StageTimedOut(LifecycleStage::ScaleUp)));
    // A bake may take as long as that.
    let (mut shift, _) = scaled_up(DeploymentStrategy::BlueGreen { bake: BAKE_MAX });
    assert_eq!(shift.advance(at(1 + 24 * 60), &UP)[0], Step::EndBake);
}

/// ECS guide, "Amazon ECS blue/green deployments": a Network Load Balancer adds 10 minutes to both shifts. The
/// rule for test traffic is optional.
#[test]
fn a_network_load_balancer_takes_its_time() {
    let shift_takes = NETWORK_LOAD_BALANCER_SHIFT;
    let mut shift = Shift::new(ShiftSettings { strategy: BLUE_GREEN, has_test_rule: true, shift_takes });
    shift.advance(at(0), &UP);
    assert_eq!((shift.stage(), shift.next_look()), (LifecycleStage::TestTrafficShift, Some(at(10))));
    shift.advance(at(10), &UP);
    assert_eq!((shift.stage(), shift.next_look()), (LifecycleStage::ProductionTrafficShift, Some(at(20))));

    let mut untested = Shift::new(ShiftSettings { strategy: BLUE_GREEN, has_test_rule: false, shift_takes });
    let steps = untested.advance(at(0), &UP);
    assert!(!steps.iter().any(|step| matches!(step, Step::SetTestWeights(_))));
    assert_eq!(untested.stage(), LifecycleStage::ProductionTrafficShift);
}
