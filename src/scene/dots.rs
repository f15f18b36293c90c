//! From the engine's steps to things that move: which leg of whose way, since when, in which shape. Pure: no browser.
//! Nothing in the simulation ever waits for, or asks about, what happens here.

use albatross_engine::trace::{Author, BalancerCause, Step};

use super::painter::Mark;

/// How long a leg takes at 1×, in milliseconds of wall time.
const LEG_MS: f64 = 620.0;
/// A frame never moves dots further than this many milliseconds.
const LONGEST_FRAME: f64 = 100.0;
/// About so many dots are shown at once before a sample is drawn instead.
const DOTS_WANTED: f64 = 900.0;
/// And never more than so many.
const DOTS_MAX: usize = 4_000;
/// So many health checks are shown at once, and every one that failed.
const PROBES_MAX: usize = 32;
/// How often the sample is measured anew, in milliseconds.
const MEASURED_EVERY: f64 = 500.0;
/// With more requests than this per second of wall time, numbers beside the dots cannot be read.
const NUMBERED_PER_SECOND: f64 = 25.0;
/// A request's way there and back has four legs.
const LEGS: f64 = 4.0;
/// What a client gives up is seen this far from it, on its side of the way to the node.
const GIVEN_UP_AT: f64 = 0.16;

/// A stretch of the picture that dots travel on, from left to right (or top to bottom).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Between the clients and a node.
    Clients {
        /// The node's index.
        node: usize,
    },
    /// Between a node and a task.
    Task {
        /// The node's index.
        node: usize,
        /// The task's number.
        task: u32,
    },
}

/// One dot on one leg.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Leg {
    request: u64,
    way: Way,
    back: bool,
    mark: Mark,
    /// How far from its left (or upper) end it begins or ends.
    reach: f64,
    starts: f64,
    lasts: f64,
}

/// Where a dot is at this moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// On which stretch.
    pub way: Way,
    /// How far along it, from its left (or upper) end: 0 to 1.
    pub along: f64,
    /// Whether it is an answer on its way back.
    pub back: bool,
    /// Its shape and colour.
    pub mark: Mark,
    /// The number to write beside it.
    pub number: Option<u64>,
}

/// Everything that moves.
#[derive(Clone, Debug)]
pub struct Dots {
    /// Milliseconds of wall time during which dots were allowed to move.
    clock: f64,
    last_frame: Option<f64>,
    /// After a single step dots move on until here.
    stepping_until: f64,
    lasts: f64,
    legs: Vec<Leg>,
    /// How many of them are health checks that have not failed.
    probes: usize,
    sample: Sample,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    one_in: u64,
    measured_since: f64,
    sent: u32,
    per_second: f64,
}

impl Default for Dots {
    fn default() -> Self {
        Self {
            clock: 0.0,
            last_frame: None,
            stepping_until: 0.0,
            lasts: LEG_MS,
            legs: Vec::with_capacity(256),
            probes: 0,
            sample: Sample { one_in: 1, measured_since: 0.0, sent: 0, per_second: 0.0 },
        }
    }
}

impl Dots {
    /// A frame at this wall time, in milliseconds: dots move if time passes, or after a step.
    pub fn pass(&mut self, wall: f64, playing: bool, speed: f64) {
        let last = self.last_frame.replace(wall).unwrap_or(wall);
        let passed = (wall - last).clamp(0.0, LONGEST_FRAME);
        // The faster, the shorter, but far from in proportion: the eye has to follow.
        self.lasts = LEG_MS * (1.0 / speed).sqrt().sqrt().clamp(0.55, 1.6);
        self.clock += if playing { passed } else { passed.min((self.stepping_until - self.clock).max(0.0)) };
        let now = self.clock;
        self.legs.retain(|leg| leg.starts + leg.lasts > now);
        self.probes = self.legs.iter().filter(|leg| leg.mark == Mark::Probe).count();
        self.sample.measure(now, self.lasts);
    }

    /// After a single step: lets what it set off arrive.
    pub fn step(&mut self) {
        let latest = self.legs.iter().map(|leg| leg.starts + leg.lasts).fold(self.clock, f64::max);
        self.stepping_until = latest.min(self.clock + self.lasts * 2.0);
    }

    /// How many requests one dot stands for.
    pub fn one_in(&self) -> u64 {
        self.sample.one_in
    }

    /// How many dots are under way.
    pub fn len(&self) -> usize {
        self.legs.len()
    }

