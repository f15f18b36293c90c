//! The strip of the ECS service with its desired count, and what the marks mean.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::changing::{nothing, part, text};
use crate::driver::picture::ServiceView;
use crate::panels::choice;
use crate::playground::{Playground, Selection};
use crate::words;

#[component]
pub(super) fn ServiceStrip(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let tell = move |tell: fn(&ServiceView) -> String| {
        let chosen = playground.service.get();
        playground.picture.with(|picture| picture.services.get(chosen).map(tell).unwrap_or_default())
    };
    let read = move |read: fn(&ServiceView) -> String| text(move || tell(read));
    let waits = move || tell(|service| service.waits.clone());
    let is = move |is: fn(&ServiceView) -> bool| {
        let chosen = playground.service.get();
        playground.picture.with(|picture| picture.services.get(chosen).is_some_and(is))
    };
    let is_deploying = move || is(|service| service.in_progress);
    let none = move || !is(|service| service.desired > 0);
    let names = Memo::new(move |_| {
        playground
            .picture
            .with(|picture| picture.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>())
    });
    let name = move || {
        let several = names.with(|names| names.len() > 1);
        if several { choice("service", "ECS service", names.get(), playground.service) } else { nothing() }
    };
    view! {
        <section
            class="service"
            aria-label="ECS service"
            data-deploying=move || is_deploying().to_string()
            style=move || plan.with(|plan| plan.service.style())
        >
            <div class="line">
            <button
                type="button"
                class="caption"
                id="select-service"
                aria-pressed=move || (playground.selection.get() == Selection::Service).to_string()
                on:click=move |_| playground.selection.set(Selection::Service)
            >
                <span>"ECS service"</span>
                " "
                <b>{read(|service| service.name.clone())}</b>
            </button>
            {part(name)}
            <span class="stepper">
                <span class="stepper-label">"desired"</span>
                <button
                    type="button"
                    class="button"
                    id="desired-less"
                    aria-label="one task less"
                    disabled=none
                    on:click=move |_| playground.change_desired_count(-1)
                >
                    "−"
                </button>
                <output id="desired" aria-label="desiredCount">{read(|service| service.desired.to_string())}</output>
                <button
                    type="button"
                    class="button"
                    id="desired-more"
                    aria-label="one task more"
                    on:click=move |_| playground.change_desired_count(1)
                >
                    "+"
                </button>
            </span>
            <span class="counts">
                <span>"running " <b id="running">{read(|service| service.running.to_string())}</b></span>
                <span>"pending " <b id="pending">{read(|service| service.pending.to_string())}</b></span>
            </span>
            </div>
            <p class="deployment" title=waits>
                <b id="revisions">{read(|service| service.revisions.clone())}</b>
                <span id="lifecycle-stage">{read(|service| service.stage.clone())}</span>
                <span id="waits">{text(waits)}</span>
            </p>
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn Legend(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let requests = move || match playground.one_in.get() {
        1 => "request".into_any(),
        one_in => {
            view! { {format!("= {}", words::count(one_in))}<span class="more">" requests"</span> }.into_any()
        }
    };
    let sampled = move || playground.one_in.get() > 1;
    let no_client_error = move || playground.picture.with(|picture| !picture.clients.client_errors);
    view! {
        <ul
            class="legend"
            aria-label="What the marks mean"
            style=move || plan.with(|plan| plan.captions.legend.style())
        >
            <li class:sample=sampled id="one-dot"><i class="mark request"></i><span>{part(requests)}</span></li>
            <li><i class="mark success"></i>"2xx"</li>
            <li class:none=no_client_error>
                <i class="mark client-error"></i>
                <span>"4xx"<span class="more">", given up"</span></span>
            </li>
            <li><i class="mark target-error"></i><span><span class="more">"target "</span>"5xx"</span></li>
            <li><i class="mark balancer-error"></i>"ELB 5xx"</li>
            <li><i class="mark probe"></i><span><span class="more">"health "</span>"check"</span></li>
        </ul>
    }
    .into_any()
}
