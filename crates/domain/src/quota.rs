//! Quotas: how many requests a user, and all users of a company together, may make in a while.
//!
//! Not here: counting. These are the rules that whoever counts must keep, in memory or elsewhere.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use crate::access::Permission;

/// What an operation costs the installation. Every permitted operation belongs to one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteGroup {
    /// Reads of data, of forecasts and of one's own.
    Read,
    /// What changes data, and the administration around it.
    Write,
    /// Training: seconds of processor time for one request.
    Train,
    /// Reading pictures: some tenths of a second of processor time.
    Digits,
}

impl RouteGroup {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Train, Self::Digits];

    /// The one place that says which group an operation belongs to: by the permission that it needs.
    #[must_use]
    pub const fn of(permission: Permission) -> Self {
        use Permission as P;
        match permission {
            P::ReadInstallation
            | P::ReadAccounts
            | P::ReadForecasts
            | P::ReadRecords
            | P::ReadAudit
            | P::OwnSession => Self::Read,
            P::ManageCompanies
            | P::ManageUsers
            | P::ManageAccounts
            | P::WriteObservations
            | P::DeleteObservations
            | P::DeleteModels
            | P::DefineTables
            | P::WriteRecords => Self::Write,
            P::TrainModels => Self::Train,
            P::ReadDigits => Self::Digits,
        }
    }

    /// The word that settings and policy names use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Train => "train",
            Self::Digits => "digits",
        }
    }
}

/// Whose requests a quota counts. The order is that of charging: one's own before the company's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuotaSubject {
    /// One user's, however many devices.
    User,
    /// Those of all users of a company together.
    Company,
}

impl QuotaSubject {
    /// The word that policy names use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Company => "company",
        }
    }
}

/// The time in which the whole of a quota comes back. The order is that of charging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QuotaWindow {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

impl QuotaWindow {
    /// Every window.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// The word that settings and policy names use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// How long it is.
    #[must_use]
    pub const fn duration(self) -> Duration {
        match self {
            Self::Minute => Duration::from_mins(1),
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
        }
    }
}

/// So many requests in a window. All of them may come at once; then they come back evenly, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quota {
    /// Whose requests it counts.
    pub subject: QuotaSubject,
    /// Which requests; `None` for all.
    pub group: Option<RouteGroup>,
    /// How many, at most [`Self::MOST`].
    pub count: NonZeroU32,
    /// In how long.
    pub window: QuotaWindow,
}

impl Quota {
    /// The greatest count. Above it, a minute's worth comes back in steps too fine to count in nanoseconds.
    pub const MOST: u32 = 100_000_000;
    /// The word for the requests of every group.
    const EVERY_GROUP: &str = "all";

    /// Whether it counts requests of `group`.
    #[must_use]
    pub fn covers(self, group: RouteGroup) -> bool {
        self.group.is_none_or(|own| own == group)
    }

    /// How long one request takes to come back.
    #[must_use]
    pub fn interval(self) -> Duration {
        self.window.duration() / self.count.get()
    }

    /// Whether less than half of it is left: the time for a client to slow down.
    #[must_use]
    pub fn runs_low(self, remaining: u32) -> bool {
        remaining < self.count.get().div_ceil(2)
    }

