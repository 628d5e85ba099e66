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
        _ => None,
    });
    *chosen == Some(flaw)
}
