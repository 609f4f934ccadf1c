//! Small numeric tools: counts as floats, moments of a sample, normal quantiles, seeded random words, a shuffle.

/// A count as a float; exact below 2⁵³, which no series of this crate comes near.
#[expect(clippy::cast_precision_loss, reason = "no series has more than some hundred thousand points, far below 2^53")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// A count as it is stored; saturates, because grids are capped far below `u32::MAX`.
pub(crate) fn stored(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The arithmetic mean; 0 for nothing.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count(values.len()) }
}

/// The standard deviation of the population; 0 for nothing.
pub(crate) fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    if values.is_empty() { 0.0 } else { (squares / count(values.len())).sqrt() }
}

/// A number of about 1 without its last digits: to the nearest multiple of 2⁻²⁰.
pub(crate) fn rounded(value: f64) -> f64 {
    const STEPS: f64 = 1_048_576.0;
    (value * STEPS).round() / STEPS
}

/// The median of values that are all finite; 0 for nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(upper, sorted.get(middle.wrapping_sub(1)).copied().unwrap_or(upper))
    }
}

/// One unit of the last digit that values have: 1 for whole numbers, 0.01 where two digits follow the point. Of values
/// with more than nine digits after it, a billionth of the largest.
pub(crate) fn last_digit(values: &[Option<f64>]) -> f64 {
    let known = || values.iter().flatten();
    let is_whole = |value: f64| (value - value.round()).abs() <= 1e-12 * value.abs().max(1.0);
    let digits = (0..=9).find(|digits| known().all(|value| is_whole(value * 10_f64.powi(*digits))));
    let largest = known().map(|value| value.abs()).fold(0.0, f64::max);
    digits.map_or(1e-9 * largest, |digits| 10_f64.powi(-digits))
}

/// The last `n` of `values`, or all where there are fewer.
pub(crate) fn tail(values: &[f64], n: usize) -> &[f64] {
    values.get(values.len().saturating_sub(n)..).unwrap_or(values)
}

/// The quantile of |Z| for a standard normal Z, for a probability inside (0, 1): 1.96 for 0.95.
///
/// The rational approximation of Abramowitz & Stegun 26.2.23, absolute error below 4.5e-4.
pub(crate) fn half_normal_quantile(probability: f64) -> f64 {
    let upper_tail = ((1.0 - probability) / 2.0).clamp(1e-9, 0.5);
    let t = (-2.0 * upper_tail.ln()).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (t - numerator / denominator).max(0.0)
}

/// Words that look random and are the same for the same seed (`SplitMix64`: Steele, Lea & Flood 2014).
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

/// A permutation of 0..n that is the same for the same seed (Fisher–Yates).
pub(crate) fn permutation(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut words = SplitMix64::new(seed);
    for i in (1..n).rev() {
        let bound = u64::from(stored(i)) + 1;
        let other = usize::try_from(words.word() % bound).unwrap_or(i);
        order.swap(i, other);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_agree_with_the_published_table() {
        for (probability, quantile) in [(0.5, 0.674_490), (0.8, 1.281_552), (0.95, 1.959_964), (0.99, 2.575_829)] {
            assert!((half_normal_quantile(probability) - quantile).abs() < 5e-4, "{probability}");
        }
    }

    #[test]
    fn a_permutation_holds_every_index_once_and_repeats_for_its_seed() {
        let order = permutation(50, 7);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        assert_ne!(order, sorted);
        assert_eq!(order, permutation(50, 7));
    }

    #[test]
    fn the_last_digit_of_values_is_found_whatever_binary_makes_of_it() {
        let unit = |values: &[f64]| last_digit(&values.iter().copied().map(Some).collect::<Vec<_>>());
        for (values, digit) in [([1_234.0, 0.0], 1.0), ([0.1 + 0.2, 5.0], 0.1), ([1e12, 7.25], 0.01)] {
            assert!((unit(&values) - digit).abs() < 1e-15, "{values:?}");
        }
        assert!((unit(&[1.0 / 3.0, 2.0]) - 2e-9).abs() < 1e-15);
        assert!((last_digit(&[None]) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_median_of_an_even_sample_lies_between_its_middle_values() {
        assert!((median(&[4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < 1e-12);
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
    }
}
