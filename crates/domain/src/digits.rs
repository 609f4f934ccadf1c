//! What was read on a picture of handwritten digits.
//!
//! Not here: how pictures are read, and what they look like.

/// What a place of a picture may be, and how likely each is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The digit, from 0 to 9.
    pub digit: u8,
    /// How likely it is that one, from 0 to 1. Of what is said with 0.9, nine in ten are right.
    pub probability: f32,
}

/// The most likely digits of a place, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidates {
    /// The likeliest.
    pub first: Candidate,
    /// The next two.
    pub others: [Candidate; 2],
}

impl Candidates {
    /// All three, the likeliest first.
    #[must_use]
    pub fn all(&self) -> [Candidate; 3] {
        let [second, third] = self.others;
        [self.first, second, third]
    }
}

/// A rectangle of the picture, in its pixels, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureArea {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// To the right.
    pub width: u32,
    /// Downwards.
    pub height: u32,
}

/// A digit that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadDigit {
    /// What it may be.
    pub candidates: Candidates,
    /// Where.
    pub area: PictureArea,
    /// Whether a person should look.
    pub needs_review: bool,
}

/// All that was read on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DigitReading {
    /// The width of the picture, as people see it, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// The digits, row by row from the left.
    pub digits: Vec<ReadDigit>,
    /// The digits as a text, with one blank between two rows.
    pub text: String,
    /// What the first digit may be; of an empty picture, some digit with a low probability.
    pub first: Candidates,
    /// Whether a person should look: at one of the digits, or at a picture on which none was found.
    pub needs_review: bool,
}
