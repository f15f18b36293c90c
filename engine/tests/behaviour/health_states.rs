//! Target health: every state with its reason, how long the way from one to the next takes, what a check looks at,
//! and which states get requests.

use albatross_engine::elb::{
    HealthCheckChange, HealthCheckPort, HealthCheckSettings, NodeId, TargetGroupAttribute, TargetState,
};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::scenario::Start;
use albatross_engine::trace::{BalancerCause, Notice, Step};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

const TASK: TaskId = TaskId::new(2);

/// A plain world of three tasks that ECS leaves alone when they are unhealthy, without traffic.
fn quiet() -> Scenario {
    let mut scenario = by_zone(&[3]);
    silence(&mut scenario);
    scenario
}

fn change(simulation: &mut Simulation, change: HealthCheckChange) {
    apply(simulation, Command::ModifyHealthCheck(FIRST_GROUP, change));
}

/// When each node sent its checks of a task's target.
fn checks(simulation: &Simulation, task: u32) -> Vec<(NodeId, SimTime)> {
    let wanted = target_of(simulation, task);
    let sent = steps(simulation).into_iter().filter_map(|(at, step)| match step {
        Step::CheckSent { node, target } if target == wanted => Some((node, at)),
        _ => None,
    });
    sent.collect()
}

/// API `TargetHealth`: the states of a target and their reason codes, all of them within one life.
#[test]
fn a_target_goes_through_all_states_each_with_its_reason() {
    let mut scenario = quiet();
    scenario.start = Start::Empty;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    apply(&mut simulation, Command::FailHealthCheck(TASK));
    run_to(&mut simulation, 80);
    apply(&mut simulation, Command::RestoreTask(TASK));
    run_to(&mut simulation, 120);
    apply(&mut simulation, Command::HangTask(TASK));
    run_to(&mut simulation, 140);
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 160);
    apply(&mut simulation, Command::StopTask(TASK));
    run_to(&mut simulation, 200);
    assert_eq!(
        states_of(&simulation, 2),
        [
            "initial (Elb.RegistrationInProgress)",
            "initial (Elb.InitialHealthChecking)",
            "healthy",
            "unhealthy (Target.ResponseCodeMismatch)",
            "healthy",
            "unhealthy (Target.Timeout)",
            "unhealthy (Target.FailedHealthChecks)",
            "draining (Target.DeregistrationInProgress)",
            "unused (Target.NotRegistered)",
        ]
    );
}

/// ALB guide, "Health checks", reason codes: the description tells the codes that came, or that nothing came in time.
#[test]
fn the_description_of_a_failed_check_is_awss() {
    let mut simulation = Simulation::new(&quiet(), 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(1)));
    apply(&mut simulation, Command::HangTask(TASK));
    apply(&mut simulation, Command::KillTask(TaskId::new(3)));
    run_to(&mut simulation, 30);
    let described = [1, 2, 3].map(|task| {
        let reason = simulation.load_balancer().target(target_of(&simulation, task)).health().reason;
        match reason {
            Some(albatross_engine::elb::TargetHealthReason::Failed(failed)) => failed.to_string(),
            other => panic!("{other:?}"),
        }
    });
    let expected =
        ["Health checks failed with these codes: [503]", "Request timed out", "Health checks failed"];
    assert_eq!(described, expected);
    // ALB guide, "CloudWatch metrics", `TargetConnectionErrorCount`: not for health check connections.
    assert_eq!(simulation.metrics().count(Metric::TargetConnectionError), 0);
}

/// ALB guide, "Target groups": a newly registered target is healthy after one passed check. `HealthyThresholdCount`
/// does not matter then: ten checks, 30 s apart, would be 270 s.
#[test]
fn a_new_target_is_healthy_after_one_check_whatever_the_threshold() {
    let mut scenario = quiet();
    scenario.start = Start::Empty;
    let checked = &mut scenario.target_groups[0].health_check;
    (checked.healthy_threshold, checked.interval) = (10, SimDuration::from_secs(30));
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    for task in 1..=3 {
        let healthy = reached(&simulation, task, TargetState::Healthy).expect("it is healthy");
        let passed = checks(&simulation, task).into_iter().filter(|(_, at)| *at < healthy).count();
        // The two nodes check by themselves: the first pass of either is enough (our choice).
        assert_eq!(passed, 1);
    }
}

