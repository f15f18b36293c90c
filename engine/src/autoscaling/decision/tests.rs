//! Several policies, bounds, cooldowns, deployments and suspensions, as AWS documents them.

use proptest::prelude::*;

use super::super::settings::{COOLDOWN, SuspendedState};
use super::*;

const NOW: SimTime = SimTime::from_micros(600_000_000);

fn target(min_capacity: u32, max_capacity: u32) -> ScalableTarget {
    ScalableTarget { min_capacity, max_capacity, suspended: SuspendedState::default() }
}

fn standing(running: u32, desired: u32) -> Standing {
    Standing { running, desired, deployment_in_progress: false }
}

fn cause(policy: &str) -> Cause {
    Cause::Alarm { alarm: format!("{policy}-alarm"), policy: policy.to_owned() }
}

fn tracks(policy: &str, wish: Wish) -> Vote {
    Vote {
        cause: cause(policy),
        wish,
        tracks: true,
        scale_in_enabled: true,
        scale_out_cooldown: COOLDOWN,
        scale_in_cooldown: COOLDOWN,
    }
}

fn steps(policy: &str, wish: Wish) -> Vote {
    Vote { tracks: false, ..tracks(policy, wish) }
}

/// The desired count afterwards, or why it stays, without a cooldown before.
fn decided(
    target: &ScalableTarget,
    standing: Standing,
    votes: &[Vote],
) -> Result<u32, Option<NotScaledReason>> {
    match decide(NOW, target, standing, votes, &mut Cooldown::default()) {
        Decision::Scale(activity) => {
            assert_eq!((activity.at, activity.from), (NOW, standing.desired));
            Ok(activity.to)
        }
        Decision::NotScaled(not_scaled) => Err(Some(not_scaled.reason)),
        Decision::Rest => Err(None),
    }
}

/// Application Auto Scaling guide, "Multiple scaling policies": out if any policy wants out, and the largest capacity
/// wins.
#[test]
fn any_policy_scales_out_and_the_largest_wins() {
    let bounds = target(1, 20);
    let votes = [
        tracks("cpu", Wish::Out(6)),
        tracks("requests", Wish::Out(9)),
        steps("steps", Wish::Out(7)),
        tracks("memory", Wish::In(2)),
    ];
    let decision = decide(NOW, &bounds, standing(4, 4), &votes, &mut Cooldown::default());
    let activity = ScalingActivity { at: NOW, cause: cause("requests"), from: 4, to: 9 };
    assert_eq!(decision, Decision::Scale(activity));
}

/// The same: in only if all target-tracking policies that may scale in are ready, and the largest capacity wins here,
/// too.
#[test]
fn all_policies_must_agree_to_scale_in() {
    let bounds = target(1, 20);
    let lagging = [tracks("cpu", Wish::In(3)), tracks("requests", Wish::Nothing)];
    assert_eq!(
        decided(&bounds, standing(8, 8), &lagging),
        Err(Some(NotScaledReason::OtherPolicyNotReady("requests".to_owned())))
    );
    let agreed = [tracks("cpu", Wish::In(3)), tracks("requests", Wish::In(5))];
    assert_eq!(decided(&bounds, standing(8, 8), &agreed), Ok(5));
    let without_a_say = Vote { scale_in_enabled: false, ..tracks("requests", Wish::Nothing) };
    assert_eq!(decided(&bounds, standing(8, 8), &[tracks("cpu", Wish::In(3)), without_a_say]), Ok(3));
}

/// Application Auto Scaling guide, "Considerations": a step scaling policy's scale-in is not blocked by a
/// target-tracking policy that is not ready.
#[test]
fn a_step_scaling_policy_scales_in_without_asking() {
    let votes = [tracks("cpu", Wish::Nothing), steps("steps", Wish::In(6))];
    assert_eq!(decided(&target(1, 20), standing(8, 8), &votes), Ok(6));
}

/// Application Auto Scaling guide, "Scaling activities": the reason codes.
#[test]
fn what_is_not_done_has_awss_reason() {
    let bounds = target(2, 8);
    for (standing, wish, reason, code) in [
        (standing(8, 8), Wish::Out(9), NotScaledReason::AlreadyAtMaxCapacity(8), "AlreadyAtMaxCapacity"),
        (standing(2, 2), Wish::In(1), NotScaledReason::AlreadyAtMinCapacity(2), "AlreadyAtMinCapacity"),
        (
            standing(4, 6),
            Wish::Out(6),
            NotScaledReason::AlreadyAtDesiredCapacity(6),
            "AlreadyAtDesiredCapacity",
        ),
        (
            standing(4, 4),
            Wish::Stay,
            NotScaledReason::AlreadyAtDesiredCapacity(4),
            "AlreadyAtDesiredCapacity",
        ),
        (
            standing(4, 4),
            Wish::In(4),
            NotScaledReason::AutoScalingAnticipatedFlapping,
            "AutoScalingAnticipatedFlapping",
        ),
    ] {
        assert_eq!(reason.code(), Some(code));
        assert_eq!(decided(&bounds, standing, &[tracks("cpu", wish)]), Err(Some(reason)));
    }
    assert_eq!(decided(&bounds, standing(4, 4), &[tracks("cpu", Wish::Nothing)]), Err(None));
    assert_eq!(decided(&bounds, standing(4, 4), &[]), Err(None));
}

