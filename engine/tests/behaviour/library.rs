//! Every built-in scenario shows what its description says.

use albatross_engine::ecs::{StopCode, TaskId};
use albatross_engine::elb::TargetState;
use albatross_engine::trace::{Author, BalancerCause, Notice, Step};
use albatross_engine::{Simulation, scenario::BUILT_IN};

use crate::world::*;

#[test]
fn every_scenario_runs_for_ten_minutes() {
    for (name, _) in BUILT_IN {
        let mut simulation = Simulation::new(&built_in(name), 1);
        run_to(&mut simulation, 600);
        assert!(simulation.requests_received() > 500, "{name}");
    }
}

#[test]
fn one_slow_task_spoils_round_robin_and_not_least_outstanding_requests() {
    let mut simulation = Simulation::new(&built_in("one-slow-task"), 7);
    run_to(&mut simulation, 120);
    let by_round_robin = [1, 2, 3].map(|task| routed_to(&simulation, task));
    assert!(by_round_robin.iter().max().expect("three") - by_round_robin.iter().min().expect("three") <= 1);
    let mut simulation_on = simulation.clone();
    run_to(&mut simulation_on, 720);
    let after = [1, 2, 3].map(|task| routed_to(&simulation_on, task) - routed_to(&simulation, task));
    let share = after[0] as f64 / after.iter().sum::<u64>() as f64;
    // Ten minutes at 8/s are 4,800 requests; a third would be 33 %, give or take 0.7 %.
    assert!((0.05..0.22).contains(&share), "{share}");
    let quantile = |simulation: &Simulation| simulation.metrics().client_latency.quantile(0.75);
    assert!(quantile(&simulation_on) < quantile(&simulation), "fewer people meet the slow task");
}

#[test]
fn a_hanging_task_answers_504_and_is_replaced() {
    let mut simulation = Simulation::new(&built_in("a-task-hangs"), 7);
    run_to(&mut simulation, 120);
    let metrics = simulation.metrics();
    assert!(metrics.count(Metric::Elb504) > 10, "a third of 8/s until two checks have timed out");
    assert_eq!((metrics.count(Metric::Elb502), metrics.count(Metric::Elb503)), (0, 0));
    assert_eq!(simulation.cluster().running_count(FIRST_SERVICE), 3);
    assert_eq!(state_of(&simulation, 4), TargetState::Healthy);
}

#[test]
fn a_new_service_answers_503_until_its_first_task_is_healthy() {
    let mut simulation = Simulation::new(&built_in("a-service-is-created"), 7);
    run_to(&mut simulation, 120);
    let first_healthy = (1..=3).filter_map(|task| reached(&simulation, task, TargetState::Healthy)).min();
    let first_healthy = first_healthy.expect("they get healthy").as_seconds();
    let expected = first_healthy * 8.0;
    let unavailable = simulation.metrics().count(Metric::Elb503) as f64;
    // Poisson arrivals at 8/s: within four standard deviations.
    assert!((unavailable - expected).abs() < 4.0 * expected.sqrt(), "{unavailable} of {expected}");
}

#[test]
fn ten_busy_tasks_are_busy_four_fifths_of_the_time() {
    let mut simulation = Simulation::new(&built_in("ten-busy-tasks"), 7);
    let (mut busy, mut samples) = (0, 0);
    for second in 60..=660 {
        run_to(&mut simulation, second);
        let containers = simulation.cluster().tasks().filter_map(|task| task.container());
        busy += containers.map(|container| container.busy()).sum::<u32>();
        samples += 40;
    }
    let utilisation = f64::from(busy) / f64::from(samples);
    // 601 samples of 40 workers; their correlation over a second is slight: the standard error is about 0.3 %.
    assert!((utilisation - 0.8).abs() < 0.012, "{utilisation}");
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}

/// What a scenario's run answered between two instants, by cause where the load balancer made the status.
fn causes_between(name: &str, from: u64, to: u64) -> Vec<BalancerCause> {
    let mut simulation = Simulation::new(&built_in(name), 7);
    run_to(&mut simulation, from);
    let cursor = simulation.trace().steps().written();
    run_to(&mut simulation, to);
    let since = simulation.trace().steps().since(cursor);
    assert_eq!(since.missed, 0);
    let causes = since.entries.filter_map(|entry| match entry.what {
        Step::Answered { author: Author::LoadBalancer(cause), .. } => Some(cause),
        _ => None,
    });
    causes.collect()
}