    /// The word for what it counts.
    fn group_word(self) -> &'static str {
        self.group.map_or(Self::EVERY_GROUP, RouteGroup::as_str)
    }

    /// What it counts apart from others of its subject: no two quotas of a table agree in this.
    fn scope(self) -> (QuotaSubject, QuotaWindow, Option<RouteGroup>) {
        (self.subject, self.window, self.group)
    }

    /// Reads the quotas of `subject` from a list such as `all:6000/minute, train:60/hour`; `none` is the empty list.
    ///
    /// # Errors
    /// [`MalformedQuota`] tells the first entry that is wrong.
    pub fn parse_list(subject: QuotaSubject, text: &str) -> Result<Vec<Self>, MalformedQuota> {
        let mut quotas: Vec<Self> = Vec::new();
        if text.trim() == "none" {
            return Ok(quotas);
        }
        for (entry, place) in text.split(',').zip(1..) {
            let wrong = |problem| MalformedQuota { place, problem };
            let quota = Self::parse(subject, entry.trim()).map_err(wrong)?;
            if quotas.iter().any(|earlier| earlier.scope() == quota.scope()) {
                return Err(wrong(QuotaProblem::Repeated));
            }
            quotas.push(quota);
        }
        Ok(quotas)
    }

    fn parse(subject: QuotaSubject, entry: &str) -> Result<Self, QuotaProblem> {
        let (group, rate) = entry.split_once(':').ok_or(QuotaProblem::Form)?;
        let (count, window) = rate.split_once('/').ok_or(QuotaProblem::Form)?;
        let group = match group {
            Self::EVERY_GROUP => None,
            word => Some(RouteGroup::ALL.into_iter().find(|group| group.as_str() == word).ok_or(QuotaProblem::Group)?),
        };
        let digits = count.bytes().all(|byte| byte.is_ascii_digit());
        let count = NonZeroU32::from_str(count).ok().filter(|count| digits && count.get() <= Self::MOST);
        let window = QuotaWindow::ALL.into_iter().find(|known| known.as_str() == window);
        Ok(Self {
            subject,
            group,
            count: count.ok_or(QuotaProblem::Count)?,
            window: window.ok_or(QuotaProblem::Window)?,
        })
    }

    /// The name of its policy on the wire: `user` and `company` for everything in a minute, else with what is counted
    /// and in how long, such as `company-train-hour`.
    #[must_use]
    pub fn policy_name(self) -> String {
        let mut name = self.subject.as_str().to_owned();
        if let Some(group) = self.group {
            name = name + "-" + group.as_str();
        }
        if self.window != QuotaWindow::Minute {
            name = name + "-" + self.window.as_str();
        }
        name
    }
}

impl fmt::Display for Quota {
    /// As an entry of a list.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.group_word(), self.count, self.window.as_str())
    }
}

/// An entry of a list of quotas that is none. It never holds the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has {problem} at place {place}: an entry is a group, a count and a window, such as train:60/hour")]
pub struct MalformedQuota {
    /// Which entry, counted from 1.
    pub place: usize,
    /// What is wrong with it.
    pub problem: QuotaProblem,
}

/// What is wrong with an entry of a list of quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuotaProblem {
    /// Not `GROUP:COUNT/WINDOW`.
    #[error("something else than a quota")]
    Form,
    /// An unknown group.
    #[error("another group than all, read, write, train or digits")]
    Group,
    /// No count, or one out of range.
    #[error("a count that is no whole number from 1 to 100000000")]
    Count,
    /// An unknown window.
    #[error("another window than minute, hour or day")]
    Window,
    /// The group and window of an earlier entry.
    #[error("the group and window of an earlier entry")]
    Repeated,
}

/// All quotas of an installation, in the order in which a request is charged to them.
///
/// A request that a quota refuses has been charged to those before it, and to none after it. So the order decides who
/// pays for refused requests: the user before the company, that nobody who is over their own quota uses up what
/// colleagues share; and what comes back soon before what comes back late, that trying again in vain for a minute does
/// not cost the allowance of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuotaTable(Vec<Quota>);

impl QuotaTable {
    /// Puts quotas in their order.
    #[must_use]
    pub fn new(quotas: impl IntoIterator<Item = Quota>) -> Self {
        let mut quotas: Vec<Quota> = quotas.into_iter().collect();
        quotas.sort_by_key(|quota| quota.scope());
        Self(quotas)
    }

    /// The quotas, in the order of charging.
    #[must_use]
    pub fn quotas(&self) -> &[Quota] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Result<Vec<Quota>, MalformedQuota> {
        Quota::parse_list(QuotaSubject::Company, text)
    }

    fn problem(text: &str) -> (usize, QuotaProblem) {
        let wrong = list(text).unwrap_err();
        (wrong.place, wrong.problem)
    }

