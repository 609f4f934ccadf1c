//! Quotas on the wire: every request of somebody who is logged in is charged, and where a quota runs low the answer
//! says how much is left.

use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderValue};
use atalaya_application::ports::quotas::{Charge, Charged, Quotas};
use atalaya_domain::access::Actor;
use atalaya_domain::quota::{Quota, RouteGroup};

use crate::http::problem::{Problem, RATE_LIMIT, RATE_LIMIT_POLICY, policy_value, state_value, whole_seconds};

/// The quotas, each with the headers that show it.
pub struct QuotaPolicies {
    quotas: Arc<dyn Quotas>,
    policies: Vec<Policy>,
}

/// The headers of one quota. What does not change of them is written once.
struct Policy {
    quota: Quota,
    header: HeaderValue,
    /// `RateLimit` before the number that is left, and after it.
    state: (Vec<u8>, Vec<u8>),
}

impl Policy {
    fn new(quota: Quota) -> Self {
        /// Stands for the number; it is in no name.
        const NUMBER: char = '#';
        let name = quota.policy_name();
        let policy = policy_value(&name, quota.count.get(), quota.window.duration());
        let state = state_value(&name, NUMBER, whole_seconds(quota.interval()));
        let (before, after) = state.split_once(NUMBER).unwrap_or((&state, ""));
        Self {
            quota,
            header: HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("")),
            state: (before.into(), after.into()),
        }
    }

    /// `RateLimit` with the number that is left: one allocation of just its size, and no formatting.
    fn state(&self, remaining: u32) -> Option<HeaderValue> {
        let mut digits = itoa::Buffer::new();
        let (before, after) = &self.state;
        HeaderValue::try_from([before, digits.format(remaining).as_bytes(), after].concat()).ok()
    }
}

/// How much is left, as headers.
pub(crate) struct Allowance {
    policy: HeaderValue,
    state: HeaderValue,
}

impl Allowance {
    /// Writes the headers, unless the answer shows another limit, which was hit.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        if headers.contains_key(RATE_LIMIT_POLICY) {
            return;
        }
        headers.insert(RATE_LIMIT_POLICY, self.policy);
        headers.insert(RATE_LIMIT, self.state);
    }
}

impl QuotaPolicies {
    /// Prepares the headers of each quota.
    #[must_use]
    pub fn new(quotas: Arc<dyn Quotas>) -> Self {
        let policies = quotas.table().quotas().iter().copied().map(Policy::new).collect();
        Self { quotas, policies }
    }

    /// Charges a request of `actor`. What the quotas answer says whether it may go on.
    pub(crate) fn charge(&self, actor: &Actor, group: RouteGroup) -> Charge {
        self.quotas.charge(actor.user(), actor.company(), group)
    }

    /// The headers of a charge. `None` where enough is left: two more headers on every answer would cost a twentieth
    /// of the cheapest, and nobody needs them before a quota runs low.
    ///
    /// # Errors
    /// [`Problem::OverQuota`].
    pub(crate) fn allowance(&self, charged: Charged) -> Result<Option<Allowance>, Problem> {
        let standing = charged.map_err(Problem::OverQuota)?;
        Ok(standing.and_then(|standing| {
            let policy = self.policies.get(standing.place)?;
            if !policy.quota.runs_low(standing.remaining) {
                return None;
            }
            Some(Allowance { policy: policy.header.clone(), state: policy.state(standing.remaining)? })
        }))
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::quota::QuotaSubject;

    use super::*;

    #[test]
    fn what_is_left_is_written_as_the_draft_spells_it() {
        let written = |list: &str, remaining| {
            let quotas = Quota::parse_list(QuotaSubject::Company, list).unwrap();
            let policy = Policy::new(quotas[0]);
            let state = policy.state(remaining).unwrap();
            [policy.header, state].map(|value| value.to_str().unwrap().to_owned())
        };
        let minute = [r#""company";q=6000;w=60"#, r#""company";r=0;t=1"#];
        assert_eq!(written("all:6000/minute", 0), minute);
        let day = [r#""company-train-day";q=100000000;w=86400"#, r#""company-train-day";r=99999999;t=1"#];
        assert_eq!(written("train:100000000/day", 99_999_999), day);
        let hour = [r#""company-write-hour";q=7;w=3600"#, r#""company-write-hour";r=6;t=515"#];
        assert_eq!(written("write:7/hour", 6), hour);
    }
}
