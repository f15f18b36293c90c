//! Deployments: percentages, strategies, and what makes one fail or succeed.

use super::At;
use super::names::{ALARMS_MAX, Book};
use super::problems::{Problems, or_nothing, unchecked};
use crate::ecs::DeploymentConfiguration;
use crate::ecs::deployment::settings::{
    CircuitBreaker, DeploymentAlarms, DeploymentOptions, DeploymentRefused, DeploymentStrategy,
    EarlySuccessCriteria, Threshold, minutes,
};
use crate::kernel::SimDuration;
use crate::scenario::document::{self, CLEANUPS, STRATEGIES, THRESHOLDS};

/// Our own limit: AWS documents none.
const MAXIMUM_PERCENT_MAX: i64 = 1_000;

pub(super) fn minimum_healthy_percent(at: At<'_>, percent: i64, problems: &mut Problems) -> u32 {
    problems.whole(at.field("MinimumHealthyPercent"), percent, 0, 100)
}

pub(super) fn maximum_percent(at: At<'_>, percent: i64, problems: &mut Problems) -> u32 {
    problems.whole(at.field("MaximumPercent"), percent, 100, MAXIMUM_PERCENT_MAX)
}

pub(super) fn percentages(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    problems: &mut Problems,
) -> DeploymentConfiguration {
    let default = DeploymentConfiguration::default();
    let minimum = document.minimum_healthy_percent;
    let minimum = minimum.map(|percent| minimum_healthy_percent(at, percent, problems));
    let maximum = document.maximum_percent.map(|percent| maximum_percent(at, percent, problems));
    DeploymentConfiguration {
        minimum_healthy_percent: minimum.unwrap_or(default.minimum_healthy_percent),
        maximum_percent: maximum.unwrap_or(default.maximum_percent),
    }
}

/// What a deployment configuration says beyond its percentages.
pub(super) fn options(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    minimum_healthy_percent: u32,
    book: &Book<'_>,
    problems: &mut Problems,
) -> DeploymentOptions {
    if document.lifecycle_hooks.is_some() {
        problems.not_simulated(at.field("LifecycleHooks"), "LifecycleHooks");
    }
    let breaker = document.deployment_circuit_breaker.as_ref();
    let at_breaker = at.field("DeploymentCircuitBreaker");
    let mut options = DeploymentOptions {
        strategy: strategy(at, document, problems),
        circuit_breaker: breaker.map(|one| circuit_breaker(at_breaker, one, problems)).unwrap_or_default(),
        alarms: alarms(at.field("Alarms"), document, book, problems),
        early_success: early_success(at.field("EarlySuccessCriteria"), document, problems),
    };
    while let Err(refused) = options.validate(minimum_healthy_percent) {
        mend(at, refused, document, &mut options, problems);
    }
    options
}

/// So many minutes, as they are written.
fn bake(written: Option<i64>, usual: u64) -> SimDuration {
    minutes(written.map_or(usual, |written| u64::from(unchecked(written, u32::MAX))))
}

/// Tenths of a percent; more than any percentage has where there are no whole ones.
fn tenths(percent: f64) -> u32 {
    let tenths = libm::round(percent * 10.0);
    if (0.0..=1e6).contains(&tenths) && tenths / 10.0 == percent { tenths as u32 } else { u32::MAX }
}

