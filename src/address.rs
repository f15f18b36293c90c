//! The run that the page's address names: `?scenario=NAME&seed=NUMBER`, relative to wherever the page lies.

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The scenario's name, if one is named.
    pub scenario: Option<String>,
    /// The seed, if one is named, as text.
    pub seed: Option<String>,
}

/// The seed of a run unless the address names another.
pub const DEFAULT_SEED: u64 = 7;

impl Asked {
    /// What the query string of an address asks for; `decode` undoes its percent signs. Anything that is not
    /// understood is left alone.
    pub fn from_query(query: &str, decode: impl Fn(&str) -> String) -> Self {
        let mut asked = Self::default();
        for pair in query.trim_start_matches('?').split('&') {
            match pair.split_once('=') {
                Some(("scenario", value)) => asked.scenario = Some(decode(value)),
                Some(("seed", value)) => asked.seed = Some(decode(value)),
                _ => {}
            }
        }
        asked
    }

    /// The seed, or in words why it is none.
    ///
    /// # Errors
    /// When the address names something that is not a whole number.
    pub fn seed(&self) -> Result<u64, String> {
        match &self.seed {
            None => Ok(DEFAULT_SEED),
            Some(text) => text.parse().map_err(|_| {
                format!(
                    "A seed is a whole number, and “{}” is none; this run has seed {DEFAULT_SEED}.",
                    shown(text)
                )
            }),
        }
    }
}

/// The query string for a run.
pub fn query(scenario: &str, seed: u64) -> String {
    if seed == DEFAULT_SEED {
        format!("?scenario={scenario}")
    } else {
        format!("?scenario={scenario}&seed={seed}")
    }
}

/// A text from an address, fit to be shown: short, without control characters.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if text.chars().count() > LONGEST { format!("{clean}…") } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for seed in [DEFAULT_SEED, 0, u64::MAX] {
            let asked = Asked::from_query(&query("one-slow-task", seed), str::to_owned);
            assert_eq!(asked.scenario.as_deref(), Some("one-slow-task"));
            assert_eq!(asked.seed(), Ok(seed));
        }
    }

    #[test]
    fn nonsense_is_told_and_never_a_panic() {
        for query in ["", "?", "?&&=", "?scenario", "?seed=&seed=x", "?scenario=%%%&x=y"] {
            Asked::from_query(query, str::to_owned);
        }
        assert!(Asked::from_query("?seed=-1", str::to_owned).seed().is_err());
        assert!(shown(&"x".repeat(1_000)).chars().count() <= 61);
    }
}
