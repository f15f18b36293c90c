//! The page put together, and the keys that work everywhere on it.

use albatross_engine::ecs::Release;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::panels::{ChartsPanel, Header, Help, Inspector, LiveRegion, Log, Transport};
use crate::playground::{Playground, Selection};
use crate::scene::{Stage, move_focus};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let playground = Playground::from_address();
    provide_context(playground);
    let keys = window_event_listener(ev::keydown, move |event| {
        if key_pressed(playground, &event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || keys.remove());
    Effect::new(move |_| {
        let title = playground.heading.with(|heading| format!("Albatross: {}", heading.title));
        document().set_title(&title);
    });
    view! {
        <div class="frame">
            <Header />
            <Stage>
                <Message />
            </Stage>
            <Inspector />
            <Transport />
            <ChartsPanel />
            <Log />
        </div>
        <LiveRegion />
        <Help />
    }
    .into_any()
}

/// Something to tell the person.
#[component]
fn Message() -> impl IntoView {
    let message = Playground::expect().message;
    move || {
        message.get().map(|text| {
            view! {
                <div class="notice" role="alert">
                    <p>{text}</p>
                    <button type="button" class="button" on:click=move |_| message.set(None)>"Close"</button>
                </div>
            }
        })
    }
}

/// Does what a key asks for; returns whether it asks for anything.
fn key_pressed(playground: Playground, event: &KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
    let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let on = |selector: &str| {
        focused.as_ref().is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
    };
    if modified || playground.help.get_untracked() || on("input, select, textarea") {
        return false;
    }
    let key = event.key();
    match key.as_str() {
        // A button other than the things in the picture takes the space bar for itself.
        " " if on("button:not(.thing), summary, a") => return false,
        " " => playground.toggle_playing(),
        "." => playground.step(),
        "[" => playground.set_speed(playground.speed.get_untracked().saturating_sub(1)),
        "]" => playground.set_speed(playground.speed.get_untracked() + 1),
        "a" | "A" => playground.change_desired_count(1),
        "d" | "D" => playground.deploy(Release::Good),
        "k" | "K" => playground.kill_selected(),
        "Escape" => {
            playground.selection.set(Selection::Nothing);
            playground.message.set(None);
        }
        "?" => playground.help.set(true),
        // Elsewhere the arrows scroll.
        _ if on(".scene, body") && !on(".log, .inspector") => {
            return move_focus(&document(), &key);
        }
        _ => return false,
    }
    true
}
