//! The protocol of the browser's calls: JSON from the program, or a plain form if the program has not loaded
//! yet.
//!
//! Leptos' own protocol would compile sending, reading and error handling once per function and encoding.
//! Here each function contributes only the parsing of its own response, and everything else exists once in
//! the download.

use super::json::TextJson;
use crate::error::AppError;
use leptos::server_fn::{
    Decodes, Encodes, Protocol, client::Client, request::Req, response::TryRes, server::Server,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

const JSON: &str = "application/json";

/// The protocol of the server functions.
pub struct CallProtocol;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, AppError> for CallProtocol
where
    Input: Serialize + DeserializeOwned + Send,
    Output: Serialize + DeserializeOwned + Send,
    C: Client<AppError>,
    S: Server<AppError>,
{
    const METHOD: http::Method = http::Method::POST;

    async fn run_server<F, Fut>(request: S::Request, server_fn: F) -> Result<S::Response, AppError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, AppError>> + Send,
    {
        let json = request.to_content_type().is_some_and(|kind| kind.starts_with(JSON));
        let body = request.try_into_bytes().await?;
        let input = if json { TextJson::decode(body).ok() } else { form::read(&body) };
        let output = server_fn(input.ok_or(AppError::Malformed)?).await?;
        let answer = TextJson::encode(&output).map_err(|_| AppError::Internal)?;
        S::Response::try_from_bytes(JSON, answer)
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, AppError> {
        let body = serde_json::to_string(&input).map_err(|_| AppError::Internal)?;
        let answer = post(path.to_owned(), body).await?;
        // The response is not from this server: a proxy cannot reach it.
        serde_json::from_str(&answer).map_err(|_| AppError::Unavailable)
    }
}

type Reply = Pin<Box<dyn Future<Output = Result<String, AppError>> + Send>>;

#[cfg(feature = "hydrate")]
fn post(path: String, body: String) -> Reply {
    use leptos::server_fn::{
        client::browser::BrowserClient,
        request::{ClientReq, browser::BrowserRequest},
    };
    Box::pin(async move {
        let request = <BrowserRequest as ClientReq<AppError>>::try_new_req_text(
            &path,
            JSON,
            JSON,
            body,
            http::Method::POST,
        )?;
        let response = <BrowserClient as Client<AppError>>::send(request).await?;
        read(response).await
    })
}

#[cfg(feature = "hydrate")]
async fn read(response: impl leptos::server_fn::response::ClientRes<AppError>) -> Result<String, AppError> {
    use leptos::server_fn::redirect::call_redirect_hook;
    let status = response.status();
    let elsewhere = response.has_redirect().then(|| response.location());
    let answer = response.try_into_string().await?;
    if status >= 400 {
        return Err(serde_json::from_str(&answer).unwrap_or_else(|_| of_status(status)));
    }
    if let Some(place) = elsewhere {
        call_redirect_hook(&place);
    }
    Ok(answer)
}

/// The error for a refusal without our body: it comes from a layer before the functions, or from a proxy.
#[cfg(feature = "hydrate")]
const fn of_status(status: u16) -> AppError {
    match status {
        400 => AppError::Malformed,
        401 => AppError::NotSignedIn,
        403 => AppError::ForeignOrigin,
        404 => AppError::NotFound,
        413 => AppError::PayloadTooLarge,
        500 => AppError::Internal,
        // A gateway that timed out does not know whether the call was carried out.
        502 | 504 => AppError::NoAnswer,
        _ => AppError::Unavailable,
    }
}

/// Only a browser calls.
#[cfg(not(feature = "hydrate"))]
fn post(_: String, _: String) -> Reply {
    Box::pin(std::future::ready(Err(AppError::Internal)))
}

pub(super) mod form {
    use super::DeserializeOwned;

    /// Parses the fields of a form; nested ones are named `form[amount]`.
    #[cfg(feature = "ssr")]
    pub fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
        serde_qs::Config::new(5, false).deserialize_bytes(body).ok()
    }

    /// Only the server reads forms.
    #[cfg(not(feature = "ssr"))]
    pub fn read<T: DeserializeOwned>(_: &[u8]) -> Option<T> {
        None
    }
}
