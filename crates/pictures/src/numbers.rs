//! Numbers as a reader in Peru or of English writes them: commas between thousands, a point before decimals.

use atalaya_texts::Language;

use crate::words::say;

/// From here on an axis counts in millions.
const LARGE: f64 = 1e7;
/// Below this an axis counts in powers of ten.
const SMALL: f64 = 1e-3;
/// The powers that have a word.
const NAMED: [(i32, &str); 3] = [(12, "trillions"), (9, "billions"), (6, "millions")];
/// Beyond this not even millions of millions make short labels.
const LARGEST_NAMED: f64 = 1e16;
/// Digits after the point, at most.
const MOST_DECIMALS: usize = 15;
/// Digits after the point of an axis that counts in a power of ten, at most; where more are needed to tell its labels
/// apart, it counts in ones.
const MOST_SCALED_DECIMALS: usize = 4;

/// How the numbers of a picture are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numbers {
    language: Language,
    /// An axis counts in this power of ten.
    power: i32,
    /// Digits after the point on the axis, and of a value.
    tick_decimals: usize,
    decimals: usize,
    /// Whether zeros after the point are left out.
    are_whole: bool,
    /// From one label of the axis to the next.
    step: f64,
}

impl Numbers {
    /// For an axis from `low` to `high` with some `labels` labels. Of whole numbers the values are shown as such.
    pub(crate) fn of(language: Language, low: f64, high: f64, labels: u32, are_whole: bool) -> Self {
        let range = high - low;
        let step = nice_step(range / f64::from(labels.max(1)));
        let largest = low.abs().max(high.abs());
        let power = power(largest);
        let in_powers = decimals_of(step / ten(power));
        let power = if in_powers <= MOST_SCALED_DECIMALS || power < 0 { power } else { 0 };
        let tick_decimals = decimals_of(step / ten(power));
        let shown = range / if is_named(power) { 1.0 } else { ten(power) };
        let decimals = match range {
            wide if are_whole && wide >= 20.0 => 0,
            _ if are_whole => 1,
            _ => digits(2 - exponent(shown)),
        };
        Self { language, power, tick_decimals, decimals, are_whole, step }
    }

    /// Where the labels of the axis are.
    pub(crate) fn ticks(self, low: f64, high: f64) -> Vec<f64> {
        let first = (low / self.step).ceil();
        let places = (0..40_u32).map(|place| (first + f64::from(place)) * self.step);
        places.take_while(|tick| *tick <= high).collect()
    }

    /// A label of the axis.
    pub(crate) fn tick(self, value: f64) -> String {
        grouped(value / ten(self.power), self.tick_decimals)
    }

    /// What the axis counts in, where that is not ones: `millions`, `×10⁻¹⁷`.
    pub(crate) fn counts_in(self) -> Option<String> {
        let named = NAMED.iter().find(|(power, _)| *power == self.power);
        match named {
            Some((_, word)) => Some(say(self.language, &format!("scale.{word}"), &[])),
            None => (self.power != 0).then(|| format!("×10{}", superscript(self.power))),
        }
    }

    /// A value that was forecast, to a hundredth of what the axis shows or better.
    pub(crate) fn value(self, value: f64) -> String {
        if self.are_whole { self.observed(value) } else { self.written(value, self.decimals) }
    }

    fn written(self, value: f64, decimals: usize) -> String {
        if self.power == 0 || is_named(self.power) {
            return grouped(value, decimals);
        }
        format!("{}×10{}", grouped(value / ten(self.power), decimals), superscript(self.power))
    }

    /// A value that was observed: to a digit more, without zeros at the end that nobody measured.
    pub(crate) fn observed(self, value: f64) -> String {
        let written = self.written(value, self.decimals + usize::from(!self.are_whole));
        let (number, power) = written.split_once('×').map_or((written.as_str(), None), |(n, p)| (n, Some(p)));
        let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
        power.map_or_else(|| number.to_owned(), |power| format!("{number}×{power}"))
    }

    /// A change, with its sign.
    pub(crate) fn change(self, value: f64) -> String {
        let sign = if value > 0.0 { "+" } else { "" };
        format!("{sign}{}", self.observed(value))
    }
}

/// A whole number with commas.
pub(crate) fn whole(count: u64) -> String {
    with_commas(&count.to_string())
}

/// A number with so many digits after the point, and commas; a minus sign and no hyphen, and zero without a sign.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let written = format!("{:.decimals$}", value.abs());
    let sign = if value < 0.0 && written.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) { "−" } else { "" };
    let (before, after) = written.split_once('.').map_or((written.as_str(), ""), |(before, after)| (before, after));
    let point = if after.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{after}", with_commas(before))
}

