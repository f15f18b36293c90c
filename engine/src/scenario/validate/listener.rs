//! Listeners with their certificates and rules.

use std::collections::BTreeSet;

use super::At;
use super::action::{Place, only_action, sessions};
use super::certificate::certificates;
use super::condition::conditions;
use super::names::Book;
use super::problems::{Problems, quoted};
use crate::elb::TargetGroupSettings;
use crate::elb::listener::{
    Action, Certificate, FixedResponse, Listener, ListenerRefused, Protocol, Rule, RuleRefused,
    SecurityPolicy, check_listeners,
};
use crate::scenario::document::{self, CertificateReference, Document, PROTOCOLS};

/// ALB guide, "Quotas": rules and certificates of a load balancer without the default ones.
const RULES_MAX: usize = 100;
const CERTIFICATES_MAX: usize = 25;

pub(super) fn listeners(
    document: &Document,
    book: &Book<'_>,
    groups: &[TargetGroupSettings],
    problems: &mut Problems,
) -> Vec<Listener> {
    let certificates = certificates(book, problems);
    let top = At::top("Listeners");
    let mut listeners: Vec<Listener> = Vec::new();
    for (index, listener) in book.listeners.list.iter().enumerate() {
        let at = top.element(index);
        match document.load_balancers.as_slice() {
            [balancer] if balancer.name != listener.load_balancer_arn => {
                let found = quoted(&listener.load_balancer_arn);
                let instead = quoted(&balancer.name);
                problems.add(at.field("LoadBalancerArn"), found, "the name of a load balancer", instead);
            }
            _ => {}
        }
        listeners.push(one(at, listener, book, groups, &certificates, problems));
    }
    further_certificates(document, book, &certificates, &mut listeners, problems);
    rules(document, book, groups, &mut listeners, problems);
    for (index, listener) in listeners.iter_mut().enumerate() {
        listener.sort_rules();
        for refused in listener.check() {
            tell(top.element(index), &refused, problems);
        }
    }
    for refused in check_listeners(&listeners) {
        tell(top, &refused, problems);
    }
    listeners
}

fn one(
    at: At<'_>,
    listener: &document::Listener,
    book: &Book<'_>,
    groups: &[TargetGroupSettings],
    certificates: &[Certificate],
    problems: &mut Problems,
) -> Listener {
    let protocol = problems.one_of(at.field("Protocol"), &listener.protocol, PROTOCOLS);
    let port = problems.port(at.field("Port"), listener.port);
    let at_certificates = at.field("Certificates");
    let default = problems.at_most(at_certificates, &listener.certificates, 1, "of them");
    let at_actions = at.field("DefaultActions");
    let place = Place { protocol, port };
    let action = only_action(at_actions, &listener.default_actions, place, book, groups, problems);
    if let Some(action) = &action {
        sessions(at_actions, action, groups, problems);
    }
    Listener {
        port,
        protocol,
        certificates: named(at_certificates, default, book, certificates, problems),
        ssl_policy: policy(at.field("SslPolicy"), listener.ssl_policy.as_deref(), protocol, problems),
        default_action: action.unwrap_or_else(nothing),
        rules: Vec::new(),
    }
}

/// Stands in for an action that cannot be read.
fn nothing() -> Action {
    Action::FixedResponse(FixedResponse { status: 503, content_type: None, body: String::new() })
}

fn policy(
    at: At<'_>,
    name: Option<&str>,
    protocol: Protocol,
    problems: &mut Problems,
) -> Option<SecurityPolicy> {
    let Some(name) = name else { return (protocol == Protocol::Https).then(SecurityPolicy::default) };
    let policy = name.parse().ok();
    if policy.is_none() {
        let names: Vec<&str> = SecurityPolicy::ALL.iter().map(|policy| policy.as_str()).collect();
        problems.not_among(at, name, &names);
    }
    Some(policy.unwrap_or_default())
}

fn named(
    at: At<'_>,
    references: &[CertificateReference],
    book: &Book<'_>,
    certificates: &[Certificate],
    problems: &mut Problems,
) -> Vec<Certificate> {
    let mut found = Vec::new();
    for (index, reference) in references.iter().enumerate() {
        let element = at.element(index);
        let place = book.certificates.names.find(
            element.field("CertificateArn"),
            &reference.certificate_arn,
            problems,
        );
        found.extend(place.and_then(|place| certificates.get(place)).cloned());
    }
    found
}

/// The certificate lists of HTTPS listeners, behind their default certificates.
fn further_certificates(
    document: &Document,
    book: &Book<'_>,
    certificates: &[Certificate],
    listeners: &mut [Listener],
    problems: &mut Problems,
) {
    let top = At::top("ListenerCertificates");
    let lists = problems.at_most(top, &document.listener_certificates, CERTIFICATES_MAX, "of them");
    for (index, list) in lists.iter().enumerate() {
        let at = top.element(index);
        let place = book.listeners.names.find(at.field("ListenerArn"), &list.listener_arn, problems);
        let at_certificates = at.field("Certificates");
        let references =
            problems.at_most(at_certificates, &list.certificates, CERTIFICATES_MAX, "certificates");
        let mut found = named(at_certificates, references, book, certificates, problems);
        let Some(listener) = place.and_then(|place| listeners.get_mut(place)) else { continue };
        if listener.certificates.is_empty() && listener.protocol == Protocol::Https {
            no_certificate(At::top("Listeners").element(place.unwrap_or_default()), problems);
        }
        // One too many is enough to be refused, and no file makes copies by the thousand.
        found.truncate((CERTIFICATES_MAX + 2).saturating_sub(listener.certificates.len()));
        listener.certificates.extend(found);
    }
}

