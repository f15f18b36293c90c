//! The state of the world as the picture shows it: plain values, made anew a few times a second.

use albatross_engine::Simulation;
use albatross_engine::ecs::{DesiredStatus, Faults, Task, TaskStatus, Worker};
use albatross_engine::elb::health::Verdict;
use albatross_engine::elb::{Target, TargetState};
use albatross_engine::kernel::SimTime;

use super::history::History;

/// Everything that the DOM shows of the world at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The instant.
    pub now: SimTime,
    /// The clients.
    pub clients: ClientsView,
    /// The load balancer and its listener.
    pub balancer: BalancerView,
    /// The load balancer's nodes, in the order of the zones.
    pub nodes: Vec<NodeView>,
    /// The tasks that are not STOPPED, in the order of their start.
    pub tasks: Vec<TaskView>,
    /// The target group.
    pub target_group: TargetGroupView,
    /// The service.
    pub service: ServiceView,
}

/// The clients and what became of their requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientsView {
    /// How many there are.
    pub count: u32,
    /// Requests per second that are asked for.
    pub rate: f64,
    /// How arrivals are spread: AWS has no word for it.
    pub arrivals: &'static str,
    /// Requests sent.
    pub sent: u64,
    /// Requests under way.
    pub in_flight: u64,
    /// Answers 2xx.
    pub success: u64,
    /// Answers 5xx by targets.
    pub target_error: u64,
    /// Answers 5xx by the load balancer: 502, 503, 504.
    pub balancer_error: [u64; 3],
}

/// The load balancer's settings, and its listener's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BalancerView {
    /// `Name`.
    pub name: String,
    /// `Scheme`.
    pub scheme: &'static str,
    /// The listener's port.
    pub port: u16,
    /// `idle_timeout.timeout_seconds`.
    pub idle_timeout: u64,
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
    /// Whether it sends requests to targets although none is healthy.
    pub failing_open: bool,
    /// `HealthyHostCount` as it sees it.
    pub healthy: usize,
    /// `UnHealthyHostCount` as it sees it.
    pub unhealthy: usize,
    /// Requests received in each of the last seconds.
    pub seconds: Vec<u32>,
}

/// The target group's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetGroupView {
    /// `Name`.
    pub name: String,
    /// `Port`.
    pub port: u16,
    /// `load_balancing.algorithm.type`.
    pub algorithm: &'static str,
    /// `deregistration_delay.timeout_seconds`.
    pub deregistration_delay: u64,
    /// `HealthCheckPath`.
    pub path: String,
    /// `HealthCheckIntervalSeconds`.
    pub interval: u64,
    /// `HealthCheckTimeoutSeconds`.
    pub timeout: u64,
    /// `HealthyThresholdCount`.
    pub healthy_threshold: u8,
    /// `UnhealthyThresholdCount`.
    pub unhealthy_threshold: u8,
    /// `Matcher`.
    pub matcher: String,
}

/// The service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceView {
    /// `ServiceName`.
    pub name: String,
    /// The task definition's family and revision.
    pub task_definition: String,
    /// `desiredCount`.
    pub desired: u32,
    /// `runningCount`.
    pub running: u32,
    /// `pendingCount`.
    pub pending: u32,
    /// `minimumHealthyPercent`.
    pub minimum_healthy_percent: u32,
    /// `maximumPercent`.
    pub maximum_percent: u32,
    /// `healthCheckGracePeriodSeconds`.
    pub grace_period: u64,
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
    pub stop: Option<(&'static str, &'static str)>,
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
    /// Its part of the last seconds' requests.
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
            clients: clients(simulation),
            balancer: balancer(simulation),
            nodes: nodes(simulation, history),
            tasks: simulation.service().tasks().map(|task| task_view(task, simulation, history)).collect(),
            target_group: target_group(simulation),
            service: service(simulation),
        }
    }

    /// The task with this number, while it is in the picture.
    pub fn task(&self, number: u32) -> Option<&TaskView> {
        self.tasks.iter().find(|task| task.number == number)
    }
}

fn clients(simulation: &Simulation) -> ClientsView {
    let settings = simulation.traffic().settings();
    let metrics = simulation.metrics();
    ClientsView {
        count: settings.clients,
        rate: settings.rate.as_per_second(),
        arrivals: settings.arrivals.as_str(),
        sent: simulation.traffic().sent(),
        in_flight: simulation.requests_in_flight(),
        success: metrics.target_2xx,
        target_error: metrics.target_5xx,
        balancer_error: [metrics.elb_502, metrics.elb_503, metrics.elb_504],
    }
}

fn balancer(simulation: &Simulation) -> BalancerView {
    let settings = simulation.load_balancer().settings();
    BalancerView {
        name: settings.name.clone(),
        scheme: settings.scheme.as_str(),
        port: simulation.load_balancer().listener().port,
        idle_timeout: settings.idle_timeout.as_micros() / 1_000_000,
    }
}

