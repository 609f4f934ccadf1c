//! Reads handwritten digits in pictures: bytes in, reading out.
//!
//! A picture is decoded ([`Format`]), its ink is found whatever the light and the pen ([`ink`]), taken apart into
//! digits, each of which becomes a [`mod@glyph`] as those of MNIST are, and a small [`network`] reads it. There is no
//! input or output here, no clock, no randomness and no logging: the same bytes give the same reading. Whoever calls
//! may let others go first meanwhile, and end the reading ([`with_pauses`]).

mod cleaning;
mod components;
mod decode;
mod format;
pub mod glyph;
pub mod ink;
mod layout;
mod light;
pub mod network;
pub mod numbers;
mod page;
mod pauses;
pub mod plane;
mod reading;
mod resample;
mod split;
pub mod weights;

pub use decode::{LONGEST_SIDE, MOST_PIXELS, Unreadable};
pub use format::Format;
pub use pauses::with_pauses;
pub use reading::{Area, Digit, Guess, Reading};
pub use weights::DamagedWeights;

use components::Span;
use decode::{Backdrop, Picture, decode};
use glyph::glyph;
use numbers::pixels;
use page::{Page, Piece, page};
use plane::Plane;
use weights::Weights;

/// The reader, with its weights.
pub struct Reader {
    weights: Weights,
}

impl Reader {
    /// The reader with the weights inside the program.
    ///
    /// # Errors
    /// [`DamagedWeights`]: their checksum is another one.
    pub fn load() -> Result<Self, DamagedWeights> {
        Ok(Self { weights: Weights::embedded()? })
    }

    /// The reader with the weights of a file: of those that are being trained.
    ///
    /// # Errors
    /// [`DamagedWeights`].
    pub fn of(file: &[u8]) -> Result<Self, DamagedWeights> {
        Ok(Self { weights: Weights::parse(file).ok_or(DamagedWeights)? })
    }

    /// `digits-`, the number of the pipeline, and eight hexadecimal digits of the weights' checksum: readings of the
    /// same bytes by the same version are the same.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.weights.version
    }

    /// Reads a picture. Memory and time are bounded by [`MOST_PIXELS`].
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(&self, picture: &[u8]) -> Result<Reading, Unreadable> {
        let white = decode(picture, Backdrop::White)?;
        let reading = self.read_decoded(&white);
        if white.transparent && reading.digits.is_empty() {
            // White ink on nothing.
            return decode(picture, Backdrop::Black).map(|black| self.read_decoded(&black));
        }
        Ok(reading)
    }

    fn read_decoded(&self, picture: &Picture) -> Reading {
        let ink = ink::ink(&picture.grey);
        let Page { rows, doubtful } = page(&ink, |ink| self.probabilities(ink).into_iter().fold(0.0, f32::max).ln());
        Reading {
            rows: rows.iter().map(Vec::len).collect(),
            digits: rows.iter().flatten().map(|piece| self.digit(piece, picture)).collect(),
            width: picture.width,
            height: picture.height,
            doubtful,
            blank: Guess {
                alternatives: std::array::from_fn(|place| ([1, 7, 0].get(place).copied().unwrap_or(0), 0.1)),
            },
        }
    }

    fn probabilities(&self, ink: &Plane<f32>) -> [f32; network::CLASSES] {
        pauses::worked_long();
        self.weights.probabilities(&self.weights.network.logits(&glyph(ink)))
    }

    fn digit(&self, piece: &Piece, picture: &Picture) -> Digit {
        let guess = Guess::of(&self.probabilities(&piece.ink));
        Digit { guess, area: area(piece.span, picture), needs_review: self.weights.doubts(&guess) }
    }
}

/// Where ink stands in the picture as it is shown.
fn area(span: Span, picture: &Picture) -> Area {
    let (x, y) = (pixels(span.left * picture.factor), pixels(span.top * picture.factor));
    let right = pixels(span.right * picture.factor).min(picture.width);
    let bottom = pixels(span.bottom * picture.factor).min(picture.height);
    Area { x, y, width: right.saturating_sub(x).max(1), height: bottom.saturating_sub(y).max(1) }
}
