//! What a version says of the days around the end of its data, to be kept where accounts are listed.

use atalaya_domain::forecast::{Basis, Level, PointForecast, Warning};
use atalaya_domain::overview::{ATTENTION_LEVEL, Expectation, LEVEL, OUTLOOK_DAYS, OUTLOOK_PAST, Outlook};
use chrono::{Days, NaiveDate};

use crate::ports::forecaster::TrainedModel;

/// What `model` says: of days after its data what it forecasts, and of those before what its backtest did.
pub(crate) fn outlook_of(model: &dyn TrainedModel) -> Outlook {
    let report = model.report();
    let first = report.last_date.checked_sub_days(Days::new(OUTLOOK_PAST as u64 - 1)).unwrap_or(report.last_date);
    let last = report.last_date.checked_add_days(Days::new(OUTLOOK_DAYS)).unwrap_or(report.last_date);
    let days = first.iter_days().take_while(|date| *date <= last.min(model.last_reachable()));
    let expectations = days.filter_map(|date| expectation(model, date)).collect();
    let is_baseline = report.warnings.contains(&Warning::BaselineServes);
    Outlook { is_baseline, last_date: report.last_date, expectations }
}

fn expectation(model: &dyn TrainedModel, date: NaiveDate) -> Option<Expectation> {
    let forecast: PointForecast = model.predict(date, &[LEVEL, ATTENTION_LEVEL]).ok()?;
    let intervals = forecast.whole_intervals();
    let at = |level: Level| intervals.iter().find(|interval| interval.level == level);
    let (usual, attention) = (at(LEVEL)?, at(ATTENTION_LEVEL)?);
    let expected = Expectation {
        date,
        mean: forecast.whole_mean(),
        lower: usual.lower,
        upper: usual.upper,
        attention_lower: attention.lower,
        attention_upper: attention.upper,
    };
    (forecast.basis != Basis::InSample).then_some(expected)
}
