//! How lengths of time are distributed.

use super::problems::{Problems, quoted};
use super::{At, HOUR};
use crate::kernel::{Distribution, SimDuration};
use crate::scenario::document::{self, DISTRIBUTIONS};

/// Reads a distribution, each kind of which has lengths of its own.
pub(super) fn distribution(
    at: At<'_>,
    document: &document::Distribution,
    problems: &mut Problems,
) -> Distribution {
    let kind = document.distribution.as_str();
    problems.word(at.field("Distribution"), kind, DISTRIBUTIONS);
    let mut length =
        |field, text: &Option<document::Length>, kinds: &[&str]| match (text, kinds.contains(&kind)) {
            (Some(text), true) => Some(problems.duration(at.field(field), &text.0, SimDuration::ZERO, HOUR)),
            (Some(text), false) if DISTRIBUTIONS.contains(&kind) => {
                let allowed = format_args!("absent: a distribution that is {kind} has none");
                problems.add(at.field(field), quoted(&text.0), allowed, "nothing");
                None
            }
            (None, true) => {
                let allowed = format_args!("given for a distribution that is {kind}");
                problems.add(at.field(field), "nothing", allowed, quoted("100ms"));
                None
            }
            _ => None,
        };
    let mean = length("Mean", &document.mean, &["constant", "exponential", "log-normal"]);
    let deviation = length("StandardDeviation", &document.standard_deviation, &["log-normal"]);
    let fast = length("Fast", &document.fast, &["bimodal"]);
    let slow = length("Slow", &document.slow, &["bimodal"]);
    let slow_per_mille = slow_per_mille(at.field("SlowPercent"), document, problems);
    let mean = mean.unwrap_or_default();
    match kind {
        "exponential" => Distribution::Exponential { mean },
        "log-normal" => Distribution::LogNormal { mean, standard_deviation: deviation.unwrap_or_default() },
        "bimodal" => Distribution::Bimodal {
            fast: fast.unwrap_or_default(),
            slow: slow.unwrap_or_default(),
            slow_per_mille,
        },
        _ => Distribution::Constant { value: mean },
    }
}

fn slow_per_mille(at: At<'_>, document: &document::Distribution, problems: &mut Problems) -> u32 {
    match (document.slow_percent, document.distribution.as_str()) {
        (Some(percent), "bimodal") => libm::round(problems.number(at, percent, 0.0, 100.0) * 10.0) as u32,
        (None, "bimodal") => {
            problems.add(at, "nothing", "given for a distribution that is bimodal", 5);
            0
        }
        (Some(percent), kind) if DISTRIBUTIONS.contains(&kind) => {
            let allowed = format_args!("absent: a distribution that is {kind} has none");
            problems.add(at, percent, allowed, "nothing");
            0
        }
        _ => 0,
    }
}