    /// Whether nothing moves.
    pub fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// Takes in a step of the trace. `task` is the task that it is about.
    pub fn observe(&mut self, step: &Step, task: Option<u32>) {
        match *step {
            Step::Sent { request, node, .. } => {
                self.sample.sent += 1;
                let way = Way::Clients { node: node.number() as usize };
                self.travel(request.number(), way, false, Mark::Request, false);
            }
            Step::Routed { request, node, .. } => {
                if let Some(task) = task {
                    let way = Way::Task { node: node.number() as usize, task };
                    self.travel(request.number(), way, false, Mark::Request, false);
                }
            }
            // The client is gone: it has given up, which was seen.
            Step::Answered { author: Author::LoadBalancer(BalancerCause::ClientClosed), .. } => {}
            Step::Answered { request, node, status, author, .. } => {
                let (node, mark) = (node.number() as usize, mark_of(status, author));
                let failed = status >= 500;
                // What the load balancer answers by itself turns round at the node.
                let from_task = match author {
                    Author::Target => true,
                    Author::LoadBalancer(cause) => comes_from_target(cause),
                };
                if let Some(task) = task.filter(|_| from_task) {
                    self.travel(request.number(), Way::Task { node, task }, true, mark, failed);
                }
                self.travel(request.number(), Way::Clients { node }, true, mark, failed);
            }
            Step::GaveUp { request, node, .. } => self.give_up(request.number(), node.number() as usize),
            Step::CheckSent { node, .. } => self.probe(node.number() as usize, task, false, Mark::Probe),
            Step::CheckFinished { node, result, .. } => {
                let mark = if result.is_ok() { Mark::Probe } else { Mark::ProbeFailed };
                self.probe(node.number() as usize, task, true, mark);
            }
            Step::Served { .. } | Step::Lost { .. } | Step::Received { .. } => {}
        }
    }

    /// Calls `draw` with the place of every dot, successes first, so that what is rare lies on top.
    pub fn positions(&self, mut draw: impl FnMut(Position)) {
        let numbered = self.sample.one_in == 1 && self.sample.per_second <= NUMBERED_PER_SECOND;
        for rare in [false, true] {
            for leg in self.legs.iter().filter(|leg| is_rare(leg.mark) == rare && leg.starts <= self.clock) {
                let travelled = ((self.clock - leg.starts) / leg.lasts).clamp(0.0, 1.0);
                let eased = ease(travelled);
                // Where ways meet, numbers would lie on top of each other.
                let apart = match leg.way {
                    Way::Clients { .. } => (0.15..0.8).contains(&eased),
                    Way::Task { .. } => eased < 0.85,
                };
                draw(Position {
                    way: leg.way,
                    along: leg.reach * if leg.back { 1.0 - eased } else { eased },
                    back: leg.back,
                    mark: leg.mark,
                    number: (numbered && apart && leg.mark == Mark::Request).then_some(leg.request),
                });
            }
        }
    }

    /// Puts a request's dot on its next leg, which begins when the one before is over.
    fn travel(&mut self, request: u64, way: Way, back: bool, mark: Mark, failed: bool) {
        if !(self.sample.holds(request) || failed) || self.legs.len() >= DOTS_MAX {
            return;
        }
        let starts = self.last_leg_ends(request);
        self.legs.push(Leg { request, way, back, mark, reach: 1.0, starts, lasts: self.lasts });
    }

    /// When a request's dot will have come to the end of what is planned for it: now, when nothing is.
    fn last_leg_ends(&self, request: u64) -> f64 {
        let legs = self.legs.iter().filter(|leg| leg.request == request);
        legs.map(|leg| leg.starts + leg.lasts).fold(self.clock, f64::max)
    }

    /// A client no longer waits: what it still had before it is dropped, and a mark falls back to the client.
    fn give_up(&mut self, request: u64, node: usize) {
        let now = self.clock;
        self.legs.retain(|leg| leg.request != request || leg.starts <= now);
        let starts = self.last_leg_ends(request);
        if self.legs.len() < DOTS_MAX {
            let (way, mark, reach) = (Way::Clients { node }, Mark::ClientError, GIVEN_UP_AT);
            self.legs.push(Leg { request, way, back: true, mark, reach, starts, lasts: self.lasts });
        }
    }

