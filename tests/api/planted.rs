//! Secrets that are looked for: by their halves, so that one cut short is found too, each as it is and encoded.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret by what nobody may read of it.
pub(crate) struct Canary {
    /// What it is, for whoever reads of the leak.
    pub(crate) what: String,
    needles: Vec<String>,
}

/// Bytes as text, a character a byte: what was written in any encoding can be searched as one text.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Bytes as they stand in a URL.
pub(crate) fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// What base64 makes of these bytes wherever they stand in a longer text: the characters that depend on them alone.
fn base64_anywhere(bytes: &[u8]) -> Vec<String> {
    let standing_after = |before: usize| {
        let shifted = [vec![0; before], bytes.to_vec()].concat();
        let encoded = STANDARD_NO_PAD.encode(&shifted);
        let (first, last) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        encoded[first..last].to_owned()
    };
    (0..3).map(standing_after).flat_map(|text| [text.clone(), text.replace('+', "-").replace('/', "_")]).collect()
}

fn encodings(bytes: &[u8]) -> Vec<String> {
    let hexadecimal = hexadecimal(bytes);
    let plain = [latin1(bytes), percent_encoded(bytes), hexadecimal.to_uppercase(), hexadecimal];
    plain.into_iter().chain(base64_anywhere(bytes)).collect()
}

impl Canary {
    /// A secret of at least 16 bytes.
    pub(crate) fn new(what: &str, secret: &[u8]) -> Self {
        assert!(secret.len() >= 16, "{what} is too short to be told from chance");
        let (first, second) = secret.split_at(secret.len() / 2);
        Self { what: what.to_owned(), needles: [encodings(first), encodings(second)].concat() }
    }

    /// The beginning of a private key in its PKCS#8 form (RFC 8410, RFC 5915), up to the secret itself.
    pub(crate) fn private_key(what: &str, beginning: &[u8]) -> Self {
        Self { what: what.to_owned(), needles: encodings(beginning) }
    }

    /// Whether any half of it is in the text, as it is or encoded.
    pub(crate) fn found_in(&self, text: &str) -> bool {
        self.needles.iter().any(|needle| text.contains(needle.as_str()))
    }
}

#[test]
fn a_leaked_secret_is_found_however_it_is_written() {
    const SECRET: &str = "Correcta/Plantada+2291=Ñandú";
    let canary = Canary::new("planted", SECRET.as_bytes());
    let bytes = SECRET.as_bytes();
    for leak in [
        latin1(bytes),
        latin1(&bytes[..bytes.len() - 3]),
        STANDARD.encode(bytes),
        URL_SAFE_NO_PAD.encode(format!("x{SECRET}")),
        STANDARD.encode(format!("somebody:{SECRET}")),
        hexadecimal(bytes),
        hexadecimal(bytes).to_uppercase(),
        percent_encoded(bytes),
    ] {
        assert!(canary.found_in(&format!("before {leak} after")), "{leak}");
    }
    assert!(!canary.found_in(&latin1("Siguiente/Plantada+5530=Ñandú".as_bytes())));
}
