//! Entries that follow one another on as many rows as they need.

use crate::font::{Weight, fit};
use crate::scene::{MARGIN, Scene, Text, WIDTH};

/// From the end of an entry to the next one.
const GAP: f64 = 26.0;

/// A row that is being filled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow {
    left: f64,
    /// The baseline of the texts of this row.
    pub(crate) baseline: f64,
    size: f64,
}

impl Flow {
    /// Begins at the left, with texts on a baseline.
    pub(crate) fn new(baseline: f64, size: f64) -> Self {
        Self { left: MARGIN, baseline, size }
    }

    /// An entry: a sign so wide, drawn from its left end and the middle of the row, and a text.
    pub(crate) fn entry(&mut self, scene: &mut Scene, sign: f64, words: &str, draw: impl FnOnce(&mut Scene, f64, f64)) {
        let gap = if sign > 0.0 { 8.0 } else { 0.0 };
        let room = WIDTH - 2.0 * MARGIN - sign - gap;
        let words = fit(words, Weight::Regular, room / self.size);
        let text = Text::new(&words, 0.0, self.baseline, self.size);
        let width = sign + gap + text.width();
        if self.left > MARGIN && self.left + width > WIDTH - MARGIN {
            self.left = MARGIN;
            self.baseline += (self.size * 1.5).round();
        }
        draw(scene, self.left, self.baseline - self.size * 0.36);
        scene.text(Text { x: self.left + sign + gap, baseline: self.baseline, ..text });
        self.left += width + GAP;
    }
}