fn only(causes: &[BalancerCause], wanted: &[BalancerCause]) {
    assert!(causes.len() > 10 && causes.iter().all(|cause| wanted.contains(cause)), "{causes:?}");
}

/// Requests that each task got between two instants.
fn gained(name: &str, tasks: u32, from: u64, to: u64) -> Vec<f64> {
    let mut simulation = Simulation::new(&built_in(name), 7);
    run_to(&mut simulation, from);
    let routed = |simulation: &Simulation| {
        let of = |task| simulation.cluster().task(TaskId::new(task)).and_then(|task| task.target());
        (1..=tasks)
            .map(|task| of(task).map_or(0, |id| simulation.load_balancer().target(id).routed()))
            .collect()
    };
    let before: Vec<u64> = routed(&simulation);
    run_to(&mut simulation, to);
    let after: Vec<u64> = routed(&simulation);
    let gained: Vec<u64> = before.iter().zip(&after).map(|(before, after)| after - before).collect();
    let sum = gained.iter().sum::<u64>() as f64;
    gained.into_iter().map(|gained| gained as f64 / sum).collect()
}

fn near(shares: &[f64], expected: &[f64], within: f64) {
    let off = shares.iter().zip(expected).any(|(share, expected)| (share - expected).abs() > within);
    assert!(!off && shares.len() == expected.len(), "{shares:?} instead of {expected:?}");
}

#[test]
fn three_ways_to_fail_have_three_causes_and_two_statuses() {
    only(
        &causes_between("502-or-504", 20, 60),
        &[BalancerCause::ConnectionRefused, BalancerCause::ConnectionReset],
    );
    only(&causes_between("502-or-504", 201, 280), &[BalancerCause::IdleTimeout]);
    only(&causes_between("502-or-504", 425, 600), &[BalancerCause::ConnectTimeout]);
}

#[test]
fn a_deregistration_delay_shorter_than_the_requests_cuts_them_off_and_a_longer_one_does_not() {
    let cut = causes_between("draining-cut-short", 0, 600);
    assert!(
        !cut.is_empty() && cut.iter().all(|cause| *cause == BalancerCause::DeregistrationDelayOver),
        "{cut:?}"
    );
    assert_eq!(causes_between("draining-in-time", 0, 600), []);
}

#[test]
fn sticky_sessions_load_one_task_with_two_thirds() {
    let shares = gained("sticky-sessions-unbalance", 3, 0, 600);
    assert!(shares.iter().any(|share| *share > 0.66), "{shares:?}");
}

/// ELB guide, "How Elastic Load Balancing works": its own example. 40/s for 280 s are 11,200 requests: the standard
/// deviation of a share of 25 % is 0.4 %, and the nodes' halves differ by as much.
#[test]
fn with_cross_zone_off_two_targets_get_a_quarter_each_and_eight_a_sixteenth() {
    let off = [&[0.25; 2][..], &[0.062_5; 8]].concat();
    near(&gained("cross-zone-off", 10, 20, 300), &off, 0.02);
    near(&gained("cross-zone-off", 10, 320, 600), &[0.1; 10], 0.01);
}

#[test]
fn a_zone_whose_targets_fail_leaves_dns_and_clients_follow_within_a_minute() {
    let mut simulation = Simulation::new(&built_in("a-zone-leaves-dns"), 7);
    run_to(&mut simulation, 140);
    let published: Vec<bool> =
        simulation.load_balancer().nodes().iter().map(|node| node.is_in_dns()).collect();
    assert_eq!(published, [false, true]);
    let received = simulation.load_balancer().nodes()[0].received();
    run_to(&mut simulation, 290);
    assert_eq!(simulation.load_balancer().nodes()[0].received(), received, "nobody comes to zone a any more");
    assert!(
        simulation.metrics().count(Metric::UnhealthyRoutingRequest) > 100,
        "before that its node failed open"
    );
    run_to(&mut simulation, 600);
    assert!(simulation.load_balancer().nodes()[0].received() > received + 1_000, "they come back");
}

#[test]
fn an_empty_weighted_target_group_answers_its_half_with_503() {
    let empty = causes_between("weighted-without-failover", 0, 120);
    only(&empty, &[BalancerCause::NoTarget]);
    // 960 requests, half of them: four standard deviations are 62.
    assert!((418..=542).contains(&empty.len()), "{}", empty.len());
    assert_eq!(causes_between("weighted-without-failover", 121, 600), []);
}

