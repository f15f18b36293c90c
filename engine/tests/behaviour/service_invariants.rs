//! What holds for every service, whatever is deployed, scaled and lost.

use albatross_engine::ecs::deployment::state::RolloutState;
use albatross_engine::ecs::placement::{InstanceId, PlacementRules};
use albatross_engine::ecs::rebalancing::AvailabilityZoneRebalancing;
use albatross_engine::ecs::{DeploymentConfiguration, Release, TaskId, TaskStatus};
use albatross_engine::elb::Registration;
use albatross_engine::kernel::SimDuration;
use albatross_engine::{Command, Scenario, Simulation};
use proptest::prelude::*;

use crate::fleet::*;
use crate::world::*;

fn release() -> impl Strategy<Value = Release> {
    prop_oneof![
        3 => Just(Release::Good),
        1 => Just(Release::CannotPullImage),
        1 => (0_u64..20).prop_map(|after| Release::Crashes { after: SimDuration::from_secs(after) }),
        1 => Just(Release::FailsHealthCheck),
    ]
}

/// What harms no task.
fn gentle() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => Just(Command::DeployRelease(FIRST_SERVICE, Release::Good)),
        1 => Just(Command::ForceNewDeployment(FIRST_SERVICE)),
        2 => (0_u32..8).prop_map(|count| Command::SetDesiredCount(FIRST_SERVICE, count)),
        2 => limits().prop_map(|limits| Command::ModifyDeployment(FIRST_SERVICE, limits)),
    ]
}

fn harmful() -> impl Strategy<Value = Command> {
    let task = || (1_u32..24).prop_map(TaskId::new);
    prop_oneof![
        release().prop_map(|release| Command::DeployRelease(FIRST_SERVICE, release)),
        task().prop_map(Command::KillTask),
        task().prop_map(Command::StopTask),
        task().prop_map(Command::HangTask),
        task().prop_map(Command::FailHealthCheck),
        (0_u32..3).prop_map(Command::LoseZone),
        (0_u32..3).prop_map(Command::RestoreZone),
        (0_u32..6).prop_map(|number| Command::LoseInstance(InstanceId::new(number))),
    ]
}

fn limits() -> impl Strategy<Value = DeploymentConfiguration> {
    let least = prop::sample::select(vec![0, 25, 50, 75, 100]);
    let most = prop::sample::select(vec![100, 110, 125, 150, 200]);
    (least, most).prop_map(|(least, most)| percent(least, most))
}

fn commands(of: impl Strategy<Value = Command>) -> impl Strategy<Value = Vec<(u64, Command)>> {
    prop::collection::vec((1_u64..90, of), 1..10)
}

prop_compose! {
    fn scenario()(
        desired in 0_u32..8,
        limits in limits(),
        on_ec2 in any::<bool>(),
        has_breaker in any::<bool>(),
        rebalances in any::<bool>(),
        delay in 0_u64..40,
    ) -> Scenario {
        let mut scenario = service(desired, limits);
        scenario.zones = (0..3).map(|zone| format!("zone-{zone}")).collect();
        scenario.load_balancer.zones = scenario.zones.clone();
        scenario.services[0].zones = vec![0, 1, 2];
        if on_ec2 {
            let instances = [(0, 4), (1, 4), (2, 4), (0, 4), (1, 4), (2, 4)];
            on_instances(&mut scenario, PlacementRules::default(), &instances);
        }
        if rebalances {
            scenario.services[0].rebalancing = AvailabilityZoneRebalancing::Enabled;
        }
        if has_breaker {
            scenario.services[0].options.circuit_breaker = breaker(true);
        }
        set(&mut scenario, "deregistration_delay.timeout_seconds", &delay.to_string());
        scenario
    }
}

/// The most and the fewest tasks that the service may have now. At rest a service has its desired count, whatever the
/// percentages.
fn bounds(simulation: &Simulation) -> (u32, u32) {
    let settings = the_service(simulation).settings();
    let (limits, desired) = (settings.deployment, settings.desired_count);
    (limits.tasks_max(desired), limits.healthy_tasks_min(desired))
}

