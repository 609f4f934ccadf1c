//! Keys of values: bytes that compare as the values do ([`compare`](atalaya_domain::tables::compare)), the same on both
//! databases.

use atalaya_domain::tables::{Number, Value, collated};
use atalaya_domain::text::folded;
use aws_lc_rs::digest::{SHA256, digest};
use chrono::Datelike as _;

/// Bytes of the hash that tells texts apart which sort alike: 128 bits, which nobody finds two texts for.
const EXACT_BYTES: usize = 16;
/// The first byte of the key of zero; numbers above have a larger one, numbers below a smaller one.
const ZERO: u8 = 0x80;
/// What the exponent of a number is moved by, so that it is above zero: a number has at most 28 digits before and 28
/// behind its point.
const EXPONENT_SHIFT: i32 = 64;

/// How a value sorts.
pub(super) fn sort_key(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) | Value::Choice(text) => collated(text).into_bytes(),
        Value::Number(number) => of_number(*number),
        Value::Integer(number) => of_integer(*number),
        Value::Date(day) => day.num_days_from_ce().unsigned_abs().to_be_bytes().to_vec(),
        Value::DateTime(at) => of_integer(at.timestamp_micros()),
        Value::Boolean(is) => vec![u8::from(*is)],
        Value::Relation(id) => id.get().as_bytes().to_vec(),
        Value::Json(json) => collated(json.as_str()).into_bytes(),
    }
}

/// What tells a value apart from others that sort alike; `None` where none do.
pub(super) fn exact(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) | Value::Choice(text) => {
            digest(&SHA256, text.as_bytes()).as_ref().get(..EXACT_BYTES).map(<[u8]>::to_vec)
        }
        Value::Json(json) => exact(&Value::Text(json.to_string())),
        _ => None,
    }
}

/// What searches look through; only texts have it.
pub(super) fn searchable(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Choice(text) => Some(folded(text)),
        _ => None,
    }
}

/// The sign bit flipped, so that negative numbers come first.
fn of_integer(number: i64) -> Vec<u8> {
    (number.cast_unsigned() ^ (1 << 63)).to_be_bytes().to_vec()
}

/// Sign and exponent in one byte, then the digits in pairs, without the zeros at the end. Of a number below zero all of
/// that is turned round, with a last byte that lets the one with fewer digits come after.
fn of_number(number: Number) -> Vec<u8> {
    let decimal = number.get();
    let digits = decimal.mantissa().unsigned_abs().to_string();
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return vec![ZERO];
    }
    // The number is 0.d₁d₂d₃… · 10^exponent.
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let exponent = length - i32::try_from(decimal.scale()).unwrap_or(i32::MAX);
    let shifted = u8::try_from(exponent + EXPONENT_SHIFT).unwrap_or(u8::MAX);
    let mut key = vec![ZERO.saturating_add(shifted)];
    key.extend(significant.as_bytes().chunks(2).map(|pair| {
        let digit = |at: usize| pair.get(at).map_or(0, |byte| byte - b'0');
        digit(0) * 10 + digit(1) + 1
    }));
    if decimal.is_sign_negative() {
        for byte in &mut key {
            *byte = !*byte;
        }
        key.push(u8::MAX);
    }
    key
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use atalaya_domain::id::RecordId;
    use atalaya_domain::tables::compare;
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).unwrap())
    }

    /// Two values of one type, often alike.
    fn pairs() -> impl Strategy<Value = (Value, Value)> {
        let numbers = prop_oneof![
            "-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,14})?",
            "-?[0-3](\\.[0-3]{1,3}0{0,2})?",
            "-?[1-9][0-9]?0{0,26}",
            "-?0\\.0{0,25}[0-9]{1,2}",
        ]
        .prop_map(|text| number(&text));
        let letters = prop_oneof!["[aAáÁbB %_\u{1}]{0,4}", "\\PC{0,90}", "(xyz){50,54}[aA]{0,2}"];
        let texts = letters.prop_map(|text| Value::Text(text.replace('\0', "")));
        let integers = prop_oneof![any::<i64>(), -3_i64..3].prop_map(Value::Integer);
        let days = (1_i32..3_652_000).prop_map(|day| Value::Date(NaiveDate::from_num_days_from_ce_opt(day).unwrap()));
        let instants = (-62_000_000_000_000_000_i64..253_000_000_000_000_000)
            .prop_map(|micros| Value::DateTime(DateTime::from_timestamp_micros(micros).unwrap()));
        let records = (0_u128..5).prop_map(|id| Value::Relation(RecordId::new(Uuid::from_u128(id << 60))));
        prop_oneof![
            8 => (numbers.clone(), numbers),
            8 => (texts.clone(), texts),
            2 => (integers.clone(), integers),
            2 => (days.clone(), days),
            2 => (instants.clone(), instants),
            1 => (any::<bool>(), any::<bool>()).prop_map(|(one, other)| (Value::Boolean(one), Value::Boolean(other))),
            1 => (records.clone(), records),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn keys_sort_as_values_do((one, other) in pairs()) {
            prop_assert_eq!(Some(sort_key(&one).cmp(&sort_key(&other))), compare(&one, &other));
        }

        #[test]
        fn keys_are_equal_where_values_are((one, other) in pairs()) {
            let key = |value: &Value| (sort_key(value), exact(value));
            prop_assert_eq!(key(&one) == key(&other), one == other);
        }
    }

    #[test]
    fn numbers_of_every_size_sort() {
        let ascending = [
            "-9999999999999999999999999999",
            "-10",
            "-9.99",
            "-1.52",
            "-1.5",
            "-1",
            "-0.01",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "0.01",
            "1",
            "1.5",
            "1.52",
            "9.99",
            "10",
            "9999999999999999999999999999",
        ];
        let keys: Vec<Vec<u8>> = ascending.iter().map(|text| sort_key(&number(text))).collect();
        assert!(keys.is_sorted_by(|one, other| one.cmp(other) == Ordering::Less), "{keys:?}");
        assert_eq!(sort_key(&number("1.50")), sort_key(&number("1.5")));
        assert_eq!(sort_key(&number("1e27")), sort_key(&number("1000000000000000000000000000")));
    }
}
