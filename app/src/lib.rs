//! The family budget's domain, wire and screens: what browser and server share.
//!
//! | module | knows |
//! | --- | --- |
//! | [`domain`] | money, days, facts, the household; no leptos, no SQL, no sockets |
//! | [`command`] | every change that a member makes to the book, as data |
//! | [`wire`] | the frames of the live protocol |
//! | [`service`] | the interface to the ledger: one trait |
//! | [`error`] | the one error that crosses the wire |
//! | [`api`] | the browser's calls, as server functions |
//! | [`outbox`] | unconfirmed commands |
//! | [`replica`] | the book as a screen shows it, updated by frames |
//! | [`live_link`] | what the screens know of the connection and the browser |
//! | [`state`] | what a page knows beside the book |
//! | [`i18n`] | every sentence, in every language |
//! | [`ui`] | views that know no money and no book: fields, lists, icons |
//! | [`widgets`] | views of the book: rows, editors, figures |
//! | [`pages`] | the live screens |
//! | [`trial`] | flaws that tests switch on |
//! | `plain` | the pages that work without WebAssembly: signing in, settings |
//! | `shell` | the document around the live screens, rendered by the server |
//! | `stopped` | the notice of a page whose program did not start or crashed |

// The types of nested views exceed the compiler's default limit.
#![recursion_limit = "256"]

pub mod api;
pub mod command;
pub mod domain;
pub mod error;
pub mod i18n;
pub mod live_link;
pub mod outbox;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod plain;
pub mod replica;
pub mod service;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod state;
#[cfg(feature = "ssr")]
pub mod stopped;
pub mod trial;
pub mod ui;
pub mod widgets;
pub mod wire;
