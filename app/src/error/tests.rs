//! The status and code of a refused form.

use super::*;

fn refused(reasons: &[Reason]) -> (u16, &'static str) {
    let field = |reason: &Reason| FieldError { field: "currency".to_owned(), reason: *reason };
    let error = AppError::from(reasons.iter().map(field).collect::<Vec<_>>());
    (error.status(), error.code())
}

#[test]
fn a_form_is_refused_with_the_status_that_all_its_reasons_share() {
    assert_eq!(refused(&[]), (422, "invalid"));
    assert_eq!(refused(&[Reason::Required]), (422, "invalid"));
    assert_eq!(refused(&[Reason::UsedCurrency]), (409, "in_use"));
    assert_eq!(refused(&[Reason::UsedCurrency, Reason::UsedCurrency]), (409, "in_use"));
    for mixed in [[Reason::UsedCurrency, Reason::Required], [Reason::Required, Reason::UsedCurrency]] {
        assert_eq!(refused(&mixed), (422, "invalid"), "one field is wrong by itself");
    }
}
