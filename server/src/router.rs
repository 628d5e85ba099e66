//! Every route of the program, on one page.

use crate::{
    http::{
        Web,
        problem::Refused,
        session,
        well_formed::{harden, in_time, method_label, well_formed},
    },
    live::{self, Live},
    meters, pages as plain_pages, rest,
};
use app::{
    api::SessionCookie,
    error::AppError,
    service::Service,
    shell::{Build, shell},
};
use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use leptos::prelude::provide_context;
use leptos_axum::{
    LeptosRoutes, file_and_error_handler_with_context, generate_route_list, render_app_async_with_context,
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};
use tracing::Level;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

/// A public URL that is not a valid `Origin`.
#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be the origin of a page")]
pub struct BadOrigin(String);

/// The OpenAPI document of all operations.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    rest::document(of_live().into_openapi())
}

fn of_live() -> OpenApiRouter<Arc<Live>> {
    OpenApiRouter::new().routes(routes!(live::upgrade))
}

/// The live stream. It has its own checks ([`live::upgrade`]) instead of the layers before the other routes.
fn socket(live: &Arc<Live>) -> Router<Web> {
    OpenApiRouter::new().nest("/api/v1", of_live().with_state::<Web>(live.clone())).into()
}

/// Builds the router of the whole program.
///
/// # Errors
/// If a public URL is not a valid `Origin`.
pub fn router(web: &Web, live: &Arc<Live>) -> Result<Router, BadOrigin> {
    let document = document();
    let api = rest::routes(web, document.clone());
    #[cfg(feature = "trial")]
    let api = api.merge(crate::trial_routes::routes());
    let service = Service::from_ref(web);
    let cookie = SessionCookie(session::cookie);
    let build = Build { id: web.files.build.clone(), kept: web.keeps_files };
    let context = move || {
        provide_context(service.clone());
        provide_context(cookie.clone());
        provide_context(build.clone());
    };
    let options = web.options.clone();
    let today = render_app_async_with_context(context.clone(), move || shell(options.clone()));
    // A `layer` would carry out any method as a post.
    let today = post(today).route_layer(middleware::from_fn_with_state(web.clone(), plain_pages::record));
    let pages = Router::new()
        .leptos_routes_with_context(web, generate_route_list(app::pages::App), context.clone(), {
            let options = web.options.clone();
            move || shell(options.clone())
        })
        .route("/", today)
        .fallback(file_and_error_handler_with_context::<Web, _>(context, shell))
        .layer(middleware::from_fn_with_state(web.clone(), plain_pages::open_book))
        .merge(plain_pages::routes(web))
        .method_not_allowed_fallback(async || Refused(AppError::MethodNotAllowed))
        .layer(middleware::from_fn(rest::body::limited));

    let mut csrf = CsrfLayer::new();
    for url in &web.access.public_urls {
        csrf = csrf.add_trusted_origin(&url.origin).map_err(|_| BadOrigin(url.origin.clone()))?;
    }
    let csrf = csrf.with_rejection_response(|_| Refused(AppError::ForeignOrigin).into_response());

    let served = api
        .merge(pages)
        .layer(csrf)
        .layer(middleware::from_fn_with_state(web.clone(), configured_origins_only))
        // Inside the layer that renders refusals.
        .layer(CatchPanicLayer::custom(|_| Refused(AppError::Internal).into_response()))
        .layer(middleware::from_fn_with_state(web.clone(), session::identify));
    let socket = socket(live)
        .method_not_allowed_fallback(async || Refused(AppError::MethodNotAllowed))
        .layer(CatchPanicLayer::custom(|_| Refused(AppError::Internal).into_response()))
        .layer(middleware::from_fn_with_state(web.clone(), session::unidentified));

    #[cfg(feature = "trial")]
    let socket = socket.route("/trial/echo", get(crate::live::echo));

    Ok(Router::new()
        .merge(served)
        .merge(socket)
        .merge(SwaggerUi::new("/api/docs").url("/api/docs/openapi.json", document))
        .merge(plain_pages::worker_routes(web))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(readyz))
        .layer(CompressionLayer::new())
        // After that layer: they are not compressed for each visitor anew.
        .merge(web.files.routes())
        // Around everything that may wait, including identifying the caller.
        .layer(middleware::from_fn_with_state(web.clone(), in_time))
        .layer(middleware::from_fn_with_state(web.clone(), well_formed))
        // Catches panics while the caller is identified, too.
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(web.clone(), harden))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    let id = request
                        .headers()
                        .get("x-request-id")
                        .and_then(|id| id.to_str().ok())
                        .unwrap_or_default();
                    // The path only: a query may carry search terms. The token of an invitation or password
                    // link and the key of a demo are secrets.
                    let path = request.uri().path();
                    let secret =
                        ["/join/", "/demo/", "/password/"].into_iter().find(|start| path.starts_with(start));
                    let path = secret.unwrap_or(path);
                    if is_file(path) {
                        tracing::debug_span!("request", request.id = id, method = %request.method(), path)
                    } else {
                        tracing::info_span!("request", request.id = id, method = %request.method(), path)
                    }
                })
                .on_response(|response: &Response, took: Duration, span: &tracing::Span| {
                    let (status, took) = (response.status().as_u16(), took.as_millis());
                    // The response is logged at the level of its request.
                    if span.metadata().is_some_and(|span| *span.level() == Level::DEBUG) {
                        tracing::debug!(status, took.ms = took, "answered");
                    } else {
                        tracing::info!(status, took.ms = took, "answered");
                    }
                }),
        )
        .layer(middleware::from_fn(count))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::from_fn(own_request_id))
        .with_state(web.clone()))
}

/// Whether a path is that of a file: a page requests a dozen of them, which is noise in the log.
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    !path.starts_with("/api/v1/") && (path.starts_with("/pkg/") || name.contains('.'))
}

/// If public URLs are configured, only pages of exactly those origins may write. The layer behind this one
/// would also accept the page of any host that the request itself names.
async fn configured_origins_only(State(web): State<Web>, request: Request, next: Next) -> Response {
    let access = &web.access;
    let origin = request.headers().get(header::ORIGIN);
    let foreign = origin
        .is_some_and(|origin| !origin.to_str().is_ok_and(|origin| access.is_ours(origin, request.headers())));
    if foreign && !access.public_urls.is_empty() && !request.method().is_safe() {
        return Refused(AppError::ForeignOrigin).into_response();
    }
    next.run(request).await
}

/// Reports ready even if only reading works: screens are served, and each write is refused with a reason, which the
/// response names.
async fn readyz(State(web): State<Web>) -> Response {
    let ready = web.ready.load(Ordering::Relaxed);
    match web.ledger.ping().await {
        Ok(()) if !ready => not_ready("starting or stopping"),
        Ok(()) => match web.ledger.refusal_of_writes().await {
            None => "ready".into_response(),
            Some(error) => format!("read-only: {}", error.code()).into_response(),
        },
        Err(error) => not_ready(error.code()),
    }
}

fn not_ready(why: &str) -> Response {
    let body = format!("not ready: {why}");
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], body).into_response()
}

/// Sets the request id here, so that a caller cannot choose what appears in the log.
async fn own_request_id(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove("x-request-id");
    next.run(request).await
}

/// Counts requests and responses.
async fn count(request: Request, next: Next) -> Response {
    let (method, began) = (method_label(request.method()), Instant::now());
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    metrics::counter!(meters::REQUESTS, "method" => method, "status" => status).increment(1);
    metrics::histogram!(meters::REQUEST_SECONDS).record(began.elapsed());
    response
}
