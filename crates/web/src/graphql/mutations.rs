//! What can be changed, and logging in.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use atalaya_application::Precondition;
use atalaya_application::error::Violation;
use atalaya_application::observations::InvalidRows;
use atalaya_application::receipt::Unkept;
use atalaya_application::sessions::Login;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::account::NewAccount;
use atalaya_domain::forecast::ModelId;
use atalaya_domain::mandate::{ManageAccounts, OwnSession, TrainModels, WriteObservations, WriteRecords};
use atalaya_domain::password::Password;
use atalaya_domain::session::DeviceName;
use secrecy::{ExposeSecret, SecretString};

use crate::api::accounts::new_account;
use crate::api::auth::login::{check_login_limit, log_in};
use crate::api::forecasts::training::known_models;
use crate::api::jobs::{CancelJobs, job_id};
use crate::api::parse::Rules;
use crate::graphql::accounts::AccountNode;
use crate::graphql::jobs::JobNode;
use crate::graphql::observations::{ObservationInput, UploadResult, batch};
use crate::graphql::query_context::{QueryContext, named_company};
use crate::graphql::refusal::{Answer, answer};
use crate::graphql::sessions::SessionNode;
use crate::graphql::tables::{Json, RecordNode, as_seen, entity_id, record_id, with_draft};
use crate::http::blocking;
use crate::http::problem::Problem;

/// The most models that a training may name.
const MOST_MODELS: usize = 100;

/// Where a refresh token goes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshDelivery {
    /// Into the answer.
    Body,
    /// Nowhere: the session ends with its access token.
    None,
}

/// An account to register.
#[derive(InputObject)]
pub(crate) struct AccountInput {
    /// The handle, without `@`: 1 to 64 ASCII letters, digits, `_`, `.`, `-`.
    handle: String,
    /// The name that a dashboard shows.
    name: String,
    /// The social network.
    platform: Option<String>,
    /// Where its days end, an IANA zone; the company's unless told.
    time_zone: Option<String>,
    /// The company, for superadmins.
    company: Option<ID>,
}

impl AccountInput {
    fn into_command(self) -> Result<NewAccount, Vec<Violation>> {
        let members = ["handle", "name", "platform", "timeZone"];
        new_account(members, &self.handle, &self.name, [self.platform.as_deref(), self.time_zone.as_deref()])
    }
}

/// Models that a training compares besides the baselines; all for none.
fn wished_models(names: &[String]) -> Result<Vec<ModelId>, Vec<Violation>> {
    let mut rules = Rules::default();
    if names.len() > MOST_MODELS {
        rules.broken(Violation::new("models", "too_many").with("max", &MOST_MODELS));
    }
    let models = known_models(names.get(..MOST_MODELS).unwrap_or(names), &mut rules);
    rules.finish(Some(models))
}

/// The root of mutations.
pub(crate) struct Mutation;

