//! Versioned bytes with checksums, never an executable format.
//!
//! ```text
//! magic (8 bytes) | format (u16) | section | section …        all numbers little-endian
//! section = length (u32) | XXH3-64 of the bytes (u64) | bytes (postcard)
//! ```
//!
//! The checksums find damage; they are no signature, and do not defend against someone who forges bytes.

use atalaya_application::ports::forecaster::ArtifactError;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::numeric::stored;

/// The bytes of sections in a format.
pub(crate) fn assemble(magic: [u8; 8], format: u16, sections: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(10 + sections.iter().map(|section| section.len() + 12).sum::<usize>());
    bytes.extend(magic);
    bytes.extend(format.to_le_bytes());
    for section in sections {
        bytes.extend(stored(section.len()).to_le_bytes());
        bytes.extend(xxh3_64(section).to_le_bytes());
        bytes.extend(section);
    }
    bytes
}

/// The sections of bytes in one of the formats that are read, the newest last, and which format that is.
///
/// # Errors
/// [`ArtifactError`] for foreign, truncated or damaged bytes, and for another format's.
pub(crate) fn sections<'a, const N: usize>(
    bytes: &'a [u8],
    magic: [u8; 8],
    read: &[u16],
) -> Result<(u16, [&'a [u8]; N]), ArtifactError> {
    let rest = bytes.strip_prefix(&magic).ok_or(ArtifactError::NotAnArtifact)?;
    let (format, mut rest) = rest.split_first_chunk().ok_or(ArtifactError::Damaged)?;
    let found = u16::from_le_bytes(*format);
    if !read.contains(&found) {
        let supported = read.last().copied().unwrap_or_default();
        return Err(ArtifactError::UnsupportedFormat { found, supported });
    }
    let mut sections: [&[u8]; N] = [&[]; N];
    for section in &mut sections {
        (*section, rest) = first_section(rest).ok_or(ArtifactError::Damaged)?;
    }
    if rest.is_empty() { Ok((found, sections)) } else { Err(ArtifactError::Damaged) }
}

fn first_section(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (checksum, rest) = rest.split_first_chunk()?;
    let (section, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    (xxh3_64(section) == u64::from_le_bytes(*checksum)).then_some((section, rest))
}

/// What a section holds.
///
/// # Errors
/// [`ArtifactError::Damaged`] where it holds something else, or more.
pub(crate) fn decode<T: DeserializeOwned>(section: &[u8]) -> Result<T, ArtifactError> {
    match postcard::take_from_bytes(section) {
        Ok((value, [])) => Ok(value),
        _ => Err(ArtifactError::Damaged),
    }
}
