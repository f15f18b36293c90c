//! Why a request went where it went, as JSON: the engine's explanation with the names of the world.

use albatross_engine::Simulation;
use albatross_engine::elb::TargetConnection;
use albatross_engine::elb::listener::{Listener, Matched};
use albatross_engine::elb::routing::Basis;
use albatross_engine::kernel::SimTime;
use albatross_engine::trace::{
    ClientPath, Explanation, GroupBasis, Names, RoutingChoice, Standing, TargetBasis,
};
use albatross_engine::traffic::RequestId;
use serde::Serialize;

use super::names::{By, Ms, Reason, Target};
use crate::report::in_seconds;

/// The end of a request: its whole life.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Ended<'a> {
    why: Option<Why<'a>>,
    story: Vec<String>,
    /// Said when there is no explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl<'a> Ended<'a> {
    pub(super) fn of(request: RequestId, simulation: &'a Simulation) -> Self {
        let kept = simulation.trace().why().and_then(|why| why.get(request));
        let note = kept.is_none().then(|| {
            format!(
                "no explanation is left: more than {} requests were sent while this one was under way",
                super::EXPLAINED
            )
        });
        Self {
            why: kept.map(|why| Why::of(why, simulation)),
            story: simulation.story_of_request(request).unwrap_or_default(),
            note,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Why<'a> {
    asked: Option<Asked<'a>>,
    attempt: u16,
    #[serde(serialize_with = "in_seconds")]
    sent_at: SimTime,
    path: Path,
    listener: Option<String>,
    rules: Vec<Rule>,
    matched: Option<MatchedRule>,
    target_group: Option<Group<'a>>,
    targets: Vec<Stood<'a>>,
    choice: Option<ChosenTarget<'a>>,
    connection: Option<Connection>,
    waited_ms: Option<Ms>,
    worked_ms: Option<Ms>,
    answer: Option<Answer>,
}

/// What the client asked for, and from where.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    method: &'a str,
    url: String,
    client_address: String,
}

/// How the client came to the node.
#[derive(Serialize)]
#[serde(tag = "Connection", rename_all_fields = "PascalCase")]
enum Path {
    Reused,
    NewByKnownDnsAnswer { answer_age_ms: Ms },
    NewByNewDnsAnswer { addresses: u16 },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    priority: u16,
    matched: bool,
    /// The first condition that the request does not meet, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_met: Option<u8>,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MatchedRule {
    is_default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u16>,
    action: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Group<'a> {
    name: &'a str,
    #[serde(flatten)]
    basis: GroupReason,
}

#[derive(Serialize)]
#[serde(tag = "Basis", rename_all_fields = "PascalCase")]
enum GroupReason {
    Only,
    Sticky,
    Weight { roll: u32, of: u32 },
}

/// A target, and what spoke for or against it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stood<'a> {
    #[serde(flatten)]
    target: Target<'a>,
    #[serde(flatten)]
    standing: Stand,
}

#[derive(Serialize)]
#[serde(tag = "Standing", rename_all_fields = "PascalCase")]
enum Stand {
    Candidate {
        outstanding: u32,
        share_per_mille: u16,
    },
    Unhealthy {
        #[serde(flatten)]
        reason: Reason,
    },
    Initial,
    Draining,
    OtherZone,
    NotInUse,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ChosenTarget<'a> {
    #[serde(flatten)]
    target: Target<'a>,
    #[serde(flatten)]
    choice: Choice<'a>,
}

/// Why a target was chosen.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Choice<'a> {
    algorithm: &'static str,
    #[serde(flatten)]
    basis: Reckoned<'a>,
    candidates: u16,
    /// How many requests the target had in flight before this one.
    outstanding: u32,
    fail_open: bool,
    new_session: bool,
}

#[derive(Serialize)]
#[serde(tag = "Basis", rename_all_fields = "PascalCase")]
enum Reckoned<'a> {
    Sticky,
    NextInTurn { after: Option<Target<'a>>, passed_over: u16 },
    FewestOutstanding { tied: u16 },
    Random { roll: u32, of: u32 },
}

