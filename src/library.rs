//! The built-in scenarios, packed by the page's build.

use std::sync::LazyLock;

use albatross_engine::Scenario;

use crate::unpack::unpack;

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.postcard"));

static BUILT_IN: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let scenarios: Vec<Scenario> = unpack(PACKED);
    #[cfg(test)]
    let scenarios = {
        let several = crate::several::several(&scenarios[0]);
        scenarios.into_iter().chain([several]).collect()
    };
    scenarios
});

/// All built-in scenarios. The first is the one that the page opens with.
pub fn scenarios() -> &'static [Scenario] {
    &BUILT_IN
}

/// The built-in scenario with this name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    scenarios().iter().find(|scenario| scenario.name == name)
}

/// The scenario that the page opens with.
pub fn first() -> &'static Scenario {
    &scenarios()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_scenarios_that_it_opens_and_offers() {
        assert_eq!(first().name, "the-real-example");
        assert!(scenarios().len() >= 7);
        assert!(scenarios().iter().all(|scenario| find(&scenario.name) == Some(scenario)));
        assert_eq!(find("nobody"), None);
    }

    #[test]
    fn the_scenarios_are_those_that_were_packed() {
        let packed: Vec<Scenario> = postcard::from_bytes(PACKED).expect("the build has packed them");
        assert_eq!(scenarios().split_last().map(|(_, built_in)| built_in), Some(&packed[..]));
    }
}
