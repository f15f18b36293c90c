//! What blue/green, linear and canary deployments need beside a target group: a second one, and the rules whose
//! weights ECS sets (API `AdvancedConfiguration`; ECS guide, "Application Load Balancer resources for blue/green, linear,
//! and canary deployments").

use super::At;
use super::names::Book;
use super::problems::{Problems, quoted};
use crate::ecs::{BlueGreen, RuleReference};
use crate::elb::listener::{Action, Listener};
use crate::elb::{ListenerId, TargetGroupId};
use crate::scenario::document::AdvancedConfiguration;

/// What a service's load balancer is about.
#[derive(Clone, Copy)]
pub(super) struct Groups<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) listeners: &'a [Listener],
    /// The target group of the service.
    pub(super) first: TargetGroupId,
}

pub(super) fn blue_green(
    at: At<'_>,
    document: &AdvancedConfiguration,
    groups: Groups<'_>,
    problems: &mut Problems,
) -> Option<BlueGreen> {
    let at_alternate = at.field("AlternateTargetGroupArn");
    let name = &document.alternate_target_group_arn;
    let alternate = groups.book.target_groups.names.find(at_alternate, name, problems)?;
    let alternate = TargetGroupId::new(alternate as u32);
    if alternate == groups.first {
        let allowed = "another target group than TargetGroupArn";
        problems.add(at_alternate, quoted(name), allowed, "another one");
        return None;
    }
    let production = document.production_listener_rule.as_str();
    let test = document.test_listener_rule.as_deref();
    let at_test = at.field("TestListenerRule");
    let at_production = at.field("ProductionListenerRule");
    let production = rule(at_production, production, alternate, Traffic::Production, groups, problems);
    let test = test.map(|text| (text, rule(at_test, text, alternate, Traffic::Test, groups, problems)));
    if let Some((text, Some(test))) = test
        && Some(test) == production
    {
        let allowed = "another rule than ProductionListenerRule";
        problems.add(at_test, quoted(text), allowed, "another one");
    }
    let test = test.and_then(|(_, test)| test);
    Some(BlueGreen { alternate_target_group: alternate, production: production?, test })
}

#[derive(Clone, Copy, PartialEq)]
enum Traffic {
    Production,
    Test,
}

/// A rule, by its listener alone for the default rule, or with its priority behind it: HTTP:80/10.
fn rule(
    at: At<'_>,
    text: &str,
    alternate: TargetGroupId,
    traffic: Traffic,
    groups: Groups<'_>,
    problems: &mut Problems,
) -> Option<RuleReference> {
    let (name, priority) = match text.split_once('/') {
        Some((name, priority)) => (name, Some(priority)),
        None => (text, None),
    };
    let place = groups.book.listeners.names.find(at, name, problems)?;
    let listener = groups.listeners.get(place)?;
    let (priority, action) = match priority {
        None => (None, &listener.default_action),
        Some(number) => {
            let rule = number.parse().ok().and_then(|priority| listener.rule(priority));
            let Some(rule) = rule else {
                let known: Vec<String> =
                    listener.rules.iter().take(10).map(|rule| format!("{name}/{}", rule.priority)).collect();
                let allowed = format_args!("a rule of the listener, {name} or one of {}", known.join(", "));
                problems.add(at, quoted(text), allowed, "one of them");
                return None;
            };
            (Some(rule.priority), &rule.action)
        }
    };
    let own = [groups.first, alternate];
    let fits = match action {
        Action::Forward(forward) => {
            let list = &forward.target_groups;
            list.iter().all(|entry| own.contains(&entry.group))
                && (traffic == Traffic::Test || list.iter().any(|entry| entry.group == groups.first))
        }
        _ => false,
    };
    if !fits {
        let [first, second] = own.map(|group| {
            groups.book.target_groups.list.get(group.number() as usize).map_or("", |one| &one.name)
        });
        let allowed = match traffic {
            Traffic::Production => format!("a rule that forwards to {first}, or to {first} and {second}"),
            Traffic::Test => format!("a rule that forwards to {first}, to {second} or to both"),
        };
        problems.add(at, quoted(text), allowed, "such a rule");
    }
    Some(RuleReference { listener: ListenerId::new(place as u32), priority })
}
