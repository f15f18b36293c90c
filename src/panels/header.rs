//! The header: whose page this is, which scenario runs, the colours, the help.

use albatross_engine::Scenario;
use leptos::prelude::*;

use super::help::icons;
use crate::library;
use crate::playground::Playground;

#[component]
pub fn Header() -> impl IntoView {
    let playground = Playground::expect();
    let option = |scenario: &'static Scenario| {
        view! { <option value=scenario.name.clone()>{scenario.title.clone()}</option> }.into_any()
    };
    let options = library::scenarios().iter().map(option).collect_view();
    let theme = move || format!("Colours: {}", playground.theme.get().name());
    view! {
        <header class="header">
            <h1 class="brand">{icons::mark()}<span>"Albatross"</span></h1>
            <label class="scenario">
                <span>"Scenario"</span>
                <select
                    id="scenario"
                    prop:value=move || playground.heading.with(|heading| heading.name.clone())
                    on:change=move |event| playground.open(&event_target_value(&event))
                >
                    {options}
                </select>
            </label>
            <nav aria-label="Page">
                <button
                    type="button"
                    class="button quiet only-icon"
                    id="theme"
                    aria-label=theme
                    title=theme
                    on:click=move |_| playground.next_theme()
                >
                    {icons::theme()}
                </button>
                <button
                    type="button"
                    class="button quiet only-icon"
                    id="help"
                    aria-label="Keys and assumptions"
                    title="Keys and assumptions"
                    on:click=move |_| playground.help.set(true)
                >
                    "?"
                </button>
            </nav>
        </header>
    }
    .into_any()
}
