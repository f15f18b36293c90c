//! What the page needs of the browser beyond the DOM: frames, sizes, the clock, preferences. Thin on purpose.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver, Storage, Window};

fn window() -> Option<Window> {
    web_sys::window()
}

/// Milliseconds of wall time since the page was opened.
pub fn wall_ms() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Calls `frame` with the wall time before every repaint, for as long as the page lives. A hidden tab gets no calls.
pub fn animate(mut frame: impl FnMut(f64) + 'static) {
    type Slot = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;
    let slot: Slot = Rc::default();
    let again = Rc::clone(&slot);
    let request = |slot: &Slot| {
        if let (Some(window), Some(closure)) = (window(), slot.borrow().as_ref()) {
            // It fails only where there is no window, and then nothing is to be drawn.
            let _ = window.request_animation_frame(closure.as_ref().unchecked_ref());
        }
    };
    *slot.borrow_mut() = Some(Closure::new(move |wall| {
        frame(wall);
        request(&again);
    }));
    request(&slot);
}

/// Calls `resized` with the width and height of an element, in CSS pixels, now and whenever they change.
pub fn observe_size(element: &Element, mut resized: impl FnMut(f64, f64) + 'static) {
    let observed = element.clone();
    let closure = Closure::<dyn FnMut()>::new(move || {
        let rect = observed.get_bounding_client_rect();
        resized(rect.width(), rect.height());
    });
    if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
        observer.observe(element);
    }
    // It lives as long as the page.
    closure.forget();
}

/// Device pixels to the CSS pixel.
pub fn device_pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    window().and_then(|window| window.match_media(query).ok().flatten()).is_some_and(|list| list.matches())
}

/// The query string of the page's address.
pub fn query() -> String {
    window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// A part of an address without its percent signs; as it is, where they make no sense.
pub fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
}

/// Puts another query string into the address, as a step that “back” undoes.
pub fn push_query(query: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        // Refused only on pages without an address of their own; the run goes on all the same.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(query));
    }
}

/// Calls `back` whenever the person goes back or forward.
pub fn on_history(back: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(back);
    if let Some(window) = window() {
        let _ = window.add_event_listener_with_callback("popstate", closure.as_ref().unchecked_ref());
    }
    closure.forget();
}

/// Where the theme is stored; the document reads it before it paints anything.
const THEME: &str = "albatross.theme";

fn storage() -> Option<Storage> {
    window().and_then(|window| window.local_storage().ok().flatten())
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has them.
    #[default]
    System,
    /// Paper.
    Light,
    /// Night.
    Dark,
}

impl Theme {
    /// The next one, round and round.
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "as the system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Whether it is night now.
    pub fn is_dark(self) -> bool {
        match self {
            Self::System => media("(prefers-color-scheme: dark)"),
            Self::Light => false,
            Self::Dark => true,
        }
    }

    /// The word for it in the document and in the store; the system's colours have none.
    const fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// Gives the page these colours.
    pub fn show(self) {
        let root = window().and_then(|window| window.document()?.document_element());
        let Some(root) = root else { return };
        let _ = match self.word() {
            None => root.remove_attribute("data-theme"),
            Some(word) => root.set_attribute("data-theme", word),
        };
    }

    /// What was chosen on an earlier visit; the system's colours where nothing, or nothing readable, is stored.
    pub fn load() -> Self {
        let word = storage().and_then(|storage| storage.get_item(THEME).ok().flatten());
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.word() == word.as_deref())
            .unwrap_or_default()
    }

    /// Remembers the choice for the next visit, where the browser lets us.
    pub fn store(self) {
        let Some(storage) = storage() else { return };
        let _ = match self.word() {
            None => storage.remove_item(THEME),
            Some(word) => storage.set_item(THEME, word),
        };
    }
}
