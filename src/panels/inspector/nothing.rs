//! Nothing is selected: what the scenario shows, and how to begin.

use leptos::prelude::*;

use crate::playground::Playground;

#[component]
pub(super) fn Nothing() -> impl IntoView {
    let heading = Playground::expect().heading;
    view! {
        <h2 tabindex="-1">{move || heading.with(|heading| heading.title.clone())}</h2>
        <p class="about">{move || heading.with(|heading| heading.description.clone())}</p>
        <h3>"Three things to try"</h3>
        <ol class="hint">
            <li><b>"Select a task"</b>" and kill it: see who gets its requests."</li>
            <li>
                <b>"Make a task slow"</b>
                ", then select the target group and compare round_robin with least_outstanding_requests."
            </li>
            <li><b>"Select the clients"</b>" and raise the requests per second until a queue never empties."</li>
        </ol>
    }
    .into_any()
}
