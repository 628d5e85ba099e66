//! `/facts`

use super::{
    answer::{self, Answer},
    body::Fields,
    problem::Problem,
    request::{Caller, Conditions, Filter, Id},
};
use app::{
    domain::{ArticleId, Day, Fact, FactForm, FactId, FactKey, FinancialCenterId, Reason},
    error::AppError,
    service::{FactQuery, Service},
};
use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "facts";

/// Which facts; all fields may be absent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// From this day.
    from: Option<String>,
    /// To this day, included.
    to: Option<String>,
    /// On this article only.
    article_id: Option<String>,
    /// In this center only.
    financial_center_id: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 500, 50 when absent.
    limit: Option<i64>,
}

/// Some facts, the newest day first.
#[derive(Serialize, ToSchema)]
struct Page {
    /// The facts.
    items: Vec<Fact>,
    /// Where the next page begins; null on the last one.
    next_cursor: Option<String>,
}

/// All calls on facts.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, replace, change, delete))
        .routes(routes!(restore))
}

fn encode(key: FactKey) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{}|{}|{}", key.date, key.created_seq, key.id))
}

fn decode(cursor: &str) -> Option<FactKey> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.split('|');
    let key = FactKey {
        date: parts.next()?.parse().ok()?,
        created_seq: parts.next()?.parse().ok()?,
        id: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(key)
}

impl ListQuery {
    fn checked(&self) -> Result<FactQuery, AppError> {
        let mut refusals = app::domain::Refusals::default();
        let from: Option<Day> = refusals.optional("from", self.from.as_ref());
        let to: Option<Day> = refusals.optional("to", self.to.as_ref());
        let article_id: Option<ArticleId> = refusals.optional("article_id", self.article_id.as_ref());
        let center = self.financial_center_id.as_ref();
        let financial_center_id: Option<FinancialCenterId> = refusals.optional("financial_center_id", center);
        let after = self.cursor.as_deref().map(|cursor| decode(cursor).ok_or(Reason::UnknownWord));
        let after = after.and_then(|after| refusals.take("cursor", after));
        let limit = self.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            refusals.add("limit", Reason::OutOfRange);
        }
        refusals.finish()?;
        Ok(FactQuery { from, to, article_id, financial_center_id, after, limit })
    }
}

/// Facts by page.
#[utoipa::path(get, path = "/facts", tag = TAG, params(ListQuery),
    responses((status = 200, body = Page), (status = 422, body = Problem)))]
async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<ListQuery>,
) -> Answer {
    let page = service.facts(actor, query.checked()?).await?;
    let value = Page { items: page.value.items, next_cursor: page.value.next.map(encode) };
    answer::read(value, page.position)
}

/// Records a fact.
#[utoipa::path(post, path = "/facts", tag = TAG, request_body = FactForm,
    responses((status = 201, body = Fact), (status = 200, description = "a repeat", body = Fact),
        (status = 409, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.record_fact(actor, terms, fields.fact()?).await?;
    let (version, location) = (written.value.version, format!("/api/v1/facts/{}", written.value.id));
    answer::created(written, version, &location)
}

/// One fact.
#[utoipa::path(get, path = "/facts/{id}", tag = TAG, params(("id" = FactId, Path)),
    responses((status = 200, body = Fact), (status = 404, body = Problem), (status = 410, body = Problem)))]
async fn show(State(service): State<Service>, Caller(actor): Caller, Id(id): Id<FactId>) -> Answer {
    let fact = service.fact(actor, id).await?;
    let version = fact.value.version;
    answer::row(fact.value, version, fact.position)
}

/// Replaces a fact.
#[utoipa::path(put, path = "/facts/{id}", tag = TAG, params(("id" = FactId, Path)), request_body = FactForm,
    responses((status = 200, body = Fact), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn replace(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FactId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_fact(actor, terms, id, fields.whole_fact()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Changes the fields that are given.
#[utoipa::path(patch, path = "/facts/{id}", tag = TAG, params(("id" = FactId, Path)), request_body = FactForm,
    responses((status = 200, body = Fact), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn change(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FactId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_fact(actor, terms, id, fields.fact()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Deletes a fact; it can be restored.
#[utoipa::path(delete, path = "/facts/{id}", tag = TAG, params(("id" = FactId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 410, body = Problem),
        (status = 412, body = Problem)))]
async fn delete(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FactId>,
    Conditions(terms): Conditions,
) -> Answer {
    answer::gone(service.delete_fact(actor, terms, id).await?.position)
}

/// Brings a deleted fact back.
#[utoipa::path(post, path = "/facts/{id}/restore", tag = TAG, params(("id" = FactId, Path)),
    responses((status = 200, body = Fact), (status = 404, body = Problem), (status = 412, body = Problem)))]
async fn restore(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FactId>,
    Conditions(terms): Conditions,
) -> Answer {
    let written = service.restore_fact(actor, terms, id).await?;
    answer::row(&written.value, written.value.version, written.position)
}
