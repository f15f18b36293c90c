//! Facts of AWS's documentation that no other test proves: defaults and limits, what is counted and what is not, and the
//! rarer ways in which a request ends.

use albatross_engine::cloudwatch::{Minute, PERIOD};
use albatross_engine::elb::listener::{Action, Condition, Forward, Redirect, RedirectStatus, Rule};
use albatross_engine::elb::{
    CrossZone, HealthCheckChange, HealthCheckRefused, HealthCheckSettings, LoadBalancerAttribute,
    LoadBalancerSettings, Scheme, TargetState,
};
use albatross_engine::kernel::{Distribution, SimDuration};
use albatross_engine::scenario::BUILT_IN;
use albatross_engine::trace::{Author, BalancerCause, Step};
use albatross_engine::traffic::{Profile, RequestKind, RequestRate};
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};
use serde_json::{Value, json};

use crate::world::*;

const TASK: TaskId = TaskId::new(2);

/// ECS leaves unhealthy tasks alone, so that what is seen is the load balancer's doing.
fn unattended() -> Scenario {
    let mut scenario = plain();
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(86_400);
    scenario
}

fn with_rate(mut scenario: Scenario, per_second: f64) -> Scenario {
    scenario.traffic.profile = Profile::steady(RequestRate::per_second(per_second).expect("in range"));
    scenario
}

fn with_work(mut scenario: Scenario, seconds: u64) -> Scenario {
    let value = SimDuration::from_secs(seconds);
    scenario.services[0].task_definition.container.service_time = Distribution::Constant { value };
    scenario
}

fn run(scenario: &Scenario, until: u64) -> Simulation {
    let mut simulation = Simulation::new(scenario, 7);
    run_to(&mut simulation, until);
    simulation
}

fn statuses(simulation: &Simulation) -> Vec<u16> {
    simulation.metrics().statuses().map(|(status, _)| status).collect()
}

fn made_by_the_balancer(simulation: &Simulation) -> Vec<BalancerCause> {
    let answers = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Answered { author: Author::LoadBalancer(cause), .. } => Some(cause),
        _ => None,
    });
    answers.collect()
}

fn latest_minute(simulation: &Simulation) -> &Minute {
    &simulation.metrics().minutes().iter().next_back().expect("a minute is over").what
}

/// API `LoadBalancerAttribute` and `CreateLoadBalancer`; ALB guide, "Troubleshoot" (504) for the time to connect and
/// "CloudWatch metrics" for the period. A scenario file that sets nothing gets these.
#[test]
fn the_defaults_of_a_load_balancer_are_awss() {
    assert_eq!(LoadBalancerSettings::IDLE_TIMEOUT, SimDuration::from_secs(60));
    assert_eq!(LoadBalancerSettings::CLIENT_KEEP_ALIVE, SimDuration::from_secs(3_600));
    assert_eq!(LoadBalancerSettings::CONNECT_TIMEOUT, SimDuration::from_secs(10));
    assert_eq!(PERIOD, SimDuration::from_secs(60));
    assert_eq!(Scheme::default().as_str(), "internet-facing");
    let LoadBalancerSettings { scheme, idle_timeout, client_keep_alive, .. } =
        built_in("the-real-example").load_balancer;
    assert_eq!(scheme, Scheme::InternetFacing);
    assert_eq!(idle_timeout, LoadBalancerSettings::IDLE_TIMEOUT);
    assert_eq!(client_keep_alive, LoadBalancerSettings::CLIENT_KEEP_ALIVE);
}

/// API `LoadBalancerAttribute`: an Application Load Balancer has cross-zone load balancing on, and no attribute to turn
/// it off; that is what target groups can do.
#[test]
fn a_load_balancers_own_cross_zone_attribute_is_on_and_cannot_be_changed() {
    assert!(CrossZone::UseLoadBalancerConfiguration.is_on());
    assert!(LoadBalancerAttribute::parse("load_balancing.cross_zone.enabled", "false").is_err());
}

