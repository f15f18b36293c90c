//! The server in a task: a number of workers, a first-come-first-served backlog, and what can go wrong with it.

use std::collections::VecDeque;

use super::settings::ContainerSettings;
use crate::kernel::{SimDuration, SimTime, Slot};

/// What a container works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// A request, by its place in the world's store.
    Request(Slot),
    /// A health check, likewise.
    Check(Slot),
}

/// Which job a planned completion belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    worker: u32,
    serial: u32,
}

/// What a person has done to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// How long work takes, in percent of normal.
    pub slowness_percent: u32,
    /// Whether every request and check is answered with this status instead of 200.
    pub answers_with: Option<u16>,
    /// Whether the process stands still: connections are accepted, nothing is answered.
    pub hangs: bool,
    /// Whether the health check alone is answered 503.
    pub fails_health_check: bool,
    /// Whether requests alone are answered with this status instead of 200.
    pub fails_requests: Option<u16>,
    /// Whether requests are answered with something that is not HTTP.
    pub garbles: bool,
}

impl Faults {
    /// Nothing is wrong.
    pub const NONE: Self = Self {
        slowness_percent: 100,
        answers_with: None,
        hangs: false,
        fails_health_check: false,
        fails_requests: None,
        garbles: false,
    };
}

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// Nothing.
    Idle,
    /// A request.
    Request,
    /// A health check.
    Check,
}

/// What became of a job that was brought to the container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// A worker has begun: it takes so long.
    Started(Token, SimDuration),
    /// It waits for a worker.
    Queued,
    /// The container takes nothing any more.
    Refused,
}

/// What became of an attempt to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connected {
    /// The connection is open.
    Open,
    /// The connection is open to the port for health checks alone.
    OpenForChecks,
    /// Nothing listens there.
    Refused,
    /// The backlog is full: the attempt is dropped without a word.
    Dropped,
}

/// A finished job and what it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) job: Job,
    /// How long it waited for a worker.
    pub(crate) waited: SimDuration,
    /// How long a worker was busy with it.
    pub(crate) worked: SimDuration,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    job: Job,
    serial: u32,
    came_at: SimTime,
    started_at: SimTime,
    /// From when on its work is not yet in the container's `worked`.
    uncounted_from: SimTime,
    /// Its time is over, but the process stands still.
    overdue: bool,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    job: Job,
    work: SimDuration,
    came_at: SimTime,
}

/// A running container.
#[derive(Clone, Debug)]
pub struct Container {
    settings: ContainerSettings,
    workers: Vec<Option<Running>>,
    backlog: VecDeque<Waiting>,
    faults: Faults,
    accepts: bool,
    listens_from: SimTime,
    serial: u32,
    busy: u32,
    /// How long its workers have worked, all together, since this was last taken.
    worked: SimDuration,
}

impl Container {
    pub(super) fn new(settings: ContainerSettings, now: SimTime) -> Self {
        Self {
            listens_from: now + settings.warm_up,
            workers: vec![None; settings.workers as usize],
            settings,
            backlog: VecDeque::with_capacity(16),
            faults: Faults::NONE,
            accepts: true,
            serial: 0,
            busy: 0,
            worked: SimDuration::ZERO,
        }
    }

    /// What is wrong with it.
    pub const fn faults(&self) -> Faults {
        self.faults
    }

    /// What each worker is doing.
    pub fn workers(&self) -> impl ExactSizeIterator<Item = Worker> {
        self.workers.iter().map(|worker| match worker {
            None => Worker::Idle,
            Some(Running { job: Job::Request(_), .. }) => Worker::Request,
            Some(Running { job: Job::Check(_), .. }) => Worker::Check,
        })
    }

    /// How many workers are at work.
    pub const fn busy(&self) -> u32 {
        self.busy
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        self.backlog.len()
    }

    /// How it works.
    pub const fn settings(&self) -> &ContainerSettings {
        &self.settings
    }

    /// The status with which it answers a job that asks for a path.
    pub(crate) fn status_for(&self, job: Job, path: &str) -> u16 {
        match (self.faults.answers_with, job) {
            (Some(status), _) => status,
            (None, Job::Check(_)) if self.faults.fails_health_check => 503,
            (None, Job::Request(_)) => {
                self.faults.fails_requests.unwrap_or_else(|| self.settings.status_of(path))
            }
            _ => self.settings.status_of(path),
        }
    }

    /// The status with which the port for health checks alone answers: it does not share the fate of requests.
    pub(crate) fn status_apart(&self, path: &str) -> u16 {
        if self.faults.fails_health_check { 503 } else { self.settings.status_of(path) }
    }

    /// It has been running for long: it is warm.
    pub(super) fn listen_at_once(&mut self) {
        self.listens_from = SimTime::ZERO;
    }

    /// Whether it has warmed up and listens on its ports.
    pub fn is_listening(&self, now: SimTime) -> bool {
        self.accepts && now >= self.listens_from
    }

