//! From an accepted socket to the HTTP server, in the clear and through TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{ServiceFactory, ServiceFactoryExt as _, apply_fn_factory, fn_service, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, AcceptorService, TlsStream};
use actix_web::Error;
use actix_web::dev::{AppConfig, Service};
use actix_web::rt::net::TcpStream;
use atalaya_web::{ConnectionState, Services, keep_connection};
use rustls::ServerConfig;

use super::guard::Guard;
use super::{Connection, Connections};
use crate::serve::{KEEP_ALIVE, REQUEST_HEAD};

/// What the HTTP server takes: a connection, what it speaks, and where it comes from.
type Accepted<S> = (Connection<Guard<S>>, Protocol, Option<SocketAddr>);

/// Names the socket below a connection.
trait Below {
    fn socket(&self) -> &TcpStream;
}

impl Below for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Below for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// The HTTP server of one worker, on connections of one kind.
fn http<S>(
    services: &Services,
) -> impl ServiceFactory<Accepted<S>, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<S>
where
    S: Below + actix_web::rt::net::ActixStream + 'static,
{
    let app = actix_service::IntoServiceFactory::into_factory(atalaya_web::app(services));
    HttpService::build()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(REQUEST_HEAD)
        .h2_initial_window_size(ConnectionState::STREAM_WINDOW)
        .h2_initial_connection_window_size(ConnectionState::WINDOW)
        .on_connect_ext(|connection: &Connection<Guard<S>>, kept| {
            let guard = connection.inner();
            keep_connection(guard.inner().socket(), kept);
            kept.insert(guard.state().clone());
            kept.insert(connection.in_flight().clone());
        })
        // Where this server listens matters only to links that it would make of it, and it makes none.
        .finish(map_config(app.map_err(|error: Error| error.error_response()), |()| AppConfig::default()))
}

/// Serves sockets in the clear, HTTP/1 only.
pub(crate) fn plain(
    services: &Services,
    all: Connections,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<> {
    let edge = Arc::clone(&services.http.edge);
    fn_service(move |socket: TcpStream| {
        let peer = socket.peer_addr().ok();
        let connection = Connection::new(Guard::new(socket, false, Arc::clone(&edge)), false, &all);
        async move { Ok::<_, DispatchError>((connection, Protocol::Http1, peer)) }
    })
    .and_then(http(services))
}

/// Serves sockets through TLS, HTTP/1 or HTTP/2 as the client chooses.
pub(crate) fn encrypted(
    services: &Services,
    all: Connections,
    mut config: ServerConfig,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = TlsError<io::Error, DispatchError>, InitError = ()>
+ use<> {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (shaking, edge) = (all.clone(), Arc::clone(&services.http.edge));
    let accept = move |socket: TcpStream, acceptor: &AcceptorService| {
        let (handshake, all) = (Service::<TcpStream>::call(acceptor, socket), shaking.clone());
        async move {
            tokio::select! {
                done = handshake => done,
                () = all.end_of_handshakes() => Err(TlsError::Timeout),
            }
        }
    };
    // The compiler is told what is accepted: the acceptor takes connections of any kind.
    apply_fn_factory::<_, Acceptor, _, _, TcpStream, TcpStream, _, _>(Acceptor::new(config), accept)
        .map_err(TlsError::into_service_error)
        .map(move |stream: TlsStream<TcpStream>| {
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let peer = stream.socket().peer_addr().ok();
            let protocol = if is_http2 { Protocol::Http2 } else { Protocol::Http1 };
            (Connection::new(Guard::new(stream, is_http2, Arc::clone(&edge)), is_http2, &all), protocol, peer)
        })
        .and_then(http(services).map_err(TlsError::Service))
}
