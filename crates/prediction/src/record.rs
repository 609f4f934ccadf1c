//! A training report as it is stored. The domain's types carry no serde, so that the stored form is this crate's alone.

use std::time::Duration;

use atalaya_domain::forecast::{
    Explanation, Feature, Grid, GridChoice, LevelShift, Member, ModelId, ModelScore, Outlier, StepCoverage,
    TrainingReport, Warning,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A [`TrainingReport`] without the times that fits took, which are not the same from run to run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReportRecord {
    served: String,
    members: Vec<(String, f64)>,
    baseline: String,
    hourly: bool,
    scores: Vec<ScoreRecord>,
    failures: Vec<(String, String)>,
    training_samples: u32,
    test_samples: u32,
    origins: u32,
    features: Vec<(String, f64, f64)>,
    explanation: ExplanationRecord,
    assumed_posts_per_day: Option<f64>,
    level_shifts: Vec<(i32, f64)>,
    outliers: Vec<(i32, f64, f64)>,
    hyperparameters: Vec<(String, String)>,
    data_from_us: i64,
    data_until_us: i64,
    last_days_from_ce: i32,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ExplanationRecord {
    days_from_ce: i32,
    last_value: f64,
    trend: f64,
    weekday: f64,
    activity: f64,
    correction: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct ScoreRecord {
    model: String,
    mae: f64,
    rmse: f64,
    medae: f64,
    r2: Option<f64>,
    evs: Option<f64>,
    mape: Option<f64>,
    smape: f64,
    mase: Option<f64>,
    coverage_80: f64,
    coverage_95: f64,
    msis_95: Option<f64>,
}

/// Coverage by step of every score, in the order of the report's scores: of each group of steps its first and last one,
/// how many points were tested, and the shares inside both intervals.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CoverageRecord(Vec<Vec<GroupRecord>>);

type GroupRecord = (u32, u32, u32, f64, f64);

fn group_record(group: &StepCoverage) -> GroupRecord {
    (group.from, group.until, group.points, group.coverage_80, group.coverage_95)
}

fn group_of((from, until, points, coverage_80, coverage_95): GroupRecord) -> StepCoverage {
    StepCoverage { from, until, points, coverage_80, coverage_95 }
}

/// A score that stands alone, without the time that its fits took.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LoneScore {
    score: ScoreRecord,
    groups: Vec<GroupRecord>,
}

impl From<&ModelScore> for LoneScore {
    fn from(score: &ModelScore) -> Self {
        Self { score: ScoreRecord::from(score), groups: score.coverage_by_step.iter().map(group_record).collect() }
    }
}

impl LoneScore {
    /// The score again; `None` where its model is one that this program does not know.
    pub(crate) fn restore(self) -> Option<ModelScore> {
        let coverage_by_step = self.groups.into_iter().map(group_of).collect();
        Some(ModelScore { coverage_by_step, ..self.score.restore(0)? })
    }
}

impl CoverageRecord {
    pub(crate) fn of(report: &TrainingReport) -> Self {
        Self(report.scores.iter().map(|score| score.coverage_by_step.iter().map(group_record).collect()).collect())
    }

    /// Gives each score of a report its coverage back.
    pub(crate) fn restore(self, report: &mut TrainingReport) {
        for (score, groups) in report.scores.iter_mut().zip(self.0) {
            score.coverage_by_step = groups.into_iter().map(group_of).collect();
        }
    }
}

/// What was asked of a run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AskedRecord {
    grid: String,
}

impl Default for AskedRecord {
    fn default() -> Self {
        Self { grid: GridChoice::default().as_str().into() }
    }
}

impl AskedRecord {
    pub(crate) fn of(report: &TrainingReport) -> Self {
        Self { grid: report.grid_asked.as_str().into() }
    }

    /// Gives a report what was asked; `None` where a word is one that this program does not know.
    pub(crate) fn restore(self, report: &mut TrainingReport) -> Option<()> {
        report.grid_asked = self.grid.parse().ok()?;
        Some(())
    }
}

/// What was measured and not computed: nanoseconds of fitting, in the order of the report's scores.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RunFacts {
    fit_times: Vec<u64>,
}

impl RunFacts {
    pub(crate) fn of(report: &TrainingReport) -> Self {
        let nanos = |score: &ModelScore| u64::try_from(score.fit_time.as_nanos()).unwrap_or(u64::MAX);
        Self { fit_times: report.scores.iter().map(nanos).collect() }
    }
}

