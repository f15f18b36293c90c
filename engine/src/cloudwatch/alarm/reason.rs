//! Why an alarm changed its state, typed, and in CloudWatch's words. The wording is that of the `StateReason`s that
//! AWS's guides and many captured notifications show; where those have a date, this has the simulated time.

use std::fmt;

use super::settings::{ComparisonOperator, TreatMissingData};
use super::{AlarmSettings, AlarmState};
use crate::kernel::{SimTime, Thousandths};

/// One period's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Datapoint {
    /// When the period began.
    pub from: SimTime,
    /// The statistic over the period.
    pub value: f64,
}

impl fmt::Display for Datapoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.value, self.from)
    }
}

/// Why an alarm is in its state.
#[derive(Clone, Debug, PartialEq)]
pub enum StateReason {
    /// There was enough to decide between OK and ALARM.
    ThresholdCrossed {
        /// Whether the alarm went to ALARM.
        to_alarm: bool,
        /// The datapoints that decided: in ALARM those that breach, in OK those that do not; the latest first.
        datapoints: Vec<Datapoint>,
        /// How many datapoints were really there, among those that were looked at.
        received: u32,
        /// `EvaluationPeriods`.
        evaluation_periods: u32,
        /// How many datapoints of this state are enough for it.
        minimum: u32,
        /// What missing datapoints were treated as; nothing when none had to be filled in.
        filled_as: Option<TreatMissingData>,
        /// `ComparisonOperator`.
        comparison: ComparisonOperator,
        /// `Threshold`.
        threshold: Thousandths,
    },
    /// There was not.
    InsufficientData {
        /// How many of the datapoints that are needed are missing.
        unknown: u32,
    },
}

impl StateReason {
    /// The reason for `state`, given the datapoints that were looked at, latest first, with whether they breach.
    pub(super) fn of(
        state: AlarmState,
        settings: &AlarmSettings,
        looked_at: impl Iterator<Item = (Datapoint, bool)>,
    ) -> Self {
        let (periods, to_alarm) = (settings.evaluation_periods, state == AlarmState::Alarm);
        let mut received = 0;
        let mut datapoints = Vec::new();
        for (datapoint, breaching) in looked_at {
            received += 1;
            if breaching == to_alarm {
                datapoints.push(datapoint);
            }
        }
        if state == AlarmState::InsufficientData {
            return Self::InsufficientData { unknown: periods.saturating_sub(received) };
        }
        let treatment = settings.treat_missing_data;
        let fills = matches!(treatment, TreatMissingData::Breaching | TreatMissingData::NotBreaching);
        let minimum = if to_alarm {
            settings.datapoints_to_alarm
        } else {
            (periods + 1).saturating_sub(settings.datapoints_to_alarm)
        };
        Self::ThresholdCrossed {
            to_alarm,
            datapoints,
            received,
            evaluation_periods: periods,
            minimum,
            filled_as: (fills && received < periods).then_some(treatment),
            comparison: settings.comparison,
            threshold: settings.threshold,
        }
    }
}

/// `1 datapoint`, `2 datapoints`.
fn counted(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

const fn were(count: u32) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

impl fmt::Display for StateReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InsufficientData { unknown } => {
                write!(f, "Insufficient Data: {} {} unknown.", counted(*unknown, "datapoint"), were(*unknown))
            }
            Self::ThresholdCrossed {
                to_alarm,
                datapoints,
                received,
                evaluation_periods,
                minimum,
                filled_as,
                comparison,
                threshold,
            } => {
                let deciding = datapoints.len() as u32;
                if deciding == 0 {
                    let received_words = if *received == 0 {
                        "no datapoints".to_owned()
                    } else {
                        counted(*received, "datapoint")
                    };
                    let periods = counted(*evaluation_periods, "period");
                    write!(
                        f,
                        "Threshold Crossed: {received_words} {} received for {periods}",
                        were(*received)
                    )?;
                } else {
                    let listed: Vec<String> = datapoints.iter().map(Datapoint::to_string).collect();
                    write!(
                        f,
                        "Threshold Crossed: {deciding} out of the last {evaluation_periods} datapoints [{}] {} {}{} the \
                         threshold ({threshold})",
                        listed.join(", "),
                        were(deciding),
                        if *to_alarm { "" } else { "not " },
                        comparison.words(),
                    )?;
                }
                if let Some(treatment) = filled_as {
                    let missing = evaluation_periods.saturating_sub(*received);
                    let as_what =
                        if *treatment == TreatMissingData::Breaching { "Breaching" } else { "NonBreaching" };
                    let missing_words = counted(missing, "missing datapoint");
                    write!(f, " and {missing_words} {} treated as [{as_what}]", were(missing))?;
                }
                if deciding > 0 {
                    let transition = if *to_alarm { "OK -> ALARM" } else { "ALARM -> OK" };
                    write!(f, " (minimum {} for {transition} transition)", counted(*minimum, "datapoint"))?;
                }
                f.write_str(".")
            }
        }
    }
}
