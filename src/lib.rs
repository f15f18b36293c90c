//! The page: what is seen of Albatross in a browser. It lets the engine run, draws what happened, and hands on what a
//! person does. No rule of load balancing lives here.

#![allow(unreachable_pub, reason = "the component macro writes public items wherever a component stands")]

pub mod address;
pub mod app;
pub mod browser;
#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;
pub mod changing;
pub mod driver;
pub mod failure;
pub mod library;
pub mod panels;
pub mod playground;
pub mod scene;
#[cfg(test)]
mod several;
mod unpack;
pub mod words;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Puts the page in place of the still picture that the document paints at first.
pub fn start() {
    failure::install();
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let place = document.get_element_by_id("app").and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let Some(place) = place else {
        failure::show("This page has no place for Albatross: an element with the id “app” is missing.");
        return;
    };
    place.set_text_content(None);
    leptos::mount::mount_to(place, app::App).forget();
    // From here on the document's own watch over the start is over.
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("data-alive", "");
    }
}
