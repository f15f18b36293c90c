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
    /// What axe-core finds on the page as it is now, and where it could not tell.
    ///
    /// Dots, wires and cracks are decoration that lies above or below words; with them axe-core could not tell what a
    /// word stands on, and so would never judge a contrast in the picture: they are hidden from it.
    pub fn violations(&self) -> Vec<Violation> {
        let script = fs::read_to_string(&self.setting().axe).expect("axe-core can be read");
        let browser = self.browser();
        browser.run(&script, &[]);
        let found = browser.run_and_wait(AUDIT, &[json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])]);
        serde_json::from_value(found.clone()).unwrap_or_else(|error| panic!("axe-core: {error}: {found}"))
    }
}

/// That a name repeats every figure on a card is too much to ask; that it has the word that people would say is tested
/// apart. A few words may lie below a notice; many that cannot be judged mean that something lies over the picture.
const AUDIT: &str = "
    const [tags, done] = arguments;
    const hidden = document.createElement('style');
    hidden.textContent = '.scene > canvas, .scene > svg, .crack { visibility: hidden !important }';
    document.head.append(hidden);
    const unseen = (node) => ['bgOverlap', 'bgImage', 'imgNode'].includes(node.any[0]?.data?.messageKey);
    const undecided = (rule) => ({ ...rule, impact: 'serious', nodes: rule.nodes.filter(unseen) });
    const options = {
        runOnly: { type: 'tag', values: tags },
        rules: { 'label-content-name-mismatch': { enabled: false } },
    };
    axe.run(document, options)
        .then(({ violations, incomplete }) => {
            const contrasts = incomplete.filter((rule) => rule.id === 'color-contrast').map(undecided);
            return [...violations, ...contrasts.filter((rule) => rule.nodes.length > 5)];
        })
        .catch(String)
        .then((found) => { hidden.remove(); done(found); });";