fn strategy(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    problems: &mut Problems,
) -> DeploymentStrategy {
    let word = document.strategy.as_deref().unwrap_or(STRATEGIES[0]);
    problems.word(at.field("Strategy"), word, STRATEGIES);
    let (linear, canary) = (&document.linear_configuration, &document.canary_configuration);
    for (field, is_given, owner) in [
        ("LinearConfiguration", linear.is_some(), "LINEAR"),
        ("CanaryConfiguration", canary.is_some(), "CANARY"),
    ] {
        if is_given && word != owner && STRATEGIES.contains(&word) {
            let allowed = format_args!("absent: it belongs to the Strategy {owner}");
            problems.add(at.field(field), field, allowed, "nothing");
        }
    }
    let at_bake = at.field("BakeTimeInMinutes");
    match (word, document.bake_time_in_minutes) {
        ("ROLLING", Some(minutes)) => {
            let allowed = "absent: Albatross does not simulate the bake time of the Strategy ROLLING";
            problems.add(at_bake, minutes, allowed, "nothing");
        }
        ("BLUE_GREEN", None) => {
            let allowed = "a whole number from 0 to 1440, which the Strategy BLUE_GREEN needs";
            problems.add(at_bake, "nothing", allowed, 5);
        }
        _ => {}
    }
    let last_bake = bake(document.bake_time_in_minutes, 0);
    match word {
        "BLUE_GREEN" => DeploymentStrategy::BlueGreen { bake: last_bake },
        "LINEAR" => {
            let mut strategy = DeploymentStrategy::linear(last_bake);
            if let (DeploymentStrategy::Linear { step_percent_tenths, step_bake, .. }, Some(linear)) =
                (&mut strategy, linear)
            {
                *step_percent_tenths = linear.step_percent.map_or(*step_percent_tenths, tenths);
                let written = linear.step_bake_time_in_minutes;
                *step_bake = written.map_or(*step_bake, |_| bake(written, 0));
            }
            strategy
        }
        "CANARY" => {
            let mut strategy = DeploymentStrategy::canary(last_bake);
            if let (DeploymentStrategy::Canary { percent_tenths, canary_bake, .. }, Some(canary)) =
                (&mut strategy, canary)
            {
                *percent_tenths = canary.canary_percent.map_or(*percent_tenths, tenths);
                let written = canary.canary_bake_time_in_minutes;
                *canary_bake = written.map_or(*canary_bake, |_| bake(written, 0));
            }
            strategy
        }
        _ => DeploymentStrategy::Rolling,
    }
}

fn circuit_breaker(
    at: At<'_>,
    document: &document::DeploymentCircuitBreaker,
    problems: &mut Problems,
) -> CircuitBreaker {
    let threshold = document.threshold_configuration.as_ref().map(|threshold| {
        let at = at.field("ThresholdConfiguration");
        problems.word(at.field("Type"), &threshold.r#type, THRESHOLDS);
        let value = unchecked(threshold.value, 0);
        match threshold.r#type.as_str() {
            "UNBOUNDED_PERCENT" => Threshold::UnboundedPercent(value),
            "COUNT" => Threshold::Count(value),
            _ => Threshold::BoundedPercent(value),
        }
    });
    CircuitBreaker {
        enable: document.enable,
        rollback: document.rollback,
        reset_on_healthy_task: document.reset_on_healthy_task,
        threshold: threshold.unwrap_or_default(),
    }
}

fn alarms(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    book: &Book<'_>,
    problems: &mut Problems,
) -> DeploymentAlarms {
    let Some(alarms) = &document.alarms else { return DeploymentAlarms::default() };
    let at = at.field("AlarmNames");
    let names = problems.at_most(at, &alarms.alarm_names, ALARMS_MAX, "of them");
    let mut known = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let is_known = book.alarms.names.find(at.element(index), name, problems).is_some();
        known.extend(is_known.then(|| name.clone()));
    }
    DeploymentAlarms { names: known, enable: alarms.enable, rollback: alarms.rollback }
}

fn early_success(
    at: At<'_>,
    document: &document::DeploymentConfiguration,
    problems: &mut Problems,
) -> EarlySuccessCriteria {
    let default = EarlySuccessCriteria::default();
    let Some(criteria) = &document.early_success_criteria else { return default };
    let at_cleanup = at.field("SourceServiceRevisionCleanup");
    let percent = criteria.healthy_percent;
    EarlySuccessCriteria {
        enable: criteria.enable,
        healthy_percent: percent.map_or(default.healthy_percent, |percent| {
            problems.whole(at.field("HealthyPercent"), percent, 0, 100)
        }),
        cleanup: problems.one_of(at_cleanup, &criteria.source_service_revision_cleanup, CLEANUPS),
    }
}

