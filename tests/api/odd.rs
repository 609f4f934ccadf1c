//! Texts that have broken programs: the suites of bad and of hostile input share them.

use serde_json::{Value, json};

/// Times at the ends of what types hold, and times that are none.
pub(crate) const TIMES: [&str; 12] = [
    "+262142-12-31 23:59:59.999999999",
    "-262143-01-01 00:00:00",
    "+262142-12-31T23:59",
    "9999-12-31",
    "9999-12-31T23:59:59.999999999Z",
    "0000-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+99:99",
    "-9223372036854775808",
    "2026-03-29 02:30:00",
];

/// Numbers at the ends of their types, and what only looks like a number.
pub(crate) const NUMBERS: [&str; 12] = [
    "-1",
    "0",
    "2147483648",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "340282366920938463463374607431768211456",
    "1e3",
    "NaN",
    "0x1",
    "٣",
];

/// Control characters in a name. PostgreSQL stores no NUL.
pub(crate) const CONTROLS: [&str; 7] = ["\u{0}", "\n", "\r\n", "\t", "\u{1b}[31m", "\u{7f}", "\u{85}"];

/// Texts that a database would run if they were not parameters.
pub(crate) const SQL: [&str; 6] = [
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    "\" UNION SELECT * FROM users --",
    "1); DELETE FROM observations",
    "%_\\",
    "$1",
];

/// Characters that nobody sees, that turn a text around, that stand for nothing, or that have several forms.
pub(crate) const UNICODE: [&str; 14] = [
    "a\u{200b}b",
    "a\u{ad}b",
    "\u{202e}lave",
    "\u{2066}a\u{2069}",
    "\u{feff}a",
    "a\u{a0}b",
    "\u{2028}",
    "\u{fffe}\u{ffff}",
    "\u{10ffff}",
    "\u{e000}",
    "e\u{301}\u{301}\u{301}\u{301}",
    "İıſßﬁ",
    "𝒶𝒷𝒸 💩",
    "ＳＣＲＩＰＴ",
];

/// What other readers take for something else.
pub(crate) const OTHERS: [&str; 12] = [
    "",
    " ",
    " a ",
    "null",
    "true",
    "*",
    ".",
    "..",
    "../../etc/passwd",
    "@@a",
    "{\"$ne\":null}",
    "<script>${jndi:x}%s%n</script>",
];

/// Every text above, and some that are long.
pub(crate) fn texts() -> Vec<String> {
    let known = [&TIMES[..], &NUMBERS, &CONTROLS, &SQL, &UNICODE, &OTHERS].concat();
    let mut texts: Vec<String> = known.into_iter().map(str::to_owned).collect();
    texts.extend(CONTROLS.map(|control| format!("ana{control}perez")));
    texts.extend(["a".repeat(300), "ñ".repeat(250), "💩".repeat(2_000)]);
    texts
}

/// Pieces of a URL that are no text, or are one in another way.
pub(crate) const ENCODED: [&str; 12] =
    ["%FF", "%C3%28", "%ED%A0%80", "%00", "%", "%zz", "%u0000", "%2e%2e", "..%2f..%2f", "a%2Fb", "+", "a;b=c"];

/// JSON that is no text.
pub(crate) fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e308),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!([[null]]),
        json!({"\u{0}": "\u{0}"}),
    ]
}

/// A text as a piece of a URL: every byte that could mean something is encoded.
pub(crate) fn encoded(text: &str) -> String {
    let piece = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(piece).collect()
}