/// The problems of the real example's file with one value replaced.
fn problems(pointer: &str, value: Value) -> String {
    let mut document: Value = serde_json::from_str(BUILT_IN[0].1).expect("it is JSON");
    *document.pointer_mut(pointer).expect(pointer) = value;
    Scenario::from_json(&document.to_string()).expect_err(pointer).to_string()
}

/// ALB guide, "Application Load Balancers": at least two Availability Zones.
#[test]
fn a_load_balancer_has_at_least_two_zones() {
    let zones = "/LoadBalancers/0/AvailabilityZones";
    assert!(problems(zones, json!(["us-east-1a"])).contains("AvailabilityZones"));
}

/// API `Action`: exactly one routing action.
#[test]
fn a_listener_has_exactly_one_routing_action() {
    let group = json!({ "Type": "forward", "TargetGroupArn": "web-tg" });
    for actions in [json!([]), json!([group, group])] {
        assert!(problems("/Listeners/0/DefaultActions", actions).contains("DefaultActions"));
    }
}

/// API `CreateTargetGroup`, `HealthCheckPath`: 1 to 1024 characters.
#[test]
fn a_health_check_path_has_1_to_1024_characters() {
    let change = |path: String| HealthCheckSettings::default().change(&HealthCheckChange::Path(path));
    assert_eq!(change("/".to_owned()), Ok(()));
    assert_eq!(change(format!("/{}", "p".repeat(1_023))), Ok(()));
    for path in [String::new(), "health".to_owned(), format!("/{}", "p".repeat(1_024))] {
        assert_eq!(change(path), Err(HealthCheckRefused::Path));
    }
}

/// ALB guide, "Troubleshoot" (502): the target's answer is malformed. Its health checks pass all the same; and since
/// the target was connected to and answered nothing that counts, it is neither a connection error nor among the
/// target's codes.
#[test]
fn an_answer_that_is_not_http_is_502_and_health_checks_do_not_notice() {
    let mut simulation = run(&plain(), 10);
    apply(&mut simulation, Command::GarbleResponses(TASK));
    run_to(&mut simulation, 60);
    let causes = made_by_the_balancer(&simulation);
    assert!(causes.len() > 100, "a third of 8/s for 50 s: {}", causes.len());
    assert!(causes.iter().all(|cause| *cause == BalancerCause::MalformedResponse));
    let metrics = simulation.metrics();
    assert_eq!(metrics.count(Metric::Elb502), causes.len() as u64);
    assert_eq!((metrics.count(Metric::TargetConnectionError), metrics.count(Metric::Target5xx)), (0, 0));
    assert_eq!(state_of(&simulation, 2), TargetState::Healthy);
}

/// ALB guide, "CloudWatch metrics", `HTTP_Redirect_Url_Limit_Exceeded_Count`: the location would be longer than 8 K.
/// "Troubleshoot": 507. It is no `HTTP_Redirect_Count`, which counts those that succeed.
#[test]
fn a_redirect_to_more_than_8_k_is_507() {
    let mut scenario = plain();
    let redirect = Redirect { port: Some(8_080), ..Redirect::keep_all(RedirectStatus::Found302) };
    scenario.listeners[0].default_action = Action::Redirect(redirect);
    scenario.traffic.kinds[0].request.path = format!("/{}", "p".repeat(8_192));
    let simulation = run(&scenario, 30);
    let metrics = simulation.metrics();
    assert_eq!(statuses(&simulation), [507]);
    let too_long = metrics.count(Metric::RedirectUrlLimitExceeded);
    assert!(too_long > 200, "8/s for 30 s: {too_long}");
    assert_eq!(metrics.count(Metric::Elb5xx), too_long);
    assert_eq!((metrics.count(Metric::Redirect), metrics.count(Metric::RequestCount)), (0, 0));
}

