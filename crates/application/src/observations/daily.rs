//! An account by days.

use std::ops::RangeInclusive;

use atalaya_domain::account::Account;
use atalaya_domain::forecast::{Day, LocalDays};
use atalaya_domain::mandate::ReadForecasts;
use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{DailyAnswer, DayQuery, ObservationService};
use crate::accounts::OwnedAccount;
use crate::error::{AppError, Field, Violation};
use crate::ports::repositories::{ObservationReader, TimeSpan};

/// Days of one answer: unless the caller names others, and at most.
const MOST_DAYS: i64 = 4_000;

impl ObservationService {
    pub(super) fn days_of(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        query: DayQuery,
    ) -> Result<DailyAnswer, AppError> {
        let (now, zone) = (self.clock.now(), owned.time_zone());
        self.store.query_apart(&owned.scope, |view| {
            let observations = view.observations();
            let newest = observations.last(&owned.account, TimeSpan::default())?.map(|last| last.at);
            let local_days = LocalDays::counted(observations.reading_times(&owned.account, zone)?, zone);
            let span = span(query, local_days.date(newest.unwrap_or(now)))?;
            let days = closing_days(observations, &owned.account, local_days, &span, now)?;
            Ok(DailyAnswer { span, data_until: newest, days })
        })
    }
}

/// The days from the first to the last date.
fn closing_days(
    observations: &mut dyn ObservationReader,
    account: &Account,
    days: LocalDays,
    span: &RangeInclusive<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<Vec<Day>, AppError> {
    // The day before tells the posts of the first one.
    let first = span.start().pred_opt().unwrap_or(*span.start());
    let after = span.end().succ_opt().unwrap_or(*span.end());
    let starts: Vec<_> =
        first.iter_days().take_while(|date| *date <= after).filter_map(|date| days.start(date)).collect();
    let mut found = Day::of(&observations.closings(account, &starts)?, days, now);
    found.retain(|day| span.contains(&day.date));
    Ok(found)
}

/// The dates to look at; `newest` is the one of the newest reading.
fn span(query: DayQuery, newest: NaiveDate) -> Result<RangeInclusive<NaiveDate>, AppError> {
    let to = query.to.unwrap_or_else(|| query.from.map_or(newest, |from| newest.max(from)));
    let usual = to.checked_sub_days(Days::new(MOST_DAYS.unsigned_abs() - 1)).unwrap_or(NaiveDate::MIN);
    let from = query.from.unwrap_or(usual);
    match to.signed_duration_since(from).num_days() + 1 {
        ..1 => Err(AppError::invalid(Field::From, "after_to")),
        1..=MOST_DAYS => Ok(from..=to),
        _ => Err(AppError::Invalid(vec![Violation::new(Field::From, "span_too_long").with("max", &MOST_DAYS)])),
    }
}
