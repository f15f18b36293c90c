//! The inspector: what is selected, why it is as it is, its settings in AWS's names, and what can be done to it.

mod balancer;
mod nothing;
mod task;
mod traffic;
mod why;

use leptos::prelude::*;

use super::help::icons;
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
        Selection::Service => view! { <balancer::ServicePanel /> }.into_any(),
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
            {contents}
        </aside>
    }
    .into_any()
}

/// A fact for a list of them.
fn row(name: &str, value: impl Into<String>) -> Fact {
    (name.to_owned(), value.into())
}

/// A list of facts: a line for each. Lines stay while only their values change.
fn facts(facts: Memo<Vec<Fact>>) -> impl IntoView {
    let names = Memo::new(move |_| {
        facts.with(|facts| facts.iter().map(|(name, _)| name.clone()).collect::<Vec<String>>())
    });
    let line = move |name: String| {
        let wanted = name.clone();
        let value = move || {
            facts.with(|facts| {
                let fact = facts.iter().find(|(name, _)| *name == wanted);
                fact.map(|(_, value)| value.clone()).unwrap_or_default()
            })
        };
        view! { <div><dt>{name}</dt><dd><code>{value}</code></dd></div> }
    };
    view! {
        <dl class="facts">
            <For each=move || names.get() key=|name| name.clone() children=line />
        </dl>
    }
    .into_any()
}
