//! What holds in every world, whatever is done to it: random scenarios, random commands.

use std::collections::BTreeMap;

use albatross_engine::ecs::{DeploymentConfiguration, TaskId};
use albatross_engine::elb::routing::{Algorithm, SlowStart};
use albatross_engine::elb::{CrossZone, Registration, TargetGroupAttribute, TargetGroupSettings, TargetId};
use albatross_engine::kernel::{Distribution, SimDuration, SimTime};
use albatross_engine::trace::Step;
use albatross_engine::traffic::{Arrivals, Backoff, RequestRate, Retries};
use albatross_engine::{Command, Scenario, Simulation};
use proptest::prelude::*;

use crate::world::*;

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![
        Just(Algorithm::RoundRobin),
        Just(Algorithm::LeastOutstandingRequests),
        Just(Algorithm::WeightedRandom)
    ]
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

/// How clients behave, and how a target group is set, within what AWS allows.
fn habits() -> impl Strategy<Value = (Habits, TargetGroupSettings)> {
    let attributes = (algorithm(), any::<bool>(), any::<bool>(), any::<bool>(), 0_u64..2);
    let clients = (prop::option::of(200_u64..8_000), 0_u8..3, any::<bool>(), any::<bool>(), 1_u64..80);
    (attributes, clients).prop_map(|(attributes, (timeout, attempts, waits, keep_alive, server_keeps))| {
        let (algorithm, cross_zone, sticky, mitigation, slow) = attributes;
        let mut group = TargetGroupSettings::new("web-tg", 3_000);
        group.algorithm = algorithm;
        group.cross_zone = if cross_zone { CrossZone::On } else { CrossZone::Off };
        group.stickiness.enabled = sticky && cross_zone && algorithm != Algorithm::WeightedRandom;
        group.anomaly_mitigation = mitigation && algorithm == Algorithm::WeightedRandom;
        let slow = if algorithm == Algorithm::RoundRobin { slow * 30 } else { 0 };
        group.slow_start = SlowStart::seconds(slow).expect("0 or 30 s");
        group.check().expect("AWS allows it");
        let wait = SimDuration::from_millis(500);
        let backoff = if waits { Backoff::Exponential { base: wait, cap: wait * 4 } } else { Backoff::None };
        let habits = Habits {
            timeout: timeout.map(SimDuration::from_millis),
            retries: Retries { attempts, backoff },
            keep_alive,
            server_keeps: SimDuration::from_secs(server_keeps),
        };
        (habits, group)
    })
}

#[derive(Clone, Debug)]
struct Habits {
    timeout: Option<SimDuration>,
    retries: Retries,
    keep_alive: bool,
    server_keeps: SimDuration,
}

