//! Puts the moving marks on the screen: one call per mark, one `present` per frame.
//! Must never know what a mark stands for beyond its colour and shape, nor where it comes from.

mod pixels;
mod stamps;

use js_sys::{Object, Reflect};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

pub use pixels::{Area, Ink, Pixels};
use stamps::Stamps;

use crate::words;

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// What moves. Shape and colour belong together, so that neither has to be told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A request on its way: a disc.
    Request,
    /// An answer that is well (2xx, 3xx): a disc.
    Success,
    /// An answer that blames the client (4xx): a diamond.
    ClientError,
    /// A 5xx of a target: a diamond.
    TargetError,
    /// A 5xx of the load balancer itself: a diamond.
    BalancerError,
    /// A health check: a hollow ring.
    Probe,
    /// A health check that failed, on its way back: a hollow ring.
    ProbeFailed,
}

impl Mark {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Success,
        Self::ClientError,
        Self::TargetError,
        Self::BalancerError,
        Self::Probe,
        Self::ProbeFailed,
    ];
}

/// The colours of the marks in one theme; `style/tokens.css` has the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// See [`Mark::Request`].
    pub request: Rgb,
    /// See [`Mark::Success`].
    pub success: Rgb,
    /// See [`Mark::ClientError`].
    pub client_error: Rgb,
    /// See [`Mark::TargetError`] and [`Mark::ProbeFailed`].
    pub target_error: Rgb,
    /// See [`Mark::BalancerError`].
    pub balancer_error: Rgb,
    /// See [`Mark::Probe`].
    pub probe: Rgb,
    /// What the marks stand on: their halo, and the inside of the rings.
    pub paper: Rgb,
    /// The numbers beside the marks.
    pub label: Rgb,
}

impl Palette {
    /// On paper.
    pub const LIGHT: Self = Self {
        request: [0x00, 0x72, 0xB2],
        success: [0x00, 0x9E, 0x73],
        client_error: [0xE6, 0x9F, 0x00],
        target_error: [0xD5, 0x5E, 0x00],
        balancer_error: [0xCC, 0x79, 0xA7],
        probe: [0x56, 0xB4, 0xE9],
        paper: [0xFB, 0xFA, 0xF7],
        label: [0x4A, 0x52, 0x5C],
    };
    /// At night.
    pub const DARK: Self = Self {
        request: [0x4F, 0xA3, 0xD9],
        success: [0x2B, 0xB9, 0x8F],
        client_error: [0xF0, 0xB4, 0x3C],
        target_error: [0xF0, 0x80, 0x3A],
        balancer_error: [0xDD, 0x93, 0xBD],
        probe: [0x8C, 0xCE, 0xF5],
        paper: [0x0F, 0x12, 0x16],
        label: [0xB4, 0xBA, 0xC2],
    };

    /// The colour of a mark.
    pub const fn of(&self, mark: Mark) -> Rgb {
        match mark {
            Mark::Request => self.request,
            Mark::Success => self.success,
            Mark::ClientError => self.client_error,
            Mark::TargetError | Mark::ProbeFailed => self.target_error,
            Mark::BalancerError => self.balancer_error,
            Mark::Probe => self.probe,
        }
    }
}

/// Radii in CSS pixels: a disc, a diamond (to its corners), a ring (to the middle of its stroke).
const DISC: f32 = 3.6;
const DIAMOND: f32 = 5.4;
const RING: f32 = 4.2;
const RING_STROKE: f32 = 1.8;
const HALO: f32 = 1.1;
/// Sharper than this costs four times the work of half of it and is not seen on something that moves.
const SHARPEST: f64 = 2.0;
/// No canvas becomes larger than this many pixels; beyond, it is drawn less sharply.
const MOST_PIXELS: f64 = 12e6;
/// More numbers than this beside the marks cannot be read.
const MOST_LABELS: usize = 24;
const LABEL_FONT: f64 = 10.5;

impl Pixels {
    /// Draws a mark, `scale` device pixels to the CSS pixel.
    pub fn mark(&mut self, x: f32, y: f32, mark: Mark, palette: &Palette, scale: f32) {
        let ink = Ink { fill: palette.of(mark), paper: palette.paper, halo: HALO * scale };
        match mark {
            Mark::Request | Mark::Success => self.disc(x, y, DISC * scale, ink),
            Mark::ClientError | Mark::TargetError | Mark::BalancerError => {
                self.diamond(x, y, DIAMOND * scale, ink);
            }
            Mark::Probe | Mark::ProbeFailed => self.ring(x, y, RING * scale, RING_STROKE * scale, ink),
        }
    }
}

/// A canvas that shows moving marks. All coordinates are CSS pixels from its upper left corner.
#[derive(Debug)]
pub struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    pixels: Pixels,
    stamps: Stamps,
    palette: Palette,
    scale: f64,
    /// The texts of this frame's labels, one after the other, and where each ends and stands.
    texts: String,
    labels: Vec<(usize, f64, f64)>,
}

