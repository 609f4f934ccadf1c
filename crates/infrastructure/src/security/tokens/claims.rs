//! The claims as the wire has them.

use atalaya_application::ports::security::AccessClaims;
use atalaya_domain::access::Role;
use atalaya_domain::id::{CompanyId, SessionId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TokenNames;

/// All claims of an access token, every one required (RFC 9068, section 2.2).
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireClaims {
    iss: String,
    aud: String,
    sub: String,
    client_id: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    sid: String,
    ver: i64,
    /// Required, though it may be null: what is missing was not signed as null.
    #[serde(deserialize_with = "Option::deserialize")]
    empresa_id: Option<i64>,
    rol: String,
}

impl WireClaims {
    /// `client_id` is required by the profile; this program has no clients of other names yet issues to nobody else.
    const CLIENT: &str = "atalaya";

    pub(super) fn new(claims: &AccessClaims, names: &TokenNames, id: Uuid) -> Self {
        Self {
            iss: names.issuer.clone(),
            aud: names.audience.clone(),
            sub: claims.username.clone(),
            client_id: Self::CLIENT.to_owned(),
            iat: claims.issued_at.timestamp(),
            nbf: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
            jti: id.to_string(),
            sid: claims.session.get().to_string(),
            ver: claims.user_version,
            empresa_id: claims.company.map(CompanyId::get),
            rol: claims.role.as_str().to_owned(),
        }
    }

    /// What the claims say, if they are of the form that [`Self::new`] gives them.
    pub(super) fn parse(self) -> Option<AccessClaims> {
        let role: Role = self.rol.parse().ok()?;
        let contradictory = (role == Role::Superadmin) != self.empresa_id.is_none();
        if contradictory
            || self.client_id != Self::CLIENT
            || self.nbf != self.iat
            || Uuid::try_parse(&self.jti).is_err()
        {
            return None;
        }
        Some(AccessClaims {
            username: self.sub,
            company: self.empresa_id.map(CompanyId::new),
            role,
            session: SessionId::new(Uuid::try_parse(&self.sid).ok()?),
            user_version: self.ver,
            issued_at: instant(self.iat)?,
            expires_at: instant(self.exp)?,
        })
    }
}

/// A moment that leeway can be added to: four-digit years, so that no arithmetic overflows.
fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).filter(|at| (1970..=9999).contains(&chrono::Datelike::year(at)))
}
