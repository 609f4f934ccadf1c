//! The yardstick: an actix-web handler that sends the same JSON and does nothing else.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use actix_web::http::header::ContentType;
use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::Outcome;

/// Serves the content of `body` at the forecasts' path, with the server's own settings of actix: as many workers as
/// cores, the same time for a request's head, the same life of an idle connection.
pub(crate) fn serve(address: SocketAddr, body: &Path) -> Outcome<()> {
    let body = web::Bytes::from(std::fs::read(body)?);
    let app = move || {
        let body = body.clone();
        let handler = move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type(ContentType::json()).body(body) }
        };
        App::new().route("/regression/predict/{username}", web::get().to(handler))
    };
    let server = HttpServer::new(app)
        .client_request_timeout(Duration::from_secs(10))
        .keep_alive(Duration::from_secs(75))
        .bind(address)?;
    Ok(System::new().block_on(server.run())?)
}
