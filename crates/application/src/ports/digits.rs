//! Reading digits on pictures, and remembering what was read.

use atalaya_domain::digits::DigitReading;
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Mandate, ReadDigits};

/// Why a picture was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// By its content it is no picture of a kind that is read.
    #[error("no picture of a kind that is read")]
    Format,
    /// It is larger than is read, as its header says.
    #[error("more than {most} pixels")]
    TooManyPixels {
        /// The most that is read.
        most: u64,
    },
    /// One of its sides is longer than is read, as its header says.
    #[error("a side of more than {most} pixels")]
    TooLong {
        /// The longest that is read, in pixels.
        most: u64,
    },
    /// Its header is sound and what follows cannot be read.
    #[error("a broken picture")]
    Broken,
    /// As many pictures are being read as the machine can bear.
    #[error("too many pictures at a time")]
    Busy,
    /// A fault of the reader.
    #[error("reading failed: {0}")]
    Failed(String),
}

/// Reads digits on pictures. It keeps nothing of them.
pub trait DigitReader: Send + Sync {
    /// What reads: other weights have another version.
    fn version(&self) -> &str;

    /// Reads a picture of some hundred kilobytes to some megabytes. It takes tenths of a second of a processor. What is
    /// read depends on the bytes only; where pictures wait for each other, it depends on the company who is next.
    ///
    /// # Errors
    /// [`PictureError`].
    fn read(&self, picture: &CompanyPicture<'_>) -> Result<DigitReading, PictureError>;
}

/// A picture of a company, for one version of what reads it. There is none without a company, so what is remembered of
/// one is never found for another.
#[derive(Debug, Clone, Copy)]
pub struct CompanyPicture<'p> {
    company: CompanyId,
    version: &'p str,
    bytes: &'p [u8],
}

impl<'p> CompanyPicture<'p> {
    /// A picture that somebody sent who may have pictures read.
    #[must_use]
    pub fn new(by: &Mandate<ReadDigits>, version: &'p str, bytes: &'p [u8]) -> Self {
        Self { company: by.company(), version, bytes }
    }

    /// Whose.
    #[must_use]
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// What reads it.
    #[must_use]
    pub fn version(&self) -> &'p str {
        self.version
    }

    /// The picture as it was sent.
    #[must_use]
    pub fn bytes(&self) -> &'p [u8] {
        self.bytes
    }
}

/// What was read on a picture, just now or before.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalled {
    /// What was read.
    pub reading: DigitReading,
    /// Whether that was before.
    pub was_remembered: bool,
}

/// Reads a picture.
pub type ReadPicture<'r> = dyn FnMut() -> Result<DigitReading, PictureError> + 'r;

/// Remembers for [`REMEMBERED_MINUTES`] what was read, and of the picture nothing but a digest. What it cannot
/// remember is read again.
pub trait ReadingMemory: Send + Sync {
    /// What is remembered of `picture`, or else what `read` reads, which is remembered.
    ///
    /// # Errors
    /// Those of `read`.
    fn recall_or_read(
        &self,
        picture: &CompanyPicture<'_>,
        read: &mut ReadPicture<'_>,
    ) -> Result<Recalled, PictureError>;
}

/// For how many minutes a reading is remembered.
pub const REMEMBERED_MINUTES: u64 = 60;
