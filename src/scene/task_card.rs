//! A task's card: its name, its state in words, its workers, its queue, its part of the requests.

use albatross_engine::ecs::{Faults, TaskStatus, Worker};
use albatross_engine::elb::TargetState;
use leptos::prelude::*;

use super::geometry::Layout;
use crate::changing::{each, part_if};
use crate::driver::picture::TaskView;
use crate::playground::{Playground, Selection};
use crate::words;

/// So many waiting jobs are shown as dots; of more, the number is told as well.
const QUEUE_DOTS: usize = 4;
/// The exit code of a process that was killed.
const KILLED: u8 = 137;
/// A crack from top to bottom, in a box of 100 by 100 that is stretched over the card.
const CRACK: &str = "M66.5 -3 65.2 26 67.6 40 64.6 70 66 103 66.7 103 65.7 69 69.2 39 66.6 27 69 -3Z";

#[component]
pub(super) fn TaskCards(plan: Memo<Layout>) -> impl IntoView {
    let tasks = move || plan.with(|plan| plan.tasks.iter().map(|place| u64::from(place.task)).collect());
    each(tasks, move |number| task_card(plan, number as u32))
}

fn task_card(plan: Memo<Layout>, number: u32) -> AnyView {
    let playground = Playground::expect();
    let task = Memo::new(move |_| playground.picture.with(|picture| picture.task(number).cloned()));
    let read =
        move |read: fn(&TaskView) -> String| task.with(|task| task.as_ref().map(read).unwrap_or_default());
    let place = move || {
        plan.with(|plan| {
            let place = plan.tasks.iter().find(|place| place.task == number);
            place.map(|place| place.rect.style()).unwrap_or_default()
        })
    };
    let inside = part_if(move || task.with(|task| task.as_ref().map(card)));
    view! {
        <button
            type="button"
            class="thing task"
            class:gone=move || task.with(|task| task.as_ref().is_some_and(|task| task.gone))
            id=format!("task-{number}")
            data-state=move || read(|task| task.state.unwrap_or(TargetState::Unused).as_str().to_owned())
            data-status=move || read(|task| task.status.as_str().to_owned())
            data-fault=move || read(fault_words)
            data-revision=move || read(|task| task.task_definition.clone())
            data-requests=move || read(|task| task.routed.to_string())
            data-share=move || read(|task| words::fixed(task.share, 3))
            aria-pressed=move || (playground.selection.get() == Selection::Task(number)).to_string()
            aria-label=move || read(label)
            style=place
            on:click=move |_| playground.selection.set(Selection::Task(number))
        >
            <span class="card">{inside}</span>
        </button>
    }
    .into_any()
}

fn card(task: &TaskView) -> AnyView {
    let status =
        (task.status != TaskStatus::Running).then(|| small("task-status", task.status.as_str().to_owned()));
    let badges = match task.exit_code {
        Some(code) if task.gone && code != KILLED => vec![format!("exited {code}")],
        _ if task.gone => vec!["killed".to_owned()],
        _ => task.faults.map(badges).unwrap_or_default(),
    };
    let badges = badges.into_iter().map(|badge| small("fault", badge)).collect_view();
    let queue = (task.waiting > 0).then(|| {
        let dots = (0..task.waiting.min(QUEUE_DOTS)).map(|_| mark("")).collect_view();
        let number =
            if task.waiting > QUEUE_DOTS { words::count(task.waiting as u64) } else { String::new() };
        view! { <span class="queue">{dots} {number}</span> }.into_any()
    });
    let slots = task.workers.iter().map(|worker| mark(slot_class(*worker))).collect_view();
    let checks = task.checks.map(|(run, threshold)| small("checks", progress(run, threshold)));
    let reason = task.reason.map(|reason| small("reason", reason.to_owned()));
    let numbers = task.state.map(|_| {
        let count = small("count", words::count(task.routed));
        let part = small("part", words::percent(task.share));
        let ms = task.response_ms.map(|ms| small("ms", words::milliseconds(ms)));
        [Some(count), Some(part), ms].into_iter().flatten().collect_view().into_any()
    });
    let crack = task.gone.then(|| {
        view! {
            <svg class="crack" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                <path d=CRACK />
            </svg>
        }
        .into_any()
    });
    view! {
        <span class="top">
            <span class="task-name"><span class="task-word">"task "</span>{task.number.to_string()}</span>
            {task.revision.clone().map(revision)}
            {task.service_name.clone().map(|name| small("task-service", name))}
            <span class="task-address">{task.address.clone()}</span>
            {status}
            {badges}
        </span>
        <span class="work"><span class="slots">{slots}</span>{queue}</span>
        <span class="state">
            <i class="state-icon"></i>
            <span class="state-word">{state_word(task).to_owned()}</span>
            {reason}
            {checks}
        </span>
        <span class="numbers">{numbers}</span>
        <span class="share"><i style=format!("--share:{}", words::fixed(task.share, 3))></i></span>
        {crack}
    }
    .into_any()
}

