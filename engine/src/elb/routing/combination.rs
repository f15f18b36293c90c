//! Which target group attributes AWS does not let one combine.

use super::Algorithm;

/// What is asked of one target group together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combination {
    /// `load_balancing.algorithm.type`.
    pub algorithm: Algorithm,
    /// Whether `slow_start.duration_seconds` is not 0.
    pub slow_start: bool,
    /// `stickiness.enabled`.
    pub stickiness: bool,
    /// Whether nodes reach the targets of all zones: `load_balancing.cross_zone.enabled`, which an Application
    /// Load Balancer has on unless the target group turns it off.
    pub cross_zone: bool,
    /// `load_balancing.algorithm.anomaly_mitigation`.
    pub anomaly_mitigation: bool,
}

/// Why target group attributes do not go together (ALB guide, "Edit target group attributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Forbidden {
    /// Slow start is for round robin only.
    #[error("slow start cannot be used with {0}, only with round_robin")]
    SlowStart(Algorithm),
    /// Weighted random knows no sessions.
    #[error("sticky sessions cannot be used with weighted_random")]
    StickinessWithWeightedRandom,
    /// A session's target may be in another zone.
    #[error("sticky sessions cannot be used with cross-zone load balancing off")]
    StickinessWithoutCrossZone,
    /// Only weighted random can give less to one target.
    #[error("anomaly mitigation can only be used with weighted_random, not with {0}")]
    AnomalyMitigation(Algorithm),
}

/// The first reason, if any, for which AWS refuses this combination.
pub const fn forbidden(asked: Combination) -> Option<Forbidden> {
    let algorithm = asked.algorithm;
    if asked.slow_start && !matches!(algorithm, Algorithm::RoundRobin) {
        Some(Forbidden::SlowStart(algorithm))
    } else if asked.stickiness && matches!(algorithm, Algorithm::WeightedRandom) {
        Some(Forbidden::StickinessWithWeightedRandom)
    } else if asked.stickiness && !asked.cross_zone {
        Some(Forbidden::StickinessWithoutCrossZone)
    } else if asked.anomaly_mitigation && !matches!(algorithm, Algorithm::WeightedRandom) {
        Some(Forbidden::AnomalyMitigation(algorithm))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn plain(algorithm: Algorithm) -> Combination {
        Combination {
            algorithm,
            slow_start: false,
            stickiness: false,
            cross_zone: true,
            anomaly_mitigation: false,
        }
    }

    fn refusals(ask: impl Fn(Combination) -> Combination) -> [Option<Forbidden>; 3] {
        Algorithm::ALL.map(|algorithm| forbidden(ask(plain(algorithm))))
    }

    #[test]
    fn every_algorithm_works_by_itself_with_cross_zone_on_or_off() {
        assert_eq!(refusals(|asked| asked), [None; 3]);
        assert_eq!(refusals(|asked| Combination { cross_zone: false, ..asked }), [None; 3]);
    }

    /// ALB guide, "Edit target group attributes", slow start mode: not with least outstanding requests or
    /// weighted random.
    #[test]
    fn slow_start_goes_with_round_robin_only() {
        let refused = refusals(|asked| Combination { slow_start: true, ..asked });
        let [_, least, random] = Algorithm::ALL.map(|algorithm| Some(Forbidden::SlowStart(algorithm)));
        assert_eq!(refused, [None, least, random]);
    }

    /// ALB guide, "Edit target group attributes", weighted random: no sticky sessions.
    #[test]
    fn sticky_sessions_do_not_go_with_weighted_random() {
        let refused = refusals(|asked| Combination { stickiness: true, ..asked });
        assert_eq!(refused, [None, None, Some(Forbidden::StickinessWithWeightedRandom)]);
    }

    /// ALB guide, "Edit target group attributes", cross-zone load balancing off: no target stickiness.
    #[test]
    fn sticky_sessions_do_not_go_with_cross_zone_off() {
        let sticky = |asked| Combination { stickiness: true, cross_zone: false, ..asked };
        assert_eq!(refusals(sticky)[0], Some(Forbidden::StickinessWithoutCrossZone));
        assert_eq!(refusals(sticky)[1], Some(Forbidden::StickinessWithoutCrossZone));
    }

    /// ELB API reference, `TargetGroupAttribute`, `load_balancing.algorithm.anomaly_mitigation`: only with
    /// `weighted_random`.
    #[test]
    fn anomaly_mitigation_goes_with_weighted_random_only() {
        let refused = refusals(|asked| Combination { anomaly_mitigation: true, ..asked });
        let [robin, least, _] = Algorithm::ALL.map(|algorithm| Some(Forbidden::AnomalyMitigation(algorithm)));
        assert_eq!(refused, [robin, least, None]);
    }
}
