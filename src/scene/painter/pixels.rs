//! Antialiased discs, diamonds and rings, written by hand into a block of pixels.
//! Must never know the browser; allocates nothing per mark once its lists have grown.

use super::Rgb;

/// The side of a square of pixels that is shown again as a whole when anything in it changed.
const TILE: usize = 64;

/// How a shape is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// The shape's colour.
    pub fill: Rgb,
    /// The colour of the halo around it and, for a ring, of its inside.
    pub paper: Rgb,
    /// The halo's width in pixels; 0 for none.
    pub halo: f32,
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

/// Pixels as a canvas takes them (red, green, blue, alpha; not premultiplied), and the memory of where something
/// was drawn: a frame clears and shows only what it or the one before has touched.
#[derive(Clone, Debug, Default)]
pub struct Pixels {
    width: usize,
    height: usize,
    data: Vec<u8>,
    /// Where this frame has drawn.
    touched: Vec<Area>,
    /// The tiles touched by this frame (bit 0) and by the one before (bit 1), row by row.
    tiles: Vec<u8>,
    tiles_across: usize,
    /// Where its upper left corner belongs when it is laid over another picture.
    offset: (i32, i32),
}

impl Pixels {
    /// Makes room for a picture of this size; it is empty afterwards.
    pub fn resize(&mut self, width: usize, height: usize) {
        let (width, height) = (width.min(16384), height.min(16384));
        self.width = width;
        self.height = height;
        self.data.clear();
        self.data.resize(width * height * 4, 0);
        self.data.shrink_to_fit();
        self.touched.clear();
        self.tiles_across = width.div_ceil(TILE);
        self.tiles.clear();
        self.tiles.resize(self.tiles_across * height.div_ceil(TILE), 0);
    }

    /// How many pixels there are from left to right.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many pixels there are from top to bottom.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Four bytes per pixel, row by row.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Clears what the last frame has drawn.
    pub fn begin_frame(&mut self) {
        for area in &self.touched {
            let (x, w) = (area.x as usize * 4, area.w as usize * 4);
            for y in area.y as usize..(area.y + area.h) as usize {
                let start = y * self.width * 4 + x;
                self.data[start..start + w].fill(0);
            }
        }
        self.touched.clear();
        for tile in &mut self.tiles {
            *tile = (*tile & 1) << 1;
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, x: f32, y: f32, radius: f32, ink: Ink) {
        self.shape(x, y, radius, ink, |dx, dy| {
            let distance = (dx * dx + dy * dy).sqrt() - radius;
            (distance, distance)
        });
    }

    /// A square on its corner; the radius runs to the corners.
    pub fn diamond(&mut self, x: f32, y: f32, radius: f32, ink: Ink) {
        self.shape(x, y, radius, ink, |dx, dy| {
            let distance = (dx.abs() + dy.abs() - radius) * std::f32::consts::FRAC_1_SQRT_2;
            (distance, distance)
        });
    }

    /// A circle's outline, its inside filled with paper; the radius runs to the middle of the stroke.
    pub fn ring(&mut self, x: f32, y: f32, radius: f32, stroke: f32, ink: Ink) {
        let half = stroke / 2.0;
        self.shape(x, y, radius + half, ink, |dx, dy| {
            let distance = (dx * dx + dy * dy).sqrt() - radius;
            (distance.abs() - half, distance - half)
        });
    }

    /// Lays another picture over this one, its upper left corner there.
    pub(super) fn stamp(&mut self, x: i32, y: i32, picture: &Self) {
        let (x, y) = (x + picture.offset.0, y + picture.offset.1);
        let (left, top) = (x.max(0), y.max(0));
        let right = (i64::from(x) + picture.width as i64).min(self.width as i64);
        let bottom = (i64::from(y) + picture.height as i64).min(self.height as i64);
        if i64::from(left) >= right || i64::from(top) >= bottom {
            return;
        }
        let (w, h) = ((right - i64::from(left)) as u32, (bottom - i64::from(top)) as u32);
        self.remember(Area { x: left as u32, y: top as u32, w, h });
        let bytes = w as usize * 4;
        for row in 0..h as usize {
            let to = ((top as usize + row) * self.width + left as usize) * 4;
            let from = (((top - y) as usize + row) * picture.width + (left - x) as usize) * 4;
            let below = self.data[to..to + bytes].as_chunks_mut::<4>().0;
            let above = picture.data[from..from + bytes].as_chunks::<4>().0;
            for (below, above) in below.iter_mut().zip(above) {
                lay_over(below, *above);
            }
        }
    }

    /// The same picture without the empty margin on its right and below, and with the one on its left and above
    /// remembered rather than stored.
    pub(super) fn cropped(&self) -> Self {
        let drawn = |i: &usize| self.data[i * 4 + 3] != 0;
        let all = 0..self.width * self.height;
        let columns = || all.clone().filter(drawn).map(|i| i % self.width);
        let rows = || all.clone().filter(drawn).map(|i| i / self.width);
        let (Some(left), Some(right)) = (columns().min(), columns().max()) else { return Self::default() };
        let (Some(top), Some(bottom)) = (rows().min(), rows().max()) else { return Self::default() };
        let mut small = Self::default();
        small.resize(right - left + 1, bottom - top + 1);
        small.offset = (left as i32, top as i32);
        for (to, row) in small.data.chunks_mut((right - left + 1) * 4).zip(top..=bottom) {
            let from = (row * self.width + left) * 4;
            to.copy_from_slice(&self.data[from..from + to.len()]);
        }
        small
    }

    /// Remembers that something else than these pixels is shown there, so that it is wiped with the next frame.
    pub fn touch(&mut self, x: f32, y: f32, w: f32, h: f32) {
        if let Some(area) = self.clip(x, y, x + w, y + h) {
            self.remember(area);
        }
    }

    /// What has to be shown again: rectangles that do not overlap and together hold everything that this frame or
    /// the one before has touched.
    pub fn dirty(&self) -> impl Iterator<Item = Area> + '_ {
        let across = self.tiles_across.max(1);
        self.tiles.chunks(across).enumerate().flat_map(move |(row, tiles)| {
            let y = row * TILE;
            let h = TILE.min(self.height - y);
            Runs { tiles, next: 0 }.map(move |(from, to)| {
                let x = from * TILE;
                let w = (to * TILE).min(self.width) - x;
                Area { x: x as u32, y: y as u32, w: w as u32, h: h as u32 }
            })
        })
    }

