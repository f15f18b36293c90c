//! What can be set on an alarm: CloudWatch's names, defaults and ranges (API `PutMetricAlarm`).

use serde::{Deserialize, Serialize};

use crate::kernel::{SimDuration, Thousandths};

/// `ComparisonOperator`: the statistic stands first, the threshold second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ComparisonOperator {
    /// Breaching when greater than the threshold.
    GreaterThanThreshold,
    /// Breaching when greater than or equal to the threshold.
    GreaterThanOrEqualToThreshold,
    /// Breaching when less than the threshold.
    LessThanThreshold,
    /// Breaching when less than or equal to the threshold.
    LessThanOrEqualToThreshold,
}

impl ComparisonOperator {
    /// Whether a value breaches the threshold.
    pub fn breaches(self, value: f64, threshold: Thousandths) -> bool {
        let threshold = threshold.as_f64();
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// Whether large values breach.
    pub const fn is_upward(self) -> bool {
        matches!(self, Self::GreaterThanThreshold | Self::GreaterThanOrEqualToThreshold)
    }

    /// How CloudWatch puts it in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::GreaterThanThreshold => "greater than",
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// `Statistic`, applied over one period. `SampleCount` and percentiles are not simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Statistic {
    /// The mean.
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
    /// All together.
    Sum,
}

impl Statistic {
    /// CloudWatch's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::Sum => "Sum",
        }
    }
}

/// `TreatMissingData` (CloudWatch guide, "Configuring how CloudWatch alarms treat missing data").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// `missing`, the default: when everything is missing the alarm goes to INSUFFICIENT_DATA.
    #[default]
    Missing,
    /// `notBreaching`: as if within the threshold.
    NotBreaching,
    /// `breaching`: as if beyond the threshold.
    Breaching,
    /// `ignore`: the alarm stays as it is.
    Ignore,
}

/// An alarm on one metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AlarmSettings {
    /// `AlarmName`: 1 to 255 characters.
    pub name: String,
    /// `ComparisonOperator`.
    pub comparison: ComparisonOperator,
    /// `Threshold`.
    pub threshold: Thousandths,
    /// `Period`: a multiple of 60 s. Metrics of high resolution are not simulated.
    pub period: SimDuration,
    /// `EvaluationPeriods`, the N of "M out of N": at least 1.
    pub evaluation_periods: u32,
    /// `DatapointsToAlarm`, the M of "M out of N": 1 to `evaluation_periods`.
    pub datapoints_to_alarm: u32,
    /// `Statistic`.
    pub statistic: Statistic,
    /// `TreatMissingData`, default `missing`.
    pub treat_missing_data: TreatMissingData,
}

/// Why an alarm cannot be set so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AlarmRefused {
    /// The name is empty or too long.
    #[error("AlarmName has 1 to 255 characters")]
    Name,
    /// The period is not a whole number of minutes.
    #[error("Period is a multiple of 60 seconds; shorter periods are not simulated")]
    Period,
    /// There are no evaluation periods.
    #[error("EvaluationPeriods is at least 1")]
    EvaluationPeriods,
    /// More datapoints are asked for than are looked at.
    #[error("DatapointsToAlarm goes from 1 to EvaluationPeriods, {0}")]
    DatapointsToAlarm(u32),
    /// The alarm looks back too far.
    #[error(
        "Period multiplied by EvaluationPeriods is at most one day, or seven days when Period is an hour or more"
    )]
    TooLong,
}

const MINUTE: SimDuration = SimDuration::from_secs(60);
const HOUR: SimDuration = SimDuration::from_secs(3_600);
const DAY: SimDuration = SimDuration::from_secs(86_400);

impl AlarmSettings {
    /// Whether CloudWatch would take these settings.
    ///
    /// # Errors
    /// When it would not.
    pub fn validate(&self) -> Result<(), AlarmRefused> {
        if !(1..=255).contains(&self.name.chars().count()) {
            return Err(AlarmRefused::Name);
        }
        let micros = self.period.as_micros();
        if micros == 0 || !micros.is_multiple_of(MINUTE.as_micros()) {
            return Err(AlarmRefused::Period);
        }
        if self.evaluation_periods == 0 {
            return Err(AlarmRefused::EvaluationPeriods);
        }
        if !(1..=self.evaluation_periods).contains(&self.datapoints_to_alarm) {
            return Err(AlarmRefused::DatapointsToAlarm(self.evaluation_periods));
        }
        let longest = if self.period < HOUR { DAY } else { DAY * 7 };
        if self.period * u64::from(self.evaluation_periods) > longest {
            return Err(AlarmRefused::TooLong);
        }
        Ok(())
    }

    /// How many minutes a period has: at least 1.
    pub fn minutes_per_period(&self) -> u64 {
        (self.period.as_micros() / MINUTE.as_micros()).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> AlarmSettings {
        AlarmSettings {
            name: "cpu-high".to_owned(),
            comparison: ComparisonOperator::GreaterThanThreshold,
            threshold: Thousandths::whole(50),
            period: SimDuration::from_secs(60),
            evaluation_periods: 3,
            datapoints_to_alarm: 2,
            statistic: Statistic::Average,
            treat_missing_data: TreatMissingData::Missing,
        }
    }

    /// API `PutMetricAlarm`: the ranges of `AlarmName`, `Period`, `EvaluationPeriods` and `DatapointsToAlarm`.
    #[test]
    fn ranges_are_awss() {
        assert_eq!(settings().validate(), Ok(()));
        let refused = |change: fn(&mut AlarmSettings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.validate()
        };
        assert_eq!(refused(|alarm| alarm.name = "x".repeat(256)), Err(AlarmRefused::Name));
        assert_eq!(refused(|alarm| alarm.name.clear()), Err(AlarmRefused::Name));
        assert_eq!(refused(|alarm| alarm.period = SimDuration::ZERO), Err(AlarmRefused::Period));
        assert_eq!(refused(|alarm| alarm.period = SimDuration::from_secs(90)), Err(AlarmRefused::Period));
        assert_eq!(refused(|alarm| alarm.evaluation_periods = 0), Err(AlarmRefused::EvaluationPeriods));
        assert_eq!(refused(|alarm| alarm.datapoints_to_alarm = 0), Err(AlarmRefused::DatapointsToAlarm(3)));
        assert_eq!(refused(|alarm| alarm.datapoints_to_alarm = 4), Err(AlarmRefused::DatapointsToAlarm(3)));
    }

    /// API `PutMetricAlarm`, `Period`: at most one day in all, and seven days from a period of one hour on.
    #[test]
    fn an_alarm_looks_back_one_day_or_seven() {
        let looking_back = |period, evaluation_periods| {
            AlarmSettings { period: SimDuration::from_secs(period), evaluation_periods, ..settings() }
                .validate()
        };
        assert_eq!(looking_back(60, 1_440), Ok(()));
        assert_eq!(looking_back(60, 1_441), Err(AlarmRefused::TooLong));
        assert_eq!(looking_back(3_600, 168), Ok(()));
        assert_eq!(looking_back(3_600, 169), Err(AlarmRefused::TooLong));
        assert_eq!(looking_back(u64::MAX / 60_000_000 * 60, u32::MAX), Err(AlarmRefused::TooLong));
    }
}
