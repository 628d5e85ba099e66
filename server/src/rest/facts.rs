//! `/facts`

use super::{
    answer::{self, RestAnswer},
    body::Fields,
    rows::row_calls,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Filter, Id},
};
use app::{
    command::Command,
    domain::{ArticleId, Day, Fact, FactForm, FactId, FactKey, FinancialCenterId, MonthRange, Reason, Tag},
    error::AppError,
    service::{FactQuery, Service},
};
use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "facts";

/// Filters of a list of facts; all are optional.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// The first day.
    #[param(value_type = Option<Day>)]
    from: Option<String>,
    /// The last day, inclusive; not before `from`, and within 1,200 months of it.
    #[param(value_type = Option<Day>)]
    to: Option<String>,
    /// Only facts of this article.
    #[param(value_type = Option<ArticleId>)]
    article_id: Option<String>,
    /// Only facts of this center.
    #[param(value_type = Option<FinancialCenterId>)]
    financial_center_id: Option<String>,
    /// Only facts with this tag in the comment, `trip` for `#trip`.
    tag: Option<String>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
    /// Page size, 1 to 500; default 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 500)]
    limit: Option<String>,
}

/// A page of facts, newest day first.
#[derive(Serialize, ToSchema)]
struct Page {
    /// The facts.
    items: Vec<Fact>,
    /// Where the next page begins; null on the last page.
    next_cursor: Option<String>,
}

/// The routes of facts.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).merge(rows())
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
        let from: Option<Day> = refusals.given("from", self.from.as_ref());
        let to: Option<Day> = refusals.given("to", self.to.as_ref());
        if from.zip(to).is_some_and(|(from, to)| MonthRange::of_days(from, to).is_none()) {
            refusals.add("from", Reason::OutOfRange);
        }
        let article_id: Option<ArticleId> = refusals.given("article_id", self.article_id.as_ref());
        let center = self.financial_center_id.as_ref();
        let financial_center_id: Option<FinancialCenterId> = refusals.given("financial_center_id", center);
        let tag: Option<Tag> = refusals.given("tag", self.tag.as_ref());
        let after = self.cursor.as_deref().map(|cursor| decode(cursor).ok_or(Reason::UnknownWord));
        let after = after.and_then(|after| refusals.take("cursor", after));
        let limit = refusals.number("limit", self.limit.as_ref(), 1..=500).unwrap_or(50);
        refusals.finish()?;
        Ok(FactQuery { from, to, article_id, financial_center_id, tag, after, limit })
    }
}

/// Lists facts by page.
#[utoipa::path(get, path = "/facts", tag = TAG, params(ListQuery),
    responses((status = 200, body = Page), (status = 422, body = Problem)))]
async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<ListQuery>,
) -> RestAnswer {
    let page = service.facts(actor, query.checked()?).await?;
    let value = Page { items: page.value.items, next_cursor: page.value.next.map(encode) };
    answer::read(value, page.position)
}

row_calls! {
    tag: "facts",
    paths: ["/facts", "/facts/{id}", "/facts/{id}/restore"],
    row: Fact, form: FactForm, id: FactId,
    fields: [fact, whole_fact],
    show: fact,
    commands: [RecordFact, ReviseFact, DeleteFact, RestoreFact],
}
