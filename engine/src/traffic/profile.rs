//! How the rate of requests changes over time, and when the next request comes.

use serde::{Deserialize, Serialize};

use super::{Arrivals, RequestRate};
use crate::kernel::{RandomStream, SimDuration, SimTime};

/// While a rate changes it is held for this long at a time, at the value that it has in the middle: what comes
/// over a straight ramp is then exact, and over a wave as good as.
const STEP: SimDuration = SimDuration::from_millis(100);

/// How many steps are looked at for one arrival before the caller has to ask again: 6.4 s of a changing rate.
const STEPS_AT_ONCE: usize = 64;

/// A rate of requests and what becomes of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The rate apart from the shape: before a ramp, around a spike, in the trough of a wave.
    pub base: RequestRate,
    /// How the rate differs from the base.
    pub shape: Shape,
}

/// What becomes of a rate over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Always the base.
    #[default]
    Steady,
    /// From the base to another rate, in a straight line; then that.
    Ramp {
        /// The rate at the end.
        to: RequestRate,
        /// When it begins to change.
        from_time: SimTime,
        /// How long it changes; zero is a jump.
        over: SimDuration,
    },
    /// Another rate for a while.
    Spike {
        /// When it begins.
        at: SimTime,
        /// How long it lasts.
        lasts: SimDuration,
        /// The rate meanwhile.
        rate: RequestRate,
    },
    /// From the base, the trough, to a peak and back, over and over, as a cosine.
    DailyWave {
        /// The rate half a period after the trough.
        peak: RequestRate,
        /// From trough to trough: usually [`Shape::DAY`]. Zero means no wave.
        period: SimDuration,
        /// How far into the period the run starts; zero is the trough.
        phase: SimDuration,
    },
}

impl Shape {
    /// The usual period of a daily wave: 24 h.
    pub const DAY: SimDuration = SimDuration::from_secs(86_400);
}

/// When the next request comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NextArrival {
    /// At this instant.
    Arrival(SimTime),
    /// Not before this instant; ask again then.
    LookAgain {
        /// When to ask.
        at: SimTime,
        /// The effort that is left then.
        effort_left: f64,
    },
    /// Never: there is no traffic any more.
    Never,
}

/// A time over which the rate is, or is taken to be, the same.
struct Stretch {
    /// In requests per second.
    rate: f64,
    until: SimTime,
}

impl Profile {
    /// Always the same rate.
    pub const fn steady(base: RequestRate) -> Self {
        Self { base, shape: Shape::Steady }
    }

    /// This profile with another base, its shape in proportion: twice the base is twice the spike. From a base of
    /// nought nothing can be in proportion, and the shape keeps its own rate. Always to be asked of the profile as
    /// it was declared: a base of nought leaves a shape of nought, from which there is no way back.
    pub fn with_base(self, base: RequestRate) -> Self {
        let scale = |rate: RequestRate| match self.base.0 {
            0 => rate,
            before => rate.times(base.0, before),
        };
        let shape = match self.shape {
            Shape::Steady => Shape::Steady,
            Shape::Ramp { to, from_time, over } => Shape::Ramp { to: scale(to), from_time, over },
            Shape::Spike { at, lasts, rate } => Shape::Spike { at, lasts, rate: scale(rate) },
            Shape::DailyWave { peak, period, phase } => Shape::DailyWave { peak: scale(peak), period, phase },
        };
        Self { base, shape }
    }

    /// The rate at an instant, in requests per second.
    pub fn rate_at(&self, time: SimTime) -> f64 {
        let (other, part) = match self.shape {
            Shape::Steady => (self.base, 0.0),
            Shape::Ramp { to, from_time, over } => (to, ramp(time, from_time, over)),
            Shape::Spike { at, lasts, rate } => (rate, f64::from(u8::from(time >= at && time < at + lasts))),
            Shape::DailyWave { peak, period, phase } => (peak, wave(time, period, phase)),
        };
        let (base, other) = (self.base.as_per_second(), other.as_per_second());
        base + (other - base) * part
    }

