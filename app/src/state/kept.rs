//! The unsaved content of a form while its page is not shown.

use crate::error::AppError;

/// The content of an open form, for the page that shows it next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<Opened, Form> {
    /// The row as it was when the form was opened.
    pub opened: Opened,
    /// The typed content.
    pub typed: Form,
    /// The refusal that the form shows.
    pub refusal: Option<AppError>,
}
