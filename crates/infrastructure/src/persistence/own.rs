//! The company filter by construction: repositories of a unit of work begin every statement with [`own`] rows, so that
//! no statement can forget it. On PostgreSQL row security stands behind it; on SQLite nothing does. What the queue of
//! jobs and a unit of work share (`jobs/endings.rs`) goes by a lease instead, whose company is compared before anything
//! is changed.

use atalaya_domain::id::CompanyId;
use diesel::dsl::{Eq, Filter, IsNotNull, IsNull, auto_type};
use diesel::prelude::*;
use diesel::query_source::{Alias, AliasedField};

use super::schema::{
    account_summaries, accounts, companies, covariate_sources, deleted_records, entities, entity_fields, jobs,
    model_versions, observations, record_counts, record_revisions, record_values, record_views, records, unique_values,
    user_accounts, users,
};

/// A table whose rows belong to companies.
pub(super) trait TenantTable {
    /// The query that [`own`] gives.
    type Own;

    /// The rows of one company.
    fn own(company: CompanyId) -> Self::Own;
}

/// The rows of a company in a table: what its unit of work reads, changes and deletes.
pub(super) type Own<T> = <T as TenantTable>::Own;

/// The company's rows of the table.
pub(super) fn own<T: TenantTable>(company: CompanyId) -> Own<T> {
    T::own(company)
}

/// A table whose rows stay for a while after they were deleted. [`own`] leaves these out.
pub(super) trait TenantTrash {
    /// The query that [`deleted`] gives.
    type Deleted;

    /// The rows of one company that were deleted.
    fn deleted(company: CompanyId) -> Self::Deleted;
}

/// The rows of a company in a table that were deleted.
pub(super) type Deleted<T> = <T as TenantTrash>::Deleted;

/// The company's rows of the table that were deleted.
pub(super) fn deleted<T: TenantTrash>(company: CompanyId) -> Deleted<T> {
    T::deleted(company)
}

macro_rules! tenant_table {
    ($table:ident, $column:ident) => {
        impl TenantTable for $table::table {
            type Own = Filter<$table::table, Eq<$table::$column, i64>>;

            fn own(company: CompanyId) -> Self::Own {
                QueryDsl::filter($table::table, $table::$column.eq(company.get()))
            }
        }
    };
    ($table:ident, $column:ident, $deleted:ident) => {
        impl TenantTable for $table::table {
            type Own = Filter<Filter<$table::table, Eq<$table::$column, i64>>, IsNull<$table::$deleted>>;

            fn own(company: CompanyId) -> Self::Own {
                let rows = QueryDsl::filter($table::table, $table::$column.eq(company.get()));
                QueryDsl::filter(rows, $table::$deleted.is_null())
            }
        }

        impl TenantTrash for $table::table {
            type Deleted = Filter<Filter<$table::table, Eq<$table::$column, i64>>, IsNotNull<$table::$deleted>>;

            fn deleted(company: CompanyId) -> Self::Deleted {
                let rows = QueryDsl::filter($table::table, $table::$column.eq(company.get()));
                QueryDsl::filter(rows, $table::$deleted.is_not_null())
            }
        }
    };
}

macro_rules! tenant_tables {
    ($($table:ident by $column:ident $(unless $deleted:ident)?),* $(,)?) => {
        $(tenant_table! { $table, $column $(, $deleted)? })*

        /// The names of the tenant tables.
        #[cfg(test)]
        const TENANT_TABLES: &[&str] = &[$(stringify!($table)),*];
    };
}

tenant_tables! {
    account_summaries by company_id,
    accounts by company_id unless deleted_at,
    companies by id,
    covariate_sources by company_id,
    deleted_records by company_id,
    entities by company_id,
    entity_fields by company_id,
    jobs by company_id,
    model_versions by company_id,
    observations by company_id,
    record_counts by company_id,
    record_revisions by company_id,
    record_values by company_id,
    record_views by company_id,
    records by company_id,
    unique_values by company_id,
    user_accounts by company_id,
    users by company_id unless deleted_at,
}

