//! Who is on the other end of the connection, proxies considered.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;

use crate::settings::TrustedProxy;

/// The client's address: the peer's, or behind trusted proxies the rightmost hop of `X-Forwarded-For` that is not one of
/// them. What stands further left was written by the client and is never believed.
pub(crate) fn client_address(request: &HttpRequest, trusted: &TrustedProxy) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(if trusted(peer) { forwarded(request.headers(), peer, trusted) } else { peer })
}

fn forwarded(headers: &HeaderMap, peer: IpAddr, trusted: &TrustedProxy) -> IpAddr {
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { return nearest };
        nearest = address.to_canonical();
        if !trusted(nearest) {
            return nearest;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;

    use super::*;

    fn seen(forwarded_for: &str) -> String {
        let trusted: TrustedProxy = Arc::new(|address: IpAddr| address.to_string().starts_with("10."));
        let request = TestRequest::default()
            .peer_addr("10.0.0.1:4000".parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded_for))
            .to_http_request();
        client_address(&request, &trusted).unwrap().to_string()
    }

    #[test]
    fn a_forged_hop_to_the_left_is_not_believed() {
        assert_eq!(seen("1.2.3.4, 203.0.113.9"), "203.0.113.9");
        assert_eq!(seen("1.2.3.4, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
        assert_eq!(seen("not an address"), "10.0.0.1");
    }

    #[test]
    fn forwarded_headers_of_strangers_are_ignored() {
        let trusted: TrustedProxy = Arc::new(|_| false);
        let request = TestRequest::default()
            .peer_addr("203.0.113.9:4000".parse().unwrap())
            .insert_header(("x-forwarded-for", "1.2.3.4"))
            .to_http_request();
        assert_eq!(client_address(&request, &trusted).unwrap().to_string(), "203.0.113.9");
    }
}
