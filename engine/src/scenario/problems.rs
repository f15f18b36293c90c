//! What is wrong with a scenario file, so that its writer can mend it at once.

use std::fmt;

/// The most problems that are told at once; of any more, only their number.
pub const PROBLEMS_MAX: usize = 100;
/// The longest value that is shown whole, in characters: longer than any name that AWS takes.
pub(super) const VALUE_MAX: usize = 300;
/// The longest message of the JSON reader that is shown whole, in characters; a list of fields has its place in it.
const MESSAGE_MAX: usize = 1_000;

/// How a text begins and ends, when it has more characters than `max`. A file may have 1 MB in one word, and no
/// error should. Control characters are told by their names: a stranger's file must not write to a terminal with
/// them.
pub(super) fn shortened(text: String, max: usize) -> String {
    let half = max / 2;
    let (head, tail) = (text.char_indices().nth(half), text.char_indices().nth_back(half - 1));
    let text = match (head, tail) {
        (Some((head, _)), Some((tail, _))) if head < tail => {
            format!("{} … {}", &text[..head], &text[tail..])
        }
        _ => text,
    };
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars().fold(String::new(), |mut told, character| {
        if character.is_control() {
            told.extend(character.escape_default());
        } else {
            told.push(character);
        }
        told
    })
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the path of the field, such as `TargetGroups[0].HealthCheckIntervalSeconds`.
    pub path: String,
    /// The value that stands there.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// What to write instead.
    pub instead: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, found, allowed, instead } = self;
        write!(f, "{path}: found {found}, but this must be {allowed}; write {instead}")
    }
}

/// Why a scenario file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The file is larger than any scenario needs to be.
    #[error("the file has {bytes} bytes; a scenario has at most 1048576")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The file is not JSON, or a field has the wrong type or does not exist.
    #[error("{path}: {message}")]
    Unreadable {
        /// The path of the field at which reading stopped.
        path: String,
        /// What was expected there.
        message: String,
    },
    /// Values that AWS would refuse, or references to nothing.
    #[error("{}", lines(.problems, *.more))]
    Invalid {
        /// The first of them, at most [`PROBLEMS_MAX`].
        problems: Vec<Problem>,
        /// How many more there are.
        more: usize,
    },
}

fn lines(problems: &[Problem], more: usize) -> String {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

impl ScenarioError {
    pub(super) fn from_json(error: impl fmt::Display) -> Self {
        Self::Unreadable { path: "the file".to_owned(), message: shortened(error.to_string(), MESSAGE_MAX) }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for ScenarioError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = match error.path().to_string().as_str() {
            "." => "the file".to_owned(),
            path => shortened(path.to_owned(), VALUE_MAX),
        };
        Self::Unreadable { path, message: shortened(error.inner().to_string(), MESSAGE_MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_long_is_shortened() {
        for (text, told) in
            [("", ""), ("abc", "abc"), ("abcd", "abcd"), ("abcde", "ab … de"), ("äöüéèß", "äö … èß")]
        {
            assert_eq!(shortened(text.to_owned(), 4), told);
        }
    }

    #[test]
    fn control_characters_are_told_by_their_names() {
        assert_eq!(shortened("a\n\u{1b}[31m ü".to_owned(), 100), "a\\n\\u{1b}[31m ü");
    }
}