    /// The first arrival after `now`, when `effort` is still to be gone through: an arrival comes when the
    /// integral of the rate has grown by the effort. With an effort of 1 for every arrival they are even, with
    /// [`Arrivals::effort`] they are as its kind says.
    ///
    /// An instant is rounded to the microsecond, so that at a rate of r requests per second a run of arrivals
    /// can be off by r / 2,000,000 of their number: 0.05 % at 1,000 per second.
    pub fn next_arrival(&self, now: SimTime, effort: f64) -> NextArrival {
        if self.shape == Shape::Steady {
            let gap = self.base.mean_gap();
            return gap.map_or(NextArrival::Never, |gap| NextArrival::Arrival(now + gap.scaled(effort)));
        }
        let (mut at, mut effort_left) = (now, effort);
        for _ in 0..STEPS_AT_ONCE {
            let Stretch { rate, until } = self.stretch(at);
            let within = rate * until.since(at).as_seconds();
            if rate > 0.0 && effort_left <= within {
                return NextArrival::Arrival(at + SimDuration::from_seconds_f64(effort_left / rate));
            }
            if until == SimTime::MAX {
                return NextArrival::Never;
            }
            effort_left -= within;
            at = until;
        }
        NextArrival::LookAgain { at, effort_left }
    }

    /// The rate from an instant on, and until when it holds. Steps lie at whole multiples of [`STEP`], whenever
    /// the question is asked: so it does not matter how often it is.
    fn stretch(&self, at: SimTime) -> Stretch {
        let from_here_on = match self.shape {
            Shape::Steady => SimTime::MAX,
            Shape::Ramp { from_time, .. } if at < from_time => from_time,
            Shape::Ramp { from_time, over, .. } if at < from_time + over => {
                return self.step(at, from_time, from_time + over);
            }
            Shape::Ramp { .. } => SimTime::MAX,
            Shape::Spike { at: begin, .. } if at < begin => begin,
            Shape::Spike { at: begin, lasts, .. } if at < begin + lasts => begin + lasts,
            Shape::Spike { .. } => SimTime::MAX,
            Shape::DailyWave { period: SimDuration::ZERO, .. } => SimTime::MAX,
            Shape::DailyWave { .. } => return self.step(at, SimTime::ZERO, SimTime::MAX),
        };
        Stretch { rate: self.rate_at(at), until: from_here_on }
    }

    /// The step that an instant lies in, of a rate that changes from `begin` to `end`.
    fn step(&self, at: SimTime, begin: SimTime, end: SimTime) -> Stretch {
        let grid = SimTime::from_micros(at.as_micros() / STEP.as_micros() * STEP.as_micros());
        let (begin, until) = (grid.max(begin), (grid + STEP).min(end));
        let middle = begin + SimDuration::from_micros(until.since(begin).as_micros() / 2);
        Stretch { rate: self.rate_at(middle), until }
    }
}

/// How far a ramp has come: 0 to 1.
fn ramp(time: SimTime, from: SimTime, over: SimDuration) -> f64 {
    if time < from {
        0.0
    } else if time >= from + over {
        1.0
    } else {
        time.since(from).as_micros() as f64 / over.as_micros() as f64
    }
}

/// How high a wave stands: 0 in the trough, 1 at the peak.
fn wave(time: SimTime, period: SimDuration, phase: SimDuration) -> f64 {
    let (time, period, phase) = (time.as_micros(), period.as_micros(), phase.as_micros());
    if period == 0 {
        return 0.0;
    }
    // The remainders are exact, so that a wave does not drift however long it goes on.
    let into = (time % period).saturating_add(phase % period) % period;
    (1.0 - libm::cos(std::f64::consts::TAU * (into as f64 / period as f64))) / 2.0
}

impl RequestRate {
    /// This rate times `over / under`, to the nearest thousandth of a request per second, and never above
    /// [`RequestRate::MAX_PER_SECOND`].
    fn times(self, over: u32, under: u32) -> Self {
        const MAX: u64 = (RequestRate::MAX_PER_SECOND * 1_000.0) as u64;
        let (over, under) = (u64::from(over), u64::from(under));
        let scaled = (u64::from(self.0) * over + under / 2) / under;
        Self(scaled.min(MAX) as u32)
    }
}

