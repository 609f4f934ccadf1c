//! An account by days.

use std::ops::RangeInclusive;

use atalaya_domain::account::Account;
use atalaya_domain::forecast::{Day, LocalDays};
use atalaya_domain::mandate::ReadForecasts;
use chrono::{DateTime, NaiveDate, Utc};

use super::{DailyAnswer, DayQuery, ObservationService};
use crate::accounts::OwnedAccount;
use crate::date_span::recent_dates;
use crate::error::AppError;
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
            let newest_date = local_days.date(newest.unwrap_or(now));
            let span = recent_dates(query.from, query.to, newest_date, MOST_DAYS.unsigned_abs(), MOST_DAYS)?;
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
    let closings = observations.closings(account, &days.starts(first, *span.end()))?;
    let mut found = Day::of(&closings, days, now);
    found.retain(|day| span.contains(&day.date));
    Ok(found)
}
