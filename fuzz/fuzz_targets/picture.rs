//! Pictures of digits: no bytes break the decoders or the reader, and what is read lies within the picture.

#![no_main]

use std::sync::LazyLock;

use atalaya_digits::{LONGEST_SIDE, MOST_PIXELS, Reader, Unreadable};
use libfuzzer_sys::fuzz_target;

static READER: LazyLock<Reader> = LazyLock::new(|| Reader::load().unwrap());

fuzz_target!(|bytes: &[u8]| {
    match READER.read(bytes) {
        Ok(reading) => {
            assert!(u64::from(reading.width) * u64::from(reading.height) <= MOST_PIXELS);
            assert_eq!(reading.text().replace(' ', "").len(), reading.digits.len());
            assert!((0.0..=1.0).contains(&reading.first().probability()));
            assert!(!reading.digits.is_empty() || reading.needs_review());
            for digit in &reading.digits {
                let area = digit.area;
                assert!(area.width > 0 && area.x + area.width <= reading.width);
                assert!(area.height > 0 && area.y + area.height <= reading.height);
                assert!(digit.guess.digit() < 10);
            }
        }
        Err(Unreadable::TooManyPixels { pixels }) => assert!(pixels > MOST_PIXELS),
        Err(Unreadable::TooLong { side }) => assert!(side > LONGEST_SIDE),
        Err(Unreadable::UnknownFormat | Unreadable::Broken) => (),
    }
});
