//! Tables of plain text: columns as wide as they must be, numbers to the right, and none that is empty.

use std::fmt;

/// On which side the cells of a column begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table with a heading for every column.
pub(super) struct Table {
    columns: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(columns: &[(&str, Side)]) -> Self {
        let columns = columns.iter().map(|(heading, side)| ((*heading).to_owned(), *side)).collect();
        Self { columns, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading: Vec<String> = self.columns.iter().map(|(heading, _)| heading.clone()).collect();
        let lines = || std::iter::once(&heading).chain(&self.rows);
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max())
            .map(Option::unwrap_or_default)
            .collect();
        for line in lines() {
            let cells = line.iter().zip(&widths).zip(&self.columns).filter(|((_, width), _)| **width > 0);
            let padded = cells.map(|((cell, width), (_, side))| match side {
                Side::Left => format!("{cell:<width$}"),
                Side::Right => format!("{cell:>width$}"),
            });
            writeln!(f, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_with_their_text() {
        let mut table = Table::new(&[("task", Side::Left), ("requests", Side::Right)]);
        table.row(vec!["1".to_owned(), "10".to_owned()]);
        table.row(vec!["task 12".to_owned(), String::new()]);
        assert_eq!(table.to_string(), "task     requests\n1              10\ntask 12\n");
    }
}
