//! The built-in scenarios: files beside the code, compiled into it.

/// The built-in scenarios by name, with their texts. The first is the one that the page opens with.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("the-real-example", include_str!("../../scenarios/the-real-example.json")),
    ("a-task-is-killed", include_str!("../../scenarios/a-task-is-killed.json")),
    ("one-slow-task", include_str!("../../scenarios/one-slow-task.json")),
    ("a-task-hangs", include_str!("../../scenarios/a-task-hangs.json")),
    ("all-targets-unhealthy", include_str!("../../scenarios/all-targets-unhealthy.json")),
    ("a-service-is-created", include_str!("../../scenarios/a-service-is-created.json")),
    ("ten-busy-tasks", include_str!("../../scenarios/ten-busy-tasks.json")),
    ("502-or-504", include_str!("../../scenarios/502-or-504.json")),
    ("draining-cut-short", include_str!("../../scenarios/draining-cut-short.json")),
    ("draining-in-time", include_str!("../../scenarios/draining-in-time.json")),
    ("sticky-sessions-unbalance", include_str!("../../scenarios/sticky-sessions-unbalance.json")),
    ("cross-zone-off", include_str!("../../scenarios/cross-zone-off.json")),
    ("a-zone-leaves-dns", include_str!("../../scenarios/a-zone-leaves-dns.json")),
    ("weighted-without-failover", include_str!("../../scenarios/weighted-without-failover.json")),
    ("slow-start", include_str!("../../scenarios/slow-start.json")),
    ("one-task-answers-500", include_str!("../../scenarios/one-task-answers-500.json")),
    ("a-path-rule-to-the-wrong-group", include_str!("../../scenarios/a-path-rule-to-the-wrong-group.json")),
    ("http-to-https", include_str!("../../scenarios/http-to-https.json")),
    ("a-port-that-is-not-open", include_str!("../../scenarios/a-port-that-is-not-open.json")),
    ("a-probe-too-strict", include_str!("../../scenarios/a-probe-too-strict.json")),
    ("a-retry-storm", include_str!("../../scenarios/a-retry-storm.json")),
    ("a-keep-alive-too-short", include_str!("../../scenarios/a-keep-alive-too-short.json")),
    ("a-grace-period-too-short", include_str!("../../scenarios/a-grace-period-too-short.json")),
    ("a-bad-deployment", include_str!("../../scenarios/a-bad-deployment.json")),
    ("a-deployment-that-never-starts", include_str!("../../scenarios/a-deployment-that-never-starts.json")),
    ("a-deployment-with-draining", include_str!("../../scenarios/a-deployment-with-draining.json")),
    ("a-deployment-without-draining", include_str!("../../scenarios/a-deployment-without-draining.json")),
    ("blue-green-with-a-bad-green", include_str!("../../scenarios/blue-green-with-a-bad-green.json")),
    ("a-canary", include_str!("../../scenarios/a-canary.json")),
    ("a-flash-crowd", include_str!("../../scenarios/a-flash-crowd.json")),
    ("a-zone-is-lost", include_str!("../../scenarios/a-zone-is-lost.json")),
    ("a-spot-interruption", include_str!("../../scenarios/a-spot-interruption.json")),
    ("ec2-out-of-room", include_str!("../../scenarios/ec2-out-of-room.json")),
    ("a-slow-sigterm", include_str!("../../scenarios/a-slow-sigterm.json")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scenario;

    #[test]
    fn every_built_in_scenario_is_valid_and_carries_its_own_name() {
        for (name, text) in BUILT_IN {
            let scenario = Scenario::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(scenario.name, *name);
            assert!(!scenario.title.is_empty() && !scenario.description.is_empty(), "{name}");
        }
    }
}
