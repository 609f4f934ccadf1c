//! Bytes that are written, read back, and damaged.

use atalaya_application::ports::forecaster::{ArtifactError, Forecaster, TrainedModel, TrainingPlan};
use atalaya_domain::forecast::{GridChoice, Level, ModelId};
use atalaya_prediction::{SmartForecaster, deterministic_checksum};
use chrono::Duration;
use proptest::prelude::*;

use crate::fixtures::{busy_account, channel, daily, hourly, plan, plan_of, train, wandering};

#[test]
fn a_reopened_model_reports_and_answers_the_same() {
    let mut uneven = hourly((0..90).map(|hour| 900.0 + f64::from(hour * hour % 13)));
    uneven.remove(40);
    for history in [channel(), busy_account(400), daily(vec![5.0; 60]), uneven] {
        let trained = train(&history, &plan());
        let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
        assert_eq!(reopened.report(), trained.model.report());
        assert_eq!(reopened.last_reachable(), trained.model.last_reachable());
        let last = trained.model.report().last_date;
        for offset in -60..=60 {
            let date = last + Duration::days(offset);
            assert_eq!(reopened.predict(date, &Level::DEFAULTS), trained.model.predict(date, &Level::DEFAULTS));
        }
    }
}

#[test]
fn a_reopened_model_answers_the_same_under_assumptions() {
    let trained = train(&busy_account(400), &plan());
    let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
    let date = reopened.report().last_date + Duration::days(10);
    let before = trained.model.assuming(3.0, &trained.fitted).unwrap().unwrap().model.predict(date, &[]);
    let after = reopened.assuming(3.0, &trained.fitted).unwrap().unwrap().model.predict(date, &[]);
    assert_eq!(before, after);
    assert_ne!(after, reopened.predict(date, &[]));
}

#[test]
fn the_same_history_and_plan_give_the_same_bytes() {
    for history in [channel(), busy_account(200)] {
        let (one, other) = (train(&history, &plan()), train(&history, &plan()));
        let checksum = deterministic_checksum(&one.artifact).unwrap();
        assert_eq!(checksum, deterministic_checksum(&other.artifact).unwrap());
        assert_eq!(one.fitted, other.fitted);
    }
}

