//! Becoming somebody.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{MutationId, Name},
    error::AppError,
    service::{MeForm, RegisterForm},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::Terms;

/// Founds a household, or joins one by an invitation.
///
/// # Errors
/// See [`crate::service::BudgetService::register`].
#[server(prefix = "/api/ui", endpoint = "register", protocol = Call)]
pub async fn register(form: RegisterForm, mutation_id: Option<MutationId>) -> Result<(), AppError> {
    let device = ssr::identity()?.device;
    let terms = Terms { mutation_id, base_version: None };
    let signed_in = ssr::service()?.register(device, terms, form).await?;
    ssr::set_session(&signed_in.token)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Signs in, and goes on to the invitation in `next` if there is one.
///
/// # Errors
/// See [`crate::service::BudgetService::log_in`].
#[server(prefix = "/api/ui", endpoint = "log_in", protocol = Call)]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let device = ssr::identity()?.device;
    let signed_in = ssr::service()?.log_in(device, email, password).await?;
    ssr::set_session(&signed_in.token)?;
    // Only an invitation of ours: the address could have been made by anybody.
    let own = |path: &String| {
        let token = path.strip_prefix("/join/");
        token.is_some_and(|token| {
            token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        })
    };
    leptos_axum::redirect(next.filter(own).as_deref().unwrap_or("/"));
    Ok(())
}

/// Signs out.
///
/// # Errors
/// See [`crate::service::BudgetService::log_out`].
#[server(prefix = "/api/ui", endpoint = "log_out", protocol = Call)]
pub async fn log_out() -> Result<(), AppError> {
    match ssr::actor() {
        Ok(actor) => ssr::service()?.log_out(actor).await?,
        // Whoever is signed out already gets what they asked for.
        Err(AppError::NotSignedIn) => {}
        Err(error) => return Err(error),
    }
    ssr::set_session("")?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// The household that an invitation leads to, and whether somebody is signed in here.
///
/// # Errors
/// See [`crate::service::BudgetService::invited_to`].
#[server(prefix = "/api/ui", endpoint = "invited_to", protocol = Call)]
pub async fn invited_to(invite: String) -> Result<(Name, bool), AppError> {
    let signed_in = ssr::actor().is_ok();
    Ok((ssr::service()?.invited_to(invite).await?, signed_in))
}

/// Joins with the account that is signed in.
///
/// # Errors
/// See [`crate::service::BudgetService::join`].
#[server(prefix = "/api/ui", endpoint = "join", protocol = Call)]
pub async fn join(invite: String) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.join(actor, invite).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Changes oneself, or switches to another household.
///
/// # Errors
/// See [`crate::service::BudgetService::change_me`].
#[server(prefix = "/api/ui", endpoint = "change_me", protocol = Call)]
pub async fn change_me(form: MeForm) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.change_me(actor, Terms::default(), form).await?;
    leptos_axum::redirect("/household");
    Ok(())
}
