//! `cargo xtask bench`: the engine by itself, natively, then the finished page in a real browser.

use anyhow::Result;

use crate::project::Project;
use crate::{site, step, test, tools};

pub(crate) fn run(project: &Project) -> Result<()> {
    tools::ensure(project, &test::page_in_browser_tools())?;
    step::timed("The engine by itself: cargo bench -p albatross-engine", || {
        step::show(project.cargo(["bench", "-p", "albatross-engine"]))
    })?;
    site::build(project)?;
    step::timed("The page in Chromium: cargo run --release -p albatross-e2e --bin bench", || {
        let mut command = project.cargo(["run", "--release", "-p", "albatross-e2e", "--bin", "bench"]);
        command.envs(test::page_in_browser_environment(project)?);
        step::show(command)
    })
}
