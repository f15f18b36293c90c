//! What the charts and the cards remember: figures per simulated second, and per target over the last seconds.
//! Reads the trace and the state; decides nothing.

use std::collections::{BTreeMap, VecDeque};

use albatross_engine::Simulation;
use albatross_engine::elb::{NodeId, TargetId};
use albatross_engine::kernel::{SimDuration, SimTime};
use albatross_engine::trace::{Author, Step};

/// One simulated second.
const SECOND: SimDuration = SimDuration::from_secs(1);
/// How many seconds are remembered for the charts.
const SECONDS_KEPT: usize = 1_800;
/// Over how many whole seconds a target's share and response time are told.
const SHARE_SECONDS: usize = 10;
/// Over how many whole seconds a node's little chart goes.
pub const SPARK_SECONDS: usize = 16;

/// The figures of one simulated second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Second {
    /// Answers 2xx and 3xx that clients received.
    pub success: u32,
    /// Answers 4xx.
    pub client_error: u32,
    /// Answers 5xx made by targets.
    pub target_error: u32,
    /// Answers 5xx made by the load balancer.
    pub balancer_error: u32,
    /// Latency that half of the answers did not exceed, in milliseconds; nothing without answers.
    pub p50: Option<f32>,
    /// The same for 95 %.
    pub p95: Option<f32>,
    /// The same for 99 %.
    pub p99: Option<f32>,
    /// The fewest healthy hosts that a node sees.
    pub healthy: u32,
    /// `runningCount`.
    pub running: u32,
    /// `desiredCount`.
    pub desired: u32,
}

impl Second {
    /// All answers.
    pub fn answers(&self) -> u32 {
        self.success + self.client_error + self.target_error + self.balancer_error
    }
}

/// What is remembered of a target.
#[derive(Clone, Debug, Default)]
pub struct TargetMemory {
    seconds: VecDeque<TargetSecond>,
    /// How many of its requests ended in a 5xx, by status.
    pub failed: BTreeMap<u16, u64>,
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
    latencies: Vec<u32>,
    ends: SimTime,
    targets: BTreeMap<TargetId, TargetMemory>,
    routed: VecDeque<u32>,
    nodes: Vec<VecDeque<u32>>,
}

impl History {
    /// An empty history that begins now.
    pub fn new(simulation: &Simulation) -> Self {
        let nodes = simulation.load_balancer().nodes().len();
        let mut history = Self {
            ends: simulation.now() + SECOND,
            routed: VecDeque::from([0]),
            nodes: vec![VecDeque::from([0]); nodes],
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
            Step::Sent { node, .. } => {
                if let Some(count) = self.node_mut(node).and_then(|seconds| seconds.back_mut()) {
                    *count += 1;
                }
            }
            Step::Routed { target, .. } => {
                self.target_second(target).routed += 1;
                if let Some(routed) = self.routed.back_mut() {
                    *routed += 1;
                }
            }
            Step::Answered { target, status, author, took, .. } => {
                match (status / 100, author) {
                    (5, Author::Target) => self.current.target_error += 1,
                    (5, Author::LoadBalancer(_)) => self.current.balancer_error += 1,
                    (4, _) => self.current.client_error += 1,
                    _ => self.current.success += 1,
                }
                if let Some(target) = target {
                    self.answered(target, status, took);
                }
            }
            Step::Received { latency, .. } => {
                self.latencies.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
            }
            Step::Served { .. } | Step::Lost { .. } | Step::CheckSent { .. } | Step::CheckFinished { .. } => {
            }
        }
    }

    fn answered(&mut self, target: TargetId, status: u16, took: SimDuration) {
        if status >= 500 {
            *self.targets.entry(target).or_default().failed.entry(status).or_default() += 1;
        } else {
            let second = self.target_second(target);
            second.answered += 1;
            second.took = second.took + took;
        }
    }

