//! The tools that the commands need: which they are, whether they are there, and how they come.

mod find;
mod install;
mod machine;
mod network;

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};

use crate::project::{AXE_VERSION, BINARYEN_VERSION, Project, TRUNK_VERSION, WASM_TARGET};
use crate::step::{self, QuietFailure};

pub(crate) use find::{State, axe_script};

use machine::Machine;

/// Something that has to be on the machine before a command can do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    Rustfmt,
    Clippy,
    Cxx,
    WasmTarget,
    WasmBindgen,
    Trunk,
    Npm,
    WasmOpt,
    Axe,
    Chromium,
    ChromeDriver,
}

impl Tool {
    pub(crate) const ALL: [Self; 11] = [
        Self::Rustfmt,
        Self::Clippy,
        Self::Cxx,
        Self::WasmTarget,
        Self::WasmBindgen,
        Self::Trunk,
        Self::Npm,
        Self::WasmOpt,
        Self::Axe,
        Self::Chromium,
        Self::ChromeDriver,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::Cxx => "c++",
            Self::WasmTarget => "wasm target",
            Self::WasmBindgen => "wasm-bindgen",
            Self::Trunk => "trunk",
            Self::Npm => "npm",
            Self::WasmOpt => "wasm-opt",
            Self::Axe => "axe-core",
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromedriver",
        }
    }

    /// The version that is needed, for people.
    pub(crate) fn needed(self, project: &Project) -> String {
        match self {
            Self::WasmTarget => WASM_TARGET.to_owned(),
            _ => self.version(project).unwrap_or("any").to_owned(),
        }
    }

    /// The one version that will do, where only one will.
    fn version(self, project: &Project) -> Option<&str> {
        match self {
            Self::WasmBindgen => Some(&project.wasm_bindgen_version),
            Self::Trunk => Some(TRUNK_VERSION),
            Self::WasmOpt => BINARYEN_VERSION.split('.').next(),
            Self::Axe => Some(AXE_VERSION),
            _ => None,
        }
    }

    /// Whether it is there.
    pub(crate) fn state(self, project: &Project) -> State {
        find::state(project, self)
    }

    /// How it comes onto this machine, for people.
    pub(crate) fn how_it_comes(self) -> String {
        let machine = Machine::here();
        match self {
            Self::WasmTarget | Self::WasmBindgen | Self::Trunk => {
                "`cargo xtask serve` installs it".to_owned()
            }
            Self::WasmOpt => "`cargo xtask build` installs it".to_owned(),
            Self::Rustfmt | Self::Clippy | Self::Axe => "`cargo xtask test` installs it".to_owned(),
            Self::Npm if machine.installs_packages() => "`cargo xtask build` installs it".to_owned(),
            Self::Npm => machine.how_to_get_npm(),
            Self::Cxx | Self::Chromium | Self::ChromeDriver if machine.installs_packages() => {
                "`cargo xtask test` installs it".to_owned()
            }
            Self::Cxx => machine.how_to_get_cxx(),
            Self::Chromium | Self::ChromeDriver => machine.how_to_get_chromium(),
        }
    }
}

/// Installs those of the tools that are missing.
pub(crate) fn ensure(project: &Project, tools: &[Tool]) -> Result<()> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !tool.state(project).is_ready()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.name()).collect();
    println!("Not here yet, or of another version: {}.", names.join(", "));

    let any = |wanted: &[Tool]| missing.iter().any(|tool| wanted.contains(tool));
    // What may need a person's hand comes first, so that nobody waits minutes for a refusal.
    if any(&[Tool::Chromium, Tool::ChromeDriver]) {
        install::chromium(project)?;
    }
    if any(&[Tool::Cxx]) {
        install::cxx(project)?;
    }
    if any(&[Tool::WasmOpt, Tool::Axe]) {
        install::npm_packages(project)?;
    }
    for (tool, component) in [(Tool::Rustfmt, "rustfmt"), (Tool::Clippy, "clippy")] {
        if any(&[tool]) {
            install::rustup(project, "component", component)?;
        }
    }
    if any(&[Tool::WasmTarget]) {
        install::rustup(project, "target", WASM_TARGET)?;
    }
    if any(&[Tool::WasmBindgen]) {
        install::cargo_tool(project, "wasm-bindgen-cli", &project.wasm_bindgen_version, &[], "3 minutes")?;
    }
    if any(&[Tool::Trunk]) {
        // A debug build is made in less than half the time, and Trunk itself does little work. Its
        // default features would build a check for new versions, too.
        let options = ["--debug", "--no-default-features", "--features", "rustls"];
        install::cargo_tool(project, "trunk", TRUNK_VERSION, &options, "4 minutes")?;
    }
    for tool in missing {
        if !tool.state(project).is_ready() {
            bail!(
                "{} {} was installed, but is still not found: `cargo xtask doctor` tells what is",
                tool.name(),
                tool.needed(project)
            );
        }
    }
    Ok(())
}

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// The browser on this machine, if its two halves fit each other.
pub(crate) fn browser(project: &Project) -> Result<Browser> {
    let half = |tool: Tool| match tool.state(project) {
        State::Ready { version, path } => Ok((version, PathBuf::from(path))),
        _ => Err(anyhow!("{}: {}", tool.name(), Machine::here().how_to_get_chromium())),
    };
    let (version, chromium) = half(Tool::Chromium)?;
    let (driver_version, driver) = half(Tool::ChromeDriver)?;
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(&version) != major(&driver_version) {
        bail!(
            "chromium is {version} and chromedriver is {driver_version}, which do not fit: install both from one source, or name others in CHROMIUM and CHROMEDRIVER"
        );
    }
    Ok(Browser { chromium, driver })
}

/// One sentence for a failed `cargo fetch`.
pub(crate) fn fetch_failed(failure: &QuietFailure) -> anyhow::Error {
    if network::is_unreachable(&failure.log) {
        return anyhow!("the crate registry cannot be reached: connect to the network and run this again");
    }
    failure.explained()
}

/// Says which step installs what, and turns its failure into one sentence.
fn install_step(
    project: &Project,
    title: &str,
    log_name: &str,
    command: std::process::Command,
    unreachable: &str,
) -> Result<()> {
    step::timed(title, || {
        step::quiet(project, log_name, command).map(drop).map_err(|failure| {
            if network::is_unreachable(&failure.log) { anyhow!("{unreachable}") } else { failure.explained() }
        })
    })
}
