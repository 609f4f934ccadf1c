//! The `Cookie` header: no bytes break its reading, and only a cookie of exactly our name is ours.

#![no_main]

use atalaya_web::PresentedCookies;
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

/// The name that only a secure page can have set. A browser enforces that for the name as it travels, so whoever reads
/// a name that was encoded, or stands behind odd white space, reads what any page of a neighbouring host can have set.
const NAME: &str = "__Secure-atalaya_refresh";
/// The form that our values have.
const GENUINE: &str = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

fn read(header: &[u8]) -> Option<String> {
    PresentedCookies::parse(header, true).refresh.map(|token| token.expose_secret().to_owned())
}

/// The pairs of a header, read as plainly as can be.
fn pairs(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.split(|byte| *byte == b';').filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        Some((pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()))
    })
}

fuzz_target!(|header: &[u8]| {
    let ours: Vec<_> = pairs(header).filter(|(name, _)| *name == NAME.as_bytes()).map(|(_, value)| value).collect();
    if let Some(value) = read(header) {
        assert!(ours.contains(&value.as_bytes()), "{value:?} was read, and nobody sent it");
    }
    // Whatever else a browser sends along, ours is found.
    if ours.is_empty() {
        let among = [header, b"; ", NAME.as_bytes(), b"=", GENUINE.as_bytes()].concat();
        assert_eq!(read(&among).as_deref(), Some(GENUINE));
    }
});
