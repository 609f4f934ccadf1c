//! Digits of this program's own hand: lines through points that tremble, in the shapes of several schools. MNIST was
//! written in the United States, where nobody crosses a seven or gives a one its upstroke.

use atalaya_digits::numbers::real;
use atalaya_digits::plane::Plane;

use crate::chance::Chance;

/// A point, from the left and from the top; a digit is 1 high.
type Point = (f32, f32);
/// The lines of one digit.
type Shape = &'static [&'static [Point]];

/// How each digit may be written.
const SHAPES: [&[Shape]; 10] = [
    &[
        &[&[
            (0.34, 0.0),
            (0.1, 0.2),
            (0.02, 0.55),
            (0.14, 0.9),
            (0.34, 1.0),
            (0.56, 0.82),
            (0.62, 0.45),
            (0.52, 0.1),
            (0.34, 0.0),
        ]],
        &[&[
            (0.45, 0.05),
            (0.2, 0.04),
            (0.04, 0.4),
            (0.1, 0.85),
            (0.36, 1.0),
            (0.62, 0.75),
            (0.62, 0.3),
            (0.42, 0.0),
            (0.2, 0.1),
        ]],
        &[&[(0.3, 0.0), (0.05, 0.3), (0.05, 0.7), (0.3, 1.0), (0.55, 0.7), (0.55, 0.3), (0.36, 0.02)]],
    ],
    &[
        &[&[(0.1, 0.0), (0.1, 0.5), (0.1, 1.0)]],
        &[&[(0.0, 0.3), (0.2, 0.14), (0.34, 0.0)], &[(0.34, 0.0), (0.33, 0.5), (0.32, 1.0)]],
        &[&[(0.0, 0.42), (0.22, 0.2), (0.38, 0.0)], &[(0.38, 0.0), (0.37, 0.5), (0.36, 1.0)]],
        &[&[(0.0, 0.22), (0.16, 0.12), (0.28, 0.0)], &[(0.28, 0.0), (0.28, 1.0)], &[(0.04, 1.0), (0.5, 1.0)]],
    ],
    &[
        &[
            &[(0.04, 0.25), (0.14, 0.04), (0.4, 0.0), (0.56, 0.2), (0.46, 0.48), (0.2, 0.78), (0.0, 1.0)],
            &[(0.0, 1.0), (0.3, 0.98), (0.62, 1.0)],
        ],
        &[&[
            (0.02, 0.2),
            (0.2, 0.0),
            (0.48, 0.08),
            (0.5, 0.36),
            (0.28, 0.72),
            (0.04, 0.94),
            (0.1, 0.8),
            (0.28, 0.88),
            (0.46, 1.0),
            (0.64, 0.92),
        ]],
        &[&[(0.0, 0.12), (0.25, 0.0), (0.5, 0.12), (0.48, 0.4), (0.05, 1.0)], &[(0.05, 1.0), (0.6, 0.97)]],
    ],
    &[
        &[
            &[(0.04, 0.12), (0.24, 0.0), (0.48, 0.1), (0.46, 0.34), (0.2, 0.46)],
            &[(0.2, 0.46), (0.5, 0.55), (0.54, 0.82), (0.28, 1.0), (0.0, 0.88)],
        ],
        &[
            &[(0.04, 0.02), (0.3, 0.0), (0.52, 0.02)],
            &[(0.52, 0.02), (0.24, 0.4)],
            &[(0.24, 0.4), (0.5, 0.5), (0.54, 0.8), (0.28, 1.0), (0.0, 0.92)],
        ],
        &[&[
            (0.0, 0.16),
            (0.26, 0.0),
            (0.48, 0.16),
            (0.3, 0.42),
            (0.22, 0.45),
            (0.34, 0.46),
            (0.56, 0.7),
            (0.36, 0.98),
            (0.02, 0.9),
        ]],
    ],
    &[
        &[
            &[(0.1, 0.0), (0.06, 0.3), (0.0, 0.58)],
            &[(0.0, 0.58), (0.3, 0.56), (0.62, 0.54)],
            &[(0.46, 0.1), (0.44, 0.55), (0.42, 1.0)],
        ],
        &[
            &[(0.44, 0.0), (0.22, 0.34), (0.0, 0.68)],
            &[(0.0, 0.68), (0.62, 0.66)],
            &[(0.44, 0.0), (0.44, 0.5), (0.44, 1.0)],
        ],
        &[
            &[(0.36, 0.0), (0.16, 0.36), (0.0, 0.66)],
            &[(0.0, 0.66), (0.6, 0.62)],
            &[(0.4, 0.36), (0.38, 0.7), (0.36, 1.0)],
        ],
    ],
    &[
        &[
            &[(0.1, 0.02), (0.07, 0.24), (0.05, 0.44)],
            &[(0.05, 0.44), (0.3, 0.36), (0.54, 0.52), (0.5, 0.84), (0.26, 1.0), (0.0, 0.9)],
            &[(0.1, 0.02), (0.34, 0.0), (0.58, 0.02)],
        ],
        &[
            &[(0.54, 0.0), (0.3, 0.03), (0.1, 0.02)],
            &[(0.1, 0.02), (0.07, 0.42)],
            &[(0.07, 0.42), (0.36, 0.38), (0.54, 0.62), (0.42, 0.94), (0.0, 0.94)],
        ],
        &[&[
            (0.56, 0.02),
            (0.3, 0.0),
            (0.12, 0.1),
            (0.1, 0.36),
            (0.34, 0.46),
            (0.5, 0.66),
            (0.4, 0.94),
            (0.16, 1.0),
            (0.0, 0.9),
        ]],
    ],
    &[
        &[&[
            (0.46, 0.0),
            (0.22, 0.22),
            (0.04, 0.6),
            (0.12, 0.92),
            (0.34, 1.0),
            (0.52, 0.84),
            (0.46, 0.6),
            (0.26, 0.54),
            (0.06, 0.7),
        ]],
        &[&[(0.3, 0.0), (0.1, 0.3), (0.02, 0.7), (0.2, 1.0), (0.46, 0.92), (0.5, 0.68), (0.3, 0.54), (0.04, 0.66)]],
        &[&[(0.12, 0.0), (0.03, 0.4), (0.06, 0.84), (0.3, 1.0), (0.5, 0.82), (0.4, 0.58), (0.16, 0.62), (0.06, 0.8)]],
    ],
    &[
        &[&[(0.0, 0.04), (0.3, 0.02), (0.58, 0.0)], &[(0.58, 0.0), (0.4, 0.4), (0.22, 1.0)]],
        &[
            &[(0.0, 0.04), (0.3, 0.0), (0.58, 0.02)],
            &[(0.58, 0.02), (0.4, 0.44), (0.24, 1.0)],
            &[(0.14, 0.5), (0.36, 0.48), (0.6, 0.46)],
        ],
        &[
            &[(0.0, 0.18), (0.02, 0.02)],
            &[(0.02, 0.02), (0.3, 0.04), (0.56, 0.0)],
            &[(0.56, 0.0), (0.34, 0.5), (0.28, 1.0)],
        ],
        &[
            &[(0.0, 0.16), (0.04, 0.02), (0.54, 0.04)],
            &[(0.54, 0.04), (0.3, 0.5), (0.2, 1.0)],
            &[(0.1, 0.52), (0.54, 0.5)],
        ],
    ],
    &[
        &[&[
            (0.5, 0.1),
            (0.26, 0.0),
            (0.06, 0.2),
            (0.26, 0.46),
            (0.5, 0.7),
            (0.38, 0.98),
            (0.1, 0.96),
            (0.02, 0.72),
            (0.26, 0.48),
            (0.5, 0.26),
            (0.48, 0.08),
        ]],
        &[
            &[(0.28, 0.0), (0.08, 0.1), (0.1, 0.36), (0.28, 0.46), (0.46, 0.34), (0.48, 0.1), (0.28, 0.0)],
            &[(0.28, 0.46), (0.04, 0.6), (0.06, 0.9), (0.28, 1.0), (0.52, 0.88), (0.52, 0.6), (0.28, 0.46)],
        ],
        &[&[
            (0.44, 0.04),
            (0.16, 0.06),
            (0.12, 0.3),
            (0.42, 0.62),
            (0.44, 0.92),
            (0.18, 1.0),
            (0.04, 0.8),
            (0.24, 0.52),
            (0.5, 0.2),
            (0.4, 0.03),
        ]],
    ],
    &[
        &[
            &[(0.5, 0.16), (0.3, 0.0), (0.06, 0.16), (0.08, 0.42), (0.3, 0.5), (0.5, 0.34), (0.52, 0.12)],
            &[(0.52, 0.1), (0.5, 0.5), (0.46, 1.0)],
        ],
        &[
            &[(0.5, 0.14), (0.28, 0.0), (0.04, 0.18), (0.12, 0.44), (0.36, 0.44), (0.5, 0.14)],
            &[(0.5, 0.14), (0.52, 0.6), (0.36, 0.96), (0.08, 0.94)],
        ],
        &[&[(0.46, 0.06), (0.2, 0.0), (0.02, 0.2), (0.14, 0.44), (0.4, 0.38), (0.5, 0.1), (0.44, 0.5), (0.28, 1.0)]],
        &[
            &[(0.5, 0.08), (0.24, 0.02), (0.06, 0.26), (0.2, 0.46), (0.44, 0.36), (0.52, 0.06)],
            &[(0.52, 0.06), (0.5, 0.6), (0.5, 0.8), (0.4, 1.0), (0.14, 0.96)],
        ],
    ],
];

