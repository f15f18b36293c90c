//! The state of the world as the picture shows it: plain values, made anew a few times a second.

mod look;
mod scaling;
mod service;
mod settings;

use albatross_engine::Simulation;
use albatross_engine::ecs::{Faults, TaskStatus, Worker};
use albatross_engine::elb::TargetState;
use albatross_engine::kernel::SimTime;

use super::history::History;

pub use scaling::{AlarmView, ScalingView};
pub use service::{DeploymentView, InstanceView, ServiceView, ZoneView};

/// A setting or a figure: its name, mostly AWS's, and its value.
pub type Fact = (String, String);

/// Everything that the DOM shows of the world at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The instant.
    pub now: SimTime,
    /// The clients.
    pub clients: ClientsView,
    /// The load balancer and its listeners.
    pub balancer: BalancerView,
    /// The zones: those that have a node first, in the order of the nodes.
    pub zones: Vec<ZoneView>,
    /// The load balancer's nodes.
    pub nodes: Vec<NodeView>,
    /// The tasks that are not STOPPED, in the order of their start.
    pub tasks: Vec<TaskView>,
    /// The target groups.
    pub target_groups: Vec<TargetGroupView>,
    /// The services.
    pub services: Vec<ServiceView>,
    /// The alarms.
    pub alarms: Vec<AlarmView>,
}

/// The clients and what became of their requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientsView {
    /// How many there are.
    pub count: u32,
    /// Requests per second that they send now.
    pub rate: f64,
    /// Requests per second apart from ramps, spikes and waves: what can be set.
    pub base_rate: f64,
    /// When the base holds, if not always: `, before the ramp`.
    pub base_holds: &'static str,
    /// How arrivals are spread: AWS has no word for it.
    pub arrivals: &'static str,
    /// How many addresses a DNS answer holds.
    pub addresses: usize,
    /// How they behave.
    pub settings: Vec<Fact>,
    /// What became of their requests.
    pub requests: Vec<Fact>,
    /// What CloudWatch counts.
    pub metrics: Vec<Fact>,
    /// Answers received, by status.
    pub statuses: Vec<Fact>,
    /// Whether any request ever ended as a client error: an answer 4xx, or given up.
    pub client_errors: bool,
}

/// The load balancer's settings, and its listeners.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BalancerView {
    /// The listeners, and where the only one leads to: `HTTP:80 → web-tg`.
    pub listeners: String,
    /// Its settings.
    pub settings: Vec<Fact>,
}

/// A load balancer node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeView {
    /// Its zone.
    pub zone: String,
    /// Requests that it holds.
    pub in_flight: u32,
    /// Requests that it ever received.
    pub received: u64,
    /// Whether DNS hands its address out.
    pub published: bool,
    /// The same in words, with the reason.
    pub dns: &'static str,
    /// For which target groups it sends requests to targets although too few are healthy.
    pub failing_open: String,
    /// `HealthyHostCount` and `UnHealthyHostCount` of each target group as it sees them.
    pub hosts: Vec<(usize, usize)>,
    /// Requests received in each of the last seconds.
    pub seconds: Vec<u32>,
}

/// A target group's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetGroupView {
    /// `Name`.
    pub name: String,
    /// `Port`.
    pub port: u16,
    /// Whether a listener forwards to it.
    pub used: bool,
    /// `load_balancing.algorithm.type`.
    pub algorithm: &'static str,
    /// `deregistration_delay.timeout_seconds`.
    pub deregistration_delay: u64,
    /// Its other attributes.
    pub attributes: Vec<Fact>,
    /// `UnhealthyThresholdCount`.
    pub unhealthy_threshold: u8,
    /// What nodes ask, and how often: `GET /health every 5 s`.
    pub check: String,
    /// The settings of the health check.
    pub health_check: Vec<Fact>,
}

/// What a health check found, for the little bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckView {
    /// Whether it passed.
    pub passed: bool,
}

