//! Listeners, rules and actions, wired: what a request meets, and what is counted of it.

use albatross_engine::elb::TargetGroupId;
use albatross_engine::elb::TargetGroupSettings;
use albatross_engine::elb::listener::{
    Action, Certificate, CertificateKey, Condition, FixedResponse, Forward, HttpRequest, HttpVersion,
    Listener, Matched, Protocol, ProtocolVersion, Redirect, RedirectStatus, Rule, SecurityPolicy, TlsVersion,
};
use albatross_engine::trace::{ClientError, Step};
use albatross_engine::traffic::RequestKind;
use albatross_engine::{Scenario, Simulation};

use crate::world::*;

const SECOND_GROUP: TargetGroupId = TargetGroupId::new(1);

fn kind(method: &str, path: &str) -> RequestKind {
    RequestKind {
        name: path.to_owned(),
        weight: 1,
        request: HttpRequest { method: method.to_owned(), path: path.to_owned(), ..HttpRequest::default() },
        clients: None,
        work: None,
        silent: false,
    }
}

fn rule(priority: u16, path: &str, action: Action) -> Rule {
    Rule { priority, conditions: vec![Condition::PathPattern(vec![path.to_owned()])], action }
}

fn answers(status: u16) -> Action {
    Action::FixedResponse(FixedResponse { status, content_type: None, body: String::new() })
}

/// Two services, `web` and `api`, each in a target group of its own; `/api/*` goes to the second.
fn two_services() -> Scenario {
    let mut scenario = plain();
    let mut api = scenario.services[0].clone();
    api.name = "api".to_owned();
    api.target_group = Some(SECOND_GROUP);
    scenario.services.push(api);
    let health_check = scenario.target_groups[0].health_check.clone();
    let group = TargetGroupSettings { health_check, ..TargetGroupSettings::new("api-tg", 3_000) };
    scenario.target_groups.push(group);
    scenario.listeners[0].rules = vec![rule(10, "/api/*", Action::Forward(Forward::to(SECOND_GROUP)))];
    scenario
}

fn run(scenario: &Scenario, seconds: u64) -> Simulation {
    let mut simulation = Simulation::new(scenario, 7);
    simulation.explain(10_000);
    run_to(&mut simulation, seconds);
    simulation
}

fn statuses(simulation: &Simulation) -> Vec<u16> {
    simulation.metrics().statuses().map(|(status, _)| status).collect()
}

/// ALB guide, "Listener rules": rules by priority, then the default rule.
#[test]
fn a_path_rule_sends_its_requests_to_its_target_group() {
    let mut scenario = two_services();
    scenario.traffic.kinds = vec![kind("GET", "/api/orders"), kind("GET", "/index.html")];
    let simulation = run(&scenario, 60);
    for (_, step) in steps(&simulation) {
        if let Step::Routed { request, choice, .. } = step {
            let why = simulation.trace().why().and_then(|why| why.get(request)).expect("it is kept");
            let path = &simulation.traffic().request(why.kind).expect("it exists").path;
            let expected = if path.starts_with("/api/") { SECOND_GROUP } else { FIRST_GROUP };
            assert_eq!(choice.group, expected, "{path}");
            let matched = if path.starts_with("/api/") { Matched::Rule(0) } else { Matched::Default };
            assert_eq!(why.matched, Some(matched));
        }
    }
    let metrics = simulation.metrics();
    let by_group = [FIRST_GROUP, SECOND_GROUP]
        .map(|group| metrics.group(group).expect("exists").get(Metric::RequestCount));
    assert_eq!(by_group.iter().sum::<u64>(), metrics.count(Metric::RequestCount));
    // 480 requests, each to either with one half: the standard deviation is 11, and 50 is more than four of them.
    assert!(by_group[0].abs_diff(by_group[1]) < 100, "{by_group:?}");
    // ALB guide, "CloudWatch metrics": the default rule is not among the rule evaluations.
    let at_nodes: u64 = simulation.load_balancer().nodes().iter().map(|node| node.received()).sum();
    assert_eq!(metrics.count(Metric::RuleEvaluations), at_nodes);
}

