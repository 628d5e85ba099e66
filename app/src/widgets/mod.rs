//! Views of the book. Each gets what it shows and reports events; none knows the browser.

pub mod article_choice;
pub mod center_choice;
pub mod closing;
pub mod connection;
mod correcting;
pub mod editor;
pub mod expected;
pub mod fact_list;
pub mod fact_row;
pub mod figures;
pub mod group;
pub mod navigation;
mod not_a_member;
pub mod offers;
pub mod plan_notices;
pub mod presence;
pub mod quick_add;
pub mod refusal;
pub mod refused_occurrences;
pub mod refused_row;
pub mod revising;
pub mod session_end;
pub mod sign_in_again;
pub mod sign_key;
pub mod uncounted;
pub mod undo;
pub mod waiting;
