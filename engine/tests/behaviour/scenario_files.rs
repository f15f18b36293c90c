//! A scenario file says what it says: read, it is a scenario with just that in it.

use albatross_engine::command::Command;
use albatross_engine::elb::listener::{
    Action, CertificateKey, Condition, HttpVersion, Protocol, ProtocolVersion, SecurityPolicy, TlsVersion,
};
use albatross_engine::elb::routing::Algorithm;
use albatross_engine::elb::{CrossZone, HealthCheckChange, HealthCheckPort, Scheme, TargetGroupId};
use albatross_engine::kernel::{Distribution, SimDuration};
use albatross_engine::traffic::{Arrivals, Backoff, Retries, Shape};
use albatross_engine::vpc::{Peer, SecurityGroupId};
use albatross_engine::{Scenario, Simulation, scenario::BUILT_IN};
use serde_json::{Value, json};

use crate::world::seconds;

/// A valid file in which every field of the format stands.
pub(crate) const EVERYTHING: &str = include_str!("../scenarios/everything.json");

/// A file with other values in some places: nothing takes out what stands there.
pub(crate) fn edited(text: &str, edits: &[(&str, Value)]) -> String {
    let mut document: Value = serde_json::from_str(text).expect("it is JSON");
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        match (document.pointer_mut(parent), value) {
            (Some(Value::Object(fields)), Value::Null) => {
                fields.remove(key).unwrap_or_else(|| panic!("{pointer} is not there"));
            }
            (Some(Value::Object(fields)), value) => {
                fields.insert(key.to_owned(), value.clone());
            }
            (Some(Value::Array(elements)), value) => {
                elements[key.parse::<usize>().expect("an index")] = value.clone();
            }
            (other, _) => panic!("{pointer}: {other:?} has no fields"),
        }
    }
    document.to_string()
}

fn everything() -> Scenario {
    Scenario::from_json(EVERYTHING).unwrap_or_else(|error| panic!("{error}"))
}

fn millis(millis: u64) -> SimDuration {
    SimDuration::from_millis(millis)
}

