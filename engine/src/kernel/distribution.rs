//! How a random length of time is distributed.

use serde::{Deserialize, Serialize};

use super::{RandomStream, SimDuration};

/// A distribution of lengths of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distribution {
    /// Always the same.
    Constant {
        /// The one length.
        value: SimDuration,
    },
    /// Memoryless: many short, few long. Its standard deviation is its mean.
    Exponential {
        /// The mean length.
        mean: SimDuration,
    },
    /// Skewed like the response times of real servers: a hump and a long tail.
    LogNormal {
        /// The mean length.
        mean: SimDuration,
        /// The standard deviation.
        standard_deviation: SimDuration,
    },
    /// Two kinds of work: most takes one time, some another.
    Bimodal {
        /// What most of it takes.
        fast: SimDuration,
        /// What the rest takes.
        slow: SimDuration,
        /// How many in a thousand are slow: 0 to 1000.
        slow_per_mille: u32,
    },
}

impl Distribution {
    /// The mean length.
    pub const fn mean(self) -> SimDuration {
        match self {
            Self::Constant { value } => value,
            Self::Exponential { mean } | Self::LogNormal { mean, .. } => mean,
            Self::Bimodal { fast, slow, slow_per_mille } => {
                let slow_per_mille = if slow_per_mille < 1_000 { slow_per_mille as u64 } else { 1_000 };
                let fast = fast.as_micros().saturating_mul(1_000 - slow_per_mille);
                let slow = slow.as_micros().saturating_mul(slow_per_mille);
                SimDuration::from_micros(fast.saturating_add(slow) / 1_000)
            }
        }
    }

    /// Draws one length.
    pub fn draw(self, stream: &mut RandomStream) -> SimDuration {
        match self {
            Self::Constant { value } => value,
            Self::Exponential { mean } => stream.exponential(mean),
            Self::Bimodal { fast, slow, slow_per_mille } => {
                if stream.below(1_000) < slow_per_mille {
                    slow
                } else {
                    fast
                }
            }
            Self::LogNormal { mean, standard_deviation } => {
                let (mean, deviation) = (mean.as_seconds(), standard_deviation.as_seconds());
                if mean <= 0.0 {
                    return SimDuration::ZERO;
                }
                let variance = libm::log(1.0 + (deviation / mean) * (deviation / mean));
                let location = libm::log(mean) - variance / 2.0;
                SimDuration::from_seconds_f64(libm::exp(location + libm::sqrt(variance) * stream.normal()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_normal_has_the_mean_and_deviation_that_it_was_asked_for() {
        // 200,000 draws: standard error of the mean 0.11 %; the deviation's is larger (heavy tail), under 1 %.
        let distribution = Distribution::LogNormal {
            mean: SimDuration::from_millis(80),
            standard_deviation: SimDuration::from_millis(40),
        };
        let mut stream = RandomStream::new(3, "log-normal");
        let draws: Vec<f64> =
            (0..200_000).map(|_| distribution.draw(&mut stream).as_milliseconds()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!((mean - 80.0).abs() < 0.5, "{mean}");
        assert!((variance.sqrt() - 40.0).abs() < 1.5, "{}", variance.sqrt());
    }

    #[test]
    fn the_bimodal_is_slow_as_often_as_it_was_asked_for() {
        // 100,000 draws: the standard error of the part that is slow is 0.069 percentage points; 0.3 is four.
        let (fast, slow) = (SimDuration::from_millis(20), SimDuration::from_millis(2_000));
        let distribution = Distribution::Bimodal { fast, slow, slow_per_mille: 50 };
        assert_eq!(distribution.mean(), SimDuration::from_millis(119));
        let mut stream = RandomStream::new(3, "bimodal");
        let draws: Vec<SimDuration> = (0..100_000).map(|_| distribution.draw(&mut stream)).collect();
        assert!(draws.iter().all(|length| [fast, slow].contains(length)));
        let part = draws.iter().filter(|length| **length == slow).count() as f64 / 100_000.0;
        assert!((part - 0.05).abs() < 0.003, "{part}");
    }

    #[test]
    fn the_bimodal_can_be_all_of_one_kind() {
        let (fast, slow) = (SimDuration::from_millis(1), SimDuration::from_millis(9));
        let mut stream = RandomStream::new(3, "bimodal");
        for (slow_per_mille, only) in [(0, fast), (1_000, slow), (u32::MAX, slow)] {
            let distribution = Distribution::Bimodal { fast, slow, slow_per_mille };
            assert_eq!(distribution.mean(), only);
            assert!((0..10_000).all(|_| distribution.draw(&mut stream) == only));
        }
    }
}