/// ALB guide, "Health checks": a new target whose checks fail turns unhealthy without ever having been healthy. After
/// `UnhealthyThresholdCount` of them: our choice. A path that the server does not know is answered 404.
#[test]
fn a_new_target_that_answers_404_to_its_checks_is_never_healthy() {
    let mut scenario = quiet();
    scenario.start = Start::Empty;
    scenario.services[0].task_definition.container.paths = vec!["/shop/*".to_owned()];
    assert_eq!(scenario.target_groups[0].health_check.path, "/health");
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    for task in 1..=3 {
        assert_eq!(
            states_of(&simulation, task)[1..],
            ["initial (Elb.InitialHealthChecking)", "unhealthy (Target.ResponseCodeMismatch)"]
        );
        let unhealthy = reached(&simulation, task, TargetState::Unhealthy).expect("it is unhealthy");
        for node in simulation.load_balancer().node_ids() {
            let failed =
                checks(&simulation, task).into_iter().filter(|(by, at)| *by == node && *at < unhealthy);
            // The later of the two nodes decides: the other may have checked once more.
            assert!((2..=3).contains(&failed.count()));
        }
    }
}

/// ALB guide, "Health checks", and ECS guide, "Optimize load balancer health check parameters": with AWS's defaults it
/// takes two checks, 30 s apart, to unhealthy, and five to healthy: about 60 s and 150 s. The first check comes
/// anywhere within an interval, so that the run of n takes n - 1 to n intervals; a silent target's last check takes its
/// timeout of 5 s on top.
#[test]
fn with_awss_defaults_a_target_is_out_within_60_seconds_and_back_within_150() {
    let defaults = HealthCheckSettings::default();
    let silent = (Command::HangTask(TASK), 5.0);
    let answers_503 = (Command::FailHealthCheck(TASK), 0.0);
    for (fault, last_check) in [answers_503, silent] {
        for seed in 0..20 {
            let mut scenario = quiet();
            scenario.target_groups[0].health_check =
                HealthCheckSettings { path: "/health".to_owned(), ..defaults.clone() };
            let mut simulation = Simulation::new(&scenario, seed);
            run_to(&mut simulation, 100);
            apply(&mut simulation, fault.clone());
            run_to(&mut simulation, 300);
            apply(&mut simulation, Command::RestoreTask(TASK));
            run_to(&mut simulation, 600);
            let target = simulation.load_balancer().target(target_of(&simulation, 2));
            let [_, (down_at, down), (up_at, up)] = target.states()[..] else {
                panic!("{:?}", target.states())
            };
            assert_eq!((down.state, up.state), (TargetState::Unhealthy, TargetState::Healthy));
            // Two round trips and 2 ms of work are less than 10 ms.
            let down_after = down_at.since(seconds(100)).as_seconds() - last_check;
            assert!((30.0..60.01).contains(&down_after), "seed {seed}: {down_after} s");
            let up_after = up_at.since(seconds(300)).as_seconds();
            // A check that a silent target has in hand when it is restored may still be answered in time.
            assert!((120.0 - last_check..150.01).contains(&up_after), "seed {seed}: {up_after} s");
        }
    }
}

/// API `Matcher`: the codes with which a check passes, as a value, a list or a range.
#[test]
fn the_matcher_says_which_codes_pass() {
    for (matcher, passes) in [
        ("200", false),
        ("404", true),
        ("200,404", true),
        ("200,301,403", false),
        ("200-299", false),
        ("200-404", true),
        ("404-499", true),
        ("405-499", false),
    ] {
        let mut scenario = quiet();
        scenario.services[0].task_definition.container.paths = vec!["/shop/*".to_owned()];
        scenario.target_groups[0].health_check.matcher = matcher.parse().expect("a matcher");
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 30);
        let expected = if passes { "healthy" } else { "unhealthy (Target.ResponseCodeMismatch)" };
        assert_eq!(health_of(&simulation, 2), expected, "{matcher}");
    }
}

