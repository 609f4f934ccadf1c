//! The company that a request names in its query.

use atalaya_application::error::{ValueKind, Violation};
use atalaya_domain::id::CompanyId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::problem::Problem;

/// The company of an account, for superadmins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompanyQuery {
    /// The company, for superadmins.
    #[param(value_type = Option<i64>)]
    pub(crate) empresa_id: Option<String>,
}

/// Which page of which company's users.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompanyPageQuery {
    /// The company, for superadmins.
    #[param(value_type = Option<i64>)]
    pub(crate) empresa_id: Option<String>,
    /// Items on a page, 1 to 1,000; 100 unless told.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    pub(crate) limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    pub(crate) cursor: Option<String>,
}

/// A company's id in a query.
pub(crate) fn named_company(text: Option<&str>) -> Result<Option<CompanyId>, Problem> {
    text.map(|text| text.parse().map(CompanyId::new))
        .transpose()
        .map_err(|_| vec![Violation::wrong_type("empresa_id", ValueKind::WholeNumber)].into())
}