/// What can be changed. Each field needs what the operation of the REST API needs that does the same, and leaves the
/// same entries in the audit log.
#[Object]
impl Mutation {
    /// Begins a session. One request holds one login at most.
    async fn login(
        &self,
        context: &Context<'_>,
        username: String,
        #[graphql(secret)] password: String,
        #[graphql(desc = "What the client calls itself, shown in the list of sessions.")] device_name: Option<String>,
        #[graphql(desc = "Where the refresh token goes.", default_with = "RefreshDelivery::None")]
        refresh: RefreshDelivery,
        #[graphql(desc = "What an earlier login gave this client.", secret)] device_token: Option<String>,
    ) -> Answer<SessionNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let password = SecretString::from(password);
            check_login_limit(query_context.address, &query_context.http)?;
            let mut rules = Rules::default();
            let device_name = rules.optional("deviceName", device_name.as_deref(), DeviceName::parse);
            let login = Login {
                username,
                password: Password::new(password.expose_secret()),
                device_name: rules.finish(device_name)?,
                agent: query_context.agent.clone(),
                origin: query_context.origin().clone(),
                wants_refresh: refresh == RefreshDelivery::Body,
                device_token: device_token.map(SecretString::from),
                takes_notices: context.look_ahead().field("securityNotices").exists(),
            };
            Ok(log_in(query_context.address, login, &query_context.use_cases, &query_context.http).await?.into())
        })
        .await
    }

    /// Continues a session. The refresh token is used up and answered by the next one.
    async fn refresh(&self, context: &Context<'_>, #[graphql(secret)] refresh_token: String) -> Answer<SessionNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let token = SecretString::from(refresh_token);
            let (use_cases, origin) = (Arc::clone(&query_context.use_cases), query_context.origin().clone());
            let refreshed = blocking::call(move || use_cases.sessions.refresh(token.expose_secret(), &origin));
            Ok(refreshed.await?.into())
        })
        .await
    }

    /// Ends the session of the refresh token, and that of the access token where one is sent.
    async fn logout(&self, context: &Context<'_>, #[graphql(secret)] refresh_token: Option<String>) -> Answer<bool> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let caller = match query_context.actor() {
                Ok(_) => Some(query_context.permitted::<OwnSession>().await?),
                Err(_) if refresh_token.is_some() => None,
                Err(error) => return Err(error.into()),
            };
            let token = refresh_token.map(SecretString::from);
            let (use_cases, origin) = (Arc::clone(&query_context.use_cases), query_context.origin().clone());
            blocking::call(move || {
                if let Some(token) = &token {
                    use_cases.sessions.logout_with_refresh(token.expose_secret(), &origin)?;
                }
                caller.map_or(Ok(()), |caller| use_cases.sessions.logout(&caller))
            })
            .await?;
            Ok(true)
        })
        .await
    }

    /// Registers an account.
    async fn create_account(&self, context: &Context<'_>, input: AccountInput) -> Answer<AccountNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let granted = query_context.permitted::<ManageAccounts>().await?;
            let by = granted.mandate_in(named_company(input.company.as_ref())?)?;
            let command = input.into_command()?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let created = blocking::call(move || use_cases.accounts.create(&by, &command, &Unkept));
            Ok(created.await?.into())
        })
        .await
    }

    /// Stores measurements of an account: all of them, or none where one breaks a rule.
    async fn upload_observations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account.")] handle: String,
        observations: Vec<ObservationInput>,
    ) -> Answer<UploadResult> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<WriteObservations>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let outcome = blocking::call(move || {
                let owned = use_cases.accounts.open(&by, &handle)?;
                let judged = use_cases.observations.judge(batch(observations, &owned), InvalidRows::Refuse);
                use_cases.observations.record(&owned, &judged, &Unkept)
            });
            Ok(outcome.await?.into())
        })
        .await
    }

    /// Asks for the training of an account: a job to follow.
    async fn train_account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account.")] handle: String,
        #[graphql(desc = "Models to compare besides the baselines; all unless told.", default)] models: Vec<String>,
    ) -> Answer<JobNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<TrainModels>().await?.mandate_in(None)?;
            let (use_cases, opening) = (Arc::clone(&query_context.use_cases), by);
            let owned = blocking::call(move || use_cases.accounts.open(&opening, &handle)).await?;
            let command = TrainCommand { models: wished_models(&models)?, ..TrainCommand::default() };
            let use_cases = Arc::clone(&query_context.use_cases);
            let job = blocking::call(move || use_cases.jobs.train(&owned, &command, &Unkept)).await?;
            Ok(JobNode::of(&job, query_context.language))
        })
        .await
    }

    /// Calls a job off, with the jobs that it is made of.
    async fn cancel_job(&self, context: &Context<'_>, id: ID) -> Answer<JobNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<CancelJobs>().await?.mandate_in(None)?;
            let id = job_id(&id)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let job = blocking::call(move || use_cases.jobs.cancel(&by, id)).await?;
            Ok(JobNode::of(&job, query_context.language))
        })
        .await
    }

    /// Creates a record. What is not sent has its field's default, or no value.
    async fn create_record(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The table.")] entity: ID,
        #[graphql(desc = "Values by the names of their fields.")] data: Json,
    ) -> Answer<RecordNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<WriteRecords>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let created = blocking::run(move || {
                let id = entity_id(&entity)?;
                let table = use_cases.tables.find(&by, id)?;
                with_draft(&data, &table, |draft| {
                    Ok(RecordNode::found(&use_cases.records.create(&by, id, draft, &Unkept)?)?)
                })
            });
            Ok(created.await?)
        })
        .await
    }

    /// Changes a record: what is not sent stays as it is, and `null` clears.
    async fn update_record(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The table.")] entity: ID,
        id: ID,
        #[graphql(desc = "Values by the names of their fields.")] data: Json,
        #[graphql(desc = "The revision that was seen: a change since then is refused.")] revision: Option<i32>,
    ) -> Answer<RecordNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<WriteRecords>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let changed = blocking::run(move || {
                let (entity, record) = (entity_id(&entity)?, record_id(&id)?);
                let table = use_cases.tables.find(&by, entity)?;
                with_draft(&data, &table, |draft| {
                    let is_as_seen = as_seen(revision);
                    let expected = is_as_seen.as_ref().map(|check| check as Precondition<'_, _>);
                    Ok(RecordNode::found(&use_cases.records.change(&by, entity, record, draft, expected)?)?)
                })
            });
            Ok(changed.await?)
        })
        .await
    }

    /// Puts a record into the trash.
    async fn delete_record(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The table.")] entity: ID,
        id: ID,
        #[graphql(desc = "The revision that was seen: a change since then is refused.")] revision: Option<i32>,
    ) -> Answer<bool> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<WriteRecords>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            blocking::run(move || {
                let (entity, record) = (entity_id(&entity)?, record_id(&id)?);
                let is_as_seen = as_seen(revision);
                let expected = is_as_seen.as_ref().map(|check| check as Precondition<'_, _>);
                Ok::<_, Problem>(use_cases.records.delete(&by, entity, record, expected)?)
            })
            .await?;
            Ok(true)
        })
        .await
    }
}
