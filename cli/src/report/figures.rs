//! Figures as they are written: instants, lengths of time, statistics.

use albatross_engine::cloudwatch::Spread;
use albatross_engine::kernel::{Histogram, SimDuration, SimTime};
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

/// Writes an instant in seconds with six digits: whole microseconds, nothing rounded.
pub(crate) fn in_seconds<S: Serializer>(at: &SimTime, serializer: S) -> Result<S::Ok, S::Error> {
    let micros = at.as_micros();
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    RawValue::from_string(text).map_err(S::Error::custom)?.serialize(serializer)
}

/// Statistics of lengths of time in seconds, under CloudWatch's names.
#[derive(Clone, Copy, serde::Serialize)]
pub(super) struct Times {
    #[serde(rename = "Average")]
    pub(super) average: f64,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    #[serde(rename = "Maximum")]
    pub(super) maximum: f64,
}

impl Times {
    /// Nothing when there is nothing to measure.
    pub(super) fn of(histogram: &Histogram) -> Option<Self> {
        let quantile = |q| histogram.quantile(q).map(SimDuration::as_seconds);
        Some(Self {
            average: histogram.mean()?.as_seconds(),
            p50: quantile(0.50)?,
            p90: quantile(0.90)?,
            p95: quantile(0.95)?,
            p99: quantile(0.99)?,
            maximum: histogram.max().as_seconds(),
        })
    }
}

/// The least, the mean and the greatest of the nodes' values.
#[derive(Clone, Copy, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statistics {
    pub(super) minimum: f64,
    pub(super) average: f64,
    pub(super) maximum: f64,
}

impl From<Spread> for Statistics {
    fn from(Spread { min, average, max }: Spread) -> Self {
        Self { minimum: min, average, maximum: max }
    }
}
