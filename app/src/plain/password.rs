//! Setting a new password by a link.

use super::{Filled, Input, PageFrame, enter::behind_link, refusal};
use crate::domain::Name;
use leptos::prelude::*;

/// The content of the page.
#[derive(Clone, Debug)]
pub struct PasswordPage {
    /// Why the form was refused.
    pub filled: Filled,
    /// The member's name in the household.
    pub name: Name,
    /// The email of the account.
    pub email: String,
    /// The token at the end of the link.
    pub token: String,
}

/// The page for setting a new password.
#[must_use]
pub fn set_password(frame: &PageFrame, page: &PasswordPage) -> String {
    let t = frame.words();
    let new = Input::password("new", t.new_password, "new-password").hint(t.password_hint);
    let form = view! {
        <form method="post" action=format!("/password/{}", page.token) class="form" aria-label=t.new_password>
            {refusal(frame, &page.filled)}
            // For password managers.
            <input type="email" autocomplete="username" value=page.email.clone() hidden aria-hidden="true" />
            {new.draw(frame, &page.filled)}
            <button type="submit" class="button">{t.set_password}</button>
        </form>
    };
    behind_link(frame, t.new_password, t.new_password_for, &page.name, form)
}
