//! A part as it is unpacked, piece by piece.

use std::io::{self, Cursor, Read};

use actix_web::web::Bytes;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::WorkbookFault;

/// How a part is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    None,
    /// By Deflate (RFC 1951).
    Deflate,
}

enum Inner {
    Plain(Cursor<Bytes>),
    Deflate(DeflateDecoder<Cursor<Bytes>>),
}

/// The unpacked bytes of a part. It fails where they are more or others than the archive says.
pub(super) struct Unpacked {
    inner: Inner,
    checksum: Crc,
    read: u64,
    expected: (u64, u32),
}

impl Unpacked {
    pub(super) fn new(packed: Bytes, packing: Packing, size: u64, checksum: u32) -> Self {
        let inner = match packing {
            Packing::None => Inner::Plain(Cursor::new(packed)),
            Packing::Deflate => Inner::Deflate(DeflateDecoder::new(Cursor::new(packed))),
        };
        Self { inner, checksum: Crc::new(), read: 0, expected: (size, checksum) }
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.inner {
            Inner::Plain(plain) => plain.read(buffer),
            Inner::Deflate(decoder) => decoder.read(buffer),
        };
        let read = read.map_err(|_| damaged())?;
        self.checksum.update(buffer.get(..read).unwrap_or_default());
        self.read = self.read.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        let (size, checksum) = self.expected;
        let is_whole = self.read == size && self.checksum.sum() == checksum;
        // A size that lies ends the reading before the bytes that it hides.
        if self.read > size || (read == 0 && !buffer.is_empty() && !is_whole) {
            return Err(damaged());
        }
        Ok(read)
    }
}

fn damaged() -> io::Error {
    io::Error::other(WorkbookFault::Damaged)
}