fn in_seconds(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

#[test]
fn a_file_that_says_everything_is_valid_and_its_world_runs() {
    let mut simulation = Simulation::new(&everything(), 7);
    simulation.advance(seconds(120), u64::MAX);
    assert!(simulation.requests_received() > 3_000);
}

#[test]
fn security_groups_the_load_balancer_and_its_zones() {
    let scenario = everything();
    let ports: Vec<(u16, u16)> =
        scenario.security_groups[0].ingress.iter().map(|rule| (rule.from_port, rule.to_port)).collect();
    assert_eq!(ports, [(80, 80), (443, 443), (443, 443)]);
    let [alb, tasks] = [0, 1].map(SecurityGroupId::new);
    assert_eq!(scenario.security_groups[0].egress[0].peer, Peer::SecurityGroup(tasks));
    let from_alb = scenario.security_groups[1].ingress[0];
    assert_eq!((from_alb.from_port, from_alb.to_port, from_alb.peer), (0, 65_535, Peer::SecurityGroup(alb)));
    assert_eq!(scenario.security_groups[1].egress.len(), 2, "everything, IPv4 and IPv6");

    let balancer = &scenario.load_balancer;
    assert_eq!((balancer.scheme, &balancer.security_groups), (Scheme::InternetFacing, &vec![alb]));
    assert_eq!((balancer.idle_timeout, balancer.client_keep_alive), (in_seconds(30), in_seconds(600)));
    assert_eq!(balancer.zones, ["us-east-1a", "us-east-1b"]);
    assert_eq!(scenario.zones, ["us-east-1a", "us-east-1b", "us-east-1f"], "those of services come behind");
}

#[test]
fn listeners_with_certificates_rules_and_actions() {
    let listeners = everything().listeners;
    let [http, https] = listeners.as_slice() else { panic!("{listeners:?}") };
    assert_eq!((http.protocol, http.port, http.ssl_policy), (Protocol::Http, 80, None));
    let Action::Redirect(redirect) = &http.default_action else { panic!("{http:?}") };
    assert_eq!((redirect.protocol, redirect.port), (Some(Protocol::Https), Some(443)));

    assert_eq!(https.ssl_policy, Some(SecurityPolicy::Tls13_1_2_2021_06));
    let keys: Vec<CertificateKey> = https.certificates.iter().map(|certificate| certificate.key).collect();
    assert_eq!(keys, [CertificateKey::Rsa(2_048), CertificateKey::Ecdsa(256)], "the default one comes first");
    let Action::Forward(forward) = &https.default_action else { panic!("{https:?}") };
    let weights: Vec<u16> = forward.target_groups.iter().map(|entry| entry.weight).collect();
    assert_eq!((weights, forward.stickiness), (vec![90, 10], Some(in_seconds(3_600))));

    let priorities: Vec<u16> = https.rules.iter().map(|rule| rule.priority).collect();
    assert_eq!(priorities, [10, 20], "sorted by priority");
    let conditions: Vec<String> = https.rules[0].conditions.iter().map(Condition::to_string).collect();
    assert_eq!(
        conditions,
        [
            "host-header *.example.com",
            "path-pattern /admin/*",
            "http-request-method POST or PUT",
            "source-ip 203.0.113.0/24"
        ]
    );
    let conditions: Vec<String> = https.rules[1].conditions.iter().map(Condition::to_string).collect();
    assert_eq!(conditions, ["http-header X-Team: blue*", "query-string v=2 or new"]);
    let Action::FixedResponse(response) = &https.rules[0].action else { panic!("{https:?}") };
    assert_eq!((response.status, response.body.as_str()), (403, "no"));
}

/// CloudFormation's default of `SslPolicy` is not the console's (ALB guide, "Security policies").
#[test]
fn without_a_policy_a_listener_has_cloudformations() {
    let text = edited(EVERYTHING, &[("/Listeners/1/SslPolicy", Value::Null)]);
    let scenario = Scenario::from_json(&text).expect("valid");
    assert_eq!(scenario.listeners[1].ssl_policy, Some(SecurityPolicy::V2016_08));
}

#[test]
fn target_groups_and_their_health_checks() {
    let groups = everything().target_groups;
    let [shop, basket] = groups.as_slice() else { panic!("{groups:?}") };
    let check = &shop.health_check;
    assert_eq!((check.path.as_str(), check.port), ("/health", HealthCheckPort::Port(3_001)));
    assert_eq!((check.interval, check.timeout), (in_seconds(10), in_seconds(3)));
    assert_eq!((check.healthy_threshold, check.unhealthy_threshold), (3, 4));
    assert_eq!(check.matcher.to_string(), "200-204");
    assert!(shop.stickiness.enabled && shop.slow_start.is_on());
    assert_eq!(shop.dns_failover.count, Some(2));
    assert_eq!((basket.algorithm, basket.cross_zone), (Algorithm::WeightedRandom, CrossZone::Off));
    assert!(basket.anomaly_mitigation);
}

/// API `CreateTargetGroup`: the default path of gRPC; ALB guide, "Target groups": it needs HTTPS.
#[test]
fn a_grpc_target_group_has_a_path_of_its_own() {
    let text = edited(
        EVERYTHING,
        &[
            ("/TargetGroups/1/ProtocolVersion", json!("GRPC")),
            ("/Services/1/HealthCheckGracePeriodSeconds", json!(10)),
        ],
    );
    let group = &Scenario::from_json(&text).expect("valid").target_groups[1];
    assert_eq!(group.protocol_version, ProtocolVersion::Grpc);
    assert_eq!(group.health_check.path, "/AWS.ALB/healthcheck");
}

#[test]
fn services_and_their_containers() {
    let services = everything().services;
    let [shop, basket, worker] = services.as_slice() else { panic!("{services:?}") };
    assert_eq!(shop.target_group, Some(TargetGroupId::new(0)));
    assert_eq!((shop.zones.as_slice(), basket.zones.as_slice()), (&[0, 1][..], &[1, 2][..]));
    assert_eq!(shop.security_groups, [SecurityGroupId::new(1)]);
    let server = &shop.task_definition.container;
    assert_eq!((server.port, server.health_port), (3_000, Some(3_001)));
    assert_eq!((server.keep_alive, server.sets_cookie.as_deref()), (Some(in_seconds(60)), Some("SESSION")));
    assert_eq!((server.status_of("/items/1"), server.status_of("/other")), (200, 404));
    let slow_per_mille = 25;
    let bimodal = Distribution::Bimodal { fast: millis(20), slow: in_seconds(2), slow_per_mille };
    assert_eq!(basket.task_definition.container.service_time, bimodal);
    assert_eq!(basket.task_definition.container.keep_alive, None);
    assert_eq!((worker.target_group, worker.task_definition.revision), (None, 2), "the latest revision");
}

#[test]
fn clients_requests_and_a_trace() {
    let traffic = everything().traffic;
    assert_eq!((traffic.clients, traffic.client_addresses.to_string().as_str()), (40, "203.0.113.0/24"));
    assert_eq!((traffic.arrivals, traffic.client_latency), (Arrivals::Constant, millis(20)));
    assert!(matches!(traffic.profile.shape, Shape::Spike { lasts, .. } if lasts == in_seconds(20)));
    let urls: Vec<String> = traffic.kinds.iter().map(|kind| kind.request.url()).collect();
    assert_eq!(
        urls,
        [
            "https://shop.example.com/",
            "http://www.example.com/items/7?v=2",
            "https://api.example.com/admin/users",
            "http://www.example.com/",
            "http://www.example.com/items/1",
            "http://shop.example.com/items/1?a=1",
        ]
    );
    let weights: Vec<u32> = traffic.kinds.iter().map(|kind| kind.weight).collect();
    assert_eq!(weights, [8, 1, 1, 0, 0, 0]);
    assert_eq!(traffic.kinds[0].request.version, HttpVersion::Http2);
    assert_eq!(traffic.kinds[2].request.header("accept").collect::<Vec<_>>(), ["text/html", "*/*"]);
    assert_eq!((traffic.kinds[2].clients, traffic.kinds[3].silent), (Some((10, 5)), true));
    let trace: Vec<(u64, u32, u32)> = traffic
        .trace
        .iter()
        .map(|sent| (sent.at.as_micros() / 1_000, sent.kind.number(), sent.client.number()))
        .collect();
    assert_eq!(trace, [(1_500, 5, 0), (3_000, 4, 3), (4_000, 4, 0)], "in the order of time, each kind once");
    assert_eq!(traffic.tls, (TlsVersion::V1_2, TlsVersion::V1_3));
    let backoff = Backoff::Exponential { base: millis(200), cap: in_seconds(2) };
    assert_eq!(traffic.retries, Retries { attempts: 2, backoff });
    assert_eq!(traffic.timeout, Some(in_seconds(10)));
}

#[test]
fn a_trace_needs_no_other_traffic() {
    let text = edited(
        BUILT_IN[0].1,
        &[("/Traffic", json!({"Trace": [{"At": "1s", "Work": "5ms"}, {"At": "2s", "Work": "7ms"}]}))],
    );
    let mut simulation = Simulation::new(&Scenario::from_json(&text).expect("valid"), 7);
    simulation.advance(seconds(60), u64::MAX);
    assert_eq!(simulation.requests_received(), 2);
}

#[test]
fn clients_have_addresses_that_reach_the_load_balancer() {
    for (clients, scheme, expected) in [
        (254, "internet-facing", "203.0.113.0/24"),
        (255, "internet-facing", "198.18.0.0/15"),
        (26, "internal", "10.64.0.0/10"),
    ] {
        let text = edited(
            BUILT_IN[0].1,
            &[("/Traffic/Clients", json!(clients)), ("/LoadBalancers/0/Scheme", json!(scheme))],
        );
        let scenario = Scenario::from_json(&text).expect("valid");
        assert_eq!(scenario.traffic.client_addresses.to_string(), expected);
    }
}

#[test]
fn commands_come_in_the_order_of_time() {
    let timeline = everything().timeline;
    assert!(timeline.is_sorted_by_key(|(at, _)| *at));
    assert!(matches!(timeline.first(), Some((_, Command::KillTask(id))) if id.number() == 1));
    assert!(matches!(timeline.last(), Some((_, Command::SetRequestRate(_)))));
    // 16 moments with one command each, and one that changes seven settings of a health check.
    assert_eq!(timeline.len(), 16 + 7);
}

/// At no time is a timeout as long as the interval: each pair is one moment, and the interval was 10 s.
#[test]
fn of_interval_and_timeout_that_one_comes_first_which_the_other_allows() {
    let modify = |interval: u32, timeout: u32| {
        json!({"At": "1s", "Command": {"ModifyTargetGroup": {
            "TargetGroupArn": "shop-tg",
            "HealthCheckIntervalSeconds": interval,
            "HealthCheckTimeoutSeconds": timeout,
        }}})
    };
    let moments = [modify(60, 50), modify(5, 4), modify(20, 2)];
    let scenario = Scenario::from_json(&edited(EVERYTHING, &[("/Timeline", json!(moments))])).expect("valid");
    let mut check = scenario.target_groups[0].health_check.clone();
    let mut timeouts_first = Vec::new();
    for (index, (_, command)) in scenario.timeline.iter().enumerate() {
        let Command::ModifyHealthCheck(_, change) = command else { panic!("{command:?}") };
        check.change(change).unwrap_or_else(|refused| panic!("{change}: {refused}"));
        if index % 2 == 0 {
            timeouts_first.push(matches!(change, HealthCheckChange::TimeoutSeconds(_)));
        }
    }
    assert_eq!(timeouts_first, [false, true, true]);
    assert_eq!((check.interval, check.timeout), (in_seconds(20), in_seconds(2)));
}

/// What refers to something of which there is none, and to the only one there is.
#[test]
fn a_name_can_be_left_out_where_there_is_only_one() {
    let (_, real) = BUILT_IN[0];
    let command = |command: Value| edited(real, &[("/Timeline", json!([{"At": "1s", "Command": command}]))]);
    for (valid, expected) in [
        (json!({"UpdateService": {"DesiredCount": 1}}), None),
        (json!({"ModifyTargetGroup": {"HealthCheckPath": "/"}}), None),
        (
            json!({"ModifyListener": {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "web-tg"}]}}),
            None,
        ),
        (
            json!({"UpdateService": {"Service": "shop", "DesiredCount": 1}}),
            Some("the name of a service; write \"web\""),
        ),
        (
            json!({"RevokeSecurityGroupIngress": {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}}),
            Some(
                "GroupName: found nothing, but this must be the name of a security group, and there is none",
            ),
        ),
        (
            json!({"ModifyRule": {"Priority": 1, "Actions": [{"Type": "forward", "TargetGroupArn": "web-tg"}]}}),
            Some("the priority of a rule, and the listener has none; write ModifyListener"),
        ),
    ] {
        match (Scenario::from_json(&command(valid)), expected) {
            (Ok(scenario), None) => assert_eq!(scenario.timeline.len(), 1),
            (Err(error), Some(words)) => assert!(error.to_string().contains(words), "{error}"),
            (outcome, _) => panic!("{outcome:?}"),
        }
    }
}
