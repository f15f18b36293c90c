//! A node of the load balancer; the target group and the service that it belongs to.

use albatross_engine::Command;
use albatross_engine::elb::TargetGroupAttribute;
use albatross_engine::elb::routing::Algorithm;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::fact;
use crate::playground::Playground;
use crate::words;

#[component]
pub(super) fn NodePanel(index: usize) -> impl IntoView {
    let playground = Playground::expect();
    let node = Memo::new(move |_| {
        playground.picture.with(|picture| picture.nodes.get(index).cloned()).unwrap_or_default()
    });
    let balancer = Memo::new(move |_| playground.picture.with(|picture| picture.balancer.clone()));
    let about = move || {
        let what = "One load balancer node per Availability Zone. It takes requests in, chooses a target in any zone, and checks the health of every target by itself.";
        let open = node.with(|node| node.failing_open);
        if open {
            format!("{what} No target is healthy: it fails open and sends requests to all of them.")
        } else {
            what.to_owned()
        }
    };
    view! {
        <h2 tabindex="-1">{move || node.with(|node| format!("node {}", node.zone))}</h2>
        <p class="about">{about}</p>
        <dl class="facts">
            {fact("Requests in flight", move || node.with(|node| node.in_flight.to_string()))}
            {fact("Requests received", move || words::count(node.with(|node| node.received)))}
        </dl>
        <dl class="facts">
            {fact("HealthyHostCount", move || node.with(|node| node.healthy.to_string()))}
            {fact("UnHealthyHostCount", move || node.with(|node| node.unhealthy.to_string()))}
        </dl>
        <dl class="facts">
            {fact("LoadBalancer", move || balancer.with(|balancer| balancer.name.clone()))}
            {fact("Scheme", move || balancer.with(|balancer| balancer.scheme.to_owned()))}
            {fact("Listener", move || balancer.with(|balancer| format!("HTTP:{}", balancer.port)))}
            {fact("idle_timeout.timeout_seconds", move || balancer.with(|balancer| balancer.idle_timeout.to_string()))}
        </dl>
    }
    .into_any()
}

#[component]
pub(super) fn GroupPanel() -> impl IntoView {
    let playground = Playground::expect();
    let group = Memo::new(move |_| playground.picture.with(|picture| picture.target_group.clone()));
    let service = Memo::new(move |_| playground.picture.with(|picture| picture.service.clone()));
    let modify = move |key: &str, value: &str| match TargetGroupAttribute::parse(key, value) {
        Ok(attribute) => playground.apply(Command::ModifyTargetGroup(attribute)),
        Err(refused) => playground.tell(&format!("{refused}.")),
    };
    let algorithms = Algorithm::ALL.map(|algorithm| view! { <option>{algorithm.as_str()}</option> });
    view! {
        <h2 tabindex="-1">{move || group.with(|group| format!("Target group {}", group.name))}</h2>
        <p class="about">
            {move || group.with(|group| format!("HTTP:{} · targets by ip · used by ECS service {}", group.port, service.with(|service| service.name.clone())))}
        </p>
        <dl class="facts">
            <div class="wide">
                <dt><label for="algorithm">"load_balancing.algorithm.type"</label></dt>
                <dd>
                    <select
                        id="algorithm"
                        prop:value=move || group.with(|group| group.algorithm)
                        on:change=move |event| modify("load_balancing.algorithm.type", &event_target_value(&event))
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
                            // What was refused must not go on standing there.
                            field.set_value(&group.with_untracked(|group| group.deregistration_delay.to_string()));
                        }
                    />
                </dd>
            </div>
        </dl>
        <h3>"Health check"</h3>
        <dl class="facts">
            {fact("HealthCheckPath", move || group.with(|group| group.path.clone()))}
            {fact("HealthCheckIntervalSeconds", move || group.with(|group| group.interval.to_string()))}
            {fact("HealthCheckTimeoutSeconds", move || group.with(|group| group.timeout.to_string()))}
            {fact("HealthyThresholdCount", move || group.with(|group| group.healthy_threshold.to_string()))}
            {fact("UnhealthyThresholdCount", move || group.with(|group| group.unhealthy_threshold.to_string()))}
            {fact("Matcher", move || group.with(|group| group.matcher.clone()))}
        </dl>
        <h3>{move || service.with(|service| format!("ECS service {}", service.name))}</h3>
        <dl class="facts">
            {fact("taskDefinition", move || service.with(|service| service.task_definition.clone()))}
            {fact("desiredCount", move || service.with(|service| service.desired.to_string()))}
            {fact("minimumHealthyPercent", move || service.with(|service| service.minimum_healthy_percent.to_string()))}
            {fact("maximumPercent", move || service.with(|service| service.maximum_percent.to_string()))}
            {fact("healthCheckGracePeriodSeconds", move || service.with(|service| service.grace_period.to_string()))}
        </dl>
    }
    .into_any()
}
