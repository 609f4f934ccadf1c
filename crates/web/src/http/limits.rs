//! Rate limits (throttling) of addresses: at the edge, and of logins. Those of users and companies are quotas.
//!
//! All are GCRA with a burst of one minute's worth, so that a dashboard may load at once.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_governor::governor::clock::{Clock, DefaultClock, QuantaInstant};
use actix_governor::governor::middleware::NoOpMiddleware;
use actix_governor::{GovernorConfig, GovernorConfigBuilder, KeyExtractor};
use actix_web::dev::ServiceRequest;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use atalaya_application::error::AppError;
use atalaya_domain::caller::network_of;
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use crate::http::client_address::client_address;
use crate::http::problem::{Limit, Problem};
use crate::http::settings::{TrustedProxy, WebSettings};
use crate::http::tarpit::Tarpit;

/// An address may do what ten users may: many sit in one office.
const USERS_PER_ADDRESS: u32 = 10;

/// Extracts the client's address for actix-governor.
#[derive(Clone)]
pub(crate) struct ByAddress {
    trusted: TrustedProxy,
    limit: Limit,
}

impl KeyExtractor for ByAddress {
    type Key = IpAddr;
    type KeyExtractionError = Problem;

    fn extract(&self, request: &ServiceRequest) -> Result<IpAddr, Problem> {
        // Without a peer there is no network either: tests, and Unix sockets whose only peer is the proxy.
        let address = client_address(request.request(), &self.trusted);
        Ok(network_of(address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.counted)))
    }

    fn exceed_rate_limit_response(
        &self,
        negative: &NotUntil<QuantaInstant>,
        _response: HttpResponseBuilder,
    ) -> HttpResponse {
        // The middleware drops a response's error on the way; its extensions arrive.
        let problem = limited(negative, self.limit);
        let mut response = problem.error_response();
        response.extensions_mut().insert(problem);
        response
    }
}

fn limited(negative: &NotUntil<QuantaInstant>, limit: Limit) -> Problem {
    Problem::Limited { retry_after: negative.wait_time_from(DefaultClock::default().now()), limit }
}

fn per_minute(count: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))
}

/// The limits of one process.
pub struct Limits {
    edge: GovernorConfig<ByAddress, NoOpMiddleware<QuantaInstant>>,
    logins: DefaultKeyedRateLimiter<IpAddr>,
    login_limit: Limit,
    tarpit: Tarpit,
}

impl Limits {
    /// Limits as the settings say.
    ///
    /// # Errors
    /// A limit of zero.
    pub fn new(settings: &WebSettings) -> Result<Self, ZeroLimit> {
        let per_address = settings.rate_limit_per_minute.saturating_mul(USERS_PER_ADDRESS);
        let extractor = ByAddress {
            trusted: settings.trusted_proxy.clone(),
            limit: Limit { name: "address", per_minute: per_address },
        };
        let edge = GovernorConfigBuilder::default()
            .requests_per_minute(per_address.into())
            .burst_size(per_address)
            .key_extractor(extractor)
            .finish()
            .ok_or(ZeroLimit)?;
        Ok(Self {
            edge,
            logins: RateLimiter::keyed(per_minute(settings.login_rate_limit_per_minute)),
            login_limit: Limit { name: "login", per_minute: settings.login_rate_limit_per_minute },
            tarpit: Tarpit::default(),
        })
    }

    /// What the edge middleware is made from; its counters are shared by every worker.
    pub(crate) fn edge(&self) -> &GovernorConfig<ByAddress, NoOpMiddleware<QuantaInstant>> {
        &self.edge
    }

    /// Counts a login attempt.
    pub(crate) fn check_login(&self, address: IpAddr) -> Result<(), Problem> {
        self.logins.check_key(&network_of(address)).map_err(|negative| limited(&negative, self.login_limit))
    }

    /// Holds back the refusal of a login that cannot be taken now, where the client did not wait as long as
    /// `Retry-After` said.
    pub(crate) async fn slow(&self, network: Option<IpAddr>, problem: &Problem) {
        if let Problem::App(AppError::Unavailable { retry_after, .. }) = problem {
            self.tarpit.refuse(network, *retry_after).await;
        }
    }

    /// Forgets keys that are back at their full allowance; nothing else ever does.
    pub fn clean_up(&self) {
        self.edge.limiter().retain_recent();
        self.logins.retain_recent();
    }

    /// How often [`Self::clean_up`] is worth its cost.
    pub const CLEAN_UP_EVERY: Duration = Duration::from_mins(1);
}

/// A rate limit of zero would refuse everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate limit of zero would refuse everybody")]
pub struct ZeroLimit;
