//! The broken rules of an import as a file, for whoever mends them in a spreadsheet.
//!
//! All of them are in it, and a file of 16 MiB can break millions. They are found during the import and sent after it,
//! because a client that reads slowly must not keep the transaction open. Until then they lie packed in memory. Since
//! their messages repeat, that is about as much as the file itself.

use std::io::{Cursor, Read as _};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use atalaya_application::AppError;
use atalaya_application::ports::forecaster::TrainingObserver as _;
use atalaya_application::tables::{ImportFault, ImportProgress};
use atalaya_texts::Language;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::answer::ImportProblem;
use crate::api::csv_lines::{Cell, CsvLines};
use crate::http::client_disconnect::ClientDisconnect;
use crate::http::exports::Outlet;

/// Bytes that are sent at once.
const PART: u64 = 256 * 1024;

type Packing = CsvLines<DeflateEncoder<Vec<u8>>>;

/// Writes the broken rules of an import as they are found, for as long as the client waits.
pub(super) struct ErrorsFile {
    language: Language,
    client: ClientDisconnect,
    lines: Mutex<Packing>,
}

fn packing() -> Packing {
    CsvLines::into_writer(DeflateEncoder::new(Vec::new(), Compression::fast()))
}

fn header() -> Result<Vec<u8>, AppError> {
    let mut lines = CsvLines::default();
    lines.header(["line", "column", "value", "error", "message"]).map_err(AppError::internal)?;
    lines.into_bytes().map_err(AppError::internal)
}

fn cells(problem: &ImportProblem) -> [Cell; 5] {
    let text = |text: Option<&str>| text.map(Cell::text).unwrap_or_default();
    [
        problem.line.map(Cell::whole).unwrap_or_default(),
        text(problem.column.as_deref()),
        text(problem.value.as_deref()),
        Cell::text(problem.error),
        Cell::text(&problem.message),
    ]
}

impl ErrorsFile {
    /// A file without broken rules.
    pub(super) fn new(language: Language, client: ClientDisconnect) -> Self {
        Self { language, client, lines: Mutex::new(packing()) }
    }

    /// Sends the file.
    ///
    /// # Errors
    /// Of the packing, never in practice.
    pub(super) fn send(self, outlet: &mut Outlet) -> Result<(), AppError> {
        let lines = self.lines.into_inner().unwrap_or_else(PoisonError::into_inner);
        let packed = lines.finish().map_err(AppError::internal)?.finish().map_err(AppError::internal)?;
        let mut unpacked = DeflateDecoder::new(Cursor::new(packed));
        let mut part = header()?;
        loop {
            let _read = unpacked.by_ref().take(PART).read_to_end(&mut part).map_err(AppError::internal)?;
            if part.is_empty() || outlet.give(|_| Ok(std::mem::take(&mut part))).is_break() {
                return Ok(());
            }
        }
    }
}

impl ImportProgress for ErrorsFile {
    fn begun(&self) {
        *self.lines.lock().unwrap_or_else(PoisonError::into_inner) = packing();
    }

    fn broken(&self, fault: &ImportFault) -> Result<(), AppError> {
        let problem = ImportProblem::of(fault, self.language);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.line(cells(&problem)).map_err(AppError::internal)
    }

    fn done(&self, _rows: u64) -> ControlFlow<()> {
        if self.client.cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
