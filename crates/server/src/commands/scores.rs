//! How models did over the series of a file.

use std::collections::BTreeMap;
use std::time::Duration;

use atalaya_domain::forecast::{ModelId, ModelScore, StepCoverage};

/// A mean of what is defined.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    sum: f64,
    count: f64,
}

/// One model over all series.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Total {
    pub(super) series: u64,
    pub(super) smape: Mean,
    pub(super) mase: Mean,
    /// Of the last value, on the same series: what OWA compares with.
    pub(super) naive_smape: Mean,
    pub(super) naive_mase: Mean,
    pub(super) coverage_80: Mean,
    pub(super) coverage_95: Mean,
    /// Both by groups of steps.
    pub(super) by_step: [[Mean; 2]; StepCoverage::GROUPS.len()],
    pub(super) msis_95: Mean,
    pub(super) fit_time: Duration,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) model: ModelId,
    pub(super) total: Total,
    pub(super) owa: Option<f64>,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.sum += value;
            self.count += 1.0;
        }
    }

    pub(super) fn get(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

/// Adds the scores of one series.
pub(super) fn add(totals: &mut BTreeMap<ModelId, Total>, scores: &[ModelScore], origins: usize) {
    let naive = scores.iter().find(|score| score.model == ModelId::Naive);
    for score in scores {
        let total = totals.entry(score.model).or_default();
        total.series += 1;
        total.smape.add(Some(score.smape));
        total.mase.add(score.mase);
        total.naive_smape.add(naive.map(|naive| naive.smape));
        total.naive_mase.add(naive.and_then(|naive| naive.mase));
        // The intervals of a single model come from its errors at the other origins; those of what serves, from its
        // past.
        let judged = origins > 1 || score.model == ModelId::Combination;
        total.coverage_80.add(judged.then_some(score.coverage_80));
        total.coverage_95.add(judged.then_some(score.coverage_95));
        for group in score.coverage_by_step.iter().filter(|_| judged) {
            let place = StepCoverage::GROUPS.iter().position(|from| *from == group.from);
            if let Some([of_80, of_95]) = place.and_then(|place| total.by_step.get_mut(place)) {
                of_80.add(Some(group.coverage_80));
                of_95.add(Some(group.coverage_95));
            }
        }
        total.msis_95.add(score.msis_95.filter(|_| judged));
        total.fit_time += score.fit_time;
    }
}

/// Overall weighted average (Makridakis et al. 2020): the mean of the two errors, each over that of the reference.
fn owa(total: &Total) -> Option<f64> {
    let ratio = |mean: Mean, naive: Mean| {
        let naive = naive.get().filter(|naive| *naive > 0.0)?;
        Some(mean.get()? / naive)
    };
    Some(f64::midpoint(ratio(total.smape, total.naive_smape)?, ratio(total.mase, total.naive_mase)?))
}

/// Best first; where OWA is not defined, by sMAPE.
pub(super) fn ranked(totals: BTreeMap<ModelId, Total>) -> Vec<Row> {
    let mut rows: Vec<Row> = totals.into_iter().map(|(model, total)| Row { model, total, owa: owa(&total) }).collect();
    let key = |row: &Row| (row.owa.unwrap_or(f64::INFINITY), row.total.smape.get().unwrap_or(f64::INFINITY));
    rows.sort_by(|one, other| {
        let ((owa, smape), (other_owa, other_smape)) = (key(one), key(other));
        owa.total_cmp(&other_owa).then(smape.total_cmp(&other_smape))
    });
    rows
}

/// Milliseconds that the fits of one series took, on average.
pub(super) fn milliseconds(total: &Total) -> f64 {
    let series = u32::try_from(total.series).unwrap_or(u32::MAX).max(1);
    (total.fit_time / series).as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(model: ModelId, smape: f64, mase: Option<f64>) -> ModelScore {
        ModelScore {
            model,
            mae: 0.0,
            rmse: 0.0,
            medae: 0.0,
            r2: None,
            evs: None,
            mape: None,
            smape,
            mase,
            coverage_80: 0.8,
            coverage_95: 1.0,
            coverage_by_step: Vec::new(),
            msis_95: None,
            fit_time: Duration::from_millis(4),
        }
    }

    #[test]
    fn owa_compares_with_the_last_value_on_the_same_series() {
        let mut totals = BTreeMap::new();
        let naive = |smape, mase| score(ModelId::Naive, smape, mase);
        add(&mut totals, &[naive(10.0, Some(2.0)), score(ModelId::Ridge, 5.0, Some(1.0))], 2);
        // The last value alone: ridge is not compared with what it was not fitted on.
        add(&mut totals, &[naive(90.0, Some(50.0))], 2);
        // A series that never moves has no MASE.
        add(&mut totals, &[naive(2.0, None), score(ModelId::Ridge, 4.0, None)], 2);
        let rows = ranked(totals);
        let owa: Vec<_> = rows.iter().map(|row| (row.model, row.total.series, row.owa.unwrap())).collect();
        assert_eq!(owa, [(ModelId::Ridge, 2, f64::midpoint(9.0 / 12.0, 0.5)), (ModelId::Naive, 3, 1.0)]);
        assert!((milliseconds(&rows[0].total) - 4.0).abs() < 1e-9);
    }
}
