//! The server in a task: a number of workers, a first-come-first-served backlog, and what can go wrong with it.

use std::collections::VecDeque;

use super::settings::ContainerSettings;
use crate::kernel::{SimDuration, Slot};

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
}

impl Faults {
    /// Nothing is wrong.
    pub const NONE: Self =
        Self { slowness_percent: 100, answers_with: None, hangs: false, fails_health_check: false };
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
    /// It waits in the backlog.
    Queued,
    /// The backlog is full: the connection attempt is dropped.
    Dropped,
    /// The container takes no new connections.
    Refused,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    job: Job,
    serial: u32,
    /// Its time is over, but the process stands still.
    overdue: bool,
}

/// A running container.
#[derive(Clone, Debug)]
pub struct Container {
    settings: ContainerSettings,
    workers: Vec<Option<Running>>,
    backlog: VecDeque<(Job, SimDuration)>,
    faults: Faults,
    accepts: bool,
    serial: u32,
    busy: u32,
}

impl Container {
    pub(super) fn new(settings: ContainerSettings) -> Self {
        Self {
            settings,
            workers: vec![None; settings.workers as usize],
            backlog: VecDeque::with_capacity(16),
            faults: Faults::NONE,
            accepts: true,
            serial: 0,
            busy: 0,
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

    /// The status with which it answers a job.
    pub(crate) fn status_for(&self, job: Job) -> u16 {
        match (self.faults.answers_with, job) {
            (Some(status), _) => status,
            (None, Job::Check(_)) if self.faults.fails_health_check => 503,
            _ => 200,
        }
    }

    /// Takes a job that brings so much work.
    pub(crate) fn accept(&mut self, job: Job, work: SimDuration) -> Accepted {
        if !self.accepts {
            return Accepted::Refused;
        }
        if self.busy < self.settings.workers && !self.faults.hangs {
            let (token, takes) = self.start(job, work);
            return Accepted::Started(token, takes);
        }
        if self.backlog.len() >= self.settings.backlog as usize {
            return Accepted::Dropped;
        }
        self.backlog.push_back((job, work));
        Accepted::Queued
    }

    /// Ends the job of this token; nothing when it is no longer there, or when the process stands still.
    pub(crate) fn finish(&mut self, token: Token) -> Option<Job> {
        let place = self.workers.get_mut(token.worker as usize)?;
        let running = place.as_mut().filter(|running| running.serial == token.serial)?;
        if self.faults.hangs {
            running.overdue = true;
            return None;
        }
        let job = running.job;
        *place = None;
        self.busy -= 1;
        Some(job)
    }

    /// Starts the next waiting job, if there is one and a worker is free.
    pub(crate) fn start_next(&mut self) -> Option<(Token, SimDuration)> {
        if self.faults.hangs || self.busy >= self.settings.workers {
            return None;
        }
        let (job, work) = self.backlog.pop_front()?;
        Some(self.start(job, work))
    }

    /// Changes what is wrong with it. Returns the jobs whose end was held up and comes now.
    pub(crate) fn set_faults(&mut self, faults: Faults) -> Vec<Token> {
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

    /// SIGTERM: takes no new connections and finishes what it has.
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
        running.chain(self.backlog.into_iter().map(|(job, _)| job))
    }

    fn start(&mut self, job: Job, work: SimDuration) -> (Token, SimDuration) {
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        let free = self.workers.iter().position(Option::is_none).unwrap_or_default();
        self.workers[free] = Some(Running { job, serial, overdue: false });
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

    fn container(workers: u32, backlog: u32) -> Container {
        Container::new(ContainerSettings {
            workers,
            backlog,
            service_time: Distribution::Constant { value: WORK },
        })
    }

    fn jobs(count: usize) -> Vec<Job> {
        let mut slots = Slots::default();
        (0..count).map(|_| Job::Request(slots.insert(()))).collect()
    }

    #[test]
    fn jobs_start_while_workers_are_free_then_wait_then_are_dropped() {
        let mut container = container(2, 1);
        let accepted: Vec<Accepted> = jobs(4).into_iter().map(|job| container.accept(job, WORK)).collect();
        assert!(matches!(accepted[0], Accepted::Started(_, WORK)));
        assert!(matches!(accepted[1], Accepted::Started(_, WORK)));
        assert_eq!(accepted[2..], [Accepted::Queued, Accepted::Dropped]);
    }

    #[test]
    fn the_backlog_is_first_come_first_served() {
        let mut container = container(1, 8);
        let jobs = jobs(3);
        let Accepted::Started(first, _) = container.accept(jobs[0], WORK) else { panic!("a worker is free") };
        container.accept(jobs[1], WORK);
        container.accept(jobs[2], WORK);
        assert_eq!(container.finish(first), Some(jobs[0]));
        let (second, _) = container.start_next().expect("one waits");
        assert_eq!(container.finish(second), Some(jobs[1]));
    }

    #[test]
    fn a_slow_container_takes_longer_for_what_it_starts() {
        let mut container = container(1, 1);
        container.set_faults(Faults { slowness_percent: 500, ..Faults::NONE });
        let accepted = container.accept(jobs(1)[0], WORK);
        assert!(matches!(accepted, Accepted::Started(_, takes) if takes == WORK * 5));
    }

    #[test]
    fn a_hanging_container_accepts_and_answers_nothing_until_it_is_restored() {
        let mut container = container(1, 8);
        let jobs = jobs(2);
        let Accepted::Started(token, _) = container.accept(jobs[0], WORK) else { panic!("a worker is free") };
        assert!(container.set_faults(Faults { hangs: true, ..Faults::NONE }).is_empty());
        assert_eq!(container.accept(jobs[1], WORK), Accepted::Queued);
        assert_eq!(container.finish(token), None);
        assert!(!container.is_done());
        assert_eq!(container.set_faults(Faults::NONE), [token]);
        assert_eq!(container.finish(token), Some(jobs[0]));
        assert!(container.start_next().is_some());
    }

    #[test]
    fn a_finished_job_is_not_finished_again() {
        let mut container = container(1, 0);
        let jobs = jobs(2);
        let Accepted::Started(token, _) = container.accept(jobs[0], WORK) else { panic!("a worker is free") };
        assert!(container.finish(token).is_some());
        container.accept(jobs[1], WORK);
        assert_eq!(container.finish(token), None, "the worker has another job by now");
    }
}
