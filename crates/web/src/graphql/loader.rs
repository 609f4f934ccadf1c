//! Opens the accounts of a query together, so that a list of them asks the database as often as one does.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use atalaya_application::error::{AppError, Forbidden};
use atalaya_application::forecasts::{Forecasts, ReadableAccount};
use atalaya_domain::mandate::{Access, ReadForecasts};

use crate::graphql::refusal::Refusal;
use crate::http::blocking;

/// Opens accounts of the caller's company by their handles.
pub(crate) struct ReadableAccounts {
    /// `None` for whoever may read no forecasts.
    pub(crate) by: Option<Access<ReadForecasts>>,
    /// The use cases.
    pub(crate) forecasts: Arc<dyn Forecasts>,
}

impl Loader<String> for ReadableAccounts {
    type Value = Result<ReadableAccount, Refusal>;
    type Error = Refusal;

    async fn load(&self, handles: &[String]) -> Result<HashMap<String, Self::Value>, Refusal> {
        let by = self.by.ok_or(AppError::Forbidden(Forbidden::Role))?;
        let (forecasts, handles) = (Arc::clone(&self.forecasts), handles.to_vec());
        let opened = blocking::call(move || {
            let opened = forecasts.open_all(by, &handles)?;
            Ok(handles.into_iter().zip(opened).collect::<Vec<_>>())
        });
        Ok(opened.await?.into_iter().map(|(handle, account)| (handle, account.map_err(Refusal::from))).collect())
    }
}
