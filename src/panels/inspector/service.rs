//! A service: what its scheduler is about, what can be done to it, its deployments, its scaling, its settings.

mod deploy;
mod scaling;

use albatross_engine::Command;
use albatross_engine::ecs::{DeploymentConfiguration, ServiceId};
use leptos::prelude::*;

use super::field::Field;
use super::{facts, told};
use crate::changing::{part, part_if, text};
use crate::driver::picture::{DeploymentView, Fact, ServiceView};
use crate::playground::Playground;

#[component]
pub(super) fn ServicePanel() -> impl IntoView {
    let playground = Playground::expect();
    let service = Memo::new(move |_| {
        let chosen = playground.service.get();
        playground.picture.with(|picture| picture.services.get(chosen).cloned().unwrap_or_default())
    });
    let read = move |tell: fn(&ServiceView) -> String| text(move || service.with(tell));
    let list = move |list: fn(&ServiceView) -> Vec<Fact>| Memo::new(move |_| service.with(list));
    let sentences = move || {
        let sentences = service.with(|service| service.story.clone());
        let sentence = |text: String| view! { <p>{text}</p> }.into_any();
        sentences.into_iter().map(sentence).collect_view().into_any()
    };
    let rows = Memo::new(move |_| service.with(|service| service.deployments.clone()));
    let rows = move || rows.get().into_iter().map(row).collect_view().into_any();
    let scaled = Memo::new(move |_| service.with(|service| service.scaling.is_some()));
    view! {
        <h2 tabindex="-1">{read(|service| format!("ECS service {}", service.name))}</h2>
        <p class="about">{read(about)}</p>
        <div class="why" id="service-why">
            <p><b>"Why?"</b>" "{read(|service| service.waits.clone())}</p>
            {part(sentences)}
        </div>
        {deploy::actions(service)}
        <dl class="facts">{FIELDS.map(|field| field.view(service)).into_iter().collect_view()}</dl>
        <h3>"Deployments, the latest first"</h3>
        <table class="deployments">
            <thead>
                <tr>
                    <th scope="col">"Revision"</th>
                    <th scope="col">"status, rolloutState"</th>
                    <th scope="col"><abbr title="running tasks">"run"</abbr></th>
                    <th scope="col"><abbr title="failedTasks">"fail"</abbr></th>
                </tr>
            </thead>
            {part(rows)}
        </table>
        {part_if(move || scaled.get().then(|| scaling::part(service)))}
        {scaling::alarms()}
        <h3>"Service events, the latest first"</h3>
        {told(list(|service| service.events.clone()))}
        <h3>"Settings"</h3>
        {facts(list(|service| service.settings.clone()))}
    }
    .into_any()
}

fn about(service: &ServiceView) -> String {
    let ServiceView { desired, running, pending, .. } = service;
    format!("{desired} tasks are desired: {running} run, {pending} are on their way.")
}

fn row(deployment: DeploymentView) -> AnyView {
    let DeploymentView { id, revision, status, rollout, running, failed } = deployment;
    view! {
        <tbody data-status=status data-rollout=rollout>
            <tr>
                <th scope="row">{revision}</th>
                <td>{format!("{status} · {rollout}")}</td>
                <td>{running.to_string()}</td>
                <td>{failed.to_string()}</td>
            </tr>
            <tr><td colspan="4"><code>{id}</code></td></tr>
        </tbody>
    }
    .into_any()
}

const FIELDS: [Field; 3] = [
    Field {
        id: "minimum-healthy-percent",
        name: "minimumHealthyPercent",
        range: "0 to 100, default 100",
        most: "100",
        read: |service| service.minimum_healthy_percent,
        change: |service, id, minimum| modify(id, minimum, service.maximum_percent),
    },
    Field {
        id: "maximum-percent",
        name: "maximumPercent",
        range: "100 to 1000 here, default 200",
        most: "1000",
        read: |service| service.maximum_percent,
        change: |service, id, maximum| modify(id, service.minimum_healthy_percent, maximum),
    },
    Field {
        id: "grace-period",
        name: "healthCheckGracePeriodSeconds",
        range: "0 to 2147483647 s, default 0",
        most: "2147483647",
        read: |service| service.grace_period,
        change: |_, id, seconds| Command::ModifyGracePeriod(id, seconds),
    },
];

const fn modify(id: ServiceId, minimum_healthy_percent: u32, maximum_percent: u32) -> Command {
    Command::ModifyDeployment(id, DeploymentConfiguration { minimum_healthy_percent, maximum_percent })
}
