//! Simulated time: whole microseconds since the start of the run. No wall clock, no floating point.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

/// An instant of simulated time, in microseconds since the start of the run.
///
/// ```
/// use albatross_engine::kernel::{SimDuration, SimTime};
/// let later = SimTime::ZERO + SimDuration::from_millis(1_500);
/// assert_eq!(later.to_string(), "00:01.500");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimTime(u64);

/// A length of simulated time, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// The last instant that can be named (about 584,000 years).
    pub const MAX: Self = Self(u64::MAX);

    /// The instant this many microseconds after the start.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the start.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Seconds since the start, for people and charts; never for decisions.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The time that passed since `earlier`, or zero when `earlier` lies in the future.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// So many milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// So many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// The nearest whole number of microseconds to so many seconds; negative and undefined values give zero.
    pub fn from_seconds_f64(seconds: f64) -> Self {
        Self(libm::round(seconds * 1e6).clamp(0.0, 9e18) as u64)
    }

    /// Its length in microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Its length in seconds, for people and charts; never for decisions.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Its length in milliseconds, for people and charts; never for decisions.
    pub fn as_milliseconds(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// This length times `factor`, rounded to the nearest microsecond.
    pub fn scaled(self, factor: f64) -> Self {
        Self(libm::round(self.0 as f64 * factor).clamp(0.0, 9e18) as u64)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, length: SimDuration) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, length: SimDuration) {
        *self = *self + length;
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, length: Self) {
        *self = *self + length;
    }
}

impl Sub for SimDuration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for SimDuration {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl fmt::Display for SimTime {
    /// `mm:ss.mmm`, with hours in front once there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0 / 1_000;
        let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
        let (seconds, millis) = (millis / 1_000 % 60, millis % 1_000);
        if hours > 0 {
            write!(f, "{hours}:{minutes:02}:{seconds:02}.{millis:03}")
        } else {
            write!(f, "{minutes:02}:{seconds:02}.{millis:03}")
        }
    }
}

/// The units in which a length of time can be written, longest first.
const UNITS: [(&str, u64); 5] =
    [("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];

impl fmt::Display for SimDuration {
    /// The longest unit that leaves a whole number, so that reading it back gives the same length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let (unit, micros) =
            UNITS.into_iter().find(|(_, micros)| self.0.is_multiple_of(*micros)).unwrap_or(("us", 1));
        write!(f, "{}{unit}", self.0 / micros)
    }
}

/// Why a text is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a length of time is a number with one of the units us, ms, s, m, h, such as \"250ms\" or \"1.5s\"")]
pub struct NotADuration;

impl FromStr for SimDuration {
    type Err = NotADuration;

    fn from_str(text: &str) -> Result<Self, NotADuration> {
        let text = text.trim();
        let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(NotADuration)?;
        let (number, unit) = text.split_at(split);
        let (_, micros) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(NotADuration)?;
        let number: f64 = number.trim().parse().map_err(|_| NotADuration)?;
        let length = number * micros as f64;
        if !(0.0..=9e18).contains(&length) {
            return Err(NotADuration);
        }
        Ok(Self(libm::round(length) as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_reads_back_as_it_was_written() {
        for micros in [0, 1, 999, 1_000, 1_500, 250_000, 1_000_000, 90_000_000, 3_600_000_000, 3_600_000_001]
        {
            let length = SimDuration::from_micros(micros);
            assert_eq!(length.to_string().parse(), Ok(length));
        }
        assert_eq!("1.5s".parse(), Ok(SimDuration::from_millis(1_500)));
    }

    #[test]
    fn nonsense_is_not_a_length_of_time() {
        for text in ["", "5", "s", "-1s", "1 fortnight", "NaNs", "infs", "1e300h", "10mm"] {
            assert_eq!(text.parse::<SimDuration>(), Err(NotADuration), "{text}");
        }
    }

    #[test]
    fn an_instant_is_shown_as_a_clock() {
        assert_eq!(SimTime::from_micros(134_600_000).to_string(), "02:14.600");
        assert_eq!(SimTime::from_micros(3_723_004_000).to_string(), "1:02:03.004");
    }
}
