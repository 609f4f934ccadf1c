//! Kinds of pictures that the reader is measured on, and chosen by.

use std::error::Error;

use atalaya_digits::numbers::{real, whole};
use atalaya_digits::plane::Plane;

use crate::augmentation::trimmed;
use crate::chance::Chance;
use crate::mnist::Example;
use crate::paper::{Camera, Colour, Paper, png_of, signed};
use crate::strokes::{inked, written};

/// A picture and what stands in it.
pub(crate) struct Scene {
    pub(crate) file: Vec<u8>,
    pub(crate) text: String,
}

/// What one kind of pictures has.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    size: (usize, usize),
    /// Height of digits, least and most, as a share of the picture's.
    tall: (f32, f32),
    /// Width of the pen as a share of the digits' height.
    pen: (f32, f32),
    /// Least and most digits.
    digits: (usize, usize),
    /// Space between digits as a share of their height.
    space: (f32, f32),
    /// Brightness of the ink, as a share of the paper's, least and most.
    ink: (f32, f32),
    camera: Camera,
    paper: f32,
    place: Place,
    lines: Lines,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Centre,
    Anywhere,
    Edge,
}

#[derive(Clone, Copy, PartialEq)]
enum Lines {
    None,
    Ruled,
    Boxed,
    Comb,
}

const CAMERA: Camera = Camera { gradient: 0.2, shadow: (0.0, 1.0), grain: 2.5, blur: 1, quality: 85 };
const PLAIN: Kind = Kind {
    name: "on paper",
    size: (640, 480),
    tall: (0.35, 0.6),
    pen: (0.05, 0.1),
    digits: (1, 1),
    space: (0.12, 0.4),
    ink: (0.1, 0.4),
    camera: CAMERA,
    paper: 0.85,
    place: Place::Centre,
    lines: Lines::None,
};
const ROW: Kind = Kind { name: "in a row", size: (900, 400), tall: (0.2, 0.35), digits: (3, 6), ..PLAIN };

/// All kinds.
pub(crate) const KINDS: [Kind; 19] = [
    PLAIN,
    Kind { name: "thin pen", pen: (0.02, 0.035), ..PLAIN },
    Kind { name: "marker", pen: (0.13, 0.22), ..PLAIN },
    Kind { name: "pencil", ink: (0.6, 0.8), pen: (0.04, 0.07), ..PLAIN },
    Kind { name: "uneven light", camera: Camera { gradient: 0.7, ..CAMERA }, ..PLAIN },
    Kind { name: "soft shadow", camera: Camera { shadow: (0.5, 60.0), ..CAMERA }, ..PLAIN },
    Kind { name: "hard shadow", camera: Camera { shadow: (0.45, 6.0), ..CAMERA }, ..PLAIN },
    Kind { name: "blurred", camera: Camera { blur: 4, grain: 6.0, quality: 45, ..CAMERA }, ..PLAIN },
    Kind { name: "chalk", ink: (3.5, 6.0), paper: 0.15, ..PLAIN },
    Kind { name: "off centre", tall: (0.12, 0.25), place: Place::Anywhere, ..PLAIN },
    Kind { name: "at the edge", place: Place::Edge, ..PLAIN },
    Kind { name: "ruled paper", lines: Lines::Ruled, ..PLAIN },
    Kind { name: "in a box", lines: Lines::Boxed, ..PLAIN },
    Kind {
        name: "drawn small",
        size: (64, 64),
        tall: (0.6, 0.8),
        camera: Camera { gradient: 0.0, grain: 0.0, blur: 0, quality: 95, ..CAMERA },
        paper: 1.0,
        ink: (0.0, 0.0),
        ..PLAIN
    },
    Kind {
        name: "drawn",
        size: (280, 280),
        tall: (0.5, 0.85),
        pen: (0.06, 0.16),
        camera: Camera { gradient: 0.0, grain: 0.0, blur: 0, quality: 95, ..CAMERA },
        paper: 1.0,
        ink: (0.0, 0.0),
        ..PLAIN
    },
    ROW,
    Kind { name: "touching", digits: (2, 3), space: (-0.06, 0.0), ..ROW },
    Kind { name: "in comb boxes", lines: Lines::Comb, ..ROW },
    Kind {
        name: "phone, 12 megapixels",
        size: (4000, 3000),
        tall: (0.06, 0.12),
        camera: Camera { gradient: 0.4, shadow: (0.3, 200.0), grain: 4.0, blur: 2, quality: 85 },
        ..ROW
    },
];

impl Kind {
    /// Whether its pictures have less than half a megapixel.
    pub(crate) fn is_small(&self) -> bool {
        self.size.0 * self.size.1 < 500_000
    }

