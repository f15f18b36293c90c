//! The timeline: commands at instants. Whether a task exists, and whether an attribute goes together with the
//! others, is known only when its instant comes.

use super::action::{Place, only_action};
use super::attribute::attribute;
use super::names::Book;
use super::problems::Problems;
use super::traffic::instant;
use super::{At, security_group, target_group};
use crate::command::Command;
use crate::ecs::{ServiceId, TaskId};
use crate::elb::listener::Listener;
use crate::elb::{HealthCheckChange, ListenerId, TargetGroupId, TargetGroupSettings};
use crate::kernel::{SimDuration, SimTime};
use crate::scenario::document::{self, Moment, TaskReference};
use crate::vpc::SecurityGroupId;

const MOMENTS_MAX: usize = 10_000;

/// What commands are about.
struct World<'a> {
    book: &'a Book<'a>,
    listeners: &'a [Listener],
    groups: &'a [TargetGroupSettings],
}

pub(super) fn timeline(
    moments: &[Moment],
    book: &Book<'_>,
    listeners: &[Listener],
    groups: &[TargetGroupSettings],
    problems: &mut Problems,
) -> Vec<(SimTime, Command)> {
    let world = World { book, listeners, groups };
    let top = At::top("Timeline");
    let mut timeline = Vec::new();
    for (index, moment) in problems.at_most(top, moments, MOMENTS_MAX, "moments").iter().enumerate() {
        let at = top.element(index);
        let instant = instant(at.field("At"), &moment.at.0, problems);
        let commands = commands(at.field("Command"), &moment.command, &world, problems);
        timeline.extend(commands.into_iter().map(|command| (instant, command)));
    }
    timeline.sort_by_key(|(instant, _)| *instant);
    shorten_timeouts_first(&mut timeline, groups);
    timeline
}

/// What one command of the file does: several settings of a health check are several commands.
fn commands(
    at: At<'_>,
    document: &document::Command,
    world: &World<'_>,
    problems: &mut Problems,
) -> Vec<Command> {
    use document::Command as Written;
    let command = match document {
        Written::KillTask(id) => Some(Command::KillTask(task(at.field("KillTask"), id, problems))),
        Written::StopTask(id) => Some(Command::StopTask(task(at.field("StopTask"), id, problems))),
        Written::HangTask(id) => Some(Command::HangTask(task(at.field("HangTask"), id, problems))),
        Written::FailHealthCheck(id) => {
            Some(Command::FailHealthCheck(task(at.field("FailHealthCheck"), id, problems)))
        }
        Written::GarbleResponses(id) => {
            Some(Command::GarbleResponses(task(at.field("GarbleResponses"), id, problems)))
        }
        Written::RestoreTask(id) => Some(Command::RestoreTask(task(at.field("RestoreTask"), id, problems))),
        Written::SlowTask(slow) => Some(slow_task(at.field("SlowTask"), slow, problems)),
        Written::FailRequests(fail) => Some(fail_requests(at.field("FailRequests"), fail, problems)),
        Written::SetTraffic(traffic) => {
            let at = at.field("SetTraffic");
            let rate = problems.rate(at.field("RequestsPerSecond"), traffic.requests_per_second);
            Some(Command::SetRequestRate(rate))
        }
        Written::UpdateService(update) => update_service(at.field("UpdateService"), update, world, problems),
        Written::ModifyTargetGroupAttributes(modify) => {
            let at = at.field("ModifyTargetGroupAttributes");
            let id = group(at, modify.target_group_arn.as_deref(), world, problems);
            let attribute = attribute(at, &modify.key, &modify.value, problems);
            id.zip(attribute).map(|(id, attribute)| Command::ModifyTargetGroup(id, attribute))
        }
        Written::ModifyTargetGroup(modify) => {
            let at = at.field("ModifyTargetGroup");
            let id = group(at, modify.target_group_arn.as_deref(), world, problems);
            let changes = target_group::modification(at, modify.health_check(), problems);
            let Some(id) = id else { return Vec::new() };
            return changes.into_iter().map(|change| Command::ModifyHealthCheck(id, change)).collect();
        }
        Written::ModifyLoadBalancerAttributes(modify) => {
            let at = at.field("ModifyLoadBalancerAttributes");
            attribute(at, &modify.key, &modify.value, problems).map(Command::ModifyLoadBalancer)
        }
        Written::ModifyListener(modify) => {
            modify_listener(at.field("ModifyListener"), modify, world, problems)
        }
        Written::ModifyRule(modify) => modify_rule(at.field("ModifyRule"), modify, world, problems),
        Written::AuthorizeSecurityGroupIngress(change) => {
            let at = at.field("AuthorizeSecurityGroupIngress");
            ingress(at, change, world, problems).map(|(id, rule)| Command::AuthorizeIngress(id, rule))
        }
        Written::RevokeSecurityGroupIngress(change) => {
            let at = at.field("RevokeSecurityGroupIngress");
            ingress(at, change, world, problems).map(|(id, rule)| Command::RevokeIngress(id, rule))
        }
    };
    command.into_iter().collect()
}

fn number(at: At<'_>, number: i64, problems: &mut Problems) -> TaskId {
    TaskId::new(problems.whole(at.field("Task"), number, 1, i64::from(u32::MAX)))
}

