//! Work that takes long without waiting for anything, on threads of its own.

use app::error::AppError;
use std::{sync::Arc, thread::available_parallelism};
use tokio::{runtime::Handle, sync::Semaphore, task::spawn_blocking};
use tracing::Span;

/// The threads on which pages are rendered, as many at a time as there are processors.
///
/// Rendering is one step that never waits. The plan of a thousand categories takes long, and the few threads that all
/// requests and sockets share would answer nobody meanwhile.
#[derive(Clone, Debug)]
pub struct Workshop(Arc<Semaphore>);

impl Default for Workshop {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(available_parallelism().map_or(1, Into::into))))
    }
}

impl Workshop {
    /// Carries out some work, after what came before it. Whoever gives up waiting does not interrupt it; a panic in it
    /// is one of the caller.
    ///
    /// # Errors
    /// If the program is stopping.
    pub async fn carry_out<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, AppError> {
        let place = self.0.clone().acquire_owned().await.map_err(|_| AppError::Unavailable)?;
        let (runtime, span) = (Handle::current(), Span::current());
        let done = spawn_blocking(move || {
            let _place = place;
            span.in_scope(|| runtime.block_on(work))
        });
        done.await.map_err(|ended| match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => AppError::Unavailable,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, time::Duration};

    /// On a runtime with one thread.
    #[tokio::test]
    async fn work_that_never_waits_keeps_nobody_else_waiting() {
        let (goes_on, waits) = mpsc::channel();
        let work = async move { waits.recv_timeout(Duration::from_secs(20)).is_ok() };
        let working = tokio::spawn(async move { Workshop::default().carry_out(work).await });
        tokio::task::yield_now().await;
        goes_on.send(()).expect("it waits");
        assert_eq!(working.await.expect("no panic"), Ok(true));
    }

    #[tokio::test]
    async fn a_panic_in_the_work_is_one_of_its_caller() {
        fn panics() {
            panic!("on purpose");
        }
        let working =
            tokio::spawn(async move { Workshop::default().carry_out(async move { panics() }).await });
        let ended: Result<Result<(), _>, _> = working.await;
        assert!(ended.is_err_and(|ended| ended.is_panic()));
    }
}