/// ALB guide, "CloudWatch metrics", `HTTPCode_Target_4XX_Count`: a code that the target made, here for a path that it
/// does not know, is the target's and not the load balancer's.
#[test]
fn the_codes_of_targets_are_counted_by_their_class() {
    let mut scenario = plain();
    scenario.services[0].task_definition.container.paths = vec!["/health".to_owned(), "/known".to_owned()];
    let kind = scenario.traffic.kinds[0].clone();
    let asks = |path: &str| {
        let mut kind = RequestKind { name: path.to_owned(), weight: 1, ..kind.clone() };
        kind.request.path = path.to_owned();
        kind
    };
    scenario.traffic.kinds = vec![asks("/known"), asks("/unknown")];
    let simulation = run(&scenario, 60);
    assert_eq!(statuses(&simulation), [200, 404]);
    let count = |metric| simulation.metrics().count(metric);
    assert!(count(Metric::Target2xx) > 100 && count(Metric::Target4xx) > 100);
    assert_eq!((count(Metric::Target5xx), count(Metric::Elb4xx), count(Metric::Elb5xx)), (0, 0, 0));
}

/// ALB guide, "Condition types", path conditions: a pattern chooses the rule and leaves the path as it is. Here the
/// target knows one of two paths that the same pattern fits.
#[test]
fn a_path_pattern_does_not_alter_what_the_target_is_asked_for() {
    let mut scenario = plain();
    scenario.services[0].task_definition.container.paths = vec!["/health".to_owned(), "/shop/a".to_owned()];
    scenario.listeners[0].rules = vec![Rule {
        priority: 1,
        conditions: vec![Condition::PathPattern(vec!["/shop/*".to_owned()])],
        action: Action::Forward(Forward::to(FIRST_GROUP)),
    }];
    for (path, status) in [("/shop/a", 200), ("/shop/b", 404)] {
        scenario.traffic.kinds[0].request.path = path.to_owned();
        assert_eq!(statuses(&run(&scenario, 10)), [status], "{path}");
    }
}

/// ALB guide, "CloudWatch metrics": `HealthyStateDNS`, `UnhealthyStateDNS`, `HealthyStateRouting` and
/// `UnhealthyStateRouting` count the zones that meet the thresholds and those that do not. With cross-zone load
/// balancing off each zone stands for itself; with it on, all targets count together.
#[test]
fn zones_are_counted_by_whether_they_meet_the_thresholds() {
    for (cross_zone, expected) in [(CrossZone::Off, (1, 1)), (CrossZone::On, (2, 0))] {
        let mut scenario = unattended();
        scenario.target_groups[0].cross_zone = cross_zone;
        let mut simulation = run(&scenario, 10);
        // Tasks 1 and 3 are in the first zone; the second has task 2 alone.
        apply(&mut simulation, Command::FailHealthCheck(TASK));
        run_to(&mut simulation, 60);
        let group = &latest_minute(&simulation).groups[0];
        assert_eq!((group.dns_zones, group.routing_zones), (expected, expected), "{cross_zone:?}");
    }
}

/// ALB guide, "Health checks": the connection of a check is closed after it. "CloudWatch metrics": checks are no
/// requests, and those that fail are no `TargetConnectionErrorCount`.
#[test]
fn checks_leave_no_connection_behind_and_are_counted_nowhere() {
    let mut simulation = run(&with_rate(unattended(), 0.0), 10);
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 29);
    let target = simulation.load_balancer().target(target_of(&simulation, 2));
    assert!(target.checks().any(|check| check.result.is_err()), "the dead one is checked in vain");
    assert_eq!(simulation.load_balancer().target_connections(simulation.now()), 0);
    assert!(simulation.metrics().counters().iter().all(|(_, count)| count == 0));
}

/// ALB guide, "CloudWatch metrics", `RequestCountPerTarget`: over the registered targets when none is healthy.
#[test]
fn request_count_per_target_divides_by_the_registered_targets_when_none_is_healthy() {
    let mut simulation = run(&unattended(), 10);
    (1..=3).for_each(|task| apply(&mut simulation, Command::FailHealthCheck(TaskId::new(task))));
    run_to(&mut simulation, 60);
    assert!((1..=3).all(|task| state_of(&simulation, task) == TargetState::Unhealthy));
    let group = &latest_minute(&simulation).groups[0];
    let requests = group.counters.get(Metric::RequestCount) as f64;
    assert_eq!(group.request_count_per_target, Some(requests / 3.0));
}

