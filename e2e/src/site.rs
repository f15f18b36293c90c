//! A plain static web server for the built page: files below a folder of the site, as any host would serve them.
//! It rewrites nothing, so a page that needs more than files shows it here.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tiny_http::{Header, Request, Response, Server};

/// A running server; it ends when dropped.
pub struct Site {
    server: Arc<Server>,
    worker: Option<JoinHandle<()>>,
    address: SocketAddr,
    prefix: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    asked: Vec<String>,
    withheld: Option<String>,
}

impl Site {
    /// Serves what lies in `folder` below `prefix`, which begins and ends with a slash.
    pub fn serve(folder: &Path, prefix: &str) -> Self {
        let server = Server::http("127.0.0.1:0").expect("a port of this machine is free");
        let server = Arc::new(server);
        let address = server.server_addr().to_ip().expect("it listens on a port");
        let state = Arc::<Mutex<State>>::default();
        let worker = {
            let (server, state) = (Arc::clone(&server), Arc::clone(&state));
            let (folder, prefix) = (folder.to_owned(), prefix.to_owned());
            thread::spawn(move || {
                for request in server.incoming_requests() {
                    answer(request, &folder, &prefix, &state);
                }
            })
        };
        Self { server, worker: Some(worker), address, prefix: prefix.to_owned(), state }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of something in the folder, or of the folder itself with a query.
    pub fn address_of(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin(), self.prefix)
    }

    /// From now on files whose names end so do not arrive.
    pub fn withhold(&self, ending: &str) {
        self.state().withheld = Some(ending.to_owned());
    }

    /// From now on everything arrives.
    pub fn withhold_nothing(&self) {
        self.state().withheld = None;
    }

    /// Every path that was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            // A panic of the worker has been told by the test that it broke.
            let _ = worker.join();
        }
    }
}

fn answer(request: Request, folder: &Path, prefix: &str, state: &Mutex<State>) {
    let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    let withheld = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked.push(path.clone());
        state.withheld.as_ref().is_some_and(|ending| path.ends_with(ending.as_str()))
    };
    let file = path.strip_prefix(prefix).and_then(|rest| file_in(folder, rest)).filter(|_| !withheld);
    let content = file.as_deref().and_then(|file| fs::read(file).ok());
    // A browser that has gone away in the meantime is no mistake.
    let _ = match (file, content) {
        (Some(file), Some(content)) => {
            let kind = Header::from_bytes("Content-Type", media_type(&file)).expect("it is a header");
            // In one piece, for readers as plain as `fetch`.
            let response = Response::from_data(content).with_header(kind).with_chunked_threshold(usize::MAX);
            request.respond(response)
        }
        _ => request.respond(Response::from_string("There is nothing here.").with_status_code(404)),
    };
}

/// The file that a path below the prefix means; none outside of the folder.
fn file_in(folder: &Path, rest: &str) -> Option<PathBuf> {
    let rest = if rest.is_empty() { "index.html" } else { rest };
    let plain = Path::new(rest).components().all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| folder.join(rest))
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// The first line and the body that a server on this machine answers with, read without a browser.
///
/// # Errors
/// When nobody answers.
pub fn fetch(address: &str) -> io::Result<(String, String)> {
    let rest = address.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    Ok((head.lines().next().unwrap_or_default().to_owned(), body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served_and_only_below_the_prefix() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join("index.html"), "hello").expect("it can be written");
        let site = Site::serve(folder.path(), "/some/where/");
        let status = |address: String| fetch(&address).expect("it answers").0;
        assert!(status(site.address_of("")).ends_with("200 OK"));
        assert!(status(site.address_of("?x=y")).ends_with("200 OK"));
        for nothing in ["/", "/index.html", "/some/where/nothing", "/some/where/../index.html"] {
            assert!(status(format!("{}{nothing}", site.origin())).contains("404"), "{nothing}");
        }
        assert_eq!(site.asked().len(), 6);
        site.withhold(".html");
        assert!(status(site.address_of("index.html")).contains("404"));
    }
}
