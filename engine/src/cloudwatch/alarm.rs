//! An alarm on a metric: it looks at the latest periods and is OK, in ALARM, or without enough data (CloudWatch
//! guide, "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data").

mod reason;
mod settings;

use std::collections::VecDeque;
use std::fmt;

use super::Spread;
use crate::choices;
use crate::kernel::SimTime;

pub use reason::{Datapoint, StateReason};
pub use settings::{AlarmRefused, AlarmSettings, ComparisonOperator, Statistic, TreatMissingData};

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlarmState {
    /// Within the threshold.
    Ok,
    /// Beyond the threshold.
    Alarm,
    /// The alarm has just started, or there is not enough data.
    InsufficientData,
}

impl AlarmState {
    /// CloudWatch's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An alarm went from one state to another.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// When.
    pub at: SimTime,
    /// The state before.
    pub before: AlarmState,
    /// The state from now on.
    pub after: AlarmState,
    /// Why.
    pub reason: StateReason,
}

/// An alarm and what it remembers.
#[derive(Clone, Debug)]
pub struct Alarm {
    settings: AlarmSettings,
    state: AlarmState,
    latest: Option<StateChange>,
    /// The evaluation range, latest first: when each period began and its value, if there was one.
    points: VecDeque<(SimTime, Option<f64>)>,
    /// The present period: how many minutes of it have passed, and its value so far with the count of minutes in it.
    minutes: u64,
    gathered: Option<(f64, u64)>,
}

impl Alarm {
    /// `StateReason` of an alarm that has not changed since it was made.
    pub const UNCHECKED: &str = "Unchecked: Initial alarm creation";

    /// A new alarm: INSUFFICIENT_DATA, as it has just started.
    pub const fn new(settings: AlarmSettings) -> Self {
        let state = AlarmState::InsufficientData;
        Self { settings, state, latest: None, points: VecDeque::new(), minutes: 0, gathered: None }
    }

    /// Its settings.
    pub const fn settings(&self) -> &AlarmSettings {
        &self.settings
    }

    /// Its state.
    pub const fn state(&self) -> AlarmState {
        self.state
    }

    /// Its latest change: since when it is in its state, and why. Nothing as long as it is as it was made.
    pub const fn latest_change(&self) -> Option<&StateChange> {
        self.latest.as_ref()
    }

    /// Since when it is in its state.
    pub fn since(&self) -> SimTime {
        self.latest.as_ref().map_or(SimTime::ZERO, |change| change.at)
    }

    /// `StateReason`, in CloudWatch's words.
    pub fn reason(&self) -> String {
        self.latest.as_ref().map_or_else(|| Self::UNCHECKED.to_owned(), |change| change.reason.to_string())
    }

    /// Takes the measurements of a minute that ends now, and evaluates when the alarm's period ends with it.
    pub fn observe_minute(&mut self, end: SimTime, minute: Option<Spread>) -> Option<StateChange> {
        if let Some(minute) = minute {
            let statistic = self.settings.statistic;
            let value = match statistic {
                Statistic::Average | Statistic::Sum => minute.average,
                Statistic::Minimum => minute.min,
                Statistic::Maximum => minute.max,
            };
            self.gathered = Some(self.gathered.map_or((value, 1), |(gathered, count)| {
                let together = match statistic {
                    Statistic::Average | Statistic::Sum => gathered + value,
                    Statistic::Minimum => gathered.min(value),
                    Statistic::Maximum => gathered.max(value),
                };
                (together, count + 1)
            }));
        }
        self.minutes += 1;
        if self.minutes < self.settings.minutes_per_period() {
            return None;
        }
        self.minutes = 0;
        let value = self.gathered.take().map(|(gathered, count)| match self.settings.statistic {
            Statistic::Average => gathered / count as f64,
            Statistic::Minimum | Statistic::Maximum | Statistic::Sum => gathered,
        });
        self.observe(end, value)
    }

    /// Takes the value of a period that ends now, or that it has none, and evaluates.
    pub fn observe(&mut self, period_end: SimTime, value: Option<f64>) -> Option<StateChange> {
        let from = SimTime::ZERO + period_end.since(SimTime::ZERO + self.settings.period);
        self.points.push_front((from, value.filter(|value| value.is_finite())));
        let range = self.settings.evaluation_periods.saturating_add(choices::ALARM_EVALUATION_RANGE_EXTRA);
        self.points.truncate(range as usize);
        let after = self.evaluate()?;
        if after == self.state {
            return None;
        }
        let reason = StateReason::of(
            after,
            &self.settings,
            self.looked_at().map(|(_, datapoint, breaching)| (datapoint, breaching)),
        );
        let before = std::mem::replace(&mut self.state, after);
        let change = StateChange { at: period_end, before, after, reason };
        self.latest = Some(change.clone());
        Some(change)
    }

    /// The datapoints that the evaluation looks at: the latest real ones of the evaluation range, at most as many
    /// as there are evaluation periods. Latest first, each with its age in periods (from 1) and whether it breaches.
    fn looked_at(&self) -> impl Iterator<Item = (u32, Datapoint, bool)> {
        let AlarmSettings { comparison, threshold, evaluation_periods, .. } = self.settings;
        (1..)
            .zip(&self.points)
            .filter_map(move |(age, (from, value))| {
                let datapoint = Datapoint { from: *from, value: (*value)? };
                Some((age, datapoint, comparison.breaches(datapoint.value, threshold)))
            })
            .take(evaluation_periods as usize)
    }

    /// The datapoints that the latest evaluation looked at, latest first.
    pub fn evaluated(&self) -> impl Iterator<Item = Datapoint> {
        self.looked_at().map(|(_, datapoint, _)| datapoint)
    }

    /// The state that the datapoints speak for; nothing when the present one is retained.
    fn evaluate(&self) -> Option<AlarmState> {
        let (mut real, mut breaching, mut oldest) = (0, 0, 0);
        for (age, _, breaches) in self.looked_at() {
            real += 1;
            breaching += u32::from(breaches);
            oldest = age;
        }
        let missing = self.settings.evaluation_periods.saturating_sub(real);
        let enough = self.settings.datapoints_to_alarm;
        let by_count = |count| if count >= enough { AlarmState::Alarm } else { AlarmState::Ok };
        match self.settings.treat_missing_data {
            // With enough real datapoints missing ones do not matter, however they are treated.
            _ if missing == 0 => Some(by_count(breaching)),
            TreatMissingData::NotBreaching => Some(by_count(breaching)),
            TreatMissingData::Breaching => Some(by_count(breaching + missing)),
            TreatMissingData::Missing | TreatMissingData::Ignore if breaching >= enough => {
                Some(AlarmState::Alarm)
            }
            TreatMissingData::Missing | TreatMissingData::Ignore if breaching < real => Some(AlarmState::Ok),
            TreatMissingData::Ignore => None,
            // "Avoiding premature transitions to alarm state": breaching datapoints alone, too few of them, become
            // an alarm once the oldest is as old as DatapointsToAlarm.
            TreatMissingData::Missing if real > 0 && oldest >= enough => Some(AlarmState::Alarm),
            TreatMissingData::Missing => Some(AlarmState::InsufficientData),
        }
    }
}

#[cfg(test)]
mod tests;
