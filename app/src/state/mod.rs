//! What a page knows beside the book, as contexts: its language, what is open on it.

pub mod editing;
pub mod groups;
pub mod language;
pub mod opened;
pub mod undo;
