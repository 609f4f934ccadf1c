//! `NUMBER`: a decimal that is kept as it was written and compared as a number, never by way of a binary fraction.

use std::fmt;

use rust_decimal::Decimal;

/// A decimal number of at most 28 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(Decimal);

/// A text that is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNumber {
    /// Not written as JSON writes numbers.
    #[error("is not a number")]
    Form,
    /// More digits than are kept, before or behind the point.
    #[error("has more than {} digits", Number::MAX_DIGITS)]
    Digits,
}

impl Number {
    /// The most digits, zeros in front not counted; as many of them behind the point.
    pub const MAX_DIGITS: usize = 28;

    /// Reads a number as JSON writes it (RFC 8259, section 6), with an exponent too.
    ///
    /// # Errors
    /// [`InvalidNumber`].
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let (digits, exponent) = split(text)?;
        let is_zero = !digits.contains(|c: char| c.is_ascii_digit() && c != '0');
        if is_zero && exponent != 0 {
            return Ok(Self(Decimal::ZERO));
        }
        if exponent.unsigned_abs() > 100 {
            return Err(InvalidNumber::Digits);
        }
        let significant = digits.trim_start_matches(['-', '0', '.']).chars().filter(char::is_ascii_digit).count();
        if significant > Self::MAX_DIGITS {
            return Err(InvalidNumber::Digits);
        }
        let mut number = Decimal::from_str_exact(&digits).map_err(|_| InvalidNumber::Digits)?;
        let scale = i64::from(number.scale()) - i64::from(exponent);
        if scale >= 0 {
            let scale = u32::try_from(scale).map_err(|_| InvalidNumber::Digits)?;
            number.set_scale(scale).map_err(|_| InvalidNumber::Digits)?;
        } else {
            number.set_scale(0).map_err(|_| InvalidNumber::Digits)?;
            for _ in scale..0 {
                number = number.checked_mul(Decimal::TEN).ok_or(InvalidNumber::Digits)?;
            }
            if number.mantissa().unsigned_abs() >= 10_u128.pow(28) {
                return Err(InvalidNumber::Digits);
            }
        }
        if number.is_zero() {
            number.set_sign_positive(true);
        }
        Ok(Self(number))
    }

    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The exact sum; `None` where it has more digits than are kept.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = self.0.checked_add(other.0)?;
        // The library drops digits behind the point where it has no room for them.
        let is_exact = sum.scale() == self.0.scale().max(other.0.scale());
        (is_exact && sum.mantissa().unsigned_abs() < 10_u128.pow(28)).then_some(Self(sum))
    }

    /// This number by a count, rounded to as many digits as are kept; `None` where the count is zero.
    #[must_use]
    pub fn by(self, count: i64) -> Option<Self> {
        let quotient = self.0.checked_div(Decimal::from(count))?;
        quotient.round_sf(28).map(|rounded| Self(rounded.normalize()))
    }

    /// The number as a decimal.
    #[must_use]
    pub fn get(self) -> Decimal {
        self.0
    }

    /// The whole number.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self(Decimal::from(number))
    }
}

impl fmt::Display for Number {
    /// As JSON writes it, without an exponent, with the zeros behind the point that it was written with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The digits with their sign and point, and the exponent behind them.
fn split(text: &str) -> Result<(String, i32), InvalidNumber> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text, None),
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !all_digits(whole) || leading_zero || fraction.is_some_and(|fraction| !all_digits(fraction)) {
        return Err(InvalidNumber::Form);
    }
    let Some(exponent) = exponent else { return Ok((digits.to_owned(), 0)) };
    let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !all_digits(bare) {
        return Err(InvalidNumber::Form);
    }
    // An exponent that is no `i32` is far beyond what is kept, whichever way it points.
    let size = bare.parse::<i32>().unwrap_or(i32::MAX);
    Ok((digits.to_owned(), if exponent.starts_with('-') { -size } else { size }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_it_was_written() {
        for (written, kept) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("999.99", "999.99"),
            ("1.50", "1.50"),
            ("123456789.01", "123456789.01"),
            ("0.1", "0.1"),
            ("1e3", "1000"),
            ("12.5E-1", "1.25"),
            ("1.5e1", "15"),
            ("0e999999999999", "0"),
            ("0e-50", "0"),
            ("0.00e-30", "0"),
            ("1234567890123456789012345678", "1234567890123456789012345678"),
            ("-0.0000000000000000000000000001", "-0.0000000000000000000000000001"),
        ] {
            assert_eq!(Number::parse(written).unwrap().to_string(), kept, "{written}");
        }
    }

    #[test]
    fn what_is_no_number_or_has_too_many_digits_is_refused() {
        for written in
            ["", "-", "1.", ".5", "01", "+1", "1e", "1e+", "NaN", "Infinity", "1,5", " 1", "1 ", "0x1", "1e1.5"]
        {
            assert_eq!(Number::parse(written), Err(InvalidNumber::Form), "{written:?}");
        }
        for written in [
            "1e999",
            "1e28",
            "-1e28",
            "12345678901234567890123456789",
            "1e-29",
            "1e-999",
            "0.12345678901234567890123456789",
        ] {
            assert_eq!(Number::parse(written), Err(InvalidNumber::Digits), "{written}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let number = |text| Number::parse(text).unwrap();
        assert_eq!(number("1.50"), number("1.5"));
        assert!(number("9") < number("10") && number("-10") < number("-9"));
        assert!(number("0.3") > number("0.29999999999999999999"));
    }
}
