//! The timeline: commands at instants. Whether a task exists, and whether an attribute goes together with the
//! others, is known only when its instant comes.

use super::action::{Place, only_action};
use super::attribute::attribute;
use super::names::Book;
use super::problems::{Problems, quoted};
use super::traffic::instant;
use super::update_service::{Step, complete, register_scalable_target, update_service};
use super::{At, security_group, target_group};
use crate::command::Command;
use crate::ecs::placement::InstanceId;
use crate::ecs::{ClusterSettings, ServiceId, ServiceSettings, TaskId};
use crate::elb::listener::Listener;
use crate::elb::{HealthCheckChange, ListenerId, TargetGroupId, TargetGroupSettings};
use crate::kernel::{SimDuration, SimTime};
use crate::scenario::document::{self, Moment, STOP_TYPES, TaskReference};
use crate::vpc::SecurityGroupId;

const MOMENTS_MAX: usize = 10_000;

/// What commands are about.
pub(super) struct World<'a> {
    pub(super) book: &'a Book<'a>,
    pub(super) listeners: &'a [Listener],
    pub(super) groups: &'a [TargetGroupSettings],
    pub(super) cluster: &'a ClusterSettings,
    pub(super) services: &'a [ServiceSettings],
    pub(super) zones: &'a [String],
}

pub(super) fn timeline(
    moments: &[Moment],
    world: &World<'_>,
    problems: &mut Problems,
) -> Vec<(SimTime, Command)> {
    let top = At::top("Timeline");
    let mut steps: Vec<(SimTime, Step)> = Vec::new();
    for (index, moment) in problems.at_most(top, moments, MOMENTS_MAX, "moments").iter().enumerate() {
        let at = top.element(index);
        let instant = instant(at.field("At"), &moment.at.0, problems);
        let done = commands(at.field("Command"), &moment.command, world, problems);
        steps.extend(done.into_iter().map(|step| (instant, step)));
    }
    steps.sort_by_key(|(instant, _)| *instant);
    let mut timeline = complete(steps, world.services);
    shorten_timeouts_first(&mut timeline, world.groups);
    timeline
}

/// What one command of the file does: several settings of a health check or a service are several commands.
fn commands(
    at: At<'_>,
    document: &document::Command,
    world: &World<'_>,
    problems: &mut Problems,
) -> Vec<Step> {
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
        Written::UpdateService(update) => {
            return update_service(at.field("UpdateService"), update, world, problems);
        }
        Written::StopServiceDeployment(stop) => {
            let at = at.field("StopServiceDeployment");
            let services = &world.book.services.names;
            let place = services.find_or_only(at.field("Service"), stop.service.as_deref(), problems);
            let kind = problems.one_of(at.field("StopType"), &stop.stop_type, STOP_TYPES);
            place.map(|place| Command::StopServiceDeployment(ServiceId::new(place as u32), kind))
        }
        Written::RegisterScalableTarget(register) => {
            register_scalable_target(at.field("RegisterScalableTarget"), register, world, problems)
        }
        Written::InterruptSpot(id) => {
            Some(Command::InterruptSpot(task(at.field("InterruptSpot"), id, problems)))
        }
        Written::LoseInstance(lose) => {
            lose_instance(at.field("LoseInstance"), lose.instance, world, problems)
        }
        Written::LoseZone(lost) => {
            zone(at.field("LoseZone"), &lost.availability_zone, world, problems).map(Command::LoseZone)
        }
        Written::RestoreZone(back) => {
            zone(at.field("RestoreZone"), &back.availability_zone, world, problems).map(Command::RestoreZone)
        }
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
            return changes.into_iter().map(|change| Command::ModifyHealthCheck(id, change).into()).collect();
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
    command.into_iter().map(Step::from).collect()
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

/// Container instances are numbered from 0, as they stand in the file.
fn lose_instance(at: At<'_>, number: i64, world: &World<'_>, problems: &mut Problems) -> Option<Command> {
    let at = at.field("Instance");
    let Some(last) = world.cluster.instances.len().checked_sub(1) else {
        let allowed = "the number of a container instance, and there is none";
        problems.add(at, number, allowed, "ContainerInstances for the cluster");
        return None;
    };
    Some(Command::LoseInstance(InstanceId::new(problems.whole(at, number, 0, last as i64))))
}

fn zone(at: At<'_>, name: &str, world: &World<'_>, problems: &mut Problems) -> Option<u32> {
    let at = at.field("AvailabilityZone");
    let place = world.zones.iter().position(|zone| zone == name);
    if place.is_none() {
        let zones: Vec<&str> = world.zones.iter().map(String::as_str).collect();
        match zones.as_slice() {
            [] => problems.add(at, quoted(name), "the name of a zone, and there is none", "another one"),
            zones => problems.not_among(at, name, zones),
        }
    }
    place.map(|place| place as u32)
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
