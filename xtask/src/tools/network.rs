//! Tells from a program's log whether it failed for want of a network.

/// What cargo, rustup, npm and apt-get print when they cannot reach where they download from.
const MARKS: [&str; 22] = [
    "--offline was specified",
    "in offline mode",
    "could not connect",
    "could not download file",
    "could not resolve",
    "couldn't connect to server",
    "couldn't resolve host",
    "connection refused",
    "connection timed out",
    "dns error",
    "eai_again",
    "econnrefused",
    "enotcached",
    "enotfound",
    "error sending request",
    "etimedout",
    "failed to connect",
    "failed to lookup address",
    "network failure",
    "network is unreachable",
    "spurious network error",
    "temporary failure resolving",
];

pub(super) fn is_unreachable(log: &str) -> bool {
    let log = log.to_lowercase();
    MARKS.iter().any(|mark| log.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_network_is_recognised() {
        for log in [
            "error: failed to get `serde` as a dependency\n  [6] Could not resolve hostname (Could not resolve host: index.example)",
            "  [7] Could not connect to server (Failed to connect to 127.0.0.1 port 9)",
            "npm error code ECONNREFUSED",
            "npm error network request to https://registry.example failed, reason: getaddrinfo ENOTFOUND registry.example",
            "W: Failed to fetch http://deb.example/InRelease  Temporary failure resolving 'deb.example'",
            "error: could not download file from 'https://static.example' to '/tmp/x'",
            "error: attempting to make an HTTP request, but --offline was specified",
        ] {
            assert!(is_unreachable(log), "{log}");
        }
    }

    #[test]
    fn other_failures_are_not_the_networks() {
        for log in [
            "",
            "error[E0308]: mismatched types\nerror: could not compile `trunk`",
            "error: could not find `trunk` in registry `crates-io` with version `=9.9.9`",
            "npm error code ENOSPC",
        ] {
            assert!(!is_unreachable(log), "{log}");
        }
    }
}