    /// A picture of this kind; its digits are of the examples, or of this program's own hand.
    pub(crate) fn scene(&self, examples: &[Example], chance: &mut Chance) -> Result<Scene, Box<dyn Error>> {
        let paper = self.paper * chance.between(0.9, 1.1);
        let tint: Colour = [paper, paper * chance.between(0.94, 1.0), paper * chance.between(0.85, 1.0)];
        let mut sheet = Paper::new(
            self.size,
            tint.map(|part| part.min(1.0)),
            if self.camera.grain > 0.0 { 0.012 } else { 0.0 },
            chance,
        );
        let tall = chance.between(self.tall.0, self.tall.1) * real(self.size.1);
        let count = self.digits.0 + chance.below(self.digits.1 + 1 - self.digits.0);
        let mut text = String::new();
        let inks: Vec<Plane<f32>> = (0..count)
            .map(|_| {
                let (digit, ink) = self.digit(examples, tall * chance.between(0.88, 1.12), chance);
                text.push(char::from(b'0' + digit));
                ink
            })
            .collect();
        let spaces: Vec<f32> = inks.iter().map(|_| chance.between(self.space.0, self.space.1) * tall).collect();
        let long: f32 = inks.iter().zip(&spaces).map(|(ink, space)| real(ink.width()) + space).sum();
        let (left, top) = self.corner((long, tall), chance);
        self.rule(&mut sheet, (left, top), tall, chance);
        let share = chance.between(self.ink.0, self.ink.1);
        let pen: Colour = tint.map(|part| (part * share * chance.between(0.7, 1.3)).min(1.0));
        let (mut x, slope) = (left, chance.normal(0.03));
        for (ink, space) in inks.iter().zip(spaces) {
            let y = top + (tall - real(ink.height())) / 2.0 + slope * (x - left) + chance.normal(0.03 * tall);
            if self.lines == Lines::Comb {
                Self::frame(
                    &mut sheet,
                    (x - 0.15 * tall, top - 0.25 * tall),
                    (real(ink.width()).max(0.5 * tall) + 0.3 * tall, 1.5 * tall),
                    chance,
                );
            }
            sheet.write(ink, (signed(x), signed(y)), pen, chance.between(0.9, 1.0));
            x += if self.lines == Lines::Comb {
                real(ink.width()).max(0.5 * tall) + 0.36 * tall
            } else {
                real(ink.width()) + space
            };
        }
        let file = sheet.photograph(self.camera, chance)?;
        Ok(Scene { file, text })
    }

    fn digit(&self, examples: &[Example], tall: f32, chance: &mut Chance) -> (u8, Plane<f32>) {
        let own = u8::try_from(chance.below(10)).unwrap_or(0);
        match chance.of(examples).filter(|_| chance.happens(0.5)) {
            Some(example) => (example.digit, enlarged(&example.picture, tall)),
            None => (own, inked(&written(own, chance), tall, chance.between(self.pen.0, self.pen.1) * tall)),
        }
    }

    fn corner(&self, (long, tall): (f32, f32), chance: &mut Chance) -> (f32, f32) {
        let (width, height) = (real(self.size.0), real(self.size.1));
        match self.place {
            Place::Centre => ((width - long) / 2.0 + chance.normal(0.03 * width), (height - tall) / 2.0),
            Place::Anywhere => {
                (chance.between(0.02, 0.98) * (width - long), chance.between(0.02, 0.9) * (height - tall))
            }
            Place::Edge => match chance.below(4) {
                0 => (-2.0, (height - tall) / 2.0),
                1 => (width - long + 2.0 + 0.25 * tall, (height - tall) / 2.0),
                2 => ((width - long) / 2.0, -2.0),
                _ => ((width - long) / 2.0, height - tall + 2.0),
            },
        }
    }

    fn rule(&self, sheet: &mut Paper, (left, top): (f32, f32), tall: f32, chance: &mut Chance) {
        let (width, height) = sheet.size();
        let blue = [0.45, 0.5, chance.between(0.6, 0.75)];
        match self.lines {
            Lines::Ruled => {
                let step = tall * chance.between(0.5, 1.3);
                let (mut y, slope) = (chance.between(0.0, step), chance.normal(0.01) * real(width));
                while y < real(height) {
                    sheet.rule((0.0, y), (real(width), slope), 2.0, blue);
                    y += step;
                }
            }
            Lines::Boxed => Self::frame(sheet, (left - 0.3 * tall, top - 0.3 * tall), (1.3 * tall, 1.6 * tall), chance),
            Lines::Comb | Lines::None => (),
        }
    }

    fn frame(sheet: &mut Paper, (x, y): (f32, f32), (wide, high): (f32, f32), chance: &mut Chance) {
        let (grey, skew) = ([chance.between(0.1, 0.5); 3], chance.normal(0.01) * wide);
        sheet.rule((x, y), (wide, skew), 2.0, grey);
        sheet.rule((x, y + high), (wide, skew), 2.0, grey);
        sheet.rule((x, y), (-skew, high), 2.0, grey);
        sheet.rule((x + wide, y + skew), (-skew, high), 2.0, grey);
    }
}

/// An example in another size, with smooth edges.
fn enlarged(picture: &Plane<u8>, tall: f32) -> Plane<f32> {
    let ink = trimmed(&picture.map(|level| (f32::from(level) / 255.0 * 1.1).min(1.0)));
    let scale = tall / real(ink.height().max(14));
    // A pixel of paper around it, so that edges fade there as well.
    let padded = Plane::from_fn(ink.width() + 2, ink.height() + 2, |x, y| {
        let (x, y) = (x.wrapping_sub(1), y.wrapping_sub(1));
        if y < ink.height() { ink.get(x, y).unwrap_or(0.0) } else { 0.0 }
    });
    let size = |length: usize| whole(real(length) * scale).max(1);
    Plane::from_fn(size(padded.width()), size(padded.height()), |x, y| {
        let value = padded.between((real(x) + 0.5) / scale - 0.5, (real(y) + 0.5) / scale - 0.5);
        ((value - 0.35) / 0.3).clamp(0.0, 1.0)
    })
}

/// An example as its file would be.
pub(crate) fn as_file(example: &Example) -> Result<Scene, Box<dyn Error>> {
    Ok(Scene { file: png_of(&example.picture)?, text: example.digit.to_string() })
}
