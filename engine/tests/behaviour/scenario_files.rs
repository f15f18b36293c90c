//! A scenario file says what it says: read, it is a scenario with just that in it.

use albatross_engine::autoscaling::{
    AdjustmentType, MetricAggregationType, Policy, ScalingMetric, StepAdjustment, SuspendedState,
};
use albatross_engine::cloudwatch::TreatMissingData;
use albatross_engine::command::{Command, StopType};
use albatross_engine::ecs::deployment::settings::{
    CircuitBreaker, DeploymentOptions, DeploymentStrategy, SourceServiceRevisionCleanup, Threshold, minutes,
};
use albatross_engine::ecs::fargate::VcpuQuota;
use albatross_engine::ecs::placement::{
    BinpackField, InstanceId, PlacementConstraint, PlacementStrategy, SpreadField,
};
use albatross_engine::ecs::rebalancing::AvailabilityZoneRebalancing;
use albatross_engine::ecs::{
    CapacityShare, CapacityStrategy, DeploymentConfiguration, Launch, OnSigterm, Release, ServiceId,
    TaskDefinitionId, TaskId,
};
use albatross_engine::elb::listener::{
    Action, CertificateKey, Condition, HttpVersion, Protocol, ProtocolVersion, SecurityPolicy, TlsVersion,
};
use albatross_engine::elb::routing::Algorithm;
use albatross_engine::elb::{
    CrossZone, HealthCheckChange, HealthCheckPort, ListenerId, Scheme, TargetGroupId,
};
use albatross_engine::kernel::{Distribution, SimDuration, Thousandths};
use albatross_engine::scenario::{AlarmMetric, BUILT_IN};
use albatross_engine::traffic::{Arrivals, Backoff, Retries, Shape};
use albatross_engine::vpc::{Peer, SecurityGroupId};
use albatross_engine::{Scenario, Simulation};
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
    let [shop, basket, ..] = groups.as_slice() else { panic!("{groups:?}") };
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
    let [shop, basket, worker, _] = services.as_slice() else { panic!("{services:?}") };
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
fn the_cluster_and_its_container_instances() {
    let cluster = everything().cluster;
    assert_eq!(cluster.name, "shops");
    assert_eq!((cluster.on_demand_quota, cluster.spot_quota), (VcpuQuota(51_200), VcpuQuota(6_144)));
    let instances: Vec<(&str, usize, u32)> = cluster
        .instances
        .iter()
        .map(|one| (one.instance_type.as_str(), one.zone, one.registers.network_interfaces))
        .collect();
    assert_eq!(instances, [("c5.large", 0, 2), ("c5.large", 0, 2), ("m5.xlarge", 1, 3)]);
}

#[test]
fn task_definitions_with_health_checks_and_releases() {
    let definitions = everything().task_definitions;
    let [shop, _, _, api, slow_api, old_shop] = definitions.as_slice() else { panic!("{definitions:?}") };
    assert_eq!((shop.cpu, shop.memory), (1_024, 3_072), "a text or a number");
    let check = shop.health_check.expect("it has one");
    assert_eq!((check.interval, check.timeout), (in_seconds(10), in_seconds(3)));
    assert_eq!((check.retries, check.start_period), (2, in_seconds(15)));
    assert_eq!((shop.start_times.image_pull, shop.start_times.activating), (in_seconds(3), in_seconds(4)));
    let server = &shop.container;
    assert_eq!((server.warm_up, server.memory.idle, server.memory.per_request), (in_seconds(2), 200, 2_048));
    assert_eq!(server.on_sigterm, OnSigterm::Finishes { clean_up: millis(500) });
    assert_eq!((api.cpu, api.memory), (300, 700), "not for Fargate, where there is no such size");
    assert_eq!(api.health_check, Some(Default::default()));
    assert_eq!(
        [api.container.on_sigterm, slow_api.container.on_sigterm],
        [OnSigterm::Ignores, OnSigterm::Exits]
    );
    assert_eq!((slow_api.cpu, slow_api.memory), (256, 512), "the smallest size");
    assert_eq!(
        [shop.release, slow_api.release, old_shop.release],
        [Release::Good, Release::Slow { percent: 250 }, Release::Crashes { after: in_seconds(20) }]
    );
}

