//! Log lines: `TIMESTAMP LEVEL MODULE [REQUEST_ID] - MESSAGE`, or JSON.
//!
//! Whatever a client sent reaches a line with its control characters escaped, so that no input can forge a line.

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::runtime::SystemClock;
use atalaya_infrastructure::settings::{LogFormat, LogSettings};
use chrono::SecondsFormat;
use tracing::field::{Field, Visit};
use tracing::span::Attributes;
use tracing::{Event, Id, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt as layers;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::words::{self, Words};

/// Libraries whose `info` tells an operator nothing.
const QUIET: [&str; 5] = ["actix_server", "actix_http", "h2", "rustls", "mio"];

/// Why logging cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The file.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has begun already.
    Twice,
}

impl LoggingError {
    /// The error in words, for whoever starts the program.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            Self::File { path, source } => {
                Words::of("cli.log.file").with("file", path.display()).with_words("cause", words::io(source))
            }
            Self::Twice => Words::of("cli.log.twice"),
        }
    }
}

/// In English.
impl fmt::Display for LoggingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

/// The file that log lines are appended to.
#[derive(Debug, Clone)]
pub(crate) struct LogFile {
    path: PathBuf,
    open: Arc<Mutex<File>>,
}

impl LogFile {
    fn open(path: &Path) -> Result<Self, LoggingError> {
        Ok(Self { path: path.to_owned(), open: Arc::new(Mutex::new(appended(path)?)) })
    }

    /// Goes on in a new file of the same name, where the one that was open has been moved away. Where it cannot be
    /// opened, lines go on in the old one.
    pub(crate) fn reopen(&self) {
        match appended(&self.path) {
            Ok(file) => {
                *self.open.lock().unwrap_or_else(PoisonError::into_inner) = file;
                tracing::info!(event = "log_reopened", "the log goes on in a file that was opened anew");
            }
            Err(error) => tracing::error!(event = "log_not_reopened", %error, "the log goes on in the old file"),
        }
    }
}

/// Readable by its owner only.
fn appended(path: &Path) -> Result<File, LoggingError> {
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    opened.map_err(|source| LoggingError::File { path: path.to_owned(), source })
}

impl io::Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins logging, for the rest of the process. Answers the file, where there is one, for it to be opened anew.
pub(crate) fn begin(settings: &LogSettings) -> Result<Option<LogFile>, LoggingError> {
    let quiet = settings.level.min(LevelFilter::WARN);
    let filter = Targets::new()
        .with_default(settings.level)
        .with_targets(QUIET.map(|library| (library, quiet)))
        // What it cannot parse anybody can send; the line has no request to belong to.
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF);
    match &settings.file {
        Some(path) => {
            let file = LogFile::open(path)?;
            let writer = file.clone();
            install(filter, settings.format, move || writer.clone())?;
            Ok(Some(file))
        }
        None => install(filter, settings.format, io::stdout).map(|()| None),
    }
}

/// A panic becomes a line of the log, with the request's id, instead of text on standard error.
pub(crate) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("no reason was given");
        tracing::error!(event = "panic", place, reason, "the program panicked");
    }));
}

fn install<W>(filter: Targets, format: LogFormat, writer: W) -> Result<(), LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let registry = tracing_subscriber::registry().with(filter);
    let installed = match format {
        LogFormat::Text => registry
            .with(KeepRequestId)
            .with(layers::layer().with_ansi(false).with_writer(writer).fmt_fields(NoSpanFields).event_format(Line))
            .try_init(),
        LogFormat::Json => {
            let layer = layers::layer().json().flatten_event(true).with_span_list(false).with_writer(writer);
            registry.with(layer).try_init()
        }
    };
    installed.map_err(|_| LoggingError::Twice)
}

struct RequestId(String);

/// Keeps a request's id beside its span, where each line finds it.
struct KeepRequestId;

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for KeepRequestId {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut found = FindRequestId(None);
        attributes.record(&mut found);
        if let (Some(request), Some(span)) = (found.0, context.span(id)) {
            span.extensions_mut().insert(RequestId(request));
        }
    }
}

struct FindRequestId(Option<String>);

impl Visit for FindRequestId {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "request.id" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// The text form shows no field of a span but the request's id, which has its own keeper: formatting the others for
/// every request would be work for nothing.
struct NoSpanFields;

impl<'w> FormatFields<'w> for NoSpanFields {
    fn format_fields<R: RecordFields>(&self, _: Writer<'w>, _: R) -> fmt::Result {
        Ok(())
    }
}

/// The text form.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let time = SystemClock.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        write!(writer, "{time} {} {} [", metadata.level(), metadata.target())?;
        let scope = context.event_scope();
        let id =
            scope.into_iter().flatten().find_map(|span| span.extensions().get::<RequestId>().map(|id| id.0.clone()));
        write!(writer, "{}] - ", id.as_deref().unwrap_or("-"))?;
        let mut fields = Fields::default();
        event.record(&mut fields);
        writeln!(writer, "{}{}", fields.message, fields.others)
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Fields {
    fn put(&mut self, field: &Field, text: &str) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{}", OneLine(text)),
            name => write!(self.others, " {name}={}", OneLine(text)),
        };
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

/// A text without control characters, line separators included.
struct OneLine<'t>(&'t str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_input_cannot_forge_a_line() {
        let forged = OneLine("ana\r\n2026-01-01T00:00:00Z INFO x [-] - admin logged in\u{2028}").to_string();
        assert_eq!(forged.lines().count(), 1);
        assert!(forged.starts_with(r"ana\r\n2026"));
    }
}
