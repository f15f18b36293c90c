//! `cargo xtask build`: the static site in `dist/`, its size, and the proof that it asks no other host.

use anyhow::{Result, bail};

use crate::project::{Project, WASM_TARGET};
use crate::tools::{self, Tool};
use crate::{hosts, size, step};

/// What the release build of the page needs.
pub(crate) const TOOLS: [Tool; 4] = [Tool::WasmTarget, Tool::WasmBindgen, Tool::Trunk, Tool::WasmOpt];

pub(crate) fn run(project: &Project) -> Result<()> {
    tools::ensure(project, &TOOLS)?;
    build(project)?;
    println!("The site is in {}: any static server can serve it, from any folder.", project.dist().display());
    Ok(())
}

/// Builds with tools that are there already.
pub(crate) fn build(project: &Project) -> Result<()> {
    fetch(project)?;
    step::timed("Building the page for release: cargo, wasm-bindgen, wasm-opt", || {
        step::show(project.trunk(["build", "--release"]))
    })?;
    let files = size::measure(&project.dist())?;
    print!("{}", size::table(&files, size::BUDGET));
    size::check(&files, size::BUDGET)?;
    let others = hosts::other_hosts_in(&project.dist())?;
    if !others.is_empty() {
        bail!(
            "the site names other hosts ({}): it has to work without any, so take the addresses out",
            others.join(", ")
        );
    }
    Ok(())
}

/// Brings every crate onto this machine, because Trunk builds offline.
pub(crate) fn fetch(project: &Project) -> Result<()> {
    let host = project.command("rustc").args(["--print", "host-tuple"]).output();
    let host =
        host.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let mut command = project.cargo(["fetch", "--target", WASM_TARGET]);
    if !host.is_empty() {
        command.args(["--target", &host]);
    }
    step::timed("Fetching crates that are not here yet", || {
        step::quiet(project, "fetch", command).map(drop).map_err(|failure| tools::fetch_failed(&failure))
    })
}