/// ALB guide, "CloudWatch metrics": `RequestCount` counts requests for which a target was chosen, so neither fixed
/// responses nor redirects.
#[test]
fn a_fixed_response_reaches_no_target_and_is_no_request_count() {
    let mut scenario = plain();
    scenario.listeners[0].rules = vec![rule(1, "/down", answers(503))];
    scenario.traffic.kinds = vec![kind("GET", "/down")];
    let simulation = run(&scenario, 30);
    let metrics = simulation.metrics();
    assert_eq!(statuses(&simulation), [503]);
    assert_eq!(metrics.count(Metric::RequestCount), 0);
    assert_eq!(metrics.count(Metric::FixedResponse), metrics.count(Metric::Elb503));
    assert!(metrics.count(Metric::FixedResponse) > 200);
}

fn certificate(domain: &str) -> Certificate {
    Certificate {
        arn: domain.to_owned(),
        domains: vec![domain.to_owned()],
        key: CertificateKey::Rsa(2_048),
        hash_bits: 256,
        expired: false,
        validity_days: 395,
    }
}

fn https(policy: SecurityPolicy) -> Listener {
    Listener {
        port: 443,
        protocol: Protocol::Https,
        certificates: vec![certificate("www.example.com")],
        ssl_policy: Some(policy),
        default_action: Action::Forward(Forward::to(FIRST_GROUP)),
        rules: Vec::new(),
    }
}

/// ALB guide, "Action types": HTTP to HTTPS. The client follows, and the target answers the second request.
#[test]
fn http_is_redirected_to_https_and_clients_follow() {
    let mut scenario = plain();
    let redirect = Redirect {
        protocol: Some(Protocol::Https),
        port: Some(443),
        ..Redirect::keep_all(RedirectStatus::MovedPermanently301)
    };
    scenario.listeners[0].default_action = Action::Redirect(redirect);
    scenario.listeners.push(https(SecurityPolicy::CONSOLE_DEFAULT));
    let simulation = run(&scenario, 60);
    let metrics = simulation.metrics();
    assert_eq!(statuses(&simulation), [200, 301]);
    let redirected = metrics.count(Metric::Redirect);
    assert!(redirected > 400);
    assert_eq!(metrics.count(Metric::Elb3xx), redirected);
    assert!(metrics.count(Metric::RequestCount).abs_diff(redirected) <= 3, "each redirect becomes a request");
    // Without following there is nothing behind the redirect.
    scenario.traffic.follow_redirects = false;
    assert_eq!(statuses(&run(&scenario, 30)), [301]);
}

/// A redirect that leads to itself is followed 20 times and given back.
#[test]
fn a_redirect_loop_ends() {
    let mut scenario = plain();
    // The query alone would not be taken, the path is: /x#{path} grows with every hop.
    let redirect = Redirect { path: "/x/#{path}".to_owned(), ..Redirect::keep_all(RedirectStatus::Found302) };
    scenario.listeners[0].default_action = Action::Redirect(redirect);
    scenario.traffic.profile.base =
        albatross_engine::traffic::RequestRate::per_second(0.5).expect("in range");
    let simulation = run(&scenario, 61);
    assert_eq!(statuses(&simulation), [302]);
    assert_eq!(simulation.traffic().sent(), 30 * 21, "30 errands of one request and 20 hops");
}

/// ALB guide, "Security policies": TLS costs a new connection one round trip with TLS 1.3 and two before.
#[test]
fn tls_adds_its_handshake_to_a_new_connection() {
    let first_latency = |protocol, newest| {
        let mut scenario = plain();
        scenario.listeners.push(https(SecurityPolicy::Tls13_1_2_2021_06));
        scenario.traffic.tls = (TlsVersion::V1_2, newest);
        let port = if protocol == Protocol::Https { 443 } else { 80 };
        scenario.traffic.kinds[0].request.port = port;
        scenario.traffic.kinds[0].request.protocol = protocol;
        let simulation = run(&scenario, 2);
        let first = steps(&simulation).into_iter().find_map(|(_, step)| match step {
            Step::Received { latency, .. } => Some(latency.as_milliseconds()),
            _ => None,
        });
        first.expect("one was answered")
    };
    let plain = first_latency(Protocol::Http, TlsVersion::V1_3);
    assert_eq!(first_latency(Protocol::Https, TlsVersion::V1_3), plain + 30.0);
    assert_eq!(first_latency(Protocol::Https, TlsVersion::V1_2), plain + 60.0);
}

