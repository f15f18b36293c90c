//! The clients: how many requests they send, and what became of them.

use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::{facts, row};
use crate::driver::picture::{ClientsView, Fact};
use crate::playground::Playground;
use crate::words;

/// The range of the slider. The number beside it goes further.
const SLIDER_MAX: f64 = 200.0;

#[component]
pub(super) fn TrafficPanel() -> impl IntoView {
    let playground = Playground::expect();
    let clients = Memo::new(move |_| playground.picture.with(|picture| picture.clients.clone()));
    let rate = Memo::new(move |_| clients.with(|clients| clients.base_rate));
    // A field without a number in it says “not a number”, which is refused as what it is.
    let set_rate = move |field: &HtmlInputElement| playground.set_rate(field.value_as_number());
    let list = move |part: fn(&ClientsView) -> &Vec<Fact>| {
        facts(Memo::new(move |_| clients.with(|clients| part(clients).clone())))
    };
    let holds = move || clients.with(|clients| clients.base_holds.map(|when| format!(", {when}")));
    let now = Memo::new(move |_| {
        clients.with(|clients| {
            clients.base_holds.map(|_| row("At present", words::rate(clients.rate))).into_iter().collect()
        })
    });
    view! {
        <h2 tabindex="-1">"Traffic"</h2>
        <p class="about">
            {move || {
                clients.with(|clients| {
                    format!("{} clients, each asking the node that DNS gave it.", words::count(u64::from(clients.count)))
                })
            }}
        </p>
        <dl class="facts">
            <div class="wide">
                <dt><label for="rate">"Requests per second"{holds}</label></dt>
                <dd>
                    <input
                        type="range"
                        id="rate-slider"
                        aria-label="Requests per second"
                        min="0"
                        max=SLIDER_MAX
                        step="1"
                        prop:value=move || rate.get().min(SLIDER_MAX).to_string()
                        on:input=move |event| set_rate(&event_target(&event))
                    />
                    <input
                        type="number"
                        id="rate"
                        min="0"
                        max="100000"
                        step="any"
                        prop:value=move || rate.get().to_string()
                        on:change=move |event| {
                            let field = event_target::<HtmlInputElement>(&event);
                            set_rate(&field);
                            // What was refused must not go on standing there.
                            field.set_value(&rate.get_untracked().to_string());
                        }
                    />
                </dd>
            </div>
        </dl>
        {facts(now)}
        {list(|clients| &clients.settings)}
        {list(|clients| &clients.requests)}
        {list(|clients| &clients.metrics)}
        <h3>"Answers received, by status"</h3>
        {list(|clients| &clients.statuses)}
        <p class="default">"Clients keep a DNS answer for its TTL of 60 s and take its first address: the order of the addresses is our assumption."</p>
    }
    .into_any()
}
