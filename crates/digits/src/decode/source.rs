//! The bytes of a picture, as decoders take them.

use std::io::{BufRead, Cursor, Read, Result, Seek, SeekFrom};

use crate::pauses::worked;

/// The work that a byte costs, counted in pixels.
const VALUES_OF_A_BYTE: usize = 8;

/// Bytes in memory. Decoders that give a whole picture at once pause when they ask for more.
pub(super) struct Source<'b>(Cursor<&'b [u8]>);

impl<'b> Source<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(Cursor::new(bytes))
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let taken = self.0.read(buffer)?;
        worked(taken * VALUES_OF_A_BYTE);
        Ok(taken)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        /// Bytes that are handed out at once: a decoder has to ask again, and a pause can come.
        const MOST_AT_ONCE: usize = 4_096;
        let rest = self.0.fill_buf()?;
        Ok(rest.get(..MOST_AT_ONCE).unwrap_or(rest))
    }

    fn consume(&mut self, amount: usize) {
        worked(amount * VALUES_OF_A_BYTE);
        self.0.consume(amount);
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}
