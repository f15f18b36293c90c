//! The clients: how many requests they send, and what became of them.

use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::facts;
use crate::changing::{text, value};
use crate::driver::picture::{ClientsView, Fact};
use crate::playground::Playground;
use crate::words;

/// The range of the slider. The number beside it goes further.
const SLIDER_MAX: f64 = 200.0;

#[component]
pub(super) fn TrafficPanel() -> impl IntoView {
    let playground = Playground::expect();
    let read = move |tell: fn(&ClientsView) -> String| {
        move || playground.picture.with(|picture| tell(&picture.clients))
    };
    let list = move |list: fn(&ClientsView) -> Vec<Fact>| {
        facts(Memo::new(move |_| playground.picture.with(|picture| list(&picture.clients))))
    };
    let rate = value(read(|clients| words::short(clients.base_rate, 3)));
    let on_slider = value(read(|clients| words::short(clients.base_rate.min(SLIDER_MAX), 3)));
    // A field without a number in it says “not a number”, which is refused as what it is.
    let set_rate = move |field: &HtmlInputElement| playground.set_rate(field.value_as_number());
    view! {
        <h2 tabindex="-1">"Traffic"</h2>
        <p class="about">
            {text(read(|clients| {
                format!("{} clients, each asking the node that DNS gave it.", words::count(u64::from(clients.count)))
            }))}
        </p>
        <dl class="facts">
            <div class="wide">
                <dt><label for="rate">"Requests per second"{text(read(|clients| clients.base_holds.to_owned()))}</label></dt>
                <dd>
                    <input
                        type="range"
                        id="rate-slider"
                        aria-label="Requests per second"
                        min="0"
                        max=words::short(SLIDER_MAX, 0)
                        step="1"
                        prop:value=on_slider
                        on:input=move |event| set_rate(&event_target(&event))
                    />
                    <input
                        type="number"
                        id="rate"
                        min="0"
                        max="100000"
                        step="any"
                        prop:value=rate
                        on:change=move |event| {
                            let field = event_target::<HtmlInputElement>(&event);
                            set_rate(&field);
                            // What was refused must not go on standing there.
                            field.set_value(&rate.get_untracked());
                        }
                    />
                </dd>
            </div>
        </dl>
        {list(|clients| clients.settings.clone())}
        {list(|clients| clients.requests.clone())}
        {list(|clients| clients.metrics.clone())}
        <h3>"Answers received, by status"</h3>
        {list(|clients| clients.statuses.clone())}
        <p class="default">"Clients keep a DNS answer for its TTL of 60 s and take its first address: the order of the addresses is our assumption."</p>
    }
    .into_any()
}
