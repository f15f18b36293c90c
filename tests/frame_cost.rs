//! What a frame of 2,000 dots costs the main thread, on a canvas of 1280 by 720. It prints figures and asserts no time:
//! `cargo xtask bench` runs it in Chromium, `cargo xtask test` does not.

#![cfg(target_arch = "wasm32")]

use albatross::scene::painter::{Mark, Painter, Palette};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlCanvasElement;

wasm_bindgen_test_configure!(run_in_browser);

const WIDTH: f64 = 1_280.0;
const HEIGHT: f64 = 720.0;
const FRAMES: u32 = 120;
const MARKS: [Mark; 5] = [Mark::Request, Mark::Success, Mark::TargetError, Mark::BalancerError, Mark::Probe];

/// Milliseconds per frame, painting so many dots that move all over the canvas.
fn frame_ms(painter: &mut Painter, dots: u32) -> f64 {
    let performance = web_sys::window().and_then(|window| window.performance()).expect("a browser has it");
    let began = performance.now();
    for frame in 0..FRAMES {
        painter.begin();
        for dot in 0..dots {
            let along = f64::from((dot * 7_919 + frame * 13) % 10_007) / 10_007.0;
            let across = f64::from((dot * 104_729) % 10_009) / 10_009.0;
            painter.dot(along * WIDTH, across * HEIGHT, MARKS[(dot % 5) as usize]);
        }
        painter.present();
    }
    (performance.now() - began) / f64::from(FRAMES)
}

#[wasm_bindgen_test]
fn a_frame_of_many_dots() {
    let document = web_sys::window().and_then(|window| window.document()).expect("a browser has it");
    let canvas: HtmlCanvasElement =
        document.create_element("canvas").expect("it can be made").dyn_into().expect("it is a canvas");
    document.body().expect("it has a body").append_child(&canvas).expect("it can be shown");
    let mut painter = Painter::attach(&canvas).expect("it has a 2D context");
    painter.set_palette(Palette::LIGHT);
    for ratio in [1.0, 2.0] {
        painter.resize(WIDTH, HEIGHT, ratio);
        frame_ms(&mut painter, 100);
        for dots in [200, 2_000, 10_000] {
            let ms = frame_ms(&mut painter, dots);
            console_log!("{dots} dots at {ratio} device pixels: {ms:.2} ms of main thread per frame");
        }
    }
}
