//! The program that drives the browser: started on a port that it finds by itself, ended together with its browsers.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::site;

const STARTED: &str = "was started successfully on port ";
const STARTS_MAX: u32 = 5;
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// A running driver.
pub(crate) struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    /// Starts it and waits until it listens.
    ///
    /// It chooses a port that is free on IPv4 and needs the same one on IPv6; where somebody has that, it ends at once.
    /// Then it is started again: it will choose another.
    pub(crate) fn start(program: &Path) -> Self {
        (0..STARTS_MAX)
            .find_map(|_| Self::try_start(program))
            .unwrap_or_else(|| panic!("{} has found no free port in {STARTS_MAX} starts", program.display()))
    }

    fn try_start(program: &Path) -> Option<Self> {
        let process =
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut process =
            process.unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
        let output = process.stdout.take().expect("it was asked for");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let port = line.split_once(STARTED)?.1;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        // It must not wait for somebody to read what else it says.
        thread::spawn(move || lines.for_each(drop));
        match port {
            Some(port) => Some(Self { process, address: format!("http://127.0.0.1:{port}") }),
            None => {
                let _ = process.wait();
                None
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked politely, it ends its browsers first; killed at once, it would leave them behind.
        let _ = site::fetch(&format!("{}/shutdown", self.address));
        let began = Instant::now();
        while began.elapsed() < ENDS_WITHIN {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
