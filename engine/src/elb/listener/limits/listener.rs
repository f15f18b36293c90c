//! In a rule, a listener and all listeners of a load balancer: priorities, quotas, and what HTTPS needs.

use crate::elb::listener::condition::Condition;
use crate::elb::listener::message::Protocol;
use crate::elb::listener::rule::{Listener, Rule};

/// Why AWS refuses a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefused {
    /// API `RulePriority`.
    #[error("a rule's priority is a whole number from 1 to 50000, not {found}")]
    Priority {
        /// The priority.
        found: u16,
    },
    /// API `CreateRule`: conditions are required.
    #[error("a rule has at least one condition; only the default rule has none")]
    NoCondition,
    /// API `RuleCondition`.
    #[error("a rule has at most one {field} condition")]
    Repeated {
        /// AWS's name of the condition.
        field: &'static str,
    },
    /// ALB guide, "Quotas".
    #[error("the conditions of a rule have at most 5 values together, not {found}")]
    TooManyValues {
        /// How many there are.
        found: usize,
    },
    /// ALB guide, "Condition types": 5; "Quotas" says 6.
    #[error("the conditions of a rule have at most 5 wildcards together, not {found}")]
    TooManyWildcards {
        /// How many there are.
        found: usize,
    },
}

impl Rule {
    /// What AWS would refuse about it: nothing for a good one. Its conditions and its action have checks of
    /// their own.
    pub fn check(&self) -> Vec<RuleRefused> {
        let mut refused = Vec::new();
        if !(1..=50_000).contains(&self.priority) {
            refused.push(RuleRefused::Priority { found: self.priority });
        }
        if self.conditions.is_empty() {
            refused.push(RuleRefused::NoCondition);
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            let field = condition.field();
            if !condition.repeats() && self.conditions[..index].iter().any(|other| other.field() == field) {
                refused.push(RuleRefused::Repeated { field });
            }
        }
        let values = self.conditions.iter().map(Condition::values).sum();
        if values > 5 {
            refused.push(RuleRefused::TooManyValues { found: values });
        }
        let wildcards = self.conditions.iter().map(Condition::wildcards).sum();
        if wildcards > 5 {
            refused.push(RuleRefused::TooManyWildcards { found: wildcards });
        }
        refused
    }
}

/// Why AWS refuses a listener. The messages begin with the code of the API where it documents one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListenerRefused {
    /// API `CreateListener`.
    #[error("a listener's port is a whole number from 1 to 65535, not 0")]
    Port,
    /// API `CreateRule`.
    #[error("PriorityInUse: a listener has at most one rule with the priority {priority}")]
    PriorityInUse {
        /// The priority.
        priority: u16,
    },
    /// ALB guide, "SSL certificates".
    #[error("an HTTPS listener needs a certificate: the first one is its default certificate")]
    NoCertificate,
    /// API `CreateListener`.
    #[error("an HTTPS listener needs a security policy, such as ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")]
    NoPolicy,
    /// API `CreateListener`: certificates and security policies are for HTTPS.
    #[error("an HTTP listener has neither certificates nor a security policy")]
    TlsWithHttp,
    /// API `CreateListener`.
    #[error("DuplicateListener: a load balancer has at most one listener on port {port}")]
    DuplicateListener {
        /// The port.
        port: u16,
    },
    /// ALB guide, "Quotas".
    #[error("TooManyListeners: a load balancer has at most 50 listeners, not {found}")]
    TooManyListeners {
        /// How many there are.
        found: usize,
    },
    /// ALB guide, "Quotas".
    #[error("TooManyRules: a load balancer has at most 100 rules without the default ones, not {found}")]
    TooManyRules {
        /// How many there are.
        found: usize,
    },
    /// ALB guide, "Quotas".
    #[error(
        "TooManyCertificates: a load balancer has at most 25 certificates without the default ones, not {found}"
    )]
    TooManyCertificates {
        /// How many there are.
        found: usize,
    },
}