diesel::alias!(
    // Values of records within a statement that is about others of them.
    pub(super) const PROBED: Alias<Probed> = record_values as probed;
);

/// The company's rows of [`const@PROBED`].
pub(super) type OwnProbed = Filter<Alias<Probed>, Eq<AliasedField<Probed, record_values::company_id>, i64>>;

/// The company's values of records, for conditions of a statement that is about values itself.
pub(super) fn own_probed(company: CompanyId) -> OwnProbed {
    QueryDsl::filter(PROBED, PROBED.field(record_values::company_id).eq(company.get()))
}

/// The versions that serve, to be joined to accounts: those of the account's own company.
#[auto_type(no_type_alias)]
pub(super) fn serving_versions() -> _ {
    let of_account = model_versions::company_id
        .eq(accounts::company_id)
        .and(model_versions::account_id.eq(accounts::id))
        .and(model_versions::active);
    model_versions::table.on(of_account)
}

/// The summaries, to be joined to accounts: those of the account's own company.
#[auto_type(no_type_alias)]
pub(super) fn summaries_of_accounts() -> _ {
    let of_account =
        account_summaries::company_id.eq(accounts::company_id).and(account_summaries::account_id.eq(accounts::id));
    account_summaries::table.on(of_account)
}

/// The accounts that are assigned, to be joined to assignments: those of the assignment's own company, without those
/// that were deleted.
#[auto_type(no_type_alias)]
pub(super) fn assigned_accounts() -> _ {
    let of_assignment =
        accounts::company_id.eq(user_accounts::company_id).and(accounts::id.eq(user_accounts::account_id));
    accounts::table.on(of_assignment.and(accounts::deleted_at.is_null()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// The source files below a folder.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect()
    }

    /// Where the code names a tenant table without [`own`] and not to insert into it.
    fn bare_tables(code: &str) -> Vec<&str> {
        let named = |table: &&str| {
            let name = format!("{table}::table");
            code.match_indices(&name).any(|(at, _)| {
                let before = &code[..at];
                !["own::<", "deleted::<", "insert_into(", "Own<"].iter().any(|allowed| before.ends_with(allowed))
                    && !before.ends_with(|letter: char| letter == '_' || letter.is_alphanumeric())
            })
        };
        TENANT_TABLES.iter().copied().filter(named).collect()
    }

    #[test]
    fn a_repository_of_a_unit_of_work_names_no_bare_table() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/persistence");
        let mut repositories = 0;
        for path in sources(&folder) {
            let code = fs::read_to_string(&path).unwrap();
            if code.contains(" for Tenant<") && !path.ends_with("own.rs") {
                repositories += 1;
                assert_eq!(bare_tables(&code), Vec::<&str>::new(), "{}", path.display());
            }
        }
        assert!(repositories >= 6, "the files of the repositories were not found");
    }

    #[test]
    fn a_bare_table_is_seen() {
        assert_eq!(bare_tables("own::<users::table>(company), insert_into(jobs::table)"), Vec::<&str>::new());
        assert_eq!(bare_tables("use schema::users; update(users::table.find(1))"), ["users"]);
        assert_eq!(bare_tables("user_accounts::table.filter(x)"), ["user_accounts"]);
        assert_eq!(bare_tables("own::<jobs::table>(c).inner_join(accounts::table)"), ["accounts"]);
    }

    #[test]
    fn every_table_with_a_company_of_the_tenant_is_a_tenant_table() {
        // What only the platform works on, in `Reach::Platform`.
        const OF_THE_PLATFORM: [&str; 5] =
            ["sessions", "change_log", "idempotency_keys", "company_name_forms", "audit_log"];
        let schema = include_str!("schema.rs");
        for table in schema.split("diesel::table! {").skip(1).filter(|table| table.contains("company_id ->")) {
            let name = table.trim_start().split(|letter: char| letter.is_whitespace()).next().unwrap();
            assert!(TENANT_TABLES.contains(&name) || OF_THE_PLATFORM.contains(&name), "{name}");
        }
    }
}
