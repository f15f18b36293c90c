//! Everything around the picture: header, inspector, transport, charts, log, help.

pub mod charts;
mod header;
mod help;
mod inspector;
mod log;
mod plot;
mod transport;

pub use charts::ChartsPanel;
pub use header::Header;
pub use help::Help;
pub use inspector::Inspector;
pub use log::{LiveRegion, Log};
pub use transport::Transport;

use leptos::prelude::*;

/// A list from which one of several things is chosen, by its index.
pub(crate) fn choice(
    id: &'static str,
    label: &'static str,
    names: Vec<String>,
    chosen: RwSignal<usize>,
) -> AnyView {
    let options = names.into_iter().enumerate();
    let options = options
        .map(|(index, name)| view! { <option value=index.to_string()>{name}</option> }.into_any())
        .collect_view();
    view! {
        <select
            id=id
            aria-label=label
            prop:value=move || chosen.get().to_string()
            on:change=move |event| {
                if let Ok(index) = event_target_value(&event).parse() {
                    chosen.set(index);
                }
            }
        >
            {options}
        </select>
    }
    .into_any()
}
