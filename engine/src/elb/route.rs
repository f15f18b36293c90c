//! What a node does with a request: listener, rule, action, target group, target (ALB guide, "Listener rules",
//! "Target groups").

use core::net::IpAddr;

use super::connections::TargetConnection;
use super::cookies::{CookieJar, SetCookies};
use super::health::Verdict;
use super::listener::{Action, Evaluation, Forward, HttpRequest, Matched, Refused, refuse_for};
use super::routing::{Algorithm, Candidate, Share};
use super::settings::StickinessType;
use super::{ListenerId, LoadBalancer, NodeId, Registration, Target, TargetGroup, TargetGroupId, TargetId};
use crate::context::Context;
use crate::kernel::{RandomStream, SimDuration, SimTime};
use crate::trace::{BalancerCause, Explanation, GroupBasis, Notice, RoutingChoice, Standing, TargetBasis};

/// A request that has arrived at a node.
pub(crate) struct Arriving<'a> {
    pub(crate) node: NodeId,
    pub(crate) listener: ListenerId,
    pub(crate) request: &'a HttpRequest,
    /// What is wrong with it, found before any rule is looked at.
    pub(crate) refused: Option<Refused>,
    pub(crate) source: IpAddr,
    pub(crate) sent_at: SimTime,
    pub(crate) cookies: &'a CookieJar,
}

/// What a node does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// It forwards it to a target.
    Forward(TargetId, RoutingChoice, TargetConnection, SetCookies),
    /// It answers by itself, having chosen this target group, if it came so far.
    Answer(BalancerCause, Option<TargetGroupId>),
}

/// What became of a request at a node, and how many rules it took.
pub(crate) struct Routing {
    pub(crate) routed: Routed,
    pub(crate) matched: Matched,
    pub(crate) rules_evaluated: u32,
}

impl LoadBalancer {
    /// What a node does with a request that has just arrived.
    pub(crate) fn route<E>(
        &mut self,
        arriving: &Arriving<'_>,
        context: &mut Context<'_, E>,
        mut why: Option<&mut Explanation>,
    ) -> Routing {
        self.received(arriving.node);
        if let Some(refused) = arriving.refused {
            let routed = Routed::Answer(BalancerCause::Refused(refused), None);
            return Routing { routed, matched: Matched::Default, rules_evaluated: 0 };
        }
        let listener = &self.listeners[arriving.listener.number() as usize];
        let Evaluation { matched, evaluations } =
            listener.evaluate(arriving.request, arriving.source, &mut |check| {
                if let Some(why) = why.as_deref_mut() {
                    why.rules.push(check);
                }
            });
        if let Some(why) = why.as_deref_mut() {
            why.matched = Some(matched);
        }
        let action = listener.action(matched);
        let routed = match action {
            Action::FixedResponse(fixed) => {
                Routed::Answer(BalancerCause::FixedResponse { status: fixed.status }, None)
            }
            Action::Redirect(redirect) => match redirect.location(arriving.request) {
                Ok(_) => Routed::Answer(BalancerCause::Redirect { status: redirect.status.code() }, None),
                Err(_) => Routed::Answer(BalancerCause::RedirectTooLong, None),
            },
            Action::Forward(forward) => {
                let (group, basis, cookie) = choose_group(forward, arriving, context.now, &mut self.rolls);
                match group {
                    Some(group) => {
                        if let Some(why) = why.as_deref_mut() {
                            why.group = Some((group, basis));
                        }
                        self.forward(group, cookie, arriving, context, why)
                    }
                    None => Routed::Answer(BalancerCause::NoWeight, None),
                }
            }
        };
        Routing { routed, matched, rules_evaluated: u32::from(evaluations) }
    }

    fn forward<E>(
        &mut self,
        id: TargetGroupId,
        group_cookie: Option<(TargetGroupId, SimDuration)>,
        arriving: &Arriving<'_>,
        context: &mut Context<'_, E>,
        why: Option<&mut Explanation>,
    ) -> Routed {
        let settings = &self.groups[id.number() as usize].settings;
        if let Some(refused) = refuse_for(arriving.request, settings.protocol_version) {
            return Routed::Answer(BalancerCause::Refused(refused), Some(id));
        }
        let stickiness = &settings.stickiness;
        let (sticky, lasts) = (stickiness.enabled, stickiness.duration());
        let application = stickiness.kind == StickinessType::AppCookie;
        let held = if sticky { arriving.cookies.target(id, arriving.sent_at, context.now) } else { None };
        let Some((target, choice)) = self.choose(arriving.node, id, held, context, why) else {
            let zonal = !self.groups[id.number() as usize].settings.cross_zone.is_on();
            let cause = if zonal { BalancerCause::NoTargetInZone } else { BalancerCause::NoTarget };
            return Routed::Answer(cause, Some(id));
        };
        let cookies = SetCookies {
            group: group_cookie,
            target: sticky.then_some((id, target, lasts)),
            issued_at: context.now,
            with_application_cookie: application && held.is_none(),
        };
        let idle_timeout = self.settings.idle_timeout;
        let view = &mut self.targets[target.number() as usize].views[arriving.node.number() as usize];
        view.outstanding += 1;
        let connection = view.pool.take(context.now, idle_timeout);
        let choice = RoutingChoice { new_session: sticky && held != Some(target), ..choice };
        Routed::Forward(target, choice, connection, cookies)
    }

