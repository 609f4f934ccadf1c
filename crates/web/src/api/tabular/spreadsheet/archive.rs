//! The archive of a workbook: a zip file (APPNOTE.TXT 6.3), as far as workbooks use it.

use std::ops::Range;

use actix_web::web::Bytes;

use super::WorkbookFault;
use super::unpacked::{Packing, Unpacked};

/// Parts of an archive, at most. A workbook has ten and some for each sheet.
const MOST_PARTS: u16 = 4_096;
/// The end of an archive without its comment, in bytes.
const END: usize = 22;
/// The longest comment of an archive, in bytes.
const LONGEST_COMMENT: usize = 65_535;
/// An entry of the directory without its name, in bytes.
const HEAD: usize = 46;
/// A size that stands in a field of 64 bits beside the entry.
const ELSEWHERE: u32 = u32::MAX;

/// An archive in memory. What its directory says is checked where it is used.
pub(super) struct Archive {
    bytes: Bytes,
    /// Where the directory stands, and how many entries it has.
    directory: Range<usize>,
    entries: u16,
}

/// A part of an archive.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    packing: Packing,
    checksum: u32,
    /// Where its packed bytes stand.
    packed: Range<usize>,
    /// Its size when it is unpacked, as the archive says.
    pub(super) unpacked: u64,
}

/// An entry of the directory.
struct Listed<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u64,
    unpacked: u64,
    /// Where the part begins with a head of its own.
    begin: u64,
    /// Where the next entry begins.
    end: usize,
}

impl Archive {
    /// Finds the directory.
    pub(super) fn open(bytes: Bytes) -> Result<Self, WorkbookFault> {
        let first = bytes.len().saturating_sub(END + LONGEST_COMMENT);
        let last = bytes.len().checked_sub(END).ok_or(WorkbookFault::Damaged)?;
        let is_end = |at: &usize| {
            let ends_here =
                u16_at(&bytes, at + 20).is_some_and(|comment| at + END + usize::from(comment) == bytes.len());
            u32_at(&bytes, *at) == Some(0x0605_4b50) && ends_here
        };
        let end = (first..=last).rev().find(is_end).ok_or(WorkbookFault::Damaged)?;
        let entries = u16_at(&bytes, end + 10).unwrap_or_default();
        if entries > MOST_PARTS {
            return Err(WorkbookFault::TooLarge);
        }
        let begin = usize_at(&bytes, end + 16).ok_or(WorkbookFault::Damaged)?;
        if begin > end {
            return Err(WorkbookFault::Damaged);
        }
        Ok(Self { bytes, directory: begin..end, entries })
    }

    /// The part of that path. Letter case does not count, as in the programs that write workbooks.
    pub(super) fn find(&self, path: &str) -> Result<Option<Entry>, WorkbookFault> {
        let mut at = self.directory.start;
        for _ in 0..self.entries {
            let listed = self.listed(at).ok_or(WorkbookFault::Damaged)?;
            at = listed.end;
            if is_path(listed.name, path) {
                return self.entry(&listed).map(Some);
            }
        }
        Ok(None)
    }

    /// Begins to unpack a part, of which at most `limit` bytes are given out.
    pub(super) fn unpack(&self, entry: &Entry, limit: u64) -> Result<Unpacked, WorkbookFault> {
        if entry.unpacked > limit {
            return Err(WorkbookFault::TooLarge);
        }
        let packed = self.bytes.slice(entry.packed.clone());
        Ok(Unpacked::new(packed, entry.packing, entry.unpacked, entry.checksum))
    }

    fn listed(&self, at: usize) -> Option<Listed<'_>> {
        let bytes = self.bytes.get(..self.directory.end)?;
        if u32_at(bytes, at)? != 0x0201_4b50 {
            return None;
        }
        let length = |place: usize| u16_at(bytes, at + place).map(usize::from);
        let name = at + HEAD..at + HEAD + length(28)?;
        let extra = name.end..name.end + length(30)?;
        let end = extra.end + length(32)?;
        let sizes = [u32_at(bytes, at + 24)?, u32_at(bytes, at + 20)?, u32_at(bytes, at + 42)?];
        let [unpacked, packed, begin] = whole_sizes(sizes, bytes.get(extra)?)?;
        Some(Listed {
            name: bytes.get(name)?,
            flags: u16_at(bytes, at + 8)?,
            method: u16_at(bytes, at + 10)?,
            checksum: u32_at(bytes, at + 16)?,
            packed,
            unpacked,
            begin,
            end: (end <= bytes.len()).then_some(end)?,
        })
    }

    fn entry(&self, listed: &Listed<'_>) -> Result<Entry, WorkbookFault> {
        if listed.flags & 1 == 1 {
            return Err(WorkbookFault::Encrypted);
        }
        let packing = match listed.method {
            0 => Packing::None,
            8 => Packing::Deflate,
            _ => return Err(WorkbookFault::Damaged),
        };
        let packed = self.packed(listed).ok_or(WorkbookFault::Damaged)?;
        Ok(Entry { packing, checksum: listed.checksum, packed, unpacked: listed.unpacked })
    }

    /// Where the bytes of a part stand: after a head of its own, whose name and extra fields may be others.
    fn packed(&self, listed: &Listed<'_>) -> Option<Range<usize>> {
        let head = usize::try_from(listed.begin).ok()?;
        if u32_at(&self.bytes, head)? != 0x0403_4b50 {
            return None;
        }
        let length = |place: usize| u16_at(&self.bytes, head.checked_add(place)?).map(usize::from);
        let begin = head.checked_add(30)?.checked_add(length(26)?)?.checked_add(length(28)?)?;
        let end = begin.checked_add(usize::try_from(listed.packed).ok()?)?;
        (end <= self.bytes.len()).then_some(begin..end)
    }
}

/// Sizes of 32 bits, with those that stand elsewhere taken from the extra field of archives of 64 bits. Some programs
/// write them for files of any size.
fn whole_sizes(sizes: [u32; 3], mut extra: &[u8]) -> Option<[u64; 3]> {
    let mut whole = sizes.map(u64::from);
    if !sizes.contains(&ELSEWHERE) {
        return Some(whole);
    }
    let mut field = loop {
        let (kind, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let field = extra.get(4..4 + length)?;
        if kind == 1 {
            break field;
        }
        extra = extra.get(4 + length..)?;
    };
    for (size, _) in whole.iter_mut().zip(sizes).filter(|(_, size)| *size == ELSEWHERE) {
        let (bytes, rest) = field.split_first_chunk::<8>()?;
        *size = u64::from_le_bytes(*bytes);
        field = rest;
    }
    Some(whole)
}

/// Whether a name of the directory is that path; some programs write backslashes.
fn is_path(name: &[u8], path: &str) -> bool {
    let slashed = name.iter().map(|byte| if *byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() });
    slashed.eq(path.bytes().map(|byte| byte.to_ascii_lowercase()))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes))
}

fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}