/// No page of AWS speaks of a queue in an Application Load Balancer: however busy the targets are, a request is
/// forwarded at the instant at which its node gets it.
#[test]
fn a_load_balancer_holds_no_request_back() {
    let mut simulation = run(&with_work(with_rate(plain(), 40.0), 20), 10);
    for second in 11..30 {
        run_to(&mut simulation, second);
        let held: u32 = simulation.load_balancer().nodes().iter().map(|node| node.in_flight()).sum();
        let forwarded: u32 =
            simulation.load_balancer().all_targets().iter().map(|target| target.outstanding()).sum();
        assert!(held > 300 && held == forwarded, "{held} at the nodes, {forwarded} forwarded");
    }
}

/// ALB guide, "Edit target group attributes", deregistration delay: when a draining target closes the connection of a
/// request in flight, the client gets a 5xx.
#[test]
fn a_process_that_ends_while_its_target_drains_is_502_for_what_it_had_in_hand() {
    let mut simulation = run(&with_work(with_rate(plain(), 2.0), 8), 30);
    apply(&mut simulation, Command::StopTask(TASK));
    assert_eq!(state_of(&simulation, 2), TargetState::Draining);
    let in_flight = simulation.load_balancer().target(target_of(&simulation, 2)).outstanding();
    assert!(in_flight >= 4, "a third of 2/s, 8 s each: {in_flight}");
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 31);
    let causes = made_by_the_balancer(&simulation);
    assert_eq!(causes, vec![BalancerCause::ConnectionReset; in_flight as usize]);
}

/// Our choice, "Requests in flight on a target that turns unhealthy": they go on to their end.
#[test]
fn requests_in_flight_on_a_target_that_turns_unhealthy_are_answered() {
    let mut scenario = with_work(with_rate(unattended(), 1.0), 20);
    // More than 20 s of 1/s need, so that nobody's checks wait behind requests.
    scenario.services[0].task_definition.container.workers = 32;
    let mut simulation = run(&scenario, 30);
    apply(&mut simulation, Command::FailHealthCheck(TASK));
    run_to(&mut simulation, 42);
    assert_eq!(state_of(&simulation, 2), TargetState::Unhealthy);
    let target = target_of(&simulation, 2);
    let (routed, in_flight) =
        (routed_to(&simulation, 2), simulation.load_balancer().target(target).outstanding());
    assert!(in_flight > 0);
    run_to(&mut simulation, 70);
    assert_eq!(routed_to(&simulation, 2), routed, "it gets no new ones");
    assert_eq!(simulation.load_balancer().target(target).outstanding(), 0);
    assert_eq!(made_by_the_balancer(&simulation), [], "and those that it had were answered by it");
}

/// Our choice, "Requests in flight on a target that turns unhealthy": nothing is tried again on another target, so
/// that every request is routed once at most, and what a dead target refuses is 502 though two others are well.
#[test]
fn no_request_is_tried_again_on_another_target() {
    let mut simulation = run(&plain(), 10);
    apply(&mut simulation, Command::KillTask(TASK));
    run_to(&mut simulation, 14);
    let routed = steps(&simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Routed { request, .. } => Some(request.number()),
        _ => None,
    });
    let mut routed: Vec<_> = routed.collect();
    let all = routed.len();
    routed.sort_unstable();
    routed.dedup();
    assert_eq!(routed.len(), all);
    assert!(made_by_the_balancer(&simulation).len() >= 9, "a third of 8/s for 4 s");
}

/// ALB guide, "Troubleshoot" (503): all registered targets are `unused`, here because their zone is not enabled for the
/// load balancer.
#[test]
fn with_unused_targets_alone_the_answer_is_503() {
    let mut scenario = unattended();
    scenario.zones.push("us-east-1c".to_owned());
    scenario.services[0].zones = vec![2];
    let simulation = run(&scenario, 30);
    assert!((1..=3).all(|task| state_of(&simulation, task) == TargetState::Unused));
    assert_eq!(statuses(&simulation), [503]);
    assert!(made_by_the_balancer(&simulation).iter().all(|cause| *cause == BalancerCause::NoTarget));
    assert_eq!(simulation.metrics().count(Metric::RequestCount), 0);
}
