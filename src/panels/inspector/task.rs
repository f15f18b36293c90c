//! A task: why it is in its state, its health checks, what can be done to it, its figures.

use albatross_engine::Command;
use albatross_engine::ecs::{Faults, TaskId};
use albatross_engine::elb::TargetState;
use leptos::prelude::*;

use super::why::{Why, why};
use super::{facts, row};
use crate::changing::{part, part_if, text};
use crate::driver::picture::{CheckView, Fact, Picture, TaskView};
use crate::playground::Playground;
use crate::words;

/// What “Slow” does: percent of the normal time.
const SLOW_PERCENT: u32 = 500;
/// What only tasks of Fargate Spot have to fear.
const INTERRUPT: &str = "interrupt";
/// What “Errors” answers.
const ERROR_STATUS: u16 = 500;

#[component]
pub(super) fn TaskPanel(number: u32) -> impl IntoView {
    let playground = Playground::expect();
    let task = Memo::new(move |_| playground.picture.with(|picture| picture.task(number).cloned()));
    let read = move |read: fn(&TaskView) -> String| {
        move || task.with(|task| task.as_ref().map(read).unwrap_or_default())
    };
    let explanation = move || {
        let why = playground.picture.with(|picture| {
            let task = picture.task(number)?;
            why(task, picture.group_of(task), task.zone < picture.nodes.len())
        })?;
        let Why { kind, question, answer } = why;
        Some(
            view! { <p class="why" data-kind=kind id="why"><b>{question.to_owned()}</b>" "{answer}</p> }
                .into_any(),
        )
    };
    let about = move || playground.picture.with(|picture| about(picture, number)).unwrap_or_default();
    let bars = move || {
        let checks = task.with(|task| task.as_ref().map(|task| task.history.clone()).unwrap_or_default());
        let bar =
            |check: CheckView| view! { <i class=if check.passed { "" } else { "failed" }></i> }.into_any();
        checks.into_iter().map(bar).collect_view().into_any()
    };
    let checked_how =
        move || playground.picture.with(|picture| checked_how(picture, number)).unwrap_or_default();
    let list = move |list: fn(&TaskView) -> Vec<Fact>| {
        facts(Memo::new(move |_| task.with(|task| task.as_ref().map(list).unwrap_or_default())))
    };
    let check_label = read(|task| {
        let failed = task.history.iter().filter(|check| !check.passed).count();
        format!("{} health checks, {failed} failed", task.history.len())
    });
    view! {
        <h2 tabindex="-1">{format!("task {number}")}</h2>
        <p class="about">{text(about)}</p>
        {part_if(explanation)}
        <Actions number task />
        <h3>
            {text(read(|task| {
                if task.history.is_empty() { "No health check yet" } else { "Health checks, newest right" }.to_owned()
            }))}
        </h3>
        <div class="history" role="img" aria-label=check_label>{part(bars)}</div>
        <p>{text(checked_how)}</p>
        {list(states)}
        {list(ending)}
        {list(figures)}
    }
    .into_any()
}

/// What a task is made of and where it is.
fn about(picture: &Picture, number: u32) -> Option<String> {
    let task = picture.task(number)?;
    let TaskView { task_definition, address, zone_name, .. } = task;
    let up = task.started_at.map(|at| format!(" · up\u{a0}{}", up_time(picture.now.since(at).as_seconds())));
    Some(format!("{task_definition} · {address} · {zone_name}{}", up.unwrap_or_default()))
}

/// What nodes ask it, and how often; or why they do not.
fn checked_how(picture: &Picture, number: u32) -> Option<String> {
    let task = picture.task(number)?;
    Some(match picture.group_of(task) {
        Some(_) if task.state == Some(TargetState::Unused) => {
            "A target that is unused is not checked.".to_owned()
        }
        Some(group) if group.used => format!("{}, from every node", group.check),
        Some(_) => "No listener forwards to its target group.".to_owned(),
        None => "Its service has no target group.".to_owned(),
    })
}

fn states(task: &TaskView) -> Vec<Fact> {
    vec![
        row("lastStatus", task.status.as_str()),
        row("desiredStatus", if task.wanted { "RUNNING" } else { "STOPPED" }),
        row("State", task.state.map_or("not registered", |state| state.as_str())),
        row("Reason", task.reason.unwrap_or("–")),
        row("healthStatus", task.health),
        row("Runs on", task.runs_on.as_str()),
    ]
}

/// Why it ends, once it does.
fn ending(task: &TaskView) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some((code, reason)) = &task.stop {
        facts.extend([row("stopCode", *code), row("stoppedReason", reason.as_str())]);
    }
    facts.extend(task.exit_code.map(|code| row("exitCode", code.to_string())));
    facts
}

