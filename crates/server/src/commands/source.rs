//! The files that `forecast` and `backtest` read: many series, or one account's observations.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread::available_parallelism;

use atalaya_application::AppError;
use atalaya_application::ports::forecaster::History;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::observation::Observation;
use atalaya_prediction::Sequence;
use atalaya_web::observations::csv as account_csv;
use chrono::{Days, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use super::{CommandError, file_error};
use crate::series_file::{NamedSeries, SeriesFile, SeriesFileError, TimeForm, column_names};

/// A series to work on.
pub(crate) struct Task {
    /// Its id, as the file has it; of an account's file the file's name.
    pub(crate) id: String,
    /// What was observed.
    pub(crate) data: Data,
    /// Bytes of the file up to the end of the series.
    pub(crate) bytes: u64,
}

/// What was observed.
pub(crate) enum Data {
    /// A series of any numbers.
    Series(NamedSeries),
    /// An account's observations.
    Account(Account),
}

/// An account's observations, in ascending order of time, one at each.
pub(crate) struct Account {
    observations: Vec<Observation>,
    time_zone: Tz,
    replaced: usize,
}

/// A file, opened.
pub(crate) struct Source {
    /// Its series, in order.
    pub(crate) tasks: Box<dyn Iterator<Item = Result<Task, CommandError>> + Send>,
    /// Its size.
    pub(crate) bytes: u64,
}

impl Source {
    /// Opens a file, whose header tells which of the two kinds it is.
    pub(crate) fn open(path: &Path, time_zone: Tz) -> Result<Self, CommandError> {
        let file = File::open(path).map_err(file_error(path))?;
        let bytes = file.metadata().map_err(file_error(path))?.len();
        let mut reader = BufReader::new(file);
        let start = reader.fill_buf().map_err(file_error(path))?;
        let names = column_names(String::from_utf8_lossy(start).lines().next().unwrap_or_default());
        let is_account = names.iter().any(|name| name == "hora");
        let tasks: Box<dyn Iterator<Item = _> + Send> = if is_account && !names.iter().any(|name| name == "unique_id") {
            let mut text = String::new();
            reader.read_to_string(&mut text).map_err(file_error(path))?;
            Box::new(std::iter::once(Ok(account(&text, path, time_zone)?)))
        } else {
            let owned = path.to_owned();
            let failed = move |error| match error {
                SeriesFileError::Io(source) => CommandError::File { path: owned.clone(), source },
                malformed @ SeriesFileError::Malformed { .. } => CommandError::Said(malformed.to_string()),
            };
            let series = SeriesFile::open(reader).map_err(&failed)?;
            Box::new(series.map(move |series| series.map(Task::from).map_err(&failed)))
        };
        Ok(Self { tasks, bytes })
    }
}

/// All cores, unless told.
pub(crate) fn threads(told: Option<u16>) -> NonZeroUsize {
    let told = told.and_then(|told| NonZeroUsize::new(told.into()));
    told.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

impl From<NamedSeries> for Task {
    fn from(series: NamedSeries) -> Self {
        Self { id: series.id.clone(), bytes: series.bytes, data: Data::Series(series) }
    }
}

impl Account {
    /// Of observations at one time, the last one counts.
    fn new(mut observations: Vec<Observation>, time_zone: Tz) -> Self {
        let rows = observations.len();
        // Stable, so that of equal times the later one stays behind the earlier one.
        observations.sort_by_key(|observation| observation.at);
        observations.dedup_by(|later, kept| {
            let repeats = later.at == kept.at;
            if repeats {
                std::mem::swap(later, kept);
            }
            repeats
        });
        Self { replaced: rows - observations.len(), observations, time_zone }
    }

    /// As the forecaster takes it.
    pub(crate) fn history(&self) -> History<'_> {
        History { observations: &self.observations, time_zone: self.time_zone }
    }

    /// The last value of each day, at midnight.
    pub(crate) fn days(&self) -> Vec<(NaiveDateTime, f64)> {
        let day = |observation: &Observation| observation.at.with_timezone(&self.time_zone).date_naive();
        let days = self.observations.chunk_by(|one, next| day(one) == day(next));
        let last = days.filter_map(|observations| observations.last());
        last.map(|last| (day(last).and_time(NaiveTime::MIN), last.followers.as_f64())).collect()
    }

    /// Every day from the first to the last, with its value where one was observed.
    pub(crate) fn every_day(&self) -> Vec<(NaiveDateTime, Option<f64>)> {
        let mut every = Vec::new();
        let mut next = None;
        for (day, value) in self.days() {
            let missing = std::iter::successors(next, |day: &NaiveDateTime| day.checked_add_days(Days::new(1)));
            every.extend(missing.take_while(|missing| *missing < day).map(|missing| (missing, None)));
            every.push((day, Some(value)));
            next = day.checked_add_days(Days::new(1));
        }
        every
    }

    /// Rows that a later row at the same time replaced.
    pub(crate) fn replaced(&self) -> usize {
        self.replaced
    }
}

impl Data {
    /// The series on its grid, how its times are written, and how many rows a later one replaced; an account by day.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn sequence(&self) -> Result<(Sequence, TimeForm, usize), String> {
        match self {
            Self::Series(series) if series.cut => Err(format!("more than {} rows", SeriesFile::<&[u8]>::MOST_ROWS)),
            Self::Series(series) => {
                let sequence = sequence(&series.points)?;
                let replaced = sequence.replaced();
                Ok((sequence, series.form, replaced))
            }
            Self::Account(account) => Ok((sequence(&account.days())?, TimeForm::Date, account.replaced)),
        }
    }
}

