//! The family budget's server.
//!
//! | module | knows |
//! | --- | --- |
//! | [`db`] | SQL, on two engines |
//! | [`ledger`] | the rules: who may do what, numbers, the log |
//! | [`live`] | sockets and the hub behind them |

pub mod clock;
pub mod db;
pub mod ledger;
pub mod live;
