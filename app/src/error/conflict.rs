//! The conflict that the refused fields of a form have in common.

use crate::domain::{FieldError, Reason};

/// The reason that determines the status and code of a refused form: the first one, if every field has this
/// reason and its status is not 422. A form that also has invalid fields gets 422 for those.
pub(super) const fn shared_conflict(errors: &[FieldError]) -> Option<Reason> {
    let Some((FieldError { reason: first, .. }, mut rest)) = errors.split_first() else { return None };
    if first.status() == 422 {
        return None;
    }
    while let Some((error, others)) = rest.split_first() {
        if error.reason.status() != first.status() {
            return None;
        }
        rest = others;
    }
    Some(*first)
}
