//! Values of `JSON` fields.

use std::fmt;
use std::fmt::Write as _;

/// A JSON value (RFC 8259), without the blanks between its parts and otherwise as it was written: numbers keep their
/// digits and members their order. `null` by itself is none: a record without a value has nothing to keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json(String);

/// Why a text is no value of a `JSON` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJson {
    /// It is not JSON, or only `null`. A number that no binary fraction can hold (`1e999`) and half a surrogate pair
    /// are refused too: clients in other languages could not read them.
    #[error("is not JSON")]
    Form,
    /// More characters than are kept.
    #[error("is longer than {} characters", Json::MAX_CHARS)]
    TooLong,
    /// Lists and objects lie deeper in one another than is kept.
    #[error("is deeper than {} levels", Json::MAX_DEPTH)]
    TooDeep,
}

impl Json {
    /// The most characters, without the blanks between parts.
    pub const MAX_CHARS: u32 = 10_000;
    /// How deep lists and objects may lie in one another.
    pub const MAX_DEPTH: u32 = 32;

    /// # Errors
    /// [`InvalidJson`].
    pub fn parse(text: &str) -> Result<Self, InvalidJson> {
        let mut scan = Scan { rest: text, kept: String::new() };
        scan.value(0)?;
        scan.skip_blanks();
        if !scan.rest.is_empty() || scan.kept == "null" {
            return Err(InvalidJson::Form);
        }
        Self::short(scan.kept)
    }

    /// A text as a JSON value.
    ///
    /// # Errors
    /// [`InvalidJson::TooLong`].
    pub fn of_text(text: &str) -> Result<Self, InvalidJson> {
        let mut kept = String::with_capacity(text.len() + 2);
        kept.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => kept.extend(['\\', character]),
                // Writing to a string does not fail.
                '\0'..' ' => drop(write!(kept, "\\u{:04x}", u32::from(character))),
                _ => kept.push(character),
            }
        }
        kept.push('"');
        Self::short(kept)
    }

    /// What the store holds. It was accepted by the rules of its time.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The value, as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn short(kept: String) -> Result<Self, InvalidJson> {
        let is_long = kept.chars().nth(usize::try_from(Self::MAX_CHARS).unwrap_or(usize::MAX)).is_some();
        if is_long { Err(InvalidJson::TooLong) } else { Ok(Self(kept)) }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

type Scanned = Result<(), InvalidJson>;

/// Reads a text by the grammar, and keeps everything but blanks.
struct Scan<'t> {
    rest: &'t str,
    kept: String,
}

