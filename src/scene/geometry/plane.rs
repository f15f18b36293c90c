//! Points, rectangles and the curves along which requests travel.
//! Must never know what is drawn with them.

use std::fmt::Write as _;

use crate::words;

/// A place on the stage, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Point {
    /// A place.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// How far it is to another place.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The measures of the stage, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

impl Size {
    /// The nearest size between two others; what is no number becomes the smaller.
    pub(super) fn within(self, least: Self, most: Self) -> Self {
        let clamp =
            |value: f64, low: f64, high: f64| if value.is_nan() { low } else { value.clamp(low, high) };
        Self {
            width: clamp(self.width, least.width, most.width),
            height: clamp(self.height, least.height, most.height),
        }
    }
}

/// A rectangle on the stage, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// From its upper left corner and its measures.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Its right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Its lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Its middle.
    pub fn center(&self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether they share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        const TOUCH: f64 = 1e-6;
        self.x + TOUCH < other.right()
            && other.x + TOUCH < self.right()
            && self.y + TOUCH < other.bottom()
            && other.y + TOUCH < self.bottom()
    }

    /// Whether the other lies inside of this one, edges included.
    pub fn holds(&self, other: &Self) -> bool {
        const TOUCH: f64 = 1e-6;
        self.x <= other.x + TOUCH
            && self.y <= other.y + TOUCH
            && self.right() + TOUCH >= other.right()
            && self.bottom() + TOUCH >= other.bottom()
    }

    /// The `style` attribute that puts an element there.
    pub fn style(&self) -> String {
        format!(
            "left:{}px;top:{}px;width:{}px;height:{}px",
            short(self.x),
            short(self.y),
            short(self.w),
            short(self.h)
        )
    }
}

/// One way a request can travel: a cubic Bézier curve and, where it has to get past other things, a straight line
/// after it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Curve {
    /// Where it begins.
    pub from: Point,
    /// Towards where it leaves.
    pub out: Point,
    /// From where the curve arrives.
    pub into: Point,
    /// Where the curve ends and the straight line begins.
    pub bend: Point,
    /// Where it ends.
    pub to: Point,
    /// The part of the way, from 0 to 1, that is curved.
    curved: f64,
}

impl Curve {
    /// A way that leaves and arrives from left to right.
    pub(super) fn across(from: Point, to: Point) -> Self {
        let handle = (to.x - from.x) / 2.0;
        let (out, into) = (Point::new(from.x + handle, from.y), Point::new(to.x - handle, to.y));
        Self { from, out, into, bend: to, to, curved: 1.0 }
    }

    /// A way that leaves and arrives from top to bottom.
    pub(super) fn down(from: Point, to: Point) -> Self {
        let handle = (to.y - from.y) / 2.0;
        let (out, into) = (Point::new(from.x, from.y + handle), Point::new(to.x, to.y - handle));
        Self { from, out, into, bend: to, to, curved: 1.0 }
    }

    /// The same way, going on in a straight line.
    pub(super) fn on_to(self, to: Point) -> Self {
        let (curve, line) = (self.length(), self.to.distance(to));
        Self { to, curved: if line > 0.0 { curve / (curve + line) } else { 1.0 }, ..self }
    }

    /// The place at `t`, 0 being the beginning and 1 the end; outside of that, the nearer end.
    pub fn at(&self, t: f64) -> Point {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        if t > self.curved {
            let part = (t - self.curved) / (1.0 - self.curved);
            let (dx, dy) = (self.to.x - self.bend.x, self.to.y - self.bend.y);
            return Point::new(self.bend.x + dx * part, self.bend.y + dy * part);
        }
        let t = if self.curved > 0.0 { t / self.curved } else { 0.0 };
        let s = 1.0 - t;
        let (a, b, c, d) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
        Point::new(
            a * self.from.x + b * self.out.x + c * self.into.x + d * self.bend.x,
            a * self.from.y + b * self.out.y + c * self.into.y + d * self.bend.y,
        )
    }

    /// The place at `t`, moved aside by `aside` pixels: to the left of the way there when positive. Requests and
    /// answers keep to their own sides of the wire with this.
    pub fn beside(&self, t: f64, aside: f64) -> Point {
        let here = self.at(t);
        let (before, after) = (self.at(t - 0.01), self.at(t + 0.01));
        let (dx, dy) = (after.x - before.x, after.y - before.y);
        let length = dx.hypot(dy);
        if length < 1e-9 {
            return here;
        }
        Point::new(here.x + dy / length * aside, here.y - dx / length * aside)
    }

    /// How long the way is, in CSS pixels (to within a fraction of a per cent).
    pub fn length(&self) -> f64 {
        const STEPS: u32 = 48;
        let mut sum = 0.0;
        let mut last = self.from;
        for step in 1..=STEPS {
            let next = self.at(f64::from(step) / f64::from(STEPS));
            sum += last.distance(next);
            last = next;
        }
        sum
    }

    /// The same way as an SVG path.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(64);
        let points = [self.from, self.out, self.into, self.bend, self.to];
        let letters: &[&str] =
            if self.curved < 1.0 { &["M", "C", " ", " ", "L"] } else { &["M", "C", " ", " "] };
        for (letter, point) in letters.iter().zip(points) {
            // Writing into a String cannot fail.
            let _ = write!(path, "{letter}{} {}", short(point.x), short(point.y));
        }
        path
    }
}

/// A number as short as a tenth of a pixel allows.
fn short(value: f64) -> String {
    words::short(value, 1)
}