impl From<&TrainingReport> for ReportRecord {
    fn from(report: &TrainingReport) -> Self {
        Self {
            served: report.served.as_str().into(),
            members: report.members.iter().map(|member| (member.model.as_str().into(), member.weight)).collect(),
            baseline: report.baseline.as_str().into(),
            hourly: report.grid == Grid::Hourly,
            scores: report.scores.iter().map(ScoreRecord::from).collect(),
            failures: report.failures.iter().map(|(model, why)| (model.as_str().into(), why.clone())).collect(),
            training_samples: report.training_samples,
            test_samples: report.test_samples,
            origins: report.origins,
            features: report
                .features
                .iter()
                .map(|feature| (feature.name.clone(), feature.importance, feature.latest))
                .collect(),
            explanation: ExplanationRecord::from(&report.explanation),
            assumed_posts_per_day: report.assumed_posts_per_day,
            level_shifts: report.level_shifts.iter().map(|shift| (shift.date.num_days_from_ce(), shift.size)).collect(),
            outliers: report
                .outliers
                .iter()
                .map(|outlier| (outlier.date.num_days_from_ce(), outlier.observed, outlier.expected))
                .collect(),
            hyperparameters: report.hyperparameters.clone(),
            data_from_us: report.data_from.timestamp_micros(),
            data_until_us: report.data_until.timestamp_micros(),
            last_days_from_ce: report.last_date.num_days_from_ce(),
            warnings: report.warnings.iter().map(|warning| warning.code().into()).collect(),
        }
    }
}

impl From<&Explanation> for ExplanationRecord {
    fn from(explanation: &Explanation) -> Self {
        Self {
            days_from_ce: explanation.date.num_days_from_ce(),
            last_value: explanation.last_value,
            trend: explanation.trend,
            weekday: explanation.weekday,
            activity: explanation.activity,
            correction: explanation.correction,
        }
    }
}

impl ExplanationRecord {
    fn restore(self) -> Option<Explanation> {
        Some(Explanation {
            date: NaiveDate::from_num_days_from_ce_opt(self.days_from_ce)?,
            last_value: self.last_value,
            trend: self.trend,
            weekday: self.weekday,
            activity: self.activity,
            covariates: 0.0,
            correction: self.correction,
        })
    }
}

impl From<&ModelScore> for ScoreRecord {
    fn from(score: &ModelScore) -> Self {
        Self {
            model: score.model.as_str().into(),
            mae: score.mae,
            rmse: score.rmse,
            medae: score.medae,
            r2: score.r2,
            evs: score.evs,
            mape: score.mape,
            smape: score.smape,
            mase: score.mase,
            coverage_80: score.coverage_80,
            coverage_95: score.coverage_95,
            msis_95: score.msis_95,
        }
    }
}

impl ReportRecord {
    /// The report again; `None` where a word is one that this program does not know.
    pub(crate) fn restore(self, facts: &RunFacts) -> Option<TrainingReport> {
        if facts.fit_times.len() != self.scores.len() {
            return None;
        }
        let scores = self.scores.into_iter().zip(&facts.fit_times);
        Some(TrainingReport {
            served: self.served.parse().ok()?,
            members: self
                .members
                .into_iter()
                .map(|(model, weight)| Some(Member { model: model.parse().ok()?, weight }))
                .collect::<Option<_>>()?,
            baseline: self.baseline.parse().ok()?,
            grid: if self.hourly { Grid::Hourly } else { Grid::Daily },
            grid_asked: GridChoice::default(),
            scores: scores.map(|(score, nanos)| score.restore(*nanos)).collect::<Option<_>>()?,
            failures: self
                .failures
                .into_iter()
                .map(|(model, why)| Some((model.parse::<ModelId>().ok()?, why)))
                .collect::<Option<_>>()?,
            training_samples: self.training_samples,
            test_samples: self.test_samples,
            origins: self.origins,
            features: self
                .features
                .into_iter()
                .map(|(name, importance, latest)| Feature { name, importance, latest })
                .collect(),
            explanation: self.explanation.restore()?,
            assumed_posts_per_day: self.assumed_posts_per_day,
            level_shifts: self
                .level_shifts
                .into_iter()
                .map(|(days, size)| Some(LevelShift { date: NaiveDate::from_num_days_from_ce_opt(days)?, size }))
                .collect::<Option<_>>()?,
            outliers: self
                .outliers
                .into_iter()
                .map(|(days, observed, expected)| {
                    Some(Outlier { date: NaiveDate::from_num_days_from_ce_opt(days)?, observed, expected })
                })
                .collect::<Option<_>>()?,
            hyperparameters: self.hyperparameters,
            data_from: DateTime::<Utc>::from_timestamp_micros(self.data_from_us)?,
            data_until: DateTime::<Utc>::from_timestamp_micros(self.data_until_us)?,
            last_date: NaiveDate::from_num_days_from_ce_opt(self.last_days_from_ce)?,
            warnings: self.warnings.iter().map(|code| warning(code)).collect::<Option<_>>()?,
            covariates: Vec::new(),
            without_covariates: None,
        })
    }
}

impl ScoreRecord {
    fn restore(self, nanos: u64) -> Option<ModelScore> {
        Some(ModelScore {
            model: self.model.parse().ok()?,
            mae: self.mae,
            rmse: self.rmse,
            medae: self.medae,
            r2: self.r2,
            evs: self.evs,
            mape: self.mape,
            smape: self.smape,
            mase: self.mase,
            coverage_80: self.coverage_80,
            coverage_95: self.coverage_95,
            coverage_by_step: Vec::new(),
            msis_95: self.msis_95,
            fit_time: Duration::from_nanos(nanos),
        })
    }
}

fn warning(code: &str) -> Option<Warning> {
    Warning::ALL.iter().copied().find(|warning| warning.code() == code)
}