prop_compose! {
    fn scenario()(
        (habits, group) in habits(),
        shared in any::<bool>(),
        desired in 0_u32..8,
        rate in 0.0..60.0,
        constant in any::<bool>(),
        clients in 1_u32..40,
        zones in 2_usize..5,
        workers in 1_u32..6,
        backlog in 0_u32..30,
        service_time in service_time(),
        delay in 0_u64..40,
        idle_timeout in 1_u64..30,
        unhealthy_threshold in 2_u8..5,
        (minimum_healthy_percent, maximum_percent) in (0_u32..=100, 100_u32..=200),
        empty in any::<bool>(),
    ) -> Scenario {
        let mut scenario = built_in(if empty { "a-service-is-created" } else { "the-real-example" });
        scenario.services[0].desired_count = desired;
        scenario.services[0].deployment = DeploymentConfiguration { minimum_healthy_percent, maximum_percent };
        scenario.services[0].task_definition.container.workers = workers;
        scenario.services[0].task_definition.container.backlog = backlog;
        scenario.services[0].task_definition.container.service_time = service_time;
        scenario.traffic.profile.base = RequestRate::per_second(rate).expect("in range");
        scenario.traffic.arrivals = if constant { Arrivals::Constant } else { Arrivals::Poisson };
        scenario.traffic.clients = clients;
        scenario.zones = (0..zones).map(|n| format!("zone-{n}")).collect();
        scenario.load_balancer.zones = scenario.zones.clone();
        scenario.assumptions.shared_routing_memory = shared;
        scenario.traffic.timeout = habits.timeout;
        scenario.traffic.retries = habits.retries;
        scenario.traffic.keep_alive = habits.keep_alive;
        scenario.services[0].task_definition.container.keep_alive = Some(habits.server_keeps);
        let health_check = scenario.target_groups[0].health_check.clone();
        scenario.target_groups[0] = TargetGroupSettings { health_check, ..group };
        scenario.load_balancer.idle_timeout = SimDuration::from_secs(idle_timeout);
        scenario.services[0].zones = (0..zones).collect();
        scenario.target_groups[0].deregistration_delay = SimDuration::from_secs(delay);
        scenario.target_groups[0].health_check.unhealthy_threshold = unhealthy_threshold;
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
        task().prop_map(Command::GarbleResponses),
        task().prop_map(Command::RestoreTask),
        (0_u32..10).prop_map(|count| Command::SetDesiredCount(FIRST_SERVICE, count)),
        algorithm().prop_map(|a| Command::ModifyTargetGroup(FIRST_GROUP, TargetGroupAttribute::Algorithm(a))),
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
    /// What happened to each request that has not ended yet, or was given up and may still be answered.
    ends: BTreeMap<u64, End>,
}

#[derive(Debug, Default)]
struct End {
    answers: u32,
    given_up: bool,
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
                    self.ends.insert(request.number(), End::default());
                }
                Step::Answered { request, .. } => {
                    let end =
                        self.ends.get_mut(&request.number()).expect("it was sent, and not yet received");
                    end.answers += 1;
                    prop_assert_eq!(end.answers, 1, "answered once");
                }
                Step::Received { request, .. } => {
                    let end = self.ends.remove(&request.number()).expect("it was sent, and not yet received");
                    prop_assert!(
                        end.answers == 1 && !end.given_up,
                        "answered before it is received: {end:?}"
                    );
                }
                Step::GaveUp { request, .. } => {
                    let end =
                        self.ends.get_mut(&request.number()).expect("it was sent, and not yet received");
                    prop_assert!(!end.given_up, "given up once");
                    end.given_up = true;
                }
                Step::Routed { target, .. } => {
                    let registration = simulation.load_balancer().target(target).registration();
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
    let ended = simulation.requests_received() + simulation.requests_given_up();
    prop_assert_eq!(sent, ended + simulation.requests_in_flight());
    let metrics = simulation.metrics();
    let by_target = metrics.count(Metric::Target2xx)
        + metrics.count(Metric::Target3xx)
        + metrics.count(Metric::Target4xx)
        + metrics.count(Metric::Target5xx);
    // The load balancer's only 4xx here is 460, for requests that it had routed.
    let by_balancer = [Metric::Elb502, Metric::Elb504, Metric::Elb4xx].map(|metric| metrics.count(metric));
    let routed_and_answered = by_target + by_balancer.iter().sum::<u64>();
    prop_assert_eq!(
        metrics.count(Metric::RequestCount),
        routed_and_answered + simulation.requests_at_targets()
    );
    let received: u64 = simulation.load_balancer().nodes().iter().map(|node| node.received()).sum();
    prop_assert_eq!(received, metrics.count(Metric::RequestCount) + metrics.count(Metric::Elb503));
    let routed: u64 = (0..simulation.cluster().started() as u32)
        .filter_map(|n| simulation.cluster().task(TaskId::new(n + 1))?.target())
        .map(|target: TargetId| simulation.load_balancer().target(target).routed())
        .sum();
    prop_assert_eq!(routed, metrics.count(Metric::RequestCount));
    Ok(())
}

/// Service limits: never more tasks than `maximumPercent` allows, except those that were there before.
fn check_service(simulation: &Simulation, most_allowed: usize) -> Result<(), TestCaseError> {
    let present = simulation.cluster().tasks().count();
    prop_assert!(present <= most_allowed, "{present} tasks, {most_allowed} allowed");
    Ok(())
}

fn allowed(simulation: &Simulation) -> usize {
    let settings = simulation.cluster().services()[0].settings();
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
        let attempts = u64::from(scenario.traffic.retries.attempts) + 1;
        let longest = (scenario.load_balancer.idle_timeout + SimDuration::from_secs(15)) * attempts;
        let until = simulation.now() + longest;
        run(&mut simulation, until, most_allowed)?;
        prop_assert_eq!(simulation.requests_in_flight(), 0);
        prop_assert!(ledger.ends.values().all(|end| end.given_up), "{:?}", ledger.ends);
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
                let _refused = simulation.apply(command.clone());
            }
            (simulation.digest(), simulation.metrics().count(Metric::RequestCount), simulation.now())
        };
        prop_assert_eq!(run(u64::MAX, usize::MAX), run(budget, 2));
    }

    #[test]
    fn routing_does_not_change_who_arrives_or_what_work_they_bring(seed in any::<u64>()) {
        let sent = |algorithm| {
            let mut scenario = built_in("the-real-example");
            scenario.target_groups[0].algorithm = algorithm;
            let mut simulation = Simulation::new(&scenario, seed);
            simulation.advance(SimTime::ZERO + SimDuration::from_secs(60), u64::MAX);
            let steps = simulation.trace().steps().iter();
            // To which node a request goes depends on which connection is free, and so on routing.
            let sent = steps.filter_map(|entry| match entry.what {
                Step::Sent { request, client, .. } => Some((entry.at, request, client)),
                _ => None,
            });
            sent.collect::<Vec<_>>()
        };
        prop_assert_eq!(sent(Algorithm::RoundRobin), sent(Algorithm::LeastOutstandingRequests));
    }
}
