//! Setting a new password by a link.

use super::{From, Posted, Segments, failed, form_page, go};
use crate::http::Web;
use app::{
    plain::{self, Filled, PasswordPage},
    service::{BudgetService, Identity},
};
use axum::{extract::State, response::Response};

pub async fn page(
    State(web): State<Web>,
    From(identity): From,
    Segments(token): Segments<String>,
) -> Response {
    show(&web, &identity, Filled::default(), token).await
}

async fn show(web: &Web, identity: &Identity, filled: Filled, token: String) -> Response {
    let (name, email) = match web.ledger.password_link(token.clone()).await {
        Ok(member) => member,
        Err(error) => return failed(web, identity, &error),
    };
    let shown = PasswordPage { filled, name, email, token };
    form_page(web, identity, shown.filled.refusal.as_ref(), |frame| plain::set_password(frame, &shown))
}

pub async fn set(
    State(web): State<Web>,
    From(identity): From,
    Segments(token): Segments<String>,
    posted: Posted,
) -> Response {
    let new = posted.text("new").unwrap_or_default();
    match web.ledger.use_password_link(token.clone(), new).await {
        Ok(()) => go("/sign-in?saved=password"),
        Err(error) => show(&web, &identity, posted.refused(error), token).await,
    }
}
