//! Who is on the other end of the connection, proxies considered.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderValue};

use crate::http::settings::TrustedProxy;

/// What is known of where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress {
    /// What limits count the request for: the client, or where a trusted proxy did not say who that is, the proxy.
    pub(crate) counted: IpAddr,
    /// The client; `None` where a trusted proxy did not say.
    pub(crate) client: Option<IpAddr>,
}

/// The client's address: the peer's, or behind trusted proxies the rightmost hop that is not one of them. What stands
/// further left was written by the client and is never believed. `None` where the connection has no address.
///
/// The hops are those of `X-Forwarded-For`, or without it of `Forwarded` (RFC 7239): a proxy that sets the one mostly
/// passes on what the client wrote into the other.
pub(crate) fn client_address(request: &HttpRequest, trusted: &TrustedProxy) -> Option<ClientAddress> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !trusted(peer) {
        return Some(ClientAddress { counted: peer, client: Some(peer) });
    }
    let headers = request.headers();
    let by_custom = followed(lines(headers, X_FORWARDED_FOR), plain_hops, peer, trusted);
    let by_standard = followed(lines(headers, FORWARDED.as_str()), standard_hops, peer, trusted);
    if by_custom.zip(by_standard).is_some_and(|(custom, standard)| custom != standard) {
        warn_of_contradiction(peer);
    }
    let found = by_custom.or(by_standard).unwrap_or(ClientAddress { counted: peer, client: Some(peer) });
    if found.client.is_none() {
        warn_of_unreadable(found.counted);
    }
    Some(found)
}

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The lines of a header, the last first.
fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a HeaderValue> {
    let mut lines: Vec<_> = headers.get_all(name).collect();
    lines.reverse();
    lines
}

/// Follows the hops from the peer towards the client; `None` where there are no lines.
fn followed(
    lines: Vec<&HeaderValue>,
    hops: fn(&[u8]) -> Vec<Hop>,
    peer: IpAddr,
    trusted: &TrustedProxy,
) -> Option<ClientAddress> {
    if lines.is_empty() {
        return None;
    }
    let mut nearest = peer;
    for hop in lines.into_iter().flat_map(|line| hops(line.as_bytes())) {
        // Its author is trusted, and did not say from where it was asked.
        let Hop::Address(address) = hop else { return Some(ClientAddress { counted: nearest, client: None }) };
        nearest = address;
        if !trusted(nearest) {
            break;
        }
    }
    Some(ClientAddress { counted: nearest, client: Some(nearest) })
}

/// One entry of a list of hops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hop {
    /// An address.
    Address(IpAddr),
    /// `unknown`, a name, nothing, or what cannot be read.
    Unreadable,
}

impl Hop {
    /// Reads a node (RFC 7239, 6): an address, with or without a port, quotes, and brackets around one of IPv6.
    fn parse(node: &[u8]) -> Self {
        let node = node.trim_ascii();
        let bare = node.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(node);
        let text = std::str::from_utf8(bare).unwrap_or_default();
        // A port may be hidden: then it begins with a low line.
        let text = text.rsplit_once(":_").map_or(text, |(address, _)| address);
        let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
        let address = text.parse::<IpAddr>().ok().or_else(bracketed);
        let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
        address.map_or(Self::Unreadable, |address| Self::Address(address.to_canonical()))
    }
}

/// The hops of a line of `X-Forwarded-For`, the last first.
fn plain_hops(line: &[u8]) -> Vec<Hop> {
    line.rsplit(|byte| *byte == b',').map(Hop::parse).collect()
}

/// The hops of a line of `Forwarded`, the last first: of each element what `for` says, once.
fn standard_hops(line: &[u8]) -> Vec<Hop> {
    let hop = |element: &[u8]| {
        let pairs = split_from_the_end(element, b';');
        let mut nodes = pairs.into_iter().filter_map(|pair| {
            let place = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = pair.split_at(place);
            name.trim_ascii().eq_ignore_ascii_case(b"for").then(|| value.split_at(1).1)
        });
        match (nodes.next(), nodes.next()) {
            (Some(node), None) => Hop::parse(node),
            _ => Hop::Unreadable,
        }
    };
    split_from_the_end(line, b',').into_iter().map(hop).collect()
}

