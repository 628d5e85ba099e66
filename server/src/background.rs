//! Tasks that run as long as the program.

use crate::meters;
use futures_util::FutureExt;
use std::{future::Future, panic::AssertUnwindSafe, time::Duration};
use tokio_util::sync::CancellationToken;

/// Pause between a panic and the restart, so that a task that panics immediately does not occupy a core.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs a task until it returns or the program stops. A task that panics is restarted; otherwise its work
/// would silently stop until the next restart of the program.
pub async fn keep_running<F>(name: &'static str, stop: CancellationToken, mut task: impl FnMut() -> F)
where
    F: Future<Output = ()>,
{
    // The state that the task shares is behind locks and consistent at every moment.
    while AssertUnwindSafe(task()).catch_unwind().await.is_err() {
        metrics::counter!(meters::PANICS).increment(1);
        tracing::error!(task = name, "a background task panicked and is started again");
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        time::Instant,
    };

    /// Keeps a broken test from hanging.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_task_that_panics_is_restarted_until_it_returns() {
        let runs = AtomicU32::new(0);
        let task = || async {
            assert!(runs.fetch_add(1, Ordering::Relaxed) > 0, "the first run panics");
        };
        let began = Instant::now();
        let running = keep_running("test", CancellationToken::new(), task);
        tokio::time::timeout(PATIENCE, running).await.expect("it ends");
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        assert!(began.elapsed() >= PAUSE, "not at once");
    }

    #[tokio::test]
    async fn a_task_is_not_restarted_while_the_program_stops() {
        let stop = CancellationToken::new();
        stop.cancel();
        let runs = AtomicU32::new(0);
        let task = || async {
            runs.fetch_add(1, Ordering::Relaxed);
            panic!("every run panics")
        };
        tokio::time::timeout(PATIENCE, keep_running("test", stop, task)).await.expect("it ends");
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}
