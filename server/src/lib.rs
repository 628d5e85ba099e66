//! The family budget's server.
//!
//! | module | knows |
//! | --- | --- |
//! | [`cli`], [`config`] | the command line and the configuration |
//! | [`serve`], `listen`, `linger`, `background` | start, serving, and shutdown |
//! | `admin`, `ask`, `interrupts`, `descriptors` | what only the operator uses |
//! | `logs` | what is logged, and where to |
//! | [`machine`] | the host name of the machine |
//! | [`control`] | commands of the operator that change a store |
//! | [`backup`] | backups of a book while it is served, and restoring them |
//! | [`stats`] | how large a book is |
//! | [`moving`] | every row of a book from one store into another |
//! | [`router`] | every route, on one page |
//! | [`http`] | who asks, rules for every request, how a refusal is rendered |
//! | [`security`], `network` | from where somebody asks, which origins may write |
//! | [`rest`] | the HTTP API |
//! | [`page_files`] | the files that a page loads |
//! | `pages` | the pages that work without WebAssembly |
//! | [`live`] | the sockets |
//! | [`bus`] | announces commits, here and in other processes |
//! | [`hub`] | who has a screen open; the last frames and the presence of each household |
//! | [`journal`] | from the log to the wire |
//! | [`meters`] | the metrics |
//! | [`ledger`] | the rules: permissions, sequence numbers, the change log |
//! | [`db`] | SQL, for two engines |
//! | [`clock`] | the current time and day |

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic on a closed pipe")]

mod admin;
mod ask;
mod background;
pub mod backup;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod db;
mod descriptors;
pub mod http;
pub mod hub;
mod interrupts;
pub mod journal;
pub mod ledger;
mod linger;
mod listen;
pub mod live;
mod logs;
pub mod machine;
pub mod meters;
pub mod moving;
mod network;
pub mod page_files;
mod pages;
pub mod rest;
pub mod router;
pub mod security;
pub mod serve;
pub mod stats;
#[cfg(feature = "trial")]
mod trial_routes;
