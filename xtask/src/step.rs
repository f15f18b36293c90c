//! One step of a command: says what is done, runs it, and says how long it took.

use std::env;
use std::fs::{self, File};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::project::Project;
use crate::tally::Tally;

/// How much of a failed program's log is shown.
const TAIL_LINES: usize = 25;

/// How often a long step gives a sign of life where there is no terminal.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// Runs something under a headline, and says how long it took.
pub(crate) fn timed<T>(title: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    headline(title);
    let start = Instant::now();
    let result = action();
    let outcome = if result.is_ok() { "done in" } else { "failed after" };
    println!("    {outcome} {}", duration(start.elapsed()));
    result
}

/// Runs a program that speaks for itself.
pub(crate) fn show(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    check(&command, status)
}

/// Runs a program that speaks for itself, and counts the tests it reports on its standard output.
pub(crate) fn show_and_count(mut command: Command, tally: &mut Tally) -> Result<()> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
    if let Some(mut output) = child.stdout.take() {
        let mut buffer = [0; 8192];
        loop {
            let length = output.read(&mut buffer).context("the program's output cannot be read")?;
            if length == 0 {
                break;
            }
            tally.read(&buffer[..length]);
            let mut standard_output = std::io::stdout().lock();
            standard_output.write_all(&buffer[..length]).and_then(|()| standard_output.flush()).ok();
        }
    }
    tally.finish();
    let status = child.wait().context("the program was lost")?;
    check(&command, status)
}

/// Runs a program silently, with a sign of life, and gives its log. When it fails, its log is the error.
pub(crate) fn quiet(project: &Project, log_name: &str, mut command: Command) -> Result<String, QuietFailure> {
    let folder = project.root.join("target/xtask");
    let log_path = folder.join(format!("{log_name}.log"));
    let broken = |what: &str, error: &std::io::Error| QuietFailure {
        log: String::new(),
        sentence: format!("{what}: {error}"),
        log_path: log_path.clone(),
    };
    fs::create_dir_all(&folder).map_err(|error| broken("target/xtask cannot be made", &error))?;
    let log = File::create(&log_path).map_err(|error| broken("a log cannot be written", &error))?;
    let twin = log.try_clone().map_err(|error| broken("a log cannot be written", &error))?;
    command.stdout(log).stderr(twin);
    let mut child = command.spawn().map_err(|error| QuietFailure {
        sentence: not_started(&command, &error).to_string(),
        ..broken("", &error)
    })?;
    let start = Instant::now();
    let terminal = std::io::stdout().is_terminal();
    let mut last_sign = start;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => thread::sleep(Duration::from_millis(200)),
            Err(error) => return Err(broken("the program was lost", &error)),
        }
        if terminal {
            print!("\r    {}   ", duration(start.elapsed()));
            std::io::stdout().flush().ok();
        } else if last_sign.elapsed() >= SIGN_OF_LIFE {
            last_sign = Instant::now();
            println!("    {} so far", duration(start.elapsed()));
        }
    };
    if terminal {
        print!("\r                       \r");
    }
    let bytes = fs::read(&log_path).unwrap_or_default();
    let log = String::from_utf8_lossy(&bytes).into_owned();
    if status.success() {
        return Ok(log);
    }
    let sentence = format!("`{}` failed ({status})", words(&command));
    Err(QuietFailure { log, sentence, log_path })
}

/// Why a silent program failed.
#[derive(Debug)]
pub(crate) struct QuietFailure {
    /// All that it printed.
    pub(crate) log: String,
    /// What happened, as part of a sentence.
    pub(crate) sentence: String,
    /// Where the log lies.
    pub(crate) log_path: PathBuf,
}

impl QuietFailure {
    /// Shows how the log ends, and gives the sentence to fail with.
    pub(crate) fn explained(&self) -> anyhow::Error {
        for line in tail(&self.log, TAIL_LINES) {
            eprintln!("    | {line}");
        }
        anyhow!("{}, for the reason above; its whole log is {}", self.sentence, self.log_path.display())
    }
}

/// A line that stands above what a step prints.
pub(crate) fn headline(text: &str) {
    let bold =
        std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if bold {
        println!("\x1b[1m==> {text}\x1b[0m");
    } else {
        println!("==> {text}");
    }
}

/// A program and its words, as one would type them.
pub(crate) fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let quoted = command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.contains(' ') { format!("'{word}'") } else { word.into_owned() }
    });
    std::iter::once(program.into_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

/// A duration for people: `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status}), for the reason above", words(command))
}

fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    anyhow!("`{}` cannot be started: {error}", command.get_program().to_string_lossy())
}

fn tail(log: &str, lines: usize) -> impl Iterator<Item = &str> {
    let count = log.lines().count();
    log.lines().skip(count.saturating_sub(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_for_people() {
        assert_eq!(duration(Duration::from_millis(430)), "0.4 s");
        assert_eq!(duration(Duration::from_millis(12_900)), "12 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 5 s");
    }

    #[test]
    fn words_can_be_typed_again() {
        let mut command = Command::new("cargo");
        command.args(["test", "-p", "xtask", "--", "two words"]);
        assert_eq!(words(&command), "cargo test -p xtask -- 'two words'");
    }

    #[test]
    fn a_tail_is_the_end() {
        assert_eq!(tail("a\nb\nc\n", 2).collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(tail("a\n", 5).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let error = show(Command::new("albatross-has-no-such-program")).expect_err("it cannot start");
        assert!(error.to_string().contains("albatross-has-no-such-program"), "{error}");
    }
}
