//! How large the task cards are and in how many columns they stand.
//! Must never know which way the picture runs: it is told what height an arrangement would need.

use super::Density;

/// A way of drawing cards: how small they may be and how large they get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) density: Density,
    pub(super) least_width: f64,
    pub(super) least_height: f64,
    pub(super) most_height: f64,
    /// The least room between two cards; dots travel through it.
    pub(super) gap: f64,
}

impl Kind {
    /// The height that so many rows need at least.
    pub(super) fn least(&self, rows: usize) -> f64 {
        stack(rows, self.least_height, self.gap)
    }
}

/// The height of `rows` cards with gaps between them.
pub(super) fn stack(rows: usize, height: f64, gap: f64) -> f64 {
    if rows == 0 { 0.0 } else { rows as f64 * (height + gap) - gap }
}

/// How many rows `count` cards need.
pub(super) fn rows(count: usize, columns: usize) -> usize {
    count.div_ceil(columns.max(1))
}

/// The most telling arrangement that fits: as much on a card as possible, then as few columns as possible. When
/// nothing fits, the last kind in as many columns as there is room for: then the picture grows.
///
/// `widths` says how wide a row is for a number of columns; `need` says how high the picture would become.
pub(super) fn choose(
    kinds: &[Kind],
    most_cards: usize,
    width: f64,
    available: f64,
    need: impl Fn(&Kind, usize) -> f64,
) -> (Kind, usize) {
    let columns_of = |kind: &Kind| {
        let room = ((width + kind.gap) / (kind.least_width + kind.gap)).floor() as usize;
        room.min(most_cards.max(1))
    };
    for kind in kinds {
        for columns in 1..=columns_of(kind) {
            if need(kind, columns) <= available {
                return (*kind, columns);
            }
        }
    }
    let last = kinds[kinds.len() - 1];
    (last, columns_of(&last).max(1))
}