/// Application Auto Scaling guide, "Scaling activities": the sentences, with the guide's names.
#[test]
fn activities_are_told_in_awss_words() {
    let cause =
        Cause::Alarm { alarm: "web-app-cpu-lt-25".to_owned(), policy: "web-app-cpu-lt-25".to_owned() };
    assert_eq!(
        cause.to_string(),
        "monitor alarm web-app-cpu-lt-25 in state ALARM triggered policy web-app-cpu-lt-25"
    );
    let activity = ScalingActivity { at: NOW, cause, from: 2, to: 1 };
    assert_eq!(activity.description(), "Setting desired count to 1.");
    assert_eq!(
        activity.status_message(),
        "Successfully set desired count to 1. Change successfully fulfilled by ecs."
    );
    assert_eq!(Cause::Bounds(Bound::Maximum(10)).to_string(), "maximum capacity was set to 10");
    let name = "morning".to_owned();
    assert_eq!(
        Cause::ScheduledAction { name, bound: Bound::Minimum(15) }.to_string(),
        "minimum capacity was set to 15"
    );
    assert_eq!(NotScaled::DESCRIPTION, "Attempting to scale due to alarm triggered");
}

/// ECS guide, "Service auto scaling", Considerations: with the desired count below the minimum, a scale-out goes to the
/// minimum and then on as the policy says; a scale-in leaves it alone. Above the maximum it is the other way round.
#[test]
fn outside_the_bounds_the_first_step_leads_inside() {
    let bounds = target(4, 8);
    let mut cooldown = Cooldown::default();
    let votes = [tracks("cpu", Wish::Out(6))];
    for (desired, to) in [(2, 4), (4, 6)] {
        let decision = decide(NOW, &bounds, standing(2, desired), &votes, &mut cooldown);
        assert!(matches!(decision, Decision::Scale(activity) if activity.to == to), "no cooldown in between");
    }
    assert_eq!(
        decided(&bounds, standing(3, 2), &[tracks("cpu", Wish::In(1))]),
        Err(Some(NotScaledReason::AlreadyAtMinCapacity(4)))
    );
    assert_eq!(decided(&bounds, standing(10, 10), &[tracks("cpu", Wish::In(3))]), Ok(8));
    assert_eq!(
        decided(&bounds, standing(10, 10), &[tracks("cpu", Wish::Out(12))]),
        Err(Some(NotScaledReason::AlreadyAtMaxCapacity(8)))
    );
}

/// ECS guide, "Service auto scaling and deployments": scale-in is turned off while a deployment is in progress,
/// scale-out is not.
#[test]
fn a_deployment_freezes_scale_in_alone() {
    let deploying = Standing { deployment_in_progress: true, ..standing(6, 6) };
    let bounds = target(1, 20);
    let scale_in = decided(&bounds, deploying, &[tracks("cpu", Wish::In(2))]);
    assert_eq!(scale_in, Err(Some(NotScaledReason::DeploymentInProgress)));
    assert_eq!(decided(&bounds, deploying, &[tracks("cpu", Wish::Out(9))]), Ok(9));
}

/// Application Auto Scaling guide, "Suspending and resuming scaling".
#[test]
fn suspended_scaling_does_nothing_in_its_direction() {
    let suspended = |dynamic_scaling_in, dynamic_scaling_out| ScalableTarget {
        suspended: SuspendedState { dynamic_scaling_in, dynamic_scaling_out, scheduled_scaling: false },
        ..target(1, 20)
    };
    let (out, into) = ([tracks("cpu", Wish::Out(9))], [tracks("cpu", Wish::In(2))]);
    let stands = standing(6, 6);
    assert_eq!(decided(&suspended(true, false), stands, &into), Err(Some(NotScaledReason::ScaleInSuspended)));
    assert_eq!(decided(&suspended(true, false), stands, &out), Ok(9));
    assert_eq!(decided(&suspended(false, true), stands, &out), Err(Some(NotScaledReason::ScaleOutSuspended)));
    assert_eq!(decided(&suspended(false, true), stands, &into), Ok(2));
}

