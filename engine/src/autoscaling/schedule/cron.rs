//! Cron expressions of six fields (EventBridge guide, "Cron expressions reference"), without the wildcards L, W and #.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::super::calendar::Date;
use super::{ScheduleRefused, number};

/// What follows `cron(`: Minutes, Hours, Day-of-month, Month, Day-of-week, Year.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cron {
    text: String,
    minutes: Field,
    hours: Field,
    days_of_month: Field,
    months: Field,
    days_of_week: Field,
    years: Field,
}

/// The values of a field: from, to, and in steps of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Field(Vec<(u16, u16, u16)>);

/// What a field may hold.
struct Kind {
    name: &'static str,
    range: &'static str,
    min: u16,
    max: u16,
    /// Names of values, from the least on.
    names: &'static [&'static str],
}

const MINUTES: Kind = Kind { name: "Minutes", range: "from 0 to 59", min: 0, max: 59, names: &[] };
const HOURS: Kind = Kind { name: "Hours", range: "from 0 to 23", min: 0, max: 23, names: &[] };
const DAYS_OF_MONTH: Kind = Kind { name: "Day-of-month", range: "from 1 to 31", min: 1, max: 31, names: &[] };
const MONTHS: Kind = Kind {
    name: "Month",
    range: "from 1 to 12 or JAN to DEC",
    min: 1,
    max: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const DAYS_OF_WEEK: Kind = Kind {
    name: "Day-of-week",
    range: "from 1 to 7 or SUN to SAT",
    min: 1,
    max: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEARS: Kind = Kind { name: "Year", range: "from 1970 to 2199", min: 1970, max: 2199, names: &[] };

/// Minutes in a day.
const DAY: u64 = 1_440;

impl Kind {
    fn read(&self, text: &str) -> Result<Field, ScheduleRefused> {
        // Whatever is left once the names are gone: JUL and WED hold no wildcard.
        let bare = self.names.iter().fold(text.to_ascii_uppercase(), |text, name| text.replace(name, ""));
        if bare.contains(['L', 'W', '#']) {
            return Err(ScheduleRefused::Wildcard);
        }
        let spans = text.split(',').map(|part| self.span(part)).collect::<Option<Vec<_>>>();
        spans.map(Field).ok_or_else(|| ScheduleRefused::Field {
            field: self.name,
            range: self.range,
            found: text.to_owned(),
        })
    }

    fn all(&self) -> Field {
        Field(vec![(self.min, self.max, 1)])
    }

    /// `*`, `5`, `5-9`, and each with `/2` behind it; `5/2` goes on to the end.
    fn span(&self, part: &str) -> Option<(u16, u16, u16)> {
        let (values, step) = match part.split_once('/') {
            Some((values, step)) => (values, Some(number(step).filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match values.split_once('-') {
            _ if values == "*" => (self.min, self.max),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            None if step.is_some() => (self.value(values)?, self.max),
            None => (self.value(values)?, self.value(values)?),
        };
        (first <= last).then_some((first, last, step.unwrap_or(1)))
    }

    fn value(&self, text: &str) -> Option<u16> {
        let named = (self.min..).zip(self.names).find(|(_, name)| name.eq_ignore_ascii_case(text));
        match named {
            Some((value, _)) => Some(value),
            None if text.is_empty() => None,
            None => number(text).filter(|value| (self.min..=self.max).contains(value)),
        }
    }
}

impl Field {
    fn holds(&self, value: u16) -> bool {
        self.0.iter().any(|(first, last, step)| {
            (first..=last).contains(&&value) && (value - first).is_multiple_of((*step).max(1))
        })
    }
}

impl Cron {
    /// The first minute at or after this one at which it runs, both counted from 1970; nothing when there is none
    /// until the end of 2199.
    pub(super) fn next_minute(&self, from: u64) -> Option<u64> {
        let last_day = Date { year: 2199, month: 12, day: 31 }.days()?;
        for day in from / DAY..=last_day {
            let date = Date::of_days(day);
            let runs = self.years.holds(date.year)
                && self.months.holds(u16::from(date.month))
                && self.days_of_month.holds(u16::from(date.day))
                && self.days_of_week.holds(Date::weekday(day));
            if !runs {
                continue;
            }
            let first = from.saturating_sub(day * DAY);
            let minute = (first..DAY).find(|minute| {
                self.hours.holds((minute / 60) as u16) && self.minutes.holds((minute % 60) as u16)
            });
            if let Some(minute) = minute {
                return Some(day * DAY + minute);
            }
        }
        None
    }
}

impl FromStr for Cron {
    type Err = ScheduleRefused;

    fn from_str(text: &str) -> Result<Self, ScheduleRefused> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, day_of_month, month, day_of_week, year] = fields[..] else {
            return Err(ScheduleRefused::FieldCount(fields.len()));
        };
        // "You can't use * in both ... If you use it in one, you must use ? in the other."
        let (days_of_month, days_of_week) = match (day_of_month, day_of_week) {
            ("?", "?") => return Err(ScheduleRefused::Days),
            ("?", week) => (DAYS_OF_MONTH.all(), DAYS_OF_WEEK.read(week)?),
            (month, "?") => (DAYS_OF_MONTH.read(month)?, DAYS_OF_WEEK.all()),
            (month, week) => {
                DAYS_OF_MONTH.read(month)?;
                DAYS_OF_WEEK.read(week)?;
                return Err(ScheduleRefused::Days);
            }
        };
        Ok(Self {
            minutes: MINUTES.read(minutes)?,
            hours: HOURS.read(hours)?,
            days_of_month,
            months: MONTHS.read(month)?,
            days_of_week,
            years: YEARS.read(year)?,
            text: fields.join(" "),
        })
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
