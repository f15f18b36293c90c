//! A task: why it is in its state, its health checks, what can be done to it, its figures.

use albatross_engine::Command;
use albatross_engine::ecs::{Faults, TaskId};
use leptos::prelude::*;

use super::fact;
use super::why::why;
use crate::driver::picture::TaskView;
use crate::playground::Playground;
use crate::words;

/// What “Slow” does: percent of the normal time.
const SLOW_PERCENT: u32 = 500;
/// What “Errors” answers.
const ERROR_STATUS: u16 = 500;

#[component]
pub(super) fn TaskPanel(number: u32) -> impl IntoView {
    let playground = Playground::expect();
    let task = Memo::new(move |_| playground.picture.with(|picture| picture.task(number).cloned()));
    let group = Memo::new(move |_| playground.picture.with(|picture| picture.target_group.clone()));
    let read = move |read: fn(&TaskView) -> String| {
        move || task.with(|task| task.as_ref().map(read).unwrap_or_default())
    };
    let explanation =
        Memo::new(move |_| task.with(|task| task.as_ref().map(|task| group.with(|group| why(task, group)))));
    let about = move || {
        let revision = playground.picture.with(|picture| picture.service.task_definition.clone());
        let (now, text) = playground.picture.with(|picture| {
            (
                picture.now,
                picture
                    .task(number)
                    .map(|task| (task.address.clone(), task.zone_name.clone(), task.started_at)),
            )
        });
        let Some((address, zone, started_at)) = text else { return String::new() };
        let up = started_at
            .map(|at| format!(" · up\u{a0}{}", up_time(now.since(at).as_seconds())))
            .unwrap_or_default();
        format!("{revision} · {address} · {zone}{up}")
    };
    let checks = move || {
        let bars = task.with(|task| task.as_ref().map(|task| task.history.clone()).unwrap_or_default());
        bars.into_iter().map(|check| view! { <i class:failed=!check.passed></i> }).collect_view()
    };
    let check_label = read(|task| {
        let failed = task.history.iter().filter(|check| !check.passed).count();
        format!("{} health checks, {failed} failed", task.history.len())
    });
    view! {
        <h2 tabindex="-1">{format!("task {number}")}</h2>
        <p class="about">{about}</p>
        {move || {
            explanation.get().flatten().map(|why| {
                view! { <p class="why" data-kind=why.kind id="why"><b>{why.question}</b>" "{why.answer}</p> }
            })
        }}
        <Actions number task />
        <h3>
            {move || {
                let none = task.with(|task| task.as_ref().is_none_or(|task| task.history.is_empty()));
                if none { "No health check yet" } else { "Health checks, newest right" }
            }}
        </h3>
        <div class="history" role="img" aria-label=check_label>{checks}</div>
        <p>{move || group.with(|group| format!("GET {} every {} s, from every node", group.path, group.interval))}</p>
        <dl class="facts">
            {fact("lastStatus", read(|task| task.status.as_str().to_owned()))}
            {fact("desiredStatus", read(|task| if task.wanted { "RUNNING" } else { "STOPPED" }.to_owned()))}
            {fact("State", read(|task| task.state.map_or("not registered", |state| state.as_str()).to_owned()))}
            {fact("Reason", read(|task| task.reason.unwrap_or("–").to_owned()))}
        </dl>
        <dl class="facts">
            {fact("Requests, share", read(|task| format!("{} · {}", words::count(task.routed), words::percent(task.share))))}
            {fact("In flight, waiting", read(|task| format!("{} · {}", task.outstanding, task.waiting)))}
            {fact("Failed on it", read(failures))}
            {fact("Mean response time", read(|task| task.response_ms.map_or_else(|| "–".to_owned(), words::milliseconds)))}
        </dl>
    }
    .into_any()
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

const ACTIONS: [Action; 7] = [
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
        says: "Restore",
        word: "restore",
        key: None,
        command: Command::RestoreTask,
        in_force: None,
        possible: |task| task.faults.is_some_and(|faults| faults != Faults::NONE),
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
                {action.says}
                {action.key.map(|key| view! { " "<kbd>{key}</kbd> })}
            </button>
        }
    };
    let buttons = ACTIONS.iter().map(button).collect_view();
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
        ..120.0 => format!("{seconds:.0}\u{a0}s"),
        ..7_200.0 => format!("{:.0}\u{a0}min", seconds / 60.0),
        _ => format!("{:.0}\u{a0}h", seconds / 3_600.0),
    }
}
