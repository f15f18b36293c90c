use super::*;

/// A world in which every started task is healthy, and every stopped one gone, before the next look.
struct World {
    desired: u32,
    limits: DeploymentConfiguration,
    /// How many tasks the cluster has room for.
    holds: u32,
    old: u32,
    new: u32,
    memory: Memory,
}

fn limits(minimum_healthy_percent: u32, maximum_percent: u32) -> DeploymentConfiguration {
    DeploymentConfiguration { minimum_healthy_percent, maximum_percent }
}

fn healthy(healthy: u32) -> Counts {
    Counts { healthy, ..Counts::default() }
}

impl World {
    fn new(desired: u32, limits: DeploymentConfiguration, holds: u32) -> Self {
        Self { desired, limits, holds, old: desired, new: 0, memory: Memory::begin(desired) }
    }

    fn fleet(&self) -> Fleet {
        Fleet {
            desired: self.desired,
            moving: 0,
            limits: self.limits,
            new: healthy(self.new),
            old: healthy(self.old),
            memory: self.memory,
            fits: Some(self.holds - self.old - self.new),
            launches_new: true,
        }
    }

    /// Looks until there is nothing to do, and returns (old, new) after every look and why it ended.
    fn run(mut self) -> (Vec<(u32, u32)>, Idle) {
        let mut trace = vec![(self.old, self.new)];
        for _ in 0..1_000 {
            let plan = self.fleet().plan();
            if let Some(idle) = plan.idle {
                return (trace, idle);
            }
            self.old = self.old + plan.start_old - plan.stop_old.total();
            self.new = self.new + plan.start_new - plan.stop_new.total();
            self.memory = plan.memory;
            assert!(self.old + self.new <= self.limits.tasks_max(self.desired));
            trace.push((self.old, self.new));
        }
        panic!("no end in {trace:?}");
    }
}

/// A fleet in the midst of a rolling deployment at 100 and 200 % with room for any number.
fn fleet(desired: u32, old: Counts, new: Counts) -> Fleet {
    let limits = DeploymentConfiguration::default();
    Fleet {
        desired,
        moving: 0,
        limits,
        new,
        old,
        memory: Memory::begin(desired),
        fits: None,
        launches_new: true,
    }
}

/// ECS guide, "Best practices for Amazon ECS service parameters", the first example: six tasks, 100 and 200 %, a cluster
/// for eight tasks.
#[test]
fn golden_trace_with_room_for_two_more() {
    let (trace, idle) = World::new(6, limits(100, 200), 8).run();
    assert_eq!(trace, [(6, 0), (6, 2), (4, 2), (4, 4), (2, 4), (2, 6), (0, 6)]);
    assert_eq!(idle, Idle::Complete);
}

/// ECS guide, "Best practices for Amazon ECS service parameters", the second example: six tasks, 50 %, a cluster for eight.
#[test]
fn golden_trace_that_stops_half_first() {
    let (trace, idle) = World::new(6, limits(50, 200), 8).run();
    assert_eq!(trace, [(6, 0), (3, 0), (3, 5), (0, 5), (0, 6)]);
    assert_eq!(idle, Idle::Complete);
}

/// ECS guide, "Best practices for Amazon ECS service parameters", the third example: six tasks, 50 %, a cluster for ten.
#[test]
fn golden_trace_that_stops_half_first_and_has_room_for_all() {
    let (trace, idle) = World::new(6, limits(50, 200), 10).run();
    assert_eq!(trace, [(6, 0), (3, 0), (3, 6), (0, 6)]);
    assert_eq!(idle, Idle::Complete);
}

/// ECS guide, "Deploy Amazon ECS services by replacing tasks": the minimum is rounded up, the maximum down, and
/// 75 % of two tasks or 125 % of three leave no room.
#[test]
fn deployments_that_leave_no_room_are_told_from_others() {
    let percents = [(100, 200), (50, 200), (50, 100), (75, 125), (100, 110)];
    for (desired, stuck) in [
        (1, [false, false, true, true, true]),
        (2, [false, false, false, true, true]),
        (3, [false, false, false, true, true]),
        (4, [false, false, false, false, true]),
        (10, [false, false, false, false, false]),
    ] {
        for ((min, max), stuck) in percents.into_iter().zip(stuck) {
            let limits = limits(min, max);
            assert_eq!(never_deploys(desired, limits), stuck, "{desired} at {min}/{max}");
            let (trace, idle) = World::new(desired, limits, 100).run();
            if stuck {
                assert_eq!((trace, idle), (vec![(desired, 0)], Idle::DeploymentConfiguration));
            } else {
                assert_eq!((trace.last(), idle), (Some(&(0, desired)), Idle::Complete));
            }
        }
    }
    assert!(!never_deploys(0, limits(100, 100)), "nothing to deploy is deployed");
}

