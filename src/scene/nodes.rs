//! The load balancer's nodes, one per zone.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::changing::{each, text};
use crate::driver::history::SPARK_SECONDS;
use crate::driver::picture::{NodeView, Picture};
use crate::playground::{Playground, Selection};
use crate::words;

#[component]
pub(super) fn Nodes(plan: Memo<Layout>) -> impl IntoView {
    let nodes = move || plan.with(|plan| (0..plan.nodes.len() as u64).collect());
    each(nodes, move |index| node(plan, index as usize))
}

fn node(plan: Memo<Layout>, index: usize) -> AnyView {
    let playground = Playground::expect();
    let read = move |tell: fn(&NodeView) -> String| {
        move || playground.picture.with(|picture| picture.nodes.get(index).map(tell).unwrap_or_default())
    };
    let zone = move |tell: fn(&str) -> &str| {
        text(move || {
            let zone = |picture: &Picture| picture.nodes.get(index).map(|node| tell(&node.zone).to_owned());
            playground.picture.with(zone).unwrap_or_default()
        })
    };
    let idle = move || {
        playground.picture.with(|picture| picture.nodes.get(index).is_none_or(|node| node.in_flight == 0))
    };
    view! {
        <button
            type="button"
            class="thing node"
            id=format!("node-{}", index + 1)
            aria-pressed=move || (playground.selection.get() == Selection::Node(index)).to_string()
            aria-label=read(label)
            style=move || plan.with(|plan| plan.nodes.get(index).map(|rect| rect.style()).unwrap_or_default())
            on:click=move |_| playground.selection.set(Selection::Node(index))
        >
            <span class="node-inside">
                <span class="node-name">
                    <span class="node-word">"node "</span>
                    <span class="zone-region">{zone(|zone| split_zone(zone).0)}</span>
                    {zone(|zone| split_zone(zone).1)}
                </span>
                <span class="node-rule">
                    {text(move || playground.picture.with(|picture| picture.balancer.listeners.clone()))}
                </span>
                <span class="node-flight">
                    <b class:none=idle>{text(read(|node| node.in_flight.to_string()))}</b>
                    " in flight"
                    {text(read(|node| if node.published { String::new() } else { " · not in DNS".to_owned() }))}
                </span>
                <svg class="node-spark" viewBox="0 0 56 18" aria-hidden="true">
                    <path d=read(spark) />
                </svg>
            </span>
        </button>
    }
    .into_any()
}

fn label(node: &NodeView) -> String {
    let dns = if node.published { "" } else { ", not in DNS" };
    format!("node {}, {} in flight{dns}, a node of the load balancer", node.zone, node.in_flight)
}

/// A zone's name as its region and the rest, which is what is left of it where there is little room: `us-east-` and
/// `1a`.
pub(super) fn split_zone(zone: &str) -> (&str, &str) {
    zone.rfind('-').map_or(("", zone), |hyphen| zone.split_at(hyphen + 1))
}

/// Little bars, one a second, the tallest as high as the box.
fn spark(node: &NodeView) -> String {
    let most = node.seconds.iter().copied().max().unwrap_or_default().max(1);
    let bars = node.seconds.iter().rev().take(SPARK_SECONDS).enumerate();
    let bar = |(place, count): (usize, &u32)| {
        let height = words::fixed(18.0 * f64::from(*count) / f64::from(most), 1);
        format!("M{} 18v-{height}h2.2v{height}z", words::fixed(53.8 - 3.4 * place as f64, 1))
    };
    bars.map(bar).collect()
}
