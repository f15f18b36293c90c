//! Lines and areas in a box of 100 by 100 that is stretched over a chart. Pure.

use crate::words;

/// The height and the width of the box.
const BOX: f64 = 100.0;

/// A line through values at even distances, the last at the right edge; `most` is at the top. A value that is absent
/// leaves a gap.
pub fn line(values: &[Option<f64>], places: usize, most: f64) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for (x, value) in places_of(values, places) {
        match value {
            None => drawing = false,
            Some(value) => {
                let command = if drawing { 'L' } else { 'M' };
                point(&mut path, command, x, height(*value, most));
                drawing = true;
            }
        }
    }
    path
}

fn point(path: &mut String, command: char, x: f64, y: f64) {
    path.push(command);
    path.push_str(&words::fixed(x, 2));
    path.push(' ');
    path.push_str(&words::fixed(y, 2));
}

/// The area between `below` and `below + values`.
pub fn area(values: &[f64], below: &[f64], places: usize, most: f64) -> String {
    if values.iter().all(|value| *value == 0.0) {
        return String::new();
    }
    let mut path = String::new();
    let top: Vec<f64> = values.iter().zip(below).map(|(value, below)| value + below).collect();
    for (index, (x, value)) in places_of(&top, places).enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        point(&mut path, command, x, height(*value, most));
    }
    for (x, value) in places_of(below, places).collect::<Vec<_>>().into_iter().rev() {
        point(&mut path, 'L', x, height(*value, most));
    }
    path.push('Z');
    path
}

/// A round number that is at least `value`: 1, 2 or 5 times a power of ten, and at least `least`.
pub fn round_up(value: f64, least: f64) -> f64 {
    let value = value.max(least);
    let powers = (0..=12).map(|power| 10_f64.powi(power));
    powers.flat_map(|power| [power, 2.0 * power, 5.0 * power]).find(|round| *round >= value).unwrap_or(value)
}

fn places_of<T>(values: &[T], places: usize) -> impl Iterator<Item = (f64, &T)> {
    let step = BOX / (places.max(2) - 1) as f64;
    let first = BOX - step * (values.len().max(1) - 1) as f64;
    values.iter().enumerate().map(move |(index, value)| (first + step * index as f64, value))
}

fn height(value: f64, most: f64) -> f64 {
    BOX - BOX * (value / most).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_at_the_right_edge_and_leaves_gaps() {
        let path = line(&[Some(0.0), None, Some(5.0), Some(10.0)], 5, 10.0);
        assert_eq!(path, "M25.00 100.00M75.00 50.00L100.00 0.00");
    }

    #[test]
    fn an_area_lies_on_what_is_below_it() {
        assert_eq!(
            area(&[1.0, 2.0], &[1.0, 0.0], 2, 4.0),
            "M0.00 50.00L100.00 50.00L100.00 100.00L0.00 75.00Z"
        );
        assert_eq!(area(&[0.0, 0.0], &[1.0, 0.0], 2, 4.0), "");
    }

    #[test]
    fn scales_end_on_round_numbers() {
        assert_eq!(
            [0.0, 0.7, 3.0, 8.5, 117.0].map(|value| round_up(value, 1.0)),
            [1.0, 1.0, 5.0, 10.0, 200.0]
        );
    }
}
