//! What several test programs do.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_domain::access::Operator;
use atalaya_infrastructure::persistence::Database;

/// How many companies there are: a read that every database answers.
pub(crate) fn company_count(database: &Arc<Database>) -> Result<u64, AppError> {
    database.platform().query(|view| view.companies(&Operator::at_the_machine().platform()).count())
}
