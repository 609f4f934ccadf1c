//! The embedded font: how wide texts are, where their glyphs lie, and texts cut and broken to a width.
//!
//! Inter, a part of it (fonts/README.md). Widths are in ems: times the size of a text they are pixels.

use std::sync::LazyLock;

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{Face, GlyphId};

static REGULAR: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../fonts/Inter-Regular.ttf"), 0).ok());
static SEMI_BOLD: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../fonts/Inter-SemiBold.ttf"), 0).ok());

/// The width of a character that the font has not: a reader of SVG sees it in another font.
const UNKNOWN: f64 = 0.7;
/// The same for East Asian characters and pictographs, which are about square.
const SQUARE: f64 = 1.1;
/// The first of those, roughly.
const FIRST_SQUARE: char = '\u{2e80}';

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    /// The font of that weight; the tests read both.
    pub(crate) fn face(self) -> Option<&'static Face<'static>> {
        match self {
            Self::Regular => REGULAR.as_ref(),
            Self::SemiBold => SEMI_BOLD.as_ref(),
        }
    }
}

/// A glyph of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed {
    /// The glyph; none where the font has not that character.
    pub(crate) glyph: Option<GlyphId>,
    /// Where it begins, and how wide it is.
    pub(crate) at: f64,
    pub(crate) advance: f64,
}

/// The glyphs of a text, and its width.
pub(crate) fn place(text: &str, weight: Weight) -> (Vec<Placed>, f64) {
    let Some(face) = weight.face() else { return (Vec::new(), text.chars().map(unknown).sum()) };
    let em = f64::from(face.units_per_em());
    let (mut placed, mut at, mut before) = (Vec::new(), 0.0, None);
    for character in text.chars() {
        let glyph = face.glyph_index(character);
        if let (Some(before), Some(glyph)) = (before, glyph) {
            at += f64::from(kerning(face, before, glyph)) / em;
        }
        let advance = glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
        let advance = advance.map_or_else(|| unknown(character), |advance| f64::from(advance) / em);
        placed.push(Placed { glyph, at, advance });
        at += advance;
        before = glyph;
    }
    (placed, at)
}

/// The width of a text.
pub(crate) fn width(text: &str, weight: Weight) -> f64 {
    place(text, weight).1
}

fn unknown(character: char) -> f64 {
    if character < FIRST_SQUARE { UNKNOWN } else { SQUARE }
}

/// What two neighbours are moved together or apart, in units of the font.
fn kerning(face: &Face<'_>, left: GlyphId, right: GlyphId) -> i16 {
    let lookups = face.tables().gpos.into_iter().flat_map(|table| table.lookups);
    let subtables = lookups.flat_map(|lookup| lookup.subtables.into_iter::<PositioningSubtable<'_>>());
    let pairs = subtables.filter_map(|subtable| match subtable {
        PositioningSubtable::Pair(pair) => Some(pair),
        _ => None,
    });
    let mut found = pairs.filter_map(|pair| {
        let index = pair.coverage().get(left)?;
        match pair {
            PairAdjustment::Format1 { sets, .. } => sets.get(index)?.get(right),
            PairAdjustment::Format2 { classes: (of_left, of_right), matrix, .. } => {
                matrix.get((of_left.get(left), of_right.get(right)))
            }
        }
    });
    found.next().map_or(0, |(first, _)| first.x_advance)
}

/// So many characters of a text as may fit on so many ems: none is narrower than a tenth of an em. A text of any length
/// is cut by this before it is measured.
fn bounded(text: &str, ems: f64) -> String {
    let most = (0_u32..10_000).take_while(|count| f64::from(*count) < ems * 10.0).count();
    text.chars().take(most + 1).collect()
}

/// How many characters of a text are at most so wide.
fn fitting(text: &str, weight: Weight, widest: f64) -> usize {
    let (placed, _) = place(text, weight);
    placed.iter().take_while(|glyph| glyph.at + glyph.advance <= widest).count()
}

/// A text that is at most so wide, cut with an ellipsis where it is longer.
pub(crate) fn fit(text: &str, weight: Weight, widest: f64) -> String {
    let short = bounded(text, widest);
    if short.len() == text.len() && width(&short, weight) <= widest {
        return short;
    }
    // Kerning may move the ellipsis a little.
    let room = widest - width("…", weight) - 0.1;
    let kept: String = short.chars().take(fitting(&short, weight, room)).collect();
    format!("{}…", kept.trim_end())
}

/// A text broken at blanks into lines that are at most so wide; a word that is wider is broken anywhere. What does not
/// fit on `most` lines is cut with an ellipsis.
pub(crate) fn wrap(text: &str, weight: Weight, widest: f64, most: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in bounded(text, widest * f64::from(most)).split(' ') {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&joined, weight) <= widest {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word.to_owned();
        while width(&rest, weight) > widest {
            let fitting = fitting(&rest, weight, widest).max(1);
            lines.push(rest.chars().take(fitting).collect());
            rest = rest.chars().skip(fitting).collect();
        }
        line = rest;
    }
    lines.push(line);
    let most = usize::try_from(most.max(1)).unwrap_or(usize::MAX);
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(fit(&format!("{rest}…"), weight, widest));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fonts_are_read_and_have_the_letters_of_the_texts() {
        let texts = [
            include_str!("../../texts/locales/picture.es.yml"),
            include_str!("../../texts/locales/picture.en.yml"),
            include_str!("../../texts/locales/es.yml"),
            include_str!("../../texts/locales/en.yml"),
            "0123456789,.−–·×⁻⁰¹²³⁴⁵⁶⁷⁸⁹%…",
        ];
        for weight in [Weight::Regular, Weight::SemiBold] {
            let face = weight.face().unwrap();
            let missing: String = texts
                .iter()
                .flat_map(|text| text.chars())
                .filter(|character| !character.is_control() && face.glyph_index(*character).is_none())
                .collect();
            assert_eq!(missing, "");
        }
    }

    #[test]
    fn neighbours_are_moved_together() {
        let apart = width("A", Weight::Regular) + width("V", Weight::Regular);
        assert!(width("AV", Weight::Regular) < apart - 0.02);
        assert!(width("Seguidores", Weight::SemiBold) > width("Seguidores", Weight::Regular));
    }

    #[test]
    fn texts_are_cut_and_broken_to_a_width() {
        assert_eq!(fit("short", Weight::Regular, 10.0), "short");
        let cut = fit(&"wide ".repeat(20), Weight::Regular, 10.0);
        assert!(cut.ends_with("wide…") || cut.ends_with('…'));
        assert!(width(&cut, Weight::Regular) <= 10.0);
        let lines = wrap("one two three four five six seven eight", Weight::Regular, 7.0, 9);
        assert!(lines.len() > 2 && lines.iter().all(|line| width(line, Weight::Regular) <= 7.0), "{lines:?}");
        assert_eq!(lines.join(" "), "one two three four five six seven eight");
        let lines = wrap(&"x".repeat(2_000), Weight::Regular, 7.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…') && lines.iter().all(|line| width(line, Weight::Regular) <= 7.0), "{lines:?}");
    }
}
