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
    domain::{
        ArticleId, Currency, Day, Fact, FactForm, FactId, FactKey, FinancialCenterId, Money, MonthRange,
        Reason, Tag,
    },
    error::AppError,
    service::{FactQuery, Read, Service},
};
use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "facts";

/// A query with the filters of a list of facts, all optional, and fields of its own.
macro_rules! filtered {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        struct $name {
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
            /// Only facts that this search finds: words, `"phrases"`, `#tag`, `>50`, `50..100`, `=12.50`, `category:`,
            /// `account:`, `who:`, `date:2026-11`, each with `-` before it to exclude (a range as
            /// `-=50..100`: `-50..100` begins below zero); at most 200 characters and 12 terms.
            q: Option<String>,
            $($own)*
        }
    };
}

filtered! {
    /// Which facts are listed.
    ListQuery {
        /// `next_cursor` of the previous page.
        cursor: Option<String>,
        /// Page size, 1 to 500; default 50.
        #[param(value_type = Option<i64>, minimum = 1, maximum = 500)]
        limit: Option<String>,
    }
}

filtered! {
    /// Of which facts the days are counted.
    DaysQuery {}
}

/// A page of facts, newest day first.
#[derive(Serialize, ToSchema)]
struct Page {
    /// The facts.
    items: Vec<Fact>,
    /// Where the next page begins; null on the last page.
    next_cursor: Option<String>,
    /// All that the query finds, on this page and the others; only with `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Found>,
}

/// What a query finds, on all its pages.
#[derive(Serialize, ToSchema)]
struct Found {
    /// The number of facts.
    count: i64,
    /// Their sums, by currency.
    sums: Vec<FoundSum>,
}

/// A sum of facts in one currency.
#[derive(Serialize, ToSchema)]
struct FoundSum {
    /// The currency.
    currency: Currency,
    /// The sum.
    amount: Money,
}

/// A day with facts.
#[derive(Serialize, ToSchema)]
struct DayCount {
    /// The day.
    date: Day,
    /// The number of facts on it.
    rows: i64,
}

/// The routes of facts.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(days)).merge(rows())
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
        let search = self.q.as_deref().map(str::parse).and_then(|search| refusals.take("q", search));
        let after = self.cursor.as_deref().map(|cursor| decode(cursor).ok_or(Reason::UnknownWord));
        let after = after.and_then(|after| refusals.take("cursor", after));
        let limit = refusals.number("limit", self.limit.as_ref(), 1..=500).unwrap_or(50);
        refusals.finish()?;
        let search = search.unwrap_or_default();
        Ok(FactQuery { from, to, article_id, financial_center_id, tag, search, after, limit })
    }
}

impl From<DaysQuery> for ListQuery {
    fn from(query: DaysQuery) -> Self {
        let DaysQuery { from, to, article_id, financial_center_id, tag, q } = query;
        Self { from, to, article_id, financial_center_id, tag, q, cursor: None, limit: None }
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
    let (query, searched) = (query.checked()?, query.q.is_some());
    let (page, found, position) = if searched {
        let Read { value, position } = service.found_facts(actor, query).await?;
        let sums = value.sums.into_iter().map(|(currency, amount)| FoundSum { currency, amount }).collect();
        (value.page, Some(Found { count: value.count, sums }), position)
    } else {
        let Read { value, position } = service.facts(actor, query).await?;
        (value, None, position)
    };
    answer::read(Page { items: page.items, next_cursor: page.next.map(encode), found }, position)
}

/// Lists the days that have facts, newest first, with the number of facts on each.
#[utoipa::path(get, path = "/facts/days", tag = TAG, params(DaysQuery),
    responses((status = 200, body = Vec<DayCount>), (status = 422, body = Problem)))]
async fn days(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<DaysQuery>,
) -> RestAnswer {
    let Read { value, position } = service.fact_days(actor, ListQuery::from(query).checked()?).await?;
    let days: Vec<_> = value.into_iter().map(|(date, rows)| DayCount { date, rows }).collect();
    answer::read(days, position)
}

row_calls! {
    tag: "facts",
    paths: ["/facts", "/facts/{id}", "/facts/{id}/restore"],
    row: Fact, form: FactForm, id: FactId,
    fields: [fact, whole_fact],
    show: fact,
    commands: [RecordFact, ReviseFact, DeleteFact, RestoreFact],
}