impl Arrivals {
    /// The effort until the next arrival: always 1, or exponentially distributed around it.
    pub fn effort(self, stream: &mut RandomStream) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Poisson => stream.standard_exponential(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: f64) -> RequestRate {
        RequestRate::per_second(per_second).expect("in range")
    }

    fn secs(seconds: u64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + secs(seconds)
    }

    fn profile(base: f64, shape: Shape) -> Profile {
        Profile { base: rate(base), shape }
    }

    fn ramp_of(base: f64, to: f64, from: u64, over: u64) -> Profile {
        profile(base, Shape::Ramp { to: rate(to), from_time: at(from), over: secs(over) })
    }

    fn spike_of(base: f64, to: f64, from: u64, lasts: u64) -> Profile {
        profile(base, Shape::Spike { at: at(from), lasts: secs(lasts), rate: rate(to) })
    }

    fn wave_of(base: f64, peak: f64, period: u64) -> Profile {
        profile(base, Shape::DailyWave { peak: rate(peak), period: secs(period), phase: SimDuration::ZERO })
    }

    /// All arrivals until an instant, and how often the profile was asked.
    fn arrivals(profile: &Profile, kind: Arrivals, until: SimTime) -> (Vec<SimTime>, usize) {
        let mut stream = RandomStream::new(7, "arrivals");
        let (mut now, mut effort) = (SimTime::ZERO, kind.effort(&mut stream));
        let (mut arrivals, mut asked) = (Vec::new(), 0);
        loop {
            asked += 1;
            match profile.next_arrival(now, effort) {
                NextArrival::Arrival(at) if at <= until => {
                    arrivals.push(at);
                    (now, effort) = (at, kind.effort(&mut stream));
                }
                NextArrival::LookAgain { at, effort_left } if at <= until => {
                    (now, effort) = (at, effort_left);
                }
                _ => return (arrivals, asked),
            }
        }
    }

    fn count(profile: &Profile, from: u64, until: u64) -> f64 {
        let (arrivals, _) = arrivals(profile, Arrivals::Constant, at(until));
        arrivals.iter().filter(|arrival| **arrival > at(from)).count() as f64
    }

    #[test]
    fn constant_arrivals_at_a_steady_rate_are_evenly_spaced() {
        let (arrivals, _) = arrivals(&Profile::steady(rate(8.0)), Arrivals::Constant, at(10));
        let expected: Vec<SimTime> =
            (1..=80).map(|n| SimTime::ZERO + SimDuration::from_millis(125) * n).collect();
        assert_eq!(arrivals, expected);
    }

    #[test]
    fn a_steady_rate_gives_the_gaps_of_the_exponential() {
        let (arrivals, _) = arrivals(&Profile::steady(rate(50.0)), Arrivals::Poisson, at(60));
        let mut stream = RandomStream::new(7, "arrivals");
        let mut now = SimTime::ZERO;
        for arrival in arrivals {
            now += stream.exponential(SimDuration::from_millis(20));
            assert_eq!(arrival, now);
        }
    }

    #[test]
    fn a_rate_of_nought_sends_nothing() {
        for nothing in [
            Profile::default(),
            ramp_of(0.0, 0.0, 10, 10),
            spike_of(0.0, 0.0, 10, 10),
            profile(0.0, Shape::DailyWave { peak: rate(5.0), period: SimDuration::ZERO, phase: secs(1) }),
        ] {
            assert_eq!(arrivals(&nothing, Arrivals::Poisson, at(86_400)).0, []);
        }
        // After a ramp down to nothing there is nothing to wait for.
        assert_eq!(ramp_of(5.0, 0.0, 10, 10).next_arrival(at(20), 1.0), NextArrival::Never);
    }

