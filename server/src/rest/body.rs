//! Reads request bodies: each field by name, numbers as text, unknown fields refused.

use super::problem::Refused;
use app::{
    domain::{ArticleForm, FactForm, FinancialCenterForm, Reason, Refusals},
    error::AppError,
    service::{HouseholdForm, MeForm, MemberForm, RegisterForm},
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
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::{collections::BTreeMap, time::Duration};

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

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let kind = header_text(&request, header::CONTENT_TYPE);
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(AppError::UnsupportedMediaType.into());
        }
        let (_, body) = read(request).await?;
        let fields = serde_json::from_slice(&body).map_err(|_| AppError::Malformed)?;
        Ok(Self { fields, refusals: Refusals::default() })
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

/// Applies the same limits to server functions, which read their bodies themselves.
pub async fn limited(request: Request, next: Next) -> Response {
    match read(request).await {
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

    /// The fields of a fact, for creating or changing one.
    pub fn fact(mut self) -> Result<FactForm, AppError> {
        self.ignore(&[
            "group",
            "version",
            "created_seq",
            "created_by",
            "updated_by",
            "created_at",
            "updated_at",
        ]);
        let form = FactForm {
            id: self.text("id"),
            amount: self.number("amount"),
            article_id: self.text("article_id"),
            financial_center_id: self.text("financial_center_id"),
            date: self.text("date"),
            comment: self.text("comment"),
        };
        self.finish(form)
    }

    /// The fields of a fact that replaces the whole row.
    pub fn whole_fact(self) -> Result<FactForm, AppError> {
        let form = self.fact()?;
        let mut refusals = Refusals::default();
        for (name, value) in [
            ("amount", &form.amount),
            ("article_id", &form.article_id),
            ("financial_center_id", &form.financial_center_id),
            ("date", &form.date),
        ] {
            if value.is_none() {
                refusals.add(name, Reason::Required);
            }
        }
        refusals.finish()?;
        Ok(FactForm { comment: form.comment.or_else(|| Some(String::new())), ..form })
    }

    /// The fields of an article, for creating or changing one.
    pub fn article(mut self) -> Result<ArticleForm, AppError> {
        self.ignore(&["version"]);
        let form = ArticleForm {
            id: self.text("id"),
            name: self.text("name"),
            kind: self.text("kind"),
            parent_id: self.text("parent_id"),
            archived: self.other("archived"),
            icon: self.text("icon"),
            colour: self.other("colour"),
        };
        self.finish(form)
    }

    /// The fields of an article that replaces the whole row.
    pub fn whole_article(self) -> Result<ArticleForm, AppError> {
        let form = self.article()?;
        Ok(ArticleForm {
            name: form.name.or_else(|| Some(String::new())),
            kind: form.kind.or_else(|| Some(String::new())),
            parent_id: form.parent_id.or_else(|| Some(String::new())),
            archived: form.archived.or(Some(false)),
            icon: form.icon.or_else(|| Some(String::new())),
            colour: form.colour.or(Some(0)),
            ..form
        })
    }

    /// The fields of a center, for creating or changing one.
    pub fn financial_center(mut self) -> Result<FinancialCenterForm, AppError> {
        self.ignore(&["version", "balance"]);
        let form = FinancialCenterForm {
            id: self.text("id"),
            name: self.text("name"),
            currency: self.text("currency"),
            opening_balance: self.number("opening_balance"),
            archived: self.other("archived"),
            position: self.other("position"),
        };
        self.finish(form)
    }

    /// The fields of a center that replaces the whole row.
    pub fn whole_financial_center(self) -> Result<FinancialCenterForm, AppError> {
        let form = self.financial_center()?;
        Ok(FinancialCenterForm {
            name: form.name.or_else(|| Some(String::new())),
            currency: form.currency.or_else(|| Some(String::new())),
            opening_balance: form.opening_balance.or_else(|| Some(String::new())),
            archived: form.archived.or(Some(false)),
            ..form
        })
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
        let Ok(rows) = serde_json::from_str::<Vec<BTreeMap<String, Box<RawValue>>>>(raw.get()) else {
            self.refusals.add(list, Reason::WrongType);
            return Vec::new();
        };
        let mut forms = Vec::with_capacity(rows.len());
        for (at, fields) in rows.into_iter().enumerate() {
            let mut row = Self { fields, refusals: Refusals::default() };
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

    /// The fields of a registration.
    pub fn registration(mut self) -> Result<RegisterForm, AppError> {
        let form = RegisterForm {
            name: self.text("name"),
            email: self.text("email"),
            password: self.text("password"),
            household: self.text("household"),
            invite: self.text("invite"),
            currency: self.text("currency"),
            time_zone: self.text("time_zone"),
            language: self.text("language"),
            opening_balance: self.number("opening_balance"),
        };
        self.finish(form)
    }

    /// The changes of one's own account and member.
    pub fn me(mut self) -> Result<MeForm, AppError> {
        self.ignore(&["id", "role", "version"]);
        let form = MeForm {
            name: self.text("name"),
            colour: self.other("colour"),
            language: self.text("language"),
            household_id: self.text("household_id"),
        };
        self.finish(form)
    }

    /// The changes of a member.
    pub fn member(mut self) -> Result<MemberForm, AppError> {
        self.ignore(&["id", "role", "version"]);
        let form = MemberForm { name: self.text("name"), colour: self.other("colour") };
        self.finish(form)
    }

    /// The changes of the household.
    pub fn household(mut self) -> Result<HouseholdForm, AppError> {
        self.ignore(&["id", "version", "erase_on"]);
        let form = HouseholdForm {
            name: self.text("name"),
            currency: self.text("currency"),
            time_zone: self.text("time_zone"),
        };
        self.finish(form)
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
