//! The files that `forecast` and `backtest` read: many series, or one account's observations.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use atalaya_application::ports::forecaster::History;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::company::parse_time_zone;
use atalaya_domain::forecast::LocalDays;
use atalaya_domain::observation::Observation;
use atalaya_prediction::{Sequence, Step};
use atalaya_web::observations::file as account_file;
use atalaya_web::tabular::columns::Column;
use atalaya_web::tabular::{Cell, DateOrder, Table, TableFault};
use chrono::{Days, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use super::CommandError;
use super::progress::Working;
use super::table_file::TableFile;
use crate::cli::SeriesArgs;
use crate::series_file::{Forms, Measured, NamedSeries, SeriesFile, TimeForm};
use crate::words::{Words, of_sequence};

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

/// How the times of a file are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Where days end, for times without a zone in an account's file.
    pub(crate) time_zone: Tz,
    /// The order of dates, where it is told.
    pub(crate) dates: Option<DateOrder>,
}

impl Reading {
    /// As the arguments tell.
    pub(crate) fn of(args: &SeriesArgs) -> Result<Self, CommandError> {
        Ok(Self { time_zone: parse_time_zone(&args.time_zone)?, dates: args.date_format })
    }
}

impl Source {
    /// Opens a file, whose header tells which of the two kinds it is.
    pub(crate) fn open(args: &SeriesArgs, reading: Reading) -> Result<Self, CommandError> {
        let _reading = Working::begin("cli.progress.read");
        let file = TableFile::open(&args.file, args.sheet.as_deref())?;
        let bytes = file.bytes;
        if is_account(&file.table).map_err(|fault| file.fault(fault))? {
            return Ok(Self { tasks: Box::new(std::iter::once(Ok(account(&file, reading)?))), bytes });
        }
        let series = Forms::of(&file.table, reading.dates)
            .and_then(|forms| SeriesFile::open(&file.table, forms, &file.name))
            .map_err(|error| file.series_error(error))?;
        let tasks = series.map(move |series| series.map(Task::from).map_err(|error| file.series_error(error)));
        Ok(Self { tasks: Box::new(tasks), bytes })
    }
}

/// Whether a table is one account's: it has followers, and no series or values.
fn is_account(table: &Table) -> Result<bool, TableFault> {
    let rows = table.rows()?;
    let has = |wanted: Column| rows.names().iter().any(|name| Column::named(name) == Some(wanted));
    Ok(has(Column::Followers) && !has(Column::Series) && !has(Column::Value))
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
        let local_days = LocalDays::of(&self.observations, self.time_zone);
        let day = |observation: &Observation| local_days.date(observation.at);
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

    /// On a grid of local times; by day unless told.
    fn regular(&self, told: Option<Step>) -> Result<Regular, String> {
        let zone = self.time_zone;
        let local = |observation: &Observation| {
            (observation.at.with_timezone(&zone).naive_local(), observation.followers.as_f64())
        };
        let hours = told.is_some_and(Step::is_hours);
        let points = if hours { self.observations.iter().map(local).collect() } else { self.days() };
        let sequence = Sequence::by(&points, told).map_err(|error| of_sequence(&error).text())?;
        let form = if hours { TimeForm::MINUTES } else { TimeForm::DATE };
        Ok(Regular { replaced: self.replaced, sequence, form })
    }

    /// Rows that a later row at the same time replaced.
    pub(crate) fn replaced(&self) -> usize {
        self.replaced
    }
}

/// A series on its grid.
pub(crate) struct Regular {
    pub(crate) sequence: Sequence,
    /// How its times are written.
    pub(crate) form: TimeForm,
    /// Rows that a later one at the same time or step replaced.
    pub(crate) replaced: usize,
}

impl Data {
    /// What the values count.
    pub(crate) fn measured(&self) -> Measured {
        match self {
            Self::Series(series) => series.measured.clone(),
            Self::Account(_) => Measured::Followers,
        }
    }

    /// The series on its grid, of a step that is told or found; an account by day unless told.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn regular(&self, told: Option<Step>) -> Result<Regular, String> {
        match self {
            Self::Series(series) if series.cut => {
                Err(Words::of("cli.series.cut").with("most", SeriesFile::MOST_ROWS).text())
            }
            Self::Series(series) => {
                let sequence = sequence(series, told)?;
                Ok(Regular { replaced: sequence.replaced(), sequence, form: series.form })
            }
            Self::Account(account) => account.regular(told),
        }
    }
}

/// Days and longer steps are those of the clocks on the wall; hours are as far apart as they were, also when clocks
/// change.
fn sequence(series: &NamedSeries, told: Option<Step>) -> Result<Sequence, String> {
    let on_the_wall = Sequence::by(&series.points, told);
    if on_the_wall.as_ref().is_ok_and(|sequence| !sequence.step().is_hours()) {
        return on_the_wall.map_err(|error| of_sequence(&error).text());
    }
    let found = series.on_one_offset().map_or(on_the_wall, |points| Sequence::by(&points, told));
    found.map_err(|error| of_sequence(&error).text())
}

/// One account's file; the series is named after the file.
fn account(file: &TableFile, reading: Reading) -> Result<Task, CommandError> {
    let named = account_in(&file.table).unwrap_or_else(|| file.name.clone());
    let handle = AccountHandle::parse(&named).or_else(|_| AccountHandle::parse("series"));
    let handle = handle.map_err(super::named("cli.field.handle"))?;
    let Reading { time_zone, dates } = reading;
    let rows = file.observations(account_file::Owner { handle: &handle, time_zone, dates, passes_over: false })?;
    let observations = rows.into_iter().map(|row| row.observation).collect();
    Ok(Task { id: file.name.clone(), data: Data::Account(Account::new(observations, time_zone)), bytes: file.bytes })
}

/// The account that the rows of an older file name.
fn account_in(table: &Table) -> Option<String> {
    let mut rows = table.rows().ok()?;
    let column = rows.names().iter().position(|name| Column::named(name) == Some(Column::Account))?;
    let cells = rows.next_row().ok()??.cells.ok()?;
    cells.get(column).map(Cell::as_str).map(|handle| handle.trim_start_matches('@').to_owned())
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