    /// Draws whatever `distances` describes: for an offset from the middle, how far it is to the shape's edge and to
    /// the edge of shape and inside together (negative: inside).
    fn shape(&mut self, x: f32, y: f32, radius: f32, ink: Ink, distances: impl Fn(f32, f32) -> (f32, f32)) {
        let halo = if ink.halo.is_finite() { ink.halo.max(0.0) } else { 0.0 };
        let reach = radius + halo + 0.5;
        // Written so that what is not a number is refused, too.
        if !(radius > 0.0 && reach.is_finite()) {
            return;
        }
        let Some(area) = self.clip(x - reach, y - reach, x + reach, y + reach) else { return };
        self.remember(area);
        for row in area.y..area.y + area.h {
            let dy = row as f32 + 0.5 - y;
            let start = (row as usize * self.width + area.x as usize) * 4;
            let line = &mut self.data[start..start + area.w as usize * 4];
            for (column, pixel) in line.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let dx = area.x as f32 + column as f32 + 0.5 - x;
                let (shape, whole) = distances(dx, dy);
                let covered = (0.5 - whole + halo).clamp(0.0, 1.0);
                if covered > 0.0 {
                    let filled = (0.5 - shape).clamp(0.0, covered);
                    blend(pixel, ink, covered, filled / covered);
                }
            }
        }
    }

    /// The pixels between these edges that exist; nothing when there are none or an edge is not a number.
    fn clip(&self, left: f32, top: f32, right: f32, bottom: f32) -> Option<Area> {
        let x0 = left.floor().max(0.0);
        let y0 = top.floor().max(0.0);
        let x1 = right.ceil().min(self.width as f32);
        let y1 = bottom.ceil().min(self.height as f32);
        let numbers = !(left.is_nan() || top.is_nan() || right.is_nan() || bottom.is_nan());
        (numbers && x0 < x1 && y0 < y1).then_some(Area {
            x: x0 as u32,
            y: y0 as u32,
            w: (x1 - x0) as u32,
            h: (y1 - y0) as u32,
        })
    }

    fn remember(&mut self, area: Area) {
        self.touched.push(area);
        let (x0, y0) = (area.x as usize / TILE, area.y as usize / TILE);
        let (x1, y1) = ((area.x + area.w - 1) as usize / TILE, (area.y + area.h - 1) as usize / TILE);
        for row in y0..=y1 {
            for tile in &mut self.tiles[row * self.tiles_across + x0..=row * self.tiles_across + x1] {
                *tile |= 1;
            }
        }
    }
}

/// The runs of touched tiles in a row, as half-open ranges.
struct Runs<'a> {
    tiles: &'a [u8],
    next: usize,
}

impl Iterator for Runs<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.tiles.get(self.next..)?;
        let from = self.next + rest.iter().position(|tile| *tile != 0)?;
        let length = self.tiles[from..].iter().position(|tile| *tile == 0);
        let to = length.map_or(self.tiles.len(), |length| from + length);
        self.next = to;
        Some((from, to))
    }
}

/// Lays a pixel over another.
fn lay_over(below: &mut [u8; 4], above: [u8; 4]) {
    match (above[3], below[3]) {
        (0, _) => {}
        (255, _) | (_, 0) => *below = above,
        (alpha, 255) => {
            let alpha = u32::from(alpha);
            for (below, above) in below.iter_mut().zip(above).take(3) {
                *below = ((u32::from(above) * alpha + u32::from(*below) * (255 - alpha) + 127) / 255) as u8;
            }
        }
        (alpha, _) => {
            let colour = [above[0], above[1], above[2]];
            blend(below, Ink { fill: colour, paper: colour, halo: 0.0 }, f32::from(alpha) / 255.0, 1.0);
        }
    }
}

/// Lays a colour between the ink's paper (`fill` 0) and its fill (1) over a pixel, with the given alpha.
fn blend(pixel: &mut [u8; 4], ink: Ink, alpha: f32, fill: f32) {
    let below = f32::from(pixel[3]) / 255.0 * (1.0 - alpha);
    let out = alpha + below;
    for ((channel, paper), colour) in pixel.iter_mut().zip(ink.paper).zip(ink.fill) {
        let source = f32::from(paper) + (f32::from(colour) - f32::from(paper)) * fill;
        *channel = ((source * alpha + f32::from(*channel) * below) / out + 0.5) as u8;
    }
    pixel[3] = (out * 255.0 + 0.5) as u8;
}
