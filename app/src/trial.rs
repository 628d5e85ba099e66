//! Flaws that can be injected into the live path and the outbox at run time, to show that the tests detect them.
//!
//! They exist only with the feature `trial`, which only tests enable; without it [`has`] is constantly false
//! and the compiler removes the branches.

/// A flaw of the live path or of the outbox. `FAMILY_BUDGET_FLAW` names the one that a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// `no-gap-check`: a replica accepts any later change as the next one.
    NoGapCheck,
    /// `publish-before-commit`: screens receive a change before it is committed.
    PublishBeforeCommit,
    /// `no-heartbeat`: a lost last message is never detected.
    NoHeartbeat,
    /// `half-transaction`: only the first half of a change's rows is sent.
    HalfTransaction,
    /// `no-before`: a change does not include what it replaced.
    NoBefore,
    /// `no-reconcile`: nothing looks for the commits of other processes.
    NoReconcile,
    /// `early-kept`: a command is called stored before the device has stored it.
    EarlyKept,
    /// `forget-record`: a page that begins does not take over what earlier ones have stored.
    ForgetRecord,
    /// `new-id`: each attempt is sent with a new idempotency key.
    NewId,
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
        "early-kept" => Some(Flaw::EarlyKept),
        "forget-record" => Some(Flaw::ForgetRecord),
        "new-id" => Some(Flaw::NewId),
        _ => None,
    });
    *chosen == Some(flaw)
}

/// Set to make the process abort after its next commit, before the bell rings.
#[cfg(feature = "trial")]
pub static DOOMED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// The moment between a commit and its bell, at which a doomed process aborts as if by a power cut.
pub fn between_commit_and_bell() {
    #[cfg(feature = "trial")]
    if DOOMED.load(std::sync::atomic::Ordering::SeqCst) {
        std::process::abort();
    }
}
