//! Who asks, and from where: what the audit log tells of a request.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::Deref;
use std::sync::Arc;

use crate::access::Actor;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The client's address, proxies considered; `None` for work that no request asked for.
    pub address: Option<IpAddr>,
    /// The id that the log knows the request by.
    pub request_id: Option<String>,
}

impl Origin {
    /// The network that counts as one client: an IPv4 address, or the /64 that a client of IPv6 has to itself
    /// (RFC 6177).
    #[must_use]
    pub fn network(&self) -> Option<IpAddr> {
        self.address.map(network_of)
    }
}

/// The network of an address that counts as one client.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// An actor in one request. Use cases that leave a trace in the audit log take it instead of the [`Actor`].
#[derive(Debug, Clone)]
pub struct Caller {
    actor: Arc<Actor>,
    origin: Origin,
}

impl Caller {
    /// `actor`, asking from `origin`.
    #[must_use]
    pub fn new(actor: Arc<Actor>, origin: Origin) -> Self {
        Self { actor, origin }
    }

    /// The actor, to keep.
    #[must_use]
    pub fn actor(&self) -> Arc<Actor> {
        Arc::clone(&self.actor)
    }

    /// From where.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Deref for Caller {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> String {
        network_of(text.parse().unwrap()).to_string()
    }

    #[test]
    fn a_client_of_ipv6_is_its_whole_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
    }
}
