//! How each part of the picture is read from the world.

use albatross_engine::Simulation;
use albatross_engine::cloudwatch::Metric;
use albatross_engine::ecs::{CapacityProvider, DesiredStatus, StopCode, Task, Worker};
use albatross_engine::elb::health::Verdict;
use albatross_engine::elb::listener::{Action, Listener};
use albatross_engine::elb::{
    HealthCheckPort, LoadBalancer, LoadBalancerAttribute, Node, NodeId, Target, TargetGroup,
    TargetGroupAttribute, TargetGroupSettings, TargetState,
};
use albatross_engine::kernel::SimDuration;
use albatross_engine::trace::Names;
use albatross_engine::traffic::Shape;

use super::{BalancerView, CheckView, ClientsView, Fact, NodeView, TargetGroupView, TaskView, service};
use crate::driver::history::History;
use crate::words;

/// What CloudWatch counts that is always told; the rest of [`METRICS`] is told once it is not nought.
const ALWAYS_TOLD: usize = 5;
const METRICS: [Metric; 19] = [
    Metric::Target2xx,
    Metric::Target5xx,
    Metric::Elb502,
    Metric::Elb503,
    Metric::Elb504,
    Metric::Target3xx,
    Metric::Target4xx,
    Metric::Elb3xx,
    Metric::Elb4xx,
    Metric::Elb5xx,
    Metric::Elb500,
    Metric::FixedResponse,
    Metric::Redirect,
    Metric::RedirectUrlLimitExceeded,
    Metric::TargetConnectionError,
    Metric::ClientTlsNegotiationError,
    Metric::NonStickyRequest,
    Metric::UnhealthyRoutingRequest,
    Metric::RuleEvaluations,
];

pub(super) fn fact(name: &str, value: impl Into<String>) -> Fact {
    (name.to_owned(), value.into())
}

fn count(name: &str, number: u64) -> Fact {
    fact(name, words::count(number))
}

pub(super) const fn seconds(length: SimDuration) -> u64 {
    length.as_micros() / 1_000_000
}

pub(super) fn clients(simulation: &Simulation, history: &History) -> ClientsView {
    let (traffic, metrics) = (simulation.traffic(), simulation.metrics());
    let (settings, profile) = (traffic.settings(), traffic.profile());
    let base_rate = profile.base.as_per_second();
    let rate = match profile.shape {
        Shape::Steady => base_rate,
        _ => (profile.rate_at(simulation.now()) * 10.0).round() / 10.0,
    };
    let base_holds = match profile.shape {
        Shape::Steady => "",
        Shape::Ramp { .. } => ", before the ramp",
        Shape::Spike { .. } => ", apart from the spike",
        Shape::DailyWave { .. } => ", in the trough of the wave",
    };
    let limit = settings
        .timeout
        .map_or_else(|| "none".to_owned(), |limit| words::milliseconds(limit.as_milliseconds()));
    let told = METRICS.iter().enumerate().map(|(place, metric)| (place, *metric, metrics.count(*metric)));
    let told = told.filter(|(place, _, number)| *place < ALWAYS_TOLD || *number > 0);
    let statuses: Vec<(u16, u64)> = metrics.statuses().collect();
    let client_errors =
        simulation.requests_given_up() > 0 || statuses.iter().any(|(status, _)| (400..500).contains(status));
    ClientsView {
        count: settings.clients,
        rate,
        base_rate,
        base_holds,
        arrivals: settings.arrivals.as_str(),
        addresses: simulation.load_balancer().dns_answer().count(),
        settings: vec![
            fact("Arrivals", settings.arrivals.as_str()),
            fact("Connections", if settings.keep_alive { "kept" } else { "one per request" }),
            fact("Time limit", limit),
            fact("Further attempts, at most", settings.retries.attempts.to_string()),
        ],
        requests: vec![
            fact("Requests per second, now", words::rate(rate)),
            count("Sent", traffic.sent()),
            count("Under way", simulation.requests_in_flight()),
            count("Given up", simulation.requests_given_up()),
            count("Further attempts", history.retries()),
        ],
        metrics: told.map(|(_, metric, number)| count(metric.as_str(), number)).collect(),
        statuses: statuses.into_iter().map(|(status, number)| count(&status.to_string(), number)).collect(),
        client_errors,
    }
}

