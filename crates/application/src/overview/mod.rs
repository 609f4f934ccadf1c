//! All accounts at a glance: what the first screen of a dashboard asks for, in one answer.

mod list;
mod service;
mod stand_ins;
mod turns;

use atalaya_domain::account::{Account, AccountHandle};
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::observation::Followers;
use atalaya_domain::overview::{AttentionCode, Glance, Summary};

use crate::error::AppError;
use crate::page::PageRequest;

pub use service::OverviewService;
pub use stand_ins::StandIns;
pub use turns::Turns;

/// By what accounts are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// The display name, without regard to letter case and accents.
    #[default]
    Name,
    /// Followers at the newest observation.
    Followers,
    /// The change of 7 days.
    Week,
    /// The change of 28 days.
    FourWeeks,
    /// The expected change until 30 days ahead.
    Forecast,
    /// The time of the newest observation.
    Data,
    /// The most severe of what needs attention, then how much does.
    Attention,
}

impl SortKey {
    /// Every key.
    pub const ALL: [Self; 7] =
        [Self::Name, Self::Followers, Self::Week, Self::FourWeeks, Self::Forecast, Self::Data, Self::Attention];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Followers => "followers",
            Self::Week => "change_7",
            Self::FourWeeks => "change_28",
            Self::Forecast => "forecast",
            Self::Data => "data",
            Self::Attention => "attention",
        }
    }
}

/// Where an account stands in a sorted list. What has no value stands last, whichever way the list runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// By what the list is sorted.
    pub sort: SortKey,
    /// Whether its largest comes first.
    pub descending: bool,
    /// What the account has of it.
    pub value: PlaceValue,
    /// Accounts of one value follow one another by handle.
    pub handle: AccountHandle,
}

/// What an account has of that by which a list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceValue {
    /// A name, folded.
    Text(String),
    /// A number of followers, or a time in microseconds since 1970.
    Number(i64),
    /// Nothing: it is not known.
    Unknown,
}

/// Which accounts need attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttentionFilter {
    /// Those of which something does.
    Any,
    /// Those of which this does.
    Only(AttentionCode),
}

/// Which accounts, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewQuery {
    /// By what they are sorted.
    pub sort: SortKey,
    /// Whether the largest comes first.
    pub descending: bool,
    /// What their handle or name contains, without regard to letter case and accents.
    pub search: Option<String>,
    /// Which of them, by what needs attention.
    pub attention: Option<AttentionFilter>,
    /// The page.
    pub page: PageRequest<Place>,
}

/// An account with its summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRow {
    /// The account.
    pub account: Account,
    /// What is known of it.
    pub summary: Summary,
    /// The same at a glance.
    pub glance: Glance,
}

/// Sums over accounts. Each says of how many accounts it is where that is not all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Accounts.
    pub accounts: u64,
    /// Those with an observation.
    pub with_data: u64,
    /// Their followers at the newest observation of each.
    pub followers: u64,
    /// The changes of 28 days and of the 28 days before, over the accounts of which both are known.
    pub four_weeks: Option<(i64, i64)>,
    /// Of how many accounts these are.
    pub four_weeks_accounts: u64,
    /// The expected changes until 30 days ahead.
    pub expected_change: Option<i64>,
    /// Of how many accounts that is.
    pub expected_accounts: u64,
    /// Accounts of which something needs attention.
    pub attention: u64,
    /// Accounts whose summary was not made yet, so that what is known of them is not all in the sums.
    pub pending: u64,
}

impl Totals {
    /// Adds an account.
    pub(crate) fn add(&mut self, summary: &Summary, glance: &Glance) {
        self.accounts += 1;
        self.with_data += u64::from(summary.data_until.is_some());
        self.followers = self.followers.saturating_add(glance.followers.map_or(0, Followers::get));
        if let Some((change, before)) = glance.four_weeks.and_then(|of| Some((of.change, of.previous?))) {
            let (sum, sum_before) = self.four_weeks.unwrap_or_default();
            self.four_weeks = Some((sum.saturating_add(change), sum_before.saturating_add(before)));
            self.four_weeks_accounts += 1;
        }
        if let Some(ahead) = glance.ahead {
            self.expected_change = Some(self.expected_change.unwrap_or_default().saturating_add(ahead.change));
            self.expected_accounts += 1;
        }
        self.attention += u64::from(!glance.attention.is_empty());
    }
}

/// All accounts at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewAnswer {
    /// A page of the accounts that were asked for.
    pub rows: Vec<OverviewRow>,
    /// How many were asked for, on all pages.
    pub matching: u64,
    /// Over all accounts within reach, whichever were asked for.
    pub totals: Totals,
    /// Where the next page begins.
    pub next: Option<Place>,
}

/// The use case of the overview.
pub trait Overview: Send + Sync {
    /// The accounts within reach at a glance.
    ///
    /// # Errors
    /// Of the database.
    fn accounts(&self, by: Access<ReadForecasts>, query: &OverviewQuery) -> Result<OverviewAnswer, AppError>;
}
