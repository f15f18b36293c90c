//! An Availability Zone: whether it is there, and the container instances in it.

use albatross_engine::Command;
use albatross_engine::ecs::placement::InstanceId;
use leptos::prelude::*;

use crate::changing::{each, text};
use crate::driver::picture::{InstanceView, ZoneView};
use crate::playground::Playground;

#[component]
pub(super) fn ZonePanel(index: usize) -> impl IntoView {
    let playground = Playground::expect();
    let name = move || {
        let name = |zone: &ZoneView| format!("Availability Zone {}", zone.name);
        playground.picture.with(|picture| picture.zones.get(index).map(name).unwrap_or_default())
    };
    view! {
        <h2 tabindex="-1">{text(name)}</h2>
        <p class="about">
            "Tasks in a zone that fails are gone at once, and none can be started there. Its load balancer node stays: here only what runs in the zone fails."
        </p>
        {controls(index)}
    }
    .into_any()
}

/// What can be done to a zone and to what is in it.
pub(super) fn controls(index: usize) -> AnyView {
    let playground = Playground::expect();
    let zone = Memo::new(move |_| {
        playground.picture.with(|picture| picture.zones.get(index).cloned().unwrap_or_default())
    });
    let failed = move || zone.with(|zone| zone.failed);
    let command =
        move |lose: bool| (if lose { Command::LoseZone } else { Command::RestoreZone })(index as u32);
    let button = |id: &'static str, says: &'static str, lose: bool| {
        view! {
            <button
                type="button"
                class="button"
                id=id
                disabled=move || failed() == lose
                on:click=move |_| playground.apply(command(lose))
            >
                {says}
            </button>
        }
        .into_any()
    };
    let instances =
        move || zone.with(|zone| zone.instances.iter().map(|one| u64::from(one.number)).collect());
    let instance = move |number: u64| {
        let read = move |tell: fn(&InstanceView) -> String| {
            text(move || {
                zone.with(|zone| {
                    let instance = zone.instances.iter().find(|one| u64::from(one.number) == number);
                    instance.map(tell).unwrap_or_default()
                })
            })
        };
        view! {
            <li>
                <p><b>{read(|instance| instance.name.clone())}</b><br />{read(|instance| instance.left.clone())}</p>
                <button
                    type="button"
                    class="button"
                    data-instance=number.to_string()
                    on:click=move |_| playground.apply(Command::LoseInstance(InstanceId::new(number as u32)))
                >
                    "Terminate"
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="actions two" role="group" aria-label="What to do to the Availability Zone">
            {button("fail-zone", "Fail this zone", true)}
            {button("restore-zone", "Restore", false)}
        </div>
        <ul class="instances">{each(instances, instance)}</ul>
    }
    .into_any()
}