/// API `CreateTargetGroup`, `HealthCheckPort`: a fixed port instead of the traffic port. A server that answers checks
/// there does not let them wait behind requests: saturated as it is, it stays healthy.
#[test]
fn on_a_port_of_their_own_checks_do_not_wait_behind_requests() {
    for (own_port, healthy) in [(false, false), (true, true)] {
        let mut scenario = by_zone(&[1]);
        load(&mut scenario, 4.0, 10_000);
        let container = &mut scenario.services[0].task_definition.container;
        (container.workers, container.backlog, container.health_port) = (2, 10_000, Some(8_081));
        if own_port {
            scenario.target_groups[0].health_check.port = HealthCheckPort::Port(8_081);
        }
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 60);
        let waiting =
            simulation.cluster().task(TaskId::new(1)).and_then(|task| task.container()).expect("runs");
        assert!(waiting.waiting() > 200, "4 come and 0.2 go a second: {}", waiting.waiting());
        let expected = if healthy { "healthy" } else { "unhealthy (Target.Timeout)" };
        assert_eq!(health_of(&simulation, 1), expected);
        assert_eq!(states_of(&simulation, 1).len(), if healthy { 1 } else { 2 });
    }
}

/// ALB guide, "Health checks", reason codes: on a port on which nothing listens checks fail with
/// `Target.FailedHealthChecks`, and the target is out although it would answer its requests.
#[test]
fn checks_on_a_port_that_nobody_listens_on_are_refused() {
    let mut simulation = Simulation::new(&by_zone(&[3]), 7);
    run_to(&mut simulation, 10);
    change(&mut simulation, HealthCheckChange::Port(HealthCheckPort::Port(9_999)));
    run_to(&mut simulation, 30);
    assert_eq!(
        [1, 2, 3].map(|task| health_of(&simulation, task)),
        ["unhealthy (Target.FailedHealthChecks)"; 3]
    );
    let metrics = simulation.metrics();
    assert_eq!(
        (metrics.count(Metric::Elb5xx), metrics.count(Metric::Target5xx)),
        (0, 0),
        "requests are served"
    );
    change(&mut simulation, HealthCheckChange::Port(HealthCheckPort::TrafficPort));
    run_to(&mut simulation, 60);
    assert_eq!([1, 2, 3].map(|task| health_of(&simulation, task)), ["healthy"; 3]);
}

/// ALB guide, "Edit target group attributes", deregistration delay: a target without requests in flight is done at
/// once, and yet shows `draining` until the delay is over.
#[test]
fn an_idle_target_shows_draining_for_the_whole_delay() {
    for delay in [0, 7, 300] {
        let mut scenario = quiet();
        set(&mut scenario, "deregistration_delay.timeout_seconds", &delay.to_string());
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 10);
        assert_eq!(simulation.load_balancer().target(target_of(&simulation, 2)).outstanding(), 0);
        apply(&mut simulation, Command::StopTask(TASK));
        assert_eq!(health_of(&simulation, 2), "draining (Target.DeregistrationInProgress)");
        if delay > 0 {
            run_to(&mut simulation, 10 + delay - 1);
            assert_eq!(health_of(&simulation, 2), "draining (Target.DeregistrationInProgress)");
        }
        run_to(&mut simulation, 10 + delay);
        assert_eq!(health_of(&simulation, 2), "unused (Target.NotRegistered)");
        assert_eq!(reached(&simulation, 2, TargetState::Unused), Some(seconds(10 + delay)));
    }
}

