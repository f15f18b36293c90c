//! Collects what is wrong while values are read; a wrong value stands in with a harmless one meanwhile.

use std::fmt::Display;

use super::at::At;
use super::names::closest;
use crate::kernel::{SimDuration, Thousandths};
use crate::scenario::problems::{PROBLEMS_MAX, Problem, ScenarioError, VALUE_MAX, shortened};
use crate::traffic::RequestRate;

#[derive(Debug, Default)]
pub(super) struct Problems {
    told: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub(super) fn add(
        &mut self,
        at: At<'_>,
        found: impl Display,
        allowed: impl Display,
        instead: impl Display,
    ) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        self.told.push(Problem {
            path: at.to_string(),
            found: shortened(found.to_string(), VALUE_MAX),
            allowed: shortened(allowed.to_string(), VALUE_MAX),
            instead: shortened(instead.to_string(), VALUE_MAX),
        });
    }

    /// Whether any more are only counted, so that finding words for them is not worth the time.
    pub(super) fn is_full(&self) -> bool {
        self.told.len() == PROBLEMS_MAX
    }

    /// All of them, or nothing when there are none.
    pub(super) fn into_error(self) -> Option<ScenarioError> {
        let Self { told: problems, more } = self;
        (!problems.is_empty()).then_some(ScenarioError::Invalid { problems, more })
    }

    /// A whole number within a range.
    pub(super) fn whole(&mut self, at: At<'_>, value: i64, min: i64, max: i64) -> u32 {
        u32::try_from(self.signed(at, value, min, max)).unwrap_or_default()
    }

    /// The same of numbers that may be below nought.
    pub(super) fn signed(&mut self, at: At<'_>, value: i64, min: i64, max: i64) -> i64 {
        let within = value.clamp(min, max);
        if within != value {
            self.add(at, value, format_args!("a whole number from {min} to {max}"), within);
        }
        within
    }

    /// A number with three decimals.
    pub(super) fn thousandths(&mut self, at: At<'_>, value: f64) -> Thousandths {
        let nearest = Thousandths::nearest(value.clamp(-1e12, 1e12)).unwrap_or_default();
        if nearest.as_f64() != value {
            let allowed = "a number of at most a million million, with at most three decimals";
            self.add(at, value, allowed, nearest);
        }
        nearest
    }

    pub(super) fn seconds(&mut self, at: At<'_>, value: i64, min: i64, max: i64) -> SimDuration {
        SimDuration::from_secs(u64::from(self.whole(at, value, min, max)))
    }

    pub(super) fn port(&mut self, at: At<'_>, value: i64) -> u16 {
        u16::try_from(self.whole(at, value, 1, 65_535)).unwrap_or(1)
    }

    /// A number within a range.
    pub(super) fn number(&mut self, at: At<'_>, value: f64, min: f64, max: f64) -> f64 {
        if !(min..=max).contains(&value) {
            self.add(at, value, format_args!("a number from {min} to {max}"), value.clamp(min, max));
        }
        value.clamp(min, max)
    }

    pub(super) fn rate(&mut self, at: At<'_>, value: f64) -> RequestRate {
        RequestRate::per_second(self.number(at, value, 0.0, RequestRate::MAX_PER_SECOND)).unwrap_or_default()
    }

    /// A length of time with its unit, within a range.
    pub(super) fn duration(
        &mut self,
        at: At<'_>,
        text: &str,
        min: SimDuration,
        max: SimDuration,
    ) -> SimDuration {
        match text.parse::<SimDuration>() {
            Ok(length) if (min..=max).contains(&length) => length,
            Ok(length) => {
                let allowed = format_args!("a length of time from {min} to {max}");
                self.add(at, quoted(text), allowed, quoted(length.clamp(min, max)));
                min
            }
            Err(_) => {
                let allowed = "a number with one of the units us, ms, s, m, h, such as \"250ms\" or \"1.5s\"";
                let meant = format!("{text}s").parse().unwrap_or(SimDuration::from_secs(1));
                self.add(at, quoted(text), allowed, quoted(meant.clamp(min, max)));
                min
            }
        }
    }

    /// One of a few words.
    pub(super) fn word(&mut self, at: At<'_>, found: &str, allowed: &[&str]) {
        if !allowed.contains(&found) {
            self.not_among(at, found, allowed);
        }
    }

    /// What one of a few words stands for; the first when it is none of them.
    pub(super) fn one_of<T: Copy>(&mut self, at: At<'_>, found: &str, table: &[(&'static str, T)]) -> T {
        match table.iter().find(|(word, _)| *word == found) {
            Some((_, meaning)) => *meaning,
            None => {
                let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
                self.not_among(at, found, &words);
                table[0].1
            }
        }
    }

    /// A word that is none of these, of which there may be many.
    pub(super) fn not_among(&mut self, at: At<'_>, found: &str, allowed: &[&str]) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let near = closest(found, allowed.iter().copied());
        let allowed = if allowed.len() <= 8 { either(allowed) } else { either_of_many(&near, allowed.len()) };
        self.add(at, quoted(found), allowed, quoted(near[0]));
    }

    /// A name as AWS takes it for a load balancer: 1 to `max` letters, digits and hyphens, none at either end.
    pub(super) fn name(&mut self, at: At<'_>, found: &str, max: usize) {
        let characters = found.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let ends = !found.starts_with('-') && !found.ends_with('-');
        if found.is_empty() || found.len() > max || !characters || !ends {
            let allowed =
                format_args!("1 to {max} letters, digits and hyphens, without a hyphen at either end");
            self.add(at, quoted(found), allowed, "such a name");
        }
    }

    /// A name as ECS takes it: 1 to 255 letters, digits, underscores and hyphens (API `CreateService`,
    /// `RegisterTaskDefinition`).
    pub(super) fn ecs_name(&mut self, at: At<'_>, found: &str) {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        self.text(at, found, 1, 255, "letters, digits, underscores and hyphens", is_allowed);
    }

    /// A text of so many characters, each of which is one of those that are allowed.
    pub(super) fn text(
        &mut self,
        at: At<'_>,
        found: &str,
        min: usize,
        max: usize,
        allowed: &str,
        is_allowed: impl Fn(char) -> bool,
    ) {
        if !(min..=max).contains(&found.len()) || !found.chars().all(is_allowed) {
            self.add(at, quoted(found), format_args!("{min} to {max} {allowed}"), "such a text");
        }
    }

    /// The one element of a list that has exactly one.
    pub(super) fn only<'a, T>(&mut self, at: At<'_>, list: &'a [T], what: &str) -> Option<&'a T> {
        if list.len() != 1 {
            self.add(at, format_args!("{} of them", list.len()), format_args!("exactly one {what}"), "one");
        }
        list.first()
    }

    /// The first elements of a list, as many as it may have.
    pub(super) fn at_most<'a, T>(&mut self, at: At<'_>, list: &'a [T], max: usize, what: &str) -> &'a [T] {
        if list.len() > max {
            self.add(at, format_args!("{} {what}", list.len()), format_args!("at most {max}"), "fewer");
        }
        &list[..list.len().min(max)]
    }

    /// A property of AWS's that has no meaning here.
    pub(super) fn not_simulated(&mut self, at: At<'_>, what: &str) {
        self.add(at, what, format_args!("absent: Albatross does not simulate {what}"), "nothing");
    }
}

/// A whole number as a setting keeps it, for its own check to tell whether it is within its range: what is too large
/// for that is out of every range, and what is below nought becomes `below`.
pub(super) fn unchecked(value: i64, below: u32) -> u32 {
    if value < 0 { below } else { u32::try_from(value).unwrap_or(u32::MAX) }
}

/// A value that may be left out.
pub(super) fn or_nothing(value: Option<impl Display>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| value.to_string())
}

pub(super) fn either(words: &[&str]) -> String {
    words.iter().map(quoted).collect::<Vec<_>>().join(" or ")
}

/// The first few of many words, and how many there are besides.
pub(super) fn either_of_many(near: &[&str], all: usize) -> String {
    let shown = &near[..near.len().min(3)];
    let more = all - shown.len();
    if more == 0 { either(shown) } else { format!("{} or one of {more} more", either(shown)) }
}

pub(super) fn quoted(text: impl Display) -> String {
    format!("\"{text}\"")
}
