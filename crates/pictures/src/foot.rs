//! The foot line: where the numbers are from, who drew them, and what a reader should know.

use atalaya_texts::Language;
use chrono::NaiveDate;

use crate::font::{Weight, wrap};
use crate::scene::{GREY, MARGIN, PALE, Scene, Text, WIDTH};
use crate::times;
use crate::words::say;

const SIZE: f64 = 14.0;
/// Lines of one paragraph, at most.
const LINES: u32 = 4;

/// Where a picture is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The name of the file that was read, without its folder.
    pub file: &'a str,
    /// The program and its version, such as `Atalaya 0.2.0`.
    pub program: &'a str,
    /// The day on which the picture is drawn; none where nobody tells.
    pub drawn: Option<NaiveDate>,
}

impl Source<'_> {
    /// The file, what was counted in it, the program and the day, in one line.
    pub(crate) fn line(&self, language: Language, counted: &str) -> String {
        let file = say(language, "foot.source", &[("file", self.file.to_owned())]);
        let program = self.program.to_owned();
        let made = match self.drawn {
            Some(day) => say(language, "foot.made_on", &[("program", program), ("date", times::date(language, day))]),
            None => say(language, "foot.made", &[("program", program)]),
        };
        format!("{file} · {counted} · {made}")
    }
}

/// Draws paragraphs below a line; the height of the whole picture.
pub(crate) fn draw(scene: &mut Scene, top: f64, paragraphs: &[String]) -> f64 {
    scene.line(vec![(MARGIN, top), (WIDTH - MARGIN, top)], 1.0, PALE);
    let like = Text::new("", MARGIN, 0.0, SIZE).colour(GREY);
    let mut baseline = top + 26.0;
    for paragraph in paragraphs {
        let lines = wrap(paragraph, Weight::Regular, (WIDTH - 2.0 * MARGIN) / SIZE, LINES);
        baseline = scene.paragraph(&lines, baseline, &like) + 3.0;
    }
    baseline
}
