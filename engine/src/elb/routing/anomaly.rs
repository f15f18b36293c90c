//! Automatic Target Weights: finds targets that fail more than their peers, and gives them less until they have
//! recovered (ALB guide, "Edit target group attributes"). AWS publishes no thresholds and no steps; ours stand
//! in [`crate::choices`].

use super::Share;
use crate::choices::{
    ANOMALY_FEWEST_REQUESTS, ANOMALY_MARGIN_PERCENT, ANOMALY_TIMES_PEERS, MITIGATED_SHARE, RECOVERY_STEP,
};
use crate::elb::TargetId;

/// With fewer healthy targets than this nothing is anomalous (ALB guide, "Edit target group attributes").
const FEWEST_HEALTHY: usize = 3;

/// `Result` of `AnomalyDetection`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AnomalyResult {
    /// `normal`.
    #[default]
    Normal,
    /// `anomalous`.
    Anomalous,
}

impl AnomalyResult {
    /// AWS's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Anomalous => "anomalous",
        }
    }
}

/// `AnomalyDetection` of a target, as `DescribeTargetHealth` would report it. It changes nothing about the
/// target's health.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AnomalyDetection {
    /// `Result`.
    pub result: AnomalyResult,
    /// How much the target may get under `weighted_random`.
    pub share: Share,
}

impl AnomalyDetection {
    /// `MitigationInEffect`.
    pub const fn mitigation_in_effect(self) -> bool {
        !self.share.is_full()
    }
}

/// What an evaluation changed for one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnomalyChange {
    /// The target.
    pub target: TargetId,
    /// How it stood.
    pub before: AnomalyDetection,
    /// How it stands now.
    pub after: AnomalyDetection,
}

/// Requests that ended since a target was last judged.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    requests: u32,
    failures: u32,
}

#[derive(Clone, Copy, Debug)]
struct Watched {
    target: TargetId,
    window: Window,
    now: AnomalyDetection,
}

/// Watches the targets of one target group.
#[derive(Clone, Debug, Default)]
pub struct AnomalyDetector {
    /// Those of which anything is known, in the order of their ids.
    watched: Vec<Watched>,
    changes: Vec<AnomalyChange>,
    anomalous: usize,
    mitigated: usize,
}

impl AnomalyDetector {
    /// Notes that a request to a target ended. It failed when the target answered with an HTTP 5xx or the
    /// connection to it failed.
    pub fn record(&mut self, target: TargetId, failed: bool) {
        let index = match self.place(target) {
            Ok(index) => index,
            Err(index) => {
                let new = Watched { target, window: Window::default(), now: AnomalyDetection::default() };
                self.watched.insert(index, new);
                index
            }
        };
        let window = &mut self.watched[index].window;
        window.requests = window.requests.saturating_add(1);
        window.failures = window.failures.saturating_add(u32::from(failed));
    }

    /// Judges the healthy targets, which are given in the order of their ids, and returns what changed; to call
    /// every [`crate::choices::ANOMALY_EVALUATION`]. `mitigate` says whether anomalous targets get less:
    /// `load_balancing.algorithm.anomaly_mitigation`, under `weighted_random`. Detection is always on.
    ///
    /// A target that is not healthy is not judged, and starts afresh when it is again. One with too few requests
    /// keeps its result, and its window runs on until there are enough.
    pub fn evaluate(&mut self, healthy: &[TargetId], mitigate: bool) -> &[AnomalyChange] {
        let Self { watched, changes, .. } = self;
        changes.clear();
        watched.retain(|watched| {
            let stays = healthy.binary_search(&watched.target).is_ok();
            if !stays {
                note(changes, watched.target, watched.now, AnomalyDetection::default());
            }
            stays
        });
        let enough_healthy = healthy.len() >= FEWEST_HEALTHY;
        let all = watched.iter().fold(Window::default(), |sum, watched| sum.plus(watched.window));
        for Watched { target, window, now } in watched.iter_mut() {
            let before = *now;
            if !enough_healthy {
                *window = Window::default();
                now.result = AnomalyResult::Normal;
            } else if let Some(result) = window.compared_with(all.minus(*window)) {
                *window = Window::default();
                now.result = result;
            }
            now.share = match now.result {
                _ if !mitigate => Share::FULL,
                AnomalyResult::Anomalous => MITIGATED_SHARE,
                AnomalyResult::Normal => Share::per_mille(
                    u64::from(now.share.as_per_mille()) + u64::from(RECOVERY_STEP.as_per_mille()),
                ),
            };
            note(changes, *target, before, *now);
        }
        self.anomalous = self.count(|now| now.result == AnomalyResult::Anomalous);
        self.mitigated = self.count(AnomalyDetection::mitigation_in_effect);
        &self.changes
    }

    /// How a target stands.
    pub fn of(&self, target: TargetId) -> AnomalyDetection {
        self.place(target).map_or(AnomalyDetection::default(), |index| self.watched[index].now)
    }

