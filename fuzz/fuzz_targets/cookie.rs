//! The `Cookie` header: no bytes break its reading, and only a cookie of exactly our name is ours.

#![no_main]

use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;

/// The name that only a secure page can have set. A browser enforces that for the name as it travels, so whoever reads a
/// name that was encoded reads what any page of a neighbouring host can have set.
const NAME: &str = "__Secure-atalaya_refresh";
/// The form that our values have.
const GENUINE: &str = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

/// As the routes read it.
fn read(header: &[u8]) -> Option<String> {
    let request = TestRequest::get().insert_header((COOKIE, HeaderValue::from_bytes(header).ok()?)).to_http_request();
    request.cookie_raw(NAME).map(|cookie| cookie.value().to_owned())
}

/// The pairs of a header, read as plainly as can be. White space of any script around names and values is no part of them,
/// and quotes around a value are not either (RFC 6265, 4.1.1).
fn pairs(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Some((name.trim(), bare.trim()))
    })
}

fuzz_target!(|header: &[u8]| {
    let read_here = read(header);
    let Ok(text) = std::str::from_utf8(header) else {
        assert_eq!(read_here, None, "a header that is no text was read");
        return;
    };
    let ours: Vec<_> = pairs(text).filter(|(name, _)| *name == NAME).map(|(_, value)| value).collect();
    if let Some(value) = read_here {
        assert!(ours.contains(&value.as_str()), "{value:?} was read, and nobody sent it");
    }
    // Whatever else a browser sends along, ours is found.
    if ours.is_empty() && HeaderValue::from_bytes(header).is_ok() {
        let among = format!("{text}; {NAME}={GENUINE}");
        assert_eq!(read(among.as_bytes()).as_deref(), Some(GENUINE));
    }
});
