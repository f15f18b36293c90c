//! The clients: a cluster of little circles, their rate, and what DNS told them.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::playground::{Playground, Selection};
use crate::words;

/// The cluster's box, and how many circles fit into it.
const BOX: f64 = 112.0;
const CIRCLES: u32 = 26;
const GOLDEN_ANGLE: f64 = 2.399_963;

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
        let place = |index: u32| {
            let (angle, radius) = (f64::from(index) * GOLDEN_ANGLE, 9.4 * (f64::from(index) + 0.6).sqrt());
            (BOX / 2.0 + radius * angle.cos(), BOX / 2.0 + radius * angle.sin())
        };
        (0..count)
            .map(place)
            .map(|(x, y)| view! { <circle cx=format!("{x:.1}") cy=format!("{y:.1}") r="4.3" /> })
            .collect_view()
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
