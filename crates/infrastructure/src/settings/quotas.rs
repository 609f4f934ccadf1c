//! The quotas: those that are set, and those that follow from `RATE_LIMIT_PER_MINUTE`.

use std::num::NonZeroU32;

use atalaya_domain::quota::{Quota, QuotaProblem, QuotaSubject, QuotaTable, QuotaWindow, RouteGroup};

use super::parse::Parsed;
use super::problem::Problem;

/// What a company may ask in a minute, in users that ask as much as one may.
const USERS_PER_COMPANY: u32 = 100;
/// How often a company may train in an hour. A run takes a processor for seconds, and the lane has few.
const TRAININGS_PER_HOUR: u32 = 120;

/// A list of quotas.
pub(super) fn list(subject: QuotaSubject, text: &str) -> Parsed<Vec<Quota>> {
    Quota::parse_list(subject, text).map_err(|malformed| {
        let code = match malformed.problem {
            QuotaProblem::Form => "quota_form",
            QuotaProblem::Group => "quota_group",
            QuotaProblem::Count => "quota_count",
            QuotaProblem::Window => "quota_window",
            QuotaProblem::Repeated => "quota_repeated",
        };
        Problem::new(code).with("place", malformed.place)
    })
}

/// What a user may have read of pictures, where `QUOTA_USER` says nothing of it: so many in a minute, an hour and a
/// day.
const PICTURES: [(u32, QuotaWindow); 3] = [(10, QuotaWindow::Minute), (50, QuotaWindow::Hour), (200, QuotaWindow::Day)];

/// `QUOTA_USER`, beside the quota that has a variable of its own.
pub(super) fn of_user(text: &str) -> Parsed<Vec<Quota>> {
    let quotas = list(QuotaSubject::User, text)?;
    match quotas.iter().position(|quota| quota.group.is_none() && quota.window == QuotaWindow::Minute) {
        Some(before) => Err(Problem::new("quota_of_rate_limit").with("place", before + 1)),
        None => Ok(quotas),
    }
}

/// The quotas of a user for pictures where none are set: they stand until a list names their group or is `none`.
fn of_pictures(of_user: Option<&[Quota]>) -> Vec<Quota> {
    let (subject, group) = (QuotaSubject::User, Some(RouteGroup::Digits));
    if of_user.is_some_and(|set| set.is_empty() || set.iter().any(|quota| quota.group == group)) {
        return Vec::new();
    }
    let quota = |(count, window)| Some(Quota { subject, group, count: NonZeroU32::new(count)?, window });
    PICTURES.into_iter().filter_map(quota).collect()
}

/// All quotas. Those of companies follow from the users' where they are not set.
pub(super) fn table(per_minute: u32, of_user: Option<Vec<Quota>>, of_company: Option<Vec<Quota>>) -> QuotaTable {
    use QuotaSubject::{Company, User};
    let quota =
        |subject, group, count, window| NonZeroU32::new(count).map(|count| Quota { subject, group, count, window });
    let user = quota(User, None, per_minute, QuotaWindow::Minute);
    let company = of_company.unwrap_or_else(|| {
        let together = per_minute.saturating_mul(USERS_PER_COMPANY).min(Quota::MOST);
        let all = quota(Company, None, together, QuotaWindow::Minute);
        let train = quota(Company, Some(RouteGroup::Train), TRAININGS_PER_HOUR, QuotaWindow::Hour);
        all.into_iter().chain(train).collect()
    });
    let pictures = of_pictures(of_user.as_deref());
    QuotaTable::new(user.into_iter().chain(of_user.unwrap_or_default()).chain(pictures).chain(company))
}
