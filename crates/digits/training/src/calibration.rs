//! Makes probabilities honest, and chooses from when on nobody has to look, by the held pictures.

use atalaya_digits::network::{CLASSES, Network, probabilities};
use atalaya_digits::numbers::real;
use atalaya_digits::weights::Calibration;

use crate::augmentation::plain;
use crate::mnist::Example;

/// Share of what needs no look that has to be right. More is asked for than promised: other people write otherwise.
const RIGHT: f32 = 0.9995;
/// Probabilities that are tried, in thousandths.
const TRIED: std::ops::Range<u16> = 500..1000;

/// The temperature with the least loss (Guo et al. 2017), and the lowest thresholds that are right often enough.
pub(crate) fn calibrated(network: &Network, held: &[Example]) -> Calibration {
    let logits: Vec<([f32; CLASSES], u8)> =
        held.iter().map(|example| (network.logits(&plain(example)), example.digit)).collect();
    let loss = |temperature: f32| -> f32 {
        let of_one = |(logits, digit): &([f32; CLASSES], u8)| {
            let own = probabilities(logits, temperature).get(usize::from(*digit)).copied().unwrap_or(0.0);
            -own.max(f32::MIN_POSITIVE).ln()
        };
        logits.iter().map(of_one).sum()
    };
    let temperatures = (20_u16..400).map(|hundredths| f32::from(hundredths) / 100.0);
    let temperature = temperatures.min_by(|one, other| loss(*one).total_cmp(&loss(*other))).unwrap_or(1.0);
    let readings: Vec<(f32, bool)> = logits
        .iter()
        .map(|(logits, digit)| {
            let best =
                (0_u8..10).zip(probabilities(logits, temperature)).max_by(|one, other| one.1.total_cmp(&other.1));
            best.map_or((0.0, false), |(read, probability)| (probability, read == *digit))
        })
        .collect();
    let is_enough = |sure: &f32| {
        let sure_ones = readings.iter().filter(|(probability, _)| probability >= sure);
        let (count, right) = sure_ones.fold((0, 0), |(count, right), (_, is)| (count + 1, right + usize::from(*is)));
        real(right) >= RIGHT * real(count)
    };
    let sure = TRIED.map(|thousandths| f32::from(thousandths) / 1000.0).find(is_enough).unwrap_or(0.999);
    // The second digit may have what the first one leaves.
    Calibration { temperature, sure, margin: 2.0 * sure - 1.0 }
}