/// Targets that are registered belong to tasks that are not STOPPED.
fn check_targets(simulation: &Simulation) -> Result<(), TestCaseError> {
    for target in simulation.load_balancer().all_targets() {
        if matches!(target.registration(), Registration::InProgress | Registration::Registered) {
            let behind = simulation.task_behind(target.id()).and_then(|id| simulation.cluster().task(id));
            prop_assert!(
                behind.is_some_and(|task| task.status() != TaskStatus::Stopped),
                "{:?}",
                target.id()
            );
        }
    }
    Ok(())
}

/// Lets time pass and looks at every event.
fn watch(
    simulation: &mut Simulation,
    wait: u64,
    mut look: impl FnMut(&Simulation) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let until = simulation.now() + SimDuration::from_secs(wait);
    while !simulation.advance(until, 1).reached {
        look(simulation)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// API `DeploymentConfiguration`: tasks that are not STOPPED never exceed `maximumPercent`, but for those that were
    /// there before the limit shrank. Once faults stop, the service gets to where it shall be.
    #[test]
    fn no_service_exceeds_its_maximum_and_all_recover(
        scenario in scenario(),
        commands in commands(prop_oneof![gentle(), harmful()]),
        seed in any::<u64>(),
    ) {
        let mut simulation = Simulation::new(&scenario, seed);
        let mut before = present(&simulation);
        let mut look = |simulation: &Simulation| {
            let now = present(simulation);
            let (most, _) = bounds(simulation);
            prop_assert!(now <= most.max(before), "{now} tasks, {most} allowed\n{}", log(simulation));
            before = now;
            check_targets(simulation)
        };
        for (wait, command) in commands {
            watch(&mut simulation, wait, &mut look)?;
            let _refused = simulation.apply(command);
        }
        // All is well again: zones, percentages that let a deployment happen, a good release. The longest thing that may
        // still be waited for is the 27 minutes of a service that was slowed down, but another task definition ends that.
        for zone in 0..3 {
            let _there = simulation.apply(Command::RestoreZone(zone));
        }
        apply(&mut simulation, Command::ModifyDeployment(FIRST_SERVICE, percent(50, 200)));
        deploy(&mut simulation, Release::Good);
        watch(&mut simulation, 900, &mut look)?;
        let service = the_service(&simulation);
        let desired = service.desired_count();
        // Lost container instances do not come back: without any there is nothing to recover on.
        let nowhere = !scenario.cluster.instances.is_empty()
            && simulation.cluster().instances().len() * 4 < 2 * desired as usize;
        if !nowhere {
            prop_assert_eq!(service.primary().rollout(), RolloutState::Completed, "{}", log(&simulation));
            prop_assert_eq!((healthy(&simulation), present(&simulation)), (desired, desired), "{}", log(&simulation));
        }
    }

    /// API `DeploymentConfiguration`: as long as nothing fails, healthy tasks never fall below `minimumHealthyPercent` of the
    /// desired count, or below what there was before the limit grew.
    #[test]
    fn without_faults_no_service_falls_below_its_minimum(
        scenario in scenario(),
        commands in commands(gentle()),
        seed in any::<u64>(),
    ) {
        let mut simulation = Simulation::new(&scenario, seed);
        let mut before = healthy(&simulation);
        let mut look = |simulation: &Simulation| {
            let now = healthy(simulation);
            let (_, fewest) = bounds(simulation);
            prop_assert!(now >= fewest.min(before), "{now} healthy, {fewest} needed\n{}", log(simulation));
            before = now;
            Ok(())
        };
        for (wait, command) in commands {
            watch(&mut simulation, wait, &mut look)?;
            let _refused = simulation.apply(command);
        }
        watch(&mut simulation, 300, &mut look)?;
    }

    /// The same seed gives the same run, whatever is deployed and lost.
    #[test]
    fn the_same_seed_gives_the_same_deployments(
        scenario in scenario(),
        commands in commands(prop_oneof![gentle(), harmful()]),
        seed in any::<u64>(),
    ) {
        let run = |budget| {
            let mut simulation = Simulation::new(&scenario, seed);
            for (wait, command) in &commands {
                let until = simulation.now() + SimDuration::from_secs(*wait);
                while !simulation.advance(until, budget).reached {}
                let _refused = simulation.apply(command.clone());
            }
            (simulation.digest(), simulation.cluster().started(), simulation.now())
        };
        prop_assert_eq!(run(u64::MAX), run(17));
    }
}