impl Scan<'_> {
    /// A value that lies in so many lists and objects.
    fn value(&mut self, depth: u32) -> Scanned {
        self.skip_blanks();
        match self.rest.bytes().next() {
            Some(b'{') => self.list('}', depth, Self::member),
            Some(b'[') => self.list(']', depth, Self::value),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => ["true", "false", "null"].into_iter().find_map(|word| self.take(word).ok()).ok_or(InvalidJson::Form),
        }
    }

    /// What stands between two brackets.
    fn list(&mut self, close: char, depth: u32, item: fn(&mut Self, u32) -> Scanned) -> Scanned {
        if depth == Json::MAX_DEPTH {
            return Err(InvalidJson::TooDeep);
        }
        self.keep(1);
        self.skip_blanks();
        if self.rest.starts_with(close) {
            self.keep(1);
            return Ok(());
        }
        loop {
            item(self, depth + 1)?;
            self.skip_blanks();
            if self.rest.starts_with(close) {
                self.keep(1);
                return Ok(());
            }
            self.take(",")?;
        }
    }

    fn member(&mut self, depth: u32) -> Scanned {
        self.skip_blanks();
        self.string()?;
        self.skip_blanks();
        self.take(":")?;
        self.value(depth)
    }

    fn string(&mut self) -> Scanned {
        self.take("\"")?;
        loop {
            let plain = self.rest.find(|character: char| matches!(character, '"' | '\\' | '\0'..' '));
            self.keep(plain.ok_or(InvalidJson::Form)?);
            if self.take("\"").is_ok() {
                return Ok(());
            }
            self.escape()?;
        }
    }

    fn escape(&mut self) -> Scanned {
        self.take("\\")?;
        match self.rest.bytes().next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.keep(1);
                Ok(())
            }
            Some(b'u') => match self.unit()? {
                0xD800..=0xDBFF => {
                    self.take("\\")?;
                    if matches!(self.unit()?, 0xDC00..=0xDFFF) { Ok(()) } else { Err(InvalidJson::Form) }
                }
                0xDC00..=0xDFFF => Err(InvalidJson::Form),
                _ => Ok(()),
            },
            _ => Err(InvalidJson::Form),
        }
    }

    /// A unit of UTF-16, as `u` and four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, InvalidJson> {
        self.take("u")?;
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(InvalidJson::Form)?;
        self.keep(4);
        Ok(unit)
    }

    fn number(&mut self) -> Scanned {
        let end = self.rest.find(|character: char| !matches!(character, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        let (number, _) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let unsigned = number.strip_prefix('-').unwrap_or(number);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = are_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        let is_number =
            is_plain && are_digits(decimals) && are_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        if !is_number || !number.parse().is_ok_and(f64::is_finite) {
            return Err(InvalidJson::Form);
        }
        self.keep(number.len());
        Ok(())
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, word: &str) -> Scanned {
        if !self.rest.starts_with(word) {
            return Err(InvalidJson::Form);
        }
        self.keep(word.len());
        Ok(())
    }

    /// Keeps so many bytes.
    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.kept.push_str(kept);
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> Result<String, InvalidJson> {
        Json::parse(text).map(|json| json.to_string())
    }

    #[test]
    fn values_are_kept_as_written_but_for_blanks() {
        for (text, expected) in [
            (" { \"b\" : 1.50 , \"a\" : [ 1e3 , -0 , { } , [ ] ] } \n", r#"{"b":1.50,"a":[1e3,-0,{},[]]}"#),
            ("\"a  b\"", "\"a  b\""),
            (r#"["\u00e1\n\"\\\/", "\ud83d\ude00", "😀"]"#, r#"["\u00e1\n\"\\\/","\ud83d\ude00","😀"]"#),
            ("true", "true"),
            ("[null]", "[null]"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(kept(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "null",
            " null ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "[1 2]",
            "1 2",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "--1",
            "1e999",
            "NaN",
            "tru",
            "truex",
            "\"a",
            "\"\t\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800\u0041""#,
            "[1]]",
            "\u{feff}1",
            "\u{a0}1",
        ] {
            assert_eq!(kept(text), Err(InvalidJson::Form), "{text}");
        }
    }

    #[test]
    fn length_and_depth_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(kept(&nested(32)).is_ok());
        assert_eq!(kept(&nested(33)), Err(InvalidJson::TooDeep));
        assert_eq!(kept(&"[".repeat(1_000_000)), Err(InvalidJson::TooDeep));
        let text = |length: usize| format!("\"{}\"", "é".repeat(length));
        assert!(kept(&text(9_998)).is_ok());
        assert_eq!(kept(&text(9_999)), Err(InvalidJson::TooLong));
    }

    proptest! {
        #[test]
        fn a_text_is_a_value_that_is_read_as_itself(text in any::<String>()) {
            let json = Json::of_text(&text).unwrap();
            prop_assert_eq!(Json::parse(json.as_str()), Ok(json));
        }

        #[test]
        fn what_is_kept_is_read_as_itself(text in r#"[\[\]{}:,"\\ua0-9eE+.\- ]{0,40}"#) {
            if let Ok(json) = Json::parse(&text) {
                prop_assert_eq!(Json::parse(json.as_str()), Ok(json));
            }
        }
    }
}
