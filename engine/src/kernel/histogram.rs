//! How long things took: counts in logarithmic buckets, with a stated error and constant memory.

use super::SimDuration;

/// Each power of two is cut into this many buckets, as a power of two.
const PRECISION_BITS: u32 = 7;
const SUB_BUCKETS: u64 = 1 << PRECISION_BITS;
/// Durations of 2^40 µs (12.7 days) and more share the last bucket.
const LARGEST_BITS: u32 = 40;
const BUCKETS: usize = ((LARGEST_BITS - PRECISION_BITS + 1) as usize) << PRECISION_BITS;

/// A histogram of durations. A quantile that it reports is at most 1/128 (0.8 %) above the duration that was
/// recorded and never below it; durations under 128 µs are exact. Mean and maximum are exact.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum_micros: u128,
    max: SimDuration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], count: 0, sum_micros: 0, max: SimDuration::ZERO }
    }
}

impl Histogram {
    /// The largest relative error of a quantile.
    pub const RELATIVE_ERROR: f64 = 1.0 / SUB_BUCKETS as f64;

    /// Counts one duration.
    pub fn record(&mut self, length: SimDuration) {
        self.counts[bucket_of(length.as_micros())] += 1;
        self.count += 1;
        self.sum_micros += u128::from(length.as_micros());
        self.max = self.max.max(length);
    }

    /// How many durations were recorded.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The longest one.
    pub const fn max(&self) -> SimDuration {
        self.max
    }

    /// Their mean, or nothing when none was recorded.
    pub fn mean(&self) -> Option<SimDuration> {
        let mean = self.sum_micros.checked_div(u128::from(self.count))?;
        Some(SimDuration::from_micros(u64::try_from(mean).unwrap_or(u64::MAX)))
    }

    /// The duration that a share `q` (0 to 1) of the recorded ones did not exceed, or nothing when none was
    /// recorded.
    pub fn quantile(&self, q: f64) -> Option<SimDuration> {
        if self.count == 0 {
            return None;
        }
        let rank = (libm::ceil(q.clamp(0.0, 1.0) * self.count as f64) as u64).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Some(SimDuration::from_micros(upper_bound_of(bucket)).min(self.max));
            }
        }
        Some(self.max)
    }

    /// Forgets everything, and keeps its memory.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.count = 0;
        self.sum_micros = 0;
        self.max = SimDuration::ZERO;
    }
}

fn bucket_of(micros: u64) -> usize {
    if micros < SUB_BUCKETS {
        return micros as usize;
    }
    let exponent = micros.ilog2();
    if exponent >= LARGEST_BITS {
        return BUCKETS - 1;
    }
    let shift = exponent - PRECISION_BITS;
    let within = (micros >> shift) - SUB_BUCKETS;
    ((u64::from(shift + 1) << PRECISION_BITS) + within) as usize
}

/// The largest duration that falls into the bucket.
fn upper_bound_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < SUB_BUCKETS {
        return bucket;
    }
    let shift = (bucket >> PRECISION_BITS) - 1;
    let within = (bucket & (SUB_BUCKETS - 1)) + SUB_BUCKETS;
    ((within + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_ends_where_the_next_begins() {
        for bucket in 0..BUCKETS - 1 {
            let last = upper_bound_of(bucket);
            assert_eq!(bucket_of(last), bucket);
            assert_eq!(bucket_of(last + 1), bucket + 1);
        }
    }

    #[test]
    fn a_single_value_is_reported_within_the_stated_error_at_every_size() {
        for bits in 0..40 {
            for micros in [1_u64 << bits, (1 << bits) + (1 << bits) / 3, (2 << bits) - 1] {
                let bound = upper_bound_of(bucket_of(micros));
                let error = bound as f64 / micros as f64 - 1.0;
                assert!((0.0..=Histogram::RELATIVE_ERROR).contains(&error), "{micros} µs: {error}");
            }
        }
    }

    #[test]
    fn quantiles_mean_and_maximum_of_a_known_series() {
        let mut histogram = Histogram::default();
        (1..=1_000).for_each(|millis| histogram.record(SimDuration::from_millis(millis)));
        let millis = |q| histogram.quantile(q).expect("not empty").as_milliseconds();
        assert!((500.0..=504.0).contains(&millis(0.5)));
        assert!((990.0..=998.0).contains(&millis(0.99)));
        assert_eq!(millis(1.0), 1_000.0);
        assert_eq!(histogram.mean(), Some(SimDuration::from_micros(500_500)));
        histogram.clear();
        assert_eq!((histogram.quantile(0.5), histogram.mean(), histogram.count()), (None, None, 0));
    }
}
