//! The lines that requests travel on: drawn as the state of their task asks for.

use albatross_engine::ecs::TaskStatus;
use albatross_engine::elb::TargetState;
use leptos::prelude::*;

use super::geometry::{Curve, Layout};
use crate::changing::each;
use crate::driver::picture::{Picture, TaskView};
use crate::playground::{Playground, Selection};

#[component]
pub(super) fn Wires(plan: Memo<Layout>) -> impl IntoView {
    let nodes = move || plan.with(|plan| (0..plan.nodes.len() as u64).collect());
    let wires = move || plan.with(wires_to_tasks);
    view! {
        <svg class="wires" aria-hidden="true">
            {each(nodes, move |node| to_node(plan, node as usize))}
            {each(wires, move |wire| to_task(plan, (wire >> 32) as usize, wire as u32))}
        </svg>
    }
    .into_any()
}

/// A number for every pair of a node and a task.
fn wires_to_tasks(plan: &Layout) -> Vec<u64> {
    let of_node = |node: u64| plan.tasks.iter().map(move |place| node << 32 | u64::from(place.task));
    (0..plan.nodes.len() as u64).flat_map(of_node).collect()
}

fn path(curve: Option<&Curve>) -> String {
    curve.map(Curve::path).unwrap_or_default()
}

fn to_node(plan: Memo<Layout>, node: usize) -> AnyView {
    let playground = Playground::expect();
    // Clients that still hold the address of a node go on asking it when DNS no longer hands it out.
    let class = move || {
        let published = |picture: &Picture| picture.nodes.get(node).is_none_or(|node| node.published);
        if playground.picture.with(published) { "in" } else { "in draining" }
    };
    view! { <path class=class d=move || plan.with(|plan| path(plan.to_node.get(node))) /> }.into_any()
}

fn to_task(plan: Memo<Layout>, node: usize, number: u32) -> AnyView {
    let playground = Playground::expect();
    let class = move || {
        let chosen = playground.selection.get() == Selection::Task(number);
        let state = playground.picture.with(|picture| picture.task(number).map_or("none", state_of));
        format!("{state}{}", if chosen { " chosen" } else { "" })
    };
    let curve = move || {
        plan.with(|plan| {
            let place = plan.tasks.iter().position(|place| place.task == number);
            path(place.and_then(|place| plan.to_task.get(node)?.get(place)))
        })
    };
    view! { <path class=class d=curve /> }.into_any()
}

/// The word that the style sheet knows a task's wires by.
fn state_of(task: &TaskView) -> &'static str {
    match task.state {
        _ if task.status > TaskStatus::Deactivating => "none",
        None | Some(TargetState::Unused) => "none",
        Some(TargetState::Healthy | TargetState::Unhealthy) if task.gone => "gone",
        Some(TargetState::Healthy) => "open",
        Some(TargetState::Initial) => "initial",
        Some(TargetState::Unhealthy) => "idle",
        Some(TargetState::Draining) => "draining",
    }
}
