//! Figures and short texts as the page writes them.

/// A count with its thousands apart: `12 345`. The space does not break.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A number with so many digits after the point. (The library's own way would bring more code than all of this file.)
pub fn fixed(value: f64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let scaled = (value.abs() * unit as f64 + 0.5) as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let (whole, part) = (scaled / unit, scaled % unit);
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    // The leading 1 keeps the noughts behind the point.
    let part = (unit + part).to_string();
    format!("{sign}{whole}.{}", &part[1..])
}

/// A length of time in milliseconds, short: `9 ms`, `1.25 s`.
pub fn milliseconds(ms: f64) -> String {
    if ms < 1_000.0 {
        format!("{}\u{202f}ms", fixed(ms, 0))
    } else {
        format!("{}\u{202f}s", fixed(ms / 1_000.0, 2))
    }
}

/// A share from 0 to 1 in whole per cent.
pub fn percent(share: f64) -> String {
    format!("{}\u{a0}%", fixed(share * 100.0, 0))
}

/// A number with at most so many digits after the point, at least one, and none too many: `8`, `0.5`.
pub fn short(value: f64, digits: u32) -> String {
    let mut text = fixed(value, digits.max(1));
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

/// A rate as short as it can be: `8`, `0.5`, `1 200`.
pub fn rate(per_second: f64) -> String {
    if per_second.fract() == 0.0 { count(per_second as u64) } else { short(per_second, 3) }
}

/// A plural: `1 task`, `3 tasks`.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A sentence cut into plain parts and names of tasks, which are to stand out: `(true, "task 3")`.
pub fn emphasised(sentence: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some(start) = rest.find("task ") {
        let number = &rest[start + 5..];
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let end = start + 5 + digits;
        if digits == 0 {
            parts.push((false, &rest[..end]));
        } else {
            parts.push((false, &rest[..start]));
            parts.push((true, &rest[start..end]));
        }
        rest = &rest[end..];
    }
    parts.push((false, rest));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1\u{a0}000", "1\u{a0}234\u{a0}567"]);
    }

    #[test]
    fn numbers_have_the_asked_digits() {
        let cases =
            [(0.0, 0, "0"), (1.25, 1, "1.3"), (-0.04, 1, "0.0"), (-2.5, 2, "-2.50"), (0.005, 3, "0.005")];
        for (value, digits, text) in cases {
            assert_eq!(fixed(value, digits), text);
        }
        assert_eq!(fixed(99.96, 1), "100.0");
        assert_eq!(fixed(f64::NAN, 1), "0.0");
        assert_eq!([0.0, 8.0, 0.5, 100.0, -0.0].map(|value| short(value, 3)), ["0", "8", "0.5", "100", "0"]);
    }

    #[test]
    fn tasks_stand_out_in_a_sentence() {
        assert_eq!(
            emphasised("You: task 1 is killed."),
            [(false, "You: "), (true, "task 1"), (false, " is killed.")]
        );
        assert_eq!(emphasised("task 12"), [(true, "task 12")]);
        let parts = emphasised("to place a task now: (task 3) (task 4).");
        assert_eq!(
            parts.iter().filter(|(bold, _)| *bold).map(|(_, part)| *part).collect::<Vec<_>>(),
            ["task 3", "task 4"]
        );
        assert_eq!(
            parts.iter().map(|(_, part)| *part).collect::<String>(),
            "to place a task now: (task 3) (task 4)."
        );
    }
}