fn sequence(points: &[(NaiveDateTime, f64)]) -> Result<Sequence, String> {
    Sequence::new(points).map_err(|error| error.to_string())
}

/// One account's file; the series is named after the file.
fn account(text: &str, path: &Path, time_zone: Tz) -> Result<Task, CommandError> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("series");
    let named = account_in(text).unwrap_or_else(|| stem.to_owned());
    let handle = AccountHandle::parse(&named).or_else(|_| AccountHandle::parse("series"));
    let handle = handle.map_err(super::named("account's handle"))?;
    let owner = account_csv::Owner { handle: &handle, time_zone };
    let rows = account_csv::read(text.as_bytes(), owner).map_err(AppError::Invalid)?;
    let observations = rows.into_iter().map(|row| row.observation).collect();
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    Ok(Task { id: stem.to_owned(), data: Data::Account(Account::new(observations, time_zone)), bytes })
}

/// The account that the rows of an older file name.
fn account_in(text: &str) -> Option<String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let column = reader.headers().ok()?.iter().position(|name| name.trim().eq_ignore_ascii_case("usuario"))?;
    let record = reader.records().next()?.ok()?;
    record.get(column).map(|handle| handle.trim().trim_start_matches('@').to_owned())
}

#[cfg(test)]
mod tests {
    use atalaya_domain::observation::whole_followers;
    use chrono::DateTime;

    use super::*;

    fn account(rows: &[(i64, f64)]) -> Account {
        let observation = |(hour, followers): &(i64, f64)| Observation {
            at: DateTime::from_timestamp_secs(1_704_067_200 + 3_600 * hour).unwrap(),
            followers: whole_followers(*followers),
            posts: None,
            following: None,
        };
        Account::new(rows.iter().map(observation).collect(), chrono_tz::UTC)
    }

    fn values(account: &Account) -> Vec<Option<f64>> {
        account.every_day().into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn of_rows_at_one_time_the_last_counts() {
        let account = account(&[(24, 5.0), (0, 1.0), (0, 2.0), (0, 3.0), (24, 4.0)]);
        assert_eq!((values(&account), account.replaced()), (vec![Some(3.0), Some(4.0)], 3));
    }

    #[test]
    fn days_without_a_row_keep_their_place() {
        let account = account(&[(1, 1.0), (5, 2.0), (24, 3.0), (96, 4.0)]);
        assert_eq!(values(&account), [Some(2.0), Some(3.0), None, None, Some(4.0)]);
        assert!(account.every_day().windows(2).all(|pair| pair[1].0 - pair[0].0 == chrono::TimeDelta::days(1)));
        assert_eq!(account.replaced(), 0);
    }
}