pub(super) fn balancer(simulation: &Simulation) -> BalancerView {
    let balancer = simulation.load_balancer();
    let settings = balancer.settings();
    let listeners = listeners(balancer);
    let attributes = [
        LoadBalancerAttribute::IdleTimeout(settings.idle_timeout),
        LoadBalancerAttribute::ClientKeepAlive(settings.client_keep_alive),
    ];
    let mut facts = vec![
        fact("LoadBalancer", settings.name.as_str()),
        fact("Scheme", settings.scheme.as_str()),
        fact(if balancer.listeners().len() == 1 { "Listener" } else { "Listeners" }, listeners.as_str()),
    ];
    facts.extend(attributes.map(|attribute| fact(attribute.key(), attribute.value())));
    let leads_to = only_group(balancer).map(|name| format!(" → {name}")).unwrap_or_default();
    BalancerView { listeners: listeners + &leads_to, settings: facts }
}

fn listeners(balancer: &LoadBalancer) -> String {
    let text = |listener: &Listener| format!("{}:{}", listener.protocol.as_str(), listener.port);
    balancer.listeners().iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The target group to which every request goes, if it is so.
fn only_group(balancer: &LoadBalancer) -> Option<&str> {
    let mut actions = balancer.listeners().iter().flat_map(Listener::actions);
    let group = |action: &Action| match action {
        Action::Forward(forward) if forward.target_groups.len() == 1 => Some(forward.target_groups[0].group),
        _ => None,
    };
    let first = group(actions.next()?)?;
    let same = actions.all(|action| group(action) == Some(first));
    same.then(|| balancer.target_group(first).settings().name.as_str())
}

pub(super) fn nodes(simulation: &Simulation, history: &History) -> Vec<NodeView> {
    let balancer = simulation.load_balancer();
    let groups = balancer.target_groups();
    let view = |(id, node): (NodeId, &Node)| {
        let published = balancer.dns_answer().any(|answered| answered == id);
        let fails_open = groups.iter().filter(|group| node.fails_open_for(group.id()));
        NodeView {
            zone: node.zone().to_owned(),
            in_flight: node.in_flight(),
            received: node.received(),
            published,
            dns: match (published, node.is_in_dns()) {
                (true, true) => "published",
                (true, false) => "published: too few healthy targets everywhere",
                (false, _) => "not published: too few healthy targets",
            },
            failing_open: fails_open
                .map(|group| group.settings().name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            hosts: groups.iter().map(|group| balancer.count_hosts(id, group.id())).collect(),
            seconds: history.node_seconds(id.number() as usize),
        }
    };
    balancer.node_ids().zip(balancer.nodes()).map(view).collect()
}

pub(super) fn target_group(group: &TargetGroup) -> TargetGroupView {
    let settings = group.settings();
    let check = &settings.health_check;
    let port = match check.port {
        HealthCheckPort::TrafficPort => String::new(),
        HealthCheckPort::Port(port) => format!(" on port {port}"),
    };
    TargetGroupView {
        name: settings.name.clone(),
        port: settings.port,
        used: group.is_used(),
        algorithm: settings.algorithm.as_str(),
        deregistration_delay: seconds(settings.deregistration_delay),
        attributes: attributes(settings),
        unhealthy_threshold: check.unhealthy_threshold,
        check: format!("GET {}{port} every {} s", check.path, seconds(check.interval)),
        health_check: vec![
            fact("HealthCheckPath", check.path.as_str()),
            fact("HealthCheckPort", check.port.to_string()),
            fact("HealthCheckIntervalSeconds", seconds(check.interval).to_string()),
            fact("HealthCheckTimeoutSeconds", seconds(check.timeout).to_string()),
            fact("HealthyThresholdCount", check.healthy_threshold.to_string()),
            fact("UnhealthyThresholdCount", check.unhealthy_threshold.to_string()),
            fact("Matcher", check.matcher.to_string()),
        ],
    }
}

/// The attributes of a target group but those that can be changed on the page.
fn attributes(settings: &TargetGroupSettings) -> Vec<Fact> {
    let TargetGroupSettings { stickiness, dns_failover, unhealthy_state_routing, .. } = settings;
    let attributes = [
        Some(TargetGroupAttribute::AnomalyMitigation(settings.anomaly_mitigation)),
        Some(TargetGroupAttribute::CrossZone(settings.cross_zone)),
        Some(TargetGroupAttribute::SlowStart(settings.slow_start)),
        Some(TargetGroupAttribute::StickinessEnabled(stickiness.enabled)),
        Some(TargetGroupAttribute::StickinessType(stickiness.kind)),
        Some(TargetGroupAttribute::LbCookieDuration(stickiness.lb_cookie_duration)),
        Some(TargetGroupAttribute::AppCookieDuration(stickiness.app_cookie_duration)),
        Some(TargetGroupAttribute::AppCookieName(stickiness.app_cookie_name.clone())),
        Some(TargetGroupAttribute::DnsFailoverCount(dns_failover.count)),
        Some(TargetGroupAttribute::DnsFailoverPercentage(dns_failover.percentage)),
        unhealthy_state_routing.count.map(TargetGroupAttribute::UnhealthyRoutingCount),
        Some(TargetGroupAttribute::UnhealthyRoutingPercentage(unhealthy_state_routing.percentage)),
    ];
    let told = attributes.into_iter().flatten();
    told.map(|attribute| fact(attribute.key(), attribute.value())).collect()
}

pub(super) fn task(task: &Task, simulation: &Simulation, history: &History) -> TaskView {
    let balancer = simulation.load_balancer();
    let cluster = simulation.cluster();
    let service = cluster.service(task.service()).map(|service| service.settings());
    let target = task.target().map(|id| balancer.target(id));
    let container = task.container();
    let health = target.map(Target::health);
    let definition = cluster.definition_of(task);
    let place = task.place();
    TaskView {
        number: task.id().number(),
        service: task.service().number() as usize,
        service_name: service.filter(|_| cluster.services().len() > 1).map(|service| service.name.clone()),
        group: target
            .map(Target::group)
            .or_else(|| cluster.service(task.service())?.revision(task.revision())?.target_group)
            .map(|group| group.number() as usize),
        task_definition: service::name_of(definition),
        revision: service::revision_of(task, cluster),
        runs_on: match (place.instance, place.provider) {
            (Some(instance), _) => service::instance_name(instance),
            (None, provider) => provider.map_or("", CapacityProvider::as_str).to_owned(),
        },
        spot: place.provider == Some(CapacityProvider::FargateSpot),
        zone: task.zone(),
        zone_name: simulation.zones().get(task.zone()).cloned().unwrap_or_default(),
        address: task.address().to_string(),
        status: task.status(),
        started_at: task.started_at(),
        wanted: task.desired_status() == DesiredStatus::Running,
        stop: task.stop_code().map(|code| (code.as_str(), stopped_reason(code, task, simulation))),
        exit_code: task.exit_code(),
        health: task.health_status().as_str(),
        // 0 and 143 (SIGTERM) are ends that were asked for.
        gone: task.exit_code().is_some_and(|code| !matches!(code, 0 | 143)),
        faults: container.map(|container| container.faults()),
        state: health.map(|health| health.state),
        reason: health.and_then(|health| health.reason).map(|reason| reason.code()),
        description: target.and_then(latest_failure),
        checks: target.and_then(|target| check_progress(target, balancer)),
        workers: container.map_or_else(
            || vec![Worker::Idle; definition.container.workers as usize],
            |container| container.workers().collect(),
        ),
        waiting: container.map_or(0, |container| container.waiting()),
        outstanding: target.map_or(0, Target::outstanding),
        routed: target.map_or(0, Target::routed),
        share: target.map_or(0.0, |target| history.share(target.id(), target.group())),
        response_ms: target
            .and_then(|target| history.response_time(target.id()))
            .map(|took| took.as_milliseconds()),
        failed: target.map_or_else(Vec::new, |target| history.failed(target.id()).to_vec()),
        history: target.map_or_else(Vec::new, |target| {
            target.checks().map(|check| CheckView { passed: check.result.is_ok() }).collect()
        }),
    }
}

/// `stoppedReason` with the names that belong to it.
fn stopped_reason(code: StopCode, task: &Task, simulation: &Simulation) -> String {
    let reason = code.reason().trim_end_matches('.');
    let balancer = simulation.load_balancer();
    match (code, task.target()) {
        (StopCode::FailedElbHealthChecks, Some(target)) => {
            let group = balancer.target_group(balancer.target(target).group());
            format!("{reason} (target-group {})", group.settings().name)
        }
        (StopCode::ScalingActivity, _) => {
            format!("{reason} (deployment {})", Names::deployment_of(simulation, task.id()))
        }
        _ => reason.to_owned(),
    }
}

fn latest_failure(target: &Target) -> Option<String> {
    target.checks().rev().find_map(|check| check.result.err()).map(|failed| failed.to_string())
}

/// The node that is furthest on its way to another verdict, and how far: (2, 5) is ●●○○○. A target that has just
/// turned shows its full count until its next result.
fn check_progress(target: &Target, balancer: &LoadBalancer) -> Option<(u8, u8)> {
    let settings = &balancer.target_group(target.group()).settings().health_check;
    if matches!(target.health().state, TargetState::Draining | TargetState::Unused) {
        return None;
    }
    let furthest = target.nodes().iter().map(|node| node.health()).max_by_key(|health| health.run())?;
    match furthest.verdict() {
        Verdict::Healthy if furthest.run() == 0 => None,
        Verdict::Unhealthy(_) if furthest.run() == 0 => {
            let count = settings.unhealthy_threshold;
            Some((count, count))
        }
        _ => Some((furthest.run(), furthest.threshold(settings))),
    }
}
