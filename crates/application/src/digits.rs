//! Reading digits on a picture.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_domain::audit::AuditAction;
use atalaya_domain::digits::DigitReading;
use atalaya_domain::mandate::{Mandate, ReadDigits};

use crate::error::AppError;
use crate::ports::digits::{CompanyPicture, DigitReader, ReadingMemory, Recalled};
use crate::ports::runtime::Clock;
use crate::ports::store::Store;

/// What was read on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DigitsAnswer {
    /// What.
    pub reading: DigitReading,
    /// Whether the company had the same picture read before, and it is remembered.
    pub was_remembered: bool,
    /// What read it.
    pub version: String,
    /// How long it took, waiting for a turn included.
    pub took: Duration,
}

/// The use case of whoever has a picture read.
pub trait Digits: Send + Sync {
    /// Reads the digits on a picture. The audit log tells that one was read, and nothing of it.
    ///
    /// # Errors
    /// `Picture` for what is no picture that is read; `Unavailable` where too many are; those of the database.
    fn read(&self, by: &Mandate<ReadDigits>, picture: &[u8]) -> Result<DigitsAnswer, AppError>;
}

/// [`Digits`] on the ports.
pub struct DigitService {
    /// What reads.
    pub reader: Arc<dyn DigitReader>,
    /// What was read lately.
    pub memory: Arc<dyn ReadingMemory>,
    /// A company's data: its audit log.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Digits for DigitService {
    fn read(&self, by: &Mandate<ReadDigits>, picture: &[u8]) -> Result<DigitsAnswer, AppError> {
        let begun = Instant::now();
        let version = self.reader.version();
        let sent = CompanyPicture::new(by, version, picture);
        let recalled = self.memory.recall_or_read(&sent, &mut || self.reader.read(&sent))?;
        let Recalled { reading, was_remembered } = recalled;
        let took = begun.elapsed();
        // What was remembered is shown to somebody too.
        let event = by.event(AuditAction::DigitsRead, self.clock.now());
        self.store.transaction(&by.scope(), |unit| unit.audit(&event))?;
        Ok(DigitsAnswer { reading, was_remembered, version: version.to_owned(), took })
    }
}
