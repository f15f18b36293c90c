//! What holds whatever is measured.

use proptest::prelude::*;

use super::super::examples::step;
use super::*;

fn policies() -> impl Strategy<Value = Vec<Policy>> {
    let with_cooldown =
        |policy: StepScaling| Policy::StepScaling(StepScaling { cooldown: COOLDOWN, ..policy });
    let jump = StepScaling {
        name: "jump".to_owned(),
        adjustment_type: AdjustmentType::ExactCapacity,
        steps: vec![step(Some(30), None, 30)],
        ..awss_scale_out()
    };
    proptest::sample::subsequence(
        vec![
            tracks("cpu", CPU, 50),
            tracks("requests", REQUESTS, 1_000),
            with_cooldown(awss_scale_out()),
            with_cooldown(awss_scale_in()),
            Policy::StepScaling(jump),
        ],
        0..=5,
    )
}

/// Measurements in stretches, so that alarms do change.
fn stretches() -> impl Strategy<Value = Vec<(u8, Option<f64>, Option<f64>)>> {
    let cpu = proptest::option::weighted(0.9, 0.0..120.0_f64);
    let requests = proptest::option::weighted(0.9, 0.0..3_000.0_f64);
    proptest::collection::vec((1_u8..20, cpu, requests), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is measured: from within the bounds the count never leaves them, and it never falls while a deployment
    /// is in progress.
    #[test]
    fn the_count_stays_within_the_bounds(
        policies in policies(),
        stretches in stretches(),
        (min, room, desired) in (0_u32..6, 0_u32..30, 0_u32..40),
        deploying in proptest::collection::vec(any::<bool>(), 12),
    ) {
        let settings = settings(min, min + room, policies);
        let mut service = Service::new(&settings, settings.target.clamp(desired));
        for ((minutes, cpu, requests), deploying) in stretches.into_iter().zip(deploying) {
            service.deploying = deploying;
            for _ in 0..minutes {
                let before = service.desired;
                service.pass(cpu, requests);
                prop_assert!((min..=min + room).contains(&service.desired));
                prop_assert!(!deploying || service.desired >= before);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of two services with the same past the one with the higher metric never ends up with fewer tasks. Mostly one
    /// more minute raises an alarm.
    #[test]
    fn a_higher_metric_never_leads_to_fewer_tasks(
        past in proptest::option::weighted(0.3, stretches()),
        recent in prop_oneof![Just((14, 10.0)), Just((2, 90.0)), Just((0, 50.0))],
        low in 0.0..90.0_f64,
        more in 0.0..15.0_f64,
        running in 0_u32..40,
        desired in proptest::option::weighted(0.3, 0_u32..40),
    ) {
        let desired = desired.unwrap_or(running);
        let mut service = Service::new(&settings(1, 60, vec![tracks("cpu", CPU, 50)]), 8);
        let past = past.into_iter().flatten().map(|(minutes, cpu, _)| (minutes, cpu));
        for (minutes, cpu) in past.chain([(recent.0, Some(recent.1))]) {
            for _ in 0..minutes {
                service.pass(cpu, None);
            }
        }
        let with = |cpu: f64| {
            let mut scaler = service.scaler.clone();
            let inputs = Inputs {
                standing: standing(running, desired),
                cpu: Some(Spread::level(cpu)),
                memory: None,
                request_count_per_target: Vec::new(),
            };
            match scaler.end_of_minute(minute(service.minute + 1), &inputs).decision {
                Decision::Scale(activity) => activity.to,
                _ => desired,
            }
        };
        prop_assert!(with(low) <= with(low + more));
    }
}
