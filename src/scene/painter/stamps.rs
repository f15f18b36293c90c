//! The marks drawn once, at every quarter of a pixel, and from then on only copied: several times cheaper.
//! Must never know when or where they are needed.

use super::pixels::Pixels;
use super::{Mark, Palette};

/// To how many parts of a pixel a mark's place is exact.
const PARTS: i32 = 4;
/// No mark, halo included, reaches further than this, in CSS pixels.
const REACH: f32 = 8.0;

/// All marks of one palette at one scale.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamps {
    /// Mark by mark, `PARTS` rows of `PARTS` columns of places within a pixel.
    pictures: Vec<Pixels>,
    /// From a picture's corner to the pixel that holds the mark's middle.
    reach: i32,
}

impl Stamps {
    /// Draws them, `scale` device pixels to the CSS pixel.
    pub(super) fn new(palette: &Palette, scale: f32) -> Self {
        let reach = (REACH * scale).ceil().max(1.0) as i32;
        let mut pictures = Vec::with_capacity(Mark::ALL.len() * (PARTS * PARTS) as usize);
        for mark in Mark::ALL {
            for row in 0..PARTS {
                for column in 0..PARTS {
                    let place = |part: i32| reach as f32 + part as f32 / PARTS as f32;
                    let mut picture = Pixels::default();
                    picture.resize(2 * reach as usize + 1, 2 * reach as usize + 1);
                    picture.mark(place(column), place(row), mark, palette, scale);
                    pictures.push(picture.cropped());
                }
            }
        }
        Self { pictures, reach }
    }

    /// Puts a mark on a picture, its middle at a place in device pixels.
    pub(super) fn put(&self, pixels: &mut Pixels, x: f32, y: f32, mark: Mark) {
        const FAR: f32 = 1e6;
        // Written so that what is not a number is refused, too.
        if !(x.abs() < FAR && y.abs() < FAR) {
            return;
        }
        let (x, y) = ((x * PARTS as f32).round() as i32, (y * PARTS as f32).round() as i32);
        let index = (mark as usize * PARTS as usize + y.rem_euclid(PARTS) as usize) * PARTS as usize
            + x.rem_euclid(PARTS) as usize;
        if let Some(picture) = self.pictures.get(index) {
            pixels.stamp(x.div_euclid(PARTS) - self.reach, y.div_euclid(PARTS) - self.reach, picture);
        }
    }
}