    /// How much a target may get under `weighted_random`.
    pub fn share(&self, target: TargetId) -> Share {
        if self.mitigated == 0 { Share::FULL } else { self.of(target).share }
    }

    /// `AnomalousHostCount`: how many targets are anomalous.
    pub const fn anomalous_count(&self) -> usize {
        self.anomalous
    }

    /// `MitigatedHostCount`: how many targets get less than a full share for it.
    pub const fn mitigated_count(&self) -> usize {
        self.mitigated
    }

    fn count(&self, wanted: impl Fn(AnomalyDetection) -> bool) -> usize {
        self.watched.iter().filter(|watched| wanted(watched.now)).count()
    }

    fn place(&self, target: TargetId) -> Result<usize, usize> {
        self.watched.binary_search_by_key(&target, |watched| watched.target)
    }
}

fn note(
    changes: &mut Vec<AnomalyChange>,
    target: TargetId,
    before: AnomalyDetection,
    after: AnomalyDetection,
) {
    if before != after {
        changes.push(AnomalyChange { target, before, after });
    }
}

impl Window {
    const fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            failures: self.failures.saturating_add(other.failures),
        }
    }

    const fn minus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(other.requests),
            failures: self.failures.saturating_sub(other.failures),
        }
    }

    /// The result for a target with this window, given all that its peers did together; nothing when either
    /// had too few requests. Our toy formula: see [`crate::choices`].
    fn compared_with(self, peers: Self) -> Option<AnomalyResult> {
        if self.requests.min(peers.requests) < ANOMALY_FEWEST_REQUESTS {
            return None;
        }
        // Both error rates on the common denominator, so that whole numbers are compared.
        let own = u64::from(self.failures) * u64::from(peers.requests);
        let theirs = u64::from(peers.failures) * u64::from(self.requests);
        let whole = u64::from(self.requests) * u64::from(peers.requests);
        let margin = whole / 100 * ANOMALY_MARGIN_PERCENT + whole % 100 * ANOMALY_MARGIN_PERCENT / 100;
        let anomalous =
            own >= theirs.saturating_add(margin) && own >= theirs.saturating_mul(ANOMALY_TIMES_PEERS);
        Some(if anomalous { AnomalyResult::Anomalous } else { AnomalyResult::Normal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One window: for each target, from number 0 on, how many requests it got and how many of them failed.
    /// All of them are healthy.
    fn evaluate(
        detector: &mut AnomalyDetector,
        mitigate: bool,
        targets: &[(u32, u32)],
    ) -> Vec<AnomalyChange> {
        for (number, (requests, failures)) in (0..).zip(targets) {
            (0..*requests).for_each(|nth| detector.record(TargetId::new(number), nth < *failures));
        }
        let healthy: Vec<TargetId> = (0..targets.len() as u32).map(TargetId::new).collect();
        detector.evaluate(&healthy, mitigate).to_vec()
    }

    fn results(detector: &AnomalyDetector, targets: u32) -> Vec<bool> {
        let anomalous = |n| detector.of(TargetId::new(n)).result == AnomalyResult::Anomalous;
        (0..targets).map(anomalous).collect()
    }

    fn share(detector: &AnomalyDetector, number: u32) -> u16 {
        detector.share(TargetId::new(number)).as_per_mille()
    }

    /// ALB guide, "Edit target group attributes", Automatic Target Weights: needs at least three healthy targets.
    #[test]
    fn nothing_is_anomalous_with_fewer_than_three_healthy_targets() {
        let mut two = AnomalyDetector::default();
        assert_eq!(evaluate(&mut two, true, &[(100, 0), (100, 100)]), []);
        let mut three = AnomalyDetector::default();
        evaluate(&mut three, true, &[(100, 0), (100, 100), (100, 0)]);
        assert_eq!(results(&three, 3), [false, true, false]);
        assert_eq!(three.anomalous_count(), 1);
        // One of them is lost: the other two cannot be compared any longer.
        three.record(TargetId::new(1), true);
        three.evaluate(&[TargetId::new(0), TargetId::new(1)], true);
        assert_eq!(results(&three, 3), [false; 3]);
        assert_eq!(three.anomalous_count(), 0);
    }

    /// ALB guide, "Edit target group attributes", Automatic Target Weights: weights are adjusted about every
    /// five seconds.
    #[test]
    fn targets_are_judged_every_five_seconds() {
        assert_eq!(crate::choices::ANOMALY_EVALUATION, crate::kernel::SimDuration::from_secs(5));
    }

    /// ALB guide, "Edit target group attributes", Automatic Target Weights: detection is always on; only
    /// mitigation changes what a target gets.
    #[test]
    fn without_mitigation_an_anomaly_is_shown_and_changes_nothing() {
        let mut detector = AnomalyDetector::default();
        let changes = evaluate(&mut detector, false, &[(50, 0), (50, 25), (50, 0), (50, 1)]);
        let after = AnomalyDetection { result: AnomalyResult::Anomalous, share: Share::FULL };
        let before = AnomalyDetection::default();
        assert_eq!(changes, [AnomalyChange { target: TargetId::new(1), before, after }]);
        assert!(!after.mitigation_in_effect());
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (1, 0));
        assert_eq!(share(&detector, 1), 1_000);
        assert_eq!(evaluate(&mut detector, false, &[(50, 0), (50, 25), (50, 0), (50, 1)]), []);
    }

    /// ALB guide, "Edit target group attributes", Automatic Target Weights: an anomalous target is cut to a
    /// minimum, and after its recovery raised gradually to the share of the others. The numbers are our choice.
    #[test]
    fn mitigation_cuts_at_once_and_gives_back_step_by_step() {
        let mut detector = AnomalyDetector::default();
        evaluate(&mut detector, true, &[(50, 0), (50, 25), (50, 0)]);
        assert_eq!(share(&detector, 1), 100);
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (1, 1));

        let recovery: Vec<u16> = (0..10)
            .map(|_| {
                evaluate(&mut detector, true, &[(50, 0), (20, 0), (50, 0)]);
                share(&detector, 1)
            })
            .collect();
        assert_eq!(recovery, [200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_000]);
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (0, 0));
    }

    /// Mitigation outlasts the anomaly: a recovered target is normal, and still gets less for a while.
    #[test]
    fn a_relapse_on_the_way_back_cuts_again() {
        let mut detector = AnomalyDetector::default();
        evaluate(&mut detector, true, &[(50, 0), (50, 25), (50, 0)]);
        (0..4).for_each(|_| drop(evaluate(&mut detector, true, &[(50, 0), (20, 0), (50, 0)])));
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (0, 1));
        evaluate(&mut detector, true, &[(50, 0), (20, 20), (50, 0)]);
        assert_eq!(share(&detector, 1), 100);
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (1, 1));
    }

    #[test]
    fn mitigation_switched_off_gives_back_at_once() {
        let mut detector = AnomalyDetector::default();
        evaluate(&mut detector, true, &[(50, 0), (50, 25), (50, 0)]);
        evaluate(&mut detector, false, &[(50, 0), (20, 20), (50, 0)]);
        assert_eq!(share(&detector, 1), 1_000);
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (1, 0));
    }

    /// Our choice: see `choices`. What all do is no anomaly.
    #[test]
    fn a_target_is_compared_with_its_peers() {
        let judged = |targets: &[(u32, u32)]| {
            let mut detector = AnomalyDetector::default();
            evaluate(&mut detector, false, targets);
            results(&detector, targets.len() as u32)
        };
        assert_eq!(judged(&[(100, 100), (100, 100), (100, 100)]), [false; 3]);
        assert_eq!(judged(&[(100, 19), (100, 0), (100, 0)]), [false; 3]);
        assert_eq!(judged(&[(100, 20), (100, 0), (100, 0)]), [true, false, false]);
        // 20 points more, but not twice as many.
        assert_eq!(judged(&[(100, 70), (100, 40), (100, 40)]), [false; 3]);
        assert_eq!(judged(&[(100, 80), (100, 40), (100, 40)]), [true, false, false]);
        // Two of three fail: each has 50 % in its peers.
        assert_eq!(judged(&[(100, 100), (100, 100), (100, 0)]), [true, true, false]);
    }

    /// Our choice: see `choices`. Without enough requests a result stands, and the window runs on: a target
    /// that hardly gets any is still judged some time.
    #[test]
    fn too_few_requests_are_judged_when_there_are_enough() {
        let mut detector = AnomalyDetector::default();
        evaluate(&mut detector, true, &[(50, 0), (9, 9), (50, 0)]);
        assert_eq!(results(&detector, 3), [false; 3]);
        evaluate(&mut detector, true, &[(50, 0), (1, 1), (50, 0)]);
        assert_eq!(results(&detector, 3), [false, true, false]);
        for _ in 0..4 {
            evaluate(&mut detector, true, &[(50, 0), (2, 0), (50, 0)]);
            assert_eq!((results(&detector, 3)[1], share(&detector, 1)), (true, 100));
        }
        evaluate(&mut detector, true, &[(50, 0), (2, 0), (50, 0)]);
        assert_eq!((results(&detector, 3)[1], share(&detector, 1)), (false, 200));
        // Silence: nothing is known of the peers either.
        assert_eq!(evaluate(&mut AnomalyDetector::default(), true, &[(50, 50), (4, 0), (5, 0)]), []);
    }

    #[test]
    fn a_target_that_was_unhealthy_starts_afresh() {
        let mut detector = AnomalyDetector::default();
        evaluate(&mut detector, true, &[(50, 0), (50, 50), (50, 0), (50, 0)]);
        let without = [0, 2, 3].map(TargetId::new);
        let changes = detector.evaluate(&without, true).to_vec();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].target, changes[0].after), (TargetId::new(1), AnomalyDetection::default()));
        assert_eq!((detector.anomalous_count(), detector.mitigated_count()), (0, 0));
        assert_eq!(share(&detector, 1), 1_000);
    }
}
