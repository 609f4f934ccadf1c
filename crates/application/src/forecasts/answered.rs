//! Which versions answered somebody. Noted without the database where they answer, and written from there again and
//! again: a version that answered is kept when old ones are pruned, so that what it said can be said again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::id::{AccountId, CompanyId, ModelVersion};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;

use crate::error::AppError;
use crate::ports::memory::{AccountSnapshot, AnswerMark};
use crate::ports::repositories::AnsweredVersion;
use crate::ports::store::Store;

/// The versions that this process answers by.
#[derive(Debug, Default)]
pub struct AnsweredVersions(Mutex<HashMap<Key, Watched>>);

type Key = (CompanyId, AccountId, ModelVersion);

#[derive(Debug)]
struct Watched {
    mark: Arc<AnswerMark>,
    time_zone: Tz,
    /// The last day that was written, counted from the beginning of the calendar; 0 for none.
    written: Arc<AtomicI32>,
}

/// A version that answered, on a day that is not written yet.
struct Due {
    answered: AnsweredVersion,
    mark: Arc<AnswerMark>,
    written: Arc<AtomicI32>,
}

impl AnsweredVersions {
    /// The mark of a version, which is one for all who load it.
    pub(super) fn watch(&self, snapshot: &AccountSnapshot, version: ModelVersion) -> Arc<AnswerMark> {
        let key = (snapshot.company, snapshot.account.id, version);
        let mut watched = self.lock();
        let entry = watched.entry(key).or_insert_with(|| Watched {
            mark: Arc::default(),
            time_zone: snapshot.time_zone,
            written: Arc::default(),
        });
        entry.time_zone = snapshot.time_zone;
        Arc::clone(&entry.mark)
    }

    /// What answered for an account and may not be written yet. It stays noted, for who asks may fail to write it.
    pub(super) fn unwritten(&self, company: CompanyId, account: AccountId, now: DateTime<Utc>) -> Vec<AnsweredVersion> {
        let watched = self.lock();
        let theirs =
            watched.iter().filter(|(key, watched)| (key.0, key.1) == (company, account) && watched.mark.is_set());
        let answered = |((_, account, version), watched): (&Key, &Watched)| {
            let day = now.with_timezone(&watched.time_zone).date_naive();
            AnsweredVersion { account: *account, version: *version, day }
        };
        theirs.map(answered).collect()
    }

    /// Writes down what answered since the last call: at most once a day for each version.
    ///
    /// # Errors
    /// Of the database. What could not be written is written the next time.
    pub fn flush(&self, store: &dyn Store, operator: &Operator, now: DateTime<Utc>) -> Result<(), AppError> {
        let mut outcome = Ok(());
        for (company, due) in self.due(now) {
            let scope = operator.scope(company, Permission::ReadForecasts);
            let answered: Vec<AnsweredVersion> = due.iter().map(|due| due.answered).collect();
            let written = store.transaction(&scope, |unit| unit.models().mark_answered(&answered));
            for Due { answered, mark, written: last } in &due {
                match written {
                    Ok(()) => last.store(answered.day.num_days_from_ce(), Ordering::Relaxed),
                    Err(_) => mark.set(),
                }
            }
            outcome = outcome.and(written);
        }
        // A version that nobody holds any more answers nobody; it is watched anew when it is loaded again.
        self.lock().retain(|_, watched| Arc::strong_count(&watched.mark) > 1 || watched.mark.is_set());
        outcome
    }

    fn due(&self, now: DateTime<Utc>) -> BTreeMap<CompanyId, Vec<Due>> {
        let mut due: BTreeMap<CompanyId, Vec<Due>> = BTreeMap::new();
        for ((company, account, version), watched) in self.lock().iter() {
            let day = now.with_timezone(&watched.time_zone).date_naive();
            if watched.mark.take() && watched.written.load(Ordering::Relaxed) < day.num_days_from_ce() {
                let answered = AnsweredVersion { account: *account, version: *version, day };
                let (mark, written) = (Arc::clone(&watched.mark), Arc::clone(&watched.written));
                due.entry(*company).or_default().push(Due { answered, mark, written });
            }
        }
        due
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
