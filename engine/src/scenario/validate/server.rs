//! How the server in a container works.

use super::distribution::distribution;
use super::problems::{Problems, quoted};
use super::{At, HOUR};
use crate::ecs::{ContainerSettings, MemoryUse, OnSigterm};
use crate::kernel::SimDuration;
use crate::scenario::document::{self, ON_SIGTERM};

const WORKERS_MAX: i64 = 64;
const BACKLOG_MAX: i64 = 65_535;
const PATHS_MAX: usize = 100;
/// Our own limit: 1 TiB in MiB, and 1 GiB in KiB.
const MEMORY_MAX: i64 = 1_048_576;

pub(super) fn server(
    at: At<'_>,
    server: &document::Server,
    container_port: u16,
    problems: &mut Problems,
) -> ContainerSettings {
    let port = server.port.map_or(container_port, |port| problems.port(at.field("Port"), port));
    let at_health = at.field("HealthPort");
    let health_port = server.health_port.map(|port| problems.port(at_health, port));
    if health_port == Some(port) {
        problems.add(at_health, port, "another port than that for requests", "nothing");
    }
    let at_paths = at.field("Paths");
    let paths = problems.at_most(at_paths, &server.paths, PATHS_MAX, "paths");
    for (index, path) in paths.iter().enumerate() {
        let allowed = "characters of ASCII without spaces, with the wildcards * and ?";
        problems.text(at_paths.element(index), path, 1, 128, allowed, |c| c.is_ascii_graphic());
    }
    if let Some(cookie) = &server.sets_cookie {
        set_cookie(at.field("SetsCookie"), cookie, problems);
    }
    let keep_alive = server.keep_alive_timeout.as_str();
    let day = SimDuration::from_secs(86_400);
    let shortest = SimDuration::from_millis(1);
    ContainerSettings {
        port,
        health_port,
        workers: problems.whole(at.field("Workers"), server.workers, 1, WORKERS_MAX),
        backlog: problems.whole(at.field("Backlog"), server.backlog, 0, BACKLOG_MAX),
        service_time: distribution(at.field("ServiceTime"), &server.service_time, problems),
        keep_alive: (keep_alive != "off")
            .then(|| problems.duration(at.field("KeepAliveTimeout"), keep_alive, shortest, day)),
        paths: paths.to_vec(),
        sets_cookie: server.sets_cookie.clone(),
        warm_up: problems.duration(at.field("WarmUp"), &server.warm_up.0, SimDuration::ZERO, HOUR),
        on_sigterm: on_sigterm(at, server, problems),
        memory: memory(at.field("Memory"), &server.memory, problems),
    }
}

fn on_sigterm(at: At<'_>, server: &document::Server, problems: &mut Problems) -> OnSigterm {
    let word = server.on_sigterm.as_str();
    problems.word(at.field("OnSigterm"), word, ON_SIGTERM);
    let at = at.field("CleanUp");
    let other = match word {
        "exit" => OnSigterm::Exits,
        "ignore" => OnSigterm::Ignores,
        _ => {
            let clean_up = server.clean_up.as_ref();
            let clean_up = clean_up
                .map(|text| problems.duration(at, &text.0, SimDuration::ZERO, HOUR))
                .unwrap_or_default();
            return OnSigterm::Finishes { clean_up };
        }
    };
    if let Some(clean_up) = &server.clean_up {
        problems.add(at, quoted(&clean_up.0), "absent, unless OnSigterm is finish", "nothing");
    }
    other
}

fn memory(at: At<'_>, memory: &document::ServerMemory, problems: &mut Problems) -> MemoryUse {
    let default = MemoryUse::default();
    let mut amount = |field, amount: Option<i64>, usual| match amount {
        Some(amount) => problems.whole(at.field(field), amount, 0, MEMORY_MAX),
        None => usual,
    };
    MemoryUse {
        idle: amount("IdleMiB", memory.idle, default.idle),
        per_request: amount("PerRequestKiB", memory.per_request, default.per_request),
    }
}

/// API `TargetGroupAttribute`: names that begin with AWSALB are the load balancer's.
fn set_cookie(at: At<'_>, name: &str, problems: &mut Problems) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    problems.text(at, name, 1, 64, "letters, digits and !#$%&'*+-.^_`|~", is_allowed);
    if name.to_ascii_uppercase().starts_with("AWSALB") {
        problems.add(at, quoted(name), "a name that does not begin with AWSALB", quoted("SESSION"));
    }
}
