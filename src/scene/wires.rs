//! The lines that requests travel on: drawn as the state of their task asks for.

use albatross_engine::ecs::TaskStatus;
use albatross_engine::elb::TargetState;
use leptos::prelude::*;

use super::geometry::Layout;
use crate::driver::picture::TaskView;
use crate::playground::{Playground, Selection};

#[component]
pub(super) fn Wires(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    // Task number and the class of its wires; nothing for a task without a target.
    let classes = Memo::new(move |_| {
        let chosen = playground.selection.get();
        playground.picture.with(|picture| {
            let tasks = picture.tasks.iter();
            tasks.map(|task| (task.number, class_of(task, chosen))).collect::<Vec<_>>()
        })
    });
    // Clients that still hold the address of a node go on asking it when DNS no longer hands it out.
    let published = Memo::new(move |_| {
        playground.picture.with(|picture| picture.nodes.iter().map(|node| node.published).collect::<Vec<_>>())
    });
    let to_nodes = move || {
        let paths: Vec<String> = plan.with(|plan| plan.to_node.iter().map(|curve| curve.path()).collect());
        let classes =
            published.get().into_iter().map(|published| if published { "in" } else { "in draining" });
        let wires = paths.into_iter().zip(classes);
        wires.map(|(path, class)| view! { <path class=class d=path /> }).collect_view()
    };
    let to_tasks = move || {
        let paths = plan.with(|plan| classes.with(|classes| wires(plan, classes)));
        paths.into_iter().map(|(class, path)| view! { <path class=class d=path /> }).collect_view()
    };
    view! { <svg class="wires" aria-hidden="true">{to_nodes} {to_tasks}</svg> }.into_any()
}

fn wires(plan: &Layout, classes: &[(u32, Option<String>)]) -> Vec<(String, String)> {
    let class =
        |task| classes.iter().find(|(number, _)| *number == task).and_then(|(_, class)| class.clone());
    let of_node = |curves: &Vec<super::geometry::Curve>| {
        let drawn = plan.tasks.iter().zip(curves);
        drawn.filter_map(|(place, curve)| Some((class(place.task)?, curve.path()))).collect::<Vec<_>>()
    };
    plan.to_task.iter().flat_map(of_node).collect()
}

fn class_of(task: &TaskView, chosen: Selection) -> Option<String> {
    let state = match task.state? {
        TargetState::Healthy if task.gone => "gone",
        TargetState::Healthy => "",
        TargetState::Initial => "initial",
        TargetState::Unhealthy if task.gone => "gone",
        TargetState::Unhealthy => "idle",
        TargetState::Draining => "draining",
        TargetState::Unused => return None,
    };
    if task.status > TaskStatus::Deactivating {
        return None;
    }
    let chosen = if chosen == Selection::Task(task.number) { " chosen" } else { "" };
    Some(format!("{state}{chosen}").trim().to_owned())
}
