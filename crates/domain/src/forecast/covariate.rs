//! What is known of days besides followers (campaigns, holidays of the market, spend), and what it brought.

use chrono::NaiveDate;

/// What the backtest said of one covariate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CovariateVerdict {
    /// It makes forecasts better by more than chance explains, and enters them.
    Kept,
    /// Too few of its days could be tested: fewer than three were known before they came.
    FewDays,
    /// Changes are not forecast better with it than without, or not by more than chance explains.
    NoGain,
    /// Changes are, but what would be served has a larger error over the test windows with it than without.
    WorseForecasts,
    /// Covariates are of days, and the series is of hours.
    HourlyGrid,
}

impl CovariateVerdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [Self::Kept, Self::FewDays, Self::NoGain, Self::WorseForecasts, Self::HourlyGrid];

    /// The wire word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kept => "KEPT",
            Self::FewDays => "FEW_DAYS",
            Self::NoGain => "NO_GAIN",
            Self::WorseForecasts => "WORSE_FORECASTS",
            Self::HourlyGrid => "HOURLY_GRID",
        }
    }
}

/// Since when the records of a covariate count as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownSince {
    /// Since they were written last: the program saw it.
    Recorded,
    /// Some of them since a day that their table declares, from before they were written: somebody's word.
    Declared,
}

impl KnownSince {
    /// Every basis.
    pub const ALL: [Self; 2] = [Self::Recorded, Self::Declared];

    /// The wire word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Declared => "declared",
        }
    }
}

/// What a training run found of one covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateOutcome {
    /// Its name.
    pub name: String,
    /// Since when its records count as known.
    pub basis: KnownSince,
    /// Whether it is kept, and else why not.
    pub verdict: CovariateVerdict,
    /// Followers that a unit of it brings, drawn towards none by how unsure that is.
    pub effect: f64,
    /// The standard error of that before it was drawn.
    pub error: f64,
    /// Days of the backtest on which it stood out, each forecast from the day before.
    pub days: u32,
    /// The mean absolute error on those days without it, followers.
    pub error_without: f64,
    /// The same with it.
    pub error_with: f64,
}

impl CovariateOutcome {
    /// Whether it enters forecasts.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.verdict == CovariateVerdict::Kept
    }
}

/// What a past event brought: what was observed against the forecast made without it from the days before it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventEffect {
    /// The covariate that it is a value of.
    pub covariate: String,
    /// The day on which it counts: that of its record and the days that it lags.
    pub date: NaiveDate,
    /// Its value.
    pub value: f64,
    /// The change of that day as forecast from before it, without the event, in followers.
    pub expected: f64,
    /// The change that was observed.
    pub observed: f64,
    /// The difference, drawn towards what the covariate's events have in common, as far as they agree.
    pub effect: f64,
    /// Where the effect lies 95 times in a hundred: from here.
    pub lower: f64,
    /// To here.
    pub upper: f64,
}

impl EventEffect {
    /// Whether its interval leaves no doubt that it brought or cost something.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.lower > 0.0 || self.upper < 0.0
    }
}

/// What one coming event adds to a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct EventShare {
    /// The day on which it counts.
    pub date: NaiveDate,
    /// Its value.
    pub value: f64,
    /// Followers that it adds.
    pub effect: f64,
    /// Half of the 95 % interval of that.
    pub margin: f64,
}

/// What one covariate adds to a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateShare {
    /// Its name.
    pub covariate: String,
    /// Followers that all its days until then add, the assumed ones among them.
    pub effect: f64,
    /// Half of the 95 % interval of that.
    pub margin: f64,
    /// Its days that are known and not zero, ascending.
    pub events: Vec<EventShare>,
    /// The first day of which nothing is known, so that what is usual on its weekday is assumed from then on; `None`
    /// where all days until then are known.
    pub assumed_from: Option<NaiveDate>,
}