    /// Chooses a target for a request at a node: the one that the client sticks to, or the algorithm's choice
    /// among the healthy ones; among all when too few are healthy (ALB guide, "Health checks" and "Target
    /// groups"); nothing when no registered target is left.
    fn choose<E>(
        &mut self,
        node_id: NodeId,
        id: TargetGroupId,
        held: Option<TargetId>,
        context: &mut Context<'_, E>,
        why: Option<&mut Explanation>,
    ) -> Option<(TargetId, RoutingChoice)> {
        let node = node_id.number() as usize;
        let group = &mut self.groups[id.number() as usize];
        let poll = Poll { targets: &self.targets, node, now: context.now, shared: self.shared_memory };
        let registered = poll.collect(group, |verdict| verdict == Verdict::Healthy);
        let fail_open = !group.settings.unhealthy_state_routing.are_met(group.candidates.len(), registered);
        if fail_open {
            poll.collect(group, |verdict| verdict != Verdict::Initial);
        }
        if group.candidates.is_empty() {
            poll.collect(group, |_| true);
        }
        if let Some(why) = why {
            poll.explain(group, why);
        }
        let held = held.and_then(|held| group.candidates.iter().find(|one| one.target == held));
        let (target, outstanding, basis) = match held {
            Some(one) => (one.target, one.outstanding, TargetBasis::Sticky),
            None => {
                let desk =
                    &mut self.nodes[if self.shared_memory { 0 } else { node }].desks[id.number() as usize];
                let chosen =
                    group.settings.algorithm.choose(&group.candidates, &mut desk.memory, &mut self.rolls)?;
                (chosen.candidate.target, chosen.candidate.outstanding, TargetBasis::Algorithm(chosen.basis))
            }
        };
        let desk = &mut self.nodes[node].desks[id.number() as usize];
        if fail_open != desk.failing_open {
            desk.failing_open = fail_open;
            context.notice(Notice::FailOpen { node: node_id, group: id, on: fail_open });
        }
        let choice = RoutingChoice {
            group: id,
            algorithm: group.settings.algorithm,
            basis,
            candidates: group.candidates.len() as u16,
            outstanding,
            fail_open,
            new_session: false,
        };
        let target_state = &mut self.targets[target.number() as usize];
        target_state.outstanding += 1;
        target_state.routed += 1;
        Some((target, choice))
    }
}

/// A look at the targets of a group with the eyes of one node.
struct Poll<'a> {
    targets: &'a [Target],
    node: usize,
    now: SimTime,
    shared: bool,
}

impl Poll<'_> {
    fn reaches(&self, group: &TargetGroup, target: &Target) -> bool {
        target.takes_requests() && (group.settings.cross_zone.is_on() || target.zone == self.node)
    }

    /// Fills the group's candidates with the targets of the wanted verdicts; tells how many this node could
    /// reach at all.
    fn collect(&self, group: &mut TargetGroup, wanted: impl Fn(Verdict) -> bool) -> usize {
        let mut candidates = std::mem::take(&mut group.candidates);
        candidates.clear();
        let mut registered = 0;
        for id in &group.present {
            let target = &self.targets[id.number() as usize];
            if self.reaches(group, target) {
                registered += 1;
                let view = &target.views[self.node];
                if wanted(view.health.verdict()) {
                    let outstanding = if self.shared { target.outstanding } else { view.outstanding };
                    let share = match group.settings.algorithm {
                        Algorithm::RoundRobin => view.ramp.share(group.settings.slow_start, self.now),
                        Algorithm::WeightedRandom => group.anomalies.share(*id),
                        Algorithm::LeastOutstandingRequests => Share::FULL,
                    };
                    candidates.push(Candidate { target: *id, outstanding, share });
                }
            }
        }
        group.candidates = candidates;
        registered
    }

    /// Every target of the group with what spoke for or against it.
    fn explain(&self, group: &TargetGroup, why: &mut Explanation) {
        for id in &group.present {
            let target = &self.targets[id.number() as usize];
            let candidate = group.candidates.iter().find(|candidate| candidate.target == *id);
            let standing = match (candidate, target.registration) {
                (Some(one), _) => Standing::Candidate { outstanding: one.outstanding, share: one.share },
                (None, Registration::Draining { .. }) => Standing::Draining,
                (None, Registration::Registered) if !target.in_use => Standing::NotInUse,
                (None, Registration::Registered) if !self.reaches(group, target) => Standing::OtherZone,
                (None, Registration::Registered) => match target.views[self.node].health.verdict() {
                    Verdict::Unhealthy(failed) => Standing::Unhealthy(failed),
                    _ => Standing::Initial,
                },
                (None, Registration::InProgress | Registration::NotRegistered) => Standing::Initial,
            };
            why.targets.push((*id, standing));
        }
    }
}

/// Which of several weighted target groups gets a request: the one of the client's `AWSALBTG` cookie, or one by
/// weight. A group that has no healthy target keeps its share all the same (ALB guide, "Action types").
fn choose_group(
    forward: &Forward,
    arriving: &Arriving<'_>,
    now: SimTime,
    rolls: &mut RandomStream,
) -> (Option<TargetGroupId>, GroupBasis, Option<(TargetGroupId, SimDuration)>) {
    let held = forward.stickiness.and_then(|_| arriving.cookies.group(arriving.sent_at, now));
    let held = held.filter(|held| forward.target_groups.iter().any(|weighted| weighted.group == *held));
    let (group, basis) = match (held, forward.target_groups.as_slice()) {
        (Some(held), _) => (Some(held), GroupBasis::Sticky),
        (None, [only]) if only.weight > 0 => (Some(only.group), GroupBasis::Only),
        (None, _) => {
            let of = forward.total_weight();
            let roll = rolls.below(of);
            (forward.choose(roll), GroupBasis::Weight { roll, of })
        }
    };
    (group, basis, group.zip(forward.stickiness))
}
