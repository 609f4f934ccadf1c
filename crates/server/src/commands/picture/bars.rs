//! A table of models as bars.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{BLUE, INK, VERMILION, WIDTH, failed, shown, text};

/// Pixels at the top, for the title; of a bar with the room around it; on the left, for names; on the right, for
/// numbers.
const HEAD: i32 = 96;
const ROW: i32 = 36;
const LEFT: i32 = 330;
const RIGHT: i32 = 860;
/// Bars end here, whatever their length: the number beside them tells.
const LONGEST: f64 = 2.0;

/// One model.
pub(crate) struct Bar {
    /// Its name.
    pub(crate) name: String,
    /// Its length; none where it is not defined.
    pub(crate) value: Option<f64>,
}

/// What is drawn: bars around the line at 1, which the reference reaches.
pub(crate) struct Bars<'a> {
    /// What is compared.
    pub(crate) title: &'a str,
    /// How it is read.
    pub(crate) subtitle: &'a str,
    /// One a model, best first.
    pub(crate) models: &'a [Bar],
}

impl Bars<'_> {
    /// The SVG.
    ///
    /// # Errors
    /// A drawing error in words.
    pub(crate) fn draw(&self) -> Result<String, String> {
        let rows = u32::try_from(self.models.len()).unwrap_or_default();
        let height = HEAD.unsigned_abs() + rows.saturating_mul(ROW.unsigned_abs()) + 24;
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
            root.fill(&WHITE).map_err(failed)?;
            self.draw_on(&root).map_err(failed)?;
            root.present().map_err(failed)?;
        }
        Ok(svg)
    }

    fn draw_on(
        &self,
        root: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    ) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
        root.draw(&Text::new(shown(self.title, 60), (24, 12), text(32, HPos::Left, VPos::Top)))?;
        root.draw(&Text::new(shown(self.subtitle, 90), (24, 54), text(24, HPos::Left, VPos::Top)))?;
        let one = LEFT + pixels(1.0);
        let mut top = HEAD;
        for bar in self.models {
            let middle = top + ROW / 2;
            root.draw(&Text::new(shown(&bar.name, 28), (LEFT - 12, middle), text(26, HPos::Right, VPos::Center)))?;
            let length = bar.value.map_or(0.0, |value| value.clamp(0.0, LONGEST));
            let end = LEFT + pixels(length);
            let colour = if bar.value.is_some_and(|value| value < 1.0) { BLUE } else { VERMILION };
            root.draw(&Rectangle::new([(LEFT, top + 5), (end, top + ROW - 5)], colour.filled()))?;
            let number = bar.value.map_or("–".to_owned(), |value| format!("{value:.3}"));
            // The line at 1 crosses no number.
            root.draw(&Text::new(number, (end.max(one) + 10, middle), text(26, HPos::Left, VPos::Center)))?;
            top += ROW;
        }
        root.draw(&PathElement::new([(one, HEAD - 4), (one, top + 4)], INK.stroke_width(2)))
    }
}

/// The width of a bar that long.
fn pixels(length: f64) -> i32 {
    let share = length / LONGEST * f64::from(RIGHT - LEFT);
    // Whole pixels without a cast: at most a few hundred.
    (0..=RIGHT - LEFT).rev().find(|pixel| f64::from(*pixel) <= share).unwrap_or_default()
}
