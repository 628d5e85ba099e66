//! What the outbox needs of the page: timers, and the calls to the server. Tests have others, which they move by hand.

use super::{DEADLINE, deadline::within, pending::Call};
use crate::{api::command::write, command::Subject, error::AppError, service::Written};
use leptos::{prelude::set_timeout, task::spawn_local};
use std::{
    future::Future,
    task::{Context, Waker},
    time::Duration,
};

/// The response to a call.
pub type CallResponse = Result<Written<Subject>, AppError>;

/// Timers and calls.
pub trait Surroundings: Send + Sync {
    /// Does something once this time has passed.
    fn later(&self, run: Box<dyn FnOnce() + Send>, after: Duration);
    /// Sends a call, and reports its response, or that there was none in time.
    fn call(&self, call: Call, hearer: Box<dyn FnOnce(CallResponse) + Send>);
}

/// The page in a browser.
pub(super) struct BrowserPage;

impl Surroundings for BrowserPage {
    fn later(&self, run: Box<dyn FnOnce() + Send>, after: Duration) {
        set_timeout(run, after);
    }

    fn call(&self, call: Call, hearer: Box<dyn FnOnce(CallResponse) + Send>) {
        let mut called = Box::pin(async move {
            hearer(within(DEADLINE, Box::pin(write(call.command, call.terms, call.member))).await);
        });
        // The request leaves now. A task would begin only after all that the page does with what has just arrived: it draws and
        // stores it, and the next entry waits for this one. The task polls again, with a waker of its own.
        if called.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            spawn_local(called);
        }
    }
}
