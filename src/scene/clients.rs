//! The clients: a cluster of little circles, their rate, and what DNS told them.

use leptos::prelude::*;

use super::geometry::Layout;
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
    let clients = Memo::new(move |_| {
        playground.picture.with(|picture| {
            let clients = &picture.clients;
            (clients.count, clients.rate, clients.arrivals, clients.addresses)
        })
    });
    let circles = move || {
        let count = clients.with(|(count, ..)| *count).min(CIRCLES);
        let mut direction = (1.0, 0.0);
        let circles = (0..count).map(|index| {
            let radius = 9.4 * (f64::from(index) + 0.6).sqrt();
            let at = |part: f64| words::fixed(BOX / 2.0 + radius * part, 1);
            let circle = view! { <circle cx=at(direction.0) cy=at(direction.1) r="4.3" /> };
            let (x, y) = direction;
            direction = (x * TURN.0 - y * TURN.1, x * TURN.1 + y * TURN.0);
            circle
        });
        circles.collect_view()
    };
    view! {
        <button
            type="button"
            class="thing clients"
            id="select-traffic"
            aria-pressed=move || (playground.selection.get() == Selection::Traffic).to_string()
            style=move || plan.with(|plan| plan.clients.style())
            on:click=move |_| playground.selection.set(Selection::Traffic)
        >
            <svg viewBox="0 0 112 112" aria-hidden="true">{circles}</svg>
            <span class="name">
                {move || clients.with(|(count, ..)| words::plural(u64::from(*count), "client", "clients"))}
            </span>
            <span class="rate">
                {move || clients.with(|(_, rate, ..)| format!("{} requests/s", words::rate(*rate)))}
                <span class="more">{move || clients.with(|(_, _, arrivals, _)| format!(", {arrivals}"))}</span>
            </span>
            <span class="dns">
                {move || clients.with(|(_, _, _, nodes)| format!("DNS → {}", words::plural(*nodes as u64, "node", "nodes")))}
                <span class="more">", TTL 60 s"</span>
            </span>
        </button>
    }
    .into_any()
}
