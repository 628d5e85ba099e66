//! The HTTP API under `/api/v1`. A handler is three lines: actor, operation, response.

pub mod answer;
mod articles;
mod auth;
pub mod body;
mod description;
mod facts;
mod financial_centers;
mod forms;
mod groups;
mod household;
mod password_links;
mod plans;
pub mod problem;
mod reading;
mod recurring;
pub mod request;
mod rows;
mod wholes;

use crate::{live, router::Web};
use app::{error::AppError, service::Service};
use axum::{Json, Router, extract::FromRef, middleware, routing::get};
use problem::Refused;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(info(
    title = "Family Budget",
    description = "Record facts, read the book, follow its changes. Sign in with POST /auth/login; the session is a cookie.",
    license(name = "MIT OR Apache-2.0"),
))]
struct Api;

impl FromRef<Web> for Service {
    fn from_ref(web: &Web) -> Self {
        Arc::new(web.live.ledger.clone())
    }
}

/// The routes that need only the service.
fn of_service() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .merge(facts::routes())
        .merge(articles::routes())
        .merge(financial_centers::routes())
        .merge(household::routes())
        .merge(password_links::routes())
        .merge(groups::transfers())
        .merge(groups::splits())
        .merge(plans::routes())
        .merge(recurring::routes())
        .merge(reading::routes())
}

fn of_live() -> OpenApiRouter<Arc<live::Live>> {
    OpenApiRouter::new().routes(routes!(live::upgrade))
}

/// The OpenAPI document of all operations.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = OpenApiRouter::<Web>::with_openapi(Api::openapi());
    for part in [of_service().into_openapi(), auth::routes().into_openapi(), of_live().into_openapi()] {
        document = document.nest("/api/v1", OpenApiRouter::with_openapi(part));
    }
    let mut document = document.into_openapi();
    description::complete(&mut document);
    document
}

/// The live stream. It has its own checks ([`live::upgrade`]) instead of the layers before the other routes.
pub fn socket(web: &Web) -> Router<Web> {
    let live = of_live().with_state::<Web>(web.live.clone());
    OpenApiRouter::new().nest("/api/v1", live).into()
}

/// All routes, and the document that describes them.
pub fn routes(web: &Web) -> (Router<Web>, utoipa::openapi::OpenApi) {
    let service = of_service().with_state::<Web>(Service::from_ref(web));
    let api = OpenApiRouter::new().merge(service).merge(auth::routes());
    let router = Router::from(OpenApiRouter::with_openapi(Api::openapi()).nest("/api/v1", api));
    let document = document();
    let served = document.clone();
    let router = router
        .route("/api/v1/openapi.json", get(async move || Json(served)))
        .method_not_allowed_fallback(async || Refused(AppError::MethodNotAllowed))
        .route("/api/v1/{*rest}", axum::routing::any(async || Refused(AppError::NotFound)))
        .layer(middleware::from_fn_with_state(web.clone(), answer::positioned));
    (router, document)
}
