//! The inspector: what is selected, why it is as it is, its settings in AWS's names, and what can be done to it.

mod balancer;
mod nothing;
mod task;
mod traffic;
mod why;

use leptos::prelude::*;

use super::help::icons;
use crate::playground::{Playground, Selection};

#[component]
pub fn Inspector() -> impl IntoView {
    let playground = Playground::expect();
    let selected = Memo::new(move |_| playground.selection.get());
    let contents = move || match selected.get() {
        Selection::Nothing => view! { <nothing::Nothing /> }.into_any(),
        Selection::Traffic => view! { <traffic::TrafficPanel /> }.into_any(),
        Selection::Node(index) => view! { <balancer::NodePanel index /> }.into_any(),
        Selection::TargetGroup | Selection::Service => view! { <balancer::GroupPanel /> }.into_any(),
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

/// A line of a list of facts: AWS's name and the value.
fn fact(name: &'static str, value: impl Fn() -> String + Send + 'static) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd><code>{value}</code></dd></div> }
}
