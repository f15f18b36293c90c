//! From the wall's clock to the engine's: how far the simulation should have come by this frame.
//! Must never know what is simulated.

use albatross_engine::kernel::{SimDuration, SimTime};

/// The speeds that can be asked for, slowest first.
pub const SPEEDS: [f64; 9] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0];
/// The place of 1× among them.
pub const NORMAL_SPEED: usize = 3;

/// A frame never stands for more than this, in milliseconds of wall time: a tab that was hidden, or a computer that
/// slept, comes back without a jump.
const LONGEST_FRAME: f64 = 100.0;
/// How often the reached speed is measured, in milliseconds of wall time.
const MEASURED_EVERY: f64 = 1_000.0;

/// Keeps the pace.
#[derive(Clone, Debug)]
pub struct Pace {
    playing: bool,
    speed: usize,
    last_frame: Option<f64>,
    measured: Measured,
}

#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    wall: f64,
    simulated: SimDuration,
    reached: Option<f64>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { playing: true, speed: NORMAL_SPEED, last_frame: None, measured: Measured::default() }
    }
}

impl Pace {
    /// Whether time passes.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// The asked speed: simulated seconds per second.
    pub fn speed(&self) -> f64 {
        SPEEDS[self.speed]
    }

    /// The place of the asked speed among [`SPEEDS`].
    pub fn speed_index(&self) -> usize {
        self.speed
    }

    /// Pauses or goes on.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.last_frame = None;
        self.measured = Measured::default();
    }

    /// Asks for another speed, by its place among [`SPEEDS`].
    pub fn set_speed(&mut self, index: usize) {
        self.speed = index.min(SPEEDS.len() - 1);
        self.measured = Measured::default();
    }

    /// A frame at this wall time, in milliseconds: how much wall time has passed that counts, in milliseconds.
    ///
    /// The first frame after a start or a pause counts nothing: it must not span the pause.
    pub fn frame(&mut self, wall: f64) -> f64 {
        let last = self.last_frame.replace(wall).unwrap_or(wall);
        if self.playing { (wall - last).clamp(0.0, LONGEST_FRAME) } else { 0.0 }
    }

    /// Where the simulation should be after so much wall time.
    pub fn target(&self, now: SimTime, wall: f64) -> SimTime {
        now + SimDuration::from_micros((wall * 1_000.0 * self.speed()) as u64)
    }

    /// Takes note of how much was simulated in a frame.
    pub fn simulated(&mut self, wall: f64, simulated: SimDuration) {
        let measured = &mut self.measured;
        measured.wall += wall;
        measured.simulated += simulated;
        if measured.wall >= MEASURED_EVERY {
            let reached = measured.simulated.as_milliseconds() / measured.wall;
            *measured = Measured { reached: Some(reached), ..Measured::default() };
        }
    }

    /// The speed that was reached in the last second, when it falls visibly short of the asked one.
    pub fn shortfall(&self) -> Option<f64> {
        self.measured.reached.filter(|reached| *reached < 0.9 * self.speed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_1x_a_second_of_wall_time_is_a_second_of_simulated_time() {
        let mut pace = Pace::default();
        let mut now = SimTime::ZERO;
        for frame in 0..=60 {
            let wall = pace.frame(f64::from(frame) * 1_000.0 / 60.0);
            now = pace.target(now, wall);
        }
        assert!((now.as_seconds() - 1.0).abs() < 0.001, "{now}");
    }

    #[test]
    fn the_first_frame_after_a_pause_does_not_span_the_pause() {
        let mut pace = Pace::default();
        pace.frame(0.0);
        pace.frame(16.0);
        pace.set_playing(false);
        assert_eq!(pace.frame(5_000.0), 0.0);
        pace.set_playing(true);
        assert_eq!(pace.frame(60_000.0), 0.0);
        assert_eq!(pace.frame(60_016.0), 16.0);
    }

    #[test]
    fn a_hidden_tab_comes_back_without_a_jump() {
        let mut pace = Pace::default();
        pace.frame(0.0);
        assert_eq!(pace.frame(3_600_000.0), LONGEST_FRAME);
        assert_eq!(pace.frame(3_599_000.0), 0.0, "a clock that runs backwards counts nothing");
    }

    #[test]
    fn the_reached_speed_is_told_when_it_falls_short() {
        let mut pace = Pace::default();
        pace.set_speed(SPEEDS.len() - 1);
        (0..100).for_each(|_| pace.simulated(16.0, SimDuration::from_millis(160)));
        assert_eq!(pace.shortfall().map(f64::round), Some(10.0));
        (0..100).for_each(|_| pace.simulated(16.0, SimDuration::from_millis(960)));
        assert_eq!(pace.shortfall(), None);
    }
}
