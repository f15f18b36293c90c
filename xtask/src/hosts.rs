//! The finished page talks to nobody but the server it came from: finds addresses of other hosts in
//! its text files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::size::files_below;

/// Files whose text can make a browser ask another host. A wasm file asks only through its script.
const TEXT_ENDINGS: [&str; 8] = ["html", "js", "mjs", "css", "svg", "json", "webmanifest", "xml"];

/// Names of XML vocabularies look like addresses, but no browser asks for them.
const NAMES_NOT_ADDRESSES: [&str; 1] = ["http://www.w3.org/"];

/// Addresses of other hosts in a folder: each as `file: address`.
pub(crate) fn other_hosts_in(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files_below(folder)? {
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !TEXT_ENDINGS.contains(&ending) {
            continue;
        }
        let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        let text = String::from_utf8_lossy(&bytes);
        found.extend(other_hosts(&text).into_iter().map(|address| format!("{name}: {address}")));
    }
    Ok(found)
}

/// Addresses of other hosts in a text, each once and in order.
fn other_hosts(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut found = BTreeSet::new();
    for scheme in ["http://", "https://", "ws://", "wss://"] {
        for (start, _) in lower.match_indices(scheme) {
            // The end of a longer word is no scheme.
            if lower[..start].ends_with(|character: char| character.is_ascii_alphanumeric()) {
                continue;
            }
            let host = &lower[start + scheme.len()..];
            if !host.starts_with(|character: char| character.is_ascii_alphanumeric() || character == '[') {
                continue;
            }
            found.insert(address_at(text, start));
        }
    }
    // An address without a scheme: `src="//host"`, `url(//host)`. A comment in a script has neither
    // mark in front of it.
    for mark in
        ["=\"//", "='//", "=//", "(//", "(\"//", "('//", "from\"//", "from \"//", "from'//", "from '//"]
    {
        for (position, _) in lower.match_indices(mark) {
            let start = position + mark.len() - 2;
            if lower[start + 2..].starts_with(|character: char| character.is_ascii_alphanumeric()) {
                found.insert(address_at(text, start));
            }
        }
    }
    found.retain(|address| !NAMES_NOT_ADDRESSES.iter().any(|name| address.starts_with(name)));
    found.into_iter().collect()
}

fn address_at(text: &str, start: usize) -> String {
    let end = |character: char| character.is_whitespace() || "\"'`<>)\\;,".contains(character);
    let rest = &text[start..];
    rest[..rest.find(end).unwrap_or(rest.len())].chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_its_own_files_is_clean() {
        let html = "<link href=./a-1.css><script type=module>import init from './page.js';</script>";
        assert!(other_hosts(html).is_empty());
        assert!(other_hosts("// a comment\nlet a = 4 //x\n").is_empty());
    }

    #[test]
    fn names_of_vocabularies_are_no_hosts() {
        assert!(other_hosts(r#"<svg xmlns="http://www.w3.org/2000/svg">"#).is_empty());
        assert!(other_hosts(r#"a.createElementNS("http://www.w3.org/1998/Math/MathML")"#).is_empty());
    }

    #[test]
    fn a_name_must_match_to_its_slash() {
        assert_eq!(other_hosts("'http://www.w3.org.example.com/x'"), ["http://www.w3.org.example.com/x"]);
    }

    #[test]
    fn addresses_of_other_hosts_are_found() {
        assert_eq!(
            other_hosts(
                r#"@import "https://fonts.example.com/css?family=A"; fetch('HTTP://api.example.com:8080')"#
            ),
            ["HTTP://api.example.com:8080", "https://fonts.example.com/css?family=A"]
        );
        assert_eq!(other_hosts("new WebSocket(`wss://live.example.com`)"), ["wss://live.example.com"]);
    }

    #[test]
    fn addresses_without_a_scheme_are_found() {
        assert_eq!(other_hosts(r#"<script src="//cdn.example.com/a.js">"#), ["//cdn.example.com/a.js"]);
        assert_eq!(other_hosts("<img src=//cdn.example.com/a.png>"), ["//cdn.example.com/a.png"]);
        assert_eq!(
            other_hosts("a { background: url(//cdn.example.com/a.png) }"),
            ["//cdn.example.com/a.png"]
        );
        assert_eq!(other_hosts("import a from \"//cdn.example.com/a.js\""), ["//cdn.example.com/a.js"]);
    }

    #[test]
    fn a_bare_scheme_is_no_address() {
        assert!(other_hosts(r#"location.protocol === "https:" ? "wss://" : "ws://""#).is_empty());
    }

    #[test]
    fn each_address_is_told_once() {
        assert_eq!(other_hosts("'https://a.example' 'https://a.example'"), ["https://a.example"]);
    }
}
