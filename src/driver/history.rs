//! What the charts and the cards remember: figures per simulated second, and per target over the last seconds.
//! Reads the trace and the state; decides nothing.

use std::collections::VecDeque;

use albatross_engine::Simulation;
use albatross_engine::elb::{NodeId, Registration, TargetGroupId, TargetId};
use albatross_engine::kernel::{Histogram, SimDuration, SimTime};
use albatross_engine::trace::{Author, Step};

/// One simulated second.
const SECOND: SimDuration = SimDuration::from_secs(1);
/// How many seconds are remembered for the charts.
const SECONDS_KEPT: usize = 1_800;
/// Over how many whole seconds a target's share and response time are told.
const SHARE_SECONDS: usize = 10;
/// Over how many whole seconds a node's little chart goes.
pub const SPARK_SECONDS: usize = 16;
/// Of so many answers on their way to clients it is remembered that a target made them; far more than ever are.
const ON_THE_WAY: usize = 1 << 16;

/// The figures of one simulated second: how requests ended in it, each once, and how many hosts there were.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Second {
    /// Answers 2xx and 3xx that clients received.
    pub success: u32,
    /// Answers 4xx that clients received.
    pub client_error: u32,
    /// Requests that clients gave up.
    pub given_up: u32,
    /// Answers 5xx that clients received, made by targets.
    pub target_error: u32,
    /// Answers 5xx that clients received, made by the load balancer.
    pub balancer_error: u32,
    /// Latency that half of the answers did not exceed, in milliseconds; nothing without answers.
    pub p50: Option<f32>,
    /// The same for 95 %.
    pub p95: Option<f32>,
    /// The same for 99 %.
    pub p99: Option<f32>,
    /// The fewest healthy hosts that a node sees, in all target groups together.
    pub healthy: u32,
    /// `runningCount` of all services together.
    pub running: u32,
    /// `desiredCount`, likewise.
    pub desired: u32,
}

impl Second {
    /// All requests that ended.
    pub fn ended(&self) -> u32 {
        self.success + self.client_error + self.given_up + self.target_error + self.balancer_error
    }
}

/// What is remembered of a target.
#[derive(Clone, Debug, Default)]
pub struct TargetMemory {
    seconds: VecDeque<TargetSecond>,
    /// How many of its requests ended in which 5xx.
    failed: Vec<(u16, u64)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct TargetSecond {
    routed: u32,
    answered: u32,
    took: SimDuration,
}

/// Everything that is remembered.
#[derive(Clone, Debug, Default)]
pub struct History {
    seconds: VecDeque<Second>,
    current: Second,
    latencies: Histogram,
    ends: SimTime,
    targets: Vec<(TargetId, TargetMemory)>,
    /// Requests routed to each target group, second by second.
    routed: Vec<VecDeque<u32>>,
    nodes: Vec<VecDeque<u32>>,
    /// The answers 5xx on their way to clients that targets made.
    by_targets: VecDeque<u64>,
    retries: u64,
}

impl History {
    /// An empty history that begins now.
    pub fn new(simulation: &Simulation) -> Self {
        let balancer = simulation.load_balancer();
        let mut history = Self {
            ends: simulation.now() + SECOND,
            routed: vec![VecDeque::from([0]); balancer.target_groups().len()],
            nodes: vec![VecDeque::from([0]); balancer.nodes().len()],
            ..Self::default()
        };
        history.sample(simulation);
        history
    }

    /// The end of the present second: the simulation must not run beyond it before [`History::turn`].
    pub fn second_ends(&self) -> SimTime {
        self.ends
    }

    /// Takes in one step of the trace.
    pub fn observe(&mut self, step: &Step) {
        match *step {
            Step::Sent { node, attempt, .. } => {
                self.retries += u64::from(attempt > 0);
                if let Some(count) = self.node_mut(node).and_then(|seconds| seconds.back_mut()) {
                    *count += 1;
                }
            }
            Step::Routed { target, choice, .. } => {
                self.target_second(target).routed += 1;
                let group = self.routed.get_mut(choice.group.number() as usize);
                if let Some(routed) = group.and_then(|seconds| seconds.back_mut()) {
                    *routed += 1;
                }
            }
            Step::Answered { request, target, status, author, took, .. } => {
                if status >= 500 && author == Author::Target {
                    push(&mut self.by_targets, request.number(), ON_THE_WAY);
                }
                if let Some(target) = target {
                    self.answered(target, status, took);
                }
            }
            Step::Received { request, status, latency, .. } => {
                self.latencies.record(latency);
                match status {
                    500.. if self.was_made_by_a_target(request.number()) => self.current.target_error += 1,
                    500.. => self.current.balancer_error += 1,
                    400.. => self.current.client_error += 1,
                    _ => self.current.success += 1,
                }
            }
            Step::GaveUp { request, .. } => {
                self.was_made_by_a_target(request.number());
                self.current.given_up += 1;
            }
            Step::Served { .. } | Step::Lost { .. } | Step::CheckSent { .. } | Step::CheckFinished { .. } => {
            }
        }
    }

