//! What the calendar shows at a simulated time: UTC, proleptic Gregorian, no leap seconds.

use serde::{Deserialize, Serialize};

use crate::choices;
use crate::kernel::{SimDuration, SimTime};

const DAY: u64 = 86_400;

/// What the calendar shows when simulated time begins. The default is our choice: see
/// [`choices::CALENDAR_START`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Calendar {
    /// Seconds since 1970-01-01T00:00:00Z.
    start: u64,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { start: choices::CALENDAR_START }
    }
}

impl Calendar {
    /// A run that begins at this moment.
    pub const fn starting(moment: Moment) -> Self {
        Self { start: moment.0 }
    }

    /// A run that begins in the first week of January 2026, on the first such weekday from Monday the 5th on, at
    /// this time of day.
    pub const fn starting_on(weekday: Weekday, hour: u8, minute: u8) -> Self {
        let days = (weekday as u64 + 7 - Weekday::Monday as u64) % 7;
        let of_day = (hour as u64 % 24) * 3_600 + (minute as u64 % 60) * 60;
        Self { start: choices::CALENDAR_START + days * DAY + of_day }
    }

    /// The first whole second at or after a simulated time.
    pub const fn moment(self, time: SimTime) -> Moment {
        Moment(self.start.saturating_add(time.as_micros().div_ceil(1_000_000)))
    }

    /// When this moment comes; nothing when it has passed before the run begins, or never comes.
    pub fn time_of(self, moment: Moment) -> Option<SimTime> {
        let seconds = moment.0.checked_sub(self.start)?;
        seconds.checked_mul(1_000_000).map(|micros| SimTime::ZERO + SimDuration::from_micros(micros))
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Weekday {
    /// 1 in a cron expression of AWS.
    Sunday = 1,
    /// 2
    Monday = 2,
    /// 3
    Tuesday = 3,
    /// 4
    Wednesday = 4,
    /// 5
    Thursday = 5,
    /// 6
    Friday = 6,
    /// 7
    Saturday = 7,
}

/// A second in UTC, since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// So many minutes after 1970 began.
    pub(super) const fn of_minute(minute: u64) -> Self {
        Self(minute.saturating_mul(60))
    }

    /// The first whole minute at or after it, counted from 1970.
    pub(super) const fn minute(self) -> u64 {
        self.0.div_ceil(60)
    }

    /// Of a date and a time of day; nothing when there is no such date or time.
    pub fn new(date: Date, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let of_day = u64::from(hour) * 3_600 + u64::from(minute) * 60 + u64::from(second);
        Some(Self(date.days()? * DAY + of_day))
    }

    /// Year, month, day, hour, minute and second.
    pub const fn parts(self) -> (Date, u8, u8, u8) {
        let of_day = self.0 % DAY;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        (Date::of_days(self.0 / DAY), hour as u8, minute as u8, second as u8)
    }
}

/// A date from 1970 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// How many days after 1970-01-01; nothing when there is no such day, or it is earlier.
    ///
    /// Howard Hinnant's `days_from_civil`: years begin in March, so that the leap day comes last.
    pub fn days(self) -> Option<u64> {
        let Self { year, month, day } = self;
        if year < 1_970 || !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        let year_from_march = u64::from(year) - u64::from(month <= 2);
        let (era, of_era) = (year_from_march / 400, year_from_march % 400);
        let of_year = (153 * ((u64::from(month) + 9) % 12) + 2) / 5 + u64::from(day) - 1;
        let days =
            (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year).checked_sub(719_468)?;
        (Self::of_days(days) == self).then_some(days)
    }

    /// The date so many days after 1970-01-01; Hinnant's `civil_from_days`.
    pub const fn of_days(days: u64) -> Self {
        let days = days + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + (month <= 2) as u64;
        Self {
            year: if year > u16::MAX as u64 { u16::MAX } else { year as u16 },
            month: month as u8,
            day: day as u8,
        }
    }

    /// The weekday so many days after 1970-01-01, a Thursday: 1 is Sunday, 7 Saturday, as in AWS's cron expressions.
    pub const fn weekday(days: u64) -> u16 {
        ((days + 4) % 7 + 1) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_go_both_ways() {
        for days in 0..90_000 {
            assert_eq!(Date::of_days(days).days(), Some(days));
        }
        assert_eq!(Date { year: 2000, month: 2, day: 29 }.days(), Some(11_016));
        for (year, month, day) in [(2023, 2, 29), (2100, 2, 29), (2024, 4, 31), (2024, 13, 1), (1969, 12, 31)]
        {
            assert_eq!(Date { year, month, day }.days(), None, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn a_run_begins_on_a_monday_at_midnight() {
        let (date, hour, minute, second) = Calendar::default().moment(SimTime::ZERO).parts();
        assert_eq!((date, hour, minute, second), (Date { year: 2026, month: 1, day: 5 }, 0, 0, 0));
        assert_eq!(Date::weekday(date.days().expect("it is a day")), Weekday::Monday as u16);
    }

    #[test]
    fn a_run_can_begin_on_any_weekday_and_time() {
        use Weekday::*;
        for (day, weekday) in (5..).zip([Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]) {
            let calendar = Calendar::starting_on(weekday, 13, 45);
            let (date, hour, minute, _) = calendar.moment(SimTime::ZERO).parts();
            assert_eq!((date, hour, minute), (Date { year: 2026, month: 1, day }, 13, 45));
            assert_eq!(Date::weekday(date.days().expect("it is a day")), weekday as u16);
        }
    }

    #[test]
    fn moments_are_whole_seconds_not_before_a_time() {
        let calendar = Calendar::default();
        let moment = calendar.moment(SimTime::from_micros(1_500_000));
        assert_eq!(calendar.time_of(moment), Some(SimTime::from_micros(2_000_000)));
        assert_eq!(calendar.time_of(Moment(0)), None, "before the run");
    }
}
