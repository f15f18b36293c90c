//! The help: what the keys do, and what is our assumption where AWS documents nothing.

use albatross_engine::choices;
use leptos::html;
use leptos::prelude::*;

use crate::playground::Playground;

/// The page's icons. They are drawn, not fetched.
pub(super) mod icons {
    use leptos::prelude::*;

    pub(in crate::panels) fn mark() -> impl IntoView {
        view! {
            <svg viewBox="0 0 28 20" aria-hidden="true">
                <path d="M1 7.5C5.5 6 9 8 12.2 12.4 13.6 7 18.5 2.6 27 2.5 22.3 4.2 19.4 7.4 17.6 11.5 16 15.2 13.6 17.4 9.5 18 11.3 16.6 12.2 14.8 12.2 12.4" />
            </svg>
        }
    }

    pub(in crate::panels) fn play() -> AnyView {
        view! { <svg viewBox="0 0 16 16" aria-hidden="true"><path class="solid" d="M4.5 2.8v10.4L13 8z" /></svg> }.into_any()
    }

    pub(in crate::panels) fn pause() -> AnyView {
        view! { <svg viewBox="0 0 16 16" aria-hidden="true"><path class="solid" d="M3.8 3h3v10h-3zM9.2 3h3v10h-3z" /></svg> }
            .into_any()
    }

    pub(in crate::panels) fn step() -> impl IntoView {
        view! {
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path class="solid" d="M3.5 3v10L10 8z" />
                <path d="M12.2 3.5v9" />
            </svg>
        }
    }

    pub(in crate::panels) fn theme() -> impl IntoView {
        view! {
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <circle cx="8" cy="8" r="5.8" />
                <path class="solid" d="M8 2.2a5.8 5.8 0 0 1 0 11.6z" />
            </svg>
        }
    }

    pub(in crate::panels) fn close() -> impl IntoView {
        view! { <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg> }
    }
}

/// Each key, or group of keys, and what it does.
const KEYS: [(&[&str], &str); 9] = [
    (&["Space"], "pause, go on"),
    (&["."], "pause and go on by one step"),
    (&["[", "]"], "slower, faster"),
    (&["A"], "one task more"),
    (&["D"], "deploy a new revision with nothing wrong about it"),
    (&["K"], "kill the selected task"),
    (&["←", "→", "↑", "↓"], "go from thing to thing in the picture; Enter selects"),
    (&["Esc"], "select nothing"),
    (&["?"], "this page"),
];

#[component]
pub fn Help() -> impl IntoView {
    let playground = Playground::expect();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (open, Some(dialog)) = (playground.help.get(), dialog.get()) else { return };
        if open && !dialog.open() {
            // It fails only when the dialog is open already.
            let _ = dialog.show_modal();
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    let keys = KEYS.map(|(keys, what)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view();
        view! { <dt>{keys}</dt><dd>{what}</dd> }
    });
    let assumptions = choices::ALL.iter().map(|choice| {
        view! { <dt>{choice.topic}</dt><dd>{choice.choice}" "<i>{choice.because}</i></dd> }
    });
    view! {
        <dialog id="keys" node_ref=dialog aria-labelledby="keys-title" on:close=move |_| playground.help.set(false)>
            <h2 id="keys-title">
                "Keys"
                <button
                    type="button"
                    class="button quiet only-icon"
                    aria-label="Close"
                    on:click=move |_| playground.help.set(false)
                >
                    {icons::close()}
                </button>
            </h2>
            <dl>{keys.into_iter().collect_view()}</dl>
            <details>
                <summary>"Our assumptions, where AWS documents nothing"</summary>
                <dl class="assumptions">{assumptions.collect_view()}</dl>
            </details>
        </dialog>
    }
    .into_any()
}
