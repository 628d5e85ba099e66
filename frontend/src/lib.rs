//! What only the browser knows: the socket, timers, storage, the window.
//!
//! | module | knows |
//! | --- | --- |
//! | [`budget_ws_client`] | the socket, kept open |
//! | [`lifecycle`] | the state machine of the connection; pure |
//! | [`handlers`] | handlers by event name |
//! | [`backoff`] | delays between attempts; pure |
//! | [`outbox_store`] | the browser's database |
//! | [`page_store`] | when that is opened |
//! | [`follow`] | applies frames to the replica |
//! | [`browser`] | the window |
//! | [`near_end`] | scrolling to the end of the list |
//! | [`book_choice`] | whether a copy of the book is kept, and whose |
//! | [`calendar`] | the days of a time zone |
//! | [`steady_clock`] | a clock that never goes back; pure |
//! | [`composing`] | keys of an input method |
//! | `hydrating` | the start of all of it; not part of the tests, which need no browser |

pub mod backoff;
pub mod book_choice;
pub mod browser;
pub mod budget_ws_client;
pub mod calendar;
pub mod composing;
pub mod follow;
pub mod handlers;
#[cfg(feature = "hydrate")]
mod hydrating;
pub mod lifecycle;
pub mod near_end;
pub mod outbox_store;
pub mod page_store;
pub mod steady_clock;
