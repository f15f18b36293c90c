//! When the page itself fails: a message and a way back, whatever is broken. Lives outside of the app's own DOM.

use std::panic::PanicHookInfo;

/// From now on a panic is told on the page, besides the console.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        show(&message(info));
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("something that should not happen");
    let place =
        info.location().map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
    format!("Albatross has stopped because of a mistake of its own: {what}{place}.")
}

/// Shows a message in the box that the page keeps for this, over everything else.
pub fn show(message: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(failure) = document.get_element_by_id("failure") else { return };
    for (selector, text) in [("h2", "The simulator stopped"), ("p", message)] {
        if let Ok(Some(element)) = failure.query_selector(selector) {
            element.set_text_content(Some(text));
        }
    }
    let _ = failure.remove_attribute("hidden");
}