    /// Whether a connection to a port comes about.
    pub(crate) fn connect(&self, port: u16, now: SimTime) -> Connected {
        if !self.is_listening(now) {
            return Connected::Refused;
        }
        if self.settings.health_port == Some(port) {
            return Connected::OpenForChecks;
        }
        if self.settings.port != port {
            return Connected::Refused;
        }
        let free = self.busy < self.settings.workers && !self.faults.hangs;
        if free || self.backlog.len() < self.settings.backlog as usize {
            Connected::Open
        } else {
            Connected::Dropped
        }
    }

    /// Takes a job that came over an open connection and brings so much work.
    pub(crate) fn accept(&mut self, job: Job, work: SimDuration, now: SimTime) -> Accepted {
        if !self.accepts {
            return Accepted::Refused;
        }
        let waiting = Waiting { job, work, came_at: now };
        if self.busy < self.settings.workers && !self.faults.hangs {
            let (token, takes) = self.start(waiting, now);
            return Accepted::Started(token, takes);
        }
        self.backlog.push_back(waiting);
        Accepted::Queued
    }

    /// Ends the job of this token; nothing when it is no longer there, or when the process stands still.
    pub(crate) fn finish(&mut self, token: Token, now: SimTime) -> Option<Done> {
        let place = self.workers.get_mut(token.worker as usize)?;
        let running = place.as_mut().filter(|running| running.serial == token.serial)?;
        if self.faults.hangs {
            running.overdue = true;
            return None;
        }
        let Running { job, came_at, started_at, uncounted_from, .. } = *running;
        *place = None;
        self.busy -= 1;
        self.worked += now.since(uncounted_from);
        Some(Done { job, waited: started_at.since(came_at), worked: now.since(started_at) })
    }

    /// Starts the next waiting job, if there is one and a worker is free.
    pub(crate) fn start_next(&mut self, now: SimTime) -> Option<(Token, SimDuration)> {
        if self.faults.hangs || self.busy >= self.settings.workers {
            return None;
        }
        let waiting = self.backlog.pop_front()?;
        Some(self.start(waiting, now))
    }

    /// How long its workers have worked, all together, since the last time that this was asked. A process that stands
    /// still does no work.
    pub(super) fn take_worked(&mut self, now: SimTime) -> SimDuration {
        self.count_work(now);
        std::mem::take(&mut self.worked)
    }

    /// Counts the work on jobs that are not done yet.
    fn count_work(&mut self, now: SimTime) {
        for running in self.workers.iter_mut().flatten() {
            if !self.faults.hangs {
                self.worked += now.since(running.uncounted_from);
            }
            running.uncounted_from = now;
        }
    }

    /// The requests that it works on and those that wait.
    pub(super) fn requests_in_hand(&self) -> usize {
        let running = self.workers.iter().flatten().map(|running| running.job);
        let waiting = self.backlog.iter().map(|waiting| waiting.job);
        running.chain(waiting).filter(|job| matches!(job, Job::Request(_))).count()
    }

    /// Changes what is wrong with it. Returns the jobs whose end was held up and comes now.
    pub(crate) fn set_faults(&mut self, faults: Faults, now: SimTime) -> Vec<Token> {
        self.count_work(now);
        self.faults = faults;
        if faults.hangs {
            return Vec::new();
        }
        let tokens = (0..).zip(&self.workers).filter_map(|(worker, running)| {
            let running = running.filter(|running| running.overdue)?;
            Some(Token { worker, serial: running.serial })
        });
        tokens.collect()
    }

    /// SIGTERM: it takes no new connections and finishes what it has.
    pub(super) fn stop_accepting(&mut self) {
        self.accepts = false;
    }

    /// Whether it has nothing left to do. A process that stands still never gets there.
    pub(super) fn is_done(&self) -> bool {
        self.busy == 0 && self.backlog.is_empty() && !self.faults.hangs
    }

    /// The end of the process: everything that it had in hand.
    pub(crate) fn into_jobs(self) -> impl Iterator<Item = Job> {
        let running = self.workers.into_iter().flatten().map(|running| running.job);
        running.chain(self.backlog.into_iter().map(|waiting| waiting.job))
    }

