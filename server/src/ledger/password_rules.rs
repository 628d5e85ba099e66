//! The rules for passwords.

use crate::db::accounts::Account;
use app::domain::{Reason, Refusals, fold::is_invisible};

const PASSWORD_MIN: u16 = 8;
pub(super) const PASSWORD_MAX: u16 = 256;

/// Checks a new password and adds refusals. Spaces within it and around it belong to it; a password of spaces alone
/// is most likely a mistake, and the first that others try.
pub(super) fn check_password(refusals: &mut Refusals, field: &str, password: &str) {
    let length = password.chars().count();
    if password.is_empty() {
        refusals.add(field, Reason::Required);
    } else if password.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        refusals.add(field, Reason::OnlySpaces);
    } else if length < usize::from(PASSWORD_MIN) {
        refusals.add(field, Reason::TooShort(PASSWORD_MIN));
    } else if length > usize::from(PASSWORD_MAX) {
        refusals.add(field, Reason::TooLong(PASSWORD_MAX));
    }
}

/// No password has this hash.
pub(super) const NO_PASSWORD: &str = "-";

/// Whether the account was deleted. Nobody can sign in to it.
pub(super) fn is_deleted(account: &Account) -> bool {
    account.password_hash == NO_PASSWORD
}
