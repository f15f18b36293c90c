//! In a condition: how many values, how long, of which characters.

use crate::elb::listener::condition::Condition;

/// Why AWS refuses a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionRefused {
    /// API `RuleCondition`: a condition has a value, and no value is empty.
    #[error("{field} has at least one value, and none that is empty")]
    Empty {
        /// AWS's name of the condition.
        field: &'static str,
    },
    /// ALB guide, "Condition types": at most 3 values; API `SourceIpConditionConfig`: at most 5.
    #[error("{field} has at most {max} values, not {found}")]
    TooManyValues {
        /// AWS's name of the condition.
        field: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        max: usize,
    },
    /// API `HostHeaderConditionConfig` and its like.
    #[error("{field} takes at most {max} characters, and \"{value}\" has {found}")]
    TooLong {
        /// AWS's name of the condition.
        field: &'static str,
        /// The value.
        value: String,
        /// How many characters it has.
        found: usize,
        /// How many it may have.
        max: usize,
    },
    /// A value with a character that it must not have, or without one that it must have.
    #[error("{field} is {allowed}, not \"{value}\"")]
    BadValue {
        /// AWS's name of the condition, or of the part of it.
        field: &'static str,
        /// The value.
        value: String,
        /// What AWS allows.
        allowed: &'static str,
    },
}

const HOST: &str = "letters, digits, - and . with the wildcards * and ?, with at least one . and only letters behind \
                    the last one";
const PATH: &str = "letters, digits and _-.$/~\"'@:+& with the wildcards * and ?";
const HEADER: &str = "a header's name of letters, digits and !#$%&'+-.^_`|~ without wildcards";
const METHOD: &str = "capital letters, - and _, without wildcards";

impl Condition {
    /// What AWS would refuse about it: nothing for a good one. Limits of the rule as a whole are checked
    /// there.
    pub fn check(&self) -> Vec<ConditionRefused> {
        let mut refused = Vec::new();
        let field = self.field();
        let max = if matches!(self, Self::SourceIp(_)) { 5 } else { 3 };
        match self.values() {
            0 => refused.push(ConditionRefused::Empty { field }),
            found if found > max => refused.push(ConditionRefused::TooManyValues { field, found, max }),
            _ => {}
        }
        match self {
            Self::HostHeader(values) => {
                values.iter().for_each(|value| check_text(field, value, 128, HOST, is_host, &mut refused));
            }
            Self::PathPattern(values) => {
                values.iter().for_each(|value| check_text(field, value, 128, PATH, is_path, &mut refused));
            }
            Self::HttpHeader { name, values } => {
                check_text("HttpHeaderName", name, 40, HEADER, is_header_name, &mut refused);
                if name.eq_ignore_ascii_case("host") {
                    refused.push(ConditionRefused::BadValue {
                        field: "HttpHeaderName",
                        value: name.clone(),
                        allowed: "any header but Host, which has host-header",
                    });
                }
                values.iter().for_each(|value| check_text(field, value, 128, "", |_| true, &mut refused));
            }
            Self::QueryString(values) => {
                for text in values.iter().flat_map(|pattern| pattern.key.iter().chain([&pattern.value])) {
                    check_text(field, text, 128, "", |_| true, &mut refused);
                }
            }
            Self::HttpRequestMethod(values) => {
                values.iter().for_each(|value| check_text(field, value, 40, METHOD, is_method, &mut refused));
            }
            Self::SourceIp(_) => {}
        }
        refused
    }
}

fn check_text(
    field: &'static str,
    value: &str,
    max: usize,
    allowed: &'static str,
    is_allowed: fn(&str) -> bool,
    refused: &mut Vec<ConditionRefused>,
) {
    let found = value.chars().count();
    if found == 0 {
        refused.push(ConditionRefused::Empty { field });
    } else if found > max {
        refused.push(ConditionRefused::TooLong { field, value: value.to_owned(), found, max });
    } else if !is_allowed(value) {
        refused.push(ConditionRefused::BadValue { field, value: value.to_owned(), allowed });
    }
}

/// ALB guide, "Condition types", host conditions.
fn is_host(host: &str) -> bool {
    let characters = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.*?".contains(&byte));
    let ending = host.rsplit_once('.').map(|(_, ending)| ending);
    characters && ending.is_some_and(|e| !e.is_empty() && e.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// ALB guide, "Condition types", path conditions.
fn is_path(path: &str) -> bool {
    path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&*?".contains(&byte))
}

/// API `HttpHeaderConditionConfig`: what RFC 7230 allows. It allows `*`, too; that this is taken for a
/// wildcard and refused is our choice.
fn is_header_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte))
}

