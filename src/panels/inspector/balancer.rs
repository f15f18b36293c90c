//! A node of the load balancer; a target group; a service.

use albatross_engine::Command;
use albatross_engine::elb::routing::Algorithm;
use albatross_engine::elb::{TargetGroupAttribute, TargetGroupId};
use leptos::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement};

use super::{facts, row};
use crate::driver::picture::{Fact, NodeView, Picture, ServiceView, TargetGroupView};
use crate::panels::choice;
use crate::playground::Playground;
use crate::words;

#[component]
pub(super) fn NodePanel(index: usize) -> impl IntoView {
    let playground = Playground::expect();
    let node = Memo::new(move |_| {
        playground.picture.with(|picture| picture.nodes.get(index).cloned()).unwrap_or_default()
    });
    let about = move || {
        let what = "One load balancer node per Availability Zone. It takes requests in, chooses a target, and checks the health of every target by itself.";
        node.with(|node| match node.failing_open.as_str() {
            "" => what.to_owned(),
            groups => format!("{what} Too few targets of {groups} are healthy: it fails open and sends requests to all of them."),
        })
    };
    let figures = Memo::new(move |_| {
        node.with(|node| {
            vec![
                row("Requests in flight", node.in_flight.to_string()),
                row("Requests received", words::count(node.received)),
                row("Its address in DNS", node.dns),
            ]
        })
    });
    let hosts = Memo::new(move |_| {
        node.with(|node| playground.picture.with(|picture| hosts(node, &picture.target_groups)))
    });
    let settings = Memo::new(move |_| playground.picture.with(|picture| picture.balancer.settings.clone()));
    view! {
        <h2 tabindex="-1">{move || node.with(|node| format!("node {}", node.zone))}</h2>
        <p class="about">{about}</p>
        {facts(figures)}
        {facts(hosts)}
        {facts(settings)}
    }
    .into_any()
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
    let group = Memo::new(move |_| {
        let chosen = chosen.get();
        playground.picture.with(|picture| picture.target_groups.get(chosen).cloned()).unwrap_or_default()
    });
    let names = Memo::new(move |_| {
        let names =
            |picture: &Picture| picture.target_groups.iter().map(|group| group.name.clone()).collect();
        playground.picture.with(names)
    });
    let services = Memo::new(move |_| {
        let chosen = chosen.get();
        let registers =
            |(index, service): (usize, &ServiceView)| (service.group == Some(chosen)).then_some(index);
        playground
            .picture
            .with(|picture| picture.services.iter().enumerate().filter_map(registers).collect::<Vec<_>>())
    });
    let about = move || {
        group.with(|group| {
            let unused =
                if group.used { "" } else { " · no listener forwards to it: its targets are unused" };
            format!("HTTP:{} · targets by ip{unused}", group.port)
        })
    };
    let modify = move |key: &str, value: &str| match TargetGroupAttribute::parse(key, value) {
        Ok(attribute) => {
            let id = TargetGroupId::new(chosen.get_untracked() as u32);
            playground.apply(Command::ModifyTargetGroup(id, attribute));
        }
        Err(refused) => playground.tell(&format!("{refused}.")),
    };
    let several = move |names: Vec<String>| {
        (names.len() > 1)
            .then(|| view! { <div class="choose">{choice("group", "Target group", names, chosen)}</div> })
    };
    let algorithms = Algorithm::ALL.map(|algorithm| view! { <option>{algorithm.as_str()}</option> });
    view! {
        <h2 tabindex="-1">{move || group.with(|group| format!("Target group {}", group.name))}</h2>
        <p class="about">{about}</p>
        {move || several(names.get())}
        <dl class="facts">
            <div class="wide">
                <dt><label for="algorithm">"load_balancing.algorithm.type"</label></dt>
                <dd>
                    <select
                        id="algorithm"
                        prop:value=move || group.with(|group| group.algorithm)
                        on:change=move |event| {
                            let list = event_target::<HtmlSelectElement>(&event);
                            modify("load_balancing.algorithm.type", &list.value());
                            // What was refused must not go on standing there.
                            list.set_value(group.with_untracked(|group| group.algorithm));
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
                        prop:value=move || group.with(|group| group.deregistration_delay.to_string())
                        on:change=move |event| {
                            let field = event_target::<HtmlInputElement>(&event);
                            modify("deregistration_delay.timeout_seconds", &field.value());
                            field.set_value(&group.with_untracked(|group| group.deregistration_delay.to_string()));
                        }
                    />
                </dd>
            </div>
        </dl>
        <details>
            <summary>"Its other attributes"</summary>
            {facts(Memo::new(move |_| group.with(|group| group.attributes.clone())))}
        </details>
        <h3>"Health check"</h3>
        {facts(Memo::new(move |_| group.with(|group| group.health_check.clone())))}
        {move || services.get().into_iter().map(|index| service_facts(playground, index)).collect_view()}
    }
    .into_any()
}

/// A service that registers its tasks in the target group above.
fn service_facts(playground: Playground, index: usize) -> impl IntoView {
    let service = service(playground, move || index);
    view! {
        <h3>{move || service.with(|service| format!("ECS service {}", service.name))}</h3>
        {facts(Memo::new(move |_| service.with(|service| service.settings.clone())))}
    }
    .into_any()
}

#[component]
pub(super) fn ServicePanel() -> impl IntoView {
    let playground = Playground::expect();
    let service = service(playground, move || playground.service.get());
    let about = move || {
        service.with(|service| {
            let ServiceView { desired, running, pending, .. } = service;
            format!("It keeps {desired} tasks running: {running} run, {pending} are on their way.")
        })
    };
    view! {
        <h2 tabindex="-1">{move || service.with(|service| format!("ECS service {}", service.name))}</h2>
        <p class="about">{about}</p>
        {facts(Memo::new(move |_| service.with(|service| service.settings.clone())))}
    }
    .into_any()
}

fn service(playground: Playground, index: impl Fn() -> usize + Send + Sync + 'static) -> Memo<ServiceView> {
    Memo::new(move |_| {
        let index = index();
        playground.picture.with(|picture| picture.services.get(index).cloned()).unwrap_or_default()
    })
}
