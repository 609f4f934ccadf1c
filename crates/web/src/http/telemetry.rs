//! Counters and histograms, in Prometheus' own text format.

use std::time::Duration;

use atalaya_application::AppError;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Encoder, Gauge, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

/// Buckets for a service whose usual answer takes less than a millisecond and whose slowest takes seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// A number that another layer knows.
pub struct ObservedGauge {
    /// The name that Prometheus reads.
    pub name: &'static str,
    /// What it measures, for the author of a query.
    pub help: &'static str,
    /// A label and its value, which differ between gauges of one name.
    pub label: (&'static str, &'static str),
    /// Reads it, each time that Prometheus asks.
    pub read: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// [`ObservedGauge`] as the registry wants it.
struct Observed {
    shown: Gauge,
    read: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Collector for Observed {
    fn desc(&self) -> Vec<&Desc> {
        self.shown.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.shown.set((self.read)());
        self.shown.collect()
    }
}

/// The counters and gauges of this process, on an address of their own.
pub struct Telemetry {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    logins: IntCounterVec,
}

impl Telemetry {
    /// Registers every metric, those of the process itself included.
    ///
    /// # Errors
    /// When a name is registered twice.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let labels = ["method", "endpoint", "status"];
        let requests = IntCounterVec::new(Opts::new("http_requests_total", "HTTP requests by outcome."), &labels)?;
        let durations = HistogramVec::new(
            HistogramOpts::new("http_request_duration_seconds", "Time to answer, in seconds.")
                .buckets(BUCKETS.to_vec()),
            &["method", "endpoint"],
        )?;
        let logins = IntCounterVec::new(Opts::new("login_attempts_total", "Logins by outcome."), &["status"])?;
        for status in ["success", "failed"] {
            logins.with_label_values(&[status]);
        }
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(logins.clone()))?;
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self { registry, requests, durations, logins })
    }

    /// Adds a gauge that is read whenever the metrics are.
    ///
    /// # Errors
    /// When the name is no metric's, or registered twice with the same labels.
    pub fn observe(&self, gauge: ObservedGauge) -> Result<(), prometheus::Error> {
        let options = Opts::new(gauge.name, gauge.help).const_label(gauge.label.0, gauge.label.1);
        self.registry.register(Box::new(Observed { shown: Gauge::with_opts(options)?, read: gauge.read }))
    }

    pub(crate) fn request(&self, method: &str, endpoint: &str, status: &str, took: Duration) {
        self.requests.with_label_values(&[method, endpoint, status]).inc();
        self.durations.with_label_values(&[method, endpoint]).observe(took.as_secs_f64());
    }

    pub(crate) fn login(&self, succeeded: bool) {
        self.logins.with_label_values(&[if succeeded { "success" } else { "failed" }]).inc();
    }

    /// Everything, in the text exposition format 0.0.4.
    ///
    /// # Errors
    /// `Internal` when a metric cannot be encoded.
    pub fn exposition(&self) -> Result<String, AppError> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(AppError::internal)?;
        String::from_utf8(text).map_err(AppError::internal)
    }
}
