//! Pieces of the screens. Each takes what it shows and answers with events; none knows the browser.

pub mod connection;
pub mod editor;
pub mod fact_list;
pub mod fact_row;
pub mod field;
pub mod figures;
pub mod quick_add;
