//! A scene as PNG, drawn in the embedded font.

use tiny_skia::{Color, FillRule, LineJoin, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};
use ttf_parser::{Face, OutlineBuilder};

use crate::font::place;
use crate::scene::{Colour, Paint, Point, Scene, Shape, Text, WIDTH};

/// Why there is no PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PngError {
    /// There is no memory for the pixels.
    NoMemory,
    /// The pixels cannot be packed.
    NotPacked,
}

impl std::fmt::Display for PngError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoMemory => "no memory for the pixels of a picture",
            Self::NotPacked => "the pixels of a picture cannot be packed",
        })
    }
}

impl std::error::Error for PngError {}

/// Draws a scene with so many pixels for each of its own.
pub(crate) fn write(scene: &Scene, scale: f32) -> Result<Vec<u8>, PngError> {
    let pixels = |length: f64| {
        let wanted = (length * f64::from(scale)).ceil();
        (1..=20_000_u32).find(|pixels| f64::from(*pixels) >= wanted)
    };
    let size = pixels(WIDTH).zip(pixels(scene.height)).ok_or(PngError::NoMemory)?;
    let mut pixmap = Pixmap::new(size.0, size.1).ok_or(PngError::NoMemory)?;
    pixmap.fill(Color::WHITE);
    let mut canvas = Canvas { pixmap, transform: Transform::from_scale(scale, scale) };
    for shape in &scene.shapes {
        canvas.draw(shape);
    }
    canvas.pixmap.encode_png().map_err(|_| PngError::NotPacked)
}

struct Canvas {
    pixmap: Pixmap,
    transform: Transform,
}

impl Canvas {
    fn draw(&mut self, shape: &Shape) {
        match shape {
            Shape::Rectangle { corner: (x, y), width, height, paint } => {
                let rectangle = Rect::from_xywh(single(*x), single(*y), single(*width), single(*height));
                self.fill(rectangle.map(PathBuilder::from_rect), *paint);
            }
            Shape::Line { points, width, colour, dash } => {
                let dash = dash.and_then(|dash| StrokeDash::new(vec![single(dash); 2], 0.0));
                let stroke = Stroke { width: single(*width), line_join: LineJoin::Round, dash, ..Stroke::default() };
                self.stroke(through(points, false), &stroke, *colour);
            }
            Shape::Area { points, paint } => self.fill(through(points, true), *paint),
            Shape::Circle { centre: (x, y), radius, fill, stroke } => {
                let circle = PathBuilder::from_circle(single(*x), single(*y), single(*radius));
                self.fill(circle.clone(), fill.solid());
                if let Some(colour) = stroke {
                    self.stroke(circle, &Stroke { width: 1.5, ..Stroke::default() }, *colour);
                }
            }
            Shape::Text(text) => self.fill(outlines(text), text.colour.solid()),
        }
    }

    fn fill(&mut self, path: Option<Path>, paint: Paint) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &coloured(paint), FillRule::Winding, self.transform, None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, stroke: &Stroke, colour: Colour) {
        if let Some(path) = path {
            self.pixmap.stroke_path(&path, &coloured(colour.solid()), stroke, self.transform, None);
        }
    }
}

fn coloured(Paint { colour: Colour(red, green, blue), opacity }: Paint) -> tiny_skia::Paint<'static> {
    let mut paint = tiny_skia::Paint { anti_alias: true, ..tiny_skia::Paint::default() };
    let mut colour = Color::from_rgba8(red, green, blue, u8::MAX);
    colour.set_alpha(single(opacity));
    paint.set_color(colour);
    paint
}

fn through(points: &[Point], is_closed: bool) -> Option<Path> {
    let (&(x, y), others) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(single(x), single(y));
    for &(x, y) in others {
        path.line_to(single(x), single(y));
    }
    if is_closed {
        path.close();
    }
    path.finish()
}

/// The outlines of a text's glyphs.
fn outlines(text: &Text) -> Option<Path> {
    let face: &Face<'_> = text.weight.face()?;
    let scale = text.size / f64::from(face.units_per_em());
    let (placed, _) = place(&text.words, text.weight);
    let left = text.left();
    let mut outline = Outline { path: PathBuilder::new(), left: 0.0, baseline: text.baseline, scale };
    for glyph in placed {
        outline.left = left + glyph.at * text.size;
        match glyph.glyph {
            // Blanks have no outline.
            Some(glyph) => drop(face.outline_glyph(glyph, &mut outline)),
            None => outline.frame(glyph.advance * text.size, text.size),
        }
    }
    outline.path.finish()
}

/// Puts the outline of a glyph, in units of the font and upwards, where it belongs.
struct Outline {
    path: PathBuilder,
    left: f64,
    baseline: f64,
    scale: f64,
}

impl Outline {
    /// An empty frame in place of a character that the font has not, with lines of a twentieth of its width.
    fn frame(&mut self, width: f64, size: f64) {
        let (left, right, bottom, top) = (0.15 * width, 0.85 * width, 0.0, 0.7 * size);
        let line = 0.05 * width;
        for (edge, is_inner) in [(0.0, false), (line, true)] {
            let corners = [
                (left, bottom, 1.0, 1.0),
                (right, bottom, -1.0, 1.0),
                (right, top, -1.0, -1.0),
                (left, top, 1.0, -1.0),
            ];
            let mut corners = corners.map(|(x, y, right, up)| {
                let (x, y) = (self.left + x + right * edge, self.baseline - y - up * edge);
                (single(x), single(y))
            });
            if is_inner {
                corners.reverse();
            }
            let [(x, y), others @ ..] = corners;
            self.path.move_to(x, y);
            for (x, y) in others {
                self.path.line_to(x, y);
            }
            self.path.close();
        }
    }

    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let x = self.left + f64::from(x) * self.scale;
        (single(x), single(self.baseline - f64::from(y) * self.scale))
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels need no more digits than a single float has")]
fn single(value: f64) -> f32 {
    value as f32
}