/// ALB guide, "Health checks" and "CloudWatch metrics": deregistering a target lowers `HealthyHostCount` and does not
/// raise `UnHealthyHostCount`; failed checks move it from one to the other.
#[test]
fn a_deregistered_target_is_in_neither_host_count() {
    let mut simulation = Simulation::new(&quiet(), 7);
    let counts = |simulation: &Simulation| {
        let nodes = simulation.load_balancer().node_ids();
        nodes.map(|node| simulation.load_balancer().count_hosts(node, FIRST_GROUP)).collect::<Vec<_>>()
    };
    run_to(&mut simulation, 10);
    assert_eq!(counts(&simulation), [(3, 0); 2]);
    apply(&mut simulation, Command::FailHealthCheck(TASK));
    run_to(&mut simulation, 40);
    assert_eq!(counts(&simulation), [(2, 1); 2]);
    apply(&mut simulation, Command::StopTask(TaskId::new(1)));
    assert_eq!(counts(&simulation), [(1, 1); 2]);
    // ECS starts a replacement; it takes 15 s at least, so that the minute ends before it counts.
    run_to(&mut simulation, 60);
    let minute = simulation.metrics().minutes().iter().next_back().expect("a minute is over");
    let group = &minute.what.groups[0];
    let (healthy, unhealthy) =
        (group.healthy_hosts.expect("has targets"), group.unhealthy_hosts.expect("too"));
    assert_eq!((healthy.max, healthy.min, unhealthy.max), (1.0, 1.0, 1.0));
    apply(&mut simulation, Command::StopTask(TASK));
    assert_eq!(counts(&simulation)[0].1, 0, "an unhealthy one leaves its count as well");
}

/// API `ModifyTargetGroup`: path, matcher, interval and thresholds of a running target group. That a change counts from
/// the next check on is our choice.
#[test]
fn settings_of_the_health_check_can_be_changed_while_it_runs() {
    let mut scenario = quiet();
    scenario.services[0].task_definition.container.paths = vec!["/health".to_owned()];
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    assert_eq!(health_of(&simulation, 2), "healthy");
    change(&mut simulation, HealthCheckChange::Path("/healthz".to_owned()));
    run_to(&mut simulation, 40);
    assert_eq!(health_of(&simulation, 2), "unhealthy (Target.ResponseCodeMismatch)");
    change(&mut simulation, HealthCheckChange::Matcher("200-404".parse().expect("a matcher")));
    run_to(&mut simulation, 60);
    assert_eq!(health_of(&simulation, 2), "healthy");

    change(&mut simulation, HealthCheckChange::UnhealthyThreshold(6));
    apply(&mut simulation, Command::FailHealthCheck(TASK));
    run_to(&mut simulation, 84);
    assert_eq!(health_of(&simulation, 2), "healthy", "five checks at most");
    run_to(&mut simulation, 91);
    assert_eq!(health_of(&simulation, 2), "unhealthy (Target.ResponseCodeMismatch)");

    change(&mut simulation, HealthCheckChange::IntervalSeconds(20));
    // The check that was already planned still comes at its time.
    run_to(&mut simulation, 96);
    run_to(&mut simulation, 300);
    for node in simulation.load_balancer().node_ids() {
        let at: Vec<SimTime> = checks(&simulation, 1)
            .into_iter()
            .filter(|(by, at)| *by == node && *at > seconds(91))
            .map(|(_, at)| at)
            .collect();
        assert!(at[0] <= seconds(96));
        assert!(
            at.len() > 9 && at.windows(2).all(|pair| pair[1].since(pair[0]) == SimDuration::from_secs(20))
        );
    }
}

/// ALB guide, "Health checks": each load balancer node checks each target, so that a target sees as many checks as
/// there are nodes.
#[test]
fn a_target_sees_as_many_checks_as_there_are_nodes() {
    let mut scenario = quiet();
    scenario.zones.push("us-east-1c".to_owned());
    scenario.load_balancer.zones.push("us-east-1c".to_owned());
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 50);
    for task in 1..=3 {
        let checks = checks(&simulation, task);
        for node in 0..3 {
            let of_node = checks.iter().filter(|(by, _)| by.number() == node).count();
            assert_eq!(of_node, 10, "50 s at one in 5 s, though the task lies in another zone");
        }
    }
}