/// A few words of a kind that the style sheet knows.
fn small(class: &'static str, words: String) -> AnyView {
    view! { <span class=class>{words}</span> }.into_any()
}

/// Which revision it is of; the PRIMARY one stands out.
fn revision((name, is_primary): (String, bool)) -> AnyView {
    small(if is_primary { "revision primary" } else { "revision" }, name)
}

fn mark(class: &'static str) -> AnyView {
    view! { <i class=class></i> }.into_any()
}

/// The target's state; a task that is not registered yet has none.
fn state_word(task: &TaskView) -> &'static str {
    match task.state {
        Some(state) => state.as_str(),
        None if task.status < TaskStatus::Running => "starting",
        None if task.group.is_none() => "no target group",
        None => "never registered",
    }
}

/// ●●○: so many of so many results in a row.
fn progress(run: u8, threshold: u8) -> String {
    (0..threshold).map(|place| if place < run { '●' } else { '○' }).collect()
}

const fn slot_class(worker: Worker) -> &'static str {
    match worker {
        Worker::Idle => "",
        Worker::Request => "busy",
        Worker::Check => "busy checking",
    }
}

/// What is wrong with a task, in short words.
fn badges(faults: Faults) -> Vec<String> {
    let slow = (faults.slowness_percent != 100)
        .then(|| format!("slow ×{}", words::short(f64::from(faults.slowness_percent) / 100.0, 2)));
    let answers = faults.answers_with.map(|status| format!("answers {status}"));
    let fails = faults.fails_requests.map(|status| format!("fails {status}"));
    let hangs = faults.hangs.then(|| "hangs".to_owned());
    let check = faults.fails_health_check.then(|| "fails checks".to_owned());
    let garbles = faults.garbles.then(|| "not HTTP".to_owned());
    [slow, answers, fails, hangs, check, garbles].into_iter().flatten().collect()
}

fn fault_words(task: &TaskView) -> String {
    let Some(faults) = task.faults else { return String::new() };
    let words = [
        (faults.slowness_percent != 100, "slow"),
        (faults.answers_with.is_some() || faults.fails_requests.is_some(), "errors"),
        (faults.hangs, "hang"),
        (faults.fails_health_check, "check"),
        (faults.garbles, "garble"),
    ];
    words.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
}

fn label(task: &TaskView) -> String {
    let busy = task.workers.iter().filter(|worker| **worker != Worker::Idle).count();
    let service = task.service_name.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
    let revision = task.revision.as_ref().map(|(name, _)| format!(", revision {name}")).unwrap_or_default();
    format!(
        "task {}{service}{revision}, {}, {}, {busy} of {} workers busy, {} of its target group's requests",
        task.number,
        task.status.as_str(),
        state_word(task),
        task.workers.len(),
        words::percent(task.share)
    )
}