/// ECS guide, "Amazon ECS service event messages".
#[test]
fn the_sentence_is_awss() {
    assert_eq!(
        CANNOT_DEPLOY,
        "was unable to stop or start tasks during a deployment because of the service deployment \
         configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    );
}

/// API `DeploymentConfiguration`: "provided that the cluster resources required to do this are available".
#[test]
fn a_full_cluster_is_not_the_percentages_fault() {
    let (trace, idle) = World::new(6, limits(100, 200), 6).run();
    assert_eq!((trace, idle), (vec![(6, 0)], Idle::NoCapacity));
    let full = Fleet { fits: Some(2), ..fleet(6, healthy(6), healthy(0)) }.plan();
    assert_eq!((full.start_new, full.unplaced), (2, 4));
}

/// ECS guide, "Deploy Amazon ECS services by replacing tasks", and What's New, November 2025: during a deployment
/// an unhealthy task is replaced by one of its own revision.
#[test]
fn an_unhealthy_old_task_is_replaced_by_an_old_one() {
    let old = Counts { healthy: 5, unhealthy: 1, ..Counts::default() };
    let failing = Counts { unhealthy: 3, not_ready: 1, ..Counts::default() };
    let plan = fleet(6, old, failing).plan();
    assert_eq!((plan.start_old, plan.start_new), (1, 1), "both revisions get what they lack");
    assert_eq!(plan.stops(), 0, "the replacement comes first");
    // Once it is healthy, the unhealthy one goes.
    let old = Counts { healthy: 6, unhealthy: 1, ..Counts::default() };
    let plan = fleet(6, old, failing).plan();
    assert_eq!(plan.stop_old, Stops { unhealthy: 1, ..Stops::default() });
    assert_eq!(plan.memory.old_desired, 6);
}

/// What's New, November 2025: so is one that was terminated.
#[test]
fn a_lost_old_task_is_replaced_by_an_old_one() {
    let plan = fleet(6, healthy(5), Counts { not_ready: 6, ..Counts::default() }).plan();
    assert_eq!((plan.start_old, plan.start_new), (1, 0));
}

/// What the minimum does not need is not replaced: new tasks have taken its place.
#[test]
fn an_old_task_that_is_not_needed_any_more_is_not_replaced() {
    let old = Counts { healthy: 2, unhealthy: 1, ..Counts::default() };
    let plan = Fleet { memory: Memory::begin(3), ..fleet(6, old, healthy(4)) }.plan();
    assert_eq!(plan.stop_old, Stops { unhealthy: 1, ..Stops::default() });
    assert_eq!((plan.start_old, plan.memory.old_desired), (0, 2));
}

/// What's New, November 2025: scaling out during a deployment goes to both revisions.
#[test]
fn scaling_out_goes_to_both_revisions() {
    let memory = Memory::begin(6).scaled(6, 8);
    let failing = Counts { unhealthy: 6, ..Counts::default() };
    let plan = Fleet { memory, ..fleet(8, healthy(6), failing) }.plan();
    assert_eq!((plan.start_old, plan.start_new), (2, 2), "16 are allowed, 12 are there");
    assert_eq!(
        Memory::begin(6).scaled(8, 6),
        Memory::begin(6),
        "scaling in does not stop old tasks by itself"
    );
}

/// API `DeploymentConfiguration`: without room for replacements, unhealthy tasks go one by one.
#[test]
fn without_room_unhealthy_tasks_go_one_by_one() {
    let old = Counts { healthy: 4, unhealthy: 2, ..Counts::default() };
    let mut full = Fleet { limits: limits(100, 100), ..fleet(6, old, healthy(0)) };
    let plan = full.plan();
    assert_eq!(plan.stop_old, Stops { unhealthy: 1, ..Stops::default() });
    assert_eq!((plan.stops(), plan.memory.old_desired), (1, 6));
    full.old = Counts { healthy: 4, unhealthy: 1, stopping: 1, ..Counts::default() };
    assert_eq!(full.plan().idle, Some(Idle::AwaitingStops));
    full.old = Counts { healthy: 4, unhealthy: 1, ..Counts::default() };
    assert_eq!(full.plan().starts(), 1);
}

/// ECS guide, "Amazon ECS services": unhealthy tasks of a service at rest are replaced first and stopped then; when
/// the replacement is unhealthy, too, one of the two goes.
#[test]
fn a_service_at_rest_replaces_its_unhealthy_tasks() {
    let rest = |new| Fleet { memory: Memory::begin(0), ..fleet(6, Counts::default(), new) }.plan();
    assert_eq!(rest(Counts { healthy: 5, unhealthy: 1, ..Counts::default() }).start_new, 1);
    let plan = rest(Counts { healthy: 5, unhealthy: 1, not_ready: 1, ..Counts::default() });
    assert_eq!(plan.idle, Some(Idle::AwaitingHealth));
    let plan = rest(Counts { healthy: 6, unhealthy: 1, ..Counts::default() });
    assert_eq!((plan.stop_new.unhealthy, plan.stops(), plan.starts()), (1, 1, 0));
    let plan = rest(Counts { healthy: 5, unhealthy: 2, ..Counts::default() });
    assert_eq!((plan.stop_new.unhealthy, plan.stops()), (1, 1));
}

/// API `Deployment`: a FAILED deployment launches nothing; what runs of the old revision is kept.
#[test]
fn a_failed_deployment_launches_nothing_new() {
    let old = Counts { healthy: 3, ..Counts::default() };
    let failed = Fleet {
        launches_new: false,
        limits: limits(50, 200),
        memory: Memory::begin(3),
        ..fleet(6, old, Counts { unhealthy: 3, ..Counts::default() })
    };
    assert_eq!(failed.plan().idle, Some(Idle::Failed));
    let plan = Fleet { old: healthy(2), ..failed }.plan();
    assert_eq!((plan.start_old, plan.start_new), (1, 0));
}

#[test]
fn nothing_desired_stops_everything() {
    let plan = fleet(0, healthy(2), Counts { healthy: 2, not_ready: 1, unhealthy: 1, stopping: 0 }).plan();
    assert_eq!((plan.stop_old.total(), plan.stop_new.total(), plan.starts()), (2, 4, 0));
    let plan = fleet(0, Counts::default(), Counts::default()).plan();
    assert_eq!(plan.idle, Some(Idle::Complete));
}
