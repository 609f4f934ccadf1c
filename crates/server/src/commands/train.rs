//! `atalaya train`.

use atalaya_application::forecasts::TrainCommand;
use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::forecast::{MetricWeights, ModelId};

use super::import::missing_account;
use super::progress::Progress;
use super::{CommandError, company, open, say};
use crate::cli::TrainArgs;

/// Trains one account, or all of a company. An account that cannot be trained does not stop the others.
pub(crate) fn run(args: &TrainArgs) -> Result<(), CommandError> {
    let models = args.models.iter().map(|text| model(text)).collect::<Result<Vec<_>, _>>()?;
    let command = TrainCommand { models, weights: MetricWeights::default() };
    let (_, core) = open()?;
    let company = company(&core, &args.company)?.id;
    let operator = Operator::at_the_machine();
    let handles = if let Some(handle) = &args.account {
        vec![handle.clone()]
    } else {
        let scope = operator.scope(company, Permission::TrainModels);
        let accounts = core.database.store().query(&scope, |view| view.accounts().all())?;
        accounts.into_iter().map(|summary| summary.account.handle.as_str().to_owned()).collect()
    };
    let progress = Progress::new(handles.len());
    let mut failed = 0;
    for handle in &handles {
        let opened = core.accounts.open_as_operator(&operator, company, Permission::TrainModels, handle);
        let trained = opened.and_then(|owned| core.training.train(&owned, &command, &progress));
        progress.piece_done();
        match trained {
            Ok(outcome) => {
                say(&format!("{handle}: version {}, {}", outcome.run.version.get(), outcome.run.facts.served.name()))?;
            }
            Err(error) if handles.len() == 1 => return Err(missing_account(error, handle)),
            Err(error) => {
                failed += 1;
                say(&format!("{handle}: {error}"))?;
            }
        }
    }
    if failed > 0 { Err(CommandError::Said(format!("{failed} of {} accounts failed", handles.len()))) } else { Ok(()) }
}

fn model(text: &str) -> Result<ModelId, CommandError> {
    text.parse().map_err(|_| {
        let known: Vec<&str> = ModelId::ALL.iter().map(|model| model.as_str()).collect();
        CommandError::Said(format!("--models: there is no model {text:?}; there are {}", known.join(", ")))
    })
}