    /// Forgets that a target made an answer; returns whether one did. The oldest answer is mostly the one.
    fn was_made_by_a_target(&mut self, request: u64) -> bool {
        let place = self.by_targets.iter().position(|answered| *answered == request);
        place.and_then(|place| self.by_targets.remove(place)).is_some()
    }

    fn answered(&mut self, target: TargetId, status: u16, took: SimDuration) {
        if status >= 500 {
            let failed = &mut self.memory(target).failed;
            match failed.iter_mut().find(|(known, _)| *known == status) {
                Some((_, count)) => *count += 1,
                None => failed.push((status, 1)),
            }
        } else {
            let second = self.target_second(target);
            second.answered += 1;
            second.took += took;
        }
    }

    /// Ends the present second and begins the next.
    pub fn turn(&mut self, simulation: &Simulation) {
        self.sample(simulation);
        let quantile = |q: f64| self.latencies.quantile(q).map(|latency| latency.as_milliseconds() as f32);
        let second = Second { p50: quantile(0.50), p95: quantile(0.95), p99: quantile(0.99), ..self.current };
        push(&mut self.seconds, second, SECONDS_KEPT);
        self.latencies.clear();
        self.current = Second::default();
        for group in &mut self.routed {
            push(group, 0, SHARE_SECONDS + 1);
        }
        for node in &mut self.nodes {
            push(node, 0, SPARK_SECONDS + 1);
        }
        for (_, target) in &mut self.targets {
            push(&mut target.seconds, TargetSecond::default(), SHARE_SECONDS + 1);
        }
        self.targets.retain(|(id, _)| {
            simulation.load_balancer().target(*id).registration() != Registration::NotRegistered
        });
        self.ends += SECOND;
        self.sample(simulation);
    }

    /// The seconds that are remembered, oldest first.
    pub fn seconds(&self) -> impl DoubleEndedIterator<Item = &Second> + ExactSizeIterator {
        self.seconds.iter()
    }

    /// The second that is not over yet: its hosts are known, its answers are still being counted.
    pub fn present(&self) -> &Second {
        &self.current
    }

    /// How many requests were further attempts.
    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// A target's part of its group's requests of the last seconds, from 0 to 1.
    pub fn share(&self, target: TargetId, group: TargetGroupId) -> f64 {
        let group = self.routed.get(group.number() as usize);
        let total: u32 = group.map_or(0, |seconds| seconds.iter().sum());
        let of_target = self.known(target);
        let routed: u32 = of_target.map_or(0, |memory| memory.seconds.iter().map(|s| s.routed).sum());
        f64::from(routed) / f64::from(total.max(1))
    }

    /// The mean time that a target took for the answers of the last seconds.
    pub fn response_time(&self, target: TargetId) -> Option<SimDuration> {
        let seconds = &self.known(target)?.seconds;
        let answered: u64 = seconds.iter().map(|second| u64::from(second.answered)).sum();
        let took: u64 = seconds.iter().map(|second| second.took.as_micros()).sum();
        took.checked_div(answered).map(SimDuration::from_micros)
    }

    /// How many requests of a target ended in which 5xx.
    pub fn failed(&self, target: TargetId) -> &[(u16, u64)] {
        self.known(target).map_or(&[], |memory| &memory.failed)
    }

    /// How many requests a node received in each of the last whole seconds, oldest first.
    pub fn node_seconds(&self, node: usize) -> Vec<u32> {
        let seconds = self.nodes.get(node);
        seconds.map(|seconds| seconds.iter().take(seconds.len() - 1).copied().collect()).unwrap_or_default()
    }

