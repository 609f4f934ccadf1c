//! `Accept` (RFC 9110, section 12.5.1): which of the forms that an answer has a client asks for.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header as _, Quality, QualityItem};
use actix_web::mime::{self, Mime};

/// Whether an answer is sent in `form` instead of JSON: the client names it, and not behind JSON. One that takes
/// anything gets JSON, and what cannot be read of the header is passed over.
pub(crate) fn prefers(request: &HttpRequest, form: &Mime) -> bool {
    let Ok(Accept(ranges)) = Accept::parse(request) else { return false };
    let asked = quality(&ranges, form).filter(|(range, _)| range.type_() != mime::STAR);
    let json = quality(&ranges, &mime::APPLICATION_JSON).map_or(Quality::ZERO, |(_, quality)| quality);
    asked.is_some_and(|(_, asked)| asked > Quality::ZERO && asked >= json)
}

/// What a client thinks of a form: the quality of the most specific range that it is in.
fn quality<'a>(ranges: &'a [QualityItem<Mime>], form: &Mime) -> Option<(&'a Mime, Quality)> {
    let fits = |range: &Mime| match (range.type_(), range.subtype()) {
        (mime::STAR, mime::STAR) => Some(0),
        (kind, mime::STAR) if kind == form.type_() => Some(1),
        (kind, subtype) if kind == form.type_() && subtype == form.subtype() => Some(2),
        _ => None,
    };
    let fitting = ranges.iter().filter_map(|item| Some((fits(&item.item)?, item)));
    fitting.max_by_key(|(specific, _)| *specific).map(|(_, item)| (&item.item, item.quality))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::TestRequest;

    use super::*;

    fn csv_for(accept: &str) -> bool {
        prefers(&TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request(), &mime::TEXT_CSV)
    }

    #[test]
    fn csv_is_for_whoever_names_it_and_does_not_prefer_json() {
        for csv in [
            "text/csv",
            "text/csv; charset=utf-8",
            "TEXT/CSV",
            "text/csv, application/json",
            "application/json;q=0.5, text/csv",
            "text/csv, */*;q=0.8",
            "text/*",
            "text/csv;q=0.1",
        ] {
            assert!(csv_for(csv), "{csv}");
        }
        for json in [
            "",
            "*/*",
            "application/json",
            "text/csv;q=0",
            "text/csv;q=0.0, */*",
            "text/csv;q=abc",
            "text/csv;q=2",
            "text/csv;q=0.5, application/json",
            "text/csv;q=0.5, */*",
            "text/csv2",
            "x-text/csv",
            "text/*, text/csv;q=0",
        ] {
            assert!(!csv_for(json), "{json}");
        }
        assert!(!prefers(&TestRequest::default().to_http_request(), &mime::TEXT_CSV));
    }

    #[test]
    fn a_prometheus_server_gets_its_text() {
        let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
        assert!(prefers(&request, &mime::TEXT_PLAIN));
    }
}
