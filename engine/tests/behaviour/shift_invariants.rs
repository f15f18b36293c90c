//! What holds for every deployment that shifts traffic, whatever comes in between.

use albatross_engine::command::StopType;
use albatross_engine::ecs::Release;
use albatross_engine::ecs::deployment::settings::{DeploymentStrategy, minutes};
use albatross_engine::ecs::deployment::state::RolloutState;
use albatross_engine::elb::Registration;
use albatross_engine::kernel::SimDuration;
use albatross_engine::{Command, Simulation};
use proptest::prelude::*;

use crate::fleet::*;
use crate::world::*;

fn strategy() -> impl Strategy<Value = DeploymentStrategy> {
    let (bake, step) = (minutes(1), minutes(1));
    prop_oneof![
        Just(DeploymentStrategy::BlueGreen { bake }),
        Just(DeploymentStrategy::Linear { step_percent_tenths: 400, step_bake: step, bake }),
        Just(DeploymentStrategy::Canary { percent_tenths: 55, canary_bake: step, bake }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => Just(Command::DeployRelease(FIRST_SERVICE, Release::Good)),
        1 => Just(Command::DeployRelease(FIRST_SERVICE, Release::FailsHealthCheck)),
        1 => Just(Command::DeployRelease(FIRST_SERVICE, Release::CannotPullImage)),
        2 => Just(Command::StopServiceDeployment(FIRST_SERVICE, StopType::Rollback)),
        1 => (1_u32..5).prop_map(|count| Command::SetDesiredCount(FIRST_SERVICE, count)),
    ]
}

/// Healthy tasks of a target group that takes part in production traffic.
fn serving(simulation: &Simulation, group: usize) -> usize {
    let id = if group == 0 { FIRST_GROUP } else { SECOND_GROUP };
    let registered = simulation
        .load_balancer()
        .targets_of(id)
        .filter(|target| target.registration() == Registration::Registered && target.takes_requests());
    registered.count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// ECS guide, "Amazon ECS blue/green deployments": no request is lost, whichever deployment begins, is stopped or goes bad
    /// in whichever stage of another: at every event every target group with a weight has a healthy task. A good release
    /// gets through in the end: 8 minutes of three steps, two bakes, starts and drains, and as much again for a stage that is
    /// reconciled first.
    #[test]
    fn traffic_never_goes_where_nobody_serves_it(
        strategy in strategy(),
        commands in prop::collection::vec((1_u64..150, command()), 1..8),
        seed in any::<u64>(),
    ) {
        let mut scenario = plain();
        load(&mut scenario, 5.0, 100);
        shift_traffic(&mut scenario, strategy);
        let mut simulation = Simulation::new(&scenario, seed);
        let watch = |simulation: &mut Simulation, wait: u64| {
            let until = simulation.now() + SimDuration::from_secs(wait);
            while !simulation.advance(until, 1).reached {
                let (blue, green) = weights(simulation, 0);
                for (group, weight) in [(0, blue), (1, green)] {
                    let served = weight == 0 || serving(simulation, group) > 0;
                    prop_assert!(served, "group {group} has weight {weight} and nobody serves it\n{}", log(simulation));
                }
            }
            Ok(())
        };
        for (wait, command) in commands {
            watch(&mut simulation, wait)?;
            let _refused = simulation.apply(command);
        }
        deploy(&mut simulation, Release::Good);
        watch(&mut simulation, 960)?;
        let service = the_service(&simulation);
        prop_assert_eq!(service.primary().rollout(), RolloutState::Completed, "{}", log(&simulation));
        prop_assert_eq!(healthy(&simulation), service.desired_count());
        prop_assert_eq!(present(&simulation), service.desired_count());
        prop_assert_eq!(lost(&simulation), 0, "{}", log(&simulation));
    }
}
