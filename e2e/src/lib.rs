//! A real browser on the built page, and the words in which a person would say what is to be done and seen there.
//! Must never know how the page is made beyond its ids, `data-` attributes and texts.

#![allow(clippy::disallowed_types, reason = "unlike the engine, a browser runs in real time")]

mod axe;
mod browser;
mod driver;
mod look;
mod page;
mod script;
mod setting;
mod site;
mod turn;
mod wait;

pub use axe::Violation;
pub use browser::Browser;
pub use look::Look;
pub use page::{LogLine, Page, Rect, Task};
pub use setting::Setting;
pub use site::{Site, fetch};
pub use wait::until;
