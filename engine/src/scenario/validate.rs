//! From the file as written to a scenario that can be trusted: ranges, names and references are checked, and all
//! that is wrong is told at once.

mod elb;
mod service;
mod timeline;
mod traffic;

use std::fmt::Display;

use super::document::{Document, StartDocument};
use super::problems::{PROBLEMS_MAX, Problem, ScenarioError, VALUE_MAX, shortened};
use super::{Assumptions, Scenario, Start};
use crate::kernel::SimDuration;

/// Collects what is wrong while values are read; a wrong value stands in with a harmless one meanwhile.
#[derive(Debug, Default)]
struct Problems {
    told: Vec<Problem>,
    more: usize,
}

impl Problems {
    fn add(&mut self, path: &str, found: impl Display, allowed: impl Display, instead: impl Display) {
        if self.told.len() == PROBLEMS_MAX {
            self.more += 1;
            return;
        }
        self.told.push(Problem {
            path: path.to_owned(),
            found: shortened(found.to_string(), VALUE_MAX),
            allowed: shortened(allowed.to_string(), VALUE_MAX),
            instead: shortened(instead.to_string(), VALUE_MAX),
        });
    }

    /// A whole number within a range.
    fn whole(&mut self, path: &str, value: i64, min: i64, max: i64) -> u32 {
        if !(min..=max).contains(&value) {
            let allowed = format!("a whole number from {min} to {max}");
            self.add(path, value, allowed, value.clamp(min, max));
        }
        u32::try_from(value.clamp(min, max)).unwrap_or_default()
    }

    fn seconds(&mut self, path: &str, value: i64, min: i64, max: i64) -> SimDuration {
        SimDuration::from_secs(u64::from(self.whole(path, value, min, max)))
    }

    fn port(&mut self, path: &str, value: i64) -> u16 {
        u16::try_from(self.whole(path, value, 1, 65_535)).unwrap_or(1)
    }

    /// A length of time with its unit, within a range.
    fn duration(&mut self, path: &str, text: &str, min: SimDuration, max: SimDuration) -> SimDuration {
        match text.parse::<SimDuration>() {
            Ok(length) if (min..=max).contains(&length) => length,
            Ok(length) => {
                let allowed = format!("a length of time from {min} to {max}");
                self.add(path, quoted(text), allowed, quoted(length.clamp(min, max)));
                min
            }
            Err(error) => {
                self.add(path, quoted(text), error, quoted(min));
                min
            }
        }
    }

    /// One of a few words.
    fn word(&mut self, path: &str, found: &str, allowed: &[&str]) {
        if !allowed.contains(&found) {
            self.add(path, quoted(found), either(allowed), quoted(allowed[0]));
        }
    }

    /// The name of something that exists.
    fn reference(&mut self, path: &str, found: &str, existing: &str, what: &str) {
        if found != existing {
            self.add(path, quoted(found), format!("the name of {what}"), quoted(existing));
        }
    }

    /// A name as AWS takes it: 1 to `max` letters, digits and hyphens, none at either end.
    fn name(&mut self, path: &str, found: &str, max: usize) {
        let characters = found.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let ends = !found.starts_with('-') && !found.ends_with('-');
        if found.is_empty() || found.len() > max || !characters || !ends {
            let allowed = format!("1 to {max} letters, digits and hyphens, without a hyphen at either end");
            self.add(path, quoted(found), allowed, "such a name");
        }
    }

    /// The one element of a list: this version builds exactly one of each kind.
    fn only<'a, T>(&mut self, path: &str, list: &'a [T]) -> Option<&'a T> {
        if list.len() != 1 {
            self.add(path, format!("{} elements", list.len()), "a list with one element", "one");
        }
        list.first()
    }
}

fn either(words: &[&str]) -> String {
    words.iter().map(quoted).collect::<Vec<_>>().join(" or ")
}

fn quoted(text: impl Display) -> String {
    format!("\"{text}\"")
}

pub(super) fn validate(document: &Document) -> Result<Scenario, ScenarioError> {
    let mut problems = Problems::default();
    problems.name("Name", &document.name, 64);
    let parts = build(document, &mut problems);
    match parts {
        Some(scenario) if problems.told.is_empty() => Ok(scenario),
        _ => Err(ScenarioError::Invalid { problems: problems.told, more: problems.more }),
    }
}

/// Reads every part before giving up, so that all problems are found; nothing comes back when a part is absent.
fn build(document: &Document, problems: &mut Problems) -> Option<Scenario> {
    let load_balancer = elb::load_balancer(document, problems);
    let target_group = elb::target_group(document, problems);
    let listener = elb::listener(document, problems);
    let zones = load_balancer.as_ref().map_or(&[][..], |load_balancer| &load_balancer.zones);
    let service = service::service(document, zones, problems);
    let port = listener.as_ref().map_or(80, |listener| listener.port);
    let traffic = traffic::traffic(&document.traffic, port, problems);
    let timeline = timeline::timeline(&document.timeline, problems);
    Some(Scenario {
        name: document.name.clone(),
        title: document.title.clone(),
        description: document.description.clone(),
        start: match document.start {
            StartDocument::Steady => Start::Steady,
            StartDocument::Empty => Start::Empty,
        },
        assumptions: Assumptions { shared_routing_memory: document.assumptions.shared_routing_memory },
        zones: load_balancer.as_ref()?.zones.clone(),
        security_groups: Vec::new(),
        load_balancer: load_balancer?,
        listeners: vec![listener?],
        target_groups: vec![target_group?],
        services: vec![service?],
        traffic: traffic?,
        timeline,
    })
}
