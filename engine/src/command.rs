//! What a person can do to the world, at an instant. Nothing else changes it.

use serde::{Deserialize, Serialize};

use std::fmt;

use crate::ecs::TaskId;
use crate::elb::TargetGroupAttribute;
use crate::traffic::RequestRate;

/// One thing that a person, a scenario's timeline or a test does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Command {
    /// The process in a task dies at once.
    KillTask(TaskId),
    /// `StopTask`: the task drains, gets SIGTERM and ends.
    StopTask(TaskId),
    /// What a task starts from now on takes it so many percent of the normal time: 1 to 10,000.
    SlowTask(TaskId, u32),
    /// A task answers every request and health check with this status: 500 to 599.
    FailRequests(TaskId, u16),
    /// A task accepts connections and answers nothing.
    HangTask(TaskId),
    /// A task answers its health checks 503, and its requests as ever.
    FailHealthCheck(TaskId),
    /// Nothing is wrong with a task any more.
    RestoreTask(TaskId),
    /// `UpdateService` with another desired count: 0 to [`Command::DESIRED_COUNT_MAX`].
    SetDesiredCount(u32),
    /// `ModifyTargetGroupAttributes`.
    ModifyTargetGroup(TargetGroupAttribute),
    /// Clients send so many requests.
    SetRequestRate(RequestRate),
}

impl Command {
    /// The most tasks that can be asked for. AWS's quota is 5,000 tasks per service; this is our own limit.
    pub const DESIRED_COUNT_MAX: u32 = 60;
    /// The greatest slowness, in percent.
    pub const SLOWNESS_PERCENT_MAX: u32 = 10_000;
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KillTask(task) => write!(f, "task {task} is killed"),
            Self::StopTask(task) => write!(f, "StopTask for task {task}"),
            Self::SlowTask(task, percent) => {
                write!(f, "task {task} takes {}× as long", f64::from(*percent) / 100.0)
            }
            Self::FailRequests(task, status) => write!(f, "task {task} answers {status} from now on"),
            Self::HangTask(task) => write!(f, "task {task} hangs"),
            Self::FailHealthCheck(task) => write!(f, "task {task} fails its health checks from now on"),
            Self::RestoreTask(task) => write!(f, "task {task} is restored"),
            Self::SetDesiredCount(count) => write!(f, "UpdateService: desired count {count}"),
            Self::ModifyTargetGroup(attribute) => {
                write!(f, "ModifyTargetGroupAttributes: {} = {}", attribute.key(), attribute.value())
            }
            Self::SetRequestRate(rate) => write!(f, "clients send {} requests/s", rate.as_per_second()),
        }
    }
}

/// Why a command cannot be carried out. The world is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// There never was a task with this number.
    #[error("there is no task {0}")]
    NoSuchTask(TaskId),
    /// The task has no running process to do this to.
    #[error("task {0} has no running process: it is starting, or its process has ended")]
    NoProcess(TaskId),
    /// The task is ending already.
    #[error("task {0} is ending already")]
    AlreadyStopping(TaskId),
    /// The slowness is out of range.
    #[error("a task can take 1 % to 10000 % of its normal time, not {0} %")]
    SlownessOutOfRange(u32),
    /// The status is not one of a failing server.
    #[error("a failing task answers with a status from 500 to 599, not {0}")]
    StatusOutOfRange(u16),
    /// The desired count is out of range.
    #[error("the desired count goes from 0 to 60 here, not {0}")]
    DesiredCountOutOfRange(u32),
}
