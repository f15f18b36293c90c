//! Numbers with three decimals, kept as whole thousandths: settings that hold them can be compared and hashed.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::ops::Add;

/// A number of thousandths, such as a threshold or a target value.
///
/// ```
/// use albatross_engine::kernel::Thousandths;
/// assert_eq!(Thousandths::nearest(67.5), Some(Thousandths::new(67_500)));
/// assert_eq!(Thousandths::whole(50).to_string(), "50.0");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Thousandths(i64);

/// Beyond this many thousandths, 10¹⁵, an `f64` could no longer tell neighbours apart with certainty.
const LIMIT: f64 = 1e15;

impl Thousandths {
    /// Nought.
    pub const ZERO: Self = Self(0);

    /// So many thousandths.
    pub const fn new(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// A whole number.
    pub const fn whole(number: i32) -> Self {
        Self(number as i64 * 1_000)
    }

    /// The nearest to a number; nothing when it is undefined or beyond a million million.
    pub fn nearest(number: f64) -> Option<Self> {
        let thousandths = libm::round(number * 1e3);
        (-LIMIT..=LIMIT).contains(&thousandths).then_some(Self(thousandths as i64))
    }

    /// How many thousandths it is.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number, to be compared with measured values.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// So many percent of it, to the nearest thousandth.
    pub const fn percent(self, percent: u8) -> Self {
        let hundredths = self.0.saturating_mul(percent as i64);
        Self((hundredths + 50 * hundredths.signum()) / 100)
    }
}

impl Add for Thousandths {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Thousandths {
    /// With at least one decimal, as AWS writes thresholds: `50.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_three_decimals_are_kept_exactly() {
        for number in [0.0, 0.001, 0.29, 50.0, 67.5, -12.345, 1_000.0] {
            let kept = Thousandths::nearest(number).expect("it is small");
            assert_eq!(kept.as_f64(), number);
            assert_eq!(kept.to_string(), format!("{number:?}"));
        }
        for nonsense in [f64::NAN, f64::INFINITY, 1e13, -1e13] {
            assert_eq!(Thousandths::nearest(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_percentage_is_rounded_to_the_nearest_thousandth() {
        assert_eq!(Thousandths::whole(30).percent(90), Thousandths::whole(27));
        assert_eq!(Thousandths::new(5).percent(90), Thousandths::new(5), "4.5 thousandths");
        assert_eq!(Thousandths::new(-5).percent(90), Thousandths::new(-5));
        assert_eq!(Thousandths::new(4).percent(90), Thousandths::new(4), "3.6 thousandths");
    }
}
