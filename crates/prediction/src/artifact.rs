//! The bytes of a trained version.
//!
//! They have two [sections](crate::sections): the *deterministic* one, which is the same bytes for the same history and
//! plan, and the *run facts*, which hold how long fits took and differ from run to run.

mod earlier;

use atalaya_application::ports::forecaster::ArtifactError;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::covariates::{CovariateAnswers, CovariateRecord};
use crate::record::{AskedRecord, CoverageRecord, ReportRecord, RunFacts};
use crate::sections::{assemble, decode, sections};
use crate::trained::{Answers, TrainedVersion};

const MODEL_MAGIC: [u8; 8] = *b"ATALAYAM";
/// Raised whenever the bytes of a model artifact change their meaning.
const MODEL_FORMAT: u16 = 6;
/// The format of a version for which no covariate was asked: the bytes that it had before there were any.
const WITHOUT_COVARIATES: u16 = 5;
/// The formats that are read, the newest last: versions of earlier ones go on answering as they did.
const MODEL_FORMATS: [u16; 5] = [2, 3, 4, WITHOUT_COVARIATES, MODEL_FORMAT];

/// The deterministic section of a model artifact, to be read.
#[derive(Deserialize)]
struct Payload {
    report: ReportRecord,
    answers: Answers,
    coverage: CoverageRecord,
    asked: AskedRecord,
}

/// The same where covariates were asked for.
#[derive(Deserialize)]
struct Covered {
    payload: Payload,
    covariates: CovariateRecord,
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
    let facts = postcard::to_stdvec(&RunFacts::of(version.report_ref()))?;
    match CovariateRecord::of(version.report_ref(), version.covariates()) {
        None => Ok(assemble(MODEL_MAGIC, WITHOUT_COVARIATES, &[postcard::to_stdvec(&payload)?, facts])),
        Some(record) => Ok(assemble(MODEL_MAGIC, MODEL_FORMAT, &[postcard::to_stdvec(&(payload, record))?, facts])),
    }
}

/// Reads a model artifact.
///
/// # Errors
/// [`ArtifactError`] for foreign, truncated or damaged bytes, and for another format's.
pub(crate) fn read_model(artifact: &[u8]) -> Result<TrainedVersion, ArtifactError> {
    let (format, [payload, facts]) = model_sections(artifact)?;
    let mut covariates = None;
    let payload: Payload = match format {
        2 => decode::<earlier::Second>(payload)?.into(),
        3 => decode::<earlier::Third>(payload)?.into(),
        4 => decode::<earlier::Fourth>(payload)?.into(),
        WITHOUT_COVARIATES => decode(payload)?,
        _ => {
            let covered = decode::<Covered>(payload)?;
            covariates = Some(covered.covariates);
            covered.payload
        }
    };
    let facts: RunFacts = decode(facts)?;
    let mut report = payload.report.restore(&facts).ok_or(ArtifactError::Damaged)?;
    payload.coverage.restore(&mut report);
    payload.asked.restore(&mut report).ok_or(ArtifactError::Damaged)?;
    let covariates = covariates.map_or_else(|| Some(CovariateAnswers::default()), |record| record.restore(&mut report));
    let covariates = covariates.ok_or(ArtifactError::Damaged)?;
    TrainedVersion::new(report, payload.answers, covariates).ok_or(ArtifactError::Damaged)
}

/// The sections of a model artifact, and in which format they are.
fn model_sections(artifact: &[u8]) -> Result<(u16, [&[u8]; 2]), ArtifactError> {
    sections(artifact, MODEL_MAGIC, &MODEL_FORMATS)
}
