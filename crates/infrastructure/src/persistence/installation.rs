//! What an operator of the platform sees of the database: its kind, its schema, and how many jobs there are.

use atalaya_application::AppError;
use atalaya_application::ports::installation::{DatabaseKind, InstallationFacts, InstallationReader};
use atalaya_domain::access::PlatformScope;
use atalaya_domain::job::JobState;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::migrate::progress_of;
use super::reach::Reach;
use super::rows::count;
use super::schema::jobs;

impl InstallationReader for Database {
    fn look(&self, _: &PlatformScope) -> Result<InstallationFacts, AppError> {
        self.snapshot(Reach::Platform, |tx| {
            let database = match tx.conn {
                AnyConnection::Sqlite(_) => DatabaseKind::Sqlite,
                AnyConnection::Postgres(_) => DatabaseKind::Postgres,
            };
            let schema = progress_of(tx.conn)?;
            let mut counts = Vec::new();
            for state in JobState::ALL {
                let of_companies = jobs::table.filter(jobs::company_id.is_not_null());
                let found =
                    of_companies.filter(jobs::state.eq(state.as_str())).count().get_result(tx.conn).or_fault()?;
                counts.push((*state, count("jobs", found)?));
            }
            Ok(InstallationFacts { database, schema, jobs: counts })
        })
    }
}
