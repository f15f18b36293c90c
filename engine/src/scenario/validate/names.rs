//! What has a name, and finding it by its name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::at::At;
use super::problems::{Problems, either_of_many, quoted};
use crate::scenario::document::{self, Document, Listener};

/// The names of all things of one kind, with their places in the list of them.
#[derive(Debug)]
pub(super) struct Index {
    what: &'static str,
    places: BTreeMap<String, usize>,
}

impl Index {
    const fn new(what: &'static str) -> Self {
        Self { what, places: BTreeMap::new() }
    }

    /// Of the names of a list; none may stand there twice.
    fn of<T>(
        what: &'static str,
        at: At<'_>,
        field: &'static str,
        list: &[T],
        name: impl Fn(&T) -> String,
        problems: &mut Problems,
    ) -> Self {
        let mut index = Self::new(what);
        for (place, element) in list.iter().enumerate() {
            index.insert(at.element(place).field(field), name(element), place, problems);
        }
        index
    }

    fn insert(&mut self, at: At<'_>, name: String, place: usize, problems: &mut Problems) {
        match self.places.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(place);
            }
            Entry::Occupied(taken) => {
                let allowed = format_args!("a name that no other {} has", self.what);
                problems.add(at, quoted(taken.key()), allowed, "another one");
            }
        }
    }

    /// The place of what has this name.
    pub(super) fn find(&self, at: At<'_>, name: &str, problems: &mut Problems) -> Option<usize> {
        let place = self.get(name);
        if place.is_none() {
            self.unknown(at, quoted(name), name, problems);
        }
        place
    }

    /// The same, without a word when there is none.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The same, or the place of the only one when there is no name.
    pub(super) fn get_or_only(&self, name: Option<&str>) -> Option<usize> {
        match name {
            Some(name) => self.get(name),
            None if self.places.len() == 1 => self.places.values().next().copied(),
            None => None,
        }
    }

    /// The place of what has this name, or of the only one when there is no name.
    pub(super) fn find_or_only(
        &self,
        at: At<'_>,
        name: Option<&str>,
        problems: &mut Problems,
    ) -> Option<usize> {
        let place = self.get_or_only(name);
        if place.is_none() {
            let found = name.map_or_else(|| "nothing".to_owned(), quoted);
            self.unknown(at, found, name.unwrap_or_default(), problems);
        }
        place
    }

    fn unknown(&self, at: At<'_>, found: String, name: &str, problems: &mut Problems) {
        let what = self.what;
        let article = if what.starts_with('a') { "an" } else { "a" };
        // To look for the closest of many names takes its time.
        let near = if problems.is_full() { Vec::new() } else { closest(name, self.places.keys()) };
        match near[..] {
            [] => problems.add(
                at,
                found,
                format_args!("the name of {article} {what}, and there is none"),
                "nothing",
            ),
            [only] => problems.add(at, found, format_args!("the name of {article} {what}"), quoted(only)),
            [first, ..] => {
                let names = either_of_many(&near, self.places.len());
                problems.add(at, found, format_args!("the name of {article} {what}: {names}"), quoted(first));
            }
        }
    }
}

/// Some words, those first that are most like this one.
pub(super) fn closest<'a, T: AsRef<str> + ?Sized + 'a>(
    found: &str,
    words: impl Iterator<Item = &'a T>,
) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> =
        words.map(|word| (difference(found, word.as_ref()), word.as_ref())).collect();
    near.sort_by_key(|(difference, _)| *difference);
    near.into_iter().map(|(_, word)| word).collect()
}

