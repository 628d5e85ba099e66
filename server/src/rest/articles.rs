//! `/articles`

use super::{
    answer::{self, Answer, Items},
    body::Fields,
    problem::Problem,
    request::{Caller, Conditions, Id},
};
use app::{
    domain::{Article, ArticleForm, ArticleId},
    service::Service,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "articles";

/// All calls on articles.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, replace, change, delete))
        .routes(routes!(restore))
}

/// All articles, archived ones too.
#[utoipa::path(get, path = "/articles", tag = TAG, responses((status = 200, body = Items<Article>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> Answer {
    let all = service.articles(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

/// Adds one.
#[utoipa::path(post, path = "/articles", tag = TAG, request_body = ArticleForm,
    responses((status = 201, body = Article), (status = 200, description = "a repeat", body = Article),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.add_article(actor, terms, fields.article()?).await?;
    let (version, location) = (written.value.version, format!("/api/v1/articles/{}", written.value.id));
    answer::created(written, version, &location)
}

/// One of them.
#[utoipa::path(get, path = "/articles/{id}", tag = TAG, params(("id" = ArticleId, Path)),
    responses((status = 200, body = Article), (status = 404, body = Problem), (status = 410, body = Problem)))]
async fn show(State(service): State<Service>, Caller(actor): Caller, Id(id): Id<ArticleId>) -> Answer {
    let row = service.article(actor, id).await?;
    answer::row(&row.value, row.value.version, row.position)
}

/// Replaces one.
#[utoipa::path(put, path = "/articles/{id}", tag = TAG, params(("id" = ArticleId, Path)), request_body = ArticleForm,
    responses((status = 200, body = Article), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn replace(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<ArticleId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_article(actor, terms, id, fields.whole_article()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Changes the fields that are given.
#[utoipa::path(patch, path = "/articles/{id}", tag = TAG, params(("id" = ArticleId, Path)), request_body = ArticleForm,
    responses((status = 200, body = Article), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn change(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<ArticleId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_article(actor, terms, id, fields.article()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Deletes one that nothing uses.
#[utoipa::path(delete, path = "/articles/{id}", tag = TAG, params(("id" = ArticleId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<ArticleId>,
    Conditions(terms): Conditions,
) -> Answer {
    answer::gone(service.delete_article(actor, terms, id).await?.position)
}

/// Brings a deleted one back.
#[utoipa::path(post, path = "/articles/{id}/restore", tag = TAG, params(("id" = ArticleId, Path)),
    responses((status = 200, body = Article), (status = 404, body = Problem)))]
async fn restore(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<ArticleId>,
    Conditions(terms): Conditions,
) -> Answer {
    let written = service.restore_article(actor, terms, id).await?;
    answer::row(&written.value, written.value.version, written.position)
}