/// Tells what AWS would refuse, and puts AWS's default in its place.
fn mend(
    at: At<'_>,
    refused: DeploymentRefused,
    document: &document::DeploymentConfiguration,
    options: &mut DeploymentOptions,
    problems: &mut Problems,
) {
    let (at_linear, at_canary) = (at.field("LinearConfiguration"), at.field("CanaryConfiguration"));
    let (linear, canary) = (document.linear_configuration.as_ref(), document.canary_configuration.as_ref());
    let at_breaker = at.field("DeploymentCircuitBreaker");
    let threshold = document.deployment_circuit_breaker.as_ref();
    let threshold = threshold.and_then(|breaker| breaker.threshold_configuration.as_ref());
    let threshold = threshold.map(|threshold| threshold.value);
    let at_success = at.field("EarlySuccessCriteria");
    match refused {
        DeploymentRefused::StepPercent { .. } => {
            let found = or_nothing(linear.and_then(|linear| linear.step_percent));
            problems.add(at_linear.field("StepPercent"), found, "a multiple of 0.1 from 3.0 to 100.0", 10);
            if let DeploymentStrategy::Linear { step_percent_tenths, .. } = &mut options.strategy {
                *step_percent_tenths = 100;
            }
        }
        DeploymentRefused::CanaryPercent { .. } => {
            let found = or_nothing(canary.and_then(|canary| canary.canary_percent));
            problems.add(at_canary.field("CanaryPercent"), found, "a multiple of 0.1 from 0.1 to 100.0", 5);
            if let DeploymentStrategy::Canary { percent_tenths, .. } = &mut options.strategy {
                *percent_tenths = 50;
            }
        }
        DeploymentRefused::BakeTime { field, .. } => {
            mend_bake_time(at, field, document, &mut options.strategy, problems);
        }
        DeploymentRefused::ThresholdPercent { .. } => {
            let at = at_breaker.field("ThresholdConfiguration");
            problems.whole(at.field("Value"), threshold.unwrap_or_default(), 1, 100);
            options.circuit_breaker.threshold = Threshold::default();
        }
        DeploymentRefused::ThresholdCount => {
            let at = at_breaker.field("ThresholdConfiguration");
            problems.add(at.field("Value"), or_nothing(threshold), "a number of tasks, at least 1", 3);
            options.circuit_breaker.threshold = Threshold::default();
        }
        DeploymentRefused::CircuitBreakerWithoutRolling { .. } => {
            problems.add(at_breaker.field("Enable"), true, format_args!("false: {refused}"), false);
            options.circuit_breaker.enable = false;
        }
        DeploymentRefused::EarlySuccessWithoutRolling { .. } => {
            problems.add(at_success.field("Enable"), true, format_args!("false: {refused}"), false);
            options.early_success.enable = false;
        }
        DeploymentRefused::EarlySuccess { percent, minimum } => {
            let allowed = format_args!("a whole number from MinimumHealthyPercent, here {minimum}, to 100");
            problems.add(at_success.field("HealthyPercent"), percent, allowed, minimum);
            options.early_success.healthy_percent = 100;
        }
    }
}

fn mend_bake_time(
    at: At<'_>,
    field: &str,
    document: &document::DeploymentConfiguration,
    strategy: &mut DeploymentStrategy,
    problems: &mut Problems,
) {
    let (linear, canary) = (document.linear_configuration.as_ref(), document.canary_configuration.as_ref());
    let minutes = |found: Option<i64>, at: At<'_>, problems: &mut Problems| {
        problems.whole(at, found.unwrap_or_default(), 0, 1_440);
    };
    let mended = match (field, strategy) {
        ("stepBakeTimeInMinutes", DeploymentStrategy::Linear { step_bake, .. }) => {
            let found = linear.and_then(|linear| linear.step_bake_time_in_minutes);
            minutes(found, at.field("LinearConfiguration").field("StepBakeTimeInMinutes"), problems);
            step_bake
        }
        ("canaryBakeTimeInMinutes", DeploymentStrategy::Canary { canary_bake, .. }) => {
            let found = canary.and_then(|canary| canary.canary_bake_time_in_minutes);
            minutes(found, at.field("CanaryConfiguration").field("CanaryBakeTimeInMinutes"), problems);
            canary_bake
        }
        (
            _,
            DeploymentStrategy::BlueGreen { bake }
            | DeploymentStrategy::Linear { bake, .. }
            | DeploymentStrategy::Canary { bake, .. },
        ) => {
            minutes(document.bake_time_in_minutes, at.field("BakeTimeInMinutes"), problems);
            bake
        }
        (_, DeploymentStrategy::Rolling) => return,
    };
    *mended = SimDuration::ZERO;
}
