//! What is the matter with a revision.

use super::problems::{Problems, quoted};
use super::{At, HOUR};
use crate::command::Command;
use crate::ecs::Release;
use crate::kernel::SimDuration;
use crate::scenario::document::{self, FAULTS};

/// Reads a release, each kind of which has something of its own.
pub(super) fn release(at: At<'_>, document: &document::Release, problems: &mut Problems) -> Release {
    let fault = document.fault.as_str();
    problems.word(at.field("Fault"), fault, FAULTS);
    let mut given =
        |field, found: Option<String>, owners: &[&str], usual: &str| match (found, owners.contains(&fault)) {
            (None, true) => {
                let allowed = format_args!("given for the Fault {fault}");
                problems.add(at.field(field), "nothing", allowed, usual);
            }
            (Some(found), false) if FAULTS.contains(&fault) => {
                let allowed = format_args!("absent: the Fault {fault} has none");
                problems.add(at.field(field), found, allowed, "nothing");
            }
            _ => {}
        };
    given("Times", document.times.map(|times| times.to_string()), &["slow"], "3");
    given("After", document.after.as_ref().map(|after| quoted(&after.0)), &["crashes"], "\"0s\"");
    let status = document.status.map(|status| status.to_string());
    given("Status", status, &["answers-with", "fails-requests"], "500");
    let mut status =
        || document.status.map_or(500, |one| problems.whole(at.field("Status"), one, 500, 599)) as u16;
    match fault {
        "slow" => {
            let most = f64::from(Command::SLOWNESS_PERCENT_MAX) / 100.0;
            let times = document.times.unwrap_or(1.0);
            let times = problems.number(at.field("Times"), times, 0.01, most);
            Release::Slow { percent: libm::round(times * 100.0) as u32 }
        }
        "cannot-pull-image" => Release::CannotPullImage,
        "crashes" => {
            let text = document.after.as_ref();
            let after =
                text.map(|after| problems.duration(at.field("After"), &after.0, SimDuration::ZERO, HOUR));
            Release::Crashes { after: after.unwrap_or_default() }
        }
        "fails-health-check" => Release::FailsHealthCheck,
        "answers-with" => Release::AnswersWith(status()),
        "fails-requests" => Release::FailsRequests(status()),
        _ => Release::Good,
    }
}
