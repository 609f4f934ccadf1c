use super::*;

/// The same seven, 48 × 64, in a file of another kind.
fn file(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    std::fs::read(folder.join(name)).unwrap()
}

fn picture(name: &str) -> Picture {
    decode(&file(name), Backdrop::White).unwrap()
}

/// The greatest difference of brightness, once paper and ink have the same brightness in both.
fn difference(one: &Picture, other: &Picture) -> i32 {
    let stretched = |picture: &Picture| -> Vec<i32> {
        let cells = || picture.grey.cells().iter().copied().map(i32::from);
        let (least, most) = (cells().min().unwrap(), cells().max().unwrap());
        cells().map(|cell| (cell - least) * 255 / (most - least)).collect()
    };
    stretched(one).into_iter().zip(stretched(other)).map(|(one, other)| (one - other).abs()).max().unwrap()
}

#[test]
fn a_picture_is_the_same_in_every_format() {
    let expected = picture("grey.png");
    assert_eq!((expected.width, expected.height, expected.factor), (48, 64, 1));
    for (name, most) in [
        ("colours.png", 4),
        ("transparent.png", 1),
        ("grey_alpha.png", 0),
        ("palette.png", 60),
        ("sixteen_bits.png", 1),
        ("interlaced.png", 0),
        ("baseline.jpg", 45),
        ("progressive.jpg", 45),
        ("grey.jpg", 45),
        ("print.jpg", 45),
        ("turned.jpg", 45),
        ("still.gif", 1),
        ("moving.gif", 1),
    ] {
        let other = picture(name);
        assert_eq!((other.width, other.height), (48, 64), "{name}");
        assert!(difference(&expected, &other) <= most, "{name}: {}", difference(&expected, &other));
    }
}

#[test]
fn what_is_transparent_shows_what_lies_behind() {
    let white_ink = file("white_on_transparent.png");
    let on_white = decode(&white_ink, Backdrop::White).unwrap();
    let on_black = decode(&white_ink, Backdrop::Black).unwrap();
    assert!(on_white.transparent && on_white.grey.cells().iter().all(|&cell| cell == 255));
    assert!(difference(&picture("inverted.png"), &on_black) <= 1);
    assert!(!picture("grey_alpha.png").transparent);
}

#[test]
fn what_is_no_picture_is_told_from_a_broken_one() {
    assert_eq!(decode(b"%PDF-1.7", Backdrop::White), Err(Unreadable::UnknownFormat));
    assert_eq!(decode(b"", Backdrop::White), Err(Unreadable::UnknownFormat));
    for magic in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"GIF89a"] {
        assert_eq!(decode(magic, Backdrop::White), Err(Unreadable::Broken));
    }
}

#[test]
fn a_file_that_is_cut_off_is_broken() {
    for name in ["grey.png", "interlaced.png", "baseline.jpg", "progressive.jpg", "turned.jpg", "still.gif"] {
        let whole = file(name);
        for length in [whole.len() / 4, whole.len() / 2, whole.len() * 3 / 4] {
            let cut = decode(&whole[..length], Backdrop::White);
            assert_eq!(cut, Err(Unreadable::Broken), "{length} bytes of {name}");
        }
    }
}

/// A file whose header says that its picture is 30,000 × 30,000, and that has little more than a header.
fn flood(format: Format) -> Vec<u8> {
    let side = 30_000_u16.to_be_bytes();
    match format {
        Format::Png => {
            let mut bytes = file("grey.png");
            bytes[18..20].copy_from_slice(&side);
            bytes[22..24].copy_from_slice(&side);
            let checksum = crc32(&bytes[12..29]);
            bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
            bytes
        }
        Format::Jpeg => {
            let mut bytes = file("baseline.jpg");
            let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
            bytes[frame + 5..frame + 7].copy_from_slice(&side);
            bytes[frame + 7..frame + 9].copy_from_slice(&side);
            bytes
        }
        Format::Gif => {
            let mut bytes = file("still.gif");
            bytes[6..8].copy_from_slice(&30_000_u16.to_le_bytes());
            bytes[8..10].copy_from_slice(&30_000_u16.to_le_bytes());
            bytes
        }
    }
}

/// The checksum of PNG's chunks.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn too_many_pixels_are_told_from_the_header() {
    for format in [Format::Png, Format::Jpeg, Format::Gif] {
        let expected = Err(Unreadable::TooManyPixels { pixels: 900_000_000 });
        assert_eq!(decode(&flood(format), Backdrop::White), expected, "{format:?}");
    }
}

#[test]
fn a_gif_with_a_frame_beyond_its_screen_shows_what_is_inside() {
    let mut bytes = file("still.gif");
    let frame = bytes.windows(5).position(|start| start == [0x2c, 0, 0, 0, 0]).unwrap();
    bytes[frame + 1] = 20;
    let shifted = decode(&bytes, Backdrop::White).unwrap();
    assert_eq!((shifted.width, shifted.height), (48, 64));
    assert_eq!(shifted.grey.get(0, 30), Some(255));
}