/// Lines of a digit as straight pieces; the digit is about 1 high, and begins about at zero.
pub(crate) fn written(digit: u8, chance: &mut Chance) -> Vec<Vec<Point>> {
    let shapes = SHAPES.get(usize::from(digit)).copied().unwrap_or_default();
    let Some(shape) = chance.of(shapes) else { return Vec::new() };
    let (wide, slant, turn) = (chance.between(0.75, 1.35), chance.normal(0.15), chance.normal(0.08));
    let tremble = chance.between(0.005, 0.035);
    // Lines that begin or end together still do, mostly.
    let loose = if chance.happens(0.3) { 0.03 } else { 0.005 };
    let line = |points: &&[Point], chance: &mut Chance| {
        let shift = (chance.normal(loose), chance.normal(loose));
        let last = points.len().saturating_sub(1);
        let moved = points.iter().enumerate().map(|(number, &(x, y))| {
            let tremble = if number == 0 || number == last { tremble * 0.5 } else { tremble };
            let (x, y) = (x + chance.normal(tremble) + shift.0, y + chance.normal(tremble) + shift.1);
            let x = x * wide - slant * (y - 0.5);
            (x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos())
        });
        curve(&moved.collect::<Vec<_>>())
    };
    shape.iter().map(|points| line(points, chance)).collect()
}

