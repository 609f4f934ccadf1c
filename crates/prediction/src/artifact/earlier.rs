//! The formats of model artifacts before the present one: their versions go on answering as they did.
//!
//! A struct is written as its fields one after another, so that fields that all formats share stand in a struct here.

use serde::Deserialize;

use super::Payload;
use crate::calendar::Timeline;
use crate::doubt::Doubt;
use crate::interval::{Calibration, Outlook};
use crate::models::Bounds;
use crate::paths::Windows;
use crate::record::{AskedRecord, CoverageRecord, ReportRecord};
use crate::trained::{Answers, BacktestPoint, Expected, FittedPoint};

/// What answers begin with in every format.
#[derive(Deserialize)]
struct Known {
    timeline: Timeline,
    history: Vec<FittedPoint>,
    backtests: Vec<BacktestPoint>,
    path: Vec<Expected>,
    calibration: Calibration,
}

impl Known {
    fn answers(self, outlook: Outlook, windows: Windows, fitted_identity: u64) -> Answers {
        let Self { timeline, history, backtests, path, calibration } = self;
        let reasons = None;
        Answers { timeline, history, backtests, path, calibration, outlook, windows, fitted_identity, reasons }
    }
}

/// Format 2: intervals have one exponent for all, coverage is not kept by step, and there are no windows.
#[derive(Deserialize)]
pub(super) struct Second {
    report: ReportRecord,
    known: Known,
    bounds: Bounds,
    /// The size of a jump at the end of the history that nothing confirmed; 0 where there is none.
    unconfirmed: f64,
    fitted_identity: u64,
}

impl From<Second> for Payload {
    fn from(payload: Second) -> Self {
        let Second { report, known, bounds, unconfirmed, fitted_identity } = payload;
        let outlook =
            Outlook { bounds, below: (-unconfirmed).min(0.0), above: (-unconfirmed).max(0.0), doubt: Doubt::NONE };
        let answers = known.answers(outlook, Windows::default(), fitted_identity);
        Self { report, answers, coverage: CoverageRecord::default(), asked: AskedRecord::default() }
    }
}

/// Format 3: intervals know nothing of the gap before the last reading, and may be points; what was asked for is not
/// kept.
#[derive(Deserialize)]
pub(super) struct Third {
    report: ReportRecord,
    known: Known,
    bounds: Bounds,
    below: f64,
    above: f64,
    restless: f64,
    windows: Windows,
    fitted_identity: u64,
    coverage: CoverageRecord,
}

impl From<Third> for Payload {
    fn from(payload: Third) -> Self {
        let Third { report, known, bounds, below, above, restless, windows, fitted_identity, coverage } = payload;
        let outlook = Outlook { bounds, below, above, doubt: Doubt { restless, ..Doubt::NONE } };
        let answers = known.answers(outlook, windows, fitted_identity);
        Self { report, answers, coverage, asked: AskedRecord::default() }
    }
}

/// Format 4: only the forecast of the first date is explained.
#[derive(Deserialize)]
pub(super) struct Fourth {
    report: ReportRecord,
    known: Known,
    outlook: Outlook,
    windows: Windows,
    fitted_identity: u64,
    coverage: CoverageRecord,
    asked: AskedRecord,
}

impl From<Fourth> for Payload {
    fn from(payload: Fourth) -> Self {
        let Fourth { report, known, outlook, windows, fitted_identity, coverage, asked } = payload;
        Self { report, answers: known.answers(outlook, windows, fitted_identity), coverage, asked }
    }
}
