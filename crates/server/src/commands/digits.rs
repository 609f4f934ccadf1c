//! How many digits the numbers of a forecast are written with.

use atalaya_web::Cell;

/// Digits after the point, at least.
const FEWEST_DECIMALS: usize = 3;
/// Digits after the point, at most; smaller numbers have an exponent.
const MOST_DECIMALS: usize = 15;
/// Digits after the point of a number with an exponent.
const SCIENTIFIC_DIGITS: usize = 6;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// With so many digits after the point.
    Decimals(usize),
    /// With an exponent.
    Scientific,
}

impl Digits {
    /// The fewest.
    pub(super) const FEWEST: Self = Self::Decimals(FEWEST_DECIMALS);

    /// What leaves six digits of the largest of some numbers.
    pub(super) fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let largest = numbers.map(f64::abs).fold(0.0, f64::max);
        let enough = |decimals: &usize| (0..*decimals).fold(largest, |scaled, _| scaled * 10.0) >= 100_000.0;
        if largest > 0.0 {
            (FEWEST_DECIMALS..=MOST_DECIMALS).find(enough).map_or(Self::Scientific, Self::Decimals)
        } else {
            Self::FEWEST
        }
    }

    /// A number written so.
    pub(super) fn cell(self, number: f64) -> Cell {
        match self {
            Self::Decimals(decimals) => Cell::decimal(number, decimals),
            Self::Scientific => Cell::scientific(number, SCIENTIFIC_DIGITS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_keep_their_digits() {
        for (numbers, digits) in [
            ([1e9, 3.0], Digits::Decimals(3)),
            ([-0.0123, 0.0], Digits::Decimals(7)),
            ([0.0, 0.0], Digits::Decimals(3)),
            ([2e-10, 0.0], Digits::Decimals(15)),
            ([1.5e-17, 1e-17], Digits::Scientific),
        ] {
            assert_eq!(Digits::of(numbers.into_iter()), digits);
        }
        assert_eq!(Digits::Scientific.cell(-1.5e-17).to_string(), "-1.500000e-17");
    }
}