    #[test]
    fn a_list_is_read_in_its_order() {
        let quotas = list("all:6000/minute, train:60/hour,write:2000/day").unwrap();
        let names: Vec<_> = quotas.iter().map(|quota| quota.policy_name()).collect();
        assert_eq!(names, ["company", "company-train-hour", "company-write-day"]);
        assert_eq!((quotas[1].count.get(), quotas[1].group), (60, Some(RouteGroup::Train)));
        assert_eq!((quotas[0].interval(), quotas[1].interval()), (Duration::from_millis(10), Duration::from_mins(1)));
        assert_eq!(list("none"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_never_repeated() {
        assert_eq!(problem(""), (1, QuotaProblem::Form));
        assert_eq!(problem("all:1/day,"), (2, QuotaProblem::Form));
        assert_eq!(problem("all:1/day, none"), (2, QuotaProblem::Form));
        assert_eq!(problem("all:1/day, secret:1/day"), (2, QuotaProblem::Group));
        for count in ["", "0", "-1", "+1", "1.5", " 1", "100000001", "99999999999999999999"] {
            assert_eq!(problem(&format!("all:{count}/day")), (1, QuotaProblem::Count), "{count:?}");
        }
        assert_eq!(problem("all:1/week"), (1, QuotaProblem::Window));
        assert_eq!(problem("all:1/day,read:1/day,all:2/day"), (3, QuotaProblem::Repeated));
        assert!(!list("all:1/hunter2").unwrap_err().to_string().contains("hunter2"));
    }

    #[test]
    fn a_quota_runs_low_below_half() {
        let low = |count: u32| {
            let quota = list(&format!("all:{count}/minute")).unwrap()[0];
            (0..count).filter(|remaining| quota.runs_low(*remaining)).collect::<Vec<_>>()
        };
        assert_eq!((low(1), low(2), low(3), low(6)), (vec![0], vec![0], vec![0, 1], vec![0, 1, 2]));
    }

    #[test]
    fn what_costs_processor_time_or_changes_data_is_apart_from_reading() {
        assert_eq!(RouteGroup::of(Permission::TrainModels), RouteGroup::Train);
        assert_eq!(RouteGroup::of(Permission::WriteObservations), RouteGroup::Write);
        assert_eq!(RouteGroup::of(Permission::ReadForecasts), RouteGroup::Read);
    }

    #[test]
    fn ones_own_is_charged_before_the_companys_and_what_comes_back_soon_first() {
        let company = list("train:60/hour, all:10/day, all:6000/minute").unwrap();
        let user = Quota::parse_list(QuotaSubject::User, "all:10/day,read:5/minute,all:60/minute").unwrap();
        let table = QuotaTable::new(company.into_iter().chain(user));
        let names: Vec<_> = table.quotas().iter().map(|quota| quota.policy_name()).collect();
        let expected = ["user", "user-read", "user-day", "company", "company-train-hour", "company-day"];
        assert_eq!(names, expected);
    }

    fn quota() -> impl Strategy<Value = Quota> {
        let group = proptest::option::of(proptest::sample::select(RouteGroup::ALL.to_vec()));
        let window = proptest::sample::select(QuotaWindow::ALL.to_vec());
        (group, 1..=Quota::MOST, window).prop_map(|(group, count, window)| Quota {
            subject: QuotaSubject::User,
            group,
            count: NonZeroU32::new(count).unwrap(),
            window,
        })
    }

    /// Quotas whose scopes differ.
    fn quotas() -> impl Strategy<Value = Vec<Quota>> {
        proptest::collection::vec(quota(), 1..12).prop_map(|mut quotas| {
            quotas.sort_by_key(|quota| quota.scope());
            quotas.dedup_by_key(|quota| quota.scope());
            quotas
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(quotas in quotas()) {
            let text = quotas.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            prop_assert_eq!(Quota::parse_list(QuotaSubject::User, &text), Ok(quotas));
        }

        #[test]
        fn no_text_breaks_the_parser_and_what_it_accepts_is_sound(
            text in "([a-z]{3,5}|all|read|train)?(:|)[0-9]{0,10}(/|)(minute|hour|day|week)?(, ?)?(train:60/hour)?|\\PC*"
        ) {
            match list(&text) {
                Ok(quotas) => {
                    let names: std::collections::HashSet<_> = quotas.iter().map(|quota| quota.policy_name()).collect();
                    prop_assert_eq!(names.len(), quotas.len());
                    prop_assert!(quotas.iter().all(|quota| quota.count.get() <= Quota::MOST && !quota.interval().is_zero()));
                }
                Err(wrong) => prop_assert!((1..=text.split(',').count()).contains(&wrong.place)),
            }
        }
    }
}
