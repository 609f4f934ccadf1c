//! `atalaya train`.

use std::num::NonZeroUsize;

use atalaya_application::AppError;
use atalaya_application::forecasts::{RunsByCompany, TrainingOutcome};
use atalaya_application::ports::forecaster::{TrainingObserver, Unobserved};
use atalaya_application::receipt::Unkept;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::access::Operator;
use atalaya_domain::forecast::{MetricWeights, ModelId};
use atalaya_domain::mandate::TrainModels;

use super::import::missing_account;
use super::parallel::in_order;
use super::progress::Progress;
use super::refusals::changing;
use super::source::threads;
use super::{CommandError, company, say, tell, text_of};
use crate::cli::TrainArgs;
use crate::compose::Core;
use crate::words::{self, Words, language};

/// Trains one account, or all of a company, on all cores but never more than [`RunsByCompany::MOST`] at once. An
/// account that cannot be trained does not stop the others.
pub(crate) fn run(args: &TrainArgs) -> Result<(), CommandError> {
    let models = args.models.iter().map(|text| model(text)).collect::<Result<Vec<_>, _>>()?;
    let command = TrainCommand { models, weights: MetricWeights::default(), grid: args.grid, covariates: None };
    changing("train", |core| train(core, args, &command))
}

fn train(core: &Core, args: &TrainArgs, command: &TrainCommand) -> Result<(), CommandError> {
    let company = company(core, &args.company)?.id;
    let by = Operator::at_the_machine().mandate::<TrainModels>(company);
    let handles = if let Some(handle) = &args.account {
        vec![handle.clone()]
    } else {
        let accounts = core.use_cases.accounts.all(&by.scope())?;
        accounts.into_iter().map(|summary| summary.account.handle.as_str().to_owned()).collect()
    };
    let progress = Progress::new(handles.len());
    // Many runs at once would each move the bar to their own place.
    let observer: &dyn TrainingObserver = if handles.len() == 1 { &progress } else { &Unobserved };
    let train = |handle: String| {
        let opened = core.use_cases.accounts.open(&by, &handle);
        let trained = opened.and_then(|owned| core.use_cases.training.train(&owned, command, observer, &Unkept));
        (handle, trained)
    };
    let total = handles.len();
    let mut failed = 0;
    let done = |(handle, trained): (String, Result<TrainingOutcome, AppError>)| {
        progress.piece_done();
        match trained {
            Ok(outcome) => {
                let facts = &outcome.run.facts;
                let version = outcome.run.version.get();
                let model = atalaya_texts::model(language(), facts.served);
                let told = Words::of("cli.train.done").with("account", &handle).with("version", version);
                tell(&told.with("model", model).with("grid", text_of("cli.train.grid", facts.grid.as_str())))
            }
            Err(error) if total == 1 => Err(missing_account(error, &handle)),
            Err(error) => {
                failed += 1;
                say(&format!("{handle}: {}", words::of_app(&error, language())))
            }
        }
    };
    // More runs of one company at once are refused.
    let most = NonZeroUsize::new(RunsByCompany::MOST).unwrap_or(NonZeroUsize::MIN);
    in_order(threads(None).min(most), handles.into_iter().map(Ok), train, done)?;
    if failed == 0 {
        return Ok(());
    }
    let words = Words::of_count(failed, "cli.train.failed_one", "cli.train.failed");
    Err(CommandError::Refused(words.with("failed", failed).with("total", total)))
}

fn model(text: &str) -> Result<ModelId, CommandError> {
    ModelId::choices().find(|model| model.as_str() == text).ok_or_else(|| {
        let known: Vec<&str> = ModelId::choices().map(ModelId::as_str).collect();
        CommandError::Refused(Words::of("cli.argument.models").with("name", text).with("known", known.join(", ")))
    })
}
