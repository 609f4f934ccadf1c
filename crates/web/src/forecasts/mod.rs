//! Forecasts, and the models behind them.

pub(crate) mod answers;
mod memory;
pub(crate) mod models;
pub(crate) mod training;

pub use memory::AnswerMemory;

use std::sync::Arc;

use actix_web::web;
use atalaya_application::forecasts::{Forecasts, ReadableAccount};
use atalaya_domain::access::Actor;

use crate::blocking;
use crate::problem::Problem;

/// What every forecast is about.
const TARGET: &str = "seguidores";

/// Opens an account for reading: from memory without leaving the thread, else from the store.
async fn open(
    forecasts: &web::Data<dyn Forecasts>,
    actor: &Arc<Actor>,
    handle: &str,
) -> Result<ReadableAccount, Problem> {
    if let Some(known) = forecasts.recall(actor, handle)? {
        return Ok(known);
    }
    let (forecasts, actor, handle) = (forecasts.clone().into_inner(), Arc::clone(actor), handle.to_owned());
    blocking::call(move || forecasts.open(&actor, &handle)).await
}
