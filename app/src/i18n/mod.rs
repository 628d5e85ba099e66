//! Every sentence a person reads, in English and Russian, and how figures and days are written.
//!
//! The catalogue is typed: a word that is missing in one language does not compile. Formats are our
//! own, because the server must write exactly what the browser would.

pub mod errors;
pub mod format;
pub mod words;

pub use words::{Words, words};