impl Painter {
    /// Takes hold of a canvas; nothing when the browser gives no 2D context.
    pub fn attach(canvas: &HtmlCanvasElement) -> Option<Self> {
        // The pixels are made in main memory: let the browser keep the canvas there as well.
        let options = Object::new();
        let _ = Reflect::set(&options, &JsValue::from_str("willReadFrequently"), &JsValue::TRUE);
        let context = canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()?;
        Some(Self {
            canvas: canvas.clone(),
            context,
            pixels: Pixels::default(),
            stamps: Stamps::default(),
            palette: Palette::LIGHT,
            scale: 1.0,
            texts: String::new(),
            labels: Vec::new(),
        })
    }

    /// Gives the canvas as many pixels as its place on the screen has. The picture is empty afterwards.
    pub fn resize(&mut self, css_width: f64, css_height: f64, device_pixel_ratio: f64) {
        let (width, height, scale) = pixels_for(css_width, css_height, device_pixel_ratio);
        self.scale = scale;
        self.canvas.set_width(width);
        self.canvas.set_height(height);
        self.pixels.resize(width as usize, height as usize);
        // A canvas forgets these when it is resized.
        self.context
            .set_font(&format!("600 {}px system-ui, sans-serif", words::short(LABEL_FONT * scale, 2)));
        self.context.set_line_join("round");
        self.context.set_line_width(3.0 * scale);
        self.ink();
    }

    /// Changes the colours, from the next frame on.
    pub fn set_palette(&mut self, palette: Palette) {
        if self.palette != palette {
            self.palette = palette;
            self.ink();
        }
    }

    /// Begins a frame: nothing is on it yet.
    pub fn begin(&mut self) {
        self.pixels.begin_frame();
        self.texts.clear();
        self.labels.clear();
    }

    /// Puts a mark on the frame.
    pub fn dot(&mut self, x: f64, y: f64, mark: Mark) {
        let (x, y) = (x * self.scale, y * self.scale);
        self.stamps.put(&mut self.pixels, x as f32, y as f32, mark);
    }

    /// Puts a few characters beside the mark at this place. Only so many as can be read are kept.
    pub fn label(&mut self, x: f64, y: f64, text: &str) {
        if self.labels.len() == MOST_LABELS || text.is_empty() || !(x.is_finite() && y.is_finite()) {
            return;
        }
        let (x, y) = ((x + 6.0) * self.scale, (y - 6.0) * self.scale);
        let em = LABEL_FONT * self.scale;
        let width = em * (text.chars().count() as f64 * 0.9 + 1.0);
        // The characters are not among the pixels, but their place has to be wiped with them.
        self.pixels.touch((x - em * 0.5) as f32, (y - em * 1.3) as f32, width as f32, (em * 1.9) as f32);
        self.texts.push_str(text);
        self.labels.push((self.texts.len(), x, y));
    }

    /// Shows the frame.
    pub fn present(&mut self) {
        let (width, height) = (self.pixels.width() as u32, self.pixels.height() as u32);
        if width > 0 && height > 0 {
            // A view of the buffer, not a copy: it must not outlive this call.
            let Ok(image) =
                ImageData::new_with_u8_clamped_array_and_sh(Clamped(self.pixels.data()), width, height)
            else {
                return;
            };
            for area in self.pixels.dirty() {
                let (x, y) = (f64::from(area.x), f64::from(area.y));
                let (w, h) = (f64::from(area.w), f64::from(area.h));
                let _ =
                    self.context.put_image_data_with_dirty_x_and_dirty_y_and_dirty_width_and_dirty_height(
                        &image, 0.0, 0.0, x, y, w, h,
                    );
            }
        }
        let mut start = 0;
        for (end, x, y) in &self.labels {
            let text = &self.texts[start..*end];
            let _ = self.context.stroke_text(text, *x, *y);
            let _ = self.context.fill_text(text, *x, *y);
            start = *end;
        }
    }

    /// Gets everything ready to draw in the palette's colours.
    fn ink(&mut self) {
        self.stamps = Stamps::new(&self.palette, self.scale as f32);
        self.context.set_fill_style_str(&css(self.palette.label));
        self.context.set_stroke_style_str(&css(self.palette.paper));
    }
}

/// A colour as a style sheet writes it.
fn css([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// How many pixels a canvas of this size gets, and how many of them make a CSS pixel.
fn pixels_for(css_width: f64, css_height: f64, device_pixel_ratio: f64) -> (u32, u32, f64) {
    let within = |value: f64, low: f64, high: f64| if value.is_nan() { low } else { value.clamp(low, high) };
    let (width, height) = (within(css_width, 0.0, 16384.0), within(css_height, 0.0, 16384.0));
    let wanted = within(device_pixel_ratio, 1.0, SHARPEST);
    let possible = (MOST_PIXELS / (width * height).max(1.0)).sqrt();
    let scale = wanted.min(possible);
    ((width * scale).round() as u32, (height * scale).round() as u32, scale)
}

#[cfg(test)]
mod tests;
