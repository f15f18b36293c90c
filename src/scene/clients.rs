//! The clients: a cluster of little circles, their rate, and what DNS told them.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::changing::text;
use crate::driver::picture::ClientsView;
use crate::playground::{Playground, Selection};
use crate::words;

/// The cluster's box, and how many circles fit into it.
const BOX: f64 = 112.0;
const CIRCLES: u32 = 26;
/// Cosine and sine of the golden angle, by which each circle lies further round than the one before.
const TURN: (f64, f64) = (-0.737_369, 0.675_490);

#[component]
pub(super) fn Clients(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let clients = move |tell: fn(&ClientsView) -> String| {
        text(move || playground.picture.with(|picture| tell(&picture.clients)))
    };
    let circles = move || playground.picture.with(|picture| circles(picture.clients.count.min(CIRCLES)));
    view! {
        <button
            type="button"
            class="thing clients"
            id="select-traffic"
            aria-pressed=move || (playground.selection.get() == Selection::Traffic).to_string()
            style=move || plan.with(|plan| plan.clients.style())
            on:click=move |_| playground.selection.set(Selection::Traffic)
        >
            <svg viewBox="0 0 112 112" aria-hidden="true"><path d=circles /></svg>
            <span class="name">
                {clients(|clients| words::plural(u64::from(clients.count), "client", "clients"))}
            </span>
            <span class="rate">
                {clients(|clients| format!("{} requests/s", words::rate(clients.rate)))}
                <span class="more">{clients(|clients| format!(", {}", clients.arrivals))}</span>
            </span>
            <span class="dns">
                {clients(|clients| format!("DNS → {}", words::plural(clients.addresses as u64, "node", "nodes")))}
                <span class="more">", TTL 60 s"</span>
            </span>
        </button>
    }
    .into_any()
}

/// So many circles, each further round and further out than the one before, as the path that draws them.
fn circles(count: u32) -> String {
    let mut direction = (1.0, 0.0);
    let circle = |index: u32| {
        let radius = 9.4 * (f64::from(index) + 0.6).sqrt();
        let at = |part: f64| words::fixed(BOX / 2.0 + radius * part, 1);
        let (x, y) = direction;
        direction = (x * TURN.0 - y * TURN.1, x * TURN.1 + y * TURN.0);
        format!("M{} {}m-4.3 0a4.3 4.3 0 1 0 8.6 0a4.3 4.3 0 1 0-8.6 0", at(x), at(y))
    };
    (0..count).map(circle).collect()
}
