//! A node of the load balancer; a target group.

use albatross_engine::Command;
use albatross_engine::elb::routing::Algorithm;
use albatross_engine::elb::{TargetGroupAttribute, TargetGroupId};
use leptos::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement};

use super::{facts, row, zone};
use crate::changing::{each, part_if, text, value};
use crate::driver::picture::{Fact, NodeView, Picture, ServiceView, TargetGroupView};
use crate::panels::choice;
use crate::playground::Playground;
use crate::words;

#[component]
pub(super) fn NodePanel(index: usize) -> impl IntoView {
    let playground = Playground::expect();
    let read = move |tell: fn(&NodeView) -> String| {
        text(move || {
            playground.picture.with(|picture| picture.nodes.get(index).map(tell).unwrap_or_default())
        })
    };
    let list = move |list: fn(&NodeView, &Picture) -> Vec<Fact>| {
        let list = move |picture: &Picture| picture.nodes.get(index).map(|node| list(node, picture));
        facts(Memo::new(move |_| playground.picture.with(list).unwrap_or_default()))
    };
    view! {
        <h2 tabindex="-1">{read(|node| format!("node {}", node.zone))}</h2>
        <p class="about">{read(about_node)}</p>
        {list(|node, _| {
            vec![
                row("Requests in flight", node.in_flight.to_string()),
                row("Requests received", words::count(node.received)),
                row("Its address in DNS", node.dns),
            ]
        })}
        {list(|node, picture| hosts(node, &picture.target_groups))}
        {list(|_, picture| picture.balancer.settings.clone())}
        <h3>"Availability Zone"</h3>
        {zone::controls(index)}
    }
    .into_any()
}

fn about_node(node: &NodeView) -> String {
    let what = "One load balancer node per Availability Zone. It takes requests in, chooses a target, and checks the health of every target by itself.";
    match node.failing_open.as_str() {
        "" => what.to_owned(),
        groups => format!(
            "{what} Too few targets of {groups} are healthy: it fails open and sends requests to all of them."
        ),
    }
}

/// What a node sees of each target group; the group is named where there are several.
fn hosts(node: &NodeView, groups: &[TargetGroupView]) -> Vec<Fact> {
    let counts = groups.iter().zip(&node.hosts).flat_map(|(group, (healthy, unhealthy))| {
        let of = if groups.len() > 1 { format!(" of {}", group.name) } else { String::new() };
        [("HealthyHostCount", healthy), ("UnHealthyHostCount", unhealthy)]
            .map(|(name, count)| (format!("{name}{of}"), count.to_string()))
    });
    counts.collect()
}

#[component]
pub(super) fn GroupPanel() -> impl IntoView {
    let playground = Playground::expect();
    let chosen = playground.group;
    let read = move |tell: fn(&TargetGroupView) -> String| {
        move || {
            let chosen = chosen.get();
            playground.picture.with(|picture| picture.target_groups.get(chosen).map(tell).unwrap_or_default())
        }
    };
    let list = move |list: fn(&TargetGroupView) -> Vec<Fact>| {
        facts(Memo::new(move |_| {
            let chosen = chosen.get();
            playground.picture.with(|picture| picture.target_groups.get(chosen).map(list).unwrap_or_default())
        }))
    };
    let algorithm = value(read(|group| group.algorithm.to_owned()));
    let delay = value(read(|group| group.deregistration_delay.to_string()));
    let names = Memo::new(move |_| {
        let names = |picture: &Picture| {
            picture.target_groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>()
        };
        playground.picture.with(names)
    });
    let choice = move || {
        let several = names.with(|names| names.len() > 1);
        let list = move || choice("group", "Target group", names.get(), chosen);
        several.then(|| view! { <div class="choose">{list()}</div> }.into_any())
    };
    let services = move || {
        let chosen = chosen.get();
        let registers = |service: &ServiceView| service.group == Some(chosen);
        playground.picture.with(|picture| {
            let services = (0..).zip(&picture.services);
            services.filter(|(_, service)| registers(service)).map(|(index, _)| index).collect()
        })
    };
    let modify = move |key: &str, value: &str| match TargetGroupAttribute::parse(key, value) {
        Ok(attribute) => {
            let id = TargetGroupId::new(chosen.get_untracked() as u32);
            playground.apply(Command::ModifyTargetGroup(id, attribute));
        }
        Err(refused) => playground.tell(&format!("{refused}.")),
    };
    let algorithms =
        Algorithm::ALL.map(|algorithm| view! { <option>{algorithm.as_str().to_owned()}</option> }.into_any());
    view! {
        <h2 tabindex="-1">{text(read(|group| format!("Target group {}", group.name)))}</h2>
        <p class="about">{text(read(about_group))}</p>
        {part_if(choice)}
        <dl class="facts">
            <div class="wide">
                <dt><label for="algorithm">"load_balancing.algorithm.type"</label></dt>
                <dd>
                    <select
                        id="algorithm"
                        prop:value=algorithm
                        on:change=move |event| {
                            let list = event_target::<HtmlSelectElement>(&event);
                            modify("load_balancing.algorithm.type", &list.value());
                            // What was refused must not go on standing there.
                            list.set_value(&algorithm.get_untracked());
                        }
                    >
                        {algorithms.into_iter().collect_view()}
                    </select>
                </dd>
            </div>
            <div>
                <dt><label for="delay">"deregistration_delay"<wbr />".timeout_seconds"</label></dt>
                <dd>
                    <input
                        type="number"
                        id="delay"
                        min="0"
                        max="3600"
                        prop:value=delay
                        on:change=move |event| {
                            let field = event_target::<HtmlInputElement>(&event);
                            modify("deregistration_delay.timeout_seconds", &field.value());
                            field.set_value(&delay.get_untracked());
                        }
                    />
                </dd>
            </div>
        </dl>
        <details>
            <summary>"Its other attributes"</summary>
            {list(|group| group.attributes.clone())}
        </details>
        <h3>"Health check"</h3>
        {list(|group| group.health_check.clone())}
        {each(services, move |index| service_facts(playground, index as usize))}
    }
    .into_any()
}

fn about_group(group: &TargetGroupView) -> String {
    let unused = if group.used { "" } else { " · no listener forwards to it: its targets are unused" };
    format!("HTTP:{} · targets by ip{unused}", group.port)
}

/// A service that registers its tasks in the target group above.
fn service_facts(playground: Playground, index: usize) -> AnyView {
    let read =
        move |service: &ServiceView| (format!("ECS service {}", service.name), service.settings.clone());
    let service = Memo::new(move |_| {
        playground.picture.with(|picture| picture.services.get(index).map(read).unwrap_or_default())
    });
    view! {
        <h3>{text(move || service.with(|(name, _)| name.clone()))}</h3>
        {facts(Memo::new(move |_| service.with(|(_, settings)| settings.clone())))}
    }
    .into_any()
}