fn task(at: At<'_>, reference: &TaskReference, problems: &mut Problems) -> TaskId {
    number(at, reference.task, problems)
}

fn slow_task(at: At<'_>, slow: &document::SlowTask, problems: &mut Problems) -> Command {
    let id = number(at, slow.task, problems);
    let times = problems.number(at.field("Times"), slow.times, 0.01, 100.0);
    Command::SlowTask(id, libm::round(times * 100.0) as u32)
}

fn fail_requests(at: At<'_>, fail: &document::FailRequests, problems: &mut Problems) -> Command {
    let id = number(at, fail.task, problems);
    Command::FailRequests(id, problems.whole(at.field("Status"), fail.status, 500, 599) as u16)
}

fn update_service(
    at: At<'_>,
    update: &document::UpdateService,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Command> {
    let services = &world.book.services.names;
    let place = services.find_or_only(at.field("Service"), update.service.as_deref(), problems);
    let most = i64::from(Command::DESIRED_COUNT_MAX);
    let count = problems.whole(at.field("DesiredCount"), update.desired_count, 0, most);
    Some(Command::SetDesiredCount(ServiceId::new(place? as u32), count))
}

fn group(
    at: At<'_>,
    name: Option<&str>,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<TargetGroupId> {
    let groups = &world.book.target_groups.names;
    let place = groups.find_or_only(at.field("TargetGroupArn"), name, problems)?;
    Some(TargetGroupId::new(place as u32))
}

fn listener<'a>(
    at: At<'_>,
    name: Option<&str>,
    world: &World<'a>,
    problems: &mut Problems,
) -> Option<(ListenerId, &'a Listener)> {
    let place = world.book.listeners.names.find_or_only(at.field("ListenerArn"), name, problems)?;
    Some((ListenerId::new(place as u32), world.listeners.get(place)?))
}

fn modify_listener(
    at: At<'_>,
    modify: &document::ModifyListener,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Command> {
    let (id, listener) = listener(at, modify.listener_arn.as_deref(), world, problems)?;
    let place = Place { protocol: listener.protocol, port: listener.port };
    let (actions, World { book, groups, .. }) = (&modify.default_actions, world);
    let action = only_action(at.field("DefaultActions"), actions, place, book, groups, problems)?;
    Some(Command::ModifyAction(id, None, action))
}

fn modify_rule(
    at: At<'_>,
    modify: &document::ModifyRule,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<Command> {
    let (id, listener) = listener(at, modify.listener_arn.as_deref(), world, problems)?;
    let priority = problems.whole(at.field("Priority"), modify.priority, 1, 50_000) as u16;
    if listener.rule(priority).is_none() {
        let rules = listener.rules.iter().take(10);
        let known = rules.map(|rule| rule.priority.to_string()).collect::<Vec<_>>();
        let allowed = format_args!("the priority of a rule of the listener, which has {}", known.join(", "));
        match known.first() {
            Some(first) => problems.add(at.field("Priority"), priority, allowed, first),
            None => {
                let allowed = "the priority of a rule, and the listener has none";
                problems.add(at.field("Priority"), priority, allowed, "ModifyListener");
            }
        }
    }
    let place = Place { protocol: listener.protocol, port: listener.port };
    let World { book, groups, .. } = world;
    let action = only_action(at.field("Actions"), &modify.actions, place, book, groups, problems)?;
    Some(Command::ModifyAction(id, Some(priority), action))
}

fn ingress(
    at: At<'_>,
    change: &document::ChangeIngress,
    world: &World<'_>,
    problems: &mut Problems,
) -> Option<(SecurityGroupId, crate::vpc::Permission)> {
    let groups = &world.book.security_groups.names;
    let place = groups.find_or_only(at.field("GroupName"), change.group_name.as_deref(), problems);
    let permission = security_group::permission(at, change.into(), world.book, problems);
    Some((SecurityGroupId::new(place? as u32), permission?))
}

/// Of commands of one instant that change both the interval and the timeout of a health check, the timeout comes
/// first where it fits the interval that there is until then. (The interval is the first that is read, and the
/// timeout must be the shorter one all the time.)
fn shorten_timeouts_first(timeline: &mut [(SimTime, Command)], groups: &[TargetGroupSettings]) {
    use HealthCheckChange::{IntervalSeconds, TimeoutSeconds};
    let mut intervals: Vec<SimDuration> = groups.iter().map(|group| group.health_check.interval).collect();
    for index in 0..timeline.len() {
        let [(instant, Command::ModifyHealthCheck(id, IntervalSeconds(seconds))), behind @ ..] =
            &timeline[index..]
        else {
            continue;
        };
        let Some(interval) = intervals.get_mut(id.number() as usize) else { continue };
        let before = std::mem::replace(interval, SimDuration::from_secs(u64::from(*seconds)));
        if let [(other_instant, Command::ModifyHealthCheck(other, TimeoutSeconds(timeout))), ..] = behind
            && (other_instant, other) == (instant, id)
            && SimDuration::from_secs(u64::from(*timeout)) < before
        {
            timeline.swap(index, index + 1);
        }
    }
}
