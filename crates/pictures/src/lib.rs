//! Pictures for reports: a history with its forecast, and the models of a backtest side by side.
//!
//! Pure: no file, no clock, no network. What is drawn is laid out once, as a [`Drawing`] of lines, areas and texts
//! whose widths are those of the embedded font; SVG and PNG are written from the same layout, so that they cannot
//! differ.

mod backtest;
mod font;
mod foot;
mod forecast;
mod legend;
mod numbers;
mod png;
mod scene;
mod svg;
#[cfg(test)]
mod testing;
mod times;
mod words;

pub use backtest::{BacktestPicture, Bar};
pub use foot::Source;
pub use forecast::{Ahead, ForecastPicture, Irregularity, Mark, Measure, Pace};
pub use png::PngError;

use scene::Scene;

/// Pixels of a PNG for each pixel of the layout: sharp on paper and on screens of high density.
const PNG_SCALE: f32 = 2.0;

/// A picture, laid out.
#[derive(Debug, Clone)]
pub struct Drawing(Scene);

impl Drawing {
    /// The picture as SVG. Its texts are in the font Inter where the reader has it, else in another one without serifs,
    /// stretched to the width that was laid out.
    #[must_use]
    pub fn svg(&self) -> String {
        svg::write(&self.0)
    }

    /// The picture as PNG, at twice the size of the layout, in the embedded font.
    ///
    /// # Errors
    /// [`PngError`] where there is no memory for the pixels.
    pub fn png(&self) -> Result<Vec<u8>, PngError> {
        png::write(&self.0, PNG_SCALE)
    }
}
