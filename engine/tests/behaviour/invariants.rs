//! What holds in every world, whatever is done to it: random scenarios, random commands.

use std::collections::BTreeMap;

use albatross_engine::ecs::{DeploymentConfiguration, TaskId};
use albatross_engine::elb::TargetGroupAttribute;
use albatross_engine::elb::routing::Algorithm;
use albatross_engine::elb::{Registration, TargetId};
use albatross_engine::kernel::{Distribution, SimDuration, SimTime};
use albatross_engine::trace::Step;
use albatross_engine::traffic::{Arrivals, RequestRate};
use albatross_engine::{Command, Scenario, Simulation};
use proptest::prelude::*;

use crate::world::built_in;

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![Just(Algorithm::RoundRobin), Just(Algorithm::LeastOutstandingRequests)]
}

fn service_time() -> impl Strategy<Value = Distribution> {
    let millis = |millis| SimDuration::from_millis(millis);
    prop_oneof![
        (0_u64..5_000).prop_map(move |mean| Distribution::Constant { value: millis(mean) }),
        (1_u64..5_000).prop_map(move |mean| Distribution::Exponential { mean: millis(mean) }),
        (1_u64..2_000, 0_u64..4_000).prop_map(move |(mean, deviation)| Distribution::LogNormal {
            mean: millis(mean),
            standard_deviation: millis(deviation),
        }),
    ]
}

prop_compose! {
    fn scenario()(
        desired in 0_u32..8,
        rate in 0.0..60.0,
        constant in any::<bool>(),
        clients in 1_u32..40,
        zones in 2_usize..5,
        workers in 1_u32..6,
        backlog in 0_u32..30,
        service_time in service_time(),
        algorithm in algorithm(),
        delay in 0_u64..40,
        idle_timeout in 1_u64..30,
        unhealthy_threshold in 2_u8..5,
        (minimum_healthy_percent, maximum_percent) in (0_u32..=100, 100_u32..=200),
        empty in any::<bool>(),
    ) -> Scenario {
        let mut scenario = built_in(if empty { "a-service-is-created" } else { "the-real-example" });
        scenario.service.desired_count = desired;
        scenario.service.deployment = DeploymentConfiguration { minimum_healthy_percent, maximum_percent };
        scenario.service.task_definition.container.workers = workers;
        scenario.service.task_definition.container.backlog = backlog;
        scenario.service.task_definition.container.service_time = service_time;
        scenario.traffic.rate = RequestRate::per_second(rate).expect("in range");
        scenario.traffic.arrivals = if constant { Arrivals::Constant } else { Arrivals::Poisson };
        scenario.traffic.clients = clients;
        scenario.load_balancer.zones = (0..zones).map(|n| format!("zone-{n}")).collect();
        scenario.load_balancer.idle_timeout = SimDuration::from_secs(idle_timeout);
        scenario.service.zones = (0..zones).collect();
        scenario.target_group.algorithm = algorithm;
        scenario.target_group.deregistration_delay = SimDuration::from_secs(delay);
        scenario.target_group.health_check.unhealthy_threshold = unhealthy_threshold;
        scenario
    }
}

fn command() -> impl Strategy<Value = Command> {
    let task = || (1_u32..12).prop_map(TaskId::new);
    prop_oneof![
        task().prop_map(Command::KillTask),
        task().prop_map(Command::StopTask),
        (task(), 10_u32..5_000).prop_map(|(task, percent)| Command::SlowTask(task, percent)),
        (task(), 500_u16..600).prop_map(|(task, status)| Command::FailRequests(task, status)),
        task().prop_map(Command::HangTask),
        task().prop_map(Command::FailHealthCheck),
        task().prop_map(Command::RestoreTask),
        (0_u32..10).prop_map(Command::SetDesiredCount),
        algorithm().prop_map(|a| Command::ModifyTargetGroup(TargetGroupAttribute::Algorithm(a))),
        (0.0..60.0)
            .prop_map(|rate| Command::SetRequestRate(RequestRate::per_second(rate).expect("in range"))),
    ]
}

/// Commands with the seconds that pass before each.
fn commands() -> impl Strategy<Value = Vec<(u64, Command)>> {
    prop::collection::vec((0_u64..20, command()), 0..16)
}

/// What the trace of a run has shown so far.
#[derive(Default)]
struct Ledger {
    cursor: u64,
    sent: u64,
    /// How many answers each request got from its node, and how often it was received.
    ends: BTreeMap<u64, (u32, u32)>,
}

impl Ledger {
    /// Reads what is new in the trace, and checks it against the state of the world.
    fn read(&mut self, simulation: &Simulation) -> Result<(), TestCaseError> {
        let since = simulation.trace().steps().since(self.cursor);
        prop_assert_eq!(since.missed, 0, "the ledger is read often enough");
        for entry in since.entries {
            match entry.what {
                Step::Sent { request, .. } => {
                    self.sent += 1;
                    prop_assert_eq!(request.number(), self.sent, "requests are numbered as they are sent");
                    self.ends.insert(request.number(), (0, 0));
                }
                Step::Answered { request, .. } => {
                    self.ends.get_mut(&request.number()).expect("it was sent").0 += 1;
                }
                Step::Received { request, .. } => {
                    let ends =
                        self.ends.remove(&request.number()).expect("it was sent, and not yet received");
                    prop_assert_eq!(ends, (1, 0), "answered once before it is received");
                }
                Step::Routed { target, .. } => {
                    let registration =
                        simulation.load_balancer().target_group().target(target).registration();
                    prop_assert!(
                        registration == Registration::Registered,
                        "{:?} got a request while {:?}",
                        target,
                        registration
                    );
                }
                _ => {}
            }
        }
        self.cursor = since.cursor;
        Ok(())
    }
}