fn nodes(simulation: &Simulation, history: &History) -> Vec<NodeView> {
    let balancer = simulation.load_balancer();
    let group = balancer.target_group();
    let nodes = balancer.node_ids().zip(balancer.nodes());
    let view = nodes.map(|(id, node)| NodeView {
        zone: node.zone().to_owned(),
        in_flight: node.in_flight(),
        received: node.received(),
        failing_open: node.is_failing_open(),
        healthy: group.healthy_host_count(id),
        unhealthy: group.unhealthy_host_count(id),
        seconds: history.node_seconds(id.number() as usize),
    });
    view.collect()
}

fn target_group(simulation: &Simulation) -> TargetGroupView {
    let settings = simulation.load_balancer().target_group().settings();
    let check = &settings.health_check;
    TargetGroupView {
        name: settings.name.clone(),
        port: settings.port,
        algorithm: settings.algorithm.as_str(),
        deregistration_delay: settings.deregistration_delay.as_micros() / 1_000_000,
        path: check.path.clone(),
        interval: check.interval.as_micros() / 1_000_000,
        timeout: check.timeout.as_micros() / 1_000_000,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
        matcher: check.matcher.to_string(),
    }
}

fn service(simulation: &Simulation) -> ServiceView {
    let service = simulation.service();
    let settings = service.settings();
    let definition = &settings.task_definition;
    ServiceView {
        name: settings.name.clone(),
        task_definition: format!("{}:{}", definition.family, definition.revision),
        desired: service.desired_count(),
        running: service.running_count(),
        pending: service.pending_count(),
        minimum_healthy_percent: settings.deployment.minimum_healthy_percent,
        maximum_percent: settings.deployment.maximum_percent,
        grace_period: settings.health_check_grace_period.as_micros() / 1_000_000,
    }
}

fn task_view(task: &Task, simulation: &Simulation, history: &History) -> TaskView {
    let balancer = simulation.load_balancer();
    let target = task.target().map(|id| balancer.target_group().target(id));
    let container = task.container();
    let health = target.map(Target::health);
    TaskView {
        number: task.id().number(),
        zone: task.zone(),
        zone_name: balancer.settings().zones.get(task.zone()).cloned().unwrap_or_default(),
        address: task.address().to_string(),
        status: task.status(),
        started_at: task.started_at(),
        wanted: task.desired_status() == DesiredStatus::Running,
        stop: task.stop_code().map(|code| (code.as_str(), code.reason())),
        gone: task.exited_at().is_some(),
        faults: container.map(|container| container.faults()),
        state: health.map(|health| health.state),
        reason: health.and_then(|health| health.reason).map(|reason| reason.code()),
        description: target.and_then(latest_failure),
        checks: target.and_then(|target| check_progress(target, simulation)),
        workers: container.map_or_else(
            || vec![Worker::Idle; simulation.service().settings().task_definition.container.workers as usize],
            |container| container.workers().collect(),
        ),
        waiting: container.map_or(0, |container| container.waiting()),
        outstanding: target.map_or(0, Target::outstanding),
        routed: target.map_or(0, Target::routed),
        share: target.map_or(0.0, |target| history.share(target.id())),
        response_ms: target
            .and_then(|target| history.response_time(target.id()))
            .map(|took| took.as_milliseconds()),
        failed: target.map_or_else(Vec::new, |target| history.failed(target.id()).into_iter().collect()),
        history: target.map_or_else(Vec::new, |target| {
            target.checks().map(|check| CheckView { passed: check.result.is_ok() }).collect()
        }),
    }
}

fn latest_failure(target: &Target) -> Option<String> {
    target.checks().rev().find_map(|check| check.result.err()).map(|failed| failed.to_string())
}

/// The node that is furthest on its way to another verdict, and how far: (2, 5) is ●●○○○. A target that has just
/// turned shows its full count until its next result.
fn check_progress(target: &Target, simulation: &Simulation) -> Option<(u8, u8)> {
    let settings = &simulation.load_balancer().target_group().settings().health_check;
    if matches!(target.health().state, TargetState::Draining | TargetState::Unused) {
        return None;
    }
    let nodes = target.nodes().iter();
    let furthest = nodes.max_by_key(|node| node.run())?;
    match furthest.verdict() {
        Verdict::Healthy if furthest.run() == 0 => None,
        Verdict::Unhealthy(_) if furthest.run() == 0 => {
            let count = settings.unhealthy_threshold;
            Some((count, count))
        }
        _ => Some((furthest.run(), furthest.threshold(settings))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use albatross_engine::{Command, ecs::TaskId};

    fn picture_after(commands: &[(u64, Command)], until: u64) -> Picture {
        let scenario = crate::library::first();
        let mut simulation = Simulation::new(scenario, 7);
        let history = History::new(&simulation);
        let at = |second: u64| SimTime::from_micros(second * 1_000_000);
        for (second, command) in commands {
            simulation.advance(at(*second), u64::MAX);
            simulation.apply(*command).expect("it can be done");
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
        assert_eq!(picture.service.pending, 1);
        assert_eq!(picture.nodes.iter().map(|node| node.unhealthy).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn a_new_task_is_shown_before_it_has_a_target() {
        let picture = picture_after(&[(5, Command::SetDesiredCount(4))], 8);
        let task = picture.task(4).expect("it is starting");
        assert_eq!((task.status, task.state, task.routed), (TaskStatus::Provisioning, None, 0));
        assert_eq!((picture.service.desired, picture.service.running, picture.service.pending), (4, 3, 1));
    }
}
