//! What axe-core finds: the rules of WCAG 2.1 AA that a program can check.

use std::fmt;
use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::page::Page;

/// A rule that is broken, and where.
#[derive(Clone, Debug, Deserialize)]
pub struct Violation {
    /// The rule's name.
    pub id: String,
    /// How bad it is: minor, moderate, serious, critical.
    pub impact: Option<String>,
    /// The rule in words.
    pub help: String,
    /// The elements that break it, and in what way.
    pub nodes: Vec<Node>,
}

/// An element that breaks a rule.
#[derive(Clone, Debug, Deserialize)]
pub struct Node {
    html: String,
    #[serde(rename = "failureSummary")]
    summary: Option<String>,
}

impl Violation {
    /// Whether it keeps people from using the page.
    pub fn is_grave(&self) -> bool {
        matches!(self.impact.as_deref(), Some("serious" | "critical"))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let impact = self.impact.as_deref().unwrap_or("no impact");
        writeln!(f, "{} ({impact}): {}", self.id, self.help)?;
        for node in &self.nodes {
            writeln!(f, "  {}\n    {}", node.html, node.summary.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Page {
    /// What axe-core finds on the page as it is now.
    ///
    /// The dots lie above everything, are decoration and change nothing of what can be read; with them, axe-core could
    /// not tell what a word stands on, and so would never judge a contrast in the picture.
    pub fn violations(&self) -> Vec<Violation> {
        let script = fs::read_to_string(&self.setting().axe).expect("axe-core can be read");
        let browser = self.browser();
        browser.run(&script, &[]);
        browser.run("document.querySelector('canvas.dots').style.visibility = 'hidden'", &[]);
        let found = browser.run_and_wait(
            "const [tags, done] = arguments;
             axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
               .then((result) => done(result.violations), (error) => done(String(error)));",
            &[json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])],
        );
        browser.run("document.querySelector('canvas.dots').style.visibility = ''", &[]);
        serde_json::from_value(found.clone()).unwrap_or_else(|error| panic!("axe-core: {error}: {found}"))
    }
}
