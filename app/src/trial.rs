//! Flaws that can be put into the live path while it runs, to show that the tests notice them.
//!
//! Only with the feature `trial`, which nothing but tests turns on; without it every question is answered
//! by the compiler.

/// A way for the live path to be wrong. `FAMILY_BUDGET_FLAW` names the one that a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// `no-gap-check`: a replica takes any later change for the next one.
    NoGapCheck,
    /// `publish-before-commit`: screens hear of a change that may not come to be.
    PublishBeforeCommit,
    /// `no-heartbeat`: a lost last message never shows.
    NoHeartbeat,
    /// `half-transaction`: of a change of several rows only the first half is sent.
    HalfTransaction,
    /// `no-before`: a change does not tell what it replaced.
    NoBefore,
    /// `no-reconcile`: nobody looks for what other processes committed.
    NoReconcile,
}

/// Whether this process has the flaw.
#[cfg(not(feature = "trial"))]
#[must_use]
pub const fn has(_: Flaw) -> bool {
    false
}

/// Whether this process has the flaw.
#[cfg(feature = "trial")]
#[must_use]
pub fn has(flaw: Flaw) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<Flaw>> = std::sync::OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| match std::env::var("FAMILY_BUDGET_FLAW").ok()?.as_str() {
        "no-gap-check" => Some(Flaw::NoGapCheck),
        "publish-before-commit" => Some(Flaw::PublishBeforeCommit),
        "no-heartbeat" => Some(Flaw::NoHeartbeat),
        "half-transaction" => Some(Flaw::HalfTransaction),
        "no-before" => Some(Flaw::NoBefore),
        "no-reconcile" => Some(Flaw::NoReconcile),
        _ => None,
    });
    *chosen == Some(flaw)
}

/// Set when the process is to die after its next commit, before it tells anybody.
#[cfg(feature = "trial")]
pub static DOOMED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// The moment between a commit and its bell, where a doomed process dies as by a power cut.
pub fn between_commit_and_bell() {
    #[cfg(feature = "trial")]
    if DOOMED.load(std::sync::atomic::Ordering::SeqCst) {
        std::process::abort();
    }
}