    /// Constant arrivals come whenever the integral passes a whole number, so that their number over any time is
    /// the integral to within one, and the rounding of instants: see `next_arrival`.
    #[test]
    fn a_ramp_brings_its_integral() {
        // 60 s at 10/s, 30 s at 25/s on average, 60 s at 40/s.
        let up = ramp_of(10.0, 40.0, 60, 30);
        assert!((count(&up, 0, 60) - 600.0).abs() <= 1.0);
        assert!((count(&up, 60, 90) - 750.0).abs() <= 1.0, "{}", count(&up, 60, 90));
        assert!((count(&up, 90, 150) - 2_400.0).abs() <= 1.0);
        let down = ramp_of(1_000.0, 0.0, 1, 10);
        assert!((count(&down, 1, 3_600) - 5_000.0).abs() <= 1.0 + 5_000.0 * 0.0005);
        let jump = ramp_of(10.0, 20.0, 5, 0);
        assert_eq!((count(&jump, 0, 5), count(&jump, 5, 10)), (50.0, 100.0));
    }

    #[test]
    fn a_ramp_whose_ends_lie_beside_the_steps_brings_its_integral() {
        let from_time = SimTime::from_micros(1_234_567);
        let over = SimDuration::from_micros(20_765_433);
        let ramp = profile(0.0, Shape::Ramp { to: rate(100.0), from_time, over });
        let expected = 50.0 * over.as_seconds();
        assert!((count(&ramp, 0, 22) - expected).abs() <= 1.0, "{} {expected}", count(&ramp, 0, 22));
    }

    #[test]
    fn a_spike_brings_its_integral_and_begins_and_ends_at_once() {
        let spike = spike_of(4.0, 500.0, 30, 10);
        assert_eq!((count(&spike, 0, 30), count(&spike, 30, 40)), (120.0, 5_000.0));
        assert!((count(&spike, 40, 70) - 120.0).abs() <= 1.0);
        assert_eq!([29, 30, 39, 40].map(|time| spike.rate_at(at(time))), [4.0, 500.0, 500.0, 4.0]);
    }

    #[test]
    fn a_spike_out_of_nothing_is_seen_from_afar() {
        let spike = spike_of(0.0, 10.0, 3_600, 10);
        let first = SimTime::ZERO + secs(3_600) + SimDuration::from_millis(100);
        assert_eq!(spike.next_arrival(SimTime::ZERO, 1.0), NextArrival::Arrival(first));
        assert_eq!(spike.next_arrival(at(3_610), 1.0), NextArrival::Never);
    }

    #[test]
    fn a_wave_brings_its_integral() {
        let wave = wave_of(10.0, 50.0, 600);
        assert_eq!(
            [0, 150, 300, 450].map(|time| libm::round(wave.rate_at(at(time)))),
            [10.0, 30.0, 50.0, 30.0]
        );
        // The mean over a period is (10 + 50) / 2; over the half period around the peak 30 + 20 * 2 / pi.
        assert!((count(&wave, 0, 6_000) - 180_000.0).abs() <= 1.0 + 180_000.0 * 0.000_025);
        let around_peak = 300.0 * (30.0 + 40.0 / std::f64::consts::PI);
        assert!(
            (count(&wave, 150, 450) - around_peak).abs() <= 2.0,
            "{} {around_peak}",
            count(&wave, 150, 450)
        );
    }

    #[test]
    fn a_wave_starts_at_its_phase_and_does_not_drift() {
        let Shape::DailyWave { peak, period, .. } = wave_of(1.0, 3.0, 86_400).shape else { panic!("a wave") };
        assert_eq!(period, Shape::DAY);
        let wave = profile(1.0, Shape::DailyWave { peak, period, phase: secs(43_200) });
        assert_eq!(wave.rate_at(SimTime::ZERO), 3.0);
        assert_eq!(wave.rate_at(at(43_200)), 1.0);
        assert_eq!(wave.rate_at(at(86_400 * 10_000)), 3.0);
    }

