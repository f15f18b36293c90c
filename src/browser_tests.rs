//! The page's parts in a real browser: what cannot be shown without a DOM and a canvas.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, Document, Element, HtmlCanvasElement, HtmlElement};

use crate::app::App;
use crate::browser::Theme;
use crate::failure;
use crate::scene::painter::{Mark, Painter, Palette};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a browser has a document")
}

fn put(html: &str) -> HtmlElement {
    let place: HtmlElement = document().create_element("div").expect("it can be made").unchecked_into();
    place.set_inner_html(html);
    document().body().expect("it has a body").append_child(&place).expect("it can be put there");
    place
}

async fn wait(milliseconds: u32) {
    let promise = Promise::new(&mut |resolve: Function, _reject: Function| {
        Timeout::new(milliseconds, move || {
            let _ = resolve.call0(&JsValue::NULL);
        })
        .forget();
    });
    wasm_bindgen_futures::JsFuture::from(promise).await.expect("it is resolved");
}

fn find(place: &HtmlElement, selector: &str) -> Option<Element> {
    place.query_selector(selector).expect("it is a selector")
}

#[wasm_bindgen_test]
async fn the_page_comes_alive_in_an_empty_place_and_requests_flow() {
    let place = put("");
    let mounted = leptos::mount::mount_to(place.clone(), App);
    wait(1_500).await;
    for task in ["#task-1", "#task-2", "#task-3"] {
        let card = find(&place, task).expect("three tasks are there");
        assert_eq!(card.get_attribute("data-state").as_deref(), Some("healthy"));
    }
    let requests = |task: &str| -> u64 {
        let count = find(&place, task).and_then(|card| card.get_attribute("data-requests"));
        count.and_then(|count| count.parse().ok()).expect("it is a number")
    };
    assert!(requests("#task-1") > 0, "about 8 requests/s have been sent for a second");
    drop(mounted);
    place.remove();
}

#[wasm_bindgen_test]
fn the_painter_puts_a_mark_where_it_was_told_and_wipes_it_with_the_next_frame() {
    let place = put("<canvas></canvas>");
    let canvas: HtmlCanvasElement = find(&place, "canvas").expect("it is there").unchecked_into();
    let mut painter = Painter::attach(&canvas).expect("it has a 2D context");
    painter.resize(200.0, 100.0, 1.0);
    let pixel = |x: f64, y: f64| -> Vec<u8> {
        let context = canvas.get_context("2d").ok().flatten().expect("it has a 2D context");
        let context: CanvasRenderingContext2d = context.unchecked_into();
        context.get_image_data(x, y, 1.0, 1.0).expect("it can be read").data().to_vec()
    };
    painter.begin();
    painter.dot(50.0, 40.0, Mark::Success);
    painter.present();
    let [red, green, blue] = Palette::LIGHT.success;
    assert_eq!(pixel(50.0, 40.0), [red, green, blue, 255]);
    assert_eq!(pixel(70.0, 40.0)[3], 0);
    painter.begin();
    painter.present();
    assert_eq!(pixel(50.0, 40.0)[3], 0);
    place.remove();
}

#[wasm_bindgen_test]
fn a_failure_is_told_in_the_box_that_the_page_keeps_for_it() {
    let place = put("<div id=\"failure\" hidden><h2></h2><p></p></div>");
    failure::show("A sentence with <b>no</b> markup.");
    let shown = find(&place, "#failure").expect("it is there");
    assert!(!shown.has_attribute("hidden"));
    let text = find(&place, "#failure p").and_then(|text| text.text_content());
    assert_eq!(text.as_deref(), Some("A sentence with <b>no</b> markup."));
    place.remove();
}

#[wasm_bindgen_test]
fn the_colours_go_round_and_are_remembered() {
    let mut theme = Theme::System;
    for _ in 0..3 {
        theme = theme.next();
        theme.show();
        theme.store();
        assert_eq!(Theme::load(), theme);
    }
    assert_eq!(theme, Theme::System);
    assert!(!document().document_element().expect("it is there").has_attribute("data-theme"));
}
