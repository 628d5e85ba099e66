//! The program from outside, on a real port and a real database.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

mod accounts;
mod admin;
mod articles;
mod bad_input;
mod demo;
mod facts;
#[cfg(feature = "trial")]
mod flaws;
mod golden;
mod harness;
mod isolation;
mod leaving;
mod live;
mod log;
mod model;
mod pages;
mod reading;
mod repeats;
mod schema;
mod sockets;
mod start;
