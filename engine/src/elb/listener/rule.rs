//! Listeners and their rules: which rule a request meets, and what AWS allows of both.

use serde::{Deserialize, Serialize};

use core::net::IpAddr;

use super::action::Action;
use super::condition::Condition;
use super::message::{HttpRequest, Protocol};
use super::tls::{Certificate, SecurityPolicy};

/// A rule of a listener (ALB guide, "Listener rules").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// `Priority`: 1 to 50000, and no two of a listener's rules have the same.
    pub priority: u16,
    /// What a request must meet: all of them.
    pub conditions: Vec<Condition>,
    /// What is done with a request that does.
    pub action: Action,
}

/// A listener (ALB guide, "Listeners").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Listener {
    /// The port: 1 to 65535. No two listeners of a load balancer have the same.
    pub port: u16,
    /// The protocol.
    pub protocol: Protocol,
    /// The certificates of an HTTPS listener: first the default one, then the certificate list. None for
    /// HTTP.
    pub certificates: Vec<Certificate>,
    /// `SslPolicy` of an HTTPS listener. None for HTTP.
    pub ssl_policy: Option<SecurityPolicy>,
    /// The action of the default rule, which has no conditions and comes last.
    pub default_action: Action,
    /// The other rules, in the order of their priorities: lowest number first.
    pub rules: Vec<Rule>,
}

/// What came of looking at one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleCheck {
    /// The rule, by its priority.
    pub priority: u16,
    /// The first of its conditions, counted from 0, that the request does not meet; none when it meets them
    /// all.
    pub not_met: Option<u8>,
}

/// The rule that a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Matched {
    /// The rule at this place in the listener's list.
    Rule(u16),
    /// No rule: the default rule.
    Default,
}

/// What the rules of a listener said to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evaluation {
    /// The rule that it met.
    pub matched: Matched,
    /// How many rules were looked at, as the metric `RuleEvaluations` counts them: without the default rule.
    pub evaluations: u16,
}

