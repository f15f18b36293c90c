//! Parts of the document that change while it is looked at. Leptos makes code for every type of closure that a view
//! holds; through these all closures have one type, and the code is there once: a tenth off the page's size.

use std::sync::Arc;

use leptos::prelude::*;

type Text = Box<dyn Fn() -> String + Send + Sync>;
type Part = Box<dyn Fn() -> AnyView + Send + Sync>;
type Keys = Box<dyn Fn() -> Vec<u64> + Send + Sync>;
type Row = Arc<dyn Fn(u64) -> AnyView + Send + Sync>;

/// A text that is read anew when what it reads has changed.
pub fn text(read: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    let read: Text = Box::new(read);
    read.into_any()
}

/// The value of a field or a list. It is put there only when it has become another: what a person is typing there in the
/// meantime stays. (Texts and attributes are compared by Leptos itself.)
pub fn value(read: impl Fn() -> String + Send + Sync + 'static) -> Memo<String> {
    Memo::new(move |_| read())
}

/// A part of the document, likewise.
pub fn part(make: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let make: Part = Box::new(make);
    make.into_any()
}

/// A part that is there only at times.
pub fn part_if(make: impl Fn() -> Option<AnyView> + Send + Sync + 'static) -> AnyView {
    part(move || make().unwrap_or_else(nothing))
}

/// No part at all.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// One part for each of these numbers. A part stays as long as its number does, wherever that moves.
pub fn each(
    keys: impl Fn() -> Vec<u64> + Send + Sync + 'static,
    row: impl Fn(u64) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    rows(Box::new(keys), Arc::new(row))
}

fn rows(keys: Keys, row: Row) -> AnyView {
    let row = move |key| row(key);
    view! { <For each=keys key=|key| *key children=row /> }.into_any()
}
