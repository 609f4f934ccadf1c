//! The file of a SQLite database before it is opened: SQLite makes a file that is missing, and tells of one that is
//! something else only in words of its own.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Read};
use std::path::Path;

use rustix::fs::{Access, access};

use crate::words::{self, Words};

/// What a file of SQLite begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Absent,
    /// A file without a byte, which SQLite takes for an empty database.
    Empty,
    /// A file of SQLite.
    Database,
}

/// Why a file can hold no database.
#[derive(Debug)]
pub enum FileProblem {
    /// It cannot be read.
    Io(Error),
    /// It is something else.
    Foreign,
    /// It may be read and not be written.
    ReadOnly,
}

impl FileProblem {
    /// The problem in words.
    pub(crate) fn words(&self) -> Words {
        match self {
            Self::Io(error) => words::io(error),
            Self::Foreign => Words::of("cli.database.file_foreign"),
            Self::ReadOnly => Words::of("cli.database.file_read_only"),
        }
    }
}

/// Looks at a file without changing it.
pub(crate) fn look(path: &Path) -> Result<Found, FileProblem> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Absent),
        Err(error) => return Err(FileProblem::Io(error)),
    };
    if metadata.is_dir() {
        return Err(FileProblem::Io(ErrorKind::IsADirectory.into()));
    }
    let mut begin = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    match read {
        Ok(()) if begin == *MAGIC => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && metadata.len() == 0 => return Ok(Found::Empty),
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(FileProblem::Io(error)),
        _ => return Err(FileProblem::Foreign),
    }
    // Opened without writing: whether it may be written is for the system to say.
    match File::options().append(true).open(path) {
        Ok(_) => Ok(Found::Database),
        Err(_) => Err(FileProblem::ReadOnly),
    }
}

/// Whether a file could be made in its folder.
pub(crate) fn may_be_made(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Whether a file could be made, with those of its folders that are missing.
pub(crate) fn may_be_made_with_folders(path: &Path) -> std::io::Result<()> {
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let nearest = folders.into_iter().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    may_be_made(&nearest.join("file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_database_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            look(&path)
        };
        assert_eq!(look(&folder.path().join("nowhere/x.db")).unwrap(), Found::Absent);
        assert_eq!(at("empty.db", b"").unwrap(), Found::Empty);
        assert_eq!(at("real.db", b"SQLite format 3\0 and so on").unwrap(), Found::Database);
        for other in [b"hora,seguidores\n2026-01-01,3\n".as_slice(), b"short"] {
            assert!(matches!(at("other.db", other), Err(FileProblem::Foreign)));
        }
        assert!(matches!(look(folder.path()), Err(FileProblem::Io(error)) if error.kind() == ErrorKind::IsADirectory));
        let through_a_file = folder.path().join("real.db/x.db");
        assert!(matches!(look(&through_a_file), Err(FileProblem::Io(_))));
    }
}