/// ALB guide, "CloudWatch metrics", `ClientTLSNegotiationErrorCount`.
#[test]
fn without_a_common_tls_version_or_a_fitting_certificate_there_is_no_session() {
    let mut old = plain();
    old.listeners.push(https(SecurityPolicy::Tls13_1_3_2021_06));
    old.traffic.tls = (TlsVersion::V1_0, TlsVersion::V1_2);
    old.traffic.kinds[0].request.port = 443;
    old.traffic.kinds[0].request.protocol = Protocol::Https;
    let mut stranger = old.clone();
    stranger.traffic.tls = (TlsVersion::V1_2, TlsVersion::V1_3);
    stranger.traffic.kinds[0].request.host = "shop.example.org".to_owned();
    for scenario in [old, stranger] {
        let simulation = run(&scenario, 30);
        assert_eq!(simulation.requests_received(), 0);
        let errors = simulation.metrics().count(Metric::ClientTlsNegotiationError);
        assert!(errors > 200);
        assert!(steps(&simulation).into_iter().all(|(_, step)| match step {
            Step::GaveUp { error, .. } => error == ClientError::Tls,
            _ => true,
        }));
    }
}

/// ALB guide, "Listeners": without a listener on that port, nobody answers there.
#[test]
fn a_port_without_a_listener_refuses_connections() {
    let mut scenario = plain();
    scenario.traffic.kinds[0].request.port = 8_080;
    let simulation = run(&scenario, 10);
    let errors: Vec<ClientError> = steps(&simulation)
        .into_iter()
        .filter_map(|(_, step)| match step {
            Step::GaveUp { error, .. } => Some(error),
            _ => None,
        })
        .collect();
    assert!(errors.len() > 70 && errors.iter().all(|error| *error == ClientError::ConnectionRefused));
}

/// ALB guide, "Troubleshoot": the statuses that a node makes before it looks for a target. None of them is counted in
/// `RequestCount`.
#[test]
fn requests_that_a_node_does_not_take_are_answered_by_itself() {
    let request = HttpRequest::default;
    let header = |name: &str, value: String| vec![(name.to_owned(), value)];
    let addresses = vec!["192.0.2.1"; 31].join(", ");
    for (status, request) in [
        (400, HttpRequest { headers: header("X-Long", "x".repeat(17_000)), ..request() }),
        (405, HttpRequest { method: "TRACE".to_owned(), ..request() }),
        (414, HttpRequest { path: format!("/{}", "x".repeat(17_000)), ..request() }),
        (463, HttpRequest { headers: header("X-Forwarded-For", addresses), ..request() }),
        (501, HttpRequest { headers: header("Transfer-Encoding", "gzip".to_owned()), ..request() }),
        (505, HttpRequest { version: HttpVersion::Other, ..request() }),
    ] {
        let mut scenario = plain();
        scenario.traffic.kinds[0].request = request;
        let simulation = run(&scenario, 10);
        assert_eq!(statuses(&simulation), [status]);
        let metrics = simulation.metrics();
        let class = if status < 500 { Metric::Elb4xx } else { Metric::Elb5xx };
        assert_eq!(metrics.count(class), metrics.statuses().map(|(_, count)| count).sum::<u64>(), "{status}");
        assert_eq!(metrics.count(Metric::RequestCount), 0, "{status}");
    }
}

/// ALB guide, "Troubleshoot" (464): HTTP/1.1 to a target group that speaks gRPC.
#[test]
fn a_protocol_that_the_target_group_does_not_speak_is_464() {
    let mut scenario = plain();
    scenario.listeners[0] = https(SecurityPolicy::default());
    scenario.target_groups[0].protocol_version = ProtocolVersion::Grpc;
    scenario.traffic.kinds[0].request.port = 443;
    scenario.traffic.kinds[0].request.protocol = Protocol::Https;
    assert_eq!(statuses(&run(&scenario, 10)), [464]);
}

/// ALB guide, "Listener rules": `source-ip` sees the client's own address.
#[test]
fn a_source_ip_rule_sees_the_clients_address() {
    let mut scenario = plain();
    scenario.traffic.clients = 2;
    let condition = Condition::SourceIp(vec!["203.0.113.1/32".parse().expect("a block")]);
    scenario.listeners[0].rules =
        vec![Rule { priority: 1, conditions: vec![condition], action: answers(403) }];
    let simulation = run(&scenario, 30);
    for (_, step) in steps(&simulation) {
        if let Step::Received { client, status, .. } = step {
            assert_eq!(status, if client.number() == 1 { 403 } else { 200 });
        }
    }
    assert_eq!(statuses(&simulation), [200, 403]);
}
