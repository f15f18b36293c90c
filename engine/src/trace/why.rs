//! Why a request went where it went and why it took so long: a record beside the trace, kept on demand. Keeping it
//! changes nothing that happens.

use crate::elb::listener::{Matched, RuleCheck};
use crate::elb::routing::Share;
use crate::elb::{FailedCheck, ListenerId, NodeId, TargetConnection, TargetGroupId, TargetId};
use crate::kernel::{SimDuration, SimTime};
use crate::traffic::{ClientId, KindId, RequestId};

use super::{Author, ClientError, RoutingChoice};

/// What decided on a target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupBasis {
    /// The action has no other.
    Only,
    /// The client's `AWSALBTG` cookie.
    Sticky,
    /// The weights: this number was drawn from 0 to `of` - 1.
    Weight {
        /// The number.
        roll: u32,
        /// The sum of the weights.
        of: u32,
    },
}

/// What spoke for or against a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It could be chosen.
    Candidate {
        /// How many requests it had in flight, as far as the node counts.
        outstanding: u32,
        /// Which part of a full share it may get.
        share: Share,
    },
    /// The node regards it as unhealthy.
    Unhealthy(FailedCheck),
    /// It has not passed a check yet.
    Initial,
    /// It is being deregistered.
    Draining,
    /// It lies in another zone, and cross-zone load balancing is off.
    OtherZone,
    /// Its zone is not enabled.
    NotInUse,
}

/// How a client came to its node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientPath {
    /// Over a connection that it already had.
    #[default]
    Reused,
    /// Over a new one, to the node of a DNS answer from an earlier time.
    NewByKnownAnswer {
        /// How old the answer was.
        age: SimDuration,
    },
    /// Over a new one, to the first node of a new DNS answer.
    NewByNewAnswer {
        /// How many nodes were in the answer.
        nodes: u16,
    },
}

/// The life of one request, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The request.
    pub request: RequestId,
    /// Who sent it.
    pub client: ClientId,
    /// What it asks for.
    pub kind: KindId,
    /// How many attempts came before.
    pub attempt: u8,
    /// When it was sent.
    pub sent_at: SimTime,
    /// How the client came to the node.
    pub path: ClientPath,
    /// The node that DNS gave.
    pub node: NodeId,
    /// The listener, if there is one on that port.
    pub listener: Option<ListenerId>,
    /// The rules that were looked at, in their order.
    pub rules: Vec<RuleCheck>,
    /// The rule that matched.
    pub matched: Option<Matched>,
    /// The target group, and what decided on it.
    pub group: Option<(TargetGroupId, GroupBasis)>,
    /// Every target of the group, with what spoke for or against it.
    pub targets: Vec<(TargetId, Standing)>,
    /// The target, and what decided on it.
    pub choice: Option<(TargetId, RoutingChoice)>,
    /// How it was sent to the target.
    pub connection: Option<TargetConnection>,
    /// How long it waited for a worker and how long one was busy with it.
    pub times: Option<(SimDuration, SimDuration)>,
    /// The answer's status, and who made it.
    pub answer: Option<(u16, Author)>,
    /// When it was received, or given up and why.
    pub end: Option<(SimTime, Result<(), ClientError>)>,
}

/// The latest explanations: a ring in which every place keeps its memory.
#[derive(Clone, Debug, Default)]
pub struct Explanations {
    places: Vec<Explanation>,
    capacity: usize,
}

impl Explanations {
    pub(super) fn new(capacity: usize) -> Self {
        Self { places: Vec::with_capacity(capacity), capacity }
    }

    fn place(&self, request: RequestId) -> usize {
        (request.number() % self.capacity.max(1) as u64) as usize
    }

    /// What is known about a request, if it is still kept.
    pub fn get(&self, request: RequestId) -> Option<&Explanation> {
        self.places.get(self.place(request)).filter(|kept| kept.request == request)
    }

    pub(crate) fn get_mut(&mut self, request: RequestId) -> Option<&mut Explanation> {
        let place = self.place(request);
        self.places.get_mut(place).filter(|kept| kept.request == request)
    }

    /// Begins a record; the oldest makes room.
    pub(crate) fn begin(&mut self, begun: Beginning) {
        let place = self.place(begun.request);
        while self.places.len() <= place {
            self.places.push(Explanation::begun(begun, Vec::with_capacity(8), Vec::with_capacity(16)));
        }
        let old = &mut self.places[place];
        let (mut rules, mut targets) = (std::mem::take(&mut old.rules), std::mem::take(&mut old.targets));
        rules.clear();
        targets.clear();
        *old = Explanation::begun(begun, rules, targets);
    }
}

/// What is known when a request is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    pub(crate) request: RequestId,
    pub(crate) client: ClientId,
    pub(crate) kind: KindId,
    pub(crate) attempt: u8,
    pub(crate) sent_at: SimTime,
    pub(crate) path: ClientPath,
    pub(crate) node: NodeId,
    pub(crate) listener: Option<ListenerId>,
}

impl Explanation {
    fn begun(begun: Beginning, rules: Vec<RuleCheck>, targets: Vec<(TargetId, Standing)>) -> Self {
        let Beginning { request, client, kind, attempt, sent_at, path, node, listener } = begun;
        Self {
            request,
            client,
            kind,
            attempt,
            sent_at,
            path,
            node,
            listener,
            rules,
            matched: None,
            group: None,
            targets,
            choice: None,
            connection: None,
            times: None,
            answer: None,
            end: None,
        }
    }
}
