//! When a scheduled action runs: `at(...)`, `rate(...)` and `cron(...)` (API `PutScheduledAction`, `Schedule`). In UTC;
//! the finest step is one minute, but for `at`.

mod cron;

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::calendar::{Calendar, Date, Moment};
use crate::kernel::{SimDuration, SimTime};

pub use cron::Cron;

/// `Schedule`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Schedule {
    /// `at(yyyy-mm-ddThh:mm:ss)`: once.
    At(Moment),
    /// `rate(value unit)`: every so often, first after one such time.
    Rate {
        /// The value: at least 1.
        value: u32,
        /// The unit.
        unit: RateUnit,
    },
    /// `cron(fields)`.
    Cron(Cron),
}

/// The unit of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RateUnit {
    /// `minute` or `minutes`.
    Minutes,
    /// `hour` or `hours`.
    Hours,
    /// `day` or `days`.
    Days,
}

impl RateUnit {
    const fn seconds(self) -> u64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
        }
    }
}

/// Why a text is not a schedule that can be simulated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScheduleRefused {
    /// It is none of the three kinds.
    #[error("a schedule is at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)")]
    Kind,
    /// There is no such date or time.
    #[error("at() takes a date and time from 1970 on, such as at(2026-01-05T09:30:00)")]
    At,
    /// The rate is not one.
    #[error("rate() takes a positive whole number and minute, minutes, hour, hours, day or days")]
    Rate,
    /// There are too many fields, or too few.
    #[error("cron() takes the six fields Minutes Hours Day-of-month Month Day-of-week Year, not {0}")]
    FieldCount(usize),
    /// A field cannot be read.
    #[error("{field} goes {range} with the wildcards , - * / and not {found:?}")]
    Field {
        /// AWS's name of the field.
        field: &'static str,
        /// What it may hold.
        range: &'static str,
        /// What it holds.
        found: String,
    },
    /// AWS knows these wildcards; they are not simulated.
    #[error("the wildcards L, W and # of cron() are not simulated")]
    Wildcard,
    /// Both days are set, or none is.
    #[error("one of Day-of-month and Day-of-week is ?, and the other is not")]
    Days,
}

impl Schedule {
    /// The first time at or after `from` at which it runs, if there is one.
    pub fn next(&self, from: SimTime, calendar: Calendar) -> Option<SimTime> {
        match self {
            Self::At(moment) => calendar.time_of(*moment).filter(|time| *time >= from),
            Self::Rate { value, unit } => {
                let every = SimDuration::from_secs(unit.seconds()) * u64::from((*value).max(1));
                let count = from.as_micros().div_ceil(every.as_micros()).max(1);
                Some(SimTime::from_micros(count.checked_mul(every.as_micros())?))
            }
            Self::Cron(cron) => {
                let minute = cron.next_minute(calendar.moment(from).minute())?;
                calendar.time_of(Moment::of_minute(minute))
            }
        }
    }
}

impl FromStr for Schedule {
    type Err = ScheduleRefused;

    fn from_str(text: &str) -> Result<Self, ScheduleRefused> {
        let inside = text.trim().strip_suffix(')').ok_or(ScheduleRefused::Kind)?;
        match inside.split_once('(').ok_or(ScheduleRefused::Kind)? {
            ("at", inside) => moment(inside).map(Self::At).ok_or(ScheduleRefused::At),
            ("rate", inside) => rate(inside).ok_or(ScheduleRefused::Rate),
            ("cron", inside) => inside.parse().map(Self::Cron),
            _ => Err(ScheduleRefused::Kind),
        }
    }
}

/// Numbers as they are written: nothing but digits.
fn number<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn moment(text: &str) -> Option<Moment> {
    let (date, time) = text.trim().split_once('T')?;
    let mut date = date.split('-');
    let mut time = time.split(':');
    let (year, month, day) = (number(date.next()?)?, number(date.next()?)?, number(date.next()?)?);
    let (hour, minute, second) = (number(time.next()?)?, number(time.next()?)?, number(time.next()?)?);
    let complete = date.next().is_none() && time.next().is_none();
    complete.then(|| Moment::new(Date { year, month, day }, hour, minute, second))?
}

fn rate(text: &str) -> Option<Schedule> {
    let mut words = text.split_whitespace();
    let value = number(words.next()?).filter(|value| *value > 0)?;
    let unit = match words.next()? {
        "minute" | "minutes" => RateUnit::Minutes,
        "hour" | "hours" => RateUnit::Hours,
        "day" | "days" => RateUnit::Days,
        _ => return None,
    };
    words.next().is_none().then_some(Schedule::Rate { value, unit })
}

impl fmt::Display for Schedule {
    /// Reading it back gives the same schedule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(moment) => {
                let (Date { year, month, day }, hour, minute, second) = moment.parts();
                write!(f, "at({year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02})")
            }
            Self::Rate { value, unit } => {
                let unit = match unit {
                    RateUnit::Minutes => "minute",
                    RateUnit::Hours => "hour",
                    RateUnit::Days => "day",
                };
                write!(f, "rate({value} {unit}{})", if *value == 1 { "" } else { "s" })
            }
            Self::Cron(cron) => write!(f, "cron({cron})"),
        }
    }
}

#[cfg(test)]
mod tests;
