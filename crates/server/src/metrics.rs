//! What is counted: requests by route and status, and how long they took. Served as OpenMetrics text, which Prometheus
//! reads, on a listener of its own. Handles are resolved once, so that counting costs a few nanoseconds.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::limits::Kind;

/// What [`Metrics::text`] is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The labels of a request.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Answered {
    route: &'static str,
    status: u16,
}

/// The labels of a refusal.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RefusedBy {
    code: &'static str,
    reason: &'static str,
}

/// The labels of a try that was answered 429.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct ThrottledBy {
    kind: &'static str,
}

/// The labels of a reload.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct ReloadedBy {
    result: &'static str,
}

/// The labels of a request that left.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct SentOut {
    purpose: &'static str,
    outcome: &'static str,
}

/// The labels of a certificate: none is there without one.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Certificate {
    setting: &'static str,
}

/// The labels of a job that ran.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct JobRan {
    kind: &'static str,
    result: &'static str,
}

/// The labels of jobs that are there.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct JobsThere {
    kind: &'static str,
    state: &'static str,
}

/// The labels of a kind of job.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct JobKind {
    kind: &'static str,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter<u64, AtomicU64>>,
    refused: Family<RefusedBy, Counter<u64, AtomicU64>>,
    throttled: Family<ThrottledBy, Counter<u64, AtomicU64>>,
    consents_shown_again: Counter<u64, AtomicU64>,
    seconds: Histogram,
    purged: Counter<u64, AtomicU64>,
    reloads: Family<ReloadedBy, Counter<u64, AtomicU64>>,
    sent_out: Family<SentOut, Counter<u64, AtomicU64>>,
    certificate_ends: Family<Certificate, Gauge<i64, AtomicI64>>,
    jobs_ran: Family<JobRan, Counter<u64, AtomicU64>>,
    jobs_there: Family<JobsThere, Gauge<i64, AtomicI64>>,
    jobs_age: Family<JobKind, Gauge<i64, AtomicI64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("symbolon");
        let answered = Family::default();
        let refused = Family::default();
        let throttled = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.000_1, 2.0, 16));
        let purged = Counter::default();
        registry.register("requests", "Requests answered, by route and status", answered.clone());
        registry.register("refusals", "Refusals, by protocol code and internal reason", refused.clone());
        let help = "Tries that were answered 429, by the budget of [limits] that was used up";
        registry.register("throttled", help, throttled.clone());
        let consents_shown_again = Counter::default();
        let help = "Consent pages shown again, because what they had shown changed before the answer";
        registry.register("consents_shown_again", help, consents_shown_again.clone());
        registry.register(
            "request_seconds",
            "Seconds from the head of a request to its answer",
            seconds.clone(),
        );
        registry.register("purged_rows", "Expired rows deleted", purged.clone());
        let reloads = Family::default();
        let help = "Configurations read again, by whether they were taken up (ok) or everything stayed as it was (refused)";
        registry.register("reloads", help, reloads.clone());
        let sent_out = Family::default();
        let help =
            "Requests to addresses that somebody else chose, by purpose and outcome (answered, or why not)";
        registry.register("egress_requests", help, sent_out.clone());
        let certificate_ends = Family::default();
        let help = "When the certificate of [tls] ends, in seconds since 1970";
        registry.register("certificate_end_seconds", help, certificate_ends.clone());
        let (jobs_ran, jobs_there, jobs_age) = register_jobs(&mut registry);
        Metrics {
            registry,
            answered,
            refused,
            throttled,
            consents_shown_again,
            seconds,
            purged,
            reloads,
            sent_out,
            certificate_ends,
            jobs_ran,
            jobs_there,
            jobs_age,
        }
    }
}

type JobFamilies = (
    Family<JobRan, Counter<u64, AtomicU64>>,
    Family<JobsThere, Gauge<i64, AtomicI64>>,
    Family<JobKind, Gauge<i64, AtomicI64>>,
);

fn register_jobs(registry: &mut Registry) -> JobFamilies {
    let families = JobFamilies::default();
    let help = "Tries of durable jobs, by kind and by whether they were done, failed for now, or are dead";
    registry.register("jobs", help, families.0.clone());
    registry.register("jobs_there", "Durable jobs that wait or are dead, by kind", families.1.clone());
    registry.register("jobs_oldest_seconds", "Age of the oldest job that waits, by kind", families.2.clone());
    families
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, route: &'static str, status: u16, seconds: f64) {
        self.answered.get_or_create(&Answered { route, status }).inc();
        self.seconds.observe(seconds);
    }

    /// A request was refused.
    pub fn refused(&self, code: &'static str, reason: &'static str) {
        self.refused.get_or_create(&RefusedBy { code, reason }).inc();
    }

    /// A try was answered 429.
    pub fn throttled(&self, kind: Kind) {
        self.throttled.get_or_create(&ThrottledBy { kind: kind.as_str() }).inc();
    }

    /// A consent page is shown again, because something on it changed.
    pub fn consent_shown_again(&self) {
        self.consents_shown_again.inc();
    }

    /// Expired rows were deleted.
    pub fn purged(&self, rows: usize) {
        self.purged.inc_by(rows as u64);
    }

    /// A configuration was read again, and taken up or not.
    pub fn reloaded(&self, taken_up: bool) {
        self.reloads.get_or_create(&ReloadedBy { result: if taken_up { "ok" } else { "refused" } }).inc();
    }

    /// A request to an address that somebody else chose was answered, or not.
    pub fn sent_out(&self, purpose: &'static str, outcome: &'static str) {
        self.sent_out.get_or_create(&SentOut { purpose, outcome }).inc();
    }

    /// A certificate is in use that ends then.
    pub fn certificate_ends(&self, seconds: i64) {
        self.certificate_ends.get_or_create(&Certificate { setting: "tls" }).set(seconds);
    }

    /// A job was tried.
    pub fn job_ran(&self, kind: &'static str, result: &'static str) {
        self.jobs_ran.get_or_create(&JobRan { kind, result }).inc();
    }

    /// So many jobs of a kind wait and are dead, and the oldest that waits is so many seconds old.
    pub fn jobs_there(&self, kind: &'static str, (waiting, dead): (i64, i64), age: i64) {
        self.jobs_there.get_or_create(&JobsThere { kind, state: "waiting" }).set(waiting);
        self.jobs_there.get_or_create(&JobsThere { kind, state: "dead" }).set(dead);
        self.jobs_age.get_or_create(&JobKind { kind }).set(age);
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }
}
