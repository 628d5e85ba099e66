//! The family budget's domain, wire and screens: what browser and server share.
//!
//! | module | knows |
//! | --- | --- |
//! | [`domain`] | money, days, facts, the household; no leptos, no SQL, no sockets |
//! | [`wire`] | the frames of the live protocol |
//! | [`service`] | what the screens ask of the keeper of the book: one trait |
//! | [`error`] | the one error that crosses the wire |
//! | [`replica`] | the book as a screen shows it, moved by frames |

pub mod domain;
pub mod error;
pub mod replica;
pub mod service;
pub mod wire;
