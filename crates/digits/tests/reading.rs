//! The whole reader on files, and its network against another library.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use atalaya_digits::network::Network;
use atalaya_digits::weights::parameters;
use atalaya_digits::{LONGEST_SIDE, MOST_PIXELS, Reader, Unreadable, with_pauses};
use proptest::prelude::*;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn pictures() -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
        .into_iter()
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(file).unwrap()))
        .collect()
}

/// A PNG of grey levels.
fn png(width: u32, height: u32, level: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let cells: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| level(x, y)).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&cells).unwrap();
    file
}

#[test]
fn a_seven_is_a_seven_in_every_kind_of_file() {
    let reader = Reader::load().unwrap();
    for (name, file) in pictures() {
        let reading = reader.read(&file).unwrap();
        assert_eq!(reading.text(), "7", "{name}");
        assert_eq!((reading.width, reading.height), (48, 64), "{name}");
        let area = reading.digits[0].area;
        let (right, bottom) = (area.x + area.width, area.y + area.height);
        assert!(area.x.abs_diff(8) <= 2 && area.y.abs_diff(9) <= 2, "{name}: {area:?}");
        assert!(right.abs_diff(39) <= 2 && bottom.abs_diff(55) <= 2, "{name}: {area:?}");
    }
}

#[test]
fn a_blank_page_has_no_digits_and_needs_a_look() {
    let reader = Reader::load().unwrap();
    for level in [0, 128, 255] {
        let reading = reader.read(&png(300, 200, |_, _| level)).unwrap();
        assert_eq!(reading.text(), "");
        assert!(reading.needs_review() && reading.first().probability() < 0.2);
        assert_eq!((reading.width, reading.height), (300, 200));
    }
}

#[test]
fn the_same_bytes_give_the_same_reading() {
    let (one, other) = (Reader::load().unwrap(), Reader::load().unwrap());
    assert_eq!(one.version(), other.version());
    for (_, file) in pictures() {
        assert_eq!(one.read(&file), other.read(&file));
    }
}

/// What the work gives, and how often it paused.
fn with_counted_pauses<T>(work: impl FnOnce() -> T) -> (T, u32) {
    let pauses = Rc::new(Cell::new(0));
    let counted = Rc::clone(&pauses);
    let pause = move || {
        counted.set(counted.get() + 1);
        ControlFlow::Continue(())
    };
    (with_pauses(pause, work).unwrap(), pauses.get())
}

#[test]
fn pauses_change_no_reading_and_one_that_breaks_ends_it() {
    let reader = Reader::load().unwrap();
    for (name, file) in pictures() {
        let (reading, pauses) = with_counted_pauses(|| reader.read(&file));
        assert_eq!(reading, reader.read(&file), "{name}");
        assert!(pauses > 1, "{name} has {pauses} pauses");
        for last in [1, pauses] {
            let mut left = last;
            let pause = move || {
                left -= 1;
                if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            // Most of them end it amid the decoding, which takes a panic for a broken file.
            assert_eq!(with_pauses(pause, || reader.read(&file)), None, "{name}, pause {last} of {pauses}");
        }
    }
}

#[test]
fn a_large_picture_has_a_pause_for_every_few_of_its_rows() {
    let reader = Reader::load().unwrap();
    let file = png(4000, 2400, |x, y| if x.abs_diff(y) < 60 { 20 } else { 230 });
    let (_, pauses) = with_counted_pauses(|| reader.read(&file).unwrap());
    assert!(pauses > 2400 / 5, "{pauses}");
}

#[test]
fn areas_are_measured_in_the_picture_as_it_was_sent() {
    let reader = Reader::load().unwrap();
    let is_ink = |x: u32, y: u32| (1900..2020).contains(&x) && (800..1600).contains(&y);
    let reading = reader.read(&png(4000, 2400, |x, y| if is_ink(x, y) { 20 } else { 230 })).unwrap();
    let area = reading.digits[0].area;
    assert!(area.x.abs_diff(1900) <= 6 && area.y.abs_diff(800) <= 6, "{area:?}");
    assert!(area.width.abs_diff(120) <= 9 && area.height.abs_diff(800) <= 9, "{area:?}");
    assert_eq!(reading.text(), "1");
}

#[test]
fn a_page_full_of_specks_is_read_in_bounds() {
    let reader = Reader::load().unwrap();
    let noise = |x: u32, y: u32| {
        u8::try_from((x.wrapping_mul(7_919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 24)
    };
    let reading = reader.read(&png(1200, 900, |x, y| noise(x, y).unwrap())).unwrap();
    assert!(reading.digits.len() <= 210);
}

#[test]
fn a_page_of_one_row_or_one_column_breaks_nothing() {
    let reader = Reader::load().unwrap();
    for (width, height) in [(1, 1), (1, 5000), (5000, 1), (2, 3), (65_535, 2)] {
        let file = png(width, height, |x, y| if (x / 3 + y) % 2 == 0 { 255 } else { 0 });
        let reading = reader.read(&file).unwrap();
        assert_eq!((reading.width, reading.height), (width, height));
    }
    let pixels = 30_000_000;
    assert!(pixels > MOST_PIXELS);
    assert_eq!(reader.read(&png(6000, 5000, |_, _| 0)), Err(Unreadable::TooManyPixels { pixels }));
    assert_eq!(reader.read(&png(65_536, 1, |_, _| 0)), Err(Unreadable::TooLong { side: LONGEST_SIDE + 1 }));
}

#[test]
fn logits_are_those_of_another_library() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logits.json");
    let expected: Value = serde_json::from_slice(&std::fs::read(fixture).unwrap()).unwrap();
    let version = Reader::load().unwrap().version().to_owned();
    let made_of = expected["weights"].as_str().unwrap();
    assert!(version.ends_with(made_of), "make the fixture of the new weights: training/peer.py");
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/weights.bin");
    let network = Network::of(&parameters(&std::fs::read(weights).unwrap()).unwrap()).unwrap();
    let formula = |n: usize| {
        let number = u32::try_from(n).unwrap().wrapping_mul(2_654_435_761) >> 16;
        f32::from(u16::try_from(number).unwrap()) / 32768.0 - 1.0
    };
    for (glyph, row) in expected["logits"].as_array().unwrap().iter().enumerate() {
        let logits = network.logits(&std::array::from_fn(|cell| formula(7 + glyph * 784 + cell).max(0.0)));
        for (ours, theirs) in logits.into_iter().zip(row.as_array().unwrap()) {
            let theirs = theirs.as_f64().unwrap();
            assert!((f64::from(ours) - theirs).abs() < 1e-4 * theirs.abs().max(1.0), "{ours} {theirs}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_break_the_reader(start in 0_usize..3, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let magic: [&[u8]; 3] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"];
        let _ = Reader::load().unwrap().read(&[magic[start], &bytes].concat());
    }

    #[test]
    fn no_damage_breaks_the_reader(
        which in 0_usize..17,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (_, mut file) = pictures().swap_remove(which);
        for (place, byte) in places {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Ok(reading) = Reader::load().unwrap().read(&file) {
            for digit in &reading.digits {
                let sum: f32 = digit.guess.alternatives.iter().map(|(_, probability)| probability).sum();
                prop_assert!(sum <= 1.001 && digit.area.width >= 1 && digit.area.height >= 1);
                prop_assert!(digit.area.x + digit.area.width <= reading.width);
                prop_assert!(digit.area.y + digit.area.height <= reading.height);
            }
        }
    }
}
