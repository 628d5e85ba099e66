//! The browser's calls: server functions under `/api/ui`, each three lines: actor, operation, response.
//!
//! They use the same service as the HTTP API, so the same rules apply. Only this file sets the status of a
//! response.

pub mod account;
pub mod attempt;
pub mod book;
pub mod call;
pub mod command;
pub mod facts;
mod failure;
pub mod json;
pub mod people;
pub mod plans;

#[cfg(feature = "ssr")]
pub use ssr::{SessionCookie, set_status};

#[cfg(feature = "ssr")]
pub(crate) mod ssr {
    use crate::{
        error::AppError,
        service::{Actor, Identity, Service},
    };
    use http::{HeaderValue, Method, StatusCode, header, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    /// Builds the session cookie for a token, given whether the browser reached us over TLS; the server knows
    /// its name and flags.
    #[derive(Clone)]
    pub struct SessionCookie(pub fn(token: &str, secure: bool) -> String);

    /// Sets the status of a failed call, except for the post of a plain form, whose redirect it would
    /// overwrite.
    pub fn set_status(error: &AppError) {
        let plain_form = use_context::<Parts>().is_some_and(|parts| {
            let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            parts.method == Method::POST && accept.is_some_and(|accept| accept.contains("text/html"))
        });
        let status = StatusCode::from_u16(error.status());
        if let (false, Some(response), Ok(status)) = (plain_form, use_context::<ResponseOptions>(), status) {
            response.set_status(status);
            if let Some(seconds) = error.retry_after_seconds() {
                response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
        }
    }

    /// Who sends the request, and from where.
    pub fn identity() -> Result<Identity, AppError> {
        let parts = use_context::<Parts>().ok_or(AppError::Internal)?;
        parts.extensions.get::<Identity>().cloned().ok_or(AppError::Internal)
    }

    /// The signed-in person.
    pub fn actor() -> Result<Actor, AppError> {
        identity()?.actor
    }

    /// The service.
    pub fn service() -> Result<Service, AppError> {
        use_context::<Service>().ok_or(AppError::Internal)
    }

    /// The data that was loaded for this page before rendering.
    pub fn opening() -> Option<super::book::Opening> {
        use_context::<Parts>()?.extensions.get::<super::book::Opening>().cloned()
    }

    /// Encodes a text as a QR code.
    pub fn qr_code(text: &str) -> Result<super::book::QrCode, AppError> {
        use std::fmt::Write;
        /// Cameras need a light margin to find the code.
        const QUIET: usize = 4;
        let code = qrcode::QrCode::new(text).map_err(|_| AppError::Internal)?;
        let width = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == qrcode::Color::Dark && width > 0 {
                let (x, y) = (at % width + QUIET, at / width + QUIET);
                // Writing to a string does not fail.
                _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        Ok(super::book::QrCode { side: width + 2 * QUIET, path })
    }

    /// Begins a session in this browser, or ends it if the token is empty.
    pub fn set_session(token: &str) -> Result<(), AppError> {
        let cookie = use_context::<SessionCookie>().ok_or(AppError::Internal)?;
        let response = use_context::<ResponseOptions>().ok_or(AppError::Internal)?;
        let value =
            HeaderValue::from_str(&(cookie.0)(token, identity()?.secure)).map_err(|_| AppError::Internal)?;
        response.append_header(header::SET_COOKIE, value);
        Ok(())
    }
}