#[derive(Serialize)]
#[serde(tag = "Kind", rename_all_fields = "PascalCase")]
enum Connection {
    New,
    Reused {
        /// When the target would have closed it.
        #[serde(serialize_with = "in_seconds")]
        closes_at: SimTime,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    status: u16,
    #[serde(flatten)]
    by: By,
}

impl<'a> Why<'a> {
    fn of(why: &Explanation, simulation: &'a Simulation) -> Self {
        let listeners = simulation.load_balancer().listeners();
        let listener = why.listener.and_then(|id| listeners.get(id.number() as usize));
        Self {
            asked: asked(why, simulation),
            attempt: u16::from(why.attempt) + 1,
            sent_at: why.sent_at,
            path: match why.path {
                ClientPath::Reused => Path::Reused,
                ClientPath::NewByKnownAnswer { age } => {
                    Path::NewByKnownDnsAnswer { answer_age_ms: age.into() }
                }
                ClientPath::NewByNewAnswer { nodes } => Path::NewByNewDnsAnswer { addresses: nodes },
            },
            listener: listener.map(|one| format!("{}:{}", one.protocol, one.port)),
            rules: listener.map(|listener| rules(why, listener, simulation)).unwrap_or_default(),
            matched: listener.zip(why.matched).map(|(listener, matched)| matched_rule(listener, matched)),
            target_group: why.group.map(|(id, basis)| Group {
                name: simulation.target_group(id),
                basis: match basis {
                    GroupBasis::Only => GroupReason::Only,
                    GroupBasis::Sticky => GroupReason::Sticky,
                    GroupBasis::Weight { roll, of } => GroupReason::Weight { roll, of },
                },
            }),
            targets: why
                .targets
                .iter()
                .map(|(id, standing)| Stood {
                    target: Target::of(*id, simulation),
                    standing: Stand::from(*standing),
                })
                .collect(),
            choice: why.choice.map(|(id, choice)| ChosenTarget {
                target: Target::of(id, simulation),
                choice: Choice::of(&choice, simulation),
            }),
            connection: why.connection.map(|connection| match connection {
                TargetConnection::New => Connection::New,
                TargetConnection::Reused { closes_at } => Connection::Reused { closes_at },
            }),
            waited_ms: why.times.map(|(waited, _)| waited.into()),
            worked_ms: why.times.map(|(_, worked)| worked.into()),
            answer: why.answer.map(|(status, author)| Answer { status, by: author.into() }),
        }
    }
}

fn asked<'a>(why: &Explanation, simulation: &'a Simulation) -> Option<Asked<'a>> {
    let traffic = simulation.traffic();
    let request = traffic.request(why.kind)?;
    let client_address = traffic.client(why.client)?.address().to_string();
    Some(Asked { method: &request.method, url: request.url(), client_address })
}

fn rules(why: &Explanation, listener: &Listener, simulation: &Simulation) -> Vec<Rule> {
    let traffic = simulation.traffic();
    let (Some(request), Some(client)) = (traffic.request(why.kind), traffic.client(why.client)) else {
        return Vec::new();
    };
    let rule = |check: &albatross_engine::elb::listener::RuleCheck| Rule {
        priority: check.priority,
        matched: check.not_met.is_none(),
        not_met: check.not_met,
        text: listener.sentence(*check, request, client.address()),
    };
    why.rules.iter().map(rule).collect()
}

fn matched_rule(listener: &Listener, matched: Matched) -> MatchedRule {
    let priority = match matched {
        Matched::Default => None,
        Matched::Rule(index) => listener.rules.get(usize::from(index)).map(|rule| rule.priority),
    };
    MatchedRule {
        is_default: matched == Matched::Default,
        priority,
        action: listener.action(matched).as_str(),
    }
}

impl From<Standing> for Stand {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Candidate { outstanding, share } => {
                Self::Candidate { outstanding, share_per_mille: share.as_per_mille() }
            }
            Standing::Unhealthy(failed) => Self::Unhealthy { reason: failed.into() },
            Standing::Initial => Self::Initial,
            Standing::Draining => Self::Draining,
            Standing::OtherZone => Self::OtherZone,
            Standing::NotInUse => Self::NotInUse,
        }
    }
}

impl<'a> Choice<'a> {
    pub(super) fn of(choice: &RoutingChoice, simulation: &'a Simulation) -> Self {
        Self {
            algorithm: choice.algorithm.as_str(),
            basis: match choice.basis {
                TargetBasis::Sticky => Reckoned::Sticky,
                TargetBasis::Algorithm(Basis::NextInTurn { after, passed_over }) => Reckoned::NextInTurn {
                    after: after.map(|target| Target::of(target, simulation)),
                    passed_over,
                },
                TargetBasis::Algorithm(Basis::FewestOutstanding { tied, .. }) => {
                    Reckoned::FewestOutstanding { tied }
                }
                TargetBasis::Algorithm(Basis::Random { roll, of }) => Reckoned::Random { roll, of },
            },
            candidates: choice.candidates,
            outstanding: choice.outstanding,
            fail_open: choice.fail_open,
            new_session: choice.new_session,
        }
    }
}
