//! Pictures of what nobody thought of.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_meets_whatever_is_drawn(
        points in 1_u32..200,
        steps in 1_u32..90,
        exponent in -20_i32..16,
        seed in 0_u32..1_000_003,
        kind in 0_usize..7,
        gaps in 1_u32..9,
        today in 0_u32..300,
        first in 0_u32..4_000,
        language in prop::sample::select(Language::ALL.to_vec()),
    ) {
        let days = [1, 7, 30].map(Pace::Days);
        let pace = [Pace::Hours(1), Pace::Hours(6), days[0], days[1], days[2], Pace::Months(1), Pace::Months(12)][kind];
        let noise = |step: f64| ((step * 12.9898 + f64::from(seed)).sin() * 43_758.5).fract();
        let mut case = Case::of(pace, later(at("2015-01-01"), Pace::Days(1), first), points, steps, |step| {
            10_f64.powi(exponent) * (noise(step) + 0.01 * step)
        });
        for (place, (_, value)) in case.history.iter_mut().enumerate() {
            if place.is_multiple_of(gaps as usize + 1) && place > 0 {
                *value = None;
            }
        }
        case.today = Some(later(case.history[0].0, pace, today));
        case.irregularities = (0..today / 30)
            .map(|place| {
                let what = Irregularity::LevelShift(noise(place.into()));
                Mark { at: later(case.history[0].0, pace, 7 * place), what }
            })
            .collect();
        let day = |place: u32| (later(case.history[0].0, pace, 9 * place), "rose_of_lima");
        case.holidays = (0..today / 20).map(day).collect();
        case.warnings = Warning::ALL.iter().copied().take(kind).collect();
        check(&case.drawn(language));
    }
}