/// A task and its target.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// Its number.
    pub number: u32,
    /// The index of its service.
    pub service: usize,
    /// Its service's name, where there are several services.
    pub service_name: Option<String>,
    /// The index of its target group.
    pub group: Option<usize>,
    /// Its task definition's family and revision.
    pub task_definition: String,
    /// Which revision it is of, while there are several: `:13`; and whether that is the PRIMARY one.
    pub revision: Option<(String, bool)>,
    /// Where it runs: its container instance, or its capacity provider.
    pub runs_on: String,
    /// Whether AWS may take its capacity back.
    pub spot: bool,
    /// The index of its zone.
    pub zone: usize,
    /// Its zone's name.
    pub zone_name: String,
    /// Its address.
    pub address: String,
    /// `lastStatus`.
    pub status: TaskStatus,
    /// When it reached RUNNING.
    pub started_at: Option<SimTime>,
    /// Whether ECS wants it to run.
    pub wanted: bool,
    /// `stopCode` and `stoppedReason`, once it ends.
    pub stop: Option<(&'static str, String)>,
    /// The exit code of its container, once that has exited.
    pub exit_code: Option<u8>,
    /// `healthStatus`.
    pub health: &'static str,
    /// Whether its process died.
    pub gone: bool,
    /// What is wrong with it; nothing when there is no process.
    pub faults: Option<Faults>,
    /// Its target's state; nothing before it is registered.
    pub state: Option<TargetState>,
    /// Its target's reason code.
    pub reason: Option<&'static str>,
    /// AWS's description of the latest failed check.
    pub description: Option<String>,
    /// How far the run of checks against the present verdict has come, for the node that is furthest.
    pub checks: Option<(u8, u8)>,
    /// What its workers do.
    pub workers: Vec<Worker>,
    /// How many jobs wait.
    pub waiting: usize,
    /// Requests that the load balancer has in flight on it.
    pub outstanding: u32,
    /// Requests ever routed to it.
    pub routed: u64,
    /// Its part of its target group's requests of the last seconds.
    pub share: f64,
    /// Its mean response time over the last seconds, in milliseconds.
    pub response_ms: Option<f64>,
    /// How many of its requests ended in which 5xx.
    pub failed: Vec<(u16, u64)>,
    /// Its latest health checks, oldest first.
    pub history: Vec<CheckView>,
}

impl Picture {
    /// The picture of a world.
    pub fn of(simulation: &Simulation, history: &History) -> Self {
        Self {
            now: simulation.now(),
            clients: look::clients(simulation, history),
            balancer: look::balancer(simulation),
            zones: service::zones(simulation),
            nodes: look::nodes(simulation, history),
            tasks: simulation.cluster().tasks().map(|task| look::task(task, simulation, history)).collect(),
            target_groups: simulation
                .load_balancer()
                .target_groups()
                .iter()
                .map(look::target_group)
                .collect(),
            services: service::services(simulation),
            alarms: scaling::alarms(simulation),
        }
    }

    /// The task with this number, while it is in the picture.
    pub fn task(&self, number: u32) -> Option<&TaskView> {
        self.tasks.iter().find(|task| task.number == number)
    }

