//! Transfers and splits: their rows in the list, and the dialog in which they are added and changed.

mod dialog;
mod entering;
mod fields;
mod form;
mod inputs;
mod open_dialog;
mod parts;
mod sending;
pub mod shown;
#[cfg(test)]
mod tests;

pub use dialog::{FORM, GroupDialog};
pub use open_dialog::OpenDialog;
pub use sending::form_of_parts;