/// API `HttpRequestMethodConditionConfig`.
fn is_method(method: &str) -> bool {
    method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::listener::condition::QueryPattern;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn accepts(condition: &Condition) -> bool {
        condition.check().is_empty()
    }

    fn header(name: &str, value: &str) -> Condition {
        Condition::HttpHeader { name: name.to_owned(), values: texts(&[value]) }
    }

    /// ALB guide, "Condition types": 3 values in a condition; API `SourceIpConditionConfig`: 5 addresses.
    #[test]
    fn a_condition_has_1_to_3_values_and_source_ip_up_to_5() {
        let paths = |count| Condition::PathPattern(vec!["/a".to_owned(); count]);
        let blocks = |count| Condition::SourceIp(vec!["10.0.0.0/8".parse().expect("a block"); count]);
        let accepted = |check: &dyn Fn(usize) -> Condition| -> Vec<usize> {
            (0..8).filter(|count| accepts(&check(*count))).collect()
        };
        assert_eq!(accepted(&paths), [1, 2, 3]);
        assert_eq!(accepted(&blocks), [1, 2, 3, 4, 5]);
        let refused = paths(4).check();
        assert_eq!(refused[0].to_string(), "path-pattern has at most 3 values, not 4");
    }

    /// API `RuleCondition`: a value cannot be empty.
    #[test]
    fn no_value_is_empty() {
        assert_eq!(
            Condition::PathPattern(texts(&["/a", ""])).check(),
            [ConditionRefused::Empty { field: "path-pattern" }]
        );
        assert!(!accepts(&header("X-Team", "")));
    }

    /// ALB guide, "Condition types", host conditions: letters, digits, `-`, `.` and wildcards; a `.`, and
    /// only letters behind the last one; up to 128 characters.
    #[test]
    fn a_host_has_a_dot_and_only_letters_behind_the_last_one() {
        let host = |host: &str| Condition::HostHeader(texts(&[host]));
        for good in ["example.com", "*.example.com", "test-?.Example.COM"] {
            assert!(accepts(&host(good)), "{good}");
        }
        for bad in ["localhost", "example.", "10.0.0.1", "example.c*", "a_b.com", "a.com:80", "\u{e4}.com"] {
            assert!(!accepts(&host(bad)), "{bad}");
        }
        let long = |length: usize| host(&format!("{}.com", "a".repeat(length - 4)));
        assert!(accepts(&long(128)) && !accepts(&long(129)));
    }

    /// ALB guide, "Condition types", path conditions: the characters, and up to 128 of them.
    #[test]
    fn a_path_pattern_has_only_the_characters_that_aws_lists() {
        let path = |path: &str| Condition::PathPattern(texts(&[path]));
        for good in ["/img/*", "*.png", "/a_b-c.$/~\"'@:+&?", "/"] {
            assert!(accepts(&path(good)), "{good}");
        }
        for bad in ["/a b", "/a%20b", "/a#b", "/a=b", "/\u{e4}"] {
            assert!(!accepts(&path(bad)), "{bad}");
        }
        assert!(accepts(&path(&"a".repeat(128))) && !accepts(&path(&"a".repeat(129))));
    }

    /// API `HttpHeaderConditionConfig`: a name of up to 40 characters of RFC 7230, without wildcards and not
    /// `Host`; values of up to 128 characters.
    #[test]
    fn a_header_name_is_short_has_no_wildcards_and_is_not_host() {
        for good in ["User-Agent", "X-Forwarded-For", "x_y~z"] {
            assert!(accepts(&header(good, "*")), "{good}");
        }
        for bad in ["Host", "hOST", "X-*", "X-?", "X Y", "X:", ""] {
            assert!(!accepts(&header(bad, "*")), "{bad}");
        }
        assert!(accepts(&header(&"x".repeat(40), "a")) && !accepts(&header(&"x".repeat(41), "a")));
        assert!(accepts(&header("x", &"a".repeat(128))) && !accepts(&header("x", &"a".repeat(129))));
    }

    /// API `HttpRequestMethodConditionConfig`: up to 40 of `A-Z`, `-` and `_`, without wildcards.
    #[test]
    fn a_method_is_capital_letters_hyphens_and_underscores() {
        let method = |method: &str| Condition::HttpRequestMethod(texts(&[method]));
        for (text, accepted) in
            [("GET", true), ("CUSTOM-METHOD_", true), ("get", false), ("*", false), ("M1", false)]
        {
            assert_eq!(accepts(&method(text)), accepted, "{text}");
        }
        assert!(accepts(&method(&"M".repeat(40))) && !accepts(&method(&"M".repeat(41))));
    }

    /// API `QueryStringConditionConfig`: up to 128 characters each; the key can be left out.
    #[test]
    fn a_query_key_and_value_have_up_to_128_characters() {
        let pair = |key: Option<usize>, value: usize| {
            let key = key.map(|length| "k".repeat(length));
            accepts(&Condition::QueryString(vec![QueryPattern { key, value: "v".repeat(value) }]))
        };
        assert!(pair(None, 128) && pair(Some(128), 1));
        assert!(!pair(None, 129) && !pair(Some(129), 1) && !pair(Some(1), 0));
    }
}
