//! `cargo xtask serve`: the page on this machine, rebuilt and reloaded at every change.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use crate::project::Project;
use crate::tools::{self, Tool};
use crate::{site, step};

/// Where the served page is built: apart from `dist/`, so that a build and a server do not disturb
/// each other.
const SERVED_FOLDER: &str = "target/serve";

/// How often we look whether the page is there.
const LOOK_EVERY: Duration = Duration::from_millis(150);

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The port to serve on
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Serve the release build: slower to build, as fast and small as the real site
    #[arg(long)]
    release: bool,
    /// Open the page in the default browser
    #[arg(long)]
    open: bool,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    check_port(options.port)?;
    let needed: &[Tool] =
        if options.release { &site::TOOLS } else { &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Trunk] };
    tools::ensure(project, needed)?;
    if let Some(folder) = project.folder_missing_from_path() {
        println!("For plain `trunk serve` as well, {} has to be on your PATH.", folder.display());
    }
    site::fetch(project)?;

    // A page from last time would be taken for the new one.
    let served = project.root.join(SERVED_FOLDER);
    if served.exists() {
        fs::remove_dir_all(&served).with_context(|| format!("{} cannot be emptied", served.display()))?;
    }
    fs::create_dir_all(&served).with_context(|| format!("{} cannot be made", served.display()))?;

    let port = options.port.to_string();
    let mut command =
        project.trunk(["serve", "--address", "127.0.0.1", "--port", &port, "--dist", SERVED_FOLDER]);
    if options.release {
        command.arg("--release");
    }
    if options.open {
        command.arg("--open");
    }
    step::headline("Building the page and serving it with Trunk; Ctrl-C ends it");
    let start = Instant::now();
    let child = command.spawn().map_err(|error| anyhow!("trunk cannot be started: {error}"))?;
    let child = Arc::new(Mutex::new(child));
    let stopping = Arc::new(AtomicBool::new(false));
    stop_on_signal(&child, &stopping)?;

    let mut told = Answer::Nothing;
    loop {
        let ended =
            child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().context("trunk was lost")?;
        if let Some(status) = ended {
            if stopping.load(Ordering::SeqCst) {
                return Ok(());
            }
            bail!("trunk has ended by itself ({status}); what it printed above says why");
        }
        if told != Answer::Page {
            let answer = ask(options.port);
            if answer == Answer::Page {
                println!();
                step::headline(&format!(
                    "Albatross is at http://127.0.0.1:{} (built in {})",
                    options.port,
                    step::duration(start.elapsed())
                ));
                println!();
            } else if answer == Answer::NoPage && told == Answer::Nothing {
                println!(
                    "The page has not been built; correct what Trunk says above, and it comes by itself."
                );
            }
            told = answer;
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Fails when something else has the port.
fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => bail!(port_message(port, error.kind())),
    }
}

fn port_message(port: u16, kind: io::ErrorKind) -> String {
    let other = if port < 1024 || port == u16::MAX { 8080 } else { port + 1 };
    let what = match kind {
        io::ErrorKind::AddrInUse => "is in use by another program: end that one",
        io::ErrorKind::PermissionDenied => "may not be used by you: use one above 1023",
        _ => "cannot be used: free it",
    };
    format!("port {port} on 127.0.0.1 {what}, or choose another with `cargo xtask serve --port {other}`")
}

/// Ends Trunk together with this program, whoever of the two gets the signal.
fn stop_on_signal(child: &Arc<Mutex<std::process::Child>>, stopping: &Arc<AtomicBool>) -> Result<()> {
    let child = Arc::clone(child);
    let stopping = Arc::clone(stopping);
    ctrlc::set_handler(move || {
        stopping.store(true, Ordering::SeqCst);
        child.lock().unwrap_or_else(PoisonError::into_inner).kill().ok();
    })
    .context("Ctrl-C cannot be listened for")
}

/// What the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Nothing,
    NoPage,
    Page,
}

/// Asks for the page.
fn ask(port: u16) -> Answer {
    let status_line = || -> io::Result<String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        )?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    match status_line() {
        Ok(line) => answer_of(&line),
        Err(_) => Answer::Nothing,
    }
}

fn answer_of(status_line: &str) -> Answer {
    match status_line.split_whitespace().nth(1) {
        Some("200") => Answer::Page,
        Some(_) => Answer::NoPage,
        None => Answer::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_named_with_a_way_out() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = holder.local_addr().expect("its address").port();
        let message = check_port(port).expect_err("the port is busy").to_string();
        assert!(message.contains(&format!("port {port} on 127.0.0.1 is in use")), "{message}");
        assert!(message.contains("cargo xtask serve --port"), "{message}");
        drop(holder);
        assert!(check_port(port).is_ok());
    }

    #[test]
    fn a_port_to_try_instead_is_a_good_one() {
        assert!(port_message(80, io::ErrorKind::PermissionDenied).ends_with("--port 8080`"));
        assert!(port_message(u16::MAX, io::ErrorKind::AddrInUse).ends_with("--port 8080`"));
        assert!(port_message(8080, io::ErrorKind::AddrInUse).ends_with("--port 8081`"));
    }

    #[test]
    fn only_a_200_is_the_page() {
        assert_eq!(answer_of("HTTP/1.1 200 OK\r\n"), Answer::Page);
        assert_eq!(answer_of("HTTP/1.1 404 Not Found\r\n"), Answer::NoPage);
        assert_eq!(answer_of(""), Answer::Nothing);
    }

    #[test]
    fn a_port_that_nobody_listens_on_answers_nothing() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = holder.local_addr().expect("its address").port();
        drop(holder);
        assert_eq!(ask(port), Answer::Nothing);
    }
}
