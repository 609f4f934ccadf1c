//! What tests of several modules are made of.

use atalaya_domain::digits::{Candidate, Candidates, DigitReading, PictureArea, ReadDigit};

/// A reading of the digits of `text`, of which nobody is sure.
pub(crate) fn reading(text: &str) -> DigitReading {
    let candidate = |digit, probability| Candidate { digit, probability };
    let others = [candidate(7, 0.2), candidate(3, 0.1)];
    let candidates = |digit| Candidates { first: candidate(digit, 0.7), others };
    let digit = |(place, digit): (u32, u8)| ReadDigit {
        candidates: candidates(digit - b'0'),
        area: PictureArea { x: 20 * place, y: 5, width: 18, height: 30 },
        needs_review: true,
    };
    let digits: Vec<ReadDigit> = (0..).zip(text.bytes().filter(u8::is_ascii_digit)).map(digit).collect();
    DigitReading {
        width: 640,
        height: 480,
        first: digits.first().map_or(candidates(1), |digit| digit.candidates),
        digits,
        text: text.to_owned(),
        needs_review: true,
    }
}
