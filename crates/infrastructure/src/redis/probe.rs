//! A look at Redis from outside, which tells why it cannot be reached.

use ::redis::Client;
use secrecy::{ExposeSecret, SecretString};

use super::connection::{ANSWER_LIMIT, CONNECT_LIMIT};
use super::parse_url;

/// Connects, logs in and asks for a sign of life.
///
/// # Errors
/// What the library says, without the address.
pub fn probe(url: &SecretString) -> Result<(), String> {
    let info = parse_url(url.expose_secret()).map_err(|error| error.to_string())?;
    let answer = || {
        let mut connection = Client::open(info)?.get_connection_with_timeout(CONNECT_LIMIT)?;
        connection.set_read_timeout(Some(ANSWER_LIMIT))?;
        connection.set_write_timeout(Some(ANSWER_LIMIT))?;
        ::redis::cmd("PING").exec(&mut connection)
    };
    answer().map_err(|error: ::redis::RedisError| error.to_string())
}
