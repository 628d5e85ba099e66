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
mod reading;
mod recurring;
mod row_forms;
mod rows;
mod wholes;

use crate::http::{Web, problem::Refused};
use app::{error::AppError, service::Service};
use axum::{
    Json, Router,
    extract::FromRef,
    middleware,
    routing::{any, get},
};
use utoipa::{OpenApi, openapi::OpenApi as OpenApiDocument};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(
    title = "Family Budget",
    description = "Record facts, read the book, follow its changes. Sign in with POST /auth/login; the session is a cookie.",
    license(name = "MIT OR Apache-2.0"),
))]
struct Api;

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

/// The OpenAPI document of all operations here and of the sockets.
#[must_use]
pub fn document(sockets: OpenApiDocument) -> OpenApiDocument {
    let mut document = OpenApiRouter::<Web>::with_openapi(Api::openapi());
    for part in [of_service().into_openapi(), auth::routes().into_openapi(), sockets] {
        document = document.nest("/api/v1", OpenApiRouter::with_openapi(part));
    }
    let mut document = document.into_openapi();
    description::complete(&mut document);
    document
}

/// All routes, including the route of the document that describes them.
pub fn routes(web: &Web, document: OpenApiDocument) -> Router<Web> {
    let service = of_service().with_state::<Web>(Service::from_ref(web));
    let api = OpenApiRouter::new().merge(service).merge(auth::routes());
    let router = Router::from(OpenApiRouter::with_openapi(Api::openapi()).nest("/api/v1", api));
    // Whatever else is asked of the API is answered as it answers, not with a page.
    let router = ["/api/v1", "/api/v1/", "/api/v1/{*rest}"]
        .into_iter()
        .fold(router, |router, path| router.route(path, any(async || Refused(AppError::NotFound))));
    router
        .route("/api/v1/openapi.json", get(async move || Json(document)))
        .method_not_allowed_fallback(async || Refused(AppError::MethodNotAllowed))
        .layer(middleware::from_fn_with_state(web.clone(), answer::positioned))
}
