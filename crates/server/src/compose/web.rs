//! The web layer on the use cases.

use std::sync::Arc;

use atalaya_application::ports::runtime::Probe;
use atalaya_domain::horizon::has_happened;
use atalaya_infrastructure::key_set::StoredKeySet;
use atalaya_infrastructure::runtime::{ClockProbe, DatabaseProbe, DiskProbe, JwtProbe, ThreadRandomness};
use atalaya_infrastructure::settings::{self, Profile, Settings, TokenSigning};
use atalaya_web::{
    AllowedOrigins, AnswerMemory, DemonstrationLogin, Edge, EventStreams, ExportLimits, Exports, GraphqlSchema,
    HttpState, Idempotency, Limits, Operation, Pictures, QuotaPolicies, RequestIds, RouteTable, Services, Telemetry,
    Uploads, WebSettings,
};
use chrono::{DateTime, Utc};

use super::{Core, StartError, VERSION};
use crate::demonstration;

impl Core {
    /// The web layer's view of the use cases, ready to serve: the set of signing keys is as it has to be.
    ///
    /// # Errors
    /// [`StartError`] says what to mend.
    pub fn services(&self, settings: &Settings) -> Result<Services, StartError> {
        self.prepare_keys(settings)?;
        let is_demonstration = settings.profile == Profile::Development;
        let is_demonstration = is_demonstration && demonstration::is_in(self).map_err(StartError::Database)?;
        let web = web_settings(settings, is_demonstration.then(demonstration::login));
        let failed = |error: String| StartError::Fault(error);
        let limits = Limits::new(&web).map_err(|error| failed(error.to_string()))?;
        let telemetry = Telemetry::new().map_err(|error| failed(error.to_string()))?;
        for gauge in self.observed.gauges() {
            telemetry.observe(gauge).map_err(|error| failed(error.to_string()))?;
        }
        let documentation = atalaya_web::documentation(VERSION).map_err(|error| failed(error.to_string()))?;
        let is_open = settings.profile == Profile::Development;
        let graphql = GraphqlSchema::new(is_open)
            .map(|schema| schema.listing(settings.web.graphql_queries.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let route_table = RouteTable::new(documentation.document());
        let ids = RequestIds::new(Arc::new(ThreadRandomness));
        let operation =
            Operation { probes: self.probes(settings)?, clock: Arc::clone(&self.clock), started: self.clock.now() };
        Ok(Services {
            use_cases: Arc::clone(&self.use_cases),
            http: HttpState {
                edge: Arc::new(Edge::new(web, Arc::new(telemetry), ids, Arc::clone(&self.clock))),
                limits: Arc::new(limits),
                quotas: Arc::new(QuotaPolicies::new(Arc::clone(&self.quotas))),
                idempotency: Arc::new(Idempotency::new(self.idempotency.clone())),
                job_streams: Arc::new(EventStreams::of_jobs()),
                table_streams: Arc::new(EventStreams::of_tables()),
                session_streams: Arc::new(EventStreams::of_sessions()),
                graphql_sockets: Arc::new(EventStreams::of_sockets()),
                graphql_subscriptions: Arc::new(EventStreams::of_subscriptions()),
                exports: Arc::new(Exports::new(ExportLimits::of_pool(settings.database.pool_size))),
                uploads: Arc::new(Uploads::default()),
                pictures: Arc::new(Pictures::default()),
                route_table: Arc::new(route_table),
            },
            answers: Arc::new(AnswerMemory::default()),
            operation: Arc::new(operation),
            documentation: Arc::new(documentation),
            graphql: Arc::new(graphql),
        })
    }

    /// Makes the first keys, does what fell due while nothing ran, and opens every key.
    fn prepare_keys(&self, settings: &Settings) -> Result<(), StartError> {
        if matches!(settings.identity.signing, TokenSigning::Hs256(_)) {
            return Ok(());
        }
        self.use_cases.keys.maintain().map_err(StartError::Keys)?;
        let stored = StoredKeySet::new(&self.database, Arc::clone(&self.wrapping));
        self.tokens.follow(Box::new(stored)).map_err(StartError::Keys)
    }

    fn probes(&self, settings: &Settings) -> Result<Vec<Arc<dyn Probe>>, StartError> {
        let database = Arc::clone(&self.database);
        let newest = self.database.newest_time().map_err(StartError::Database)?;
        self.warn_of_times_ahead(newest);
        let mut probes: Vec<Arc<dyn Probe>> = vec![
            Arc::new(DatabaseProbe::new(move || database.ping())),
            Arc::new(JwtProbe::new(self.tokens.clone(), Arc::clone(&self.clock))),
            Arc::new(ClockProbe::new(Arc::clone(&self.clock), newest)),
        ];
        if let Some(directory) = settings.database.directory() {
            probes.push(Arc::new(DiskProbe::new(directory)));
        }
        if let Some(redis) = &self.redis {
            probes.push(redis.clone());
        }
        Ok(probes)
    }

    /// Warns where what is stored was dated by a clock that was ahead of this one.
    fn warn_of_times_ahead(&self, newest: Option<DateTime<Utc>>) {
        let now = self.clock.now();
        if let Some(newest) = newest.filter(|newest| !has_happened(*newest, now)) {
            tracing::warn!(
                event = "times_ahead",
                %newest,
                seconds = (newest - now).num_seconds(),
                "what is stored is dated ahead of the clock: if the clock is wrong, set it; if it was, sessions, locks and leases \
                 from then count as over"
            );
        }
    }
}

/// Who develops a page runs it on this machine, on whatever port its tools choose.
fn allowed_origins(read: &settings::AllowedOrigins, development: bool) -> AllowedOrigins {
    let (listed, anybody_reads) = match read {
        settings::AllowedOrigins::Any => (Vec::new(), true),
        settings::AllowedOrigins::These(origins) => (origins.clone(), false),
    };
    AllowedOrigins { listed, anybody_reads, loopback: development }
}

fn web_settings(settings: &Settings, demonstration_login: Option<DemonstrationLogin>) -> WebSettings {
    let development = settings.profile == Profile::Development;
    let proxies = settings.web.trusted_proxies.clone();
    let tls = settings.listen.tls.is_some();
    let public = settings.web.public_url.as_deref();
    // Browsers keep a secure cookie to themselves on plain HTTP, which only a developer's machine speaks.
    let plain = public.map_or_else(|| settings.listen.address.ip().is_loopback(), |url| url.starts_with("http://"));
    WebSettings {
        environment: if development { "development" } else { "production" },
        version: VERSION,
        detailed_errors: development,
        dashboard: settings.web.dashboard,
        graphiql: development,
        public_origin: settings.web.public_url.clone(),
        allowed_origins: allowed_origins(&settings.web.allowed_origins, development),
        trusted_proxy: Arc::new(move |address| proxies.iter().any(|network| network.contains(&address))),
        rate_limit_per_minute: settings.web.requests_per_minute,
        login_rate_limit_per_minute: settings.web.logins_per_minute,
        public_docs: settings.web.public_docs,
        public_metrics: settings.web.public_metrics,
        tls,
        secure_cookies: tls || !(development && plain),
        demonstration_login,
        xss_protection: settings.web.xss_protection.header_value().to_owned(),
    }
}
