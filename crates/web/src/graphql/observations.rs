//! Measurements of an account.

use async_graphql::{InputObject, SimpleObject};
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::Violation;
use atalaya_application::observations::{Batch, RowPlace, UploadRow};
use atalaya_domain::mandate::WriteObservations;
use atalaya_domain::observation::{Followers, Observation, UploadOutcome};

use crate::api::observations::times::{Written, resolve};
use crate::api::parse::{Rules, count};
use crate::graphql::scalars::{Count, Moment};

/// A measurement.
#[derive(SimpleObject)]
#[graphql(name = "Observation")]
pub(crate) struct ObservationNode {
    /// When.
    time: Moment,
    /// Followers.
    followers: Count,
    /// Running total of posts.
    posts: Option<Count>,
    /// Accounts followed.
    following: Option<Count>,
}

impl From<Observation> for ObservationNode {
    fn from(observation: Observation) -> Self {
        let count = |number: Followers| Count::of(number.get());
        Self {
            time: observation.at.into(),
            followers: count(observation.followers),
            posts: observation.posts.map(count),
            following: observation.following.map(count),
        }
    }
}

/// A measurement to store.
#[derive(InputObject)]
pub(crate) struct ObservationInput {
    /// When; without a zone it is on the account's clocks.
    time: Moment,
    /// Followers.
    followers: Count,
    /// Running total of posts.
    posts: Option<Count>,
    /// Accounts followed.
    following: Option<Count>,
}

/// What an upload did.
#[derive(SimpleObject)]
pub(crate) struct UploadResult {
    /// Times that were new.
    inserted: Count,
    /// Times that were known with other values.
    updated: Count,
    /// Times that were known with the same values.
    unchanged: Count,
}

impl From<UploadOutcome> for UploadResult {
    fn from(outcome: UploadOutcome) -> Self {
        let UploadOutcome { inserted, updated, unchanged } = outcome;
        Self { inserted: Count::of(inserted), updated: Count::of(updated), unchanged: Count::of(unchanged) }
    }
}

/// The measurements of an upload for that account, with the rules that they break.
pub(crate) fn batch(observations: Vec<ObservationInput>, owned: &OwnedAccount<WriteObservations>) -> Batch {
    let (mut rules, total) = (Rules::default(), observations.len());
    let rows = observations.into_iter().enumerate();
    let read: Vec<(Written, UploadRow)> =
        rows.filter_map(|(index, row)| row.into_row(index, owned, &mut rules)).collect();
    let (times, mut rows): (Vec<Written>, Vec<UploadRow>) = read.into_iter().unzip();
    for (row, at) in rows.iter_mut().zip(resolve(&times)) {
        row.observation.at = at;
    }
    let (violations, broken) = rules.into_broken();
    Batch { rows, violations, broken, total, complete: true }
}

impl ObservationInput {
    fn into_row(
        self,
        index: usize,
        owned: &OwnedAccount<WriteObservations>,
        rules: &mut Rules,
    ) -> Option<(Written, UploadRow)> {
        let field = |name: &str| format!("observations[{index}].{name}");
        let time = Written::read(&self.time.0, owned.time_zone());
        let time = rules.take(time.ok_or_else(|| Violation::new(field("time"), "invalid_time")));
        let mut number =
            |name, value: Count| rules.take(count(value.0).ok_or_else(|| Violation::new(field(name), "not_a_count")));
        let followers = number("followers", self.followers);
        let posts = self.posts.map(|value| number("posts", value));
        let following = self.following.map(|value| number("following", value));
        let (time, posts, following) = (time?, posts.flatten(), following.flatten());
        let observation = Observation { at: time.first, followers: followers?, posts, following };
        Some((time, UploadRow { observation, place: RowPlace::Index(index) }))
    }
}
