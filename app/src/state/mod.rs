//! What a page knows beside the book, as contexts: its language, and which rows, dialogs and offers are open.

pub mod editing;
pub mod groups;
pub mod kept;
pub mod language;
pub mod open_form;
pub mod open_row;
pub mod opened;
pub mod plan_cell;
pub mod undo;
