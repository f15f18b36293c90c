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
}

impl Distribution {
    /// The mean length.
    pub const fn mean(self) -> SimDuration {
        match self {
            Self::Constant { value } => value,
            Self::Exponential { mean } | Self::LogNormal { mean, .. } => mean,
        }
    }

    /// Draws one length.
    pub fn draw(self, stream: &mut RandomStream) -> SimDuration {
        match self {
            Self::Constant { value } => value,
            Self::Exponential { mean } => stream.exponential(mean),
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
}
