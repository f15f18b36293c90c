//! Target groups and their health checks.

use super::At;
use super::attribute::{attributes, incompatible};
use super::names::Book;
use super::problems::{Problems, quoted};
use crate::elb::listener::ProtocolVersion;
use crate::elb::{
    HealthCheckChange, HealthCheckPort, HealthCheckSettings, TargetGroupAttribute, TargetGroupSettings,
};
use crate::kernel::SimDuration;
use crate::scenario::document::{HealthCheck, TargetGroup};

/// The default of `HealthCheckPath` for gRPC (API `CreateTargetGroup`).
const GRPC_PATH: &str = "/AWS.ALB/healthcheck";

pub(super) fn target_groups(book: &Book<'_>, problems: &mut Problems) -> Vec<TargetGroupSettings> {
    let top = At::top("TargetGroups");
    let groups = book.target_groups.list.iter().enumerate();
    groups.map(|(index, group)| target_group(top.element(index), group, problems)).collect()
}

fn target_group(at: At<'_>, group: &TargetGroup, problems: &mut Problems) -> TargetGroupSettings {
    problems.name(at.field("Name"), &group.name, 32);
    problems.word(at.field("TargetType"), &group.target_type, &["ip"]);
    problems.word(at.field("Protocol"), &group.protocol, &["HTTP"]);
    if !group.health_check_enabled {
        let allowed = "true: health checks of ip targets cannot be turned off";
        problems.add(at.field("HealthCheckEnabled"), false, allowed, true);
    }
    problems.word(at.field("HealthCheckProtocol"), &group.health_check_protocol, &["HTTP"]);
    let mut settings = TargetGroupSettings::new(&group.name, problems.port(at.field("Port"), group.port));
    let versions = ProtocolVersion::ALL.map(|version| (version.as_str(), version));
    settings.protocol_version =
        problems.one_of(at.field("ProtocolVersion"), &group.protocol_version, &versions);
    settings.health_check = health_check(at, group, settings.protocol_version, problems);
    let at_attributes = at.field("TargetGroupAttributes");
    for attribute in
        attributes::<TargetGroupAttribute>(at_attributes, &group.target_group_attributes, problems)
    {
        settings.set(&attribute);
    }
    if let Err(refused) = settings.check() {
        incompatible(at_attributes, refused, problems);
    }
    settings
}

fn health_check(
    at: At<'_>,
    group: &TargetGroup,
    version: ProtocolVersion,
    problems: &mut Problems,
) -> HealthCheckSettings {
    let mut settings = HealthCheckSettings::default();
    if version == ProtocolVersion::Grpc {
        GRPC_PATH.clone_into(&mut settings.path);
    }
    let mut interval = settings.interval;
    let whole_seconds = |length: SimDuration| (length.as_micros() / 1_000_000) as i64;
    let given = group.health_check();
    let given = HealthCheck {
        interval_seconds: given.interval_seconds.or(Some(whole_seconds(interval))),
        timeout_seconds: given.timeout_seconds.or(Some(whole_seconds(settings.timeout))),
        ..given
    };
    // With the longest interval every timeout is accepted. Whether it suits the real one is seen on reading it.
    settings.interval = SimDuration::from_secs(INTERVAL.1.unsigned_abs());
    for change in changes(at, given, problems) {
        match change {
            HealthCheckChange::IntervalSeconds(seconds) => {
                interval = SimDuration::from_secs(u64::from(seconds));
            }
            // It is within its range: what is not has been told.
            change => drop(settings.change(&change)),
        }
    }
    settings.interval = interval;
    settings
}

/// Ranges of API `CreateTargetGroup`.
const INTERVAL: (i64, i64) = (5, 300);
const TIMEOUT: (i64, i64) = (2, 120);
const THRESHOLD: (i64, i64) = (2, 10);