/// How many characters have to be put in, taken out or replaced to make one text of the other (the distance of
/// Levenshtein). Of long texts only the beginnings are compared.
fn difference(left: &str, right: &str) -> usize {
    const COMPARED: usize = 64;
    let right: Vec<char> = right.chars().take(COMPARED).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (before, character) in left.chars().take(COMPARED).enumerate() {
        let mut diagonal = row[0];
        row[0] = before + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(character != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

/// A list of the file, no longer than it may be, and the names in it.
#[derive(Debug)]
pub(super) struct Named<'a, T> {
    pub(super) list: &'a [T],
    pub(super) names: Index,
}

/// Everything in the file that others name.
#[derive(Debug)]
pub(super) struct Book<'a> {
    pub(super) security_groups: Named<'a, document::SecurityGroup>,
    pub(super) certificates: Named<'a, document::Certificate>,
    pub(super) listeners: Named<'a, Listener>,
    pub(super) target_groups: Named<'a, document::TargetGroup>,
    pub(super) task_definitions: Named<'a, document::TaskDefinition>,
    pub(super) services: Named<'a, document::Service>,
    pub(super) alarms: Named<'a, document::Alarm>,
}

/// Enough for a load balancer, some services and what stands around them: our own limit.
const SECURITY_GROUPS_MAX: usize = 50;
/// 25 in lists and a default one for each of 50 listeners (ALB guide, "Quotas").
const CERTIFICATES_MAX: usize = 75;
/// ALB guide, "Quotas".
const LISTENERS_MAX: usize = 50;
/// ALB guide, "Quotas".
const TARGET_GROUPS_MAX: usize = 100;
/// Our own limit: 60 tasks each are 960 targets, and a load balancer has 1,000 (ALB guide, "Quotas").
const SERVICES_MAX: usize = 16;
/// Our own limit: some revisions for each service.
const TASK_DEFINITIONS_MAX: usize = 64;
/// Our own limit: some for each service.
pub(super) const ALARMS_MAX: usize = 100;

impl<'a> Book<'a> {
    pub(super) fn of(document: &'a Document, problems: &mut Problems) -> Self {
        Self {
            security_groups: named(
                ("security group", "SecurityGroups", "GroupName", SECURITY_GROUPS_MAX),
                &document.security_groups,
                |group| group.group_name.clone(),
                problems,
            ),
            certificates: named(
                ("certificate", "Certificates", "CertificateArn", CERTIFICATES_MAX),
                &document.certificates,
                |certificate| certificate.certificate_arn.clone(),
                problems,
            ),
            listeners: named(
                ("listener", "Listeners", "Port", LISTENERS_MAX),
                &document.listeners,
                listener_name,
                problems,
            ),
            target_groups: named(
                ("target group", "TargetGroups", "Name", TARGET_GROUPS_MAX),
                &document.target_groups,
                |group| group.name.clone(),
                problems,
            ),
            task_definitions: task_definitions(&document.task_definitions, problems),
            services: named(
                ("service", "Services", "ServiceName", SERVICES_MAX),
                &document.services,
                |service| service.service_name.clone(),
                problems,
            ),
            alarms: named(
                ("alarm", "Alarms", "AlarmName", ALARMS_MAX),
                &document.alarms,
                |alarm| alarm.alarm_name.clone(),
                problems,
            ),
        }
    }
}

fn named<'a, T>(
    (what, list_field, name_field, max): (&'static str, &'static str, &'static str, usize),
    list: &'a [T],
    name: impl Fn(&T) -> String,
    problems: &mut Problems,
) -> Named<'a, T> {
    let at = At::top(list_field);
    let list = problems.at_most(at, list, max, "of them");
    Named { list, names: Index::of(what, at, name_field, list, name, problems) }
}

/// CloudFormation has no names for listeners. Their ports are different ones.
fn listener_name(listener: &Listener) -> String {
    format!("{}:{}", listener.protocol, listener.port)
}

/// A task definition is named by its family and revision; the family alone stands for its latest revision (API
/// `CreateService`).
fn task_definitions<'a>(
    list: &'a [document::TaskDefinition],
    problems: &mut Problems,
) -> Named<'a, document::TaskDefinition> {
    let at = At::top("TaskDefinitions");
    let list = problems.at_most(at, list, TASK_DEFINITIONS_MAX, "of them");
    let name =
        |definition: &document::TaskDefinition| format!("{}:{}", definition.family, definition.revision);
    let mut names = Index::of("task definition", at, "Revision", list, name, problems);
    let mut latest: BTreeMap<&str, (i64, usize)> = BTreeMap::new();
    for (place, definition) in list.iter().enumerate() {
        let known = latest.entry(&definition.family).or_insert((definition.revision, place));
        if definition.revision > known.0 {
            *known = (definition.revision, place);
        }
    }
    names.places.extend(latest.into_iter().map(|(family, (_, place))| (family.to_owned(), place)));
    Named { list, names }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_counts_what_is_put_in_taken_out_and_replaced() {
        for (left, right, expected) in [
            ("", "", 0),
            ("web", "web", 0),
            ("web", "", 3),
            ("", "web", 3),
            ("web-tg", "web", 3),
            ("web-tg", "wep-tg", 1),
            ("kitten", "sitting", 3),
            ("äö", "aö", 1),
        ] {
            assert_eq!(difference(left, right), expected, "{left} {right}");
            assert_eq!(difference(right, left), expected, "{right} {left}");
        }
        assert_eq!(
            difference(&"x".repeat(1_000), &"y".repeat(1_000)),
            64,
            "only the beginnings are compared"
        );
    }

    #[test]
    fn the_closest_word_comes_first() {
        let words = ["orders", "web-tg", "api-tg"];
        assert_eq!(closest("ap-tg", words.iter()), ["api-tg", "web-tg", "orders"]);
    }
}
