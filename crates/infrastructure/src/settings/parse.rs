//! From a variable's text to its value. Errors never repeat the text.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::AllowedOrigins;
use super::problem::Problem;
use crate::redis;

pub(super) type Parsed<T> = Result<T, Problem>;

/// A whole number within `range`.
pub(super) fn number<T>(range: RangeInclusive<T>) -> impl FnOnce(&str) -> Parsed<T>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(Problem::new("not_a_number").with("min", range.start()).with("max", range.end())),
    }
}

/// One of some words.
pub(super) fn word<T: Copy>(words: &[(&str, T)]) -> impl FnOnce(&str) -> Parsed<T> {
    move |text| {
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            Problem::new("unknown_word").with("known", known.join(", "))
        })
    }
}

pub(super) fn truth(text: &str) -> Parsed<bool> {
    word(&[("true", true), ("false", false)])(text)
}

pub(super) fn socket_address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| Problem::new("not_an_address"))
}

/// The items of a list, by commas.
fn items(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).zip(1..).map(|(item, number)| (number, item))
}

/// Addresses and networks (RFC 4632), an address being the network of itself alone.
pub(super) fn networks(text: &str) -> Parsed<Vec<IpNet>> {
    items(text)
        .map(|(number, item)| {
            let address = item.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| item.parse::<IpNet>()).map_err(|_| Problem::new("not_a_network").with("place", number))
        })
        .collect()
}

/// Origins as browsers send them (RFC 6454): scheme, host and, unless it is the scheme's own, port.
pub(super) fn origins(text: &str) -> Parsed<AllowedOrigins> {
    if text == "*" {
        return Ok(AllowedOrigins::Any);
    }
    let origin = |(number, item): (usize, &str)| {
        let lower = item.to_ascii_lowercase();
        if is_origin(&lower) { Ok(lower) } else { Err(Problem::new("not_an_origin").with("place", number)) }
    };
    items(text).map(origin).collect::<Parsed<_>>().map(AllowedOrigins::These)
}

/// SHA-256 of several things, each in 64 hexadecimal digits.
pub(super) fn hashes(text: &str) -> Parsed<HashSet<[u8; 32]>> {
    let hash = |(number, item): (usize, &str)| {
        let digits: Option<Vec<u8>> = item
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+')))
            .map(|pair| pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        let hash = digits.and_then(|digits| <[u8; 32]>::try_from(digits).ok());
        hash.ok_or_else(|| Problem::new("not_a_hash").with("place", number))
    };
    items(text).map(hash).collect()
}

/// The address at which browsers find this server: an origin, with or without the slash of its path.
pub(super) fn public_url(text: &str) -> Parsed<String> {
    let lower = text.to_ascii_lowercase();
    let origin = lower.strip_suffix('/').unwrap_or(&lower);
    if is_origin(origin) { Ok(origin.to_owned()) } else { Err(Problem::new("not_a_public_url")) }
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let begins_well = authority.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    begins_well && authority.chars().all(allowed) && !authority.ends_with(default_port)
}

/// Whether an origin that [`origins`] or [`public_url`] took is of the reader's own machine.
pub(super) fn is_loopback_origin(origin: &str) -> bool {
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `sqlite://PATH` or an address of PostgreSQL.
pub(super) fn database_url(text: &str) -> Parsed<String> {
    match text.split_once("://") {
        Some(("sqlite", "" | ":memory:")) => Err(Problem::new("sqlite_without_file")),
        Some(("sqlite", _)) => Ok(text.to_owned()),
        Some(("postgres" | "postgresql", _)) => postgres_url(text),
        _ => Err(Problem::new("not_a_database_url")),
    }
}

/// An address of PostgreSQL. What its library cannot read it would repeat in a message, and that may be a password; so
/// it is read here first.
pub(super) fn postgres_url(text: &str) -> Parsed<String> {
    let Some(("postgres" | "postgresql", rest)) = text.split_once("://") else {
        return Err(Problem::new("not_a_postgres_url"));
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    if is_escaped(rest) && !login.contains('@') && hosts.split(',').all(has_a_numeric_port) {
        Ok(text.to_owned())
    } else {
        Err(Problem::new("unreadable_url"))
    }
}

/// Whether every `%` is followed by the two hexadecimal digits of a byte that is not zero.
fn is_escaped(text: &str) -> bool {
    let is_byte = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && digits != "00";
    text.split('%').skip(1).all(|part| part.get(..2).is_some_and(is_byte))
}

/// Whether a host names no port, or one that is a number. An address of IPv6 stands in brackets.
fn has_a_numeric_port(host: &str) -> bool {
    let after_host = host.rsplit_once(']').map_or(host, |(_, port)| port);
    after_host.split_once(':').is_none_or(|(_, port)| port.is_empty() || port.parse::<u16>().is_ok())
}

/// An address of Redis.
pub(super) fn redis_url(text: &str) -> Parsed<String> {
    redis::parse_url(text).map(|_| text.to_owned()).map_err(|_| Problem::new("not_a_redis_url"))
}

/// A name of a token's issuer or audience.
pub(super) fn token_name(text: &str) -> Parsed<String> {
    if text.chars().count() <= 200 && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Problem::new("not_a_token_name"))
    }
}
