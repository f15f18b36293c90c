//! The event log, newest first, and the live region that reads out what matters.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::changing::{each, nothing};
use crate::driver::LogLine;
use crate::playground::{Playground, Tone};
use crate::words;

/// The live region gathers news for so long before it speaks, in milliseconds.
const SPEAKS_AFTER: u32 = 700;
/// So many sentences it keeps: as many as one can listen to.
const KEPT: usize = 12;

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

/// Tells those who do not see the page what has become of targets and requests: politely, in the order in which it
/// happened. A sentence stays until later ones have pushed it out, so that none is lost when several come at once.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let log = Playground::expect().log;
    let spoken: RwSignal<Spoken> = RwSignal::default();
    let waiting: Rc<RefCell<Waiting>> = Rc::default();
    Effect::new(move |read: Option<u64>| {
        let read = read.unwrap_or_default();
        let (newest, news) = log.with(|log| (log.front().map_or(0, |line| line.number + 1), news(log, read)));
        let mut hold = waiting.borrow_mut();
        hold.sentences.extend(news);
        if !hold.sentences.is_empty() && !hold.is_timed {
            hold.is_timed = true;
            let waiting = waiting.clone();
            let speak_up = move || {
                let Waiting { sentences, .. } = waiting.take();
                // The page may be gone by now.
                let _ = spoken.try_update(|spoken| speak(spoken, sentences));
            };
            Timeout::new(SPEAKS_AFTER, speak_up).forget();
        }
        newest
    });
    let numbers = move || spoken.with(|spoken| spoken.iter().map(|(number, _)| *number).collect());
    let sentence = move |number| {
        let text = spoken.with_untracked(|spoken| {
            let told = spoken.iter().find(|(told, _)| *told == number);
            told.map(|(_, text)| text.clone()).unwrap_or_default()
        });
        view! { <p>{text}</p> }.into_any()
    };
    view! { <div class="unseen" id="live" role="log" aria-live="polite" aria-label="News">{each(numbers, sentence)}</div> }
        .into_any()
}

/// Sentences of the live region with the numbers of their lines in the log, the oldest first.
type Spoken = VecDeque<(u64, String)>;

/// What will be spoken together.
#[derive(Default)]
struct Waiting {
    sentences: Vec<(u64, String)>,
    is_timed: bool,
}

/// What matters among the lines that are not read yet, the oldest first.
fn news(log: &VecDeque<LogLine>, read: u64) -> Vec<(u64, String)> {
    let unread = log.iter().take_while(|line| line.number >= read);
    let matters = unread.filter(|line| Tone::of(&line.notice) != Tone::Plain);
    let mut news: Vec<_> = matters.map(|line| (line.number, line.text.clone())).collect();
    news.reverse();
    news
}

fn speak(spoken: &mut Spoken, news: Vec<(u64, String)>) {
    spoken.extend(news);
    spoken.drain(..spoken.len().saturating_sub(KEPT));
}
