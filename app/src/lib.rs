//! The family budget's domain, wire and screens: what browser and server share.
//!
//! | module | knows |
//! | --- | --- |
//! | [`domain`] | money, days, facts, the household; no leptos, no SQL, no sockets |
//! | [`command`] | every change that a member makes to the book, as data |
//! | [`wire`] | the frames of the live protocol |
//! | [`service`] | what the screens ask of the keeper of the book: one trait |
//! | [`error`] | the one error that crosses the wire |
//! | [`api`] | the browser's calls, as server functions |
//! | [`outbox`] | the commands of this page that are not confirmed |
//! | [`replica`] | the book as a screen shows it, moved by frames |
//! | [`live_link`] | what the screens know of the connection |
//! | [`i18n`] | every sentence, in every language |
//! | [`components`], [`pages`] | the live screens |
//! | [`trial`] | how tests make it wrong |
//! | `plain` | the pages that need no program in the browser: signing in, settings |
//! | `shell` | the document around them, written by the server |
//! | `stopped` | what a page does without its program |

// The types of nested views grow beyond the compiler's default.
#![recursion_limit = "256"]

pub mod api;
pub mod command;
pub mod components;
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
#[cfg(feature = "ssr")]
pub mod stopped;
pub mod trial;
pub mod wire;
