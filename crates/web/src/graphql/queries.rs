//! What can be read.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use atalaya_application::page::Creation;
use atalaya_application::ports::audit::AuditFilter;
use atalaya_application::ports::jobs::JobFilter;
use atalaya_application::ports::repositories::AccountSummary;
use atalaya_application::tables::Expand;
use atalaya_domain::audit::{AuditAction, AuditOutcome, AuditTarget};
use atalaya_domain::company::Company;
use atalaya_domain::job::JobState;
use atalaya_domain::mandate::{ManageUsers, OwnSession, ReadAccounts, ReadAudit, ReadRecords};
use atalaya_domain::tables::{Keys, Table, View};
use atalaya_domain::user::{Member, Username};
use atalaya_texts as texts;

use crate::api::jobs::{FollowJobs, job_id};
use crate::api::parse::{Rules, known_word, span};
use crate::graphql::accounts::AccountNode;
use crate::graphql::jobs::{JobNode, StateWord};
use crate::graphql::pages::{Pages, connection, page};
use crate::graphql::people::{AuditNode, UserNode};
use crate::graphql::query_context::{QueryContext, named_company};
use crate::graphql::refusal::{Answer, answer};
use crate::graphql::sessions::Me;
use crate::graphql::tables::{EntityNode, Json, Records, Wish, entity_id, part};
use crate::http::blocking;
use crate::http::problem::Problem;

/// The root of queries.
pub(crate) struct Query;

