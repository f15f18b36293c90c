//! `cargo xtask bench`: figures, not assertions. The engine natively, the same in wasm, and a frame of dots.

use anyhow::Result;

use crate::project::Project;
use crate::tools::Tool;
use crate::{step, test, tools};

/// What each benchmark in a browser measures, and cargo's words for it. They are built as the page is.
const IN_A_BROWSER: [(&str, &str); 2] = [
    (
        "The same in wasm, in Chromium",
        "test --profile page -p albatross-engine --test speed_in_wasm --target wasm32-unknown-unknown -- --nocapture",
    ),
    (
        "A frame of dots, in Chromium",
        "test --profile page -p albatross --test frame_cost --target wasm32-unknown-unknown -- --nocapture",
    ),
];

pub(crate) fn run(project: &Project) -> Result<()> {
    tools::ensure(project, &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Chromium, Tool::ChromeDriver])?;
    step::timed("Requests per second of wall time, natively: cargo bench -p albatross-engine", || {
        step::show(project.cargo(["bench", "-p", "albatross-engine"]))
    })?;
    for (title, words) in IN_A_BROWSER {
        step::timed(title, || {
            let mut command = project.cargo(words.split(' '));
            test::let_a_browser_run_tests(project, &mut command)?;
            step::show(command)
        })?;
    }
    Ok(())
}
