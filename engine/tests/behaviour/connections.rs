//! Connections of clients to nodes and of nodes to targets: reuse, idle timeouts, the keep-alive race, time to connect.

use albatross_engine::elb::LoadBalancerAttribute;
use albatross_engine::elb::TargetConnection;
use albatross_engine::kernel::{Distribution, SimDuration};
use albatross_engine::trace::{BalancerCause, ClientPath, Step};
use albatross_engine::traffic::RequestRate;
use albatross_engine::{Command, Scenario, Simulation, ecs::TaskId};

use crate::world::*;

/// One client, one task, a request every `gap`, each of them over in an instant.
fn lonely(gap: SimDuration) -> Scenario {
    let mut scenario = plain();
    scenario.traffic.clients = 1;
    scenario.traffic.profile.base = RequestRate::per_second(1.0 / gap.as_seconds()).expect("in range");
    scenario.services[0].desired_count = 1;
    scenario.services[0].task_definition.container.service_time =
        Distribution::Constant { value: SimDuration::from_millis(10) };
    scenario
}

fn explained(scenario: &Scenario, seconds: u64) -> Simulation {
    let mut simulation = Simulation::new(scenario, 7);
    simulation.explain(4_096);
    run_to(&mut simulation, seconds);
    simulation
}

/// How every request came to its node and to its target.
fn paths(simulation: &Simulation) -> Vec<(ClientPath, TargetConnection)> {
    let sent = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Routed { request, .. } => Some(request),
        _ => None,
    });
    let why = simulation.trace().why().expect("it is recorded");
    sent.filter_map(|request| why.get(request))
        .map(|why| (why.path, why.connection.expect("it was routed")))
        .collect()
}

fn balancer_causes(simulation: &Simulation) -> Vec<BalancerCause> {
    let answers = steps(simulation).into_iter().filter_map(|(_, step)| match step {
        Step::Answered { author: albatross_engine::trace::Author::LoadBalancer(cause), .. } => Some(cause),
        _ => None,
    });
    answers.collect()
}

/// ELB guide, "How Elastic Load Balancing works": connections on both sides are kept and used again; the first request
/// of a client and of a node to a target opens one.
#[test]
fn connections_on_both_sides_are_used_again() {
    let simulation = explained(&lonely(SimDuration::from_secs(2)), 60);
    let paths = paths(&simulation);
    assert_eq!(paths[0], (ClientPath::NewByNewAnswer { nodes: 2 }, TargetConnection::New));
    assert!(paths.len() > 25);
    for (client, target) in &paths[1..] {
        assert_eq!(*client, ClientPath::Reused);
        assert!(matches!(target, TargetConnection::Reused { .. }));
    }
    assert_eq!(simulation.metrics().count(Metric::NewConnection), 2, "one on each side");
    assert_eq!(simulation.active_connections(), 2, "ActiveConnectionCount has both sides");
}

/// ALB guide, "Edit attributes": `idle_timeout.timeout_seconds` applies to both sides. With a request every 62.5 s and
/// 60 s of idle timeout every request opens both anew; with 80 s none but the first does.
#[test]
fn an_idle_connection_is_closed_after_the_idle_timeout_on_both_sides() {
    let mut scenario = lonely(SimDuration::from_millis(62_500));
    scenario.services[0].task_definition.container.keep_alive = Some(SimDuration::from_secs(600));
    for (idle_timeout, connections) in [("60", 20), ("80", 2)] {
        let mut simulation = Simulation::new(&scenario, 7);
        let attribute = LoadBalancerAttribute::parse("idle_timeout.timeout_seconds", idle_timeout);
        apply(&mut simulation, Command::ModifyLoadBalancer(attribute.expect("in range")));
        run_to(&mut simulation, 626);
        assert_eq!(simulation.traffic().sent(), 10);
        assert_eq!(simulation.metrics().count(Metric::NewConnection), connections, "{idle_timeout} s");
    }
}

