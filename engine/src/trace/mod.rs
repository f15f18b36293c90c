//! What happened, and why. Rooms write here; the page, the command line and the tests read. Recording changes
//! nothing that happens.

mod notice;
mod ring;
mod sentence;
mod step;
mod why;

use std::hash::Hash;

use crate::kernel::{Digest, SimTime};

pub use notice::{CannotPlace, DeploymentFailure, Names, Notice, Origin};
pub use ring::{Entry, Ring, Since};
pub use step::{Author, BalancerCause, ClientError, Loss, RoutingChoice, Step, TargetBasis};
pub use why::{ClientPath, Explanation, Explanations, GroupBasis, Standing};

pub(crate) use why::Beginning;

/// How many steps are kept for readers that drain them.
const STEPS_KEPT: usize = 1 << 15;
/// How many notices are kept.
const NOTICES_KEPT: usize = 1 << 13;

/// The record of a run: steps of requests (many) and notices (few), and a digest over both.
#[derive(Clone, Debug)]
pub struct Trace {
    steps: Ring<Step>,
    notices: Ring<Notice>,
    /// How many steps and notices were ever recorded.
    recorded: u64,
    digest: Digest,
    why: Option<Explanations>,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            steps: Ring::new(STEPS_KEPT),
            notices: Ring::new(NOTICES_KEPT),
            recorded: 0,
            digest: Digest::default(),
            why: None,
        }
    }
}

impl Trace {
    /// The steps of requests and health checks, the latest 32,768 of them.
    pub fn steps(&self) -> &Ring<Step> {
        &self.steps
    }

    /// The notices, the latest 8,192 of them.
    pub fn notices(&self) -> &Ring<Notice> {
        &self.notices
    }

    /// The fingerprint of everything recorded so far, whether still kept or not. Equal scenario, seed and
    /// commands give an equal digest on every platform.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Why requests went where they went, if that is recorded.
    pub fn why(&self) -> Option<&Explanations> {
        self.why.as_ref()
    }

    /// Records explanations of the latest `capacity` requests from now on; 0 ends it.
    pub(crate) fn explain(&mut self, capacity: usize) {
        self.why = (capacity > 0).then(|| Explanations::new(capacity));
    }

    pub(crate) fn why_mut(&mut self) -> Option<&mut Explanations> {
        self.why.as_mut()
    }

    pub(crate) fn take_why(&mut self) -> Option<Explanations> {
        self.why.take()
    }

    pub(crate) fn put_why(&mut self, why: Option<Explanations>) {
        self.why = why;
    }

    pub(crate) fn step(&mut self, at: SimTime, step: Step) {
        self.absorb(at, &step);
        self.recorded += 1;
        self.steps.push(self.recorded, at, step);
    }

    pub(crate) fn notice(&mut self, at: SimTime, notice: Notice) {
        self.absorb(at, &notice);
        self.recorded += 1;
        self.notices.push(self.recorded, at, notice);
    }

    fn absorb(&mut self, at: SimTime, what: &impl Hash) {
        self.digest.absorb(at.as_micros());
        what.hash(&mut self.digest);
    }
}
