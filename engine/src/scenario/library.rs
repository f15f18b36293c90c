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
