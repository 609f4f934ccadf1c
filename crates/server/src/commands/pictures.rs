//! Pictures beside the numbers of `forecast` and `backtest`: files of SVG and of PNG.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use atalaya_application::ports::runtime::Clock as _;
use atalaya_domain::company::parse_time_zone;
use atalaya_domain::forecast::{Member, Warning};
use atalaya_infrastructure::clock::ProcessClock;
use atalaya_pictures::{Ahead, BacktestPicture, Bar, Drawing, ForecastPicture, Mark, Measure, Pace, Source};
use atalaya_prediction::holidays;
use atalaya_texts::Language;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use xxhash_rust::xxh3::xxh3_64;

use super::{CommandError, file_error};
use crate::cli::{ForecastArgs, SeriesArgs};
use crate::series_file::Measured;
use crate::words::{self, language};

/// What every picture of a run has.
pub(crate) struct Frame {
    language: Language,
    /// The name of the file that is read.
    file: String,
    /// The present, where days end as the arguments tell; none where a picture is to be the same on any day.
    now: Option<NaiveDateTime>,
}

/// Where the pictures of a forecast go.
pub(crate) struct Folders {
    frame: Frame,
    svg: Option<PathBuf>,
    png: Option<PathBuf>,
}

/// A forecast as far as it is drawn.
pub(crate) struct Shown {
    pub(crate) history: Vec<(NaiveDateTime, Option<f64>)>,
    pub(crate) ahead: Vec<Ahead>,
    pub(crate) measured: Measured,
    pub(crate) pace: Pace,
    pub(crate) members: Vec<Member>,
    pub(crate) irregularities: Vec<Mark>,
}

/// Names of files after ids, each once, also where letter case does not count.
#[derive(Default)]
pub(crate) struct FileNames(HashSet<u64>);

impl Frame {
    /// Of a file.
    pub(crate) fn of(args: &SeriesArgs) -> Result<Self, CommandError> {
        let zone = parse_time_zone(&args.time_zone)?;
        let now = ProcessClock::default().now().with_timezone(&zone).naive_local();
        let file = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { language: language(), file, now: (!args.undated).then_some(now) })
    }

    fn source(&self) -> Source<'_> {
        const PROGRAM: &str = concat!("Atalaya ", env!("CARGO_PKG_VERSION"));
        Source { file: &self.file, program: PROGRAM, drawn: self.now.map(|now| now.date()) }
    }

    /// A series and its forecast.
    fn forecast(&self, id: &str, forecast: &Shown, warnings: &[Warning]) -> Drawing {
        let times = || forecast.history.iter().map(|(at, _)| *at).chain(forecast.ahead.iter().map(|ahead| ahead.at));
        let holidays = holidays_between(times().min(), times().max());
        let picture = ForecastPicture {
            language: self.language,
            title: id,
            measure: measure(&forecast.measured),
            pace: forecast.pace,
            history: &forecast.history,
            ahead: &forecast.ahead,
            members: &forecast.members,
            warnings,
            irregularities: &forecast.irregularities,
            holidays: &holidays,
            today: self.now,
            source: self.source(),
        };
        picture.draw()
    }

    /// The models of a backtest.
    pub(crate) fn backtest(&self, models: &[Bar], series: u64, horizon: u16, origins: u64) -> Drawing {
        BacktestPicture { language: self.language, models, series, horizon, origins, source: self.source() }.draw()
    }
}

fn measure(measured: &Measured) -> Measure<'_> {
    match measured {
        Measured::Followers => Measure::Followers,
        Measured::Column(name) => Measure::Column(name),
    }
}

impl Folders {
    /// Those that the arguments name, made where they are not there; none where none is named.
    pub(crate) fn open(args: &ForecastArgs) -> Result<Option<Self>, CommandError> {
        for folder in [&args.svg, &args.png].into_iter().flatten() {
            // A folder that takes no file is told before the work, and not for each series.
            let taken = fs::create_dir_all(folder).and_then(|()| try_out(folder));
            taken.map_err(file_error(folder))?;
        }
        if args.svg.is_none() && args.png.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { frame: Frame::of(&args.input)?, svg: args.svg.clone(), png: args.png.clone() }))
    }

    /// Draws a series.
    ///
    /// # Errors
    /// Why there is no picture.
    pub(crate) fn draw(&self, name: &str, id: &str, forecast: &Shown, warnings: &[Warning]) -> Result<(), String> {
        let drawing = self.frame.forecast(id, forecast, warnings);
        if let Some(folder) = &self.svg {
            write(&folder.join(format!("{name}.svg")), drawing.svg().as_bytes())?;
        }
        if let Some(folder) = &self.png {
            write(
                &folder.join(format!("{name}.png")),
                &drawing.png().map_err(|error| words::of_picture(error).text())?,
            )?;
        }
        Ok(())
    }
}

/// Writes a file into a folder, and removes it.
fn try_out(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".{}.part", std::process::id()));
    let made = fs::File::create(&path)?;
    drop(made);
    fs::remove_file(path)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| file_error(path)(error).in_language(language()))
}

fn holidays_between(first: Option<NaiveDateTime>, last: Option<NaiveDateTime>) -> Vec<(NaiveDateTime, &'static str)> {
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let all = (first.year()..=last.year()).flat_map(holidays);
    let at = |(date, word): (NaiveDate, &'static str)| (date.and_time(NaiveTime::MIN), word);
    all.map(at).filter(|(at, _)| (first..=last).contains(at)).collect()
}

impl FileNames {
    /// Characters of an id that are kept.
    const LONGEST: usize = 48;

    /// A name without an ending. An id that is no file name as it stands gets one with its hash; the order of the ids
    /// decides nothing else.
    pub(crate) fn name(&mut self, id: &str) -> String {
        let kept = |character: char| character.is_alphanumeric() || "-_".contains(character);
        let plain: String =
            id.chars().take(Self::LONGEST).map(|character| if kept(character) { character } else { '_' }).collect();
        let hash = xxh3_64(id.as_bytes());
        let mut name = if plain == id && !id.is_empty() { plain.clone() } else { format!("{plain}-{hash:016x}") };
        let mut number = 1_u64;
        while !self.0.insert(xxh3_64(name.to_lowercase().as_bytes())) {
            number += 1;
            name = format!("{plain}-{hash:016x}-{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_leaves_the_folder_or_overwrites_another() {
        let mut names = FileNames::default();
        assert_eq!(names.name("BCP_2026-01"), "BCP_2026-01");
        let ids = ["../a", "..\\a", "a/b", "a b", "bcp_2026-01", "", "😀", &"x".repeat(400), &"x".repeat(401), "CON:"];
        let files: HashSet<_> = ids.iter().map(|id| names.name(id).to_lowercase()).collect();
        assert_eq!(files.len(), ids.len());
        for name in files {
            assert!(name.len() < 250 && !name.starts_with('.') && !name.contains(['/', '\\', ':']), "{name}");
        }
    }

    #[test]
    fn the_names_of_holidays_are_in_the_texts() {
        for (date, word) in holidays(2026) {
            for language in Language::ALL {
                let name = atalaya_texts::lookup(language, &format!("picture.holiday.{word}"), &[]);
                assert!(name.is_some(), "{date}: {word}");
            }
        }
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap().and_time(NaiveTime::MIN));
        let found = holidays_between(day("2025-12-09"), day("2026-01-01"));
        let words: Vec<_> = found.iter().map(|(_, word)| *word).collect();
        assert_eq!(words, ["battle_of_ayacucho", "christmas", "new_year"]);
    }
}
