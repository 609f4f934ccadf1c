//! The forecast of any date in parts.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use serde_json::Value;

const PATH: &str = "/regression/features/BCPComunica";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").trained_account("BCPComunica", daily_history(90, 396_000)).account("nueva"))
}

fn sum(explanation: &Value) -> f64 {
    ["last_value", "trend", "weekday", "activity", "covariates", "correction"]
        .map(|part| explanation[part].as_f64().unwrap())
        .iter()
        .sum()
}

#[test]
fn every_date_is_explained_by_parts_that_add_up_to_its_forecast() {
    let app = app();
    let admin = app.login("admin_bcp");
    let usual = admin.get(PATH).expect(200)["explanation"].clone();
    assert_eq!(usual["fecha"], "2026-08-23");
    for date in ["2026-08-23", "2026-08-24", "2026-09-21", "2027-06-30"] {
        let body = admin.get(&format!("{PATH}?fecha={date}")).expect(200).clone();
        let explanation = &body["explanation"];
        assert_eq!(explanation["fecha"], date);
        assert!(body.get("unexplained").is_none());
        let forecast = admin.get(&format!("/regression/predict/BCPComunica?fecha={date}")).expect(200).clone();
        let prediction = explanation["prediction"].as_f64().unwrap();
        assert!((sum(explanation) - prediction).abs() < 1e-3, "{explanation}");
        assert_eq!(format!("{:.0}", prediction.round()), forecast["prediction"].to_string());
    }
    let first = admin.get(&format!("{PATH}?fecha=2026-08-23"));
    assert_eq!(first.expect(200)["explanation"], usual, "the first date is the usual one");
    let of_version = admin.get(&format!("{PATH}?fecha=2026-08-24&version=1"));
    assert_eq!(of_version.expect(200)["model_version"], 1);
}

#[test]
fn a_date_that_has_no_forecast_is_not_explained() {
    let app = app();
    let admin = app.login("admin_bcp");
    let rules = |date: &str| admin.get(&format!("{PATH}?fecha={date}")).broken_rules();
    assert_eq!(rules("2026-08-22"), ["fecha: in_history"]);
    assert_eq!(rules("2030-01-01"), ["fecha: beyond_horizon"]);
    assert_eq!(rules("hoy"), ["fecha: invalid_date"]);
    let _ = admin.get("/regression/features/nueva?fecha=2026-08-24").problem(409, "MODEL_NOT_TRAINED");
}
