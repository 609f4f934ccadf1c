//! Order statistics: what a shared machine disturbs least.

use std::time::Duration;

/// The middle of what was measured, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let middle = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { middle(half) } else { f64::midpoint(middle(half.wrapping_sub(1)), middle(half)) }
}

/// The least and the greatest.
pub(crate) fn extremes(values: &[f64]) -> (f64, f64) {
    let sorted = sorted(values);
    let (least, greatest) = (sorted.first(), sorted.last());
    (least.copied().unwrap_or(f64::NAN), greatest.copied().unwrap_or(f64::NAN))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The least latency that `percent` of a hundred do not exceed (nearest rank), in milliseconds.
pub(crate) fn percentile(latencies: &mut [Duration], percent: usize) -> f64 {
    latencies.sort_unstable();
    let rank = (latencies.len() * percent).div_ceil(100);
    latencies.get(rank.saturating_sub(1)).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let exact = |values: &[f64], expected: f64| assert!((median(values) - expected).abs() < f64::EPSILON);
        exact(&[3.0, 1.0, 2.0], 2.0);
        exact(&[4.0, 1.0, 2.0, 3.0], 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn one_in_a_hundred_is_slower_than_the_99th_percentile() {
        let mut latencies: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert!((percentile(&mut latencies, 99) - 198.0).abs() < f64::EPSILON);
        assert!((percentile(&mut latencies, 50) - 100.0).abs() < f64::EPSILON);
    }
}
