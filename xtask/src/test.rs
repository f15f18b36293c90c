//! `cargo xtask test`: everything that has to hold before a change is taken, the quick checks first.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde_json::json;

use crate::project::{Project, WASM_TARGET};
use crate::tally::Tally;
use crate::tools::{self, Tool};
use crate::{fuzz, site, step};

/// A part of the tests that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The engine and the command line, natively, and the engine's digests as wasm in a browser
    Engine,
    /// The page's code, natively, and as wasm in a browser
    Page,
    /// The finished page in real Chromium
    E2e,
}

/// One line of the summary: what it is, how to repeat it alone, and what to do.
struct Step {
    title: &'static str,
    repeat: String,
    action: Action,
}

type Action = Box<dyn Fn(&Project, &mut Tally) -> Result<()>>;

pub(crate) fn run(project: &Project, part: Option<Part>) -> Result<()> {
    tools::ensure(project, &tools_for(part))?;
    let steps = steps(part);
    let mut tally = Tally::default();
    let mut times: Vec<Duration> = Vec::new();
    let mut failure = None;
    for step in &steps {
        let start = Instant::now();
        let result = step::timed(step.title, || (step.action)(project, &mut tally));
        times.push(start.elapsed());
        if let Err(error) = result {
            failure = Some(sentence(step, &error.to_string()));
            break;
        }
    }
    println!();
    print!("{}", summary(&steps, &times, failure.is_some()));
    if !tally.is_empty() {
        println!("Tests: {tally}");
    }
    failure.map_or(Ok(()), |sentence| bail!(sentence))
}

/// What the tests of the finished page need.
pub(crate) fn page_in_browser_tools() -> Vec<Tool> {
    let mut tools = site::TOOLS.to_vec();
    tools.extend([Tool::Axe, Tool::Chromium, Tool::ChromeDriver]);
    tools
}

/// What the tests of the finished page are told.
pub(crate) fn page_in_browser_environment(project: &Project) -> Result<Vec<(&'static str, PathBuf)>> {
    let browser = tools::browser(project)?;
    let screenshots = project.root.join("target/screenshots");
    fs::create_dir_all(&screenshots).with_context(|| format!("{} cannot be made", screenshots.display()))?;
    Ok(vec![
        ("ALBATROSS_DIST", project.dist()),
        ("ALBATROSS_CHROMIUM", browser.chromium),
        ("ALBATROSS_CHROMEDRIVER", browser.driver),
        ("ALBATROSS_AXE", tools::axe_script(project)),
        ("ALBATROSS_SCREENSHOTS", screenshots),
    ])
}

fn tools_for(part: Option<Part>) -> Vec<Tool> {
    let wasm_tests = [Tool::WasmTarget, Tool::WasmBindgen, Tool::Chromium, Tool::ChromeDriver];
    match part {
        Some(Part::Engine) => fuzz::TOOLS.into_iter().chain(wasm_tests).collect(),
        Some(Part::Page) => wasm_tests.to_vec(),
        Some(Part::E2e) => page_in_browser_tools(),
        None => {
            let mut tools = vec![Tool::Rustfmt, Tool::Clippy];
            tools.extend(fuzz::TOOLS);
            tools.extend(page_in_browser_tools());
            tools
        }
    }
}

fn steps(part: Option<Part>) -> Vec<Step> {
    let mut steps = Vec::new();
    if part.is_none() {
        steps.extend(quick_steps());
    }
    if part.is_none_or(|part| part == Part::Engine) {
        steps.push(native_tests("Engine and command line", "test -p albatross-engine -p albatross-cli"));
        steps.push(Step {
            title: "Fuzzing the scenario parser, briefly",
            repeat: "cargo xtask test engine".to_owned(),
            action: Box::new(|project, _| fuzz::briefly(project)),
        });
        steps.push(wasm_tests(
            "Engine's digests in a browser",
            "test -p albatross-engine --test digest",
            "engine",
        ));
    }
    if part.is_none_or(|part| part == Part::Page) {
        steps.push(native_tests("Page, natively", "test -p albatross --lib"));
        steps.push(wasm_tests("Page in a browser", "test -p albatross --lib", "page"));
    }
    if part.is_none_or(|part| part == Part::E2e) {
        steps.push(Step {
            title: "Release build and size",
            repeat: "cargo xtask build".to_owned(),
            action: Box::new(|project, _| site::build(project)),
        });
        steps.push(Step {
            title: "Finished page in Chromium",
            repeat: "cargo xtask test e2e".to_owned(),
            action: Box::new(|project, tally| {
                let mut command = project.cargo(["test", "-p", "albatross-e2e"]);
                command.envs(page_in_browser_environment(project)?);
                step::show_and_count(command, tally)
            }),
        });
    }
    steps
}

fn quick_steps() -> Vec<Step> {
    vec![
        check("Formatting", "fmt --all --check"),
        check("Formatting, fuzzer", "fmt --manifest-path fuzz/Cargo.toml --check"),
        check("Clippy, native", "clippy --workspace --all-targets -- -D warnings"),
        check(
            "Clippy, wasm",
            "clippy -p albatross -p albatross-engine --target wasm32-unknown-unknown --all-targets -- -D warnings",
        ),
        native_tests("xtask itself", "test -p xtask"),
        Step {
            title: "Engine's documentation",
            repeat: "RUSTDOCFLAGS='-D warnings' cargo doc -p albatross-engine --no-deps".to_owned(),
            action: Box::new(|project, _| {
                let mut command = project.cargo(["doc", "-p", "albatross-engine", "--no-deps"]);
                command.env("RUSTDOCFLAGS", "-D warnings");
                step::show(command)
            }),
        },
    ]
}

