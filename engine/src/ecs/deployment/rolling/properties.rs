use proptest::prelude::*;

use super::*;

fn counts(most: u32) -> impl Strategy<Value = Counts> {
    (0..=most, 0..=most, 0..=most, 0..=most).prop_map(|(healthy, not_ready, unhealthy, stopping)| Counts {
        healthy,
        not_ready,
        unhealthy,
        stopping,
    })
}

prop_compose! {
    fn any_fleet()(
        desired in 0_u32..12,
        minimum in prop::sample::select(vec![0, 25, 50, 75, 90, 100]),
        maximum in prop::sample::select(vec![100, 110, 125, 150, 200]),
        new in counts(6),
        old in counts(6),
        old_desired in 0_u32..12,
        fits in prop::option::of(0_u32..10),
        launches_new in any::<bool>(),
        new_is_next in any::<bool>(),
    ) -> Fleet {
        let limits =
            DeploymentConfiguration { minimum_healthy_percent: minimum, maximum_percent: maximum };
        Fleet { desired, moving: 0, limits, new, old, memory: Memory { old_desired, new_is_next }, fits, launches_new }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// API `DeploymentConfiguration`: no plan starts beyond the maximum or the cluster, none stops healthy tasks
    /// below the minimum, none stops what is not there, and one that does nothing says why.
    #[test]
    fn every_plan_keeps_the_limits(fleet in any_fleet()) {
        let plan = fleet.plan();
        let (lowest, highest) =
            (fleet.limits.healthy_tasks_min(fleet.desired), fleet.limits.tasks_max(fleet.desired));
        if plan.starts() > 0 {
            prop_assert!(fleet.new.present() + fleet.old.present() + plan.starts() <= highest);
            prop_assert!(fleet.fits.is_none_or(|fits| plan.starts() <= fits));
        }
        prop_assert!(fleet.launches_new || plan.start_new == 0);
        for (stops, counts) in [(plan.stop_new, fleet.new), (plan.stop_old, fleet.old)] {
            prop_assert!(stops.healthy <= counts.healthy);
            prop_assert!(stops.not_ready <= counts.not_ready && stops.unhealthy <= counts.unhealthy);
        }
        let healthy = fleet.new.healthy + fleet.old.healthy;
        let stopped = plan.stop_new.healthy + plan.stop_old.healthy;
        prop_assert!(stopped == 0 || healthy - stopped >= lowest);
        prop_assert_eq!(plan.idle.is_some(), plan.starts() + plan.stops() == 0);
    }

    /// Whatever mess a deployment begins with: as long as new tasks get healthy and stopped ones go, it comes to
    /// an end, and that is completion unless the percentages, or the cluster, let nothing happen.
    #[test]
    fn every_deployment_ends(start in any_fleet()) {
        let mut fleet = Fleet { launches_new: true, ..start };
        let holds = fleet.fits.map(|fits| fits + fleet.new.present() + fleet.old.present());
        let mut plan = fleet.plan();
        for _ in 0..200 {
            if matches!(plan.idle, Some(Idle::Complete | Idle::DeploymentConfiguration | Idle::NoCapacity)) {
                break;
            }
            fleet.memory = plan.memory;
            for (counts, stops, starts) in [
                (&mut fleet.new, plan.stop_new, plan.start_new),
                (&mut fleet.old, plan.stop_old, plan.start_old),
            ] {
                counts.healthy = counts.healthy - stops.healthy + counts.not_ready - stops.not_ready;
                counts.not_ready = starts;
                counts.unhealthy -= stops.unhealthy;
                counts.stopping = stops.total();
            }
            fleet.fits = holds.map(|holds| holds - fleet.new.present() - fleet.old.present());
            plan = fleet.plan();
        }
        let healthy = fleet.new.healthy + fleet.old.healthy;
        match plan.idle {
            Some(Idle::Complete) => prop_assert_eq!(fleet.new.healthy, fleet.desired),
            Some(Idle::DeploymentConfiguration) => {
                prop_assert!(never_deploys(fleet.desired, fleet.limits), "{:?}", fleet);
            }
            Some(Idle::NoCapacity) => {
                prop_assert_eq!(fleet.fits, Some(0));
                prop_assert!(healthy <= fleet.limits.healthy_tasks_min(fleet.desired) || fleet.old.wanted() == 0);
            }
            other => prop_assert!(false, "{:?} in {:?}", other, fleet),
        }
    }

    /// A deployment that mends a broken revision comes to its end, though each look replaces old tasks in vain.
    #[test]
    fn a_broken_old_revision_cannot_stop_its_successor(start in any_fleet()) {
        let old = Counts { unhealthy: start.desired, ..Counts::default() };
        let mut fleet = Fleet { new: Counts::default(), old, memory: Memory::begin(start.desired), fits: None, ..start };
        fleet.launches_new = true;
        let mut plan = fleet.plan();
        for _ in 0..200 {
            if plan.idle == Some(Idle::Complete) {
                break;
            }
            fleet.memory = plan.memory;
            fleet.new.healthy += fleet.new.not_ready;
            fleet.new.not_ready = plan.start_new;
            let old = fleet.old;
            fleet.old.unhealthy = old.unhealthy - plan.stop_old.unhealthy + old.not_ready - plan.stop_old.not_ready;
            fleet.old.not_ready = plan.start_old;
            fleet.old.stopping = plan.stop_old.total();
            plan = fleet.plan();
        }
        prop_assert_eq!(plan.idle, Some(Idle::Complete), "{:?}", fleet);
    }

    /// What's New, November 2025, "Amazon ECS improves Service Availability during Rolling deployments": while no
    /// new task gets healthy, the running revision is brought back to the minimum.
    #[test]
    fn a_broken_new_revision_does_not_wear_down_the_old_one(start in any_fleet(), lost in 0_u32..4) {
        let mut fleet = Fleet { new: Counts::default(), fits: None, launches_new: true, ..start };
        fleet.old = Counts { healthy: fleet.desired, ..Counts::default() };
        fleet.memory = Memory::begin(fleet.desired);
        for look in 0..60 {
            let plan = fleet.plan();
            fleet.memory = plan.memory;
            fleet.old.healthy = fleet.old.healthy - plan.stop_old.healthy + fleet.old.not_ready;
            fleet.old.not_ready = plan.start_old;
            fleet.old.stopping = plan.stop_old.total();
            let new = fleet.new;
            fleet.new.unhealthy = new.unhealthy + new.not_ready - plan.stop_new.unhealthy;
            fleet.new.not_ready = plan.start_new;
            fleet.new.stopping = plan.stop_new.total();
            if look == 20 {
                fleet.old.healthy = fleet.old.healthy.saturating_sub(lost);
            }
        }
        prop_assert!(fleet.old.healthy >= fleet.limits.healthy_tasks_min(fleet.desired), "{:?}", fleet);
    }
}
