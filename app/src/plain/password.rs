//! A new password by a link.

use super::{Filled, Frame, Input, enter::behind_link, refusal};
use crate::domain::Name;
use leptos::prelude::*;

/// What the page behind such a link shows.
#[derive(Clone, Debug)]
pub struct PasswordPage {
    /// What it was refused for.
    pub filled: Filled,
    /// Whose password it is, as the household calls them.
    pub name: Name,
    /// What they sign in with.
    pub email: String,
    /// The end of the link.
    pub token: String,
}

/// Set a new password.
#[must_use]
pub fn set_password(frame: &Frame, page: &PasswordPage) -> String {
    let t = frame.words();
    let new = Input::password("new", t.new_password, "new-password").hint(t.password_hint);
    let form = view! {
        <form method="post" action=format!("/password/{}", page.token) class="form" aria-label=t.new_password>
            {refusal(frame, &page.filled)}
            // For whoever keeps passwords for people.
            <input type="email" autocomplete="username" value=page.email.clone() hidden aria-hidden="true" />
            {new.draw(frame, &page.filled)}
            <button type="submit" class="button">{t.set_password}</button>
        </form>
    };
    behind_link(frame, t.new_password, t.new_password_for, &page.name, form)
}
