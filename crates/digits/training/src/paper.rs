//! Synthetic photographs: digits on paper, in light and shadow, with pens, ruled lines and boxes, as files.

use std::error::Error;

use atalaya_digits::numbers::{byte, real, whole};
use atalaya_digits::plane::Plane;
use jpeg_encoder::{ColorType, Encoder};

use crate::chance::Chance;

/// Red, green and blue, of the light that falls on them, 0 to 1.
pub(crate) type Colour = [f32; 3];

/// A sheet on which something is written.
pub(crate) struct Paper {
    colours: Plane<Colour>,
}

/// How the light falls, what the camera adds, and how it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    /// Share of the light that the darkest corner misses.
    pub(crate) gradient: f32,
    /// Share of the light that a shadow across the sheet takes, and how wide its edge is, in pixels.
    pub(crate) shadow: (f32, f32),
    /// Deviation of each pixel, of 255.
    pub(crate) grain: f32,
    /// Radius of the blur, in pixels.
    pub(crate) blur: usize,
    /// Of JPEG, 1 to 100.
    pub(crate) quality: u8,
}

impl Paper {
    /// An empty sheet whose grain is a share of its brightness.
    pub(crate) fn new((width, height): (usize, usize), colour: Colour, fibres: f32, chance: &mut Chance) -> Self {
        let coarse = Plane::from_fn(width / 6 + 2, height / 6 + 2, |_, _| chance.normal(fibres));
        let colours = Plane::from_fn(width, height, |x, y| {
            let fibre = 1.0 + coarse.between(real(x) / 6.0, real(y) / 6.0);
            colour.map(|part| part * fibre)
        });
        Self { colours }
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.colours.width(), self.colours.height())
    }

    /// Puts ink, 0 to 1, onto the sheet; what lies outside is lost.
    pub(crate) fn write(&mut self, ink: &Plane<f32>, (left, top): (i32, i32), colour: Colour, cover: f32) {
        for (y, row) in (top..).zip(ink.rows()) {
            let Ok(y) = usize::try_from(y) else { continue };
            if y >= self.colours.height() {
                break;
            }
            for (x, &alpha) in (left..).zip(row) {
                let Some(x) = usize::try_from(x).ok().filter(|&x| x < self.colours.width()) else { continue };
                let under = self.colours.get(x, y).unwrap_or_default();
                let alpha = alpha * cover;
                self.colours.set(
                    x,
                    y,
                    std::array::from_fn(|part| {
                        let (under, over) = (under.get(part).copied(), colour.get(part).copied());
                        under.unwrap_or(0.0) * (1.0 - alpha) + over.unwrap_or(0.0) * alpha
                    }),
                );
            }
        }
    }

    /// A straight line with a slope.
    pub(crate) fn rule(&mut self, (x, y): (f32, f32), (dx, dy): (f32, f32), thick: f32, colour: Colour) {
        let steps = whole(dx.abs().max(dy.abs())) * 2;
        let dot = Plane::filled(whole(thick).max(1), whole(thick).max(1), 1.0);
        for step in 0..=steps {
            let along = real(step) / real(steps.max(1));
            self.write(&dot, (signed(x + along * dx), signed(y + along * dy)), colour, 0.9);
        }
    }

    /// A JPEG of the sheet.
    pub(crate) fn photograph(&self, camera: Camera, chance: &mut Chance) -> Result<Vec<u8>, Box<dyn Error>> {
        let (width, height) = self.size();
        let lit = blurred(&self.lit(camera, chance), camera.blur);
        let mut bytes = Vec::with_capacity(width * height * 3);
        for colour in lit.cells() {
            let grain = chance.normal(camera.grain);
            bytes.extend(colour.map(|part| byte(part * 255.0 + grain)));
        }
        let mut file = Vec::new();
        let side = |length: usize| u16::try_from(length);
        Encoder::new(&mut file, camera.quality).encode(&bytes, side(width)?, side(height)?, ColorType::Rgb)?;
        Ok(file)
    }

    fn lit(&self, camera: Camera, chance: &mut Chance) -> Plane<Colour> {
        let (width, height) = self.size();
        let angle = chance.between(0.0, std::f32::consts::TAU);
        let (aside, down) = (angle.cos(), angle.sin());
        let edge = chance.between(-0.25, 0.25) * real(width);
        let long = real(width).hypot(real(height));
        let (shadow, soft) = camera.shadow;
        Plane::from_fn(width, height, |x, y| {
            let (px, py) = (real(x) - real(width) / 2.0, real(y) - real(height) / 2.0);
            let along = px * aside + py * down;
            let gradient = 1.0 - camera.gradient * (along / long + 0.5);
            let across = px * down - py * aside;
            let dark = 1.0 - shadow * ((across - edge) / soft.max(1.0) + 0.5).clamp(0.0, 1.0);
            self.colours.get(x, y).unwrap_or_default().map(|part| (part * gradient * dark).clamp(0.0, 1.0))
        })
    }
}

/// Means of squares, one direction after the other.
fn blurred(colours: &Plane<Colour>, reach: usize) -> Plane<Colour> {
    if reach == 0 {
        return colours.clone();
    }
    let along = |plane: &Plane<Colour>| {
        let mut result = plane.clone();
        for (row, old) in result.rows_mut().zip(plane.rows()) {
            for (x, cell) in row.iter_mut().enumerate() {
                let window = old.get(x.saturating_sub(reach)..(x + reach + 1).min(old.len())).unwrap_or_default();
                let sum = window.iter().fold([0.0; 3], |[r, g, b], [r2, g2, b2]| [r + r2, g + g2, b + b2]);
                *cell = sum.map(|part: f32| part / real(window.len().max(1)));
            }
        }
        result
    };
    along(&along(colours).transposed()).transposed()
}

/// A place of a sheet, which may lie outside.
#[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate, and NaN is zero")]
pub(crate) fn signed(place: f32) -> i32 {
    place.round() as i32
}

/// A PNG of grey levels.
pub(crate) fn png_of(grey: &Plane<u8>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::try_from(grey.width())?, u32::try_from(grey.height())?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(grey.cells())?;
    Ok(file)
}