    /// Ends the present second and begins the next.
    pub fn turn(&mut self, simulation: &Simulation) {
        self.sample(simulation);
        self.latencies.sort_unstable();
        let quantile = |q: f64| {
            let rank = (q * self.latencies.len() as f64).ceil() as usize;
            self.latencies.get(rank.saturating_sub(1)).map(|micros| *micros as f32 / 1_000.0)
        };
        let second = Second { p50: quantile(0.50), p95: quantile(0.95), p99: quantile(0.99), ..self.current };
        push(&mut self.seconds, second, SECONDS_KEPT);
        self.latencies.clear();
        self.current = Second::default();
        push(&mut self.routed, 0, SHARE_SECONDS + 1);
        for node in &mut self.nodes {
            push(node, 0, SPARK_SECONDS + 1);
        }
        for target in self.targets.values_mut() {
            push(&mut target.seconds, TargetSecond::default(), SHARE_SECONDS + 1);
        }
        self.targets.retain(|id, _| {
            let target = simulation.load_balancer().target_group().target(*id);
            target.registration() != albatross_engine::elb::Registration::NotRegistered
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

    /// A target's part of the requests of the last seconds, from 0 to 1.
    pub fn share(&self, target: TargetId) -> f64 {
        let total: u32 = self.routed.iter().sum();
        let of_target = self.targets.get(&target);
        let routed: u32 = of_target.map_or(0, |memory| memory.seconds.iter().map(|s| s.routed).sum());
        f64::from(routed) / f64::from(total.max(1))
    }

    /// The mean time that a target took for the answers of the last seconds.
    pub fn response_time(&self, target: TargetId) -> Option<SimDuration> {
        let seconds = &self.targets.get(&target)?.seconds;
        let answered: u64 = seconds.iter().map(|second| u64::from(second.answered)).sum();
        let took: u64 = seconds.iter().map(|second| second.took.as_micros()).sum();
        took.checked_div(answered).map(SimDuration::from_micros)
    }

    /// How many requests of a target ended in which 5xx.
    pub fn failed(&self, target: TargetId) -> BTreeMap<u16, u64> {
        self.targets.get(&target).map(|memory| memory.failed.clone()).unwrap_or_default()
    }

    /// How many requests a node received in each of the last whole seconds, oldest first.
    pub fn node_seconds(&self, node: usize) -> Vec<u32> {
        let seconds = self.nodes.get(node);
        seconds.map(|seconds| seconds.iter().take(seconds.len() - 1).copied().collect()).unwrap_or_default()
    }

    fn sample(&mut self, simulation: &Simulation) {
        let balancer = simulation.load_balancer();
        let group = balancer.target_group();
        let healthy = balancer.node_ids().map(|node| group.healthy_host_count(node)).min();
        self.current.healthy = healthy.unwrap_or_default() as u32;
        self.current.running = simulation.service().running_count();
        self.current.desired = simulation.service().desired_count();
    }

    fn node_mut(&mut self, node: NodeId) -> Option<&mut VecDeque<u32>> {
        self.nodes.get_mut(node.number() as usize)
    }

    fn target_second(&mut self, target: TargetId) -> &mut TargetSecond {
        let seconds = &mut self.targets.entry(target).or_default().seconds;
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
        let metrics = simulation.metrics();
        let sum = |figure: fn(&Second) -> u32| history.seconds().map(|s| u64::from(figure(s))).sum::<u64>();
        assert_eq!(sum(|second| second.success), metrics.target_2xx);
        assert_eq!(sum(|second| second.balancer_error), metrics.elb_5xx());
        assert!(metrics.elb_5xx() > 0);
    }

    #[test]
    fn shares_are_thirds_and_a_dead_target_s_goes_to_nought() {
        let (mut simulation, mut history) = world();
        run(&mut simulation, &mut history, 20);
        let targets: Vec<TargetId> =
            simulation.load_balancer().target_group().targets().map(|target| target.id()).collect();
        // Some 80 requests in ten seconds: a third is exact to one request, that is to about 1 %.
        targets.iter().for_each(|target| assert!((history.share(*target) - 1.0 / 3.0).abs() < 0.02));
        simulation.apply(Command::KillTask(TaskId::new(2))).expect("it runs");
        // Two failed checks take 10 s at the most, the window is 10 s.
        run(&mut simulation, &mut history, 22);
        let shares: Vec<f64> = targets.iter().map(|target| history.share(*target)).collect();
        assert_eq!(shares[1], 0.0);
        assert!((shares[0] - 0.5).abs() < 0.02 && (shares[2] - 0.5).abs() < 0.02, "{shares:?}");
        assert!(history.failed(targets[1]).get(&502).is_some_and(|count| *count > 0));
    }
}
