//! A number of the chosen service that is changed in place.

use albatross_engine::Command;
use albatross_engine::ecs::ServiceId;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::changing::value;
use crate::driver::picture::ServiceView;
use crate::playground::Playground;

/// A setting that is a whole number.
pub(super) struct Field {
    /// Its id in the document.
    pub(super) id: &'static str,
    /// AWS's name.
    pub(super) name: &'static str,
    /// Its range and its default, in words.
    pub(super) range: &'static str,
    /// The greatest value that the field offers.
    pub(super) most: &'static str,
    /// What it is now.
    pub(super) read: fn(&ServiceView) -> u32,
    /// What sets it.
    pub(super) change: fn(&ServiceView, ServiceId, u32) -> Command,
}

impl Field {
    pub(super) fn view(self, service: Memo<ServiceView>) -> AnyView {
        let playground = Playground::expect();
        let Self { id, name, range, most, read, change } = self;
        let number = value(move || service.with(read).to_string());
        view! {
            <div>
                <dt><label for=id>{name}</label>" "<span class="default">{range}</span></dt>
                <dd>
                    <input
                        type="number"
                        id=id
                        min="0"
                        max=most
                        prop:value=number
                        on:change=move |event| {
                            let field = event_target::<HtmlInputElement>(&event);
                            match field.value().parse() {
                                Ok(wanted) => {
                                    let id = playground.service_id();
                                    playground.apply(service.with_untracked(|service| change(service, id, wanted)));
                                }
                                Err(_) => playground.tell(&format!("{name} is a whole number: {range}.")),
                            }
                            // What was refused must not go on standing there.
                            field.set_value(&number.get_untracked());
                        }
                    />
                </dd>
            </div>
        }
        .into_any()
    }
}
