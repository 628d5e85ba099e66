//! Transfers and splits: how they stand in the list, and the dialog in which they are made and changed.

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

pub use dialog::GroupDialog;
pub use sending::form_of_parts;
