//! Limits how long a call may take.

use crate::error::AppError;
use leptos::prelude::set_timeout_with_handle;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

/// Whether the time is over, and who waits for it.
#[derive(Default)]
struct Timer {
    over: bool,
    waits: Option<Waker>,
}

/// The response of a call, or [`AppError::NoAnswer`] after this time. The call is then dropped, which aborts
/// it in a browser.
pub(super) async fn within<T>(
    time: Duration,
    mut call: Pin<Box<dyn Future<Output = Result<T, AppError>>>>,
) -> Result<T, AppError> {
    fn lock(timer: &Mutex<Timer>) -> MutexGuard<'_, Timer> {
        timer.lock().unwrap_or_else(PoisonError::into_inner)
    }
    let timer = Arc::new(Mutex::new(Timer::default()));
    let rings = timer.clone();
    let ring = move || {
        let mut timer = lock(&rings);
        timer.over = true;
        if let Some(waker) = timer.waits.take() {
            waker.wake();
        }
    };
    // If a browser cannot set a timer, the call takes as long as the browser allows.
    let handle = set_timeout_with_handle(ring, time).ok();
    let answer = poll_fn(|context| {
        if let Poll::Ready(answer) = call.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        let mut timer = lock(&timer);
        if timer.over {
            return Poll::Ready(Err(AppError::NoAnswer));
        }
        timer.waits = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
    if let Some(handle) = handle {
        handle.clear();
    }
    answer
}
