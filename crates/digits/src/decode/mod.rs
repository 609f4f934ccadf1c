//! From the bytes of a file to grey levels as they are shown, made smaller on the way.
//!
//! The size is told from the header, before anything is decoded. What a file may cost is then bounded by its pixels: a
//! JPEG is decoded into one byte a pixel, one for print into three; where its colours come in several scans, as in a
//! progressive one, their coefficients are kept besides, two bytes for each of up to four. A PNG is read row by row, of
//! a GIF the first frame.

mod gif;
mod jpeg;
mod orientation;
mod png;
mod shrinker;
mod source;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::format::Format;
use crate::numbers::pixels;
use crate::pauses::pass_on;
use crate::plane::Plane;
use orientation::Orientation;
use shrinker::Shrinker;
use source::Source;

/// Pixels that a picture may have at most.
pub const MOST_PIXELS: u64 = 25_000_000;
/// Pixels that a side may have at most, as in JPEG and GIF: a decoder of PNG holds whole rows.
pub const LONGEST_SIDE: u64 = 65_535;

/// Why no picture was made of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither PNG nor JPEG nor GIF.
    #[error("the bytes are neither PNG nor JPEG nor GIF")]
    UnknownFormat,
    /// More than [`MOST_PIXELS`].
    #[error("the picture has {pixels} pixels, more than {MOST_PIXELS}")]
    TooManyPixels {
        /// As many as its header says.
        pixels: u64,
    },
    /// A side is longer than [`LONGEST_SIDE`].
    #[error("a side of the picture has {side} pixels, more than {LONGEST_SIDE}")]
    TooLong {
        /// The longer side, as its header says, in pixels.
        side: u64,
    },
    /// Damaged, cut off, empty, or of a kind that its decoder does not know.
    #[error("the picture is damaged or incomplete")]
    Broken,
}

/// What transparent places show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backdrop {
    White,
    Black,
}

impl Backdrop {
    /// The brightness, 0 to 255, of a colour before this backdrop.
    fn luma(self, [red, green, blue, alpha]: [u8; 4]) -> u8 {
        let grey = grey([red, green, blue]);
        let behind = match self {
            Self::White => 255,
            Self::Black => 0,
        };
        let mixed = (u32::from(grey) * u32::from(alpha) + behind * (255 - u32::from(alpha)) + 127) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    }
}

/// The brightness of a colour, weighted as in ITU-R BT.601.
fn grey([red, green, blue]: [u8; 3]) -> u8 {
    let weighted = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128;
    u8::try_from(weighted >> 8).unwrap_or(u8::MAX)
}

/// Grey levels of a picture, upright, and how they lie in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    /// Brightness, 0 to 255; a value is the mean of `factor` × `factor` pixels.
    pub(crate) grey: Plane<u8>,
    /// How many pixels of the picture, in either direction, became one.
    pub(crate) factor: usize,
    /// Width of the picture as it is shown.
    pub(crate) width: u32,
    /// Height of the picture as it is shown.
    pub(crate) height: u32,
    /// Some places of it are transparent.
    pub(crate) transparent: bool,
}

/// What a decoder gives: grey levels as they are stored, and what has to be done to show them.
struct Stored {
    shrinker: Shrinker,
    orientation: Orientation,
    transparent: bool,
}

/// Decodes a picture.
///
/// A panic of a decoder ends here as [`Unreadable::Broken`]: decoders own what they write to, and it is thrown away.
///
/// # Errors
/// [`Unreadable`].
pub(crate) fn decode(bytes: &[u8], backdrop: Backdrop) -> Result<Picture, Unreadable> {
    let format = Format::of(bytes).ok_or(Unreadable::UnknownFormat)?;
    let decoded = catch_unwind(AssertUnwindSafe(|| match format {
        Format::Png => png::decode(bytes, backdrop),
        Format::Jpeg => jpeg::decode(bytes),
        Format::Gif => gif::decode(bytes, backdrop),
    }));
    let stored = decoded.unwrap_or_else(|payload| {
        pass_on(payload);
        Err(Unreadable::Broken)
    })?;
    let (width, height) = stored.shrinker.size();
    let factor = stored.shrinker.factor();
    let grey = stored.orientation.upright(stored.shrinker.finish());
    let (width, height) = if stored.orientation.swaps_sides() { (height, width) } else { (width, height) };
    Ok(Picture { grey, factor, width: pixels(width), height: pixels(height), transparent: stored.transparent })
}

/// The size of a picture, if it is not too large to be decoded.
fn checked(width: u64, height: u64) -> Result<(usize, usize), Unreadable> {
    let pixels = width.saturating_mul(height);
    if pixels > MOST_PIXELS {
        return Err(Unreadable::TooManyPixels { pixels });
    }
    let side = width.max(height);
    if side > LONGEST_SIDE {
        return Err(Unreadable::TooLong { side });
    }
    match (usize::try_from(width), usize::try_from(height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => Ok((width, height)),
        _ => Err(Unreadable::Broken),
    }
}

#[cfg(test)]
mod tests;