    fn probe(&mut self, node: usize, task: Option<u32>, back: bool, mark: Mark) {
        let Some(task) = task else { return };
        if mark == Mark::Probe && self.probes >= PROBES_MAX || self.legs.len() >= DOTS_MAX {
            return;
        }
        self.probes += 1;
        let way = Way::Task { node, task };
        // The answer sets out when the check has arrived in the picture.
        let on_its_way =
            self.legs.iter().filter(|leg| leg.way == way && !leg.back && leg.mark == Mark::Probe);
        let arrives = on_its_way.map(|leg| leg.starts + leg.lasts).fold(self.clock, f64::max);
        let starts = if back { arrives } else { self.clock };
        self.legs.push(Leg { request: 0, way, back, mark, reach: 1.0, starts, lasts: self.lasts });
    }
}

impl Sample {
    /// Whether a request is drawn. Its number is scrambled first: every fifth number in a row, say, would meet every
    /// fifth target of a round robin, and the others would look idle.
    fn holds(&self, request: u64) -> bool {
        (request.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).is_multiple_of(self.one_in)
    }

    /// Decides for how many requests one dot stands, so that about [`DOTS_WANTED`] are under way.
    fn measure(&mut self, now: f64, lasts: f64) {
        let passed = now - self.measured_since;
        if passed < MEASURED_EVERY {
            return;
        }
        self.per_second = f64::from(self.sent) * 1_000.0 / passed;
        let under_way = self.per_second * LEGS * lasts / 1_000.0;
        let needed = (under_way / DOTS_WANTED).ceil().max(1.0) as u64;
        const STEPS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000];
        self.one_in = STEPS.into_iter().find(|step| *step >= needed).unwrap_or(needed);
        (self.measured_since, self.sent) = (now, 0);
    }
}

fn mark_of(status: u16, author: Author) -> Mark {
    match (status / 100, author) {
        (5, Author::Target) => Mark::TargetError,
        (5, Author::LoadBalancer(_)) => Mark::BalancerError,
        (4, _) => Mark::ClientError,
        _ => Mark::Success,
    }
}

/// Whether a failure is learned from the target, and not decided in the node.
const fn comes_from_target(cause: BalancerCause) -> bool {
    matches!(
        cause,
        BalancerCause::ConnectionRefused
            | BalancerCause::ConnectionReset
            | BalancerCause::KeepAliveRace
            | BalancerCause::MalformedResponse
    )
}

fn is_rare(mark: Mark) -> bool {
    !matches!(mark, Mark::Request | Mark::Success)
}

/// Leaves and arrives gently.
fn ease(t: f64) -> f64 {
    t * t * (3.0 - 2.0 * t) * 0.6 + t * 0.4
}

#[cfg(test)]
mod tests {
    use super::*;
    use albatross_engine::ecs::{ServiceId, TaskId};
    use albatross_engine::kernel::SimTime;
    use albatross_engine::traffic::RequestRate;
    use albatross_engine::{Command, Scenario, Simulation};

    struct World {
        simulation: Simulation,
        dots: Dots,
        cursor: u64,
        wall: f64,
    }

    impl World {
        fn new() -> Self {
            Self::of(crate::library::first())
        }

        fn of(scenario: &Scenario) -> Self {
            Self { simulation: Simulation::new(scenario, 7), dots: Dots::default(), cursor: 0, wall: 0.0 }
        }

        /// Lets so many milliseconds pass at 1×, frame by frame.
        fn play(&mut self, milliseconds: u32) {
            for _ in 0..milliseconds / 10 {
                self.wall += 10.0;
                let until = SimTime::from_micros((self.wall * 1_000.0) as u64);
                self.dots.pass(self.wall, true, 1.0);
                self.simulation.advance(until, u64::MAX);
                let since = self.simulation.trace().steps().since(self.cursor);
                self.cursor = since.cursor;
                for entry in since.entries {
                    let target = match entry.what {
                        Step::Routed { target, .. } | Step::CheckSent { target, .. } => Some(target),
                        Step::CheckFinished { target, .. } => Some(target),
                        Step::Answered { target, .. } => target,
                        _ => None,
                    };
                    let task = target.and_then(|target| self.simulation.task_behind(target));
                    self.dots.observe(&entry.what, task.map(|task| task.number()));
                }
            }
        }

        fn positions(&self) -> Vec<Position> {
            let mut positions = Vec::new();
            self.dots.positions(|position| positions.push(position));
            positions
        }
    }