#[test]
fn as_many_threads_as_there_are_give_the_same_bytes() {
    let history = busy_account(200);
    let bytes = || {
        let trained = train(&history, &plan());
        (deterministic_checksum(&trained.artifact).unwrap(), trained.fitted)
    };
    let alone = bytes();
    std::thread::scope(|scope| {
        let together: Vec<_> = (0..8).map(|_| scope.spawn(bytes)).collect();
        for thread in together {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn artifacts_stay_small() {
    let trained = train(&busy_account(1_095), &plan_of(&[ModelId::Ridge]));
    assert!(trained.artifact.len() < 40_000, "{} bytes", trained.artifact.len());
}

#[test]
fn the_fitted_model_of_another_version_is_refused() {
    let (one, other) = (train(&busy_account(300), &plan()), train(&busy_account(299), &plan()));
    assert!(one.model.assuming(1.0, &one.fitted).is_ok());
    assert!(matches!(one.model.assuming(1.0, &other.fitted), Err(ArtifactError::Damaged)));
    assert!(matches!(one.model.assuming(1.0, &one.artifact), Err(ArtifactError::NotAnArtifact)));
    assert!(one.model.assuming(1.0, &[]).is_err());
}

#[test]
fn another_format_is_named() {
    let trained = train(&wandering(60, 1), &plan());
    for format in [1, 9] {
        let unsupported = ArtifactError::UnsupportedFormat { found: format.into(), supported: 6 };
        let mut artifact = trained.artifact.clone();
        artifact[8] = format;
        assert_eq!(SmartForecaster::new().open(&artifact).err().unwrap(), unsupported);
        assert_eq!(deterministic_checksum(&artifact).unwrap_err(), unsupported);
        let mut fitted = trained.fitted.clone();
        fitted[8] = format;
        let unsupported = ArtifactError::UnsupportedFormat { found: format.into(), supported: 3 };
        assert_eq!(trained.model.assuming(1.0, &fitted).err().unwrap(), unsupported);
    }
}

/// Days after the history, the mean, and both ends of the 80 and of the 95 % interval.
type Said = (i64, [f64; 5]);

/// Asserts that a stored version answers what the program said that stored it.
fn assert_says(model: &dyn TrainedModel, said: &[Said]) {
    let last = model.report().last_date;
    for (ahead, [mean, bounds @ ..]) in said {
        let forecast = model.predict(last + Duration::days(*ahead), &Level::DEFAULTS).unwrap();
        let found: Vec<f64> = forecast.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]).collect();
        assert_eq!(forecast.mean.to_bits(), mean.to_bits());
        assert_eq!(found, bounds, "{ahead}");
    }
}

#[test]
fn a_version_of_format_2_answers_as_it_did() {
    let model = SmartForecaster::new().open(include_bytes!("../data/version_of_format_2.model")).unwrap();
    assert!(model.report().scores.iter().all(|score| score.coverage_by_step.is_empty()));
    assert_says(
        model.as_ref(),
        &[
            (
                -20,
                [
                    14_196.872_659_327_12,
                    14_193.974_854_825_106,
                    14_199.770_463_829_134,
                    14_189.032_896_931_647,
                    14_204.712_421_722_594,
                ],
            ),
            (
                1,
                [
                    11_066.584_088_639_196,
                    11_063.686_284_137_182,
                    14_986.981_893_141_21,
                    11_058.744_326_243_723,
                    14_991.923_851_034_67,
                ],
            ),
            (
                14,
                [
                    11_553.738_083_698_507,
                    11_537.629_687_384_302,
                    15_487.346_480_012_711,
                    11_510.158_194_307_161,
                    15_514.817_973_089_852,
                ],
            ),
            (
                30,
                [
                    12_203.435_847_902_008,
                    12_176.999_716_713_759,
                    16_147.371_979_090_258,
                    12_131.915_154_553_839,
                    16_192.456_541_250_178,
                ],
            ),
        ],
    );
    // It has no windows to make paths of; they follow its intervals all the same.
    let goal = model.goal(model.report().explanation.last_value + 500.0, None).unwrap();
    assert!(goal.dates.is_sorted() && goal.dates[1].is_some(), "{goal:?}");
}

#[test]
fn a_version_of_format_4_explains_its_first_date_only() {
    let model = SmartForecaster::new().open(include_bytes!("../data/version_of_format_4.model")).unwrap();
    let first = model.report().explanation;
    let forecast = |days: i64| model.predict(first.date + Duration::days(days), &Level::DEFAULTS).unwrap();
    assert!((forecast(0).mean - first.prediction()).abs() < 1e-6 * forecast(0).mean);
    assert!(forecast(30).intervals.iter().all(|interval| interval.contains(forecast(30).mean)));
    assert_eq!(model.explain(first.date).unwrap(), Some(first));
    assert_eq!(model.explain(first.date + Duration::days(1)).unwrap(), None);
}

#[test]
fn a_version_of_format_3_answers_as_it_did() {
    let model = SmartForecaster::new().open(include_bytes!("../data/version_of_format_3.model")).unwrap();
    assert!(model.report().scores.iter().all(|score| !score.coverage_by_step.is_empty()));
    assert_says(
        model.as_ref(),
        &[
            (
                -20,
                [
                    14_823.488_916_323_204,
                    14_807.744_451_059_896,
                    14_839.233_381_586_511,
                    14_794.215_573_362_671,
                    14_852.762_259_283_736,
                ],
            ),
            (
                1,
                [
                    13_579.388_894_117_805,
                    13_522.812_292_087_556,
                    15_553.187_707_912_444,
                    13_508.043_267_268_085,
                    15_567.956_732_731_915,
                ],
            ),
            (
                14,
                [
                    14_059.645_790_390_572,
                    13_938.515_040_661_929,
                    16_097.998_751_883_606,
                    13_868.276_036_109_604,
                    16_168.237_756_435_93,
                ],
            ),
            (
                30,
                [
                    14_650.326_869_215_474,
                    14_482.698_285_847_164,
                    16_735.177_664_348_175,
                    14_372.504_700_813_592,
                    16_845.371_249_381_747,
                ],
            ),
        ],
    );
}

#[test]
fn what_was_asked_for_is_kept() {
    let plan = TrainingPlan { grid: GridChoice::Day, ..plan() };
    let trained = train(&channel(), &plan);
    assert_eq!(trained.model.report().grid_asked, GridChoice::Day);
    let reopened = SmartForecaster::new().open(&trained.artifact).unwrap();
    assert_eq!(reopened.report().grid_asked, GridChoice::Day);
}

/// Days ahead, the mean, both intervals, and the mean under 0, 2 and 6 posts a day: what the program said that stored
/// these versions.
const WITH_LISTENERS: [(i64, [f64; 8]); 3] = [
    (
        1,
        [
            313_369.765_753_010_23,
            313_356.504_520_708_1,
            313_383.026_985_312_35,
            313_337.010_689_806_4,
            313_402.520_816_214_03,
            313_367.021_627_177_37,
            313_372.932_052_048_1,
            313_384.752_901_789_56,
        ],
    ),
    (
        14,
        [
            314_500.096_455_493_8,
            314_428.623_748_849_4,
            314_571.569_162_138_3,
            314_323.559_843_348_6,
            314_676.633_067_639_1,
            314_461.851_357_328_9,
            314_544.301_266_054_04,
            314_590.779_941_456_9,
        ],
    ),
    (
        30,
        [
            316_255.851_517_616_4,
            316_139.597_428_008_56,
            316_372.105_607_224_3,
            315_968.705_499_353_8,
            316_542.997_535_879,
            316_187.267_337_830_45,
            316_353.407_277_228_9,
            316_374.166_731_574_7,
        ],
    ),
];

#[test]
fn a_version_whose_members_listen_to_activity_answers_as_it_did() {
    let model = SmartForecaster::new().open(include_bytes!("../data/version_with_listeners.model")).unwrap();
    let fitted = include_bytes!("../data/version_with_listeners.fitted");
    let last = model.report().last_date;
    assert_eq!(model.report().grid_asked, GridChoice::Auto);
    for (ahead, said) in WITH_LISTENERS {
        let date = last + Duration::days(ahead);
        let forecast = model.predict(date, &Level::DEFAULTS).unwrap();
        let mut says = vec![forecast.mean];
        says.extend(forecast.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]));
        for posts in [0.0, 2.0, 6.0] {
            let assumed = model.assuming(posts, fitted).unwrap().unwrap();
            assert_eq!((assumed.posts_per_day, assumed.seen), (posts, None));
            says.push(assumed.model.predict(date, &[]).unwrap().mean);
        }
        assert!(says.iter().zip(said).all(|(says, said)| (says - said).abs() < 1e-6), "{ahead}: {says:?}");
    }
}