    fn start(&mut self, waiting: Waiting, now: SimTime) -> (Token, SimDuration) {
        let Waiting { job, work, came_at } = waiting;
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        let free = self.workers.iter().position(Option::is_none).unwrap_or_default();
        self.workers[free] =
            Some(Running { job, serial, came_at, started_at: now, uncounted_from: now, overdue: false });
        self.busy += 1;
        let takes = match self.faults.slowness_percent {
            100 => work,
            percent => work.scaled(f64::from(percent) / 100.0),
        };
        (Token { worker: free as u32, serial }, takes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Distribution, Slots};

    const WORK: SimDuration = SimDuration::from_millis(10);
    const PORT: u16 = 3_000;
    const NOW: SimTime = SimTime::ZERO;

    fn container(workers: u32, backlog: u32) -> Container {
        Container::new(
            ContainerSettings {
                port: PORT,
                health_port: Some(8_081),
                workers,
                backlog,
                service_time: Distribution::Constant { value: WORK },
                keep_alive: None,
                paths: vec!["/shop/*".to_owned()],
                sets_cookie: None,
                warm_up: SimDuration::ZERO,
                on_sigterm: crate::ecs::OnSigterm::default(),
                memory: crate::ecs::MemoryUse::default(),
            },
            NOW,
        )
    }

    fn jobs(count: usize) -> Vec<Job> {
        let mut slots = Slots::default();
        (0..count).map(|_| Job::Request(slots.insert(()))).collect()
    }

    #[test]
    fn jobs_start_while_workers_are_free_then_wait_and_connections_beyond_the_backlog_are_dropped() {
        let mut container = container(2, 1);
        let mut connected = Vec::new();
        for job in jobs(3) {
            connected.push(container.connect(PORT, NOW));
            container.accept(job, WORK, NOW);
        }
        assert_eq!(connected, [Connected::Open; 3]);
        assert_eq!((container.busy(), container.waiting()), (2, 1));
        assert_eq!(container.connect(PORT, NOW), Connected::Dropped);
        assert_eq!(
            container.connect(8_081, NOW),
            Connected::OpenForChecks,
            "checks have a port of their own"
        );
        assert_eq!(container.connect(PORT + 1, NOW), Connected::Refused);
    }

    #[test]
    fn a_path_that_it_does_not_know_is_404() {
        let container = container(1, 1);
        let job = jobs(1)[0];
        assert_eq!(container.status_for(job, "/shop/cart"), 200);
        assert_eq!(container.status_for(job, "/Shop/cart"), 404);
    }

    #[test]
    fn the_backlog_is_first_come_first_served() {
        let mut container = container(1, 8);
        let jobs = jobs(3);
        let Accepted::Started(first, _) = container.accept(jobs[0], WORK, NOW) else {
            panic!("a worker is free")
        };
        container.accept(jobs[1], WORK, NOW);
        container.accept(jobs[2], WORK, NOW);
        assert_eq!(container.finish(first, NOW).map(|done| done.job), Some(jobs[0]));
        let (second, _) = container.start_next(NOW).expect("one waits");
        assert_eq!(container.finish(second, NOW).map(|done| done.job), Some(jobs[1]));
    }

    #[test]
    fn a_slow_container_takes_longer_for_what_it_starts() {
        let mut container = container(1, 1);
        container.set_faults(Faults { slowness_percent: 500, ..Faults::NONE }, NOW);
        let accepted = container.accept(jobs(1)[0], WORK, NOW);
        assert!(matches!(accepted, Accepted::Started(_, takes) if takes == WORK * 5));
    }

    #[test]
    fn a_hanging_container_accepts_and_answers_nothing_until_it_is_restored() {
        let mut container = container(1, 8);
        let jobs = jobs(2);
        let Accepted::Started(token, _) = container.accept(jobs[0], WORK, NOW) else {
            panic!("a worker is free")
        };
        assert!(container.set_faults(Faults { hangs: true, ..Faults::NONE }, NOW).is_empty());
        assert_eq!(container.accept(jobs[1], WORK, NOW), Accepted::Queued);
        assert_eq!(container.finish(token, NOW), None);
        assert!(!container.is_done());
        assert_eq!(container.set_faults(Faults::NONE, NOW), [token]);
        assert_eq!(container.finish(token, NOW).map(|done| done.job), Some(jobs[0]));
        assert!(container.start_next(NOW).is_some());
    }

    #[test]
    fn a_container_listens_when_it_has_warmed_up() {
        let mut container = container(1, 1);
        container.listens_from = NOW + SimDuration::from_secs(5);
        assert_eq!(container.connect(PORT, NOW), Connected::Refused);
        assert_eq!(container.connect(PORT, NOW + SimDuration::from_secs(5)), Connected::Open);
        container.listen_at_once();
        assert_eq!(container.connect(PORT, NOW), Connected::Open);
    }

    #[test]
    fn a_finished_job_is_not_finished_again() {
        let mut container = container(1, 0);
        let jobs = jobs(2);
        let Accepted::Started(token, _) = container.accept(jobs[0], WORK, NOW) else {
            panic!("a worker is free")
        };
        assert!(container.finish(token, NOW).is_some());
        container.accept(jobs[1], WORK, NOW);
        assert_eq!(container.finish(token, NOW), None, "the worker has another job by now");
    }

    #[test]
    fn work_is_counted_to_the_instant_and_a_process_that_stands_still_does_none() {
        let at = |millis| SimTime::ZERO + SimDuration::from_millis(millis);
        let mut container = container(2, 8);
        let jobs = jobs(2);
        let Accepted::Started(first, _) = container.accept(jobs[0], WORK, at(0)) else {
            panic!("a worker is free")
        };
        container.accept(jobs[1], WORK, at(4));
        assert_eq!(container.take_worked(at(6)), SimDuration::from_millis(6 + 2));
        assert!(container.finish(first, at(10)).is_some());
        container.set_faults(Faults { hangs: true, ..Faults::NONE }, at(11));
        assert_eq!(container.take_worked(at(20)), SimDuration::from_millis(4 + 5));
        container.set_faults(Faults::NONE, at(25));
        assert_eq!(container.take_worked(at(26)), SimDuration::from_millis(1));
    }
}