impl Listener {
    /// Everything that it may do: the actions of its rules and the default action.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.rules.iter().map(|rule| &rule.action).chain([&self.default_action])
    }

    /// Puts the rules in the order of their priorities.
    pub fn sort_rules(&mut self) {
        self.rules.sort_by_key(|rule| rule.priority);
    }

    /// Finds the rule for a request from this address, and reports every rule that is looked at on the way.
    ///
    /// Rules are taken in the order of their priorities; the first one whose conditions are all met applies,
    /// and the default rule when there is none (ALB guide, "Listener rules").
    pub fn evaluate(
        &self,
        request: &HttpRequest,
        source: IpAddr,
        on_rule: &mut dyn FnMut(RuleCheck),
    ) -> Evaluation {
        let mut evaluations = 0;
        for (index, rule) in (0..).zip(&self.rules) {
            let not_met = rule.conditions.iter().position(|condition| !condition.is_met(request, source));
            let not_met = not_met.map(|index| u8::try_from(index).unwrap_or(u8::MAX));
            evaluations += 1;
            on_rule(RuleCheck { priority: rule.priority, not_met });
            if not_met.is_none() {
                return Evaluation { matched: Matched::Rule(index), evaluations };
            }
        }
        Evaluation { matched: Matched::Default, evaluations }
    }

    /// The rule with this priority.
    pub fn rule(&self, priority: u16) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.priority == priority)
    }

    /// The action of the rule that was met.
    pub fn action(&self, matched: Matched) -> &Action {
        match matched {
            Matched::Rule(index) => {
                self.rules.get(usize::from(index)).map_or(&self.default_action, |rule| &rule.action)
            }
            Matched::Default => &self.default_action,
        }
    }

    /// What came of looking at a rule, for people: `rule 10 did not match: path-pattern /api/* is not met by
    /// /img`.
    pub fn sentence(&self, check: RuleCheck, request: &HttpRequest, source: IpAddr) -> String {
        let mut sentence = format!("rule {}", check.priority);
        let conditions = self.rule(check.priority).map_or(&[][..], |rule| &rule.conditions);
        match check.not_met {
            None => {
                sentence.push_str(" matched");
                for (index, condition) in conditions.iter().enumerate() {
                    sentence.push_str(if index == 0 { ": " } else { " and " });
                    sentence.push_str(&condition.to_string());
                }
            }
            Some(index) => {
                sentence.push_str(" did not match");
                if let Some(condition) = conditions.get(usize::from(index)) {
                    sentence.push_str(": ");
                    sentence.push_str(&condition.to_string());
                    sentence.push_str(" is not met by ");
                    sentence.push_str(&condition.seen(request, source));
                }
            }
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::TargetGroupId;
    use crate::elb::listener::action::Forward;

    const SOURCE: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 7));

    fn forward(group: u32) -> Action {
        Action::Forward(Forward::to(TargetGroupId::new(group)))
    }

    fn path(pattern: &str) -> Condition {
        Condition::PathPattern(vec![pattern.to_owned()])
    }

    fn method(method: &str) -> Condition {
        Condition::HttpRequestMethod(vec![method.to_owned()])
    }

    fn get(path: &str) -> HttpRequest {
        HttpRequest { path: path.to_owned(), ..HttpRequest::default() }
    }

    /// Rule n forwards to target group n, the default rule to target group 0.
    fn listener(rules: &[(u16, &[Condition])]) -> Listener {
        let rule = |(priority, conditions): &(u16, &[Condition])| Rule {
            priority: *priority,
            conditions: conditions.to_vec(),
            action: forward(u32::from(*priority)),
        };
        let mut listener = Listener {
            port: 80,
            protocol: Protocol::Http,
            certificates: Vec::new(),
            ssl_policy: None,
            default_action: forward(0),
            rules: rules.iter().map(rule).collect(),
        };
        listener.sort_rules();
        listener
    }

    /// The target group a request is forwarded to, and all that was said on the way.
    fn outcome(listener: &Listener, request: &HttpRequest) -> (Action, Vec<String>, u16) {
        let mut said = Vec::new();
        let evaluation = listener
            .evaluate(request, SOURCE, &mut |check| said.push(listener.sentence(check, request, SOURCE)));
        (listener.action(evaluation.matched).clone(), said, evaluation.evaluations)
    }

    /// ALB guide, "Listener rules": from the lowest number to the highest; the first one that is met applies.
    #[test]
    fn rules_are_taken_in_the_order_of_their_priorities_and_the_first_that_is_met_applies() {
        let listener = listener(&[(30, &[path("*")]), (10, &[path("/api/*")]), (20, &[path("/img*")])]);
        let (action, said, evaluations) = outcome(&listener, &get("/img"));
        assert_eq!(action, forward(20));
        assert_eq!(
            said,
            [
                "rule 10 did not match: path-pattern /api/* is not met by /img",
                "rule 20 matched: path-pattern /img*"
            ]
        );
        assert_eq!(evaluations, 2);
    }

    /// ALB guide, "Listener rules": the default rule comes last; "CloudWatch metrics", `RuleEvaluations`: it
    /// is not counted.
    #[test]
    fn the_default_rule_applies_when_no_other_is_met_and_is_not_counted() {
        let two = listener(&[(1, &[path("/a")]), (2, &[path("/b")])]);
        let (action, said, evaluations) = outcome(&two, &get("/c"));
        assert_eq!((action, said.len(), evaluations), (forward(0), 2, 2));
        let (action, _, evaluations) = outcome(&listener(&[]), &get("/"));
        assert_eq!((action, evaluations), (forward(0), 0));
    }

    /// ALB guide, "Condition types": all conditions of a rule must be met.
    #[test]
    fn every_condition_of_a_rule_must_be_met() {
        let listener = listener(&[(5, &[path("/a"), method("POST")])]);
        let post = HttpRequest { method: "POST".to_owned(), ..get("/a") };
        let (action, said, _) = outcome(&listener, &post);
        assert_eq!(action, forward(5));
        assert_eq!(said, ["rule 5 matched: path-pattern /a and http-request-method POST"]);
        let (action, said, _) = outcome(&listener, &get("/a"));
        assert_eq!(action, forward(0));
        assert_eq!(said, ["rule 5 did not match: http-request-method POST is not met by GET"]);
    }

    /// ALB guide, "Condition types": to require several strings, one condition each.
    #[test]
    fn several_strings_are_required_by_several_conditions() {
        let header =
            |value: &str| Condition::HttpHeader { name: "X-Team".to_owned(), values: vec![value.to_owned()] };
        let listener = listener(&[(1, &[header("*blue*"), header("*green*")])]);
        let request =
            |value: &str| HttpRequest { headers: vec![("x-team".to_owned(), value.to_owned())], ..get("/") };
        assert_eq!(outcome(&listener, &request("green, blue")).0, forward(1));
        let (action, said, _) = outcome(&listener, &request("blue"));
        assert_eq!(action, forward(0));
        assert_eq!(said, ["rule 1 did not match: http-header X-Team: *green* is not met by blue"]);
    }

    #[test]
    fn a_sentence_says_what_the_condition_looked_at() {
        let conditions: [(Condition, &str); 5] = [
            (
                Condition::HostHeader(vec!["a.com".to_owned()]),
                "host-header a.com is not met by www.example.com",
            ),
            (
                Condition::HttpHeader { name: "X-Team".to_owned(), values: vec!["a".to_owned()] },
                "http-header X-Team: a is not met by a request without it",
            ),
            (Condition::QueryString(Vec::new()), "query-string is not met by a request without one"),
            (method("PUT"), "http-request-method PUT is not met by GET"),
            (
                Condition::SourceIp(vec!["10.0.0.0/8".parse().expect("a block")]),
                "source-ip 10.0.0.0/8 is not met by 203.0.113.7",
            ),
        ];
        for (condition, expected) in conditions {
            let listener = listener(&[(7, &[condition])]);
            assert_eq!(outcome(&listener, &get("/")).1, [format!("rule 7 did not match: {expected}")]);
        }
    }

    #[test]
    fn a_check_of_a_rule_that_is_gone_can_still_be_told() {
        let check = RuleCheck { priority: 9, not_met: Some(0) };
        assert_eq!(listener(&[]).sentence(check, &get("/"), SOURCE), "rule 9 did not match");
    }
}
