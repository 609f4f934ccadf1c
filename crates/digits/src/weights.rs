//! The file of weights: a mark, the calibration, the network's numbers and a checksum, all little-endian.

use xxhash_rust::xxh3::xxh3_64;

use crate::network::{CLASSES, Network, PARAMETERS, probabilities};
use crate::reading::Guess;

const MARK: &[u8; 8] = b"ATDIGIT1";
/// The number of all that reads but the weights: decoding, ink, layout, cuts, glyphs. Readings are remembered by the
/// version, so whoever changes what is read raises it.
const PIPELINE: u32 = 1;
const EMBEDDED: &[u8] = include_bytes!("weights.bin");

/// The weights inside the program are not those that were put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the digit reader's weights are damaged; build the program anew")]
pub struct DamagedWeights;

/// How sure the network is, and from when on nobody has to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// What logits are divided by, so that of those said with 0.9 nine in ten are right.
    pub temperature: f32,
    /// Least probability that needs no look.
    pub sure: f32,
    /// Least distance from the second most probable digit, in probability, that needs no look.
    pub margin: f32,
}

/// A trained network with its calibration.
pub struct Weights {
    pub(crate) network: Network,
    pub(crate) calibration: Calibration,
    pub(crate) version: String,
}

impl Weights {
    /// Those inside the program.
    ///
    /// # Errors
    /// [`DamagedWeights`].
    pub fn embedded() -> Result<Self, DamagedWeights> {
        Self::parse(EMBEDDED).ok_or(DamagedWeights)
    }

    pub(crate) fn parse(file: &[u8]) -> Option<Self> {
        let (checksum, numbers) = numbers(file)?;
        let (&[temperature, sure, margin], parameters) = numbers.split_first_chunk()?;
        let network = Network::of(parameters)?;
        let version = format!("digits-{PIPELINE}-{:08x}", checksum >> 32);
        Some(Self { network, calibration: Calibration { temperature, sure, margin }, version })
    }

    /// The ten probabilities of logits.
    pub(crate) fn probabilities(&self, logits: &[f32; CLASSES]) -> [f32; CLASSES] {
        probabilities(logits, self.calibration.temperature)
    }

    /// Whether a person should look at a guess.
    pub(crate) fn doubts(&self, guess: &Guess) -> bool {
        let [(_, first), (_, second), _] = guess.alternatives;
        first < self.calibration.sure || first - second < self.calibration.margin
    }
}

/// The checksum of a sound file, and its numbers.
fn numbers(file: &[u8]) -> Option<(u64, Vec<f32>)> {
    let (body, checksum) = file.split_last_chunk::<8>()?;
    let checksum = u64::from_le_bytes(*checksum);
    let numbers = body.strip_prefix(MARK)?;
    let is_sound = xxh3_64(body) == checksum;
    is_sound.then(|| (checksum, numbers.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()))
}

/// The network's numbers in a file, if it is sound.
#[must_use]
pub fn parameters(file: &[u8]) -> Option<Vec<f32>> {
    Some(numbers(file)?.1.get(3..)?.to_vec())
}

/// The file of a network that was trained.
#[must_use]
pub fn file(calibration: Calibration, parameters: &[f32; PARAMETERS]) -> Vec<u8> {
    let Calibration { temperature, sure, margin } = calibration;
    let numbers = [temperature, sure, margin].into_iter().chain(parameters.iter().copied());
    let mut file = MARK.to_vec();
    file.extend(numbers.flat_map(f32::to_le_bytes));
    let checksum = xxh3_64(&file);
    file.extend(checksum.to_le_bytes());
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_weights_are_whole_and_small() {
        assert!(Weights::embedded().unwrap().version.starts_with(&format!("digits-{PIPELINE}-")));
        assert!(EMBEDDED.len() < 500_000);
    }

    #[test]
    fn a_flipped_bit_is_found() {
        for place in [0, 9, 1000, EMBEDDED.len() - 1] {
            let mut file = EMBEDDED.to_vec();
            file[place] ^= 1;
            assert!(Weights::parse(&file).is_none(), "byte {place}");
        }
        assert!(Weights::parse(&EMBEDDED[..EMBEDDED.len() - 4]).is_none());
        assert!(Weights::parse(&[]).is_none());
    }

    #[test]
    fn what_is_written_is_read() {
        let calibration = Calibration { temperature: 1.5, sure: 0.99, margin: 0.98 };
        let numbers: Box<[f32; PARAMETERS]> = vec![0.5; PARAMETERS].try_into().unwrap();
        let weights = Weights::parse(&file(calibration, &numbers)).unwrap();
        assert_eq!(weights.calibration, calibration);
    }
}
