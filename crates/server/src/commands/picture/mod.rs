//! Pictures as SVG: a history with its forecast, and a table of models as bars.
//!
//! Text is left to the reader's own sans-serif font, so widths are estimates: everything has room to spare.

mod band;
mod bars;

pub(crate) use band::{Ahead, Picture};
pub(crate) use bars::{Bar, Bars};

use plotters::prelude::{IntoTextStyle, RGBColor, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Width of every picture, in pixels; a phone shows it at two fifths of that.
const WIDTH: u32 = 960;
/// Near black, for text and what was observed.
const INK: RGBColor = RGBColor(34, 34, 34);
/// For lines that help to read the others.
const PALE: RGBColor = RGBColor(221, 221, 221);
/// Blue and vermilion of the palette of Okabe & Ito (2008), which no colour blindness confuses.
const BLUE: RGBColor = RGBColor(0, 114, 178);
const VERMILION: RGBColor = RGBColor(213, 94, 0);

/// A sans-serif text of that size in pixels.
fn text(size: u32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_text_style(&(WIDTH, WIDTH)).color(&INK).pos(Pos::new(horizontal, vertical))
}

/// A text of one line, at most that many characters long, without characters that XML has not.
fn shown(text: &str, longest: usize) -> String {
    let shown = |character: char| match character {
        control if control.is_control() => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other => other,
    };
    let mut short: String = text.chars().take(longest).map(shown).collect();
    if text.chars().nth(longest).is_some() {
        short.push('…');
    }
    short
}

/// A number for an axis whose labels are about `step` apart and reach `largest`; with a suffix from ten million on.
fn label(number: f64, step: f64, largest: f64) -> String {
    const SCALES: [(f64, &str); 3] = [(1e12, "T"), (1e9, "G"), (1e6, "M")];
    if number.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    let scale = SCALES.iter().find(|(scale, _)| largest >= scale * 10.0);
    let (scale, suffix) = scale.copied().unwrap_or((1.0, ""));
    let (number, step) = (number / scale, step / scale);
    let decimals = (0..9).find(|decimals| step * 10_f64.powi(*decimals) >= 0.999).unwrap_or(9);
    let decimals = usize::try_from(decimals).unwrap_or_default();
    format!("{number:.decimals$}{suffix}")
}

/// A drawing error in words.
fn failed(error: impl std::fmt::Display) -> String {
    format!("no picture: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_tell_neighbours_apart() {
        assert_eq!(label(237_431.0, 500.0, 240_000.0), "237431");
        assert_eq!(label(0.25, 0.05, 0.4), "0.25");
        assert_eq!(label(-1.5, 0.5, 2.0), "-1.5");
        assert_eq!(["0", "9.5M", "12.0M"], [-1e-9, 9.5e6, 1.2e7].map(|number| label(number, 500_000.0, 1.2e7)));
        assert_eq!(label(3e15, 1e15, 3e15), "3000T");
    }

    #[test]
    fn a_title_is_one_line_of_xml() {
        assert_eq!(shown("a\nb\u{1}c\u{ffff}", 10), "a b c\u{fffd}");
        assert_eq!(shown("abcdef", 3), "abc…");
    }
}
