//! The event log, newest first, and the live region that reads out what matters.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::changing::{each, nothing, text};
use crate::driver::LogLine;
use crate::playground::{Playground, Tone};
use crate::words;

/// The live region waits so long for more news before it speaks, in milliseconds.
const SPEAKS_AFTER: u32 = 700;

#[component]
pub fn Log() -> impl IntoView {
    let log = Playground::expect().log;
    let numbers = move || log.with(|log| log.iter().map(|line| line.number).collect());
    view! {
        <section class="log" aria-label="Events" tabindex="0">
            <h2 class="unseen">"Events"</h2>
            <ol id="events">
                {each(numbers, move |number| log.with_untracked(|log| line(log, number)))}
            </ol>
            <p class="default" class:none=move || log.with(|log| !log.is_empty())>
                "Nothing has happened yet but requests."
            </p>
        </section>
    }
    .into_any()
}

fn line(log: &VecDeque<LogLine>, number: u64) -> AnyView {
    let Some(line) = log.iter().find(|line| line.number == number) else { return nothing() };
    let at = line.at.to_string();
    let at = at[..at.len() - 2].to_owned();
    let parts = words::emphasised(&line.text).into_iter().map(|(stands_out, part)| {
        let part = part.to_owned();
        if stands_out { view! { <b>{part}</b> }.into_any() } else { part.into_any() }
    });
    view! {
        <li data-kind=Tone::of(&line.notice).word()>
            <time>{at}</time>
            <span>{parts.collect_view()}</span>
        </li>
    }
    .into_any()
}

/// Tells those who do not see the page what has become of targets and requests: politely, one sentence at a time.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let log = Playground::expect().log;
    let spoken = RwSignal::new(String::new());
    let waiting: Rc<RefCell<Option<Timeout>>> = Rc::default();
    Effect::new(move |read: Option<u64>| {
        let read = read.unwrap_or_default();
        let (newest, news) = log.with(|log| {
            let newest = log.front().map_or(0, |line| line.number + 1);
            let fresh = log.iter().take_while(|line| line.number >= read);
            let matters: Vec<String> = fresh
                .filter(|line| Tone::of(&line.notice) != Tone::Plain)
                .map(|line| line.text.clone())
                .collect();
            (newest, matters)
        });
        if let Some(latest) = news.into_iter().next() {
            // Replacing the timer drops, and so cancels, the one before.
            *waiting.borrow_mut() = Some(Timeout::new(SPEAKS_AFTER, move || spoken.set(latest)));
        }
        newest
    });
    view! { <p class="unseen" id="live" role="status" aria-live="polite">{text(move || spoken.get())}</p> }
        .into_any()
}