#[test]
fn every_kind_of_release_can_be_written() {
    for (written, expected) in [
        (json!({"Fault": "none"}), Release::Good),
        (json!({"Fault": "cannot-pull-image"}), Release::CannotPullImage),
        (json!({"Fault": "crashes", "After": "0s"}), Release::Crashes { after: SimDuration::ZERO }),
        (json!({"Fault": "fails-health-check"}), Release::FailsHealthCheck),
        (json!({"Fault": "answers-with", "Status": 503}), Release::AnswersWith(503)),
        (json!({"Fault": "fails-requests", "Status": 500}), Release::FailsRequests(500)),
    ] {
        let text = edited(EVERYTHING, &[("/TaskDefinitions/0/Release", written)]);
        let scenario = Scenario::from_json(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(scenario.services[0].task_definition.release, expected);
    }
}

#[test]
fn launch_types_and_rules_of_placement() {
    let services = everything().services;
    assert_eq!(services[0].launch, Launch::default());
    let strategy = CapacityStrategy {
        on_demand: CapacityShare { base: 1, weight: 1 },
        spot: CapacityShare { base: 0, weight: 3 },
    };
    assert_eq!(services[2].launch, Launch::Fargate(strategy));
    let Launch::Ec2(rules) = &services[3].launch else { panic!("{services:?}") };
    assert_eq!(
        rules.strategies,
        [
            PlacementStrategy::Spread(SpreadField::AvailabilityZone),
            PlacementStrategy::Binpack(BinpackField::Memory),
            PlacementStrategy::Random,
        ]
    );
    assert_eq!(rules.constraints, [PlacementConstraint::DistinctInstance]);
}

/// API `CreateService`: on for a new service; ECS guide, "Balancing an Amazon ECS service across Availability Zones": not
/// with a maximum of 100 percent.
#[test]
fn rebalancing_is_on_where_it_may_be() {
    let rebalancing = |edits: &[(&str, Value)]| {
        let text = edited(EVERYTHING, edits);
        Scenario::from_json(&text).unwrap_or_else(|error| panic!("{error}")).services[0].rebalancing
    };
    let (property, maximum) =
        ("/Services/0/AvailabilityZoneRebalancing", "/Services/0/DeploymentConfiguration/MaximumPercent");
    assert_eq!(rebalancing(&[(property, Value::Null)]), AvailabilityZoneRebalancing::Enabled);
    let off = AvailabilityZoneRebalancing::Disabled;
    assert_eq!(rebalancing(&[(property, json!("DISABLED"))]), off);
    assert_eq!(rebalancing(&[(property, Value::Null), (maximum, json!(100))]), off);
}

#[test]
fn deployments_and_what_makes_them_fail() {
    let services = everything().services;
    let DeploymentOptions { strategy, circuit_breaker, alarms, early_success } = &services[0].options;
    assert_eq!(*strategy, DeploymentStrategy::Rolling);
    let threshold = Threshold::Count(5);
    let breaker = CircuitBreaker { enable: true, rollback: true, reset_on_healthy_task: false, threshold };
    assert_eq!(*circuit_breaker, breaker);
    assert_eq!(
        (alarms.names.as_slice(), alarms.enable, alarms.rollback),
        (&["shop-5xx".to_owned()][..], true, true)
    );
    assert_eq!((early_success.enable, early_success.healthy_percent), (true, 75));
    assert_eq!(early_success.cleanup, SourceServiceRevisionCleanup::Deferred);
    assert_eq!(services[1].options, DeploymentOptions::default());

    let api = &services[3];
    let (canary_bake, bake) = (minutes(1), minutes(2));
    assert_eq!(api.options.strategy, DeploymentStrategy::Canary { percent_tenths: 125, canary_bake, bake });
    let blue_green = api.blue_green.expect("it has two target groups");
    assert_eq!(
        (api.target_group, blue_green.alternate_target_group.number()),
        (Some(TargetGroupId::new(2)), 3)
    );
    let production = blue_green.production;
    assert_eq!((production.listener, production.priority), (ListenerId::new(0), Some(20)));
    assert_eq!(blue_green.test.and_then(|rule| rule.priority), Some(30));
}

/// API `LinearConfiguration`, `CanaryConfiguration`: the defaults; a rule without a priority is the default one.
#[test]
fn strategies_have_awss_defaults() {
    for (configuration, expected) in [
        (json!({"Strategy": "LINEAR"}), DeploymentStrategy::linear(SimDuration::ZERO)),
        (json!({"Strategy": "CANARY", "BakeTimeInMinutes": 5}), DeploymentStrategy::canary(minutes(5))),
        (
            json!({"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 0}),
            DeploymentStrategy::BlueGreen { bake: SimDuration::ZERO },
        ),
    ] {
        let edits = [
            ("/Services/3/DeploymentConfiguration", configuration),
            ("/Listeners/0/DefaultActions/0", json!({"Type": "forward", "TargetGroupArn": "api-blue"})),
            ("/Services/3/LoadBalancers/0/AdvancedConfiguration/ProductionListenerRule", json!("HTTP:80")),
        ];
        let scenario =
            Scenario::from_json(&edited(EVERYTHING, &edits)).unwrap_or_else(|error| panic!("{error}"));
        let service = &scenario.services[3];
        assert_eq!(service.options.strategy, expected);
        assert_eq!(service.blue_green.and_then(|blue_green| blue_green.production.priority), None);
    }
}

/// The alarm of a step scaling policy is the policy's; the others are left for deployments.
#[test]
fn alarms_and_scaling() {
    let scenario = everything();
    let [alarm] = scenario.alarms.as_slice() else { panic!("{:?}", scenario.alarms) };
    assert_eq!(alarm.metric, AlarmMetric::Target5xx(TargetGroupId::new(0)));
    assert_eq!((alarm.alarm.evaluation_periods, alarm.alarm.datapoints_to_alarm), (3, 2));
    assert_eq!(alarm.alarm.treat_missing_data, TreatMissingData::NotBreaching);

    let [(shop, of_shop), (worker, of_worker)] = scenario.scaling.as_slice() else { panic!("two targets") };
    assert_eq!((*shop, *worker), (ServiceId::new(0), ServiceId::new(2)));
    assert_eq!((of_shop.target.min_capacity, of_shop.target.max_capacity), (2, 12));
    let suspended =
        SuspendedState { dynamic_scaling_in: true, dynamic_scaling_out: false, scheduled_scaling: true };
    assert_eq!(of_shop.target.suspended, suspended);
    let action = &of_shop.scheduled_actions[0];
    assert_eq!((action.schedule.to_string().as_str(), action.min_capacity), ("cron(0 8 * * ? *)", Some(4)));
    let [Policy::TargetTracking(requests)] = of_shop.policies.as_slice() else { panic!("{of_shop:?}") };
    assert_eq!(requests.metric, ScalingMetric::AlbRequestCountPerTarget { group: TargetGroupId::new(0) });
    assert_eq!((requests.target_value, requests.disable_scale_in), (Thousandths::new(500_500), true));
    assert_eq!((requests.scale_out_cooldown, requests.scale_in_cooldown), (in_seconds(60), in_seconds(120)));

    let [Policy::StepScaling(busy)] = of_worker.policies.as_slice() else { panic!("{of_worker:?}") };
    assert_eq!((busy.alarm.name.as_str(), busy.alarm.threshold), ("worker-busy", Thousandths::new(62_500)));
    assert_eq!(busy.metric, ScalingMetric::EcsServiceAverageCpuUtilization);
    assert_eq!(busy.adjustment_type, AdjustmentType::PercentChangeInCapacity);
    assert_eq!((busy.min_adjustment_magnitude, busy.cooldown), (Some(2), in_seconds(90)));
    assert_eq!(busy.aggregation, MetricAggregationType::Maximum);
    let (lower_bound, upper_bound) = (Some(Thousandths::ZERO), Some(Thousandths::new(10_500)));
    assert_eq!(busy.steps[0], StepAdjustment { lower_bound, upper_bound, adjustment: 20 });
}

/// An alarm that both a deployment and a policy look at is there for both.
#[test]
fn an_alarm_can_be_a_deployments_and_a_policys() {
    let names = json!(["shop-5xx", "worker-busy"]);
    let text = edited(EVERYTHING, &[("/Services/0/DeploymentConfiguration/Alarms/AlarmNames", names)]);
    let scenario = Scenario::from_json(&text).unwrap_or_else(|error| panic!("{error}"));
    let names: Vec<&str> = scenario.alarms.iter().map(|alarm| alarm.alarm.name.as_str()).collect();
    assert_eq!(names, ["shop-5xx", "worker-busy"]);
    assert!(
        matches!(&scenario.scaling[1].1.policies[0], Policy::StepScaling(step) if step.alarm.name == "worker-busy")
    );
}

/// Percentages that a command leaves out are those that there are at its instant.
#[test]
fn commands_about_services_instances_and_zones() {
    let timeline = everything().timeline;
    let shop = ServiceId::new(0);
    let percentages = |minimum_healthy_percent, maximum_percent| {
        Command::ModifyDeployment(shop, DeploymentConfiguration { minimum_healthy_percent, maximum_percent })
    };
    let commands: Vec<Command> = timeline
        .into_iter()
        .filter(|(at, _)| (seconds(21)..seconds(90)).contains(at))
        .map(|(_, command)| command)
        .collect();
    assert_eq!(
        commands,
        [
            percentages(50, 200),
            Command::ModifyGracePeriod(shop, 40),
            Command::UpdateTaskDefinition(shop, TaskDefinitionId::new(5)),
            percentages(100, 200),
            Command::DeployRelease(shop, Release::AnswersWith(500)),
            Command::ForceNewDeployment(ServiceId::new(2)),
            Command::StopServiceDeployment(shop, StopType::Abort),
            Command::RegisterScalableTarget(shop, 3, 9),
            Command::InterruptSpot(TaskId::new(7)),
            Command::LoseInstance(InstanceId::new(2)),
            Command::LoseZone(2),
            Command::RestoreZone(2),
        ]
    );
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
    // 23 moments with one command each, one that changes seven settings of a health check, and two that change three
    // things about a service and two.
    assert_eq!(timeline.len(), 23 + 7 + 3 + 2);
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