/// What can be read. Each field needs what the operation of the REST API needs that gives the same.
#[Object]
impl Query {
    /// Who is logged in.
    async fn me(&self, context: &Context<'_>) -> Answer<Me> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let actor = query_context.permitted::<OwnSession>().await?.actor();
            let use_cases = Arc::clone(&query_context.use_cases);
            Ok(blocking::call(move || use_cases.sessions.profile(&actor)).await?.into())
        })
        .await
    }

    /// A greeting that only somebody who is logged in reads: to try a token out.
    async fn secure_data(&self, context: &Context<'_>) -> Answer<String> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let actor = query_context.permitted::<OwnSession>().await?.actor();
            let params = [("user", actor.username().as_str().to_owned())];
            Ok(texts::message(query_context.language, "secure_data", &params))
        })
        .await
    }

    /// The accounts of the company that one sees, by handle.
    async fn accounts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
        #[graphql(desc = "The company, for superadmins.")] company: Option<ID>,
    ) -> Answer<Pages<AccountNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let granted = query_context.permitted::<ReadAccounts>().await?;
            let scope = granted.mandate_in(named_company(company.as_ref())?)?.scope();
            let request = page(first, after.as_deref())?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let found = if let Some(known) = use_cases.accounts.recall_list(&scope, &request) {
                known
            } else {
                let asked = request.clone();
                blocking::call(move || use_cases.accounts.list_to_recall(&scope, &asked)).await?
            };
            let handle = |summary: &AccountSummary| summary.account.handle.clone();
            let node = |summary: AccountSummary| AccountNode::from(summary.account);
            Ok(connection(Arc::unwrap_or_clone(found), &request, handle, node))
        })
        .await
    }

    /// One account.
    async fn account(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its handle.")] handle: String,
        #[graphql(desc = "The company, for superadmins.")] company: Option<ID>,
    ) -> Answer<AccountNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let granted = query_context.permitted::<ReadAccounts>().await?;
            let by = granted.mandate_in(named_company(company.as_ref())?)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let owned = blocking::call(move || use_cases.accounts.open(&by, &handle)).await?;
            Ok(owned.account().clone().into())
        })
        .await
    }

    /// The users of the company, by creation.
    async fn users(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
        #[graphql(desc = "The company, for superadmins.")] company: Option<ID>,
    ) -> Answer<Pages<UserNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let granted = query_context.permitted::<ManageUsers>().await?;
            let by = granted.mandate_in(named_company(company.as_ref())?)?;
            let request = page(first, after.as_deref())?;
            let (use_cases, asked) = (Arc::clone(&query_context.use_cases), request.clone());
            let found = blocking::call(move || use_cases.users.list(&by, &asked)).await?;
            let key = |member: &Member| Creation { at: member.user.created_at, id: member.user.id };
            Ok(connection(found, &request, key, UserNode::from))
        })
        .await
    }

    /// The audit log of the company, newest first; of the platform, where a superadmin names no company.
    #[expect(clippy::too_many_arguments, reason = "each narrows the list in a way of its own")]
    async fn audit(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
        #[graphql(desc = "Not before this date or time.")] from: Option<String>,
        #[graphql(desc = "Not after this date or time; a date is included whole.")] to: Option<String>,
        #[graphql(desc = "What was done, such as `login`.")] action: Option<String>,
        #[graphql(desc = "By whom.")] actor: Option<String>,
        #[graphql(desc = "`success`, `failure` or `denied`.")] outcome: Option<String>,
        #[graphql(desc = "To what, the whole text.")] target: Option<String>,
        #[graphql(desc = "The company, for superadmins.")] company: Option<ID>,
    ) -> Answer<Pages<AuditNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<ReadAudit>().await?.authorized()?;
            let company = named_company(company.as_ref())?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let chain = blocking::call(move || use_cases.audit.open(&by, company)).await?;
            let request = page(first, after.as_deref())?;
            let mut rules = Rules::default();
            let span = rules.take_all(span(from.as_deref(), to.as_deref(), chain.time_zone()));
            let actions = AuditAction::ALL.iter().map(|action| action.as_str());
            let action = action.and_then(|word| rules.take(known_word("action", &word, actions)));
            let outcomes = AuditOutcome::ALL.iter().map(|outcome| outcome.as_str());
            let outcome = outcome.and_then(|word| rules.take(known_word("outcome", &word, outcomes)));
            let actor = rules.optional("actor", actor.as_deref(), Username::parse).flatten();
            let target = rules.optional("target", target.as_deref(), AuditTarget::parse).flatten();
            let filter = rules.finish(span.map(|span| AuditFilter { span, action, actor, outcome, target }))?;
            let (use_cases, asked) = (Arc::clone(&query_context.use_cases), request.clone());
            let found = blocking::call(move || use_cases.audit.list(&chain, &filter, &asked)).await?;
            Ok(connection(found, &request, |entry| entry.seq, AuditNode::from))
        })
        .await
    }

    /// The company's jobs, newest first; with `parent`, the jobs that one is made of.
    async fn jobs(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
        #[graphql(desc = "Only jobs in this state.")] state: Option<StateWord>,
        #[graphql(desc = "Only parts of this job.")] parent: Option<ID>,
    ) -> Answer<Pages<JobNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<FollowJobs>().await?.mandate_in(None)?;
            let parent = parent.map(|parent| job_id(&parent)).transpose()?;
            let request = page(first, after.as_deref())?;
            let filter = JobFilter { parent, state: state.map(JobState::from) };
            let (use_cases, asked) = (Arc::clone(&query_context.use_cases), request.clone());
            let found = blocking::call(move || {
                if let Some(parent) = filter.parent {
                    use_cases.jobs.find(&by, parent)?;
                }
                use_cases.jobs.page(&by, &filter, &asked)
            });
            let found = found.await?;
            Ok(connection(found, &request, |job| job.id, |job| JobNode::of(&job, query_context.language)))
        })
        .await
    }

    /// One job.
    async fn job(&self, context: &Context<'_>, id: ID) -> Answer<JobNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<FollowJobs>().await?.mandate_in(None)?;
            let id = job_id(&id)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let job = blocking::call(move || use_cases.jobs.find(&by, id)).await?;
            Ok(JobNode::of(&job, query_context.language))
        })
        .await
    }

    /// The company's own tables with their fields, the newest first.
    async fn entities(&self, context: &Context<'_>) -> Answer<Vec<EntityNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<ReadRecords>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let tables = blocking::call(move || use_cases.tables.schema(&by)).await?;
            Ok(tables.iter().map(EntityNode::from).collect())
        })
        .await
    }

    /// Records of a table.
    #[expect(clippy::too_many_arguments, reason = "each says something else of the list")]
    async fn records(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The table.")] entity: ID,
        #[graphql(desc = "Which, as `POST …/records:query` takes it; all unless told.")] filter: Option<Json>,
        #[graphql(desc = "Words that texts of the record have.")] search: Option<String>,
        #[graphql(desc = "Fields in the order in which they sort, `-` in front for the largest first.", default)]
        sort: Vec<String>,
        #[graphql(desc = "Items on a page, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "`pageInfo.endCursor` of the page before, with the same `sort`.")] after: Option<String>,
    ) -> Answer<Records> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.permitted::<ReadRecords>().await?.mandate_in(None)?;
            let use_cases = Arc::clone(&query_context.use_cases);
            let page = blocking::run(move || {
                let id = entity_id(&entity)?;
                use_cases.tables.find(&by, id)?;
                let part = part(first, after.as_deref())?;
                let wish = Wish { filter, search, sort };
                let asked = |table: &Table, company: &Company, _: Option<&View>| wish.selection(table, company);
                let none = Expand { keys: Keys::Names, paths: Vec::new() };
                let list = use_cases.records.list(&by, id, None, &asked, &part, &none)?;
                Ok::<_, Problem>(Records::of(&list, &part)?)
            });
            Ok(page.await?)
        })
        .await
    }
}
