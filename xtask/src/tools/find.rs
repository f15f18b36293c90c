//! Looks for tools, and reads their versions.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::Tool;
use crate::project::{Project, WASM_TARGET};

/// Whether a tool is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It is there, at a version that will do.
    Ready {
        version: String,
        path: String,
    },
    /// It is there, at another version.
    Other {
        version: String,
        path: String,
    },
    Missing,
}

impl State {
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}

pub(super) fn state(project: &Project, tool: Tool) -> State {
    let Some((version, path)) = find(project, tool) else { return State::Missing };
    let path = path.display().to_string();
    match tool.version(project) {
        Some(needed) if needed != version => State::Other { version, path },
        _ => State::Ready { version, path },
    }
}

/// The one script of axe-core.
pub(crate) fn axe_script(project: &Project) -> PathBuf {
    project.npm_folder().join("node_modules/axe-core/axe.min.js")
}

fn find(project: &Project, tool: Tool) -> Option<(String, PathBuf)> {
    match tool {
        Tool::Rustfmt => Some((ask(project, Path::new("cargo"), &["fmt", "--version"])?, PathBuf::new())),
        Tool::Clippy => Some((ask(project, Path::new("cargo"), &["clippy", "--version"])?, PathBuf::new())),
        Tool::Cxx => {
            // Who names a compiler, with or without options, has one.
            if let Some(named) = env::var_os("CXX").filter(|value| !value.is_empty()) {
                return Some((String::new(), PathBuf::from(named)));
            }
            let path = project.find_program("c++")?;
            Some((ask(project, &path, &["--version"])?, path))
        }
        Tool::WasmTarget => {
            let words = ["--print", "target-libdir", "--target", WASM_TARGET];
            let output = project.command("rustc").args(words).output().ok()?;
            let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
            folder.is_dir().then(|| (String::new(), folder))
        }
        Tool::WasmBindgen => {
            let path = project.find_program("wasm-bindgen")?;
            // The tests in a browser need this one; both come with the same crate.
            project.find_program("wasm-bindgen-test-runner")?;
            Some((ask(project, &path, &["--version"])?, path))
        }
        Tool::Trunk | Tool::Npm => {
            let path = project.find_program(tool.name())?;
            Some((ask(project, &path, &["--version"])?, path))
        }
        Tool::WasmOpt => {
            let path = project.find_program("wasm-opt")?;
            Some((ask(project, &path, &["--version"])?, path))
        }
        Tool::Axe => {
            let script = axe_script(project);
            let package = fs::read_to_string(script.with_file_name("package.json")).ok()?;
            let package: serde_json::Value = serde_json::from_str(&package).ok()?;
            script.is_file().then_some((package.get("version")?.as_str()?.to_owned(), script))
        }
        Tool::Chromium => {
            let path = named_or_found(project, "CHROMIUM", &chromium_names())?;
            Some((ask(project, &path, &["--version"])?, path))
        }
        Tool::ChromeDriver => {
            let path = named_or_found(project, "CHROMEDRIVER", &["chromedriver"])?;
            Some((ask(project, &path, &["--version"])?, path))
        }
    }
}

/// What Chromium and its kin are called, the likeliest first.
fn chromium_names() -> Vec<&'static str> {
    let mut names = vec!["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    if cfg!(target_os = "macos") {
        names.push("/Applications/Chromium.app/Contents/MacOS/Chromium");
        names.push("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    }
    names
}

fn named_or_found(project: &Project, variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable).filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    names.iter().find_map(|name| {
        let path = Path::new(name);
        if path.is_absolute() {
            path.is_file().then(|| path.to_path_buf())
        } else {
            project.find_program(name)
        }
    })
}

fn ask(project: &Project, program: &Path, words: &[&str]) -> Option<String> {
    let output = project.command(program).args(words).env_remove("NO_COLOR").output().ok()?;
    output.status.success().then(|| version_in(&String::from_utf8_lossy(&output.stdout)))?
}

/// The first word that begins with a digit: programs tell their versions in many ways.
fn version_in(text: &str) -> Option<String> {
    text.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word)).find_map(|word| {
        let word = word.trim_end_matches([',', ')', ';']);
        let version = word.split('-').next().unwrap_or(word);
        version.starts_with(|character: char| character.is_ascii_digit()).then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_tell_them() {
        for (told, version) in [
            ("trunk 0.21.14\n", "0.21.14"),
            ("wasm-bindgen 0.2.128", "0.2.128"),
            ("wasm-opt version 132 (version_132)", "132"),
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)", "156.0.8078.79"),
            ("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078@{#1704})", "156.0.8078.79"),
            ("c++ (Debian 14.2.0-19) 14.2.0\nCopyright (C) 2024", "14.2.0"),
            ("Google Chrome 150.0.1.2 ", "150.0.1.2"),
            ("11.19.1\n", "11.19.1"),
            ("v20.20.2", "20.20.2"),
            ("rustfmt 1.9.0-stable (59807616e1 2026-04-14)", "1.9.0"),
        ] {
            assert_eq!(version_in(told).as_deref(), Some(version), "{told}");
        }
        assert_eq!(version_in("no version here"), None);
    }

    #[test]
    fn only_a_ready_tool_is_ready() {
        let (version, path) = ("1".to_owned(), "/bin/x".to_owned());
        assert!(State::Ready { version: version.clone(), path: path.clone() }.is_ready());
        assert!(!State::Other { version, path }.is_ready());
        assert!(!State::Missing.is_ready());
    }
}
