//! Views that know no money and no book: of `state` they read the language alone.

pub mod changing;
pub mod choice;
pub mod field;
pub mod focus;
pub mod icon;
pub mod keys;
pub mod letters;
pub mod list;
pub mod pasting;
pub mod program_part;
pub mod select;
