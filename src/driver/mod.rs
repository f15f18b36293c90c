//! The driver: turns wall time into engine time, drains the trace, and keeps what the page shows up to date.
//! Owns the simulation; knows the engine and plain values, not the DOM.

pub mod history;
pub mod pace;
pub mod picture;

use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{Entry, Notice, Step};
use albatross_engine::{Command, Refusal, Scenario, Simulation};

use crate::scene::dots::Dots;
use history::History;
use pace::Pace;
use picture::Picture;

/// How many events happen between two looks at the wall's clock.
const EVENTS_AT_ONCE: u64 = 2_048;
/// A single step looks no further ahead than this.
const STEP_LOOKS_AHEAD: SimDuration = SimDuration::from_secs(60);

/// A line of the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Which notice of the run it is: its key.
    pub number: u64,
    /// When it happened.
    pub at: SimTime,
    /// What happened, and to whom.
    pub notice: Notice,
    /// The same as a sentence.
    pub text: String,
}

/// A run: the world, its pace, and what is remembered of it for the page.
pub struct Driver {
    /// The scenario that runs.
    pub scenario: Scenario,
    simulation: Simulation,
    /// Its pace.
    pub pace: Pace,
    /// Everything that moves in the picture.
    pub dots: Dots,
    history: History,
    steps_read: u64,
    notices_read: u64,
}

impl Driver {
    /// A run of a scenario from its beginning.
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let simulation = Simulation::new(&scenario, seed);
        let history = History::new(&simulation);
        let (steps_read, notices_read) = (0, 0);
        let (pace, dots) = (Pace::default(), Dots::default());
        Self { scenario, simulation, pace, dots, history, steps_read, notices_read }
    }

    /// The world.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// What is remembered of it.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The picture of this instant.
    pub fn picture(&self) -> Picture {
        Picture::of(&self.simulation, &self.history)
    }

    /// A frame at this wall time, in milliseconds. Simulates until it is where it should be or until `out_of_time`
    /// says so; then what is missing is given up, and the reached speed tells it.
    pub fn frame(&mut self, wall: f64, mut out_of_time: impl FnMut() -> bool) {
        let passed = self.pace.frame(wall);
        self.dots.pass(wall, self.pace.is_playing(), self.pace.speed());
        if !self.pace.is_playing() {
            return;
        }
        let began = self.simulation.now();
        let target = self.pace.target(began, passed);
        while self.simulation.now() < target {
            self.run(target, EVENTS_AT_ONCE);
            if out_of_time() {
                break;
            }
        }
        self.pace.simulated(passed, self.simulation.now().since(began));
    }

    /// Goes on to the next thing that can be seen.
    pub fn step(&mut self) {
        let until = self.simulation.now() + STEP_LOOKS_AHEAD;
        loop {
            let boundary = self.history.second_ends().min(until);
            let seen = self.simulation.step(boundary);
            self.drain();
            self.turn_if_over();
            if seen || self.simulation.now() >= until {
                break;
            }
        }
        self.dots.step();
    }

    /// Does something to the world, now.
    ///
    /// # Errors
    /// When it cannot be done; the world is then as it was.
    pub fn apply(&mut self, command: Command) -> Result<(), Refusal> {
        self.simulation.apply(command)?;
        self.drain();
        Ok(())
    }

    /// The notices since the last call, oldest first.
    pub fn new_log_lines(&mut self) -> Vec<LogLine> {
        let since = self.simulation.trace().notices().since(self.notices_read);
        let first = since.cursor - since.entries.size_hint().0 as u64;
        let line = |(number, entry): (u64, &Entry<Notice>)| LogLine {
            number,
            at: entry.at,
            notice: entry.what.clone(),
            text: self.simulation.describe(&entry.what),
        };
        self.notices_read = since.cursor;
        (first..).zip(since.entries).map(line).collect()
    }

    fn run(&mut self, target: SimTime, events: u64) {
        let boundary = self.history.second_ends().min(target);
        self.simulation.advance(boundary, events);
        self.drain();
        self.turn_if_over();
    }

    fn turn_if_over(&mut self) {
        if self.simulation.now() >= self.history.second_ends() {
            self.history.turn(&self.simulation);
        }
    }

    fn drain(&mut self) {
        let since = self.simulation.trace().steps().since(self.steps_read);
        self.steps_read = since.cursor;
        for Entry { what: step, .. } in since.entries {
            self.history.observe(step);
            self.dots.observe(step, task_of(&self.simulation, step));
        }
    }
}

/// The number of the task that a step is about.
fn task_of(simulation: &Simulation, step: &Step) -> Option<u32> {
    let target = match *step {
        Step::Routed { target, .. }
        | Step::Served { target, .. }
        | Step::Lost { target, .. }
        | Step::CheckSent { target, .. }
        | Step::CheckFinished { target, .. } => target,
        Step::Answered { target, .. } => target?,
        Step::Sent { .. } | Step::Received { .. } | Step::GaveUp { .. } => return None,
    };
    simulation.task_behind(target).map(|task| task.number())
}

#[cfg(test)]
mod tests {
    use super::*;
    use albatross_engine::ecs::TaskId;

    fn driver() -> Driver {
        Driver::new(crate::library::first().clone(), 7)
    }

    fn play(driver: &mut Driver, milliseconds: u32) {
        (0..=milliseconds / 10).for_each(|frame| driver.frame(f64::from(frame) * 10.0, || false));
    }

    #[test]
    fn what_the_driver_runs_is_the_same_run_as_without_a_screen() {
        let mut driver = driver();
        driver.pace.set_speed(pace::SPEEDS.len() - 1);
        play(&mut driver, 2_000);
        let mut headless = Simulation::new(&driver.scenario, 7);
        headless.advance(driver.simulation().now(), u64::MAX);
        assert!(headless.now().as_seconds() > 100.0);
        assert_eq!(driver.simulation().digest(), headless.digest());
    }

    #[test]
    fn when_time_runs_out_the_run_slows_down_and_loses_nothing() {
        let mut driver = driver();
        driver.pace.set_speed(pace::SPEEDS.len() - 1);
        (0..=200).for_each(|frame| driver.frame(f64::from(frame) * 10.0, || true));
        let now = driver.simulation().now();
        assert!(now.as_seconds() < 119.0, "it fell behind: {now}");
        let mut headless = Simulation::new(&driver.scenario, 7);
        headless.advance(now, u64::MAX);
        assert_eq!(driver.simulation().digest(), headless.digest());
    }

    #[test]
    fn a_step_goes_on_to_one_more_thing_that_can_be_seen() {
        let mut driver = driver();
        driver.pace.set_playing(false);
        let written = |driver: &Driver| {
            driver.simulation().trace().steps().written() + driver.simulation().trace().notices().written()
        };
        for _ in 0..100 {
            let before = written(&driver);
            driver.step();
            assert!(written(&driver) > before);
        }
    }

    #[test]
    fn every_notice_becomes_one_log_line() {
        let mut driver = driver();
        play(&mut driver, 500);
        driver.new_log_lines();
        driver.apply(Command::KillTask(TaskId::new(1))).expect("it runs");
        let lines = driver.new_log_lines();
        assert_eq!(lines[0].text, "You: task 1 is killed.");
        assert!(driver.new_log_lines().is_empty());
    }
}
