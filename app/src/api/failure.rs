//! How a failed call travels: the error that the page gets, and the status of the response.

use super::json::TextJson;
use crate::error::AppError;
use leptos::{prelude::FromServerFnError, server_fn::error::ServerFnErrorErr};

impl FromServerFnError for AppError {
    type Encoder = TextJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::NoAnswer,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            // The response is not from this server: a proxy cannot reach it.
            ServerFnErrorErr::Deserialization(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }

    // The status is set here and not in the functions, because arguments that cannot be parsed never reach a
    // function's body.
    #[cfg(feature = "ssr")]
    fn ser(&self) -> leptos::server_fn::Bytes {
        use leptos::server_fn::Encodes;
        super::set_status(self);
        TextJson::encode(self).unwrap_or_default()
    }
}
