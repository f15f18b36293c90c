//! Arrow keys: from thing to thing in the picture, to the nearest one in the direction of the key.

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

use super::geometry::Point;

/// Where an arrow key points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Left,
    Right,
    Up,
    Down,
}

impl Direction {
    fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }

    /// How far `to` lies ahead of `from` and how far aside.
    fn measure(self, from: Point, to: Point) -> (f64, f64) {
        let (x, y) = (to.x - from.x, to.y - from.y);
        match self {
            Self::Left => (-x, y.abs()),
            Self::Right => (x, y.abs()),
            Self::Up => (-y, x.abs()),
            Self::Down => (y, x.abs()),
        }
    }
}

/// The nearest of `others` in the direction, if any lies there. What lies aside counts double.
fn nearest(from: Point, others: &[Point], direction: Direction) -> Option<usize> {
    let cost = |point: &Point| {
        let (ahead, aside) = direction.measure(from, *point);
        (ahead > 1.0).then_some(ahead + 2.0 * aside)
    };
    let reachable = others.iter().enumerate().filter_map(|(index, point)| Some((index, cost(point)?)));
    reachable.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(index, _)| index)
}

/// Moves the focus in the picture if `key` is an arrow key; returns whether it is. Without a focus in the picture the
/// first thing gets it.
pub fn move_focus(document: &Document, key: &str) -> bool {
    let Some(direction) = Direction::of_key(key) else { return false };
    let Ok(list) = document.query_selector_all(".scene .thing") else { return false };
    let things: Vec<HtmlElement> =
        (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect();
    let middle = |thing: &HtmlElement| {
        let rect = thing.get_bounding_client_rect();
        Point::new(rect.x() + rect.width() / 2.0, rect.y() + rect.height() / 2.0)
    };
    let focused = document.active_element();
    let focused = things.iter().find(|thing| focused.as_ref() == Some(thing.as_ref()));
    let next = match focused {
        None => things.first(),
        Some(focused) => {
            let middles: Vec<Point> = things.iter().map(middle).collect();
            nearest(middle(focused), &middles, direction).and_then(|index| things.get(index))
        }
    };
    if let Some(next) = next {
        // It fails only for elements that cannot have the focus, and these are buttons.
        let _ = next.focus();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_lead_to_the_nearest_thing_in_their_direction() {
        let things =
            [Point::new(0.0, 50.0), Point::new(100.0, 0.0), Point::new(100.0, 100.0), Point::new(200.0, 0.0)];
        assert_eq!(nearest(things[1], &things, Direction::Right), Some(3));
        assert_eq!(nearest(things[1], &things, Direction::Down), Some(2));
        assert_eq!(nearest(things[2], &things, Direction::Up), Some(1));
        assert_eq!(nearest(things[3], &things, Direction::Left), Some(1));
        assert_eq!(nearest(things[0], &things, Direction::Left), None);
    }
}