/// That the timeout must be shorter than the interval is our choice: AWS documents it for Gateway Load Balancers
/// only.
fn timeout(at: At<'_>, timeout: i64, interval: Option<i64>, problems: &mut Problems) -> u32 {
    let (shortest, longest) = TIMEOUT;
    let interval = interval.map(|interval| interval.clamp(INTERVAL.0, INTERVAL.1));
    match interval.filter(|interval| *interval <= longest) {
        Some(interval) if !(shortest..interval).contains(&timeout) => {
            let allowed =
                format_args!("at least {shortest} and less than HealthCheckIntervalSeconds: {interval}");
            let instead = timeout.clamp(shortest, interval - 1);
            problems.add(at, timeout, allowed, instead);
            instead.unsigned_abs() as u32
        }
        _ => problems.whole(at, timeout, shortest, longest),
    }
}

/// The settings that are given.
fn changes(at: At<'_>, given: HealthCheck<'_>, problems: &mut Problems) -> Vec<HealthCheckChange> {
    let mut changes = Vec::new();
    if let Some(path) = given.path {
        if !path.starts_with('/') || path.len() > HealthCheckSettings::PATH_LENGTH_MAX {
            let allowed = "a path of 1 to 1024 characters that begins with /";
            problems.add(at.field("HealthCheckPath"), quoted(path), allowed, quoted("/health"));
        } else {
            changes.push(HealthCheckChange::Path(path.to_owned()));
        }
    }
    if let Some(port) = given.port {
        match port.parse::<HealthCheckPort>() {
            Ok(port) => changes.push(HealthCheckChange::Port(port)),
            Err(error) => {
                problems.add(at.field("HealthCheckPort"), quoted(port), error, quoted("traffic-port"));
            }
        }
    }
    if let Some(seconds) = given.interval_seconds {
        let seconds = problems.whole(at.field("HealthCheckIntervalSeconds"), seconds, INTERVAL.0, INTERVAL.1);
        changes.push(HealthCheckChange::IntervalSeconds(seconds));
    }
    if let Some(seconds) = given.timeout_seconds {
        let at = at.field("HealthCheckTimeoutSeconds");
        let seconds = timeout(at, seconds, given.interval_seconds, problems);
        changes.push(HealthCheckChange::TimeoutSeconds(seconds));
    }
    if let Some(count) = given.healthy_threshold_count {
        let count = problems.whole(at.field("HealthyThresholdCount"), count, THRESHOLD.0, THRESHOLD.1);
        changes.push(HealthCheckChange::HealthyThreshold(count));
    }
    if let Some(count) = given.unhealthy_threshold_count {
        let count = problems.whole(at.field("UnhealthyThresholdCount"), count, THRESHOLD.0, THRESHOLD.1);
        changes.push(HealthCheckChange::UnhealthyThreshold(count));
    }
    changes.extend(matcher(at.field("Matcher"), given, problems));
    changes
}

fn matcher(at: At<'_>, given: HealthCheck<'_>, problems: &mut Problems) -> Option<HealthCheckChange> {
    let matcher = given.matcher?;
    if matcher.grpc_code.is_some() {
        let allowed =
            "absent: in Albatross the health checks of gRPC are answered with statuses of HTTP, too";
        problems.add(at.field("GrpcCode"), "GrpcCode", allowed, "HttpCode, or nothing");
    }
    let codes = matcher.http_code.as_ref()?;
    // Longer lists than can have a sense, for every check looks through them.
    let parsed = if codes.len() > 255 { Err(crate::elb::NotAMatcher) } else { codes.parse() };
    let refused = |error| problems.add(at.field("HttpCode"), quoted(codes), error, quoted(200));
    parsed.map(HealthCheckChange::Matcher).map_err(refused).ok()
}

/// What a command changes of a health check.
pub(super) fn modification(
    at: At<'_>,
    given: HealthCheck<'_>,
    problems: &mut Problems,
) -> Vec<HealthCheckChange> {
    if given.is_empty() {
        let allowed = "at least one setting of a health check";
        problems.add(at, "nothing to change", allowed, "\"HealthCheckPath\": \"/health\"");
    }
    changes(at, given, problems)
}