impl Listener {
    /// What AWS would refuse about it: nothing for a good one. Its rules and its default action have checks
    /// of their own, and [`check_listeners`] looks at all listeners together.
    pub fn check(&self) -> Vec<ListenerRefused> {
        let mut refused = Vec::new();
        if self.port == 0 {
            refused.push(ListenerRefused::Port);
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let priority = rule.priority;
            if self.rules[..index].iter().any(|other| other.priority == priority) {
                refused.push(ListenerRefused::PriorityInUse { priority });
            }
        }
        match self.protocol {
            Protocol::Http if !self.certificates.is_empty() || self.ssl_policy.is_some() => {
                refused.push(ListenerRefused::TlsWithHttp);
            }
            Protocol::Http => {}
            Protocol::Https => {
                if self.certificates.is_empty() {
                    refused.push(ListenerRefused::NoCertificate);
                }
                if self.ssl_policy.is_none() {
                    refused.push(ListenerRefused::NoPolicy);
                }
            }
        }
        refused
    }
}

/// What AWS would refuse about the listeners of one load balancer together.
pub fn check_listeners(listeners: &[Listener]) -> Vec<ListenerRefused> {
    let mut refused = Vec::new();
    for (index, listener) in listeners.iter().enumerate() {
        let port = listener.port;
        if listeners[..index].iter().any(|other| other.port == port) {
            refused.push(ListenerRefused::DuplicateListener { port });
        }
    }
    if listeners.len() > 50 {
        refused.push(ListenerRefused::TooManyListeners { found: listeners.len() });
    }
    let rules = listeners.iter().map(|listener| listener.rules.len()).sum();
    if rules > 100 {
        refused.push(ListenerRefused::TooManyRules { found: rules });
    }
    let certificates = listeners.iter().map(|listener| listener.certificates.len().saturating_sub(1)).sum();
    if certificates > 25 {
        refused.push(ListenerRefused::TooManyCertificates { found: certificates });
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::TargetGroupId;
    use crate::elb::listener::action::{Action, Forward};
    use crate::elb::listener::condition::QueryPattern;
    use crate::elb::listener::tls::{Certificate, CertificateKey, SecurityPolicy};

    fn forward() -> Action {
        Action::Forward(Forward::to(TargetGroupId::new(0)))
    }

    fn path(values: &[&str]) -> Condition {
        Condition::PathPattern(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn header(values: &[&str]) -> Condition {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Condition::HttpHeader { name: "X-Team".to_owned(), values }
    }

    fn rule(conditions: &[Condition]) -> Rule {
        Rule { priority: 1, conditions: conditions.to_vec(), action: forward() }
    }

    fn http(port: u16, priorities: &[u16]) -> Listener {
        let rule = |priority: &u16| Rule { priority: *priority, ..rule(&[path(&["/"])]) };
        Listener {
            port,
            protocol: Protocol::Http,
            certificates: Vec::new(),
            ssl_policy: None,
            default_action: forward(),
            rules: priorities.iter().map(rule).collect(),
        }
    }

    fn https(port: u16, certificates: usize) -> Listener {
        let certificate = Certificate {
            arn: "a".to_owned(),
            domains: vec!["example.com".to_owned()],
            key: CertificateKey::Rsa(2_048),
            hash_bits: 256,
            expired: false,
            validity_days: 395,
        };
        Listener {
            protocol: Protocol::Https,
            certificates: vec![certificate; certificates],
            ssl_policy: Some(SecurityPolicy::default()),
            ..http(port, &[])
        }
    }

    /// API `RulePriority`.
    #[test]
    fn a_priority_is_1_to_50000() {
        let accepts = |priority| Rule { priority, ..rule(&[path(&["/"])]) }.check().is_empty();
        assert_eq!([0, 1, 50_000, 50_001].map(accepts), [false, true, true, false]);
    }

    /// ALB guide, "Listener rules": the default rule has no conditions; API `CreateRule`: every other has.
    #[test]
    fn a_rule_has_a_condition() {
        assert_eq!(rule(&[]).check(), [RuleRefused::NoCondition]);
    }

    /// API `RuleCondition`: at most one each of four kinds, any number of `http-header` and `query-string`.
    #[test]
    fn only_header_and_query_conditions_can_stand_in_a_rule_more_than_once() {
        let query = Condition::QueryString(vec![QueryPattern { key: None, value: "a".to_owned() }]);
        let twice = [header(&["a"]), header(&["b"]), query.clone(), query, path(&["/"])];
        assert_eq!(rule(&twice).check(), []);
        let host = || Condition::HostHeader(vec!["example.com".to_owned()]);
        let method = || Condition::HttpRequestMethod(vec!["GET".to_owned()]);
        let source = || Condition::SourceIp(vec!["10.0.0.0/8".parse().expect("a block")]);
        for make in [host, method, source, || path(&["/"])] {
            let field = make().field();
            assert_eq!(rule(&[make(), make()]).check(), [RuleRefused::Repeated { field }]);
        }
    }

    /// ALB guide, "Quotas": 5 condition values in a rule.
    #[test]
    fn a_rule_has_up_to_5_values() {
        assert_eq!(rule(&[path(&["/1", "/2", "/3"]), header(&["4", "5"])]).check(), []);
        let six = rule(&[path(&["/1", "/2", "/3"]), header(&["4", "5", "6"])]);
        assert_eq!(six.check(), [RuleRefused::TooManyValues { found: 6 }]);
    }

    /// ALB guide, "Condition types": 5 wildcards in a rule; escaped ones are none.
    #[test]
    fn a_rule_has_up_to_5_wildcards() {
        assert_eq!(rule(&[path(&["/*/?", "/*"]), header(&["*a*"])]).check(), []);
        let six = rule(&[path(&["/*/?", "/*"]), header(&["*a*b?"])]);
        assert_eq!(six.check(), [RuleRefused::TooManyWildcards { found: 6 }]);
        let escaped = QueryPattern { key: Some("*".to_owned()), value: r"\*\*\*\*\*\?*".to_owned() };
        assert_eq!(rule(&[Condition::QueryString(vec![escaped])]).check(), []);
    }

    /// API `CreateRule`: `PriorityInUse`.
    #[test]
    fn a_priority_is_used_once_in_a_listener() {
        assert_eq!(http(80, &[1, 2, 3]).check(), []);
        assert_eq!(http(80, &[1, 2, 2]).check(), [ListenerRefused::PriorityInUse { priority: 2 }]);
    }

    /// ALB guide, "SSL certificates", and API `CreateListener`: HTTPS needs a default certificate and a
    /// policy.
    #[test]
    fn an_https_listener_has_a_certificate_and_a_policy_and_an_http_one_neither() {
        assert_eq!(https(443, 1).check(), []);
        assert_eq!(https(443, 0).check(), [ListenerRefused::NoCertificate]);
        assert_eq!(Listener { ssl_policy: None, ..https(443, 1) }.check(), [ListenerRefused::NoPolicy]);
        assert_eq!(
            Listener { protocol: Protocol::Http, ..https(80, 1) }.check(),
            [ListenerRefused::TlsWithHttp]
        );
    }

    /// ALB guide, "Listeners": ports 1 to 65535; API `CreateListener`: `DuplicateListener`.
    #[test]
    fn a_port_has_one_listener_and_is_not_0() {
        assert_eq!(http(0, &[]).check(), [ListenerRefused::Port]);
        assert_eq!(check_listeners(&[http(80, &[]), https(443, 1)]), []);
        let refused = check_listeners(&[http(80, &[]), https(443, 1), https(80, 1)]);
        assert_eq!(refused, [ListenerRefused::DuplicateListener { port: 80 }]);
    }

    /// ALB guide, "Quotas": 50 listeners, 100 rules without the default ones, 25 certificates without the
    /// default ones.
    #[test]
    fn a_load_balancer_has_its_quotas() {
        let listeners = |count: u16| (1..=count).map(|port| http(port, &[])).collect::<Vec<_>>();
        assert_eq!(check_listeners(&listeners(50)), []);
        assert_eq!(check_listeners(&listeners(51)), [ListenerRefused::TooManyListeners { found: 51 }]);

        let rules = |count: u16| http(8080, &(1..=count).collect::<Vec<_>>());
        assert_eq!(check_listeners(&[http(80, &[1]), rules(99)]), []);
        let refused = check_listeners(&[http(80, &[1]), rules(100)]);
        assert_eq!(refused, [ListenerRefused::TooManyRules { found: 101 }]);

        assert_eq!(check_listeners(&[https(443, 26), https(8443, 1)]), []);
        let refused = check_listeners(&[https(443, 26), https(8443, 2)]);
        assert_eq!(refused, [ListenerRefused::TooManyCertificates { found: 26 }]);
    }
}
