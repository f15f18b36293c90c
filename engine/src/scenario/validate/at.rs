//! Where in the file something stands.

use std::fmt;

/// A place in the file. It is written out only when something is told about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Field(&'static str),
    Element(usize),
}

impl At<'_> {
    /// A field of the file itself.
    pub(super) const fn top(field: &'static str) -> Self {
        Self { parent: None, step: Step::Field(field) }
    }

    /// A field of what stands here.
    pub(super) const fn field(&self, field: &'static str) -> At<'_> {
        At { parent: Some(self), step: Step::Field(field) }
    }

    /// An element of the list that stands here.
    pub(super) const fn element(&self, index: usize) -> At<'_> {
        At { parent: Some(self), step: Step::Element(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Field(field) if self.parent.is_some() => write!(f, ".{field}"),
            Step::Field(field) => f.write_str(field),
            Step::Element(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_a_path() {
        let path =
            At::top("Listeners").element(0).field("DefaultActions").element(12).field("Type").to_string();
        assert_eq!(path, "Listeners[0].DefaultActions[12].Type");
    }
}