    #[test]
    fn a_request_travels_its_legs_one_after_the_other() {
        let mut world = World::new();
        let mut legs_of_first = Vec::new();
        for _ in 0..600 {
            world.play(10);
            let first = world.dots.legs.iter().filter(|leg| leg.request == 1);
            for leg in first {
                if !legs_of_first.contains(leg) {
                    legs_of_first.push(*leg);
                }
            }
        }
        legs_of_first.sort_by(|a, b| a.starts.total_cmp(&b.starts));
        let node = match legs_of_first[0].way {
            Way::Clients { node } => node,
            Way::Task { .. } => panic!("it begins at the clients"),
        };
        let expected = [(Way::Clients { node }, false), (Way::Task { node, task: 1 }, false)];
        let way_back = expected.map(|(way, _)| (way, true));
        let ways: Vec<_> = legs_of_first.iter().map(|leg| (leg.way, leg.back)).collect();
        assert_eq!(ways, [expected[0], expected[1], way_back[1], way_back[0]]);
        assert!(legs_of_first.windows(2).all(|pair| pair[0].starts + pair[0].lasts <= pair[1].starts + 1e-9));
    }

    #[test]
    fn what_moves_stays_on_its_way_and_goes_back_as_its_answer() {
        let mut world = World::new();
        world.play(5_000);
        let positions = world.positions();
        assert!(positions.len() > 5);
        for position in positions {
            assert!((0.0..=1.0).contains(&position.along));
            let answered = matches!(position.mark, Mark::Success | Mark::Probe | Mark::ProbeFailed);
            assert!(answered || !position.back, "{position:?}");
        }
    }

    #[test]
    fn failures_of_a_killed_task_come_back_from_it_as_the_load_balancers_own() {
        let mut world = World::new();
        world.play(4_000);
        world.simulation.apply(Command::KillTask(TaskId::new(2))).expect("it runs");
        world.play(1_500);
        let failed: Vec<Position> =
            world.positions().into_iter().filter(|position| position.mark == Mark::BalancerError).collect();
        assert!(!failed.is_empty());
        assert!(failed.iter().all(|position| position.back));
    }

    #[test]
    fn what_a_client_gives_up_falls_back_to_it_and_what_a_node_answers_turns_round_there() {
        let mut world = World::of(crate::library::find(crate::several::NAME).expect("the tests have it"));
        let (mut fell, mut turned) = (0, 0);
        for _ in 0..400 {
            world.play(10);
            for leg in world.dots.legs.iter().filter(|leg| leg.mark == Mark::ClientError) {
                assert!(leg.back && matches!(leg.way, Way::Clients { .. }), "{leg:?}");
                if leg.reach < 1.0 { fell += 1 } else { turned += 1 }
            }
        }
        assert!(fell > 0 && turned > 0, "{fell} fell, {turned} turned round");
    }

    #[test]
    fn with_many_requests_a_sample_is_drawn_that_keeps_every_kind_of_failure() {
        let mut world = World::new();
        let rate = RequestRate::per_second(5_000.0).expect("in range");
        world.simulation.apply(Command::SetRequestRate(rate)).expect("in range");
        world.simulation.apply(Command::FailRequests(TaskId::new(2), 500)).expect("it runs");
        world.play(3_000);
        assert!(world.dots.one_in() >= 10, "{}", world.dots.one_in());
        assert!(world.dots.len() <= DOTS_MAX);
        assert!(world.positions().iter().any(|position| position.mark == Mark::TargetError));
        assert!(world.positions().iter().all(|position| position.number.is_none()));
    }

    #[test]
    fn a_sample_shows_traffic_to_every_target_that_gets_any() {
        let mut world = World::new();
        world.simulation.apply(Command::SetDesiredCount(ServiceId::new(0), 10)).expect("in range");
        // Long enough for new tasks to be healthy, then fast enough for a sample of one in five.
        world.play(40_000);
        let rate = RequestRate::per_second(1_000.0).expect("in range");
        world.simulation.apply(Command::SetRequestRate(rate)).expect("in range");
        world.play(4_000);
        assert!(world.dots.one_in() > 1);
        let mut shown: Vec<u32> = world
            .dots
            .legs
            .iter()
            .filter_map(|leg| match leg.way {
                Way::Task { task, .. } if leg.mark == Mark::Request => Some(task),
                _ => None,
            })
            .collect();
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), world.simulation.cluster().tasks().count(), "{shown:?}");
    }

    #[test]
    fn a_pause_stops_everything_and_a_step_lets_its_own_dots_arrive() {
        let mut world = World::new();
        world.play(3_000);
        let before = world.positions();
        (1..=50).for_each(|frame| world.dots.pass(world.wall + f64::from(frame) * 10.0, false, 1.0));
        assert_eq!(world.positions(), before);
        world.dots.step();
        world.dots.pass(world.wall + 550.0, false, 1.0);
        assert_ne!(world.positions(), before);
    }
}