/// ALB guide, "Edit attributes", `client_keep_alive.seconds`: the life of a client's connection is counted from when it
/// was opened; after it one more request is served, and the connection is closed.
#[test]
fn a_clients_connection_is_closed_at_the_first_request_after_its_keep_alive() {
    let mut scenario = lonely(SimDuration::from_secs(10));
    scenario.load_balancer.client_keep_alive = SimDuration::from_secs(60);
    let simulation = explained(&scenario, 301);
    let opened: Vec<usize> = (0..)
        .zip(paths(&simulation))
        .filter(|(_, (client, _))| *client != ClientPath::Reused)
        .map(|(index, _)| index)
        .collect();
    // Opened with the request at 10 s, it serves those up to 70 s and, being over its 60 s, one more.
    assert_eq!(opened, [0, 8, 16, 24]);
}

/// ALB guide, "Troubleshoot" (502) and "Edit attributes": a target whose keep-alive is shorter than the idle timeout
/// closes connections that the load balancer still takes for open. A request every 5 s meets that millisecond, whenever
/// the one before came over a connection that was open already: every third.
#[test]
fn a_keep_alive_shorter_than_the_idle_timeout_gives_502_on_a_healthy_target() {
    // The target's clock runs from its answer, 10 ms after the request came. The next comes 0.5 ms after it has closed,
    // and was sent 0.5 ms before the news of that could be at the node.
    let keep_alive = SimDuration::from_micros(5_000_000 - 10_000 - 500);
    let mut scenario = lonely(SimDuration::from_secs(5));
    scenario.services[0].task_definition.container.keep_alive = Some(keep_alive);
    let simulation = explained(&scenario, 300);
    let causes = balancer_causes(&simulation);
    assert!((19..=20).contains(&causes.len()), "60 requests: {}", causes.len());
    assert!(causes.iter().all(|cause| *cause == BalancerCause::KeepAliveRace), "{causes:?}");
    assert_eq!(simulation.metrics().count(Metric::TargetConnectionError), 0, "the connection was there");

    // AWS's advice: longer than the idle timeout. The same traffic then loses nothing.
    scenario.services[0].task_definition.container.keep_alive = Some(SimDuration::from_secs(65));
    assert_eq!(balancer_causes(&explained(&scenario, 300)), []);
}

/// ELB guide, "How Elastic Load Balancing works": `Connection: close` of the target prevents reuse.
#[test]
fn a_target_that_closes_its_connections_gets_a_new_one_for_every_request() {
    let mut scenario = lonely(SimDuration::from_secs(1));
    scenario.services[0].task_definition.container.keep_alive = None;
    let simulation = explained(&scenario, 60);
    assert!(paths(&simulation).iter().all(|(_, target)| *target == TargetConnection::New));
}

/// ELB guide, "How Elastic Load Balancing works": clients of one node share its connections to a target. 26 clients
/// whose requests never overlap need one connection from each node.
#[test]
fn requests_of_many_clients_share_a_connection_to_the_target() {
    let mut scenario = lonely(SimDuration::from_millis(500));
    scenario.traffic.clients = 26;
    let mut simulation = Simulation::new(&scenario, 7);
    run_to(&mut simulation, 120);
    assert_eq!(simulation.load_balancer().target_connections(simulation.now()), 2);
}

/// A new connection costs the client a round trip of 30 ms, and the node one of 1 ms.
#[test]
fn a_new_connection_takes_a_round_trip_more() {
    let simulation = explained(&lonely(SimDuration::from_secs(2)), 20);
    let latencies: Vec<f64> = steps(&simulation)
        .into_iter()
        .filter_map(|(_, step)| match step {
            Step::Received { latency, .. } => Some(latency.as_milliseconds()),
            _ => None,
        })
        .collect();
    assert_eq!(latencies[..3], [30.0 + 1.0 + 41.0, 41.0, 41.0]);
}

/// ALB guide, "Troubleshoot" (502): the process is killed, and its idle connections with it; connections are refused
/// from then on.
#[test]
fn a_killed_process_takes_its_connections_along() {
    let mut simulation = Simulation::new(&lonely(SimDuration::from_secs(2)), 7);
    run_to(&mut simulation, 11);
    assert_eq!(simulation.load_balancer().target_connections(simulation.now()), 1);
    apply(&mut simulation, Command::KillTask(TaskId::new(1)));
    assert_eq!(simulation.load_balancer().target_connections(simulation.now()), 0);
    run_to(&mut simulation, 13);
    assert_eq!(balancer_causes(&simulation), [BalancerCause::ConnectionRefused]);
}
