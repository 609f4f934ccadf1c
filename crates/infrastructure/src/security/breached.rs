//! Passwords known from leaks, in a file that is searched where it lies: public lists hold a thousand million of them.
//!
//! The file is the magic `ATALPWNS`, a version (`u32`), the width of an entry in bytes (`u32`), the number of entries
//! (`u64`), and the entries: the first eight bytes of each password's SHA-1, ascending, none twice. Numbers are
//! big-endian. SHA-1 because that is what public lists are made of; nothing relies on it being hard to collide. Eight
//! bytes suffice: with a thousand million entries, one good password in eighteen thousand million is refused by chance.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use atalaya_application::AppError;
use atalaya_application::ports::passwords::PasswordBlocklist;
use atalaya_domain::password::Password;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

const MAGIC: [u8; 8] = *b"ATALPWNS";
const VERSION: u32 = 1;
const ENTRY: usize = 8;
const ENTRY_WIDTH: u32 = 8;
const HEADER: usize = 24;
/// So many places are looked at when a file is opened, to tell a file that is not in order.
const SAMPLES: u64 = 256;

/// Why a file is no list of breached passwords.
#[derive(Debug, thiserror::Error)]
pub enum BreachedFileError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is something else, or of another version.
    #[error("is not a list that `atalaya passwords import` of this version made")]
    Foreign,
    /// It is cut off, or something follows it.
    #[error("holds {found} bytes and should hold {expected}; import the list again")]
    Length {
        /// Bytes that it has.
        found: u64,
        /// Bytes that its header promises.
        expected: u64,
    },
    /// Its entries are not ascending.
    #[error("is damaged: its entries are not in order; import the list again")]
    Order,
}

/// A list of breached passwords on disk. Kept open, and never read into memory.
#[derive(Debug)]
pub struct BreachedPasswords {
    file: File,
    entries: u64,
}

impl BreachedPasswords {
    /// Opens a list and looks whether it is a whole one.
    ///
    /// # Errors
    /// [`BreachedFileError`] says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, BreachedFileError> {
        let file = File::open(path)?;
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, 0).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BreachedFileError::Foreign,
            _ => BreachedFileError::Read(error),
        })?;
        let (kind, count) = header.split_at(HEADER - size_of::<u64>());
        if kind != kind_of_file() {
            return Err(BreachedFileError::Foreign);
        }
        let entries = number(count);
        let expected = entries.checked_mul(ENTRY as u64).and_then(|bytes| bytes.checked_add(HEADER as u64));
        let expected = expected.unwrap_or(u64::MAX);
        let found = file.metadata()?.len();
        if found != expected {
            return Err(BreachedFileError::Length { found, expected });
        }
        let list = Self { file, entries };
        list.check_order()?;
        Ok(list)
    }

    /// How many passwords it holds.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries
    }

    fn entry(&self, index: u64) -> io::Result<u64> {
        let mut entry = [0; ENTRY];
        self.file.read_exact_at(&mut entry, HEADER as u64 + index * ENTRY as u64)?;
        Ok(u64::from_be_bytes(entry))
    }

    fn check_order(&self) -> Result<(), BreachedFileError> {
        let step = (self.entries / SAMPLES).max(1);
        let mut last = None;
        for place in 0..self.entries.min(SAMPLES) {
            let entry = self.entry(place * step)?;
            if last.is_some_and(|last| last >= entry) {
                return Err(BreachedFileError::Order);
            }
            last = Some(entry);
        }
        Ok(())
    }

    /// A binary search: thirty reads in a list of a thousand million.
    fn find(&self, wanted: u64) -> io::Result<bool> {
        let (mut low, mut high) = (0, self.entries);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.entry(middle)?;
            if entry == wanted {
                return Ok(true);
            }
            if entry < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(false)
    }
}

impl PasswordBlocklist for BreachedPasswords {
    fn contains(&self, password: &Password) -> Result<bool, AppError> {
        self.find(fingerprint(password.expose().as_bytes())).map_err(AppError::internal)
    }
}

/// A list to be written.
#[derive(Default)]
pub struct BreachedList {
    fingerprints: Vec<u64>,
}

impl BreachedList {
    /// Adds a line of a list: a password, or the SHA-1 of one in hexadecimal, with or without `:` and how often it was
    /// seen. Never seen is not added: services pad their answers with such lines. Nor is an empty line.
    pub fn add_line(&mut self, line: &[u8]) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return;
        }
        match hash_of_line(line) {
            Some((_, 0)) => {}
            Some((fingerprint, _)) => self.fingerprints.push(fingerprint),
            None => self.fingerprints.push(match std::str::from_utf8(line) {
                Ok(text) => fingerprint(Password::new(text).expose().as_bytes()),
                Err(_) => fingerprint(line),
            }),
        }
    }

    /// Whether no password was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fingerprints.is_empty()
    }

    /// Writes the list, whole or not at all, and says how many passwords it holds.
    ///
    /// # Errors
    /// Of the file.
    pub fn write(mut self, path: &Path) -> io::Result<u64> {
        self.fingerprints.sort_unstable();
        self.fingerprints.dedup();
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = Path::new(&partial);
        let written = self.write_new(partial).and_then(|()| std::fs::rename(partial, path));
        if written.is_err() {
            // What matters is the first error; a partial file that stays is overwritten by the next attempt.
            let _ = std::fs::remove_file(partial);
        }
        written?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(self.fingerprints.len() as u64)
    }

    fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut writer = BufWriter::new(File::create(path)?);
        writer.write_all(&kind_of_file())?;
        writer.write_all(&(self.fingerprints.len() as u64).to_be_bytes())?;
        for fingerprint in &self.fingerprints {
            writer.write_all(&fingerprint.to_be_bytes())?;
        }
        writer.into_inner()?.sync_all()
    }
}

