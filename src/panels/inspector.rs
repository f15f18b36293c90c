//! The inspector: what is selected, why it is as it is, its settings in AWS's names, and what can be done to it.

mod balancer;
mod field;
mod nothing;
mod service;
mod task;
mod traffic;
mod why;
mod zone;

use leptos::prelude::*;

use super::help::icons;
use crate::changing::{part, text};
use crate::driver::picture::Fact;
use crate::playground::{Playground, Selection};

#[component]
pub fn Inspector() -> impl IntoView {
    let playground = Playground::expect();
    let selected = Memo::new(move |_| playground.selection.get());
    let contents = move || match selected.get() {
        Selection::Nothing => view! { <nothing::Nothing /> }.into_any(),
        Selection::Traffic => view! { <traffic::TrafficPanel /> }.into_any(),
        Selection::Node(index) => view! { <balancer::NodePanel index /> }.into_any(),
        Selection::TargetGroup => view! { <balancer::GroupPanel /> }.into_any(),
        Selection::Service => view! { <service::ServicePanel /> }.into_any(),
        Selection::Zone(index) => view! { <zone::ZonePanel index /> }.into_any(),
        Selection::Task(number) => view! { <task::TaskPanel number /> }.into_any(),
    };
    view! {
        <aside
            class="inspector"
            id="inspector"
            aria-label="Inspector"
            data-open=move || (selected.get() != Selection::Nothing).to_string()
        >
            <button
                type="button"
                class="button quiet only-icon close"
                aria-label="Close"
                on:click=move |_| playground.selection.set(Selection::Nothing)
            >
                {icons::close()}
            </button>
            {part(contents)}
        </aside>
    }
    .into_any()
}

/// A fact for a list of them.
fn row(name: &str, value: impl Into<String>) -> Fact {
    (name.to_owned(), value.into())
}

/// A list of facts: a line for each. The lines stay while only their values change.
fn facts(facts: Memo<Vec<Fact>>) -> AnyView {
    let names = Memo::new(move |_| {
        facts.with(|facts| facts.iter().map(|(name, _)| name.clone()).collect::<Vec<String>>())
    });
    let value = move |place: usize| {
        text(move || facts.with(|facts| facts.get(place).map(|(_, value)| value.clone()).unwrap_or_default()))
    };
    let line = move |(place, name): (usize, String)| {
        view! { <div><dt>{name}</dt><dd><code>{value(place)}</code></dd></div> }.into_any()
    };
    let lines = move || names.get().into_iter().enumerate().map(line).collect_view().into_any();
    view! { <dl class="facts">{part(lines)}</dl> }.into_any()
}

/// A list of things that were said, with their times, as they are now.
fn told(facts: Memo<Vec<Fact>>) -> AnyView {
    let line = |(at, text): Fact| view! { <li><time>{at}</time><span>{text}</span></li> }.into_any();
    let lines = move || facts.get().into_iter().map(line).collect_view().into_any();
    view! { <ol class="told">{part(lines)}</ol> }.into_any()
}
