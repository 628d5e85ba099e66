//! The metrics of `/metrics`. Without an admin address nothing is recorded.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

/// Open sockets.
pub const SOCKETS: &str = "family_budget_sockets";
/// The limits on sockets, by kind; 0 means no limit.
pub const LIMITS: &str = "family_budget_socket_limit";
/// Refused sockets, by limit.
pub const REFUSALS: &str = "family_budget_socket_refusals_total";
/// Closed sockets, by code.
pub const CLOSES: &str = "family_budget_socket_closes_total";
/// Time from the bell to the flush of a socket.
pub const BELL_TO_FLUSH: &str = "family_budget_bell_to_flush_seconds";
/// Reads of the log because the ring did not have the entries.
pub const CATCH_UPS: &str = "family_budget_catch_up_reads_total";
/// Committed transactions.
pub const COMMITS: &str = "family_budget_commits_total";
/// Hints for other processes that were dropped because the queue was full.
pub const HINTS_DROPPED: &str = "family_budget_hints_dropped_total";
/// Background tasks that panicked and were restarted.
pub const PANICS: &str = "family_budget_background_panics_total";
/// Entries of all logs.
pub const LOG_ENTRIES: &str = "family_budget_log_entries";
/// Scheduled backups, by result.
pub const BACKUPS: &str = "family_budget_backups_total";
/// When the last successful one was begun.
pub const LAST_BACKUP: &str = "family_budget_last_backup_timestamp_seconds";
/// 1 while the store accepts writes, 0 while it can only be read.
pub const WRITABLE: &str = "family_budget_store_writable";
/// 1 while the store can be read, 0 otherwise.
pub const READABLE: &str = "family_budget_store_readable";
/// Answered requests, by method and status.
pub const REQUESTS: &str = "family_budget_http_requests_total";
/// Duration of requests.
pub const REQUEST_SECONDS: &str = "family_budget_http_request_seconds";

const SECONDS: [f64; 14] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Installs the recorder once per process; later calls return the same handle.
///
/// # Errors
/// If another recorder is installed.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .install_recorder()?;
    describe_gauge!(SOCKETS, "Open sockets");
    describe_gauge!(LIMITS, "How many sockets there may be, by what is limited; 0 is no limit");
    describe_counter!(REFUSALS, "Sockets that were refused, by the limit they met");
    describe_counter!(CLOSES, "Sockets that ended, by close code; `gone` without one");
    describe_histogram!(BELL_TO_FLUSH, Unit::Seconds, "From a change's bell to the flush of a socket");
    describe_counter!(CATCH_UPS, "Readings of the log for sockets that are behind the ring");
    describe_counter!(COMMITS, "Committed transactions");
    describe_counter!(
        HINTS_DROPPED,
        "Hints for other processes that found no room; these find out by looking"
    );
    describe_counter!(PANICS, "Background tasks that panicked and were started again");
    describe_gauge!(LOG_ENTRIES, "Entries of all change logs");
    describe_counter!(BACKUPS, "Backups of the schedule, by result: ok or failed");
    describe_gauge!(
        LAST_BACKUP,
        Unit::Seconds,
        "When the last backup of the schedule was begun, in Unix time"
    );
    describe_gauge!(WRITABLE, "1 while the store takes writes, 0 while it can only be read");
    describe_gauge!(
        READABLE,
        "1 while the store can be read, 0 while it does not answer, is damaged or was replaced"
    );
    describe_counter!(REQUESTS, "Answered requests, by method and status");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "From a request's head to its answer's head");
    Ok(HANDLE.get_or_init(|| handle).clone())
}
