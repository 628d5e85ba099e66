//! `/articles`

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
    rows::row_calls,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Id},
};
use app::{
    command::Command,
    domain::{Article, ArticleForm, ArticleId},
    error::AppError,
    service::Service,
};
use axum::extract::State;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "articles";

/// The routes of articles.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(merge)).merge(rows())
}

/// Lists all articles, including archived ones.
#[utoipa::path(get, path = "/articles", tag = TAG, responses((status = 200, body = Items<Article>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let all = service.articles(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

/// The target of a merge.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the field is read by its name")]
struct Merge {
    /// An active article of the same kind that is not a descendant of this one.
    into: ArticleId,
}

/// Merges the article into another one: its facts, plans and children move there, in one change.
#[utoipa::path(post, path = "/articles/{id}/merge", tag = TAG, params(("id" = ArticleId, Path), crate::http::request::Conditional), request_body = Merge,
    responses((status = 200, description = "the other one", body = Article), (status = 404, body = Problem),
        (status = 410, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn merge(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<ArticleId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let into = fields.one("into")?.parse().map_err(|error: uuid::Error| AppError::field("into", error))?;
    let written = service.write(actor, terms, Command::MergeArticle { id, into }).await?.of::<Article>()?;
    answer::row(&written.value, written.position)
}

row_calls! {
    tag: "articles",
    paths: ["/articles", "/articles/{id}", "/articles/{id}/restore"],
    row: Article, form: ArticleForm, id: ArticleId,
    fields: [article, whole_article],
    show: article,
    commands: [AddArticle, ReviseArticle, DeleteArticle, RestoreArticle],
}
