//! Makes pictures of digits for tests, and the forms that carry them.

use std::io::Read as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use png::{BitDepth, ColorType, Encoder};

/// The media type of [`form`].
pub const FORM: &str = "multipart/form-data; boundary=between-the-parts";
/// The side of the square that a digit is drawn in, in pixels.
const SIDE: u32 = 80;
/// Between a digit and the edge of its square.
const MARGIN: f32 = 18.0;
/// Half of the width of the pen.
const PEN: f32 = 3.6;
/// What begins a PNG.
const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A stroke as the corners of a line, in parts of the width and height of a digit.
type Stroke = &'static [(f32, f32)];

fn strokes(digit: char) -> &'static [Stroke] {
    match digit {
        '0' => &[&[
            (0.5, 0.0),
            (0.2, 0.12),
            (0.1, 0.5),
            (0.2, 0.88),
            (0.5, 1.0),
            (0.8, 0.88),
            (0.9, 0.5),
            (0.8, 0.12),
            (0.5, 0.0),
        ]],
        '1' => &[&[(0.5, 0.0), (0.5, 1.0)]],
        '2' => &[&[(0.1, 0.25), (0.3, 0.04), (0.7, 0.04), (0.88, 0.25), (0.75, 0.5), (0.1, 0.97), (0.92, 0.97)]],
        '4' => &[&[(0.3, 0.0), (0.1, 0.55), (0.95, 0.55)], &[(0.75, 0.1), (0.72, 1.0)]],
        '7' => &[&[(0.1, 0.03), (0.9, 0.03), (0.4, 1.0)]],
        other => panic!("nobody draws {other:?}"),
    }
}

/// How far a point is from a line between two others.
fn distance((x, y): (f32, f32), ((ax, ay), (bx, by)): ((f32, f32), (f32, f32))) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (x - ax - along * dx).hypot(y - ay - along * dy)
}

/// Digits in one row, in black on white; nothing but white where there are none. `0`, `1`, `2`, `4` and `7` are drawn.
#[must_use]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some pixels")]
pub fn drawn(digits: &str) -> Vec<u8> {
    let width = SIDE * (digits.len() as u32).max(1);
    let mut grey = vec![255_u8; (width * SIDE) as usize];
    let high = SIDE as f32 - 2.0 * MARGIN;
    let wide = 0.7 * high;
    for (place, digit) in digits.chars().enumerate() {
        let left = place as f32 * SIDE as f32 + (SIDE as f32 - wide) / 2.0;
        let point = |(x, y): (f32, f32)| (left + x * wide, MARGIN + y * high);
        for (from, to) in strokes(digit).iter().flat_map(|stroke| stroke.iter().zip(stroke.iter().skip(1))) {
            let line = (point(*from), point(*to));
            for (index, pixel) in grey.iter_mut().enumerate() {
                let at = ((index as u32 % width) as f32, (index as u32 / width) as f32);
                // A pen whose edge is one pixel soft.
                let ink = (PEN + 0.5 - distance(at, line)).clamp(0.0, 1.0);
                *pixel = (*pixel).min(255 - (255.0 * ink) as u8);
            }
        }
    }
    png(width, SIDE, &grey)
}

/// A PNG of grey pixels.
#[must_use]
pub fn png(width: u32, height: u32, grey: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(grey)).expect("a PNG");
    bytes
}

/// A PNG that claims to have so many pixels, each of 32 bits, and goes on with these chunks.
#[must_use]
pub fn claimed(width: u32, height: u32, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let mut bytes = MAGIC.to_vec();
    bytes.extend(chunk(*b"IHDR", &header));
    for (name, content) in chunks {
        bytes.extend(chunk(**name, content));
    }
    bytes.extend(chunk(*b"IEND", &[]));
    bytes
}

/// So many zeros, packed as PNG packs pixels.
#[must_use]
pub fn packed_zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = u64::try_from(count).expect("zeros that there are");
    std::io::copy(&mut std::io::repeat(0).take(zeros), &mut encoder).expect("memory");
    encoder.finish().expect("memory")
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a small chunk").to_be_bytes();
    let mut checksum = flate2::Crc::new();
    checksum.update(&name);
    checksum.update(content);
    [&length[..], &name, content, &checksum.sum().to_be_bytes()].concat()
}

/// A form with one file, as its part `file`.
#[must_use]
pub fn form(name: &str, content: &[u8]) -> Vec<u8> {
    part(&format!("form-data; name=\"file\"; filename=\"{name}\""), content)
}

/// A form with one part, which is described so.
#[must_use]
pub fn part(disposition: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--between-the-parts\r\nContent-Disposition: {disposition}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n--between-the-parts--\r\n"].concat()
}
