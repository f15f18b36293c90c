//! The timeline: commands at instants. Whether a task exists is known only when its instant comes.

use super::traffic::rate;
use super::{Problems, quoted};
use crate::command::Command;
use crate::ecs::{ServiceId, TaskId};
use crate::elb::{TargetGroupAttribute, TargetGroupId};
use crate::kernel::{SimDuration, SimTime};
use crate::scenario::document::{CommandDocument, Moment, TaskReference};

const MOMENTS_MAX: usize = 10_000;
const LONGEST: SimDuration = SimDuration::from_secs(1_000 * 3_600);

pub(super) fn timeline(moments: &[Moment], problems: &mut Problems) -> Vec<(SimTime, Command)> {
    if moments.len() > MOMENTS_MAX {
        problems.add("Timeline", moments.len(), "at most 10000 moments", "fewer");
        return Vec::new();
    }
    let mut timeline: Vec<(SimTime, Command)> = moments
        .iter()
        .enumerate()
        .filter_map(|(index, moment)| {
            let path = format!("Timeline[{index}]");
            let at = problems.duration(&format!("{path}.At"), &moment.at, SimDuration::ZERO, LONGEST);
            let command = command(&format!("{path}.Command"), &moment.command, problems)?;
            Some((SimTime::ZERO + at, command))
        })
        .collect();
    timeline.sort_by_key(|(at, _)| *at);
    timeline
}

fn command(path: &str, document: &CommandDocument, problems: &mut Problems) -> Option<Command> {
    let mut task = |kind: &str, number: i64| {
        let path = format!("{path}.{kind}.Task");
        TaskId::new(problems.whole(&path, number, 1, i64::from(u32::MAX)))
    };
    Some(match document {
        CommandDocument::KillTask(TaskReference { task: id }) => Command::KillTask(task("KillTask", *id)),
        CommandDocument::StopTask(TaskReference { task: id }) => Command::StopTask(task("StopTask", *id)),
        CommandDocument::HangTask(TaskReference { task: id }) => Command::HangTask(task("HangTask", *id)),
        CommandDocument::FailHealthCheck(TaskReference { task: id }) => {
            Command::FailHealthCheck(task("FailHealthCheck", *id))
        }
        CommandDocument::RestoreTask(TaskReference { task: id }) => {
            Command::RestoreTask(task("RestoreTask", *id))
        }
        CommandDocument::SlowTask(slow) => {
            let id = task("SlowTask", slow.task);
            if !(0.01..=100.0).contains(&slow.times) {
                let path = format!("{path}.SlowTask.Times");
                problems.add(&path, slow.times, "a number from 0.01 to 100", 5);
            }
            Command::SlowTask(id, libm::round(slow.times.clamp(0.01, 100.0) * 100.0) as u32)
        }
        CommandDocument::FailRequests(fail) => {
            let id = task("FailRequests", fail.task);
            let status = problems.whole(&format!("{path}.FailRequests.Status"), fail.status, 500, 599);
            Command::FailRequests(id, u16::try_from(status).unwrap_or(500))
        }
        CommandDocument::UpdateService(update) => {
            let max = i64::from(Command::DESIRED_COUNT_MAX);
            let path = format!("{path}.UpdateService.DesiredCount");
            Command::SetDesiredCount(ServiceId::new(0), problems.whole(&path, update.desired_count, 0, max))
        }
        CommandDocument::ModifyTargetGroupAttributes(attribute) => {
            match TargetGroupAttribute::parse(&attribute.key, &attribute.value) {
                Ok(attribute) => Command::ModifyTargetGroup(TargetGroupId::new(0), attribute),
                Err(refused) => {
                    let found = format!("{} = {}", quoted(&attribute.key), quoted(&attribute.value));
                    let path = format!("{path}.ModifyTargetGroupAttributes");
                    problems.add(&path, found, refused, "one of these");
                    return None;
                }
            }
        }
        CommandDocument::SetTraffic(traffic) => {
            let path = format!("{path}.SetTraffic.RequestsPerSecond");
            Command::SetRequestRate(rate(&path, traffic.requests_per_second, problems))
        }
    })
}
