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
    claimed_as([8, 6, 0, 0, 0], width, height, chunks)
}

/// A PNG of nothing, each pixel with 64 bits, interlaced or not.
#[must_use]
pub fn deep(width: u32, height: u32, interlaced: bool) -> Vec<u8> {
    let size = |(width, height): (u32, u32)| if width == 0 { 0 } else { (8 * width as usize + 1) * height as usize };
    // Where Adam7's passes begin, and how far their pixels are apart.
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let of_pass = |(left, top, across, down): (u32, u32, u32, u32)| {
        (width.saturating_sub(left).div_ceil(across), height.saturating_sub(top).div_ceil(down))
    };
    let bytes = if interlaced { passes.into_iter().map(of_pass).map(size).sum() } else { size((width, height)) };
    claimed_as([16, 6, 0, 0, u8::from(interlaced)], width, height, &[(b"IDAT", packed_zeros(bytes))])
}

fn claimed_as(kind: [u8; 5], width: u32, height: u32, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &kind].concat();
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

/// A JPEG whose every bit of pixels is zero: each such bit is one coefficient or one block of them.
pub struct ZeroJpeg {
    /// Whether it is progressive.
    pub progressive: bool,
    /// Its width and height, in pixels.
    pub size: (u16, u16),
    /// How often each component is sampled, across in the higher four bits and down in the lower.
    pub samplings: &'static [u8],
    /// Of each scan, the first component, how many there are, and the last coefficient.
    pub scans: Vec<(u8, u8, u8)>,
}

impl ZeroJpeg {
    /// Its file. Each scan has as many bits as it needs where all components are sampled alike.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        let (width, height) = self.size;
        let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
        let components = (1_u8..).zip(self.samplings).flat_map(|(number, &sampling)| [number, sampling, 0]);
        let frame = [
            &[8][..],
            &height.to_be_bytes(),
            &width.to_be_bytes(),
            &[u8::try_from(self.samplings.len()).expect("few")],
        ]
        .concat();
        let code = |table: u8| [&[table, 1][..], &[0; 16]].concat();
        let mut bytes = b"\xff\xd8".to_vec();
        bytes.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
        let kind = if self.progressive { 0xc2 } else { 0xc0 };
        bytes.extend(segment(kind, &frame.into_iter().chain(components).collect::<Vec<_>>()));
        bytes.extend([code(0x00), code(0x10)].iter().flat_map(|code| segment(0xc4, code)));
        for &(first, count, last) in &self.scans {
            let components = (first..first + count).flat_map(|number| [number, 0]);
            let begun = u8::from(self.progressive && last > 0);
            let head = [count].into_iter().chain(components).chain([begun, last, 0]);
            bytes.extend(segment(0xda, &head.collect::<Vec<_>>()));
            let bits = blocks * usize::from(count) * if self.progressive { 1 } else { 2 };
            bytes.resize(bytes.len() + bits / 8, 0);
        }
        [bytes.as_slice(), b"\xff\xd9"].concat()
    }
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a small segment").to_be_bytes();
    [&[0xff, marker][..], &length, content].concat()
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