/// ALB guide, "Health checks": when a target group has only unhealthy targets, requests go to all of them, whatever
/// their zone, by the group's own algorithm, and there is no 503.
#[test]
fn with_only_unhealthy_targets_every_algorithm_goes_on_with_all_of_them() {
    for algorithm in ["round_robin", "least_outstanding_requests", "weighted_random"] {
        let mut scenario = by_zone(&[2, 1]);
        in_turns(&mut scenario, 2, 50, 1_200);
        set(&mut scenario, "load_balancing.algorithm.type", algorithm);
        let mut simulation = Simulation::new(&scenario, 7);
        run_to(&mut simulation, 5);
        (1..=3).for_each(|task| apply(&mut simulation, Command::FailHealthCheck(TaskId::new(task))));
        run_to(&mut simulation, 20);
        let counted = simulation.metrics().count(Metric::UnhealthyRoutingRequest);
        let gained = gains(&mut simulation, [1, 2, 3], 50);
        let all: u64 = gained.iter().sum();
        assert_eq!(simulation.metrics().count(Metric::UnhealthyRoutingRequest) - counted, all);
        for gained in gained {
            let off = (gained as f64 - all as f64 / 3.0).abs();
            assert!(off <= luck(all, 1.0 / 3.0), "{algorithm}: {gained} of {all}");
        }
        assert!(routes(&simulation).iter().all(|way| way.choice.algorithm.as_str() == algorithm));
        assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
    }
}

/// ALB guide, "Troubleshoot", 503: no target is registered. That draining targets alone count as none is our choice.
#[test]
fn with_draining_targets_alone_the_answer_is_503() {
    let mut scenario = by_zone(&[3]);
    in_turns(&mut scenario, 2, 100, 300);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 10);
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 0));
    run_to(&mut simulation, 30);
    assert_eq!([1, 2, 3].map(|task| state_of(&simulation, task)), [TargetState::Draining; 3]);
    let answers = causes(&simulation);
    // The scheduler looks 1 s after the command.
    assert!(answers.len() >= 185, "10/s for 19 s: {}", answers.len());
    assert!(answers.iter().all(|(_, cause)| *cause == BalancerCause::NoTarget));
    assert!(
        !notices(&simulation).iter().any(|(_, notice)| matches!(notice, Notice::FailOpen { on: true, .. }))
    );
}

/// Our choice, "Fail-open and targets that are not ready": unhealthy targets come before targets in their first checks,
/// which get requests only when there is nothing else. AWS documents only that all-unhealthy is no 503.
#[test]
fn targets_in_their_first_checks_get_requests_only_when_there_is_nothing_else() {
    let mut scenario = by_zone(&[1]);
    in_turns(&mut scenario, 2, 50, 4_000);
    scenario.target_groups[0].health_check.interval = SimDuration::from_secs(60);
    scenario.target_groups[0].health_check.unhealthy_threshold = 10;
    scenario.services[0].task_definition.container.paths = vec!["/nothing".to_owned()];
    scenario.start = Start::Empty;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    assert_eq!(health_of(&simulation, 1), "initial (Elb.InitialHealthChecking)", "nine checks to go");
    assert!(routed_to(&simulation, 1) > 500, "20/s from about 25 s on");
    // A second one that is unhealthy gets all of them.
    let delay = TargetGroupAttribute::parse("deregistration_delay.timeout_seconds", "0").expect("valid");
    apply(&mut simulation, Command::ModifyTargetGroup(FIRST_GROUP, delay));
    change(&mut simulation, HealthCheckChange::UnhealthyThreshold(2));
    apply(&mut simulation, Command::SetDesiredCount(FIRST_SERVICE, 2));
    run_to(&mut simulation, 110);
    assert_eq!(state_of(&simulation, 1), TargetState::Unhealthy);
    assert_eq!(health_of(&simulation, 2), "initial (Elb.InitialHealthChecking)");
    let [unhealthy, initial] = gains(&mut simulation, [1, 2], 130);
    assert!(unhealthy >= 395 && initial == 0, "20/s for 20 s: {unhealthy}, {initial}");
}