fn check(title: &'static str, words: &'static str) -> Step {
    Step {
        title,
        repeat: format!("cargo {words}"),
        action: Box::new(move |project, _| step::show(project.cargo(words.split(' ')))),
    }
}

fn native_tests(title: &'static str, words: &'static str) -> Step {
    Step {
        title,
        repeat: format!("cargo {words}"),
        action: Box::new(move |project, tally| step::show_and_count(project.cargo(words.split(' ')), tally)),
    }
}

fn wasm_tests(title: &'static str, words: &'static str, part: &'static str) -> Step {
    Step {
        title,
        repeat: format!("cargo xtask test {part}"),
        action: Box::new(move |project, tally| {
            let mut command = project.cargo(words.split(' '));
            command.args(["--target", WASM_TARGET]);
            let_a_browser_run_tests(project, &mut command)?;
            step::show_and_count(command, tally)
        }),
    }
}

/// Tells wasm-bindgen's test runner which browser to use, and how.
pub(crate) fn let_a_browser_run_tests(project: &Project, command: &mut Command) -> Result<()> {
    let browser = tools::browser(project)?;
    // The runner itself adds `headless`, and `no-sandbox`, without which root can start no Chromium.
    let capabilities = json!({
        "goog:chromeOptions": {
            "binary": browser.chromium,
            "args": [
                "disable-gpu",
                "disable-quic",
                "no-first-run",
                "disable-background-networking",
                "disable-component-update",
                "disable-sync",
            ],
        },
    });
    let path = project.root.join("target/xtask/webdriver.json");
    fs::create_dir_all(project.root.join("target/xtask"))
        .and_then(|()| fs::write(&path, capabilities.to_string()))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    // The runner prefers other browsers, and drivers elsewhere, when it is told of any.
    for other in ["GECKODRIVER", "SAFARIDRIVER", "CHROMEDRIVER", "MSEDGEDRIVER"] {
        command.env_remove(other).env_remove(format!("{other}_REMOTE"));
    }
    command
        .env("CHROMEDRIVER", browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    Ok(())
}

/// What failed, why, and how to repeat it alone.
fn sentence(step: &Step, error: &str) -> String {
    if error.contains(&step.repeat) {
        format!("{}: {error}; that command repeats just this step", step.title)
    } else {
        format!("{}: {error}; repeat just this step with `{}`", step.title, step.repeat)
    }
}

fn summary(steps: &[Step], times: &[Duration], failed: bool) -> String {
    let sum = "all together";
    let titles = steps.iter().map(|step| step.title).chain([sum]);
    let width = titles.map(|title| title.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (position, step) in steps.iter().enumerate() {
        let outcome = if position >= times.len() {
            "not run"
        } else if failed && position + 1 == times.len() {
            "FAILED"
        } else {
            "ok"
        };
        let time = times.get(position).map(|time| step::duration(*time)).unwrap_or_default();
        text += &format!("{:width$}  {outcome:<7}  {time:>11}\n", step.title);
    }
    let total = step::duration(times.iter().sum());
    text += &format!("{sum:width$}  {:<7}  {total:>11}\n", "");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(part: Option<Part>) -> Vec<&'static str> {
        steps(part).iter().map(|step| step.title).collect()
    }

    #[test]
    fn everything_is_the_quick_checks_and_then_every_part() {
        let all = titles(None);
        assert_eq!(all[0], "Formatting");
        let parts: Vec<&str> =
            [Part::Engine, Part::Page, Part::E2e].into_iter().flat_map(|part| titles(Some(part))).collect();
        assert!(all.ends_with(&parts), "{all:?}");
    }

    #[test]
    fn each_part_asks_only_for_what_it_needs() {
        assert!(!tools_for(Some(Part::Engine)).contains(&Tool::Trunk));
        assert!(tools_for(Some(Part::E2e)).contains(&Tool::Trunk));
        assert!(tools_for(Some(Part::Engine)).contains(&Tool::Cxx));
        assert!(!tools_for(Some(Part::Page)).contains(&Tool::Cxx));
        assert!(!tools_for(Some(Part::E2e)).contains(&Tool::Clippy));
        assert!(tools_for(None).contains(&Tool::Clippy));
    }

    #[test]
    fn a_failure_names_its_command_once() {
        let step = check("Formatting", "fmt --all --check");
        let own = sentence(&step, "`cargo fmt --all --check` failed (exit status: 1), for the reason above");
        assert_eq!(own.matches("cargo fmt --all --check").count(), 1, "{own}");
        assert!(sentence(&step, "no disk").ends_with("repeat just this step with `cargo fmt --all --check`"));
    }

    #[test]
    fn a_summary_tells_what_failed_and_what_was_not_run() {
        let steps = [check("First", "fmt"), check("Second one", "fmt"), check("Third", "fmt")];
        let times = [Duration::from_secs(12), Duration::from_millis(1500)];
        assert_eq!(
            summary(&steps, &times, true),
            "First         ok              12 s\n\
             Second one    FAILED         1.5 s\n\
             Third         not run             \n\
             all together                  13 s\n"
        );
    }
}