    /// The number of Poisson arrivals is the integral, give or take its square root: four of those are allowed.
    #[test]
    fn poisson_arrivals_follow_a_profile() {
        for (profile, until, expected) in [
            (ramp_of(10.0, 40.0, 60, 300), 360, 8_100.0_f64),
            (spike_of(4.0, 500.0, 30, 10), 70, 5_240.0),
            (wave_of(10.0, 50.0, 600), 1_200, 36_000.0),
        ] {
            let count = arrivals(&profile, Arrivals::Poisson, at(until)).0.len() as f64;
            assert!((count - expected).abs() < 4.0 * expected.sqrt(), "{count} {expected}");
        }
    }

    #[test]
    fn the_arrivals_are_the_same_everywhere() {
        let (arrivals, _) = arrivals(&wave_of(1.0, 9.0, 60), Arrivals::Poisson, at(60));
        let micros: Vec<u64> = arrivals.iter().step_by(50).map(|arrival| arrival.as_micros()).collect();
        // Golden: a change here changes every run that was ever shared.
        assert_eq!(micros, [528_664, 19_353_783, 25_390_369, 31_435_108, 36_775_872, 45_356_031]);
    }

    #[test]
    fn silence_costs_a_bounded_number_of_questions() {
        // 1,000 s of hardly anything: one question for every 6.4 s, and one for every arrival.
        let quiet = wave_of(0.0, 0.001, 86_400);
        let (arrivals, asked) = arrivals(&quiet, Arrivals::Constant, at(1_000));
        assert_eq!(arrivals, []);
        assert_eq!(asked, 157);
    }

    /// The same arrivals, whether the way to them was looked at in one go or in many.
    #[test]
    fn it_does_not_matter_when_the_question_is_asked() {
        let wave = wave_of(5.0, 20.0, 60);
        let in_one_go = wave.next_arrival(SimTime::from_micros(20_010_000), 30.0);
        let NextArrival::Arrival(expected) = in_one_go else { panic!("{in_one_go:?}") };
        let late = SimTime::from_micros(20_730_000);
        let mut gone = 0.0;
        for step in 0..72 {
            let step = SimTime::from_micros(20_010_000 + step * 10_000);
            gone += wave.stretch(step).rate * 0.01;
        }
        let NextArrival::Arrival(arrival) = wave.next_arrival(late, 30.0 - gone) else { panic!("{late}") };
        assert!(arrival.since(expected).max(expected.since(arrival)) <= SimDuration::from_micros(1));
    }

    #[test]
    fn another_base_scales_the_shape() {
        let spike = spike_of(4.0, 500.0, 30, 10);
        assert_eq!(spike.with_base(rate(8.0)), spike_of(8.0, 1_000.0, 30, 10));
        assert_eq!(spike.with_base(rate(0.0)), spike_of(0.0, 0.0, 30, 10));
        assert_eq!(spike_of(0.0, 500.0, 30, 10).with_base(rate(7.0)), spike_of(7.0, 500.0, 30, 10));
        assert_eq!(spike.with_base(rate(100_000.0)).rate_at(at(35)), RequestRate::MAX_PER_SECOND);
        assert_eq!(Profile::steady(rate(3.0)).with_base(rate(5.0)), Profile::steady(rate(5.0)));
    }

    #[test]
    fn nothing_overflows_at_the_end_of_time() {
        let huge = SimDuration::from_micros(u64::MAX);
        for shape in [
            Shape::Ramp { to: rate(1.0), from_time: SimTime::MAX, over: huge },
            Shape::Ramp { to: rate(1.0), from_time: SimTime::ZERO, over: huge },
            Shape::Spike { at: SimTime::MAX, lasts: huge, rate: rate(1.0) },
            Shape::DailyWave { peak: rate(1.0), period: huge, phase: huge },
        ] {
            for time in [SimTime::ZERO, SimTime::from_micros(u64::MAX - 1), SimTime::MAX] {
                let profile = profile(0.0, shape);
                assert!(profile.rate_at(time) >= 0.0);
                profile.next_arrival(time, 1.0);
            }
        }
    }
}
