//! The family budget's server.
//!
//! | module | knows |
//! | --- | --- |
//! | [`cli`], [`config`] | the command line and the configuration |
//! | [`serve`], `listen`, `linger`, `background` | start, serving, and shutdown |
//! | `admin`, `ask`, `descriptors` | what only the operator uses |
//! | [`machine`] | the host name of the machine |
//! | [`control`] | commands of the operator that change a store |
//! | [`backup`] | backups of a book while it is served, and restoring them |
//! | [`stats`] | how large a book is |
//! | [`moving`] | a book from SQLite to PostgreSQL |
//! | [`router`] | every route, on one page |
//! | [`session`], [`security`], `network`, `well_formed` | who asks and from where, which origins may write, rules for every request |
//! | [`rest`] | the HTTP API |
//! | `pages` | the pages that work without WebAssembly |
//! | [`live`] | sockets and the hub behind them |
//! | [`bus`] | announces commits, here and in other processes |
//! | [`ledger`] | the rules: permissions, sequence numbers, the change log |
//! | [`db`] | SQL, for two engines |
//! | [`clock`] | the current time and day |

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
pub mod ledger;
mod linger;
mod listen;
pub mod live;
pub mod machine;
pub mod moving;
mod network;
mod pages;
pub mod rest;
pub mod router;
pub mod security;
pub mod serve;
pub mod session;
pub mod stats;
#[cfg(feature = "trial")]
mod trial_routes;
mod well_formed;
