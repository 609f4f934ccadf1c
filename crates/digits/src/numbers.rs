//! Conversions between numbers of pixels, each with the reason why nothing is lost.

/// A length, place or sum of a picture. Pictures have at most 25 million pixels; as a measure seven digits are plenty.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "measures of a picture need no more than seven digits")]
pub fn real(whole: usize) -> f32 {
    whole as f32
}

/// The nearest whole number from zero on; of a number that is none, zero.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of floats saturate, and NaN is zero"
)]
pub fn whole(value: f32) -> usize {
    value.round() as usize
}

/// The nearest byte; of a number that is none, zero.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of floats saturate, and NaN is zero"
)]
pub fn byte(value: f32) -> u8 {
    value.round() as u8
}

/// A length in the units of the interface; no picture is longer.
#[must_use]
pub fn pixels(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
