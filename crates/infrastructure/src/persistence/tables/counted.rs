//! Counting what a query finds, no further than its limit, without taking the rows themselves.

use atalaya_application::AppError;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use crate::persistence::connection::{AnyConnection, MultiBackend};
use crate::persistence::error::Expecting;
use crate::persistence::store::Tenant;

/// How many rows a query finds.
#[derive(Debug, Clone, Copy, QueryId)]
struct Counted<Q>(Q);

impl<Q, DB: Backend> QueryFragment<DB> for Counted<Q>
where
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS found");
        Ok(())
    }
}

impl<Q: Query> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<AnyConnection> for Counted<Q> {}

/// How many records the values that a query finds are of, each of which has an id of its record.
#[derive(Debug, Clone, Copy, QueryId)]
struct CountedRecords<Q>(Q);

impl<Q, DB: Backend> QueryFragment<DB> for CountedRecords<Q>
where
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT count(DISTINCT record_id) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS found");
        Ok(())
    }
}

impl<Q: Query> Query for CountedRecords<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<AnyConnection> for CountedRecords<Q> {}

impl Tenant<'_, '_> {
    /// How many records the values that a query finds are of.
    pub(super) fn counted_records<Q>(&mut self, query: Q) -> Result<i64, AppError>
    where
        Q: Query + QueryFragment<MultiBackend> + QueryId,
    {
        CountedRecords(query).get_result(self.conn()).or_fault()
    }

    /// How many rows a query finds, which says where that ends.
    pub(super) fn counted<Q>(&mut self, query: Q) -> Result<i64, AppError>
    where
        Q: Query + QueryFragment<MultiBackend> + QueryId,
    {
        Counted(query).get_result(self.conn()).or_fault()
    }
}