    fn sample(&mut self, simulation: &Simulation) {
        let balancer = simulation.load_balancer();
        let groups = balancer.target_groups();
        let seen_by =
            |node| groups.iter().map(|group| balancer.count_hosts(node, group.id()).0).sum::<usize>();
        let cluster = simulation.cluster();
        let services = cluster.services();
        self.current.healthy = balancer.node_ids().map(seen_by).min().unwrap_or_default() as u32;
        self.current.running = services.iter().map(|service| cluster.running_count(service.id())).sum();
        self.current.desired = services.iter().map(|service| service.desired_count()).sum();
    }

    fn node_mut(&mut self, node: NodeId) -> Option<&mut VecDeque<u32>> {
        self.nodes.get_mut(node.number() as usize)
    }

    fn known(&self, target: TargetId) -> Option<&TargetMemory> {
        self.targets.iter().find(|(id, _)| *id == target).map(|(_, memory)| memory)
    }

    fn memory(&mut self, target: TargetId) -> &mut TargetMemory {
        let place = self.targets.iter().position(|(id, _)| *id == target).unwrap_or_else(|| {
            self.targets.push((target, TargetMemory::default()));
            self.targets.len() - 1
        });
        &mut self.targets[place].1
    }

    fn target_second(&mut self, target: TargetId) -> &mut TargetSecond {
        let seconds = &mut self.memory(target).seconds;
        if seconds.is_empty() {
            seconds.push_back(TargetSecond::default());
        }
        let last = seconds.len() - 1;
        &mut seconds[last]
    }
}

fn push<T>(queue: &mut VecDeque<T>, value: T, most: usize) {
    if queue.len() == most {
        queue.pop_front();
    }
    queue.push_back(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use albatross_engine::{Command, ecs::TaskId};

    const GROUP: TargetGroupId = TargetGroupId::new(0);

    /// Runs a world second by second, as the driver does.
    fn run(simulation: &mut Simulation, history: &mut History, seconds: u64) {
        let mut cursor = simulation.trace().steps().written();
        for _ in 0..seconds {
            simulation.advance(history.second_ends(), u64::MAX);
            let since = simulation.trace().steps().since(cursor);
            cursor = since.cursor;
            since.entries.for_each(|entry| history.observe(&entry.what));
            history.turn(simulation);
        }
    }

    fn world() -> (Simulation, History) {
        let scenario = crate::library::first();
        let simulation = Simulation::new(scenario, 7);
        let history = History::new(&simulation);
        (simulation, history)
    }

    #[test]
    fn the_seconds_add_up_to_what_the_engine_counted() {
        let (mut simulation, mut history) = world();
        run(&mut simulation, &mut history, 20);
        simulation.apply(Command::KillTask(TaskId::new(2))).expect("it runs");
        run(&mut simulation, &mut history, 100);
        let sum = |figure: fn(&Second) -> u32| history.seconds().map(|s| u64::from(figure(s))).sum::<u64>();
        let received = |class: u16| {
            let statuses = simulation.metrics().statuses();
            statuses.filter(|(status, _)| status / 100 == class).map(|(_, count)| count).sum::<u64>()
        };
        assert_eq!(sum(|second| second.success), received(2));
        assert_eq!(sum(|second| second.balancer_error), received(5));
        assert!(received(5) > 0);
        assert_eq!(sum(Second::ended), simulation.requests_received());
    }

    #[test]
    fn shares_are_thirds_and_a_dead_target_s_goes_to_nought() {
        let (mut simulation, mut history) = world();
        run(&mut simulation, &mut history, 20);
        let targets: Vec<TargetId> =
            simulation.load_balancer().all_targets().iter().map(|target| target.id()).collect();
        // Some 80 requests in ten seconds: a third is exact to one request, that is to about 1 %.
        targets.iter().for_each(|target| assert!((history.share(*target, GROUP) - 1.0 / 3.0).abs() < 0.02));
        simulation.apply(Command::KillTask(TaskId::new(2))).expect("it runs");
        // Two failed checks take 10 s at the most, the window is 10 s.
        run(&mut simulation, &mut history, 22);
        let shares: Vec<f64> = targets.iter().map(|target| history.share(*target, GROUP)).collect();
        assert_eq!(shares[1], 0.0);
        assert!((shares[0] - 0.5).abs() < 0.02 && (shares[2] - 0.5).abs() < 0.02, "{shares:?}");
        assert!(matches!(history.failed(targets[1]), [(502, 1..)]));
    }
}
