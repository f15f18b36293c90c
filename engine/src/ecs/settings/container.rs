//! How the server in a container works: workers and backlog, connections, what it does on SIGTERM, what it uses.

use serde::{Deserialize, Serialize};

use crate::elb::listener::{Case, Escape, matches};
use crate::kernel::{Distribution, SimDuration};

/// The server in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerSettings {
    /// The port on which it listens for requests.
    pub port: u16,
    /// A second port, for health checks alone: they do not wait behind requests there.
    pub health_port: Option<u16>,
    /// How many requests it works on at once.
    pub workers: u32,
    /// How many more connections it lets wait, first come first served.
    pub backlog: u32,
    /// How long a request takes a worker, unless it brings its own amount of work.
    pub service_time: Distribution,
    /// How long it keeps an idle connection; nothing when it closes each after one answer.
    pub keep_alive: Option<SimDuration>,
    /// The paths that it answers, as wildcard patterns; 404 for any other. All, when empty.
    pub paths: Vec<String>,
    /// The cookie that it sets with every answer.
    pub sets_cookie: Option<String>,
    /// How long after its start it listens on its ports.
    pub warm_up: SimDuration,
    /// What it does when it gets SIGTERM.
    pub on_sigterm: OnSigterm,
    /// What it uses of the task's memory.
    pub memory: MemoryUse,
}

/// What a process does when it gets the stop signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OnSigterm {
    /// It takes no new connection, finishes what it has, cleans up for so long, and exits with 0.
    Finishes {
        /// How long it cleans up after its last answer.
        clean_up: SimDuration,
    },
    /// It exits at once; connections with requests in hand are reset.
    Exits,
    /// It goes on as if nothing had happened, until SIGKILL: exit code 137.
    Ignores,
}

impl Default for OnSigterm {
    fn default() -> Self {
        Self::Finishes { clean_up: SimDuration::ZERO }
    }
}

/// How much memory a server uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemoryUse {
    /// MiB without any request.
    pub idle: u32,
    /// KiB more for every request in hand.
    pub per_request: u32,
}

impl Default for MemoryUse {
    fn default() -> Self {
        Self { idle: 128, per_request: 1_024 }
    }
}

impl ContainerSettings {
    /// How long a server keeps an idle connection unless the scenario says otherwise: longer than the load
    /// balancer does, as AWS advises.
    pub const KEEP_ALIVE: SimDuration = SimDuration::from_secs(75);

    /// The status with which a path is answered when nothing is wrong.
    pub fn status_of(&self, path: &str) -> u16 {
        let known = self.paths.is_empty()
            || self.paths.iter().any(|pattern| matches(pattern, path, Case::Sensitive, Escape::None));
        if known { 200 } else { 404 }
    }
}
