//! Reads request bodies: each field by name, numbers as text, unknown fields refused.

use crate::http::{encoded::is_text, problem::Refused};
use app::{
    domain::{Reason, Refusals},
    error::AppError,
};
use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{
    collections::BTreeMap,
    fmt::{self, Formatter},
    time::Duration,
};

/// The largest body in bytes; more than any request needs.
const BODY_LIMIT: usize = 64 * 1024;

/// How long a body may take to arrive, so that an announced body that does not come frees its connection.
const BODY_TIME: Duration = Duration::from_secs(30);

/// The fields of a JSON object, each as the text that was sent: an amount written as a number is parsed from
/// its digits and never becomes a float.
pub struct Fields {
    fields: BTreeMap<String, Box<RawValue>>,
    refusals: Refusals,
}

/// The fields of an object, those of one name more than once among them.
struct ObjectFields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for ObjectFields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OfObject;

        impl<'de> Visitor<'de> for OfObject {
            type Value = ObjectFields;

            fn expecting(&self, words: &mut Formatter) -> fmt::Result {
                words.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ObjectFields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(ObjectFields(fields))
            }
        }

        from.deserialize_map(OfObject)
    }
}

impl ObjectFields {
    /// Refuses a field that stands there twice: which of the values is meant cannot be known.
    fn into_fields(self) -> Fields {
        let mut read = Fields { fields: BTreeMap::new(), refusals: Refusals::default() };
        for (name, value) in self.0 {
            if read.fields.contains_key(&name) {
                read.refusals.add(&name, Reason::Duplicate);
            }
            read.fields.insert(name, value);
        }
        read
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let kind = header_text(&request, header::CONTENT_TYPE);
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(AppError::UnsupportedMediaType.into());
        }
        let (_, body) = read(request).await?;
        let object: ObjectFields = serde_json::from_slice(&body).map_err(|_| AppError::Malformed)?;
        Ok(object.into_fields())
    }
}

/// Reads a complete body, within the limits on size and time.
async fn read(request: Request) -> Result<(Parts, Bytes), AppError> {
    let announced = header_text(&request, header::CONTENT_LENGTH).parse().unwrap_or(0);
    if announced > BODY_LIMIT {
        return Err(AppError::PayloadTooLarge);
    }
    let (parts, body) = request.into_parts();
    let body = tokio::time::timeout(BODY_TIME, collect(body)).await;
    Ok((parts, body.map_err(|_| AppError::Malformed)??))
}

/// Collects a body as it arrives, up to the limit.
async fn collect(body: Body) -> Result<Bytes, AppError> {
    let (mut stream, mut whole) = (body.into_data_stream(), BytesMut::new());
    while let Some(part) = stream.next().await {
        // A chunk has another size than announced, or the connection was cut.
        let part = part.map_err(|_| AppError::Malformed)?;
        if whole.len() + part.len() > BODY_LIMIT {
            return Err(AppError::PayloadTooLarge);
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

/// Applies the same limits to server functions and forms, which read their bodies themselves. JSON is refused by its
/// reader if it is not text, a form here: its readers would store something else than was sent.
pub async fn limited(request: Request, next: Next) -> Response {
    let kind = header_text(&request, header::CONTENT_TYPE);
    let is_form = !kind.starts_with("application/json") && !kind.starts_with("multipart/");
    match read(request).await {
        Ok((_, body)) if is_form && !is_text(&body) => Refused(AppError::Malformed).into_response(),
        Ok((parts, body)) => next.run(Request::from_parts(parts, body.into())).await,
        Err(error) => Refused(error).into_response(),
    }
}

fn header_text(request: &Request, name: header::HeaderName) -> String {
    let value = request.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}

impl Fields {
    /// A string; `null` counts as an empty one.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let raw = self.fields.remove(name)?;
        match serde_json::from_str::<Option<String>>(raw.get()) {
            Ok(text) => Some(text.unwrap_or_default()),
            Err(_) => {
                self.refusals.add(name, Reason::WrongType);
                None
            }
        }
    }

    /// A decimal number, given as a string or as a JSON number.
    pub(super) fn number(&mut self, name: &str) -> Option<String> {
        let raw = self.fields.get(name)?.get().trim();
        if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return self.fields.remove(name).map(|raw| raw.get().trim().to_owned());
        }
        self.text(name)
    }

    pub(super) fn other<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let raw = self.fields.remove(name)?;
        let value = serde_json::from_str(raw.get()).ok();
        if value.is_none() {
            self.refusals.add(name, Reason::WrongType);
        }
        value
    }

    /// A number; `null` counts as 0.
    pub(super) fn nullable(&mut self, name: &str) -> Option<i64> {
        self.other::<Option<i64>>(name).map(Option::unwrap_or_default)
    }

    /// Accepts a row's read-only fields, so that what was read can be sent back.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.fields.remove(*name);
        }
    }

    /// Refuses the fields that are left.
    pub(super) fn finish<T>(mut self, form: T) -> Result<T, AppError> {
        for name in self.fields.keys() {
            self.refusals.add(name, Reason::UnknownField);
        }
        self.refusals.finish()?;
        Ok(form)
    }

    /// A list of at most `most` objects. Refused fields are named by their index, `items.0.amount`. A longer
    /// list is refused as a whole, and nothing in it is parsed.
    pub(super) fn each<T>(&mut self, list: &str, most: usize, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        let Some(raw) = self.fields.remove(list) else { return Vec::new() };
        // Counted before anything is parsed.
        if serde_json::from_str::<Vec<IgnoredAny>>(raw.get()).is_ok_and(|rows| rows.len() > most) {
            self.refusals.add(list, Reason::OutOfRange);
            return Vec::new();
        }
        let Ok(rows) = serde_json::from_str::<Vec<ObjectFields>>(raw.get()) else {
            self.refusals.add(list, Reason::WrongType);
            return Vec::new();
        };
        let mut forms = Vec::with_capacity(rows.len());
        for (at, object) in rows.into_iter().enumerate() {
            let mut row = object.into_fields();
            let form = read(&mut row);
            match row.finish(form) {
                Ok(form) => forms.push(form),
                Err(error) => {
                    for error in error.fields() {
                        self.refusals.add(&format!("{list}.{at}.{}", error.field), error.reason);
                    }
                }
            }
        }
        forms
    }

    /// Two required strings.
    pub fn pair(mut self, first: &str, second: &str) -> Result<(String, String), AppError> {
        let (one, two) = (self.text(first), self.text(second));
        for (name, value) in [(first, &one), (second, &two)] {
            if value.as_ref().is_none_or(String::is_empty) {
                self.refusals.add(name, Reason::Required);
            }
        }
        self.finish((one.unwrap_or_default(), two.unwrap_or_default()))
    }

    /// One required string.
    pub fn one(mut self, name: &str) -> Result<String, AppError> {
        let value = self.text(name).unwrap_or_default();
        if value.is_empty() {
            self.refusals.add(name, Reason::Required);
        }
        self.finish(value)
    }
}
