//! MNIST's training files: `train-images-idx3-ubyte.gz` and `train-labels-idx1-ubyte.gz`.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use atalaya_digits::plane::Plane;
use flate2::read::GzDecoder;

/// A picture of 28 × 28 and its digit.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) picture: Plane<u8>,
    pub(crate) digit: u8,
}

/// The pictures to learn from, and those to choose and calibrate by: the last sixth.
pub(crate) struct Mnist {
    pub(crate) learned: Vec<Example>,
    pub(crate) held: Vec<Example>,
}

impl Mnist {
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let pictures = unpacked(&folder.join("train-images-idx3-ubyte.gz"), 16)?;
        let labels = unpacked(&folder.join("train-labels-idx1-ubyte.gz"), 8)?;
        let pictures = pictures.chunks_exact(28 * 28).map(|cells| Plane::of_cells(28, cells.to_vec()));
        let mut learned: Vec<Example> =
            pictures.zip(labels).map(|(picture, digit)| Example { picture, digit }).collect();
        if learned.len() != 60_000 {
            return Err(format!("{} has {} pictures instead of 60,000", folder.display(), learned.len()).into());
        }
        let held = learned.split_off(50_000);
        Ok(Self { learned, held })
    }
}

/// The bytes of a packed file after its header.
fn unpacked(file: &Path, header: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let packed = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes.split_off(header.min(bytes.len())))
}
