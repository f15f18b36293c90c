//! Metrics of `AWS/ApplicationELB`, minute by minute, and AWS's counting rules (ALB guide, "CloudWatch metrics").

use albatross_engine::cloudwatch::Minute;
use albatross_engine::kernel::SimTime;
use albatross_engine::{Command, Simulation, ecs::TaskId};

use crate::world::*;

fn minutes(simulation: &Simulation) -> Vec<Minute> {
    simulation.metrics().minutes().iter().map(|entry| entry.what.clone()).collect()
}

/// The minutes add up to the total, and each begins where the one before ended.
#[test]
fn minutes_add_up_to_the_total() {
    let mut simulation = Simulation::new(&built_in("a-task-is-killed"), 7);
    run_to(&mut simulation, 300);
    let minutes = minutes(&simulation);
    let begin: Vec<SimTime> = minutes.iter().map(|minute| minute.from).collect();
    assert_eq!(begin, [0, 60, 120, 180, 240].map(seconds));
    for metric in Metric::ALL {
        let sum: u64 = minutes.iter().map(|minute| minute.counters.get(*metric)).sum();
        assert_eq!(sum, simulation.metrics().count(*metric), "{}", metric.as_str());
    }
}

/// `RequestCountPerTarget` divides by the healthy targets, so that it jumps when one dies.
#[test]
fn request_count_per_target_divides_by_the_healthy_targets() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 65);
    apply(&mut simulation, Command::FailHealthCheck(TaskId::new(3)));
    // Unhealthy after 10 s at the most; its replacement is healthy only after the minute's end.
    simulation.advance(seconds(80), u64::MAX);
    let per_target = |simulation: &Simulation| {
        let counters = *simulation.metrics().group(FIRST_GROUP).expect("it exists");
        let count = counters.get(Metric::RequestCount) as f64;
        let load_balancer = simulation.load_balancer();
        load_balancer.request_count_per_target(FIRST_GROUP, &counters).map(|value| count / value)
    };
    assert_eq!(per_target(&simulation), Some(2.0));
    let first = minutes(&simulation).remove(0);
    let requests = first.counters.get(Metric::RequestCount) as f64;
    assert_eq!(first.groups[0].request_count_per_target, Some(requests / 3.0));
}

/// `HealthyHostCount` is what each node sees: Minimum, Average and Maximum are over the nodes. Without registered
/// targets there is no value at all.
#[test]
fn host_counts_are_over_the_nodes_and_absent_without_targets() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 60);
    let group = &minutes(&simulation)[0].groups[0];
    let healthy = group.healthy_hosts.expect("there are targets");
    assert_eq!((healthy.min, healthy.average, healthy.max), (3.0, 3.0, 3.0));
    assert_eq!(group.unhealthy_hosts.map(|hosts| hosts.max), Some(0.0));
    assert_eq!((group.dns_zones, group.routing_zones), ((2, 0), (2, 0)));

    let mut scenario = plain();
    scenario.services[0].desired_count = 0;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    let group = &minutes(&simulation)[0].groups[0];
    assert_eq!((group.healthy_hosts, group.unhealthy_hosts), (None, None));
    assert_eq!(group.request_count_per_target, None);
}

/// A 503 for want of targets is in `HTTPCode_ELB_503_Count` and `_5XX_Count`, and not in `RequestCount`.
#[test]
fn a_503_without_targets_is_no_request_count() {
    let mut scenario = plain();
    scenario.services[0].desired_count = 0;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    let metrics = simulation.metrics();
    assert_eq!(metrics.count(Metric::RequestCount), 0);
    assert!(metrics.count(Metric::Elb503) > 400);
    assert_eq!(metrics.count(Metric::Elb503), metrics.count(Metric::Elb5xx));
}

/// A 502 for a chosen target is a request, an ELB 5xx and, when no connection came about, a connection error, but none
/// of the target's codes.
#[test]
fn a_502_for_a_chosen_target_counts_as_a_request_and_as_nothing_of_the_targets() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 10);
    let before = *simulation.metrics().counters();
    (1..=3).for_each(|task| apply(&mut simulation, Command::KillTask(TaskId::new(task))));
    run_to(&mut simulation, 14);
    let counted = simulation.metrics().counters().since(&before);
    assert!(counted.get(Metric::RequestCount) >= 30);
    assert!(counted.get(Metric::TargetConnectionError) >= 30);
    let by_target = [Metric::Target2xx, Metric::Target3xx, Metric::Target4xx, Metric::Target5xx];
    // What was on its way back when the processes died is the targets' own.
    assert!(by_target.iter().map(|metric| counted.get(*metric)).sum::<u64>() <= 1);
    assert_eq!(counted.get(Metric::Elb502), counted.get(Metric::Elb5xx));
}

/// `TargetResponseTime` is the time from the request's leaving the load balancer to the answer: 100 ms of work and
/// 0.5 ms each way over a connection that is open.
#[test]
fn target_response_time_is_from_leaving_the_node_to_the_answer() {
    let mut simulation = Simulation::new(&plain(), 7);
    run_to(&mut simulation, 180);
    let minute = &minutes(&simulation)[2];
    let times = minute.target_response_time.expect("targets answered");
    assert!((480.0..=481.0).contains(&(times.count as f64)), "8/s: {}", times.count);
    assert_eq!(times.p50.as_milliseconds().round(), 101.0);
}
