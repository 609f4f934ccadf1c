//! How long a digit and a photograph take: `cargo bench -p atalaya-digits`, on a quiet machine.

#![expect(clippy::unwrap_used, reason = "this is a measurement")]

use std::hint::black_box;

use atalaya_digits::glyph::{SIDE, glyph};
use atalaya_digits::network::Network;
use atalaya_digits::plane::Plane;
use atalaya_digits::{Reader, weights};
use criterion::{Criterion, criterion_group, criterion_main};
use jpeg_encoder::{ColorType, Encoder};

/// A photograph of 4000 × 3000 with a row of five sevens, and some grain.
fn photograph() -> Vec<u8> {
    let is_seven = |x: usize, y: usize| {
        let (x, y) = (x % 500, y.wrapping_sub(1300));
        y < 400 && x < 260 && (y < 36 || x.abs_diff(240 - y * 2 / 5) < 20)
    };
    let mut bytes = Vec::with_capacity(4000 * 3000 * 3);
    for y in 0..3000_usize {
        for x in 0..4000_usize {
            let light = 235 - x / 40;
            let level = if (600..3100).contains(&x) && is_seven(x - 600, y) { light / 4 } else { light };
            let grain = (x * 31 + y * 17 + x * y) % 7;
            bytes.extend([level + grain, level + grain, level].map(|part| u8::try_from(part).unwrap()));
        }
    }
    let mut file = Vec::new();
    Encoder::new(&mut file, 85).encode(&bytes, 4000, 3000, ColorType::Rgb).unwrap();
    file
}

fn benches(criterion: &mut Criterion) {
    let file = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/weights.bin")).unwrap();
    let network = Network::of(&weights::parameters(&file).unwrap()).unwrap();
    let seven = Plane::from_fn(120, 180, |x, y| if y < 18 || x.abs_diff(110 - y / 2) < 9 { 1.0 } else { 0.0 });
    criterion.bench_function("forward pass of a digit", |bench| {
        bench.iter(|| network.logits(black_box(&[0.5; SIDE * SIDE])));
    });
    criterion.bench_function("glyph of a digit", |bench| bench.iter(|| glyph(black_box(&seven))));
    let reader = Reader::load().unwrap();
    let photograph = photograph();
    criterion.bench_function("photograph of 12 megapixels", |bench| {
        bench.iter(|| reader.read(black_box(&photograph)).unwrap());
    });
}

criterion_group! { name = all; config = Criterion::default().sample_size(20); targets = benches }
criterion_main!(all);
