//! Security groups: what lets nothing in, or nothing through to the targets (ALB guide, "Security groups",
//! "Troubleshoot").

use albatross_engine::elb::{TargetHealthReason, TargetState};
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::{BalancerCause, ClientError, Step};
use albatross_engine::vpc::{Peer, Permission, SecurityGroup, SecurityGroupId};
use albatross_engine::{Command, Scenario, Simulation};

use crate::world::*;

const BALANCERS: SecurityGroupId = SecurityGroupId::new(0);
const TASKS: SecurityGroupId = SecurityGroupId::new(1);

fn everywhere() -> Peer {
    Peer::Cidr("0.0.0.0/0".parse().expect("a block"))
}

const fn port(port: u16, peer: Peer) -> Permission {
    Permission { from_port: port, to_port: port, peer }
}

/// The real example with the security groups that AWS's guide asks for.
fn guarded() -> Scenario {
    let mut scenario = plain();
    let all = Permission { from_port: 0, to_port: u16::MAX, peer: everywhere() };
    let group = |name: &str, ingress| SecurityGroup { name: name.to_owned(), ingress, egress: vec![all] };
    scenario.security_groups = vec![
        group("alb-sg", vec![port(80, everywhere())]),
        group("task-sg", vec![port(3_000, Peer::SecurityGroup(BALANCERS))]),
    ];
    scenario.load_balancer.security_groups = vec![BALANCERS];
    scenario.services[0].security_groups = vec![TASKS];
    scenario
}

#[test]
fn with_the_rules_that_aws_asks_for_everything_works() {
    let mut simulation = Simulation::new(&guarded(), 7);
    run_to(&mut simulation, 60);
    let sent = simulation.traffic().sent();
    assert!(simulation.metrics().count(Metric::Target2xx) > sent - 5 && sent > 400);
}

/// ALB guide, "Security groups": the listener's port must be open to clients. Without it they get no connection, and
/// the load balancer counts nothing.
#[test]
fn a_load_balancer_that_lets_nobody_in_gets_no_request() {
    let mut scenario = guarded();
    scenario.security_groups[0].ingress.clear();
    scenario.traffic.timeout = Some(SimDuration::from_secs(5));
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    let errors = steps(&simulation).into_iter().filter_map(|(_, step)| match step {
        Step::GaveUp { error, .. } => Some(error),
        _ => None,
    });
    let errors: Vec<ClientError> = errors.collect();
    assert!(errors.len() > 400 && errors.iter().all(|error| *error == ClientError::Timeout));
    assert_eq!(simulation.load_balancer().nodes().iter().map(|node| node.received()).sum::<u64>(), 0);
    assert_eq!(simulation.metrics().count(Metric::NewConnection), 0);
    assert!(simulation.metrics().count(Metric::Elb4xx) == 0, "nobody tells the load balancer of it");
}

/// ALB guide, "Troubleshoot": targets whose security group does not let the load balancer in fail their checks by
/// `Target.Timeout`, and requests are 504 after the 10 s in which a connection must come about.
#[test]
fn targets_that_let_the_load_balancer_out_time_out_with_504_after_10_seconds() {
    let mut scenario = guarded();
    // Every request needs a connection of its own: those that are open go on, for security groups are stateful.
    scenario.services[0].task_definition.container.keep_alive = None;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 20);
    apply(&mut simulation, Command::RevokeIngress(TASKS, port(3_000, Peer::SecurityGroup(BALANCERS))));
    let target = target_of(&simulation, 1);
    run_to(&mut simulation, 45);
    let seen = simulation.load_balancer().target(target).states().to_vec();
    let timed_out =
        |reason: Option<TargetHealthReason>| reason.is_some_and(|reason| reason.code() == "Target.Timeout");
    assert!(
        seen.iter().any(|(_, health)| health.state == TargetState::Unhealthy && timed_out(health.reason)),
        "{seen:?}"
    );
    let answers = steps(&simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Answered { author: albatross_engine::trace::Author::LoadBalancer(cause), took, .. } => {
            Some((cause, took.as_seconds()))
        }
        _ => None,
    });
    let answers: Vec<_> = answers.collect();
    assert!(!answers.is_empty());
    assert!(answers.iter().all(|answer| *answer == (BalancerCause::ConnectTimeout, 10.0)), "{answers:?}");
}

/// EC2 guide, "Security group rules": a rule that is added applies to new connections at once.
#[test]
fn opening_the_port_again_heals_it() {
    let mut scenario = guarded();
    scenario.security_groups[1].ingress.clear();
    scenario.services[0].health_check_grace_period = SimDuration::from_secs(3_600);
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 60);
    assert_eq!(state_of(&simulation, 1), TargetState::Unhealthy);
    assert_eq!(simulation.metrics().count(Metric::Target2xx), 0);
    apply(&mut simulation, Command::AuthorizeIngress(TASKS, port(3_000, Peer::SecurityGroup(BALANCERS))));
    // Two passed checks, 5 s apart, of either node.
    run_to(&mut simulation, 80);
    assert_eq!(state_of(&simulation, 1), TargetState::Healthy);
    assert!(simulation.metrics().count(Metric::Target2xx) > 100);
}

/// ELB guide, "How Elastic Load Balancing works": the nodes of an internal load balancer have private addresses only.
#[test]
fn an_internal_load_balancer_cannot_be_reached_from_the_internet() {
    let mut scenario = plain();
    scenario.load_balancer.scheme = albatross_engine::elb::Scheme::Internal;
    let received = |scenario: &Scenario| {
        let mut simulation = Simulation::new(scenario, 7);
        run_to(&mut simulation, 30);
        simulation.requests_received()
    };
    assert_eq!(received(&scenario), 0);
    scenario.traffic.client_addresses = "10.0.200.0/24".parse().expect("a block");
    assert!(received(&scenario) > 200);
}
