//! Installs tools, each either wholly or not at all.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::machine::Machine;
use super::{Tool, install_step};
use crate::project::{AXE_VERSION, BINARYEN_VERSION, Project};

/// Adds a target or a component to the Rust toolchain in use.
pub(super) fn rustup(project: &Project, kind: &str, name: &str) -> Result<()> {
    if project.find_program("rustup").is_none() {
        bail!(
            "the Rust {kind} {name} is missing and there is no rustup to add it: install it the way Rust was installed here"
        );
    }
    let mut command = project.command("rustup");
    command.args([kind, "add", name]);
    install_step(
        project,
        &format!("Adding the Rust {kind} {name} (seconds)"),
        &format!("rustup-{name}"),
        command,
        &format!(
            "rustup cannot reach its server for the {kind} {name}: connect to the network and run this again"
        ),
    )
}

/// Installs a program from the crate registry.
pub(super) fn cargo_tool(
    project: &Project,
    package: &str,
    version: &str,
    options: &[&str],
    usual_time: &str,
) -> Result<()> {
    let build_folder = project.root.join("target/tools-build");
    if env::var("CARGO_NET_OFFLINE").is_ok_and(|value| value == "true" || value == "1") {
        bail!(
            "CARGO_NET_OFFLINE keeps cargo from installing {package} {version}: unset it and run this again"
        );
    }
    let by_hand = format!("cargo install --locked {package}@{version}");
    let mut command = project.cargo(["install", "--locked", "--force", "--root"]);
    command.arg(&project.cargo_root).args(options).arg(format!("{package}@{version}"));
    command.env("CARGO_TARGET_DIR", &build_folder);
    // Settings meant for our own crates are not meant for tools.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        command.env_remove(name);
    }
    let result = install_step(
        project,
        &format!(
            "Installing {package} {version} into {} (about {usual_time} on two cores)",
            project.cargo_bin().display()
        ),
        &format!("install-{package}"),
        command,
        &format!(
            "the crate registry cannot be reached, so {package} {version} cannot be installed: connect to the network and run this again, or install it by hand with `{by_hand}`"
        ),
    );
    if build_folder.exists() {
        fs::remove_dir_all(&build_folder)
            .with_context(|| format!("{} cannot be removed", build_folder.display()))?;
    }
    result
}

/// Installs both npm packages into a new folder and puts it in the old one's place, so that a failure
/// leaves what was there.
pub(super) fn npm_packages(project: &Project) -> Result<()> {
    if !Tool::Npm.state(project).is_ready() {
        let machine = Machine::here();
        if !machine.installs_packages() {
            bail!(
                "npm is missing, which brings wasm-opt and axe-core: {}, and run this again",
                machine.how_to_get_npm()
            );
        }
        debian_packages(project, machine, &["nodejs", "npm"])?;
    }
    let new = project.root.join("target/tools-new");
    let place = project.npm_folder();
    if new.exists() {
        fs::remove_dir_all(&new).with_context(|| format!("{} cannot be removed", new.display()))?;
    }
    fs::create_dir_all(&new).with_context(|| format!("{} cannot be made", new.display()))?;
    let npm = project.find_program("npm").unwrap_or_else(|| "npm".into());
    let mut command = project.command(npm);
    command.args(["install", "--save-exact", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    command.arg(&new);
    // Its own patience would have one wait for minutes where there is no network.
    command.args(["--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "4000"]);
    command.args([format!("binaryen@{BINARYEN_VERSION}"), format!("axe-core@{AXE_VERSION}")]);
    let result = install_step(
        project,
        &format!(
            "Installing wasm-opt (binaryen {BINARYEN_VERSION}) and axe-core {AXE_VERSION} into target/tools (seconds)"
        ),
        "install-npm",
        command,
        "the npm registry cannot be reached, so wasm-opt and axe-core cannot be installed: connect to the network and run this again",
    );
    if result.is_err() {
        fs::remove_dir_all(&new).ok();
        return result;
    }
    if place.exists() {
        fs::remove_dir_all(&place).with_context(|| format!("{} cannot be removed", place.display()))?;
    }
    fs::rename(&new, &place).with_context(|| format!("{} cannot be made", place.display()))
}

/// Installs the browser that the tests use.
pub(super) fn chromium(project: &Project) -> Result<()> {
    for (tool, variable) in [(Tool::Chromium, "CHROMIUM"), (Tool::ChromeDriver, "CHROMEDRIVER")] {
        let named = env::var(variable).unwrap_or_default();
        if !named.is_empty() && !tool.state(project).is_ready() {
            bail!(
                "{variable} is set to {named}, which does not run: set it to the right program, or to nothing"
            );
        }
    }
    let machine = Machine::here();
    if !machine.installs_packages() {
        let missing: Vec<&str> = [Tool::Chromium, Tool::ChromeDriver]
            .into_iter()
            .filter(|tool| !tool.state(project).is_ready())
            .map(Tool::name)
            .collect();
        let verb = if missing.len() == 1 { "is" } else { "are" };
        bail!("{} {verb} missing: {}", missing.join(" and "), machine.how_to_get_chromium());
    }
    debian_packages(project, machine, &["chromium", "chromium-driver", "fonts-dejavu-core"])
}

/// Installs the C++ compiler that builds libFuzzer.
pub(super) fn cxx(project: &Project) -> Result<()> {
    let machine = Machine::here();
    if !machine.installs_packages() {
        bail!("a C++ compiler is missing, which builds the fuzzer: {}", machine.how_to_get_cxx());
    }
    debian_packages(project, machine, &["g++"])
}

fn debian_packages(project: &Project, machine: Machine, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    let unreachable = format!(
        "Debian's package archive cannot be reached: connect to the network and run this again, or install by hand with `apt-get install {names}`"
    );
    let apt_get = |words: &[&str]| {
        let words = machine.apt_get(words);
        let mut command: Command = project.command(&words[0]);
        command.args(&words[1..]);
        command
    };
    install_step(
        project,
        "Updating the list of Debian packages (apt-get update)",
        "apt-update",
        apt_get(&["update"]),
        &unreachable,
    )?;
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(packages);
    let title = format!("Installing Debian packages (about a minute): apt-get install {names}");
    install_step(project, &title, "apt-install", apt_get(&words), &unreachable)
}
