//! The load balancer's nodes, one per zone.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::driver::history::SPARK_SECONDS;
use crate::driver::picture::NodeView;
use crate::playground::{Playground, Selection};
use crate::words;

#[component]
pub(super) fn Nodes(plan: Memo<Layout>) -> impl IntoView {
    let count = Memo::new(move |_| plan.with(|plan| plan.nodes.len()));
    move || (0..count.get()).map(|index| view! { <Node plan index /> }).collect_view()
}

#[component]
fn Node(plan: Memo<Layout>, index: usize) -> impl IntoView {
    let playground = Playground::expect();
    let node = Memo::new(move |_| {
        playground.picture.with(|picture| picture.nodes.get(index).cloned()).unwrap_or_default()
    });
    let rule = Memo::new(move |_| playground.picture.with(|picture| picture.balancer.listeners.clone()));
    let label = move || {
        node.with(|node| {
            let dns = if node.published { "" } else { ", not in DNS" };
            format!("node {}, {} in flight{dns}, a node of the load balancer", node.zone, node.in_flight)
        })
    };
    view! {
        <button
            type="button"
            class="thing node"
            id=format!("node-{}", index + 1)
            aria-pressed=move || (playground.selection.get() == Selection::Node(index)).to_string()
            aria-label=label
            style=move || plan.with(|plan| plan.nodes.get(index).map(|rect| rect.style()).unwrap_or_default())
            on:click=move |_| playground.selection.set(Selection::Node(index))
        >
            <span class="node-inside">
                <span class="node-name">
                    <span class="node-word">"node "</span>
                    <span class="zone-region">{move || node.with(|node| split_zone(&node.zone).0.to_owned())}</span>
                    {move || node.with(|node| split_zone(&node.zone).1.to_owned())}
                </span>
                <span class="node-rule">{rule}</span>
                <span class="node-flight">
                    <b class:none=move || node.with(|node| node.in_flight == 0)>
                        {move || node.with(|node| node.in_flight)}
                    </b>
                    " in flight"
                    {move || node.with(|node| (!node.published).then_some(" · not in DNS"))}
                </span>
                <svg class="node-spark" viewBox="0 0 56 18" aria-hidden="true">
                    <path d=move || node.with(spark) />
                </svg>
            </span>
        </button>
    }
    .into_any()
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
