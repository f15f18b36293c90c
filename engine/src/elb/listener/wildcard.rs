//! AWS's wildcards: `*` stands for any number of characters, also none, and `?` for exactly one (API
//! `RuleCondition`).

/// Whether upper and lower case differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They do.
    Sensitive,
    /// They do not, within ASCII.
    Insensitive,
}

/// Whether a pattern can name `*` and `?` themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// Not at all.
    None,
    /// As `\*` and `\?` (API `QueryStringConditionConfig`). Any other `\` is a `\`.
    Backslash,
}

/// One element of a pattern.
#[derive(Clone, Copy)]
enum Token {
    /// `*`.
    Any,
    /// `?`.
    One,
    /// Just this byte.
    Literal(u8),
}

/// The first element of a pattern, and how many bytes it takes.
fn first(pattern: &[u8], escape: Escape) -> Option<(Token, usize)> {
    match pattern {
        [] => None,
        [b'\\', byte @ (b'*' | b'?'), ..] if escape == Escape::Backslash => Some((Token::Literal(*byte), 2)),
        [b'*', ..] => Some((Token::Any, 1)),
        [b'?', ..] => Some((Token::One, 1)),
        [byte, ..] => Some((Token::Literal(*byte), 1)),
    }
}

/// Whether the whole text fits the pattern. What is sent over HTTP is ASCII: a character is a byte.
pub fn matches(pattern: &str, text: &str, case: Case, escape: Escape) -> bool {
    let (mut pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    // Where to go on when the rest does not fit: behind the last `*`, which then takes one byte more. An
    // earlier `*` need never be looked at again, for whatever it could take the last one can take as well.
    let mut last_any: Option<(&[u8], &[u8])> = None;
    loop {
        match (first(pattern, escape), text) {
            (None, []) => return true,
            (Some((Token::Any, length)), _) => {
                pattern = &pattern[length..];
                last_any = Some((pattern, text));
                continue;
            }
            (Some((token, length)), [byte, rest @ ..]) if takes(token, *byte, case) => {
                (pattern, text) = (&pattern[length..], rest);
                continue;
            }
            _ => {}
        }
        let Some((behind, [_, rest @ ..])) = last_any else { return false };
        (pattern, text) = (behind, rest);
        last_any = Some((behind, rest));
    }
}

fn takes(token: Token, byte: u8, case: Case) -> bool {
    match (token, case) {
        (Token::Any | Token::One, _) => true,
        (Token::Literal(literal), Case::Sensitive) => literal == byte,
        (Token::Literal(literal), Case::Insensitive) => literal.eq_ignore_ascii_case(&byte),
    }
}

/// How many wildcards a pattern has; those that are escaped are none.
pub(super) fn count(pattern: &str, escape: Escape) -> usize {
    let mut pattern = pattern.as_bytes();
    let mut wildcards = 0;
    while let Some((token, length)) = first(pattern, escape) {
        wildcards += usize::from(!matches!(token, Token::Literal(_)));
        pattern = &pattern[length..];
    }
    wildcards
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        matches(pattern, text, Case::Sensitive, Escape::None)
    }

    /// API `PathPatternConditionConfig`: `*` matches 0 or more characters and `?` exactly 1.
    #[test]
    fn a_star_is_any_number_of_characters_and_a_question_mark_exactly_one() {
        for (pattern, text) in
            [("/img/*", "/img/"), ("/img/*", "/img/a/b.png"), ("*", ""), ("a?c", "abc"), ("*.p?g", "a.b.png")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("/img/*", "/img"), ("/img/*", "/Img/a"), ("a?c", "ac"), ("a?c", "abbc"), ("", "a"), ("?", "")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn case_counts_only_where_it_is_said_to() {
        assert!(matches("*.Example.com", "WWW.eXample.COM", Case::Insensitive, Escape::None));
        assert!(!fits("*.Example.com", "www.example.com"));
    }

    /// API `QueryStringConditionConfig`: a literal `*` or `?` is escaped with `\`.
    #[test]
    fn an_escaped_wildcard_is_itself_where_escapes_exist() {
        let fits = |pattern, text, escape| matches(pattern, text, Case::Sensitive, escape);
        assert!(fits(r"a\*b\?", "a*b?", Escape::Backslash));
        assert!(!fits(r"a\*b\?", "axb?", Escape::Backslash));
        assert!(!fits(r"a\*b\?", "a*b?", Escape::None));
        assert!(fits(r"a\b*", r"a\bc", Escape::Backslash));
        assert_eq!((count(r"\**\??", Escape::Backslash), count(r"\**\??", Escape::None)), (2, 4));
    }

    /// By definition: tries every length for every `*`.
    fn naive(pattern: &[u8], text: &[u8], escape: Escape) -> bool {
        match first(pattern, escape) {
            None => text.is_empty(),
            Some((Token::Any, length)) => {
                (0..=text.len()).any(|taken| naive(&pattern[length..], &text[taken..], escape))
            }
            Some((token, length)) => {
                let fits = text.first().is_some_and(|byte| takes(token, *byte, Case::Sensitive));
                fits && naive(&pattern[length..], &text[1..], escape)
            }
        }
    }

    /// All words of up to `longest` letters.
    fn words(letters: &str, longest: usize) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let to = words.len();
            for index in from..to {
                let longer = letters.chars().map(|letter| format!("{}{letter}", words[index]));
                words.extend(longer.collect::<Vec<_>>());
            }
            from = to;
        }
        words
    }

    #[test]
    fn every_short_pattern_fits_just_the_texts_that_the_definition_says() {
        for (patterns, texts, escape) in [
            (words("ab*?", 5), words("ab", 5), Escape::None),
            (words(r"a*?\", 4), words(r"a*\", 4), Escape::Backslash),
        ] {
            for pattern in &patterns {
                for text in &texts {
                    let expected = naive(pattern.as_bytes(), text.as_bytes(), escape);
                    assert_eq!(matches(pattern, text, Case::Sensitive, escape), expected, "{pattern} {text}");
                }
            }
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_not_slow() {
        let text = "a".repeat(10_000);
        assert!(!fits("*a*a*a*a*b", &text));
        assert!(fits("*a*a*a*a*", &text));
    }
}
