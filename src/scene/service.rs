//! The strip of the ECS service with its desired count, and what the marks mean.

use leptos::prelude::*;

use super::geometry::Layout;
use crate::panels::choice;
use crate::playground::{Playground, Selection};
use crate::words;

#[component]
pub(super) fn ServiceStrip(plan: Memo<Layout>) -> impl IntoView {
    let playground = Playground::expect();
    let service = Memo::new(move |_| {
        let chosen = playground.service.get();
        playground.picture.with(|picture| picture.services.get(chosen).cloned()).unwrap_or_default()
    });
    let names = Memo::new(move |_| {
        playground
            .picture
            .with(|picture| picture.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>())
    });
    let several = move || names.with(|names| names.len() > 1);
    view! {
        <section
            class="service"
            aria-label="ECS service"
            style=move || plan.with(|plan| plan.service.style())
        >
            <button
                type="button"
                class="caption"
                id="select-service"
                aria-pressed=move || (playground.selection.get() == Selection::Service).to_string()
                on:click=move |_| playground.selection.set(Selection::Service)
            >
                <span>"ECS service"</span>
                {move || (!several()).then(|| view! { " "<b>{service.with(|service| service.name.clone())}</b> })}
            </button>
            {move || several().then(|| choice("service", "ECS service", names.get(), playground.service))}
            <span class="stepper">
                <span class="stepper-label">"desired"</span>
                <button
                    type="button"
                    class="button"
                    id="desired-less"
                    aria-label="one task less"
                    disabled=move || service.with(|service| service.desired == 0)
                    on:click=move |_| playground.change_desired_count(-1)
                >
                    "−"
                </button>
                <output id="desired" aria-label="desiredCount">{move || service.with(|service| service.desired)}</output>
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
                <span>"running " <b id="running">{move || service.with(|service| service.running)}</b></span>
                <span>"pending " <b id="pending">{move || service.with(|service| service.pending)}</b></span>
            </span>
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
    let client_errors = Memo::new(move |_| playground.picture.with(|picture| picture.clients.client_errors));
    let client_error = move || {
        client_errors.get().then(|| {
            view! { <li><i class="mark client-error"></i><span>"4xx"<span class="more">", given up"</span></span></li> }
        })
    };
    view! {
        <ul
            class="legend"
            aria-label="What the marks mean"
            style=move || plan.with(|plan| plan.captions.legend.style())
        >
            <li class:sample=sampled id="one-dot"><i class="mark request"></i><span>{requests}</span></li>
            <li><i class="mark success"></i>"2xx"</li>
            {client_error}
            <li><i class="mark target-error"></i><span><span class="more">"target "</span>"5xx"</span></li>
            <li><i class="mark balancer-error"></i>"ELB 5xx"</li>
            <li><i class="mark probe"></i><span><span class="more">"health "</span>"check"</span></li>
        </ul>
    }
    .into_any()
}
