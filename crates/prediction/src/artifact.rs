//! Versioned bytes with checksums, never an executable format.
//!
//! ```text
//! magic (8 bytes) | format (u16) | section | section …        all numbers little-endian
//! section = length (u32) | XXH3-64 of the bytes (u64) | bytes (postcard)
//! ```
//!
//! A model artifact has two sections: the *deterministic* one, which is the same bytes for the same history and plan, and
//! the *run facts*, which hold how long fits took and differ from run to run. A fitted model is one section under its own
//! magic. The checksums find damage; they are no signature, and do not defend against someone who forges bytes.

mod earlier;

use atalaya_application::ports::forecaster::ArtifactError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::fitted::{Fitted, Listeners};
use crate::numeric::stored;
use crate::record::{AskedRecord, CoverageRecord, ReportRecord, RunFacts};
use crate::response::Response;
use crate::trained::{Answers, TrainedVersion};

const MODEL_MAGIC: [u8; 8] = *b"ATALAYAM";
const FITTED_MAGIC: [u8; 8] = *b"ATALAYAF";
/// Raised whenever the bytes of a model artifact change their meaning.
const MODEL_FORMAT: u16 = 4;
/// The formats that are read, the newest last: versions of earlier ones go on answering as they did.
const MODEL_FORMATS: [u16; 3] = [2, 3, MODEL_FORMAT];
/// Raised whenever the bytes of a fitted model change their meaning.
const FITTED_FORMAT: u16 = 3;
/// The format before, which holds the members that listen to activity.
const FITTED_FORMAT_OF_LISTENERS: u16 = 2;

/// The deterministic section of a model artifact, to be read.
#[derive(Deserialize)]
struct Payload {
    report: ReportRecord,
    answers: Answers,
    coverage: CoverageRecord,
    asked: AskedRecord,
}

/// The same, to be written without a copy of the answers.
#[derive(Serialize)]
struct PayloadRef<'a> {
    report: ReportRecord,
    answers: &'a Answers,
    coverage: CoverageRecord,
    asked: AskedRecord,
}

/// The checksum of an artifact's deterministic section: equal for equal histories and plans, whatever the fits took.
///
/// # Errors
/// [`ArtifactError`] for bytes that are no artifact of this program or that are damaged.
pub fn deterministic_checksum(artifact: &[u8]) -> Result<u64, ArtifactError> {
    let (_, [payload, _facts]) = model_sections(artifact)?;
    Ok(xxh3_64(payload))
}

/// A model artifact's bytes.
///
/// # Errors
/// Says why the model cannot be written; a fault of the program.
pub(crate) fn write_model(version: &TrainedVersion) -> Result<Vec<u8>, postcard::Error> {
    let payload = PayloadRef {
        report: ReportRecord::from(version.report_ref()),
        answers: version.answers(),
        coverage: CoverageRecord::of(version.report_ref()),
        asked: AskedRecord::of(version.report_ref()),
    };
    let facts = RunFacts::of(version.report_ref());
    Ok(assemble(MODEL_MAGIC, MODEL_FORMAT, &[postcard::to_stdvec(&payload)?, postcard::to_stdvec(&facts)?]))
}

/// Reads a model artifact.
///
/// # Errors
/// [`ArtifactError`] for foreign, truncated or damaged bytes, and for another format's.
pub(crate) fn read_model(artifact: &[u8]) -> Result<TrainedVersion, ArtifactError> {
    let (format, [payload, facts]) = model_sections(artifact)?;
    let payload: Payload = match format {
        2 => decode::<earlier::Second>(payload)?.into(),
        3 => decode::<earlier::Third>(payload)?.into(),
        _ => decode(payload)?,
    };
    let facts: RunFacts = decode(facts)?;
    let mut report = payload.report.restore(&facts).ok_or(ArtifactError::Damaged)?;
    payload.coverage.restore(&mut report);
    payload.asked.restore(&mut report).ok_or(ArtifactError::Damaged)?;
    TrainedVersion::new(report, payload.answers).ok_or(ArtifactError::Damaged)
}

/// A fitted model's bytes.
///
/// # Errors
/// Says why the model cannot be written; a fault of the program.
pub(crate) fn write_fitted(response: Option<&Response>) -> Result<Vec<u8>, postcard::Error> {
    Ok(assemble(FITTED_MAGIC, FITTED_FORMAT, &[postcard::to_stdvec(&response)?]))
}

/// Reads a fitted model, which must be the one that [`fitted_identity`] names.
///
/// # Errors
/// [`ArtifactError`] for foreign, truncated or damaged bytes, and for those of another version.
pub(crate) fn read_fitted(bytes: &[u8], identity: u64) -> Result<Fitted, ArtifactError> {
    let (format, [payload]) = sections(bytes, FITTED_MAGIC, &[FITTED_FORMAT_OF_LISTENERS, FITTED_FORMAT])?;
    if xxh3_64(bytes) != identity {
        return Err(ArtifactError::Damaged);
    }
    match format {
        FITTED_FORMAT_OF_LISTENERS => decode::<Listeners>(payload).map(Fitted::Listeners),
        _ => decode(payload).map(Fitted::Response),
    }
}

/// What binds a model artifact to the bytes of its fitted model.
pub(crate) fn fitted_identity(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

fn assemble(magic: [u8; 8], format: u16, sections: &[Vec<u8>]) -> Vec<u8> {
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

/// The sections of a model artifact, and in which format they are.
fn model_sections(artifact: &[u8]) -> Result<(u16, [&[u8]; 2]), ArtifactError> {
    sections(artifact, MODEL_MAGIC, &MODEL_FORMATS)
}

/// The sections of bytes in one of the formats that are read, the newest last.
fn sections<'a, const N: usize>(
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

fn decode<T: DeserializeOwned>(section: &[u8]) -> Result<T, ArtifactError> {
    match postcard::take_from_bytes(section) {
        Ok((value, [])) => Ok(value),
        _ => Err(ArtifactError::Damaged),
    }
}