#[test]
fn a_task_that_joins_gets_its_share_little_by_little() {
    let mut simulation = Simulation::new(&built_in("slow-start"), 7);
    run_to(&mut simulation, 600);
    let healthy = reached(&simulation, 4, TargetState::Healthy).expect("it joined").as_seconds() as u64 + 1;
    let share = |from, to| gained("slow-start", 4, from, to)[3];
    let (first, middle, last) =
        (share(healthy, healthy + 20), share(healthy + 20, healthy + 40), share(healthy + 70, healthy + 200));
    // On average a sixth, a half and a whole of a full share: 1/19, 1/7 and 1/4 of all requests.
    near(&[first, middle, last], &[1.0 / 19.0, 1.0 / 7.0, 0.25], 0.02);
}

#[test]
fn a_task_that_answers_500_is_left_a_minimum_and_comes_back_step_by_step() {
    let cut = gained("one-task-answers-500", 4, 80, 180)[1];
    assert!((0.01..0.06).contains(&cut), "a tenth of a share among three whole ones is 3 %: {cut}");
    let back = gained("one-task-answers-500", 4, 300, 600)[1];
    assert!((back - 0.25).abs() < 0.02, "{back}");
}

#[test]
fn a_rule_to_the_wrong_group_answers_404_until_it_is_put_right() {
    let mut simulation = Simulation::new(&built_in("a-path-rule-to-the-wrong-group"), 7);
    run_to(&mut simulation, 120);
    let missing = simulation.metrics().count(Metric::Target4xx);
    // 960 requests, half of them for the API: four standard deviations are 62.
    assert!((418..=542).contains(&missing), "{missing}");
    run_to(&mut simulation, 122);
    let missing = simulation.metrics().count(Metric::Target4xx);
    run_to(&mut simulation, 600);
    assert_eq!(simulation.metrics().count(Metric::Target4xx), missing);
    assert_eq!(simulation.metrics().count(Metric::Elb5xx), 0);
}

#[test]
fn every_request_over_http_comes_again_over_https() {
    let mut simulation = Simulation::new(&built_in("http-to-https"), 7);
    run_to(&mut simulation, 600);
    let statuses: Vec<(u16, u64)> = simulation.metrics().statuses().collect();
    let [(200, served), (301, redirected)] = statuses[..] else { panic!("{statuses:?}") };
    assert!(redirected > 4_000 && redirected.abs_diff(served) <= 3, "{statuses:?}");
}

#[test]
fn behind_a_port_that_is_not_open_everything_is_504_until_it_is_opened() {
    only(&causes_between("a-port-that-is-not-open", 0, 120), &[BalancerCause::ConnectTimeout]);
    assert_eq!(causes_between("a-port-that-is-not-open", 140, 600), []);
}

/// Nothing is ever done to a task of this world but sending it requests.
#[test]
fn a_probe_that_waits_behind_requests_stops_healthy_tasks() {
    let mut simulation = Simulation::new(&built_in("a-probe-too-strict"), 7);
    run_to(&mut simulation, 60);
    let stopped = |simulation: &Simulation| {
        let of_checks = |(_, notice): &(_, Notice)| {
            matches!(notice, Notice::TaskStopping { code: StopCode::FailedElbHealthChecks, .. })
        };
        notices(simulation).iter().filter(|notice| of_checks(notice)).count()
    };
    assert_eq!(stopped(&simulation), 0, "it carries the usual load");
    run_to(&mut simulation, 300);
    assert!(stopped(&simulation) >= 3, "{}", stopped(&simulation));
}

#[test]
fn a_retry_storm_outlives_its_cause_and_ends_when_traffic_falls() {
    let mut simulation = Simulation::new(&built_in("a-retry-storm"), 7);
    let lost_within = |simulation: &mut Simulation, from, to| {
        run_to(simulation, from);
        let before = simulation.metrics().given_up;
        run_to(simulation, to);
        simulation.metrics().given_up - before
    };
    assert_eq!(lost_within(&mut simulation, 0, 30), 0);
    // 48/s arrive in that minute, more than a minute after the tasks are well again.
    assert!(lost_within(&mut simulation, 100, 160) > 48 * 60);
    assert_eq!(lost_within(&mut simulation, 250, 600), 0);
}

#[test]
fn a_keep_alive_shorter_than_the_idle_timeout_fails_requests_of_a_healthy_service() {
    only(&causes_between("a-keep-alive-too-short", 0, 600), &[BalancerCause::KeepAliveRace]);
    let mut simulation = Simulation::new(&built_in("a-keep-alive-too-short"), 7);
    run_to(&mut simulation, 600);
    for task in 1..=3 {
        assert_eq!(states_of(&simulation, task), ["healthy"]);
    }
}