fn with_commas(digits: &str) -> String {
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// 1, 2, 2.5 or 5 times a power of ten, the smallest that is not below a number.
pub(crate) fn nice_step(at_least: f64) -> f64 {
    if !at_least.is_finite() || at_least <= 0.0 {
        return 1.0;
    }
    let unit = ten(exponent(at_least));
    // A step that misses by a rounding error is taken.
    let steps = [1.0, 2.0, 2.5, 5.0].map(|factor| factor * unit);
    steps.into_iter().find(|step| *step >= at_least * (1.0 - 1e-9)).unwrap_or(10.0 * unit)
}

/// The power of ten of a number's first digit.
fn exponent(number: f64) -> i32 {
    if number == 0.0 || !number.is_finite() {
        return 0;
    }
    format!("{number:e}").split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default()
}

fn ten(power: i32) -> f64 {
    // Division keeps the digits of powers below zero.
    if power < 0 { 1.0 / 10_f64.powi(-power) } else { 10_f64.powi(power) }
}

fn is_named(power: i32) -> bool {
    NAMED.iter().any(|(named, _)| *named == power)
}

fn power(largest: f64) -> i32 {
    match largest {
        0.0 => 0,
        small if small < SMALL => exponent(small),
        large if large >= LARGEST_NAMED => exponent(large),
        large if large >= LARGE => {
            let named = NAMED.iter().find(|(power, _)| large >= ten(*power) * 10.0);
            named.map_or(6, |(power, _)| *power)
        }
        _ => 0,
    }
}

/// Digits after the point that a step needs.
fn decimals_of(step: f64) -> usize {
    let needed = |decimals: &usize| {
        let scaled = step * ten(i32::try_from(*decimals).unwrap_or_default());
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    (0..MOST_DECIMALS).find(needed).unwrap_or(MOST_DECIMALS)
}

fn digits(decimals: i32) -> usize {
    usize::try_from(decimals).unwrap_or_default().min(MOST_DECIMALS)
}

fn superscript(power: i32) -> String {
    let raised = |digit: char| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    power.to_string().chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(low: f64, high: f64) -> Numbers {
        Numbers::of(Language::Spanish, low, high, 5, false)
    }

    #[test]
    fn thousands_have_commas_and_decimals_a_point() {
        for (value, decimals, written) in [
            (1_234_567.8, 1, "1,234,567.8"),
            (999.0, 0, "999"),
            (1_000.0, 0, "1,000"),
            (-40_500.25, 2, "−40,500.25"),
            (-0.001, 2, "0.00"),
            (0.0, 0, "0"),
        ] {
            assert_eq!(grouped(value, decimals), written);
        }
        assert_eq!([0, 12, 1_234_567].map(whole), ["0", "12", "1,234,567"]);
    }

    #[test]
    fn steps_are_those_that_people_count_by() {
        for (at_least, step) in [(0.3, 0.5), (1.0, 1.0), (21.0, 25.0), (60.0, 100.0), (3e-17, 5e-17), (2.1e9, 2.5e9)] {
            assert!((nice_step(at_least) / step - 1.0).abs() < 1e-9, "{at_least}: {}", nice_step(at_least));
        }
        let of_nothing = [0.0, -1.0, f64::NAN, f64::INFINITY].map(nice_step);
        assert!(of_nothing.iter().all(|step| (step - 1.0).abs() < 1e-12));
    }

    #[test]
    fn labels_of_an_axis_differ_and_none_shows_a_number_as_nothing() {
        for (low, high) in [
            (0.0, 24.0),
            (237_000.0, 240_500.0),
            (-60.0, -20.0),
            (0.25, 0.31),
            (1e-17, 9e-17),
            (-3e-5, 2e-5),
            (1.0e12, 1.1e12),
            (4.9e14, 5.1e14),
            (1_000_000_000.0, 1_000_000_000.5),
            (19.0, 6e7),
        ] {
            let numbers = of(low, high);
            let ticks = numbers.ticks(low, high);
            let labels: Vec<String> = ticks.iter().map(|tick| numbers.tick(*tick)).collect();
            assert!((3..=7).contains(&ticks.len()), "{labels:?}");
            for (tick, label) in ticks.iter().zip(&labels) {
                assert_eq!(labels.iter().filter(|other| *other == label).count(), 1, "{labels:?}");
                assert_eq!(tick.abs() < 1e-300, label.trim_matches(['0', '.']).is_empty(), "{labels:?}");
            }
            assert!(labels.iter().all(|label| label.chars().count() <= 15), "{labels:?}");
        }
    }

    #[test]
    fn large_and_small_numbers_are_counted_in_what_the_axis_says() {
        for (low, high, counts_in, tick) in [
            (0.0, 9e6, None, "2,000,000"),
            (0.0, 6e7, Some("millones"), "20"),
            (1.0e10, 2.0e10, Some("miles de millones"), "12"),
            (1.0e13, 2.0e13, Some("billones"), "12"),
            (0.0, 9e-17, Some("×10⁻¹⁷"), "2"),
            (0.0, 0.04, None, "0.01"),
        ] {
            let numbers = of(low, high);
            assert_eq!(numbers.counts_in().as_deref(), counts_in);
            let labels: Vec<_> = numbers.ticks(low, high).into_iter().map(|value| numbers.tick(value)).collect();
            assert!(labels.iter().any(|label| label == tick), "{labels:?}");
        }
    }

    #[test]
    fn values_keep_the_digits_that_can_be_seen() {
        assert_eq!(of(237_000.0, 240_500.0).value(237_431.4), "237,431");
        assert_eq!(of(0.25, 0.31).value(0.271_828), "0.2718");
        assert_eq!(of(0.0, 24.0).value(19.0), "19.0");
        assert_eq!(of(0.0, 24.0).observed(19.0), "19");
        assert_eq!(of(0.0, 24.0).change(-3.5), "−3.5");
        assert_eq!(of(0.0, 24.0).change(3.5), "+3.5");
        assert_eq!(of(0.0, 9e-17).value(1.5e-17), "1.50×10⁻¹⁷");
        assert_eq!(of(0.0, 9e-17).observed(1.5e-17), "1.5×10⁻¹⁷");
        assert_eq!(of(0.0, 6e7).observed(19.0), "19");
        assert_eq!(of(1e13, 2e13).value(12_345_678_901_234.0), "12,345,678,901,234");
        let whole = Numbers::of(Language::English, 400.0, 460.0, 5, true);
        assert_eq!(whole.value(431.26), "431");
        let few = Numbers::of(Language::English, 0.0, 3.2, 5, true);
        assert_eq!([2.053, 3.0, 0.0].map(|value| few.value(value)), ["2.1", "3", "0"]);
    }
}