/// The parts of a text between separators that do not stand within quotes, the last first. It is read from its end,
/// because that is what a trusted proxy wrote: a quote that a client began and did not end reaches no further right
/// than the client's own part.
fn split_from_the_end(text: &[u8], separator: u8) -> Vec<&[u8]> {
    let (mut parts, mut rest, mut quoted) = (Vec::new(), text, false);
    for place in (0..text.len()).rev() {
        let (before, from_here) = text.split_at(place);
        match from_here.first() {
            Some(b'"') => {
                let escapes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
                quoted ^= escapes % 2 == 0;
            }
            Some(byte) if *byte == separator && !quoted => {
                parts.push(rest.split_at(place + 1).1);
                rest = before;
            }
            _ => {}
        }
    }
    parts.push(rest);
    parts
}

/// Once for each process: else a client could fill the log.
fn warn_of_unreadable(proxy: IpAddr) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            event = "forwarded_unreadable",
            %proxy,
            "a trusted proxy does not say for whom it asks: X-Forwarded-For or Forwarded has something else than an address \
             there; such requests share the limits of the proxy's address"
        );
    });
}

/// Once for each process.
fn warn_of_contradiction(proxy: IpAddr) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            event = "forwarded_twice",
            %proxy,
            "X-Forwarded-For and Forwarded of a trusted proxy name different clients; X-Forwarded-For counts; let the proxy \
             remove the header that it does not set"
        );
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    /// What is seen behind the trusted network 10.0.0.0/8.
    fn behind_proxy(headers: &[(&str, &str)]) -> ClientAddress {
        let trusted: TrustedProxy = Arc::new(|address: IpAddr| address.to_string().starts_with("10."));
        let mut request = TestRequest::default().peer_addr("10.0.0.1:4000".parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        client_address(&request.to_http_request(), &trusted).unwrap()
    }

    /// The client as it is seen, or `counted as` and what limits count.
    fn seen_by(name: &str, value: &str) -> String {
        let ClientAddress { counted, client } = behind_proxy(&[(name, value)]);
        client.map_or_else(|| format!("counted as {counted}"), |client| client.to_string())
    }

    fn seen(forwarded_for: &str) -> String {
        seen_by("x-forwarded-for", forwarded_for)
    }

    fn seen_standard(forwarded: &str) -> String {
        seen_by("forwarded", forwarded)
    }

    #[test]
    fn a_forged_hop_to_the_left_is_not_believed() {
        assert_eq!(seen("1.2.3.4, 203.0.113.9"), "203.0.113.9");
        assert_eq!(seen("1.2.3.4, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
        assert_eq!(seen_standard("for=1.2.3.4, for=203.0.113.9;by=10.0.0.2, for=10.0.0.2"), "203.0.113.9");
        // Nor does an unended quote of the client's reach what the proxy adds.
        assert_eq!(seen_standard("for=\"1.2.3.4, for=203.0.113.9"), "203.0.113.9");
        assert_eq!(seen_standard("for=\"\\, for=\"[2001:db8::1]:47011\";proto=https"), "2001:db8::1");
    }

    #[test]
    fn addresses_are_read_with_ports_quotes_and_brackets() {
        for (hop, address) in [
            ("203.0.113.2:51008", "203.0.113.2"),
            ("[2001:db8::1]:47011", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("\"203.0.113.2\"", "203.0.113.2"),
            ("\"[2001:db8::1]:47011\"", "2001:db8::1"),
            ("\t203.0.113.2:1 ", "203.0.113.2"),
            ("::ffff:203.0.113.2", "203.0.113.2"),
            ("[::ffff:203.0.113.2]:80", "203.0.113.2"),
            ("203.0.113.2:_hidden", "203.0.113.2"),
        ] {
            assert_eq!(seen(&format!("1.2.3.4, {hop}")), address, "{hop}");
            assert_eq!(seen(&format!("1.2.3.4, {hop}, 10.0.0.2:80")), address, "{hop}");
            assert_eq!(seen_standard(&format!("for=1.2.3.4, proto=https; For={hop} ;host=a")), address, "{hop}");
        }
    }

    #[test]
    fn behind_an_unreadable_hop_the_proxy_is_counted_and_no_client_is_known() {
        for hop in ["unknown", "", "_gazonk", "203.0.113.2:99999", "[203.0.113.2]", "203.0.113", "unix:", "[::1", "\""]
        {
            assert_eq!(seen(&format!("1.2.3.4, {hop}")), "counted as 10.0.0.1", "{hop}");
            assert_eq!(seen(&format!("1.2.3.4, {hop},10.0.0.2")), "counted as 10.0.0.2", "{hop}");
        }
        for element in ["for=unknown", "", "proto=https", "for=1.2.3.4;for=203.0.113.2", "for", "\"for=1.2.3.4\""] {
            assert_eq!(seen_standard(&format!("for=1.2.3.4, {element}")), "counted as 10.0.0.1", "{element}");
        }
    }

    #[test]
    fn without_a_header_or_behind_nobody_but_proxies_the_furthest_proxy_is_the_client() {
        assert_eq!(behind_proxy(&[]).client.unwrap().to_string(), "10.0.0.1");
        assert_eq!(seen("10.0.0.3:80, 10.0.0.2"), "10.0.0.3");
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = |first, last| behind_proxy(&[("x-forwarded-for", first), ("x-forwarded-for", last)]);
        assert_eq!(lines("1.2.3.4", "203.0.113.9").client.unwrap().to_string(), "203.0.113.9");
        assert_eq!(lines("1.2.3.4, 203.0.113.9", "10.0.0.2").client.unwrap().to_string(), "203.0.113.9");
    }

    #[test]
    fn of_both_headers_the_custom_one_counts() {
        let both = |custom, standard| behind_proxy(&[("forwarded", standard), ("x-forwarded-for", custom)]);
        assert_eq!(both("203.0.113.9", "for=1.2.3.4").client.unwrap().to_string(), "203.0.113.9");
        assert_eq!(both("unknown", "for=1.2.3.4").client, None);
    }

    #[test]
    fn forwarded_headers_of_strangers_are_ignored() {
        let trusted: TrustedProxy = Arc::new(|_| false);
        let request = TestRequest::default()
            .peer_addr("203.0.113.9:4000".parse().unwrap())
            .insert_header(("x-forwarded-for", "1.2.3.4"))
            .insert_header(("forwarded", "for=1.2.3.4"))
            .to_http_request();
        let seen = client_address(&request, &trusted).unwrap();
        assert_eq!(seen.client.unwrap().to_string(), "203.0.113.9");
    }

    /// An address and a way to write it.
    fn written_hop() -> impl Strategy<Value = (IpAddr, String)> {
        (any::<IpAddr>(), 0..4_u8, any::<u16>(), any::<bool>()).prop_map(|(address, form, port, quoted)| {
            let text = match form {
                0 => address.to_string(),
                1 => SocketAddr::new(address, port).to_string(),
                _ if address.is_ipv6() => format!("[{address}]"),
                _ => format!("{address}:_port"),
            };
            (address.to_canonical(), if quoted { format!("\"{text}\"") } else { text })
        })
    }

    proptest! {
        #[test]
        fn whatever_a_client_writes_the_hop_that_its_proxy_adds_is_read(
            forged in "[ -~]{0,40}",
            (address, hop) in written_hop(),
        ) {
            prop_assert_eq!(plain_hops(format!("{forged}, {hop}").as_bytes())[0], Hop::Address(address));
            let standard = format!("{forged}, by=10.0.0.1;for={hop};ext=\"a,b;for=1.2.3.4\"");
            prop_assert_eq!(standard_hops(standard.as_bytes())[0], Hop::Address(address));
        }

        #[test]
        fn any_bytes_are_hops_in_their_order(line in proptest::collection::vec(any::<u8>(), 0..60)) {
            let hops = line.split(|byte| *byte == b',').count();
            prop_assert_eq!(plain_hops(&line).len(), hops);
            prop_assert!((1..=hops).contains(&standard_hops(&line).len()));
            let parts = split_from_the_end(&line, b',');
            let joined = parts.iter().rev().copied().collect::<Vec<_>>().join(&b',');
            prop_assert_eq!(joined, line);
        }
    }
}
