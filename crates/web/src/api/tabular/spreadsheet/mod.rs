//! Workbooks (`.xlsx`): a zip archive of XML parts (ECMA-376), of which one sheet is read.
//!
//! A file of some kilobytes may unpack to gigabytes, or say of itself that it does. So nothing that a file says of a
//! size, of a count or of dimensions is believed: what is kept in memory is bounded by constants, each part is
//! unpacked piece by piece up to a limit, and of a sheet one row is in memory.
//!
//! Not here: writing workbooks, formulas (their stored results are read), and whatever is only for the eye.

mod archive;
mod attributes;
mod book;
mod formats;
mod rows;
mod serial;
mod strings;
#[cfg(test)]
#[path = "../../../../../../tests/src/workbook.rs"]
#[expect(unreachable_pub, dead_code, reason = "the integration tests share it, and use what is not used here")]
mod testing;
#[cfg(test)]
mod tests;
mod unpacked;
mod xml;

use std::sync::Arc;

use actix_web::web::Bytes;
use archive::{Archive, Entry};
use book::Book;
use formats::Formats;
pub(super) use rows::SheetRows;
use strings::SharedStrings;
use xml::Xml;

use super::TableFault;

/// The largest workbook, in bytes as it is packed: as much as an upload may have.
pub(super) const LARGEST: usize = 16 << 20;
/// Bytes of a sheet when it is unpacked, at most; a row of two cells has about 100.
const LARGEST_SHEET: u64 = 128 << 20;
/// Bytes of any other part when it is unpacked, at most.
const LARGEST_PART: u64 = 32 << 20;
/// The first bytes of a file that tell what it is.
pub(super) const MARK: u64 = 8;

/// Why a workbook is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookFault {
    /// A workbook of Excel 97 to 2003 (`.xls`).
    #[error("a workbook of Excel 97 to 2003")]
    Old,
    /// A workbook with a password.
    #[error("a workbook with a password")]
    Encrypted,
    /// An archive without a workbook that is read: `.ods`, `.xlsb`, or no spreadsheet at all.
    #[error("no .xlsx workbook")]
    OtherFormat,
    /// An archive that was cut, changed, or written against the rules.
    #[error("a damaged workbook")]
    Damaged,
    /// More than is read of any workbook: bytes, parts, texts, sheets or columns.
    #[error("a workbook that is too large")]
    TooLarge,
    /// It has no sheet of that name.
    #[error("no such sheet; there is: {known}")]
    UnknownSheet {
        /// The names of its first sheets.
        known: String,
    },
    /// A sheet was named, and the file is no workbook.
    #[error("a text has no sheets")]
    NotAWorkbook,
}

impl WorkbookFault {
    /// The name of the fault, as keys of texts and answers have it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Old => "old_workbook",
            Self::Encrypted => "encrypted_workbook",
            Self::OtherFormat => "other_workbook",
            Self::Damaged => "damaged_workbook",
            Self::TooLarge => "workbook_too_large",
            Self::UnknownSheet { .. } => "unknown_sheet",
            Self::NotAWorkbook => "not_a_workbook",
        }
    }

    /// Whether it is about the sheet that was named, and not about the file.
    #[must_use]
    pub fn is_of_sheet(&self) -> bool {
        matches!(self, Self::UnknownSheet { .. } | Self::NotAWorkbook)
    }

    /// What its text names.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnknownSheet { known } => vec![("known", known.clone())],
            _ => Vec::new(),
        }
    }
}

/// What holds a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A zip archive.
    Zip,
    /// A compound file: a workbook of Excel 97 to 2003, or one with a password.
    Compound,
}

impl Container {
    /// By the first bytes of a file; `None` for a text.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        let is_zip = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
        match bytes {
            _ if is_zip => Some(Self::Zip),
            _ if bytes.starts_with(&COMPOUND) => Some(Self::Compound),
            _ => None,
        }
    }
}

/// One sheet of a workbook, which is read from its beginning as often as is needed.
pub(super) struct Sheet {
    archive: Archive,
    entry: Entry,
    shared: Arc<Shared>,
}

/// What the cells of a sheet refer to.
struct Shared {
    strings: SharedStrings,
    formats: Formats,
    /// Whether days are counted from 1904 on.
    from_1904: bool,
}

impl Sheet {
    /// Opens the sheet called `name` of a workbook, else its first one that is not hidden.
    pub(super) fn open(bytes: Bytes, container: Container, name: Option<&str>) -> Result<Self, WorkbookFault> {
        if bytes.len() > LARGEST {
            return Err(WorkbookFault::TooLarge);
        }
        if container == Container::Compound {
            return Err(compound(&bytes));
        }
        let archive = Archive::open(bytes)?;
        let book = Book::read(&archive, name)?;
        let part = |path: &Option<String>| path.as_deref().map_or(Ok(None), |path| archive.find(path));
        let strings = match part(&book.strings)? {
            Some(entry) => SharedStrings::read(Xml::open(archive.unpack(&entry, LARGEST_PART)?))?,
            None => SharedStrings::default(),
        };
        let formats = match part(&book.styles)? {
            Some(entry) => Formats::read(Xml::open(archive.unpack(&entry, LARGEST_PART)?))?,
            None => Formats::default(),
        };
        let entry = archive.find(&book.sheet)?.ok_or(WorkbookFault::Damaged)?;
        let shared = Arc::new(Shared { strings, formats, from_1904: book.from_1904 });
        Ok(Self { archive, entry, shared })
    }

    /// Begins to read: the header.
    pub(super) fn rows(&self) -> Result<SheetRows, TableFault> {
        let part = self.archive.unpack(&self.entry, LARGEST_SHEET)?;
        SheetRows::open(Xml::open(part), Arc::clone(&self.shared))
    }

    /// Bytes of the sheet when it is unpacked, as the archive says.
    pub(super) fn unpacked(&self) -> u64 {
        self.entry.unpacked
    }
}

/// What a compound file is, by the name of a stream that only workbooks with a password have.
fn compound(bytes: &[u8]) -> WorkbookFault {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has_it = bytes.windows(name.len()).any(|window| window == name);
    if has_it { WorkbookFault::Encrypted } else { WorkbookFault::Old }
}
