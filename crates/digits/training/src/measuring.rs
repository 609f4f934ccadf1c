//! What the whole reader makes of files: accuracy, confusion, sureness, and what is left to people.

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;

use atalaya_digits::Reader;
use atalaya_digits::numbers::real;

use crate::chance::Chance;
use crate::mnist::Mnist;
use crate::scenes::{KINDS, Scene, as_file};

const SEED: u64 = 1_973;

/// Reads the held pictures as files, and prints what the model card says of them. Those that are misread are written to
/// a folder, if one is given.
pub(crate) fn held(reader: &Reader, mnist: &Mnist, count: usize, misread: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let mut confusion = [[0_usize; 10]; 10];
    let mut tally = Tally::default();
    let mut apart = 0;
    for (place, example) in mnist.held.iter().take(count).enumerate() {
        let Scene { file, text } = as_file(example)?;
        let reading = reader.read(&file)?;
        if let Some(folder) = misread.filter(|_| text != reading.text()) {
            std::fs::write(folder.join(format!("held {place} {text} as {}.png", reading.text())), &file)?;
        }
        let first = *reading.first();
        let right = first.digit() == example.digit;
        apart += usize::from(reading.digits.len() != 1);
        tally.add(right, first.probability(), reading.needs_review());
        let row = confusion.get_mut(usize::from(example.digit));
        if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(first.digit()))) {
            *cell += 1;
        }
    }
    let mut out = stdout();
    writeln!(out, "held pictures as PNG files, {}, {apart} of them read as none or several:", reader.version())?;
    tally.print(&mut out)?;
    for (digit, row) in confusion.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|count| format!("{count:5}")).collect();
        writeln!(out, "  {digit} |{}", cells.concat())?;
    }
    Ok(())
}

/// Reads synthetic photographs of every kind, and prints how many digits of each are right. Those that are misread are
/// written to a folder, if one is given.
pub(crate) fn photographs(
    reader: &Reader,
    mnist: &Mnist,
    count: usize,
    misread: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    let mut all = Tally::default();
    for (number, kind) in (0_u64..).zip(KINDS) {
        let mut chance = Chance::new(SEED + number);
        let (mut digits, mut right, mut whole, mut doubted) = (0, 0, 0, 0);
        let count = if kind.name.starts_with("phone") { count.div_ceil(10) } else { count };
        for place in 0..count {
            let Scene { file, text } = kind.scene(&mnist.held, &mut chance)?;
            let reading = reader.read(&file)?;
            let read = reading.text().replace(' ', "");
            digits += text.len();
            right += text.len().saturating_sub(distance(&text, &read));
            whole += usize::from(text == read);
            doubted += usize::from(reading.needs_review());
            if text.len() == 1 {
                all.add(text == read, reading.first().probability(), reading.needs_review());
            }
            if let Some(folder) = misread.filter(|_| text != read) {
                let name = format!("{} {place} {text} as {}.jpg", kind.name, reading.text());
                std::fs::write(folder.join(name), &file)?;
            }
        }
        writeln!(
            out,
            "{:22} digits right {right:4} of {digits:4} = {:.3}; pictures {whole} of {count}; to be reviewed {doubted}",
            kind.name,
            real(right) / real(digits.max(1))
        )?;
    }
    writeln!(out, "all kinds of one digit:")?;
    all.print(&mut out)
}

/// Writes a small photograph of each kind into a folder, in this program's own hand.
pub(crate) fn draw(folder: &Path) -> Result<(), Box<dyn Error>> {
    for (number, kind) in (0_u64..).zip(KINDS).filter(|(_, kind)| kind.is_small()) {
        let Scene { file, text } = kind.scene(&[], &mut Chance::new(SEED + number))?;
        std::fs::write(folder.join(format!("{} {text}.jpg", kind.name).replace(' ', "_")), file)?;
    }
    Ok(())
}

/// Insertions, deletions and replacements that make one text of another (Levenshtein 1966).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, letter) in one.bytes().enumerate() {
        let mut aslant = number;
        let mut left = number + 1;
        for (cell, second) in row.iter_mut().skip(1).zip(other.bytes()) {
            let best = (aslant + usize::from(letter != second)).min(left + 1).min(*cell + 1);
            (aslant, left) = (*cell, best);
            *cell = best;
        }
        if let Some(first) = row.first_mut() {
            *first = number + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// How sure readings were, and how often they were right.
#[derive(Default)]
struct Tally {
    /// Of each tenth of probability: readings, right ones, and the sum of probabilities.
    tenths: [(usize, usize, f32); 10],
    unflagged: usize,
    unflagged_right: usize,
}

impl Tally {
    fn add(&mut self, right: bool, probability: f32, flagged: bool) {
        let tenth = atalaya_digits::numbers::whole((probability * 10.0).floor()).min(9);
        if let Some((count, rights, sum)) = self.tenths.get_mut(tenth) {
            *count += 1;
            *rights += usize::from(right);
            *sum += probability;
        }
        if !flagged {
            self.unflagged += 1;
            self.unflagged_right += usize::from(right);
        }
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        let count: usize = self.tenths.iter().map(|tenth| tenth.0).sum();
        let right: usize = self.tenths.iter().map(|tenth| tenth.1).sum();
        writeln!(out, "  right {right} of {count} = {:.4}", real(right) / real(count.max(1)))?;
        let (sure, sure_right) = (self.unflagged, self.unflagged_right);
        writeln!(
            out,
            "  not to be reviewed {sure}, of which right {sure_right} = {:.5}",
            real(sure_right) / real(sure.max(1))
        )?;
        for (count, right, sum) in self.tenths.iter().filter(|tenth| tenth.0 > 0) {
            let (said, was) = (sum / real(*count), real(*right) / real(*count));
            writeln!(out, "  said {said:.3}, right {was:.3}, of {count}")?;
        }
        Ok(())
    }
}