fn figures(task: &TaskView) -> Vec<Fact> {
    vec![
        row("Requests, share", format!("{} · {}", words::count(task.routed), words::percent(task.share))),
        row("In flight, waiting", format!("{} · {}", task.outstanding, task.waiting)),
        row("Failed on it", failures(task)),
        row("Mean response time", task.response_ms.map_or_else(|| "–".to_owned(), words::milliseconds)),
    ]
}

/// One thing that can be done to a task.
struct Action {
    /// What the button says.
    says: &'static str,
    /// The word that names it in the document.
    word: &'static str,
    /// The key that does the same.
    key: Option<&'static str>,
    command: fn(TaskId) -> Command,
    /// Whether it is in force, for those that last.
    in_force: Option<fn(Faults) -> bool>,
    possible: fn(&TaskView) -> bool,
}

fn has_process(task: &TaskView) -> bool {
    task.faults.is_some()
}

const ACTIONS: [Action; 9] = [
    Action {
        says: "Kill",
        word: "kill",
        key: Some("K"),
        command: Command::KillTask,
        in_force: None,
        possible: has_process,
    },
    Action {
        says: "Stop",
        word: "stop",
        key: None,
        command: Command::StopTask,
        in_force: None,
        possible: |task| task.wanted,
    },
    Action {
        says: "Slow ×5",
        word: "slow",
        key: None,
        command: |task| Command::SlowTask(task, SLOW_PERCENT),
        in_force: Some(|faults| faults.slowness_percent != 100),
        possible: has_process,
    },
    Action {
        says: "Errors",
        word: "errors",
        key: None,
        command: |task| Command::FailRequests(task, ERROR_STATUS),
        in_force: Some(|faults| faults.answers_with.is_some()),
        possible: has_process,
    },
    Action {
        says: "Hang",
        word: "hang",
        key: None,
        command: Command::HangTask,
        in_force: Some(|faults| faults.hangs),
        possible: has_process,
    },
    Action {
        says: "Fail check",
        word: "fail-check",
        key: None,
        command: Command::FailHealthCheck,
        in_force: Some(|faults| faults.fails_health_check),
        possible: has_process,
    },
    Action {
        says: "Garble",
        word: "garble",
        key: None,
        command: Command::GarbleResponses,
        in_force: Some(|faults| faults.garbles),
        possible: has_process,
    },
    Action {
        says: "Restore",
        word: "restore",
        key: None,
        command: Command::RestoreTask,
        in_force: None,
        possible: |task| task.faults.is_some_and(|faults| faults != Faults::NONE),
    },
    Action {
        says: "Interrupt (Spot)",
        word: INTERRUPT,
        key: None,
        command: Command::InterruptSpot,
        in_force: None,
        possible: |task| task.spot && task.wanted,
    },
];

#[component]
fn Actions(number: u32, task: Memo<Option<TaskView>>) -> impl IntoView {
    let playground = Playground::expect();
    let button = |action: &'static Action| {
        let possible = move || task.with(|task| task.as_ref().is_some_and(action.possible));
        let pressed = action.in_force.map(|in_force| {
            move || {
                task.with(|task| task.as_ref().and_then(|task| task.faults).is_some_and(in_force)).to_string()
            }
        });
        view! {
            <button
                type="button"
                class="button"
                data-act=action.word
                disabled=move || !possible()
                aria-pressed=pressed
                on:click=move |_| playground.apply((action.command)(TaskId::new(number)))
            >
                {action.says.to_owned()}
                {action.key.map(|key| view! { " "<kbd>{key.to_owned()}</kbd> }.into_any())}
            </button>
        }
        .into_any()
    };
    let on_spot = task.with_untracked(|task| task.as_ref().is_some_and(|task| task.spot));
    let there = |action: &&Action| on_spot || action.word != INTERRUPT;
    let buttons = ACTIONS.iter().filter(there).map(button).collect_view();
    view! {
        <div class="actions" role="group" aria-label=format!("What to do to task {number}")>{buttons}</div>
    }
    .into_any()
}

fn failures(task: &TaskView) -> String {
    if task.failed.is_empty() {
        return "–".to_owned();
    }
    let failures = task.failed.iter().map(|(status, count)| format!("{} × {status}", words::count(*count)));
    failures.collect::<Vec<_>>().join(", ")
}

fn up_time(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{}\u{a0}s", words::fixed(seconds, 0)),
        ..7_200.0 => format!("{}\u{a0}min", words::fixed(seconds / 60.0, 0)),
        _ => format!("{}\u{a0}h", words::fixed(seconds / 3_600.0, 0)),
    }
}
