//! What companies' names look like: no two of the platform are taken for one another.
//!
//! Invariant: a form belongs to one company, by the key of the table, whichever process writes. Programs from before
//! there were forms write companies without them, so forms are brought up to date before they are relied on. Companies
//! that looked alike before stay as they are: the one that had the form first keeps it.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_domain::company::{Company, CompanyName};
use atalaya_domain::id::CompanyId;
use atalaya_domain::skeleton::Skeleton;
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::CompanyRow;
use super::schema::{companies, company_name_forms};
use super::setup::Setup;

/// A form and whose it is.
type OwnedForm = (String, i64);

/// What has to change for the forms to be those of the names.
#[derive(Debug, Default)]
struct Differences {
    stale: Vec<OwnedForm>,
    missing: Vec<OwnedForm>,
}

impl Differences {
    /// Between the names, the oldest company first, and the stored forms. A form of another company is not missing.
    fn between(named: &[(i64, String)], stored: Vec<OwnedForm>) -> Self {
        let wanted: Vec<OwnedForm> = named.iter().flat_map(|(id, name)| forms(*id, name)).collect();
        let sought: BTreeSet<&OwnedForm> = wanted.iter().collect();
        let (kept, stale): (Vec<_>, Vec<_>) = stored.into_iter().partition(|form| sought.contains(form));
        let mut owned: BTreeMap<String, i64> = kept.into_iter().collect();
        let mut missing = Vec::new();
        for (form, company) in wanted {
            if !owned.contains_key(&form) {
                owned.insert(form.clone(), company);
                missing.push((form, company));
            }
        }
        Self { stale, missing }
    }

    /// Where `last` names a company, every other one has its forms first, however young it is.
    fn read(conn: &mut AnyConnection, last: Option<CompanyId>) -> Result<Self, AppError> {
        let named = companies::table.order((companies::created_at, companies::id));
        let mut named: Vec<(i64, String)> = named.select((companies::id, companies::name)).load(conn).or_fault()?;
        named.sort_by_key(|(id, _)| last.is_some_and(|last| last.get() == *id));
        let stored = company_name_forms::table.select((company_name_forms::form, company_name_forms::company_id));
        Ok(Self::between(&named, stored.load(conn).or_fault()?))
    }

    fn is_empty(&self) -> bool {
        self.stale.is_empty() && self.missing.is_empty()
    }

    fn settle(&self, conn: &mut AnyConnection) -> Result<(), AppError> {
        for (form, _) in &self.stale {
            diesel::delete(company_name_forms::table.find(form)).execute(conn).or_fault()?;
        }
        for (form, company) in &self.missing {
            let row = (company_name_forms::form.eq(form), company_name_forms::company_id.eq(*company));
            diesel::insert_into(company_name_forms::table).values(row).execute(conn).or_contended()?;
        }
        Ok(())
    }
}

fn forms(company: i64, name: &str) -> Vec<OwnedForm> {
    Skeleton::of(name).forms().map(|form| (form.to_owned(), company)).collect()
}

/// Takes the forms of a name that was just stored for the company.
///
/// # Errors
/// `Conflict(CompanyExists)` when another company has one of them; then the transaction has to be undone.
pub(super) fn claim_name(conn: &mut AnyConnection, company: CompanyId, name: &CompanyName) -> Result<(), AppError> {
    Differences::read(conn, Some(company))?.settle(conn)?;
    let skeleton = name.skeleton();
    let wanted: Vec<&str> = skeleton.forms().collect();
    let others: i64 = company_name_forms::table
        .filter(company_name_forms::form.eq_any(wanted))
        .filter(company_name_forms::company_id.ne(company.get()))
        .count()
        .get_result(conn)
        .or_fault()?;
    if others == 0 { Ok(()) } else { Err(AppError::Conflict(Conflict::CompanyExists)) }
}

impl Setup<'_> {
    /// Stores the forms of the companies that have none yet, and drops those of names that companies no longer have.
    ///
    /// # Errors
    /// Of the database.
    pub fn settle_company_names(&self) -> Result<(), AppError> {
        if self.0.snapshot(Reach::Platform, |tx| Differences::read(tx.conn, None))?.is_empty() {
            return Ok(());
        }
        self.0.transaction(Reach::Platform, |tx| Differences::read(tx.conn, None)?.settle(tx.conn))
    }

    /// Companies whose names look alike, in groups, the oldest of each first.
    ///
    /// # Errors
    /// Of the database.
    pub fn companies_that_look_alike(&self) -> Result<Vec<Vec<Company>>, AppError> {
        let rows: Vec<CompanyRow> = self.0.snapshot(Reach::Platform, |tx| {
            let by_creation = companies::table.order((companies::created_at, companies::id));
            by_creation.select(CompanyRow::as_select()).load(tx.conn).or_fault()
        })?;
        let companies = rows.into_iter().map(CompanyRow::into_domain).collect::<Result<Vec<_>, _>>()?;
        Ok(alike(companies))
    }
}

/// Groups of those that look alike, each in the order given. Two that look like a third are in one group with it.
fn alike(companies: Vec<Company>) -> Vec<Vec<Company>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Company>)> = Vec::new();
    for company in companies {
        let forms: BTreeSet<String> = company.name.skeleton().forms().map(str::to_owned).collect();
        let (joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(theirs, _)| !theirs.is_disjoint(&forms));
        groups = apart;
        let (mut all, mut members) = (forms, Vec::new());
        for (theirs, group) in joined {
            all.extend(theirs);
            members.extend(group);
        }
        members.push(company);
        groups.push((all, members));
    }
    groups.into_iter().map(|(_, members)| members).filter(|members| members.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use atalaya_domain::company::DEFAULT_TIME_ZONE;
    use chrono::DateTime;

    use super::*;

    #[test]
    fn whoever_looks_like_two_groups_joins_them() {
        let company = |(id, name): (i64, &str)| Company {
            id: CompanyId::new(id),
            name: CompanyName::parse(name).unwrap(),
            time_zone: DEFAULT_TIME_ZONE,
            active: true,
            created_at: DateTime::UNIX_EPOCH,
        };
        let companies = [(1, "interbank"), (2, "lnterbank"), (3, "BCP"), (4, "Interbank")].map(company);
        let groups = alike(companies.into());
        let ids = |group: &Vec<Company>| group.iter().map(|company| company.id.get()).collect::<Vec<_>>();
        assert_eq!(groups.iter().map(ids).collect::<Vec<_>>(), [[1, 2, 4]]);
    }

    #[test]
    fn forms_follow_names_and_the_first_of_two_has_them() {
        let named = [(1, "BCP".to_owned()), (2, "Bcp".to_owned()), (3, "BBVA".to_owned())];
        let first = Differences::between(&named, Vec::new());
        assert_eq!(first.missing, [("bcp".to_owned(), 1), ("bbva".to_owned(), 3)]);
        assert!(Differences::between(&named, first.missing).is_empty());
        // The second one had the form first, and the third one was called otherwise.
        let stored = vec![("bcp".to_owned(), 2), ("bbva continental".to_owned(), 3)];
        let later = Differences::between(&named, stored);
        assert_eq!(later.stale, [("bbva continental".to_owned(), 3)]);
        assert_eq!(later.missing, [("bbva".to_owned(), 3)]);
    }
}
