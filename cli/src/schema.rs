//! `albatross schema`: the JSON Schema of scenario files, for editors.

use std::io::{self, Write};

use albatross_engine::scenario::schema;

/// Prints it, or says why it cannot be printed.
pub(crate) fn print() -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:#}", schema())
        .and_then(|()| out.flush())
        .map_err(|error| format!("standard output: {error}"))
}
