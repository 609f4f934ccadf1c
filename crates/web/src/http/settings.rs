//! What an operator sets for the web layer, and where it runs.

use std::net::IpAddr;
use std::sync::Arc;

use crate::http::origins::AllowedOrigins;

/// Decides whether an address is a proxy whose forwarded headers may be believed.
pub type TrustedProxy = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// A user of the demonstration data, whose password is published.
#[derive(Debug, Clone, Copy, Default)]
pub struct DemonstrationLogin {
    /// The username.
    pub username: &'static str,
    /// The password.
    pub password: &'static str,
}

/// What an operator sets for the web layer, and where it runs.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own that an operator turns on or off")]
pub struct WebSettings {
    /// `development` or `production`, as `/metrics` reports it.
    pub environment: &'static str,
    /// The program's version, as `/metrics` reports it.
    pub version: &'static str,
    /// Whether 5xx details may carry the chain of causes.
    pub detailed_errors: bool,
    /// Whether the dashboard answers under `/app/`.
    pub dashboard: bool,
    /// Whether GraphiQL answers under `/graphiql`: where the program is developed.
    pub graphiql: bool,
    /// The origin at which browsers find this server, where an operator named it.
    pub public_origin: Option<String>,
    /// Pages that may call from a browser.
    pub allowed_origins: AllowedOrigins,
    /// Which proxies are believed.
    pub trusted_proxy: TrustedProxy,
    /// Requests a minute for one user; an address gets ten times that.
    pub rate_limit_per_minute: u32,
    /// Login attempts a minute from one address.
    pub login_rate_limit_per_minute: u32,
    /// Whether `/docs` and the OpenAPI document are public.
    pub public_docs: bool,
    /// Whether `/metrics` is public.
    pub public_metrics: bool,
    /// Whether this server terminates TLS itself: cookies are `Secure` and answers carry HSTS.
    pub tls: bool,
    /// Whether cookies are `Secure` though TLS ends at a proxy: always, but on plain-HTTP localhost in development.
    pub secure_cookies: bool,
    /// Whom the pages for developers offer to log in as, where there is demonstration data.
    pub demonstration_login: Option<DemonstrationLogin>,
    /// The value of `X-XSS-Protection`.
    pub xss_protection: String,
}
