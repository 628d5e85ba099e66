//! `/articles`

use super::{
    answer::{self, Answer, Items},
    body::Fields,
    problem::Problem,
    request::{Caller, Conditions, Id},
    rows::row_calls,
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
    OpenApiRouter::new().routes(routes!(list)).merge(rows())
}

/// All articles, archived ones too.
#[utoipa::path(get, path = "/articles", tag = TAG, responses((status = 200, body = Items<Article>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> Answer {
    let all = service.articles(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

row_calls! {
    tag: "articles",
    paths: ["/articles", "/articles/{id}", "/articles/{id}/restore"],
    row: Article, form: ArticleForm, id: ArticleId,
    fields: [article, whole_article],
    calls: [add_article, article, revise_article, delete_article, restore_article],
}
