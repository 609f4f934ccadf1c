//! The schema, made once: what the types of this wing say together.

use std::collections::HashSet;

use async_graphql::Schema;
use atalaya_application::AppError;

use crate::graphql::costs::Costs;
use crate::graphql::mutations::Mutation;
use crate::graphql::persisted::{Persisted, QueryHash};
use crate::graphql::queries::Query;
use crate::graphql::subscriptions::Subscription;

/// The schema with what its fields cost.
pub struct GraphqlSchema {
    pub(crate) schema: Schema<Query, Mutation, Subscription>,
    pub(crate) costs: Costs,
    /// Whether readers may ask for the schema itself.
    pub(crate) is_open: bool,
    pub(crate) persisted: Persisted,
}

impl GraphqlSchema {
    /// Makes the schema. `is_open` lets readers ask for the schema itself, and tells them which field they may have
    /// meant: where the program is developed.
    ///
    /// # Errors
    /// `Internal`, never in practice: the schema is a constant of the program.
    pub fn new(is_open: bool) -> Result<Self, AppError> {
        let builder = Schema::build(Query, Mutation, Subscription);
        let schema = if is_open { builder } else { builder.disable_introspection().disable_suggestions() }.finish();
        let costs = Costs::of(&schema.sdl()).map_err(AppError::internal)?;
        Ok(Self { schema, costs, is_open, persisted: Persisted::new(None) })
    }

    /// The same, answering only queries of these hashes, where there are some.
    #[must_use]
    pub fn listing(self, queries: Option<HashSet<QueryHash>>) -> Self {
        Self { persisted: Persisted::new(queries), ..self }
    }

    /// The schema in its own language, with a final line break: the very bytes of docs/schema.graphql.
    #[must_use]
    pub fn sdl(&self) -> String {
        let text = self.schema.sdl();
        format!("{}\n", text.trim())
    }
}