fn rules(
    document: &Document,
    book: &Book<'_>,
    groups: &[TargetGroupSettings],
    listeners: &mut [Listener],
    problems: &mut Problems,
) {
    let top = At::top("ListenerRules");
    let mut taken = BTreeSet::new();
    let list = problems.at_most(top, &document.listener_rules, RULES_MAX, "rules (TooManyRules)");
    for (index, rule) in list.iter().enumerate() {
        let at = top.element(index);
        let place = book.listeners.names.find(at.field("ListenerArn"), &rule.listener_arn, problems);
        // API RulePriority.
        let priority = problems.whole(at.field("Priority"), rule.priority, 1, 50_000) as u16;
        if place.is_some_and(|place| !taken.insert((place, priority))) {
            let allowed = "a priority that no other rule of the listener has (PriorityInUse)";
            let at = at.field("Priority");
            problems.add(at, priority, allowed, priority.checked_add(1).unwrap_or(1));
            continue;
        }
        if rule.transforms.is_some() {
            problems.not_simulated(at.field("Transforms"), "Transforms");
        }
        let conditions = conditions(at.field("Conditions"), &rule.conditions, problems);
        let Some(listener) = place.and_then(|place| listeners.get_mut(place)) else { continue };
        let at_actions = at.field("Actions");
        let place = Place { protocol: listener.protocol, port: listener.port };
        let action = only_action(at_actions, &rule.actions, place, book, groups, problems);
        let action = action.unwrap_or_else(nothing);
        sessions(at_actions, &action, groups, problems);
        // Of a rule whose conditions cannot be read it is not known how many there are of what.
        let is_read = conditions.len() == rule.conditions.len();
        let rule = Rule { priority, conditions, action };
        for refused in if is_read { rule.check() } else { Vec::new() } {
            tell_rule(at.field("Conditions"), &refused, problems);
        }
        listener.rules.push(rule);
    }
}

fn tell_rule(at: At<'_>, refused: &RuleRefused, problems: &mut Problems) {
    match refused {
        // It has been told and mended before.
        RuleRefused::Priority { .. } => {}
        RuleRefused::NoCondition => {
            let allowed = "at least one condition: only the default rule has none";
            problems.add(at, "no condition", allowed, "a condition");
        }
        RuleRefused::Repeated { field } => {
            let allowed = format_args!("conditions of which at most one is a {field}");
            problems.add(at, format_args!("{field} twice"), allowed, "all values in one condition");
        }
        RuleRefused::TooManyValues { found } => {
            problems.add(at, format_args!("{found} values"), "at most 5 values together", "another rule");
        }
        RuleRefused::TooManyWildcards { found } => {
            let allowed = "at most 5 wildcards together";
            problems.add(at, format_args!("{found} wildcards"), allowed, "another rule");
        }
    }
}

fn no_certificate(at: At<'_>, problems: &mut Problems) {
    let allowed = "one certificate: every HTTPS listener has a default one";
    let instead = "[{ \"CertificateArn\": … }] with one of Certificates";
    problems.add(at.field("Certificates"), "no certificate", allowed, instead);
}

fn tell(at: At<'_>, refused: &ListenerRefused, problems: &mut Problems) {
    match refused {
        // These three have been told and mended before, and a policy is there by default.
        ListenerRefused::Port | ListenerRefused::PriorityInUse { .. } | ListenerRefused::NoPolicy => {}
        ListenerRefused::NoCertificate => no_certificate(at, problems),
        ListenerRefused::TlsWithHttp => {
            let allowed = "an HTTP listener without either";
            problems.add(at, "certificates or a security policy", allowed, "\"Protocol\": \"HTTPS\"");
        }
        ListenerRefused::DuplicateListener { port } => {
            let found = format_args!("two listeners on port {port}");
            problems.add(at, found, "one listener on each port (DuplicateListener)", "another port");
        }
        ListenerRefused::TooManyListeners { found } => {
            let found = format_args!("{found} listeners");
            problems.add(at, found, "at most 50 (TooManyListeners)", "fewer");
        }
        ListenerRefused::TooManyRules { found } => {
            problems.add(at, format_args!("{found} rules"), "at most 100 (TooManyRules)", "fewer");
        }
        ListenerRefused::TooManyCertificates { found } => {
            let found = format_args!("{found} certificates besides the default ones");
            problems.add(at, found, "at most 25 (TooManyCertificates)", "fewer");
        }
    }
}
