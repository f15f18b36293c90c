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
    let given = group.health_check();
    let whole_seconds = |length: SimDuration| (length.as_micros() / 1_000_000) as i64;
    let interval = given.interval_seconds.unwrap_or(whole_seconds(settings.interval));
    let timeout = given.timeout_seconds.unwrap_or(whole_seconds(settings.timeout));
    timeout_fits(at, timeout, interval, problems);
    let mut changes = changes(at, given, problems);
    // With the longest interval every timeout is accepted. Whether it suits the real one has just been seen.
    changes.sort_by_key(|change| matches!(change, HealthCheckChange::IntervalSeconds(_)));
    let default = std::mem::replace(&mut settings.interval, SimDuration::from_secs(INTERVAL.1 as u64));
    if given.interval_seconds.is_none() {
        changes.push(HealthCheckChange::IntervalSeconds(whole_seconds(default) as u32));
    }
    for change in changes {
        // It is within its range, and all that is refused has been told.
        let _told = settings.change(&change);
    }
    settings
}

/// Ranges of API `CreateTargetGroup`.
const INTERVAL: (i64, i64) = (5, 300);
const TIMEOUT: (i64, i64) = (2, 120);
const THRESHOLD: (i64, i64) = (2, 10);

/// That the timeout must be shorter than the interval is our choice: AWS documents it for Gateway Load Balancers
/// only. Where one of them is out of its range, that alone is told.
fn timeout_fits(at: At<'_>, timeout: i64, interval: i64, problems: &mut Problems) {
    let in_range = |number: i64, (min, max)| (min..=max).contains(&number);
    if in_range(timeout, TIMEOUT) && in_range(interval, INTERVAL) && timeout >= interval {
        let allowed = format_args!("less than HealthCheckIntervalSeconds, which is {interval}");
        problems.add(at.field("HealthCheckTimeoutSeconds"), timeout, allowed, interval - 1);
    }
}

/// The settings that are given.
pub(super) fn changes(at: At<'_>, given: HealthCheck<'_>, problems: &mut Problems) -> Vec<HealthCheckChange> {
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
    let numbers: [(_, _, fn(u32) -> HealthCheckChange, _); 4] = [
        ("HealthCheckIntervalSeconds", given.interval_seconds, HealthCheckChange::IntervalSeconds, INTERVAL),
        ("HealthCheckTimeoutSeconds", given.timeout_seconds, HealthCheckChange::TimeoutSeconds, TIMEOUT),
        (
            "HealthyThresholdCount",
            given.healthy_threshold_count,
            HealthCheckChange::HealthyThreshold,
            THRESHOLD,
        ),
        (
            "UnhealthyThresholdCount",
            given.unhealthy_threshold_count,
            HealthCheckChange::UnhealthyThreshold,
            THRESHOLD,
        ),
    ];
    for (field, number, change, (min, max)) in numbers {
        changes.extend(number.map(|number| change(problems.whole(at.field(field), number, min, max))));
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
    if let (Some(interval), Some(timeout)) = (given.interval_seconds, given.timeout_seconds) {
        timeout_fits(at, timeout, interval, problems);
    }
    changes(at, given, problems)
}
