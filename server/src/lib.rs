//! The family budget's server.
//!
//! | module | knows |
//! | --- | --- |
//! | [`cli`], [`config`] | what the program is told |
//! | [`serve`], `listen`, `linger`, `background` | from a configuration to a program that answers, and to its end |
//! | `admin`, `ask`, `descriptors` | what only whoever runs the program sees |
//! | [`machine`] | what the machine is called that the program runs on |
//! | [`control`] | commands that change a store, whoever holds it |
//! | [`backup`] | backups of a served book, and back |
//! | [`stats`] | how large a book is |
//! | [`moving`] | a book from SQLite to PostgreSQL |
//! | [`router`] | every route, on one page |
//! | [`session`], [`security`], `network`, `well_formed` | who asks and from where, which pages may, what every request keeps to |
//! | [`rest`] | the HTTP API |
//! | `pages` | the pages that need no program in the browser |
//! | [`live`] | sockets and the hub behind them |
//! | [`bus`] | what a commit tells, here and in other processes |
//! | [`ledger`] | the rules: who may do what, numbers, the log |
//! | [`db`] | SQL, on two engines |
//! | [`clock`] | what time and day it is |

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