fn stored() -> &'static (Vec<u8>, Vec<u8>) {
    static STORED: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
    STORED.get_or_init(|| {
        let trained = train(&busy_account(120), &plan_of(&[ModelId::GradientBoosting, ModelId::Ridge]));
        (trained.artifact, trained.fitted)
    })
}

fn is_refused(artifact: &[u8]) -> bool {
    SmartForecaster::new().open(artifact).is_err() && deterministic_checksum(artifact).is_err()
}

proptest! {
    #[test]
    fn a_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (artifact, fitted) = stored();
        let mut flipped = artifact.clone();
        flipped[at.index(artifact.len())] ^= 1 << bit;
        prop_assert!(is_refused(&flipped));
        let mut flipped = fitted.clone();
        flipped[at.index(fitted.len())] ^= 1 << bit;
        let model = SmartForecaster::new().open(artifact).unwrap();
        let refused = model.assuming(1.0, &flipped).is_err();
        prop_assert!(refused);
    }

    #[test]
    fn a_truncated_or_lengthened_artifact_is_found(at in any::<prop::sample::Index>(), more in prop::collection::vec(any::<u8>(), 1..20)) {
        let (artifact, fitted) = stored();
        prop_assert!(is_refused(&artifact[..at.index(artifact.len())]));
        prop_assert!(is_refused(&[artifact.as_slice(), &more].concat()));
        let model = SmartForecaster::new().open(artifact).unwrap();
        let is_refused = |fitted: &[u8]| model.assuming(1.0, fitted).is_err();
        prop_assert!(is_refused(&fitted[..at.index(fitted.len())]));
        prop_assert!(is_refused(&[fitted.as_slice(), &more].concat()));
    }

    #[test]
    fn foreign_bytes_are_found(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(is_refused(&bytes));
        let (artifact, _) = stored();
        prop_assert!(is_refused(&[&artifact[..10], &bytes].concat()));
    }
}
