//! The load balancer, its listener and its target group.

use super::{Problems, quoted};
use crate::elb::listener::{Action, Forward, Listener, Protocol};
use crate::elb::{
    HealthCheckSettings, LoadBalancerSettings, Scheme, TargetGroupAttribute, TargetGroupId,
    TargetGroupSettings,
};
use crate::scenario::document::{self, Document};

/// More zones than any region has are not worth drawing; two is AWS's minimum for an ALB.
pub(super) const ZONES_MAX: usize = 4;
const IDLE_TIMEOUT: &str = "idle_timeout.timeout_seconds";

pub(super) fn load_balancer(document: &Document, problems: &mut Problems) -> Option<LoadBalancerSettings> {
    let path = "LoadBalancers";
    let load_balancer = problems.only(path, &document.load_balancers)?;
    let at = |field: &str| format!("{path}[0].{field}");
    // API CreateLoadBalancer: at most 32 characters.
    problems.name(&at("Name"), &load_balancer.name, 32);
    problems.word(&at("Type"), &load_balancer.r#type, &["application"]);
    problems.word(&at("Scheme"), &load_balancer.scheme, &["internet-facing"]);
    zones(&at("AvailabilityZones"), &load_balancer.availability_zones, problems);
    let mut idle_timeout = LoadBalancerSettings::IDLE_TIMEOUT;
    for (index, attribute) in load_balancer.load_balancer_attributes.iter().enumerate() {
        let at = |field: &str| format!("{path}[0].LoadBalancerAttributes[{index}].{field}");
        match (attribute.key.as_str(), attribute.value.parse::<i64>()) {
            (IDLE_TIMEOUT, Ok(seconds)) => {
                idle_timeout = problems.seconds(&at("Value"), seconds, 1, 4_000);
            }
            (IDLE_TIMEOUT, Err(_)) => {
                let found = quoted(&attribute.value);
                problems.add(&at("Value"), found, "a whole number of seconds from 1 to 4000", quoted(60));
            }
            _ => problems.word(&at("Key"), &attribute.key, &[IDLE_TIMEOUT]),
        }
    }
    Some(LoadBalancerSettings {
        name: load_balancer.name.clone(),
        scheme: Scheme::InternetFacing,
        zones: load_balancer.availability_zones.clone(),
        idle_timeout,
        client_keep_alive: LoadBalancerSettings::CLIENT_KEEP_ALIVE,
        security_groups: Vec::new(),
    })
}

/// ALB guide, "Application Load Balancers": at least two Availability Zones, one subnet in each.
fn zones(path: &str, zones: &[String], problems: &mut Problems) {
    if !(2..=ZONES_MAX).contains(&zones.len()) {
        let found = format!("{} zones", zones.len());
        problems.add(path, found, "2 to 4 zones", "[\"us-east-1a\", \"us-east-1b\"]");
    }
    // Each is compared with all before it, which takes its time where a file has 100,000 of them.
    for (index, zone) in zones.iter().enumerate().take(ZONES_MAX) {
        problems.name(&format!("{path}[{index}]"), zone, 32);
        if zones[..index].contains(zone) {
            problems.add(path, quoted(zone), "a list in which no zone stands twice", "it once");
        }
    }
}

pub(super) fn listener(document: &Document, problems: &mut Problems) -> Option<Listener> {
    let path = "Listeners";
    let listener = problems.only(path, &document.listeners)?;
    let at = |field: &str| format!("{path}[0].{field}");
    if let [load_balancer] = document.load_balancers.as_slice() {
        let found = &listener.load_balancer_arn;
        problems.reference(&at("LoadBalancerArn"), found, &load_balancer.name, "a load balancer");
    }
    problems.word(&at("Protocol"), &listener.protocol, &["HTTP"]);
    let action = problems.only(&at("DefaultActions"), &listener.default_actions)?;
    problems.word(&at("DefaultActions[0].Type"), &action.r#type, &["forward"]);
    if let [group] = document.target_groups.as_slice() {
        let path = at("DefaultActions[0].TargetGroupArn");
        problems.reference(&path, &action.target_group_arn, &group.name, "a target group");
    }
    Some(Listener {
        port: problems.port(&at("Port"), listener.port),
        protocol: Protocol::Http,
        certificates: Vec::new(),
        ssl_policy: None,
        default_action: Action::Forward(Forward::to(TargetGroupId::new(0))),
        rules: Vec::new(),
    })
}

pub(super) fn target_group(document: &Document, problems: &mut Problems) -> Option<TargetGroupSettings> {
    let path = "TargetGroups";
    let group = problems.only(path, &document.target_groups)?;
    let at = |field: &str| format!("{path}[0].{field}");
    problems.name(&at("Name"), &group.name, 32);
    problems.word(&at("TargetType"), &group.target_type, &["ip"]);
    problems.word(&at("Protocol"), &group.protocol, &["HTTP"]);
    let mut settings = TargetGroupSettings::new(&group.name, problems.port(&at("Port"), group.port));
    settings.health_check = health_check(group, problems);
    for (index, attribute) in group.target_group_attributes.iter().enumerate() {
        match TargetGroupAttribute::parse(&attribute.key, &attribute.value) {
            Ok(attribute) => settings.set(&attribute),
            Err(refused) => {
                let found = format!("\"{}\" = \"{}\"", attribute.key, attribute.value);
                let path = at(&format!("TargetGroupAttributes[{index}]"));
                problems.add(&path, found, refused, "one of these");
            }
        }
    }
    Some(settings)
}

/// Ranges: API `CreateTargetGroup`. That the timeout must be shorter than the interval is our choice: AWS documents
/// it for Gateway Load Balancers only.
fn health_check(group: &document::TargetGroup, problems: &mut Problems) -> HealthCheckSettings {
    let default = HealthCheckSettings::default();
    let at = |field: &str| format!("TargetGroups[0].{field}");
    let mut settings = HealthCheckSettings::default();
    if let Some(path) = &group.health_check_path {
        if !path.starts_with('/') || path.len() > 1_024 {
            let allowed = "a path of 1 to 1024 characters that begins with /";
            problems.add(&at("HealthCheckPath"), quoted(path), allowed, quoted("/health"));
        }
        settings.path.clone_from(path);
    }
    if let Some(seconds) = group.health_check_interval_seconds {
        settings.interval = problems.seconds(&at("HealthCheckIntervalSeconds"), seconds, 5, 300);
    }
    if let Some(seconds) = group.health_check_timeout_seconds {
        settings.timeout = problems.seconds(&at("HealthCheckTimeoutSeconds"), seconds, 2, 120);
    }
    if let Some(count) = group.healthy_threshold_count {
        let count = problems.whole(&at("HealthyThresholdCount"), count, 2, 10);
        settings.healthy_threshold = u8::try_from(count).unwrap_or(default.healthy_threshold);
    }
    if let Some(count) = group.unhealthy_threshold_count {
        let count = problems.whole(&at("UnhealthyThresholdCount"), count, 2, 10);
        settings.unhealthy_threshold = u8::try_from(count).unwrap_or(default.unhealthy_threshold);
    }
    if let Some(matcher) = &group.matcher {
        match matcher.http_code.parse() {
            Ok(parsed) => settings.matcher = parsed,
            Err(error) => {
                problems.add(&at("Matcher.HttpCode"), quoted(&matcher.http_code), error, quoted(200));
            }
        }
    }
    if settings.timeout >= settings.interval {
        let allowed = format!("shorter than HealthCheckIntervalSeconds, which is {}", settings.interval);
        problems.add(&at("HealthCheckTimeoutSeconds"), settings.timeout, allowed, "a smaller number");
    }
    settings
}