/// A smooth line through points (Catmull and Rom 1974), as straight pieces.
fn curve(points: &[Point]) -> Vec<Point> {
    const PIECES: usize = 6;
    let at = |number: usize| points.get(number.min(points.len() - 1)).copied().unwrap_or_default();
    let mut line = Vec::new();
    for number in 0..points.len().saturating_sub(1) {
        let [before, from, to, after] = [at(number.saturating_sub(1)), at(number), at(number + 1), at(number + 2)];
        for piece in 0..PIECES {
            let share = real(piece) / real(PIECES);
            let along = |p: f32, a: f32, b: f32, q: f32| {
                let (linear, square) = (b - p, 2.0 * p - 5.0 * a + 4.0 * b - q);
                a + 0.5 * share * (linear + share * (square + share * (3.0 * (a - b) + q - p)))
            };
            line.push((along(before.0, from.0, to.0, after.0), along(before.1, from.1, to.1, after.1)));
        }
    }
    line.extend(points.last());
    line
}

/// Ink, 0 to 1, of lines that are `height` pixels high, written with a pen of a width in pixels, with nothing around
/// it.
pub(crate) fn inked(lines: &[Vec<Point>], height: f32, pen: f32) -> Plane<f32> {
    let points = || lines.iter().flatten();
    let least = points().fold((f32::MAX, f32::MAX), |(x, y), point| (x.min(point.0), y.min(point.1)));
    let most = points().fold((f32::MIN, f32::MIN), |(x, y), point| (x.max(point.0), y.max(point.1)));
    let scale = height / (most.1 - least.1).max(0.2);
    let margin = pen / 2.0 + 1.0;
    let size = |least: f32, most: f32| atalaya_digits::numbers::whole((most - least) * scale + 2.0 * margin).max(1);
    let place = |&(x, y): &Point| ((x - least.0) * scale + margin, (y - least.1) * scale + margin);
    let mut ink = Plane::filled(size(least.0, most.0), size(least.1, most.1), 0.0_f32);
    for line in lines {
        let line: Vec<Point> = line.iter().map(place).collect();
        for pair in line.windows(2) {
            if let [from, to] = pair {
                draw(&mut ink, *from, *to, pen / 2.0);
            }
        }
    }
    ink
}

/// A straight piece with round ends.
fn draw(ink: &mut Plane<f32>, from: Point, to: Point, radius: f32) {
    let whole = atalaya_digits::numbers::whole;
    let (left, right) = (from.0.min(to.0) - radius - 1.0, from.0.max(to.0) + radius + 1.0);
    let (top, bottom) = (from.1.min(to.1) - radius - 1.0, from.1.max(to.1) + radius + 1.0);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).max(1e-6);
    for y in whole(top.max(0.0))..=whole(bottom.max(0.0)) {
        for x in whole(left.max(0.0))..=whole(right.max(0.0)) {
            let Some(cell) = ink.get(x, y) else { continue };
            let (px, py) = (real(x) + 0.5 - from.0, real(y) + 0.5 - from.1);
            let along = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
            let distance = (px - along * dx).hypot(py - along * dy);
            ink.set(x, y, cell.max((radius - distance + 0.5).clamp(0.0, 1.0)));
        }
    }
}
