//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{CommandError, file_error};
use crate::words::Words;

/// Where a command writes its result.
pub(crate) enum Output {
    /// Standard output, or a file that cannot be replaced, such as a pipe.
    Stream(Box<dyn Write>),
    /// A file beside the one that it will replace.
    File(WholeFile),
}

/// A file that takes its name when it is finished; until then it is there as `NAME.PROCESS.part`, and gone if it never
/// is.
pub(crate) struct WholeFile {
    path: PathBuf,
    partial: PathBuf,
    file: BufWriter<File>,
    finished: bool,
}

impl Output {
    /// Opens a file, or standard output where none is named. The file that is being read is not written over.
    pub(crate) fn open(path: Option<&Path>, input: &Path) -> Result<Self, CommandError> {
        let Some(path) = path else { return Ok(Self::Stream(Box::new(BufWriter::new(io::stdout())))) };
        if let (Ok(output), Ok(input)) = (path.canonicalize(), input.canonicalize())
            && output == input
            && input.is_file()
        {
            return Err(CommandError::Refused(Words::of("cli.argument.output_is_input").with("file", path.display())));
        }
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            let stream = File::options().write(true).open(path).map_err(file_error(path))?;
            return Ok(Self::Stream(Box::new(BufWriter::new(stream))));
        }
        Ok(Self::File(WholeFile::create(path).map_err(file_error(path))?))
    }

    /// Ends it: now the file is there.
    pub(crate) fn finish(self) -> Result<(), CommandError> {
        match self {
            Self::Stream(mut stream) => Ok(stream.flush()?),
            Self::File(mut file) => file.finish().map_err(file_error(&file.path.clone())),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(stream) => stream.write(bytes),
            Self::File(file) => file.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.flush(),
            Self::File(file) => file.file.flush(),
        }
    }
}

impl WholeFile {
    fn create(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut partial = path.clone().into_os_string();
        partial.push(format!(".{}.part", std::process::id()));
        let partial = PathBuf::from(partial);
        let file = BufWriter::new(File::create(&partial)?);
        Ok(Self { path, partial, file, finished: false })
    }

    fn finish(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.partial, &self.path)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing is left to be done where even that fails.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