/// Application Auto Scaling guide, "Cooldown period": after +2, within the cooldown, a step of +3 adds 1 only.
#[test]
fn a_larger_scale_out_gets_the_difference_during_a_cooldown() {
    let bounds = target(1, 50);
    let mut cooldown = Cooldown::default();
    let mut decide_at = |seconds, running, desired, wish| {
        let now = NOW + SimDuration::from_secs(seconds);
        match decide(now, &bounds, standing(running, desired), &[steps("steps", wish)], &mut cooldown) {
            Decision::Scale(activity) => Ok(activity.to),
            Decision::NotScaled(not_scaled) => Err(not_scaled.reason),
            Decision::Rest => panic!("something is wanted"),
        }
    };
    assert_eq!(decide_at(0, 10, 10, Wish::Out(12)), Ok(12));
    let until = NotScaledReason::Cooldown(NOW + COOLDOWN);
    assert_eq!(decide_at(60, 10, 12, Wish::Out(12)), Err(until.clone()), "the tasks are not running yet");
    assert_eq!(decide_at(120, 12, 12, Wish::Out(14)), Err(until), "they are: the same step again");
    assert_eq!(decide_at(180, 12, 12, Wish::Out(15)), Ok(13), "a step of 3 after one of 2");
    let until = NotScaledReason::Cooldown(NOW + SimDuration::from_secs(480));
    assert_eq!(decide_at(479, 13, 13, Wish::Out(16)), Err(until));
    assert_eq!(decide_at(480, 13, 13, Wish::Out(16)), Ok(16), "the cooldown is over");
}

/// Application Auto Scaling guide, "Cooldown period": scale-in is blocked until its cooldown ends; a scale-out goes
/// through at once and stops it.
#[test]
fn a_scale_in_cooldown_blocks_scale_in_alone() {
    let bounds = target(1, 50);
    let mut cooldown = Cooldown::default();
    cooldown.begin_scale_in(NOW, COOLDOWN);
    let into = [tracks("cpu", Wish::In(3))];
    let decision = decide(NOW, &bounds, standing(6, 6), &into, &mut cooldown);
    let reason = NotScaledReason::Cooldown(NOW + COOLDOWN);
    assert_eq!(decision, Decision::NotScaled(NotScaled { at: NOW, cause: cause("cpu"), reason }));
    let decision = decide(NOW, &bounds, standing(6, 6), &[tracks("cpu", Wish::Out(8))], &mut cooldown);
    assert!(matches!(decision, Decision::Scale(_)));
    let decision = decide(NOW, &bounds, standing(8, 8), &into, &mut cooldown);
    assert!(matches!(decision, Decision::Scale(activity) if activity.to == 3), "it was stopped");
}

fn wishes() -> impl Strategy<Value = Wish> {
    prop_oneof![
        Just(Wish::Nothing),
        Just(Wish::Stay),
        (0_u32..60).prop_map(Wish::Out),
        (0_u32..60).prop_map(Wish::In),
    ]
}

fn votes() -> impl Strategy<Value = Vec<Vote>> {
    let vote = (wishes(), any::<bool>(), any::<bool>()).prop_map(|(wish, tracks, scale_in_enabled)| Vote {
        tracks,
        scale_in_enabled,
        ..steps("policy", wish)
    });
    proptest::collection::vec(vote, 0..4)
}

fn cooldowns() -> impl Strategy<Value = Cooldown> {
    (0_u8..3, 0_u32..10).prop_map(|(kind, added)| {
        let mut cooldown = Cooldown::default();
        match kind {
            0 => cooldown.begin_scale_out(NOW, COOLDOWN, added),
            1 => cooldown.begin_scale_in(NOW, COOLDOWN),
            _ => {}
        }
        cooldown
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is wanted: the new count lies within the bounds, differs from the old one, nothing is taken away while
    /// a deployment is in progress or scale-in is suspended, and nothing added while scale-out is.
    #[test]
    fn decisions_keep_the_rules(
        votes in votes(),
        mut cooldown in cooldowns(),
        (min, room) in (0_u32..20, 0_u32..30),
        (running, desired) in (0_u32..60, 0_u32..60),
        deployment_in_progress: bool,
        dynamic_scaling_in: bool,
        dynamic_scaling_out: bool,
    ) {
        let suspended = SuspendedState { dynamic_scaling_in, dynamic_scaling_out, scheduled_scaling: false };
        let bounds = ScalableTarget { suspended, ..target(min, min + room) };
        let standing = Standing { running, desired, deployment_in_progress };
        if let Decision::Scale(activity) = decide(NOW, &bounds, standing, &votes, &mut cooldown) {
            prop_assert_eq!(activity.from, desired);
            prop_assert_ne!(activity.to, desired);
            prop_assert_eq!(bounds.clamp(activity.to), activity.to);
            let scales_in = activity.to < desired;
            prop_assert!(!(scales_in && (deployment_in_progress || dynamic_scaling_in)));
            prop_assert!(scales_in || !dynamic_scaling_out);
            let out_wanted = votes.iter().any(|vote| matches!(vote.wish, Wish::Out(_)));
            prop_assert!(scales_in != out_wanted);
        }
    }
}
