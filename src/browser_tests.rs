//! The page's parts in a real browser: what cannot be shown without a DOM and a canvas.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    CanvasRenderingContext2d, Document, Element, Event, HtmlCanvasElement, HtmlElement, HtmlSelectElement,
};

use crate::app::App;
use crate::browser::{self, Theme};
use crate::failure;
use crate::scene::painter::{Mark, Painter, Palette};
use crate::several;

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

/// Chooses from a list as a person does.
fn choose(place: &HtmlElement, list: &str, value: &str) {
    let list: HtmlSelectElement = find(place, list).expect("it is there").unchecked_into();
    list.set_value(value);
    list.dispatch_event(&Event::new("change").expect("it can be made")).expect("it is taken");
}

#[wasm_bindgen_test]
async fn a_world_of_several_can_be_looked_at_and_changed() {
    browser::push_query(&format!("?scenario={}", several::NAME));
    let place = put("");
    let mounted = leptos::mount::mount_to(place.clone(), App);
    let text =
        |selector: &str| find(&place, selector).and_then(|found| found.text_content()).unwrap_or_default();
    let click =
        |selector: &str| find(&place, selector).expect(selector).unchecked_into::<HtmlElement>().click();
    wait(1_000).await;
    assert_eq!(place.query_selector_all(".thing.task").map(|tasks| tasks.length()), Ok(8));
    assert_eq!(place.query_selector_all(".thing.node").map(|nodes| nodes.length()), Ok(2));
    assert!(text(".no-node:not(.none)").contains("no node"));
    assert!(text("#select-target-group").contains("web-tg, api-tg, spare-tg"));

    choose(&place, "#service", "1");
    click("#desired-more");
    wait(300).await;
    assert_eq!(text("#desired"), "4");
    assert!(text("#events").contains("You: UpdateService api: desired count 4."));

    click("#select-target-group");
    wait(200).await;
    choose(&place, "#group", "1");
    choose(&place, "#algorithm", "weighted_random");
    wait(300).await;
    assert_eq!(text("#inspector h2"), "Target group api-tg");
    assert!(text(".notice p").starts_with("Not possible: "), "{}", text(".notice p"));
    let shown: HtmlSelectElement = find(&place, "#algorithm").expect("it is there").unchecked_into();
    assert_eq!(shown.value(), "round_robin", "what was refused does not go on standing there");

    for thing in ["#select-traffic", "#select-service", "#node-2", "#task-6", "#task-7", "#task-8"] {
        click(thing);
        wait(150).await;
        assert!(!text("#inspector h2").is_empty(), "{thing}");
    }
    assert!(text("#why").starts_with("Why unused?"), "{}", text("#why"));
    browser::push_query("?");
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