/// Everything of the header but the number of entries.
fn kind_of_file() -> Vec<u8> {
    [MAGIC.as_slice(), &VERSION.to_be_bytes(), &ENTRY_WIDTH.to_be_bytes()].concat()
}

fn fingerprint(text: &[u8]) -> u64 {
    number(digest(&SHA1_FOR_LEGACY_USE_ONLY, text).as_ref())
}

/// The number that the first eight bytes are.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(ENTRY).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The fingerprint that a line of 40 hexadecimal digits tells, and how often it was seen; `None` for any other line.
fn hash_of_line(line: &[u8]) -> Option<(u64, u64)> {
    const DIGITS: usize = 40;
    let text = std::str::from_utf8(line).ok()?;
    let (hash, count) =
        text.split_once(':').map_or(Some((text, 1)), |(hash, count)| Some((hash, count.parse().ok()?)))?;
    if hash.len() != DIGITS || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u64::from_str_radix(hash.get(..2 * ENTRY)?, 16).ok()?, count))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// SHA-1 of `password123`.
    const PASSWORD123: &str = "cbfdac6008f9cab4083784cbd1874f76618d2a97";

    fn written(lines: &[&[u8]]) -> (TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("breached.bin");
        let mut list = BreachedList::default();
        for line in lines {
            list.add_line(line);
        }
        list.write(&path).unwrap();
        (folder, path)
    }

    fn contains(list: &BreachedPasswords, password: &str) -> bool {
        list.contains(&Password::new(password)).unwrap()
    }

    #[test]
    fn hashes_counts_and_plain_passwords_are_told_apart_line_by_line() {
        let counted = format!("{}:2031\r\n", PASSWORD123.to_uppercase());
        let (_folder, path) =
            written(&[counted.as_bytes(), b"Una-Clave-2026\n", b"\n", b"\xff\xfe", b"contrasen\xcc\x83a"]);
        let list = BreachedPasswords::open(&path).unwrap();
        assert_eq!(list.entries(), 4);
        for known in ["password123", "Una-Clave-2026", "contrase\u{f1}a"] {
            assert!(contains(&list, known), "{known}");
        }
        for unknown in ["", "password1234", "Una-Clave-2027", PASSWORD123] {
            assert!(!contains(&list, unknown), "{unknown}");
        }
    }

    #[test]
    fn a_hash_that_was_never_seen_is_padding() {
        let (_folder, path) = written(&[format!("{PASSWORD123}:0").as_bytes()]);
        assert_eq!(BreachedPasswords::open(&path).unwrap().entries(), 0);
    }

    #[test]
    fn every_entry_is_found_and_each_is_stored_once() {
        let passwords: Vec<String> = (0..1_000).map(|number| format!("clave {number}")).collect();
        let lines: Vec<&[u8]> = passwords.iter().chain(&passwords).map(String::as_bytes).collect();
        let (_folder, path) = written(&lines);
        let list = BreachedPasswords::open(&path).unwrap();
        assert_eq!(list.entries(), 1_000);
        assert!(passwords.iter().all(|password| contains(&list, password)));
        assert!(!contains(&list, "clave 1000"));
    }

    #[test]
    fn a_file_that_is_no_whole_list_is_refused() {
        let (_folder, path) = written(&[b"one", b"two", b"three"]);
        let good = std::fs::read(&path).unwrap();
        let refused = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            BreachedPasswords::open(&path).unwrap_err()
        };
        assert!(matches!(refused(b""), BreachedFileError::Foreign));
        assert!(matches!(refused(b"password\n123456\nqwerty\nmonkey\n"), BreachedFileError::Foreign));
        assert!(matches!(refused(&good[..good.len() - 1]), BreachedFileError::Length { found: 47, expected: 48 }));
        assert!(matches!(refused(&[&good[..], b"x"].concat()), BreachedFileError::Length { .. }));
        let mut newer = good.clone();
        newer[11] += 1;
        assert!(matches!(refused(&newer), BreachedFileError::Foreign));
        let mut endless = good.clone();
        endless[16..24].fill(0xff);
        assert!(matches!(refused(&endless), BreachedFileError::Length { .. }));
        let mut unsorted = good.clone();
        unsorted[24..].rotate_left(8);
        assert!(matches!(refused(&unsorted), BreachedFileError::Order));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(BreachedPasswords::open(&path), Err(BreachedFileError::Read(_))));
    }

    #[test]
    fn a_list_that_shrinks_under_the_program_is_a_fault_and_no_answer() {
        let (_folder, path) = written(&[b"one", b"two", b"three"]);
        let list = BreachedPasswords::open(&path).unwrap();
        File::options().write(true).open(&path).unwrap().set_len(HEADER as u64).unwrap();
        assert!(matches!(list.contains(&Password::new("one")), Err(AppError::Internal { .. })));
    }

    #[test]
    fn a_list_that_cannot_be_written_leaves_the_old_one() {
        let (folder, path) = written(&[b"one"]);
        std::fs::create_dir(folder.path().join("breached.bin.partial")).unwrap();
        let mut list = BreachedList::default();
        list.add_line(b"two");
        assert!(list.write(&path).is_err());
        assert!(contains(&BreachedPasswords::open(&path).unwrap(), "one"));
    }
}
