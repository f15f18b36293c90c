//! The conditions of a rule.

use super::At;
use super::problems::{Problems, quoted};
use super::security_group::cidr;
use crate::elb::listener::{Condition, ConditionRefused, QueryPattern};
use crate::scenario::document::{self, NotSimulated, Strings};

/// Where each kind of condition has its values; the first is the one to write.
const FIELDS: [(&str, &[&str]); 6] = [
    ("host-header", &["HostHeaderConfig", "Values"]),
    ("path-pattern", &["PathPatternConfig", "Values"]),
    ("http-header", &["HttpHeaderConfig"]),
    ("query-string", &["QueryStringConfig"]),
    ("http-request-method", &["HttpRequestMethodConfig"]),
    ("source-ip", &["SourceIpConfig"]),
];

/// More conditions and values than a rule can have need no look (ALB guide, "Quotas": 5 values in a rule).
const CONDITIONS_MAX: usize = 10;
const VALUES_MAX: usize = 10;

/// Reads the conditions of a rule; those that cannot be read are left out.
pub(super) fn conditions(
    at: At<'_>,
    list: &[document::Condition],
    problems: &mut Problems,
) -> Vec<Condition> {
    let list = problems.at_most(at, list, CONDITIONS_MAX, "conditions").iter().enumerate();
    list.filter_map(|(index, one)| condition(at.element(index), one, problems)).collect()
}

fn condition(at: At<'_>, document: &document::Condition, problems: &mut Problems) -> Option<Condition> {
    let field = document.field.as_str();
    let Some((_, places)) = FIELDS.iter().find(|(known, _)| *known == field) else {
        problems.not_among(at.field("Field"), field, &FIELDS.map(|(known, _)| known));
        return None;
    };
    misplaced(at, document, places, problems);
    let condition = match field {
        "host-header" => {
            let values = simple(at, "HostHeaderConfig", &document.host_header_config, document, problems)?;
            Condition::HostHeader(values)
        }
        "path-pattern" => {
            let values = simple(at, "PathPatternConfig", &document.path_pattern_config, document, problems)?;
            Condition::PathPattern(values)
        }
        "http-header" => {
            let at = at.field("HttpHeaderConfig");
            let config = given(at, &document.http_header_config, problems)?;
            regex(at, &config.regex_values, problems);
            let values = cut(at, &config.values, problems).to_vec();
            Condition::HttpHeader { name: config.http_header_name.clone(), values }
        }
        "query-string" => {
            let at = at.field("QueryStringConfig");
            let config = given(at, &document.query_string_config, problems)?;
            let pattern = |value: &document::QueryStringValue| QueryPattern {
                key: value.key.clone(),
                value: value.value.clone(),
            };
            Condition::QueryString(cut(at, &config.values, problems).iter().map(pattern).collect())
        }
        "http-request-method" => {
            let at = at.field("HttpRequestMethodConfig");
            let config = given(at, &document.http_request_method_config, problems)?;
            regex(at, &config.regex_values, problems);
            Condition::HttpRequestMethod(cut(at, &config.values, problems).to_vec())
        }
        _ => {
            let at = at.field("SourceIpConfig");
            let config = given(at, &document.source_ip_config, problems)?;
            regex(at, &config.regex_values, problems);
            let (at_values, values) = (at.field("Values"), cut(at, &config.values, problems));
            let blocks: Vec<_> = values
                .iter()
                .enumerate()
                .filter_map(|(index, block)| cidr(at_values.element(index), block, problems))
                .collect();
            if blocks.len() < values.len() {
                return None;
            }
            Condition::SourceIp(blocks)
        }
    };
    let config = at.field(places[0]);
    let at_values = if document.values.is_some() { at.field("Values") } else { config.field("Values") };
    for refused in condition.check() {
        match &refused {
            ConditionRefused::TooLong { field: "HttpHeaderName", .. }
            | ConditionRefused::BadValue { field: "HttpHeaderName", .. }
            | ConditionRefused::Empty { field: "HttpHeaderName" } => {
                tell(config.field("HttpHeaderName"), &refused, problems);
            }
            _ => tell(at_values, &refused, problems),
        }
    }
    Some(condition)
}

/// What is given and belongs to conditions of another kind.
fn misplaced(at: At<'_>, document: &document::Condition, places: &[&str], problems: &mut Problems) {
    regex(at, &document.regex_values, problems);
    for (field, is_given) in [
        ("Values", document.values.is_some()),
        ("HostHeaderConfig", document.host_header_config.is_some()),
        ("PathPatternConfig", document.path_pattern_config.is_some()),
        ("HttpHeaderConfig", document.http_header_config.is_some()),
        ("QueryStringConfig", document.query_string_config.is_some()),
        ("HttpRequestMethodConfig", document.http_request_method_config.is_some()),
        ("SourceIpConfig", document.source_ip_config.is_some()),
    ] {
        if is_given && !places.contains(&field) {
            let allowed =
                format_args!("absent: {} has its values in {}", document.field, places.join(" or "));
            problems.add(at.field(field), field, allowed, places[0]);
        }
    }
}

/// The values of a kind that has two places for them (API `RuleCondition`).
fn simple(
    at: At<'_>,
    field: &'static str,
    config: &Option<Strings>,
    document: &document::Condition,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    match (&document.values, config) {
        (Some(_), Some(_)) => {
            let allowed = format_args!("absent: the values stand in {field}");
            problems.add(at.field("Values"), "Values", allowed, "nothing");
            None
        }
        (Some(values), None) => Some(cut(at, values, problems).to_vec()),
        (None, _) => {
            let at = at.field(field);
            let config = given(at, config, problems)?;
            regex(at, &config.regex_values, problems);
            Some(cut(at, &config.values, problems).to_vec())
        }
    }
}

fn cut<'a, T>(at: At<'_>, values: &'a [T], problems: &mut Problems) -> &'a [T] {
    problems.at_most(at.field("Values"), values, VALUES_MAX, "values")
}

fn given<'a, T>(at: At<'_>, config: &'a Option<T>, problems: &mut Problems) -> Option<&'a T> {
    if config.is_none() {
        problems.add(at, "nothing", "given for this Field", "\"Values\" in it");
    }
    config.as_ref()
}

fn regex(at: At<'_>, values: &Option<NotSimulated>, problems: &mut Problems) {
    if values.is_some() {
        problems.not_simulated(at.field("RegexValues"), "RegexValues");
    }
}

fn tell(at: At<'_>, refused: &ConditionRefused, problems: &mut Problems) {
    match refused {
        ConditionRefused::Empty { .. } => {
            problems.add(
                at,
                "an empty value or none",
                "at least one value, and none that is empty",
                "a value",
            );
        }
        ConditionRefused::TooManyValues { found, max, .. } => {
            problems.add(at, format_args!("{found} values"), format_args!("at most {max}"), "another rule");
        }
        ConditionRefused::TooLong { value, found, max, .. } => {
            let allowed = format_args!("at most {max} characters, not {found}");
            problems.add(at, quoted(value), allowed, "a shorter one");
        }
        ConditionRefused::BadValue { value, allowed, .. } => {
            problems.add(at, quoted(value), allowed, "such a value");
        }
    }
}