    /// The target group of a task, if it has one.
    pub fn group_of(&self, task: &TaskView) -> Option<&TargetGroupView> {
        self.target_groups.get(task.group?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Driver, pace};
    use albatross_engine::ecs::{ServiceId, TaskId};
    use albatross_engine::elb::TargetGroupAttribute;
    use albatross_engine::{Command, Scenario};

    fn several() -> Scenario {
        crate::library::find(crate::several::NAME).cloned().expect("the tests have it")
    }

    fn picture_after(commands: &[(u64, Command)], until: u64) -> Picture {
        let scenario = crate::library::first();
        let mut simulation = Simulation::new(scenario, 7);
        let history = History::new(&simulation);
        let at = |second: u64| SimTime::from_micros(second * 1_000_000);
        for (second, command) in commands {
            simulation.advance(at(*second), u64::MAX);
            simulation.apply(command.clone()).expect("it can be done");
        }
        simulation.advance(at(until), u64::MAX);
        Picture::of(&simulation, &history)
    }

    #[test]
    fn a_killed_task_is_shown_gone_unhealthy_and_why() {
        let picture = picture_after(&[(20, Command::KillTask(TaskId::new(3)))], 31);
        let task = picture.task(3).expect("it is still there");
        assert!(task.gone && task.faults.is_none());
        assert_eq!(task.state, Some(TargetState::Unhealthy));
        assert_eq!(task.reason, Some("Target.FailedHealthChecks"));
        assert_eq!(task.checks, Some((2, 2)));
        assert_eq!(picture.services[0].pending, 1);
        assert_eq!(picture.nodes.iter().map(|node| node.hosts[0].1).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn a_world_of_several_is_shown_with_all_its_parts() {
        let mut driver = Driver::new(several(), 7);
        driver.pace.set_speed(pace::SPEEDS.len() - 1);
        (0..=100).for_each(|frame| driver.frame(f64::from(frame) * 10.0, || false));
        let picture = driver.picture();
        assert_eq!(picture.balancer.listeners, "HTTP:80, HTTP:8080");
        assert_eq!((picture.zones.len(), picture.nodes.len()), (3, 2));
        let used: Vec<bool> = picture.target_groups.iter().map(|group| group.used).collect();
        assert_eq!(used, [true, true, false]);
        let groups: Vec<Option<usize>> = picture.services.iter().map(|service| service.group).collect();
        assert_eq!(groups, [Some(0), Some(1), None, Some(2)]);
        let tasks = |service: usize| -> Vec<&TaskView> {
            picture.tasks.iter().filter(|task| task.service == service).collect()
        };
        for service in [0, 1] {
            let shares: f64 = tasks(service).iter().map(|task| task.share).sum();
            assert!((shares - 1.0).abs() < 0.01, "shares are those of the task's own group: {shares}");
        }
        assert_eq!(tasks(1)[2].zone_name, "us-east-1c");
        for unused in [tasks(1)[2], tasks(3)[0]] {
            assert_eq!((unused.state, unused.reason), (Some(TargetState::Unused), Some("Target.NotInUse")));
            assert_eq!((unused.routed, unused.history.len()), (0, 0));
        }
        assert_eq!((tasks(2)[0].state, tasks(2)[0].service_name.as_deref()), (None, Some("batch")));
        assert_eq!(picture.nodes[0].hosts, [(3, 0), (2, 0), (0, 0)]);
    }

    #[test]
    fn what_became_of_every_request_is_told() {
        let mut driver = Driver::new(several(), 7);
        driver.pace.set_speed(pace::SPEEDS.len() - 1);
        (0..=100).for_each(|frame| driver.frame(f64::from(frame) * 10.0, || false));
        let ClientsView { statuses, requests, client_errors, .. } = driver.picture().clients;
        let count = |facts: &[Fact], name: &str| -> u64 {
            let fact = facts.iter().find(|(known, _)| known == name).expect(name);
            fact.1.replace('\u{a0}', "").parse().expect("it is a number")
        };
        for status in ["200", "301", "410"] {
            assert!(count(&statuses, status) > 0, "{status}");
        }
        assert!(client_errors);
        let (given_up, retries) = (count(&requests, "Given up"), count(&requests, "Further attempts"));
        assert!(given_up > retries && retries > 0, "{given_up} given up, {retries} tried again");
        let answered: u64 = statuses.iter().map(|(status, _)| count(&statuses, status)).sum();
        let seconds = driver.history().seconds().chain([driver.history().present()]);
        let ended: u64 = seconds.map(|second| u64::from(second.ended())).sum();
        assert_eq!(ended, answered + given_up);
    }

    #[test]
    fn every_attribute_is_told_once() {
        let picture = picture_after(&[], 1);
        let told = picture.target_groups[0].attributes.iter().map(|(key, _)| key.as_str());
        let mut told: Vec<&str> =
            told.chain(["load_balancing.algorithm.type", "deregistration_delay.timeout_seconds"]).collect();
        let mut known = TargetGroupAttribute::KEYS.to_vec();
        told.sort_unstable();
        known.sort_unstable();
        assert_eq!(told, known);
    }

    #[test]
    fn a_new_task_is_shown_before_it_has_a_target() {
        let picture = picture_after(&[(5, Command::SetDesiredCount(ServiceId::new(0), 4))], 8);
        let task = picture.task(4).expect("it is starting");
        assert_eq!((task.status, task.state, task.routed), (TaskStatus::Provisioning, None, 0));
        let service = &picture.services[0];
        assert_eq!((service.desired, service.running, service.pending), (4, 3, 1));
    }
}