/// Counts balance between the rooms.
fn check_balance(simulation: &Simulation) -> Result<(), TestCaseError> {
    let sent = simulation.traffic().sent();
    prop_assert_eq!(sent, simulation.requests_received() + simulation.requests_in_flight());
    let metrics = simulation.metrics();
    let by_target = metrics.target_2xx + metrics.target_3xx + metrics.target_4xx + metrics.target_5xx;
    let routed_and_answered = by_target + metrics.elb_502 + metrics.elb_504;
    prop_assert_eq!(metrics.request_count, routed_and_answered + simulation.requests_at_targets());
    let received: u64 = simulation.load_balancer().nodes().iter().map(|node| node.received()).sum();
    prop_assert_eq!(received, metrics.request_count + metrics.elb_503);
    let routed: u64 = (0..simulation.service().started() as u32)
        .filter_map(|n| simulation.service().task(TaskId::new(n + 1))?.target())
        .map(|target: TargetId| simulation.load_balancer().target_group().target(target).routed())
        .sum();
    prop_assert_eq!(routed, metrics.request_count);
    Ok(())
}

/// Service limits: never more tasks than `maximumPercent` allows, except those that were there before.
fn check_service(simulation: &Simulation, most_allowed: usize) -> Result<(), TestCaseError> {
    let present = simulation.service().tasks().count();
    prop_assert!(present <= most_allowed, "{present} tasks, {most_allowed} allowed");
    Ok(())
}

fn allowed(simulation: &Simulation) -> usize {
    let settings = simulation.service().settings();
    settings.deployment.tasks_max(settings.desired_count).max(settings.desired_count) as usize
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_ends_exactly_once_and_all_counts_balance(
        scenario in scenario(),
        commands in commands(),
        seed in any::<u64>(),
    ) {
        let mut simulation = Simulation::new(&scenario, seed);
        let mut ledger = Ledger::default();
        let mut most_allowed = allowed(&simulation);
        // Event by event, so that the state that a choice was made in is still there when it is checked.
        let mut run = |simulation: &mut Simulation, until: SimTime, most_allowed: usize| {
            while !simulation.advance(until, 1).reached {
                ledger.read(simulation)?;
            }
            check_balance(simulation)?;
            check_service(simulation, most_allowed)
        };
        for (wait, command) in commands {
            let until = simulation.now() + SimDuration::from_secs(wait);
            run(&mut simulation, until, most_allowed)?;
            // A refusal is fine: it must leave everything as it was, which the balance shows.
            let _refused = simulation.apply(command);
            most_allowed = most_allowed.max(allowed(&simulation));
        }
        // Silence: with no new requests and the longest timeout passed, everything has ended.
        let silence = Command::SetRequestRate(RequestRate::default());
        simulation.apply(silence).expect("any rate in range is accepted");
        let longest = scenario.load_balancer.idle_timeout + SimDuration::from_secs(15);
        let until = simulation.now() + longest;
        run(&mut simulation, until, most_allowed)?;
        prop_assert_eq!(simulation.requests_in_flight(), 0);
        prop_assert!(ledger.ends.is_empty(), "{:?}", ledger.ends);
    }

    #[test]
    fn the_same_seed_gives_the_same_run_however_time_is_cut_up(
        scenario in scenario(),
        commands in commands(),
        seed in any::<u64>(),
        budget in 1_u64..500,
    ) {
        let run = |budget: u64, checkpoint_at: usize| {
            let mut simulation = Simulation::new(&scenario, seed);
            for (index, (wait, command)) in commands.iter().enumerate() {
                if index == checkpoint_at {
                    // A checkpoint is a clone: going on with it is going on with the world.
                    simulation = simulation.clone();
                }
                let until = simulation.now() + SimDuration::from_secs(*wait);
                while !simulation.advance(until, budget).reached {}
                let _refused = simulation.apply(*command);
            }
            (simulation.digest(), simulation.metrics().request_count, simulation.now())
        };
        prop_assert_eq!(run(u64::MAX, usize::MAX), run(budget, 2));
    }

    #[test]
    fn routing_does_not_change_who_arrives_or_what_work_they_bring(seed in any::<u64>()) {
        let sent = |algorithm| {
            let mut scenario = built_in("the-real-example");
            scenario.target_group.algorithm = algorithm;
            let mut simulation = Simulation::new(&scenario, seed);
            simulation.advance(SimTime::ZERO + SimDuration::from_secs(60), u64::MAX);
            let steps = simulation.trace().steps().iter();
            let sent = steps.filter(|entry| matches!(entry.what, Step::Sent { .. }));
            sent.map(|entry| (entry.at, entry.what)).collect::<Vec<_>>()
        };
        prop_assert_eq!(sent(Algorithm::RoundRobin), sent(Algorithm::LeastOutstandingRequests));
    }
}
