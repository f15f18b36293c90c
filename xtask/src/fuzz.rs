//! `cargo xtask fuzz`: libFuzzer feeds nonsense to the reader of scenario files.
//!
//! The crate in `fuzz` is laid out for cargo-fuzz, and `cargo fuzz run` works there. All that it would add here is the
//! flags below, which the pinned toolchain takes as they are; so nobody has to install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;
use crate::step;
use crate::tools::{self, Tool};

/// libFuzzer itself is C++, and built with the target.
pub(crate) const TOOLS: [Tool; 1] = [Tool::Cxx];

const TARGET: &str = "scenario_json";

/// Coverage as libFuzzer reads it, as cargo-fuzz has rustc write it.
const RUSTFLAGS: [&str; 8] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
];

/// What holds for every run: a file may be long from the start, and may take neither 10 s nor 1 GB.
const LIMITS: [&str; 4] = ["-max_len=65536", "-len_control=0", "-timeout=10", "-rss_limit_mb=1024"];

/// The tests try so many files in about 20 s, and a busy machine gives up the rest after a minute. They are the same
/// ones every time: libFuzzer must not look by the clock whether another process has found something, nor follow
/// comparisons, which it keeps by their addresses.
const BRIEFLY: [&str; 5] = ["-seed=1", "-runs=300000", "-max_total_time=60", "-reload=0", "-use_cmp=0"];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long to go on
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Try this one file and no other: what an earlier run has found
    file: Option<PathBuf>,
}

/// By hand: what an earlier run has come to know is kept, and the next goes on from there.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    tools::ensure(project, &TOOLS)?;
    if let Some(file) = &options.file {
        let mut command = command(project);
        command.env("RUST_BACKTRACE", "1").args(LIMITS).arg(std::path::absolute(file)?);
        return step::timed("Trying one file", || step::show(command));
    }
    let corpus = project.root.join("fuzz/corpus").join(TARGET);
    let title = format!("Fuzzing the scenario parser for {} s", options.seconds);
    step::timed(&title, || fuzz(project, &corpus, &[&format!("-max_total_time={}", options.seconds)]))
}

/// In the tests: from nothing but the built-in scenarios, so that every run is the same.
pub(crate) fn briefly(project: &Project) -> Result<()> {
    let corpus = project.root.join("target/xtask/fuzz-corpus");
    if corpus.exists() {
        fs::remove_dir_all(&corpus).with_context(|| format!("{} cannot be removed", corpus.display()))?;
    }
    fuzz(project, &corpus, &BRIEFLY)
}

fn fuzz(project: &Project, corpus: &Path, extent: &[&str]) -> Result<()> {
    let finds = project.root.join("fuzz/artifacts").join(TARGET);
    for folder in [corpus, &finds] {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let mut command = command(project);
    // libFuzzer writes into the first folder and only reads the others.
    command
        .arg(corpus)
        .args(["engine/scenarios", "engine/tests/scenarios"])
        .arg(format!("-dict=fuzz/{TARGET}.dict"));
    command.arg(format!("-artifact_prefix={}/", finds.display())).args(LIMITS).args(extent);
    // Of a find, the end of the log is shown, in which the panic's message is to be seen.
    command.env("RUST_BACKTRACE", "0");
    let start = SystemTime::now();
    let log = match step::quiet(project, "fuzz", command) {
        Ok(log) => log,
        Err(failure) => {
            let Some(find) = newest_since(&finds, start) else { return Err(tools::fetch_failed(&failure)) };
            failure.explained();
            let find = find.strip_prefix(&project.root).unwrap_or(&find).display();
            bail!(
                "libFuzzer has found something: {find}; try that file alone with `cargo xtask fuzz {find}`"
            );
        }
    };
    println!("    {}", summary(&log).unwrap_or_else(|| "nothing found".to_owned()));
    Ok(())
}

/// The fuzz target, built if need be; libFuzzer's words are to follow.
fn command(project: &Project) -> Command {
    let mut command = project.cargo(["run", "--manifest-path", "fuzz/Cargo.toml", "--release"]);
    // With a target named, the flags are for it alone and not for build scripts, which have no libFuzzer to talk to.
    command.args(["--target", "host-tuple", "--bin", TARGET, "--"]);
    command.env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS.join("\u{1f}"));
    command
}

/// What libFuzzer wrote down when it failed.
fn newest_since(folder: &Path, start: SystemTime) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let dated = entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())));
    dated.filter(|(time, _)| *time >= start).max().map(|(_, path)| path)
}

/// libFuzzer's last words in one line.
fn summary(log: &str) -> Option<String> {
    let done = log.lines().rev().find(|line| line.starts_with("Done "))?;
    let coverage = log.lines().rev().find_map(|line| line.split_once(" cov: ")).map(|(_, rest)| rest)?;
    let mut words = done.split(' ');
    let (runs, seconds) = (words.nth(1)?, words.nth(2)?);
    let points = coverage.split(' ').next()?;
    Some(format!("nothing found by {runs} files in {seconds} s; {points} points of the code reached"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_told_in_one_line() {
        let log = "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb\n\
                   #900\tDONE   cov: 5109 ft: 11222 corp: 2612/2472Kb lim: 6680 exec/s: 40216 rss: 38Mb\n\
                   Done 1353456 runs in 31 second(s)\n";
        let told = "nothing found by 1353456 files in 31 s; 5109 points of the code reached";
        assert_eq!(summary(log).as_deref(), Some(told));
        assert_eq!(summary("INFO: Seed: 1\n"), None);
    }

    #[test]
    fn only_what_was_found_just_now_is_told() {
        let folder = std::env::temp_dir().join(format!("albatross-xtask-finds-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        assert_eq!(newest_since(&folder, SystemTime::UNIX_EPOCH), None);
        fs::write(folder.join("crash-1"), "{").expect("a file");
        assert_eq!(newest_since(&folder, SystemTime::UNIX_EPOCH), Some(folder.join("crash-1")));
        let later = SystemTime::now() + std::time::Duration::from_secs(60);
        assert_eq!(newest_since(&folder, later), None);
        fs::remove_dir_all(&folder).expect("it goes again");
    }

    /// `fuzz` is a workspace of its own, with a lock file of its own.
    #[test]
    fn the_parser_is_fuzzed_with_the_crates_that_it_ships_with() {
        let project = Project::open().expect("the repository opens");
        let versions = |path: &str| -> Vec<(String, String)> {
            let text = fs::read_to_string(project.root.join(path)).expect("a lock file");
            let lock: toml::Table = text.parse().expect("TOML");
            let word = |package: &toml::Value, key: &str| package[key].as_str().expect("a word").to_owned();
            let packages = lock["package"].as_array().expect("packages").iter();
            packages.map(|package| (word(package, "name"), word(package, "version"))).collect()
        };
        let ours = versions("Cargo.lock");
        for (name, version) in versions("fuzz/Cargo.lock") {
            let known = ours.iter().any(|(other, _)| *other == name);
            assert!(
                !known || ours.contains(&(name.clone(), version.clone())),
                "fuzz/Cargo.lock has {name} {version}: copy Cargo.lock over it and run `cargo xtask fuzz`"
            );
        }
    }
}
