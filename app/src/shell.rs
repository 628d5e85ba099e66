//! The document around the live screens, rendered by the server, and its content security policy.

mod offline;

pub use offline::{OfflineProgram, offline};

use crate::{api::ssr::identity, pages::App, plain::HeadOf, stopped, ui::icon::icons};
use http::{HeaderName, HeaderValue};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags};
use std::sync::Arc;

/// The build that the server has for its pages.
#[derive(Clone)]
pub struct Build {
    /// Its id, by which an open page detects that it is outdated.
    pub id: Arc<str>,
    /// Whether browsers keep its files, by a service worker.
    pub kept: bool,
}

/// The whole page.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    restrict(&options);
    let (language, theme, actor) = identity()
        .map(|identity| (identity.language, identity.theme, identity.actor.ok()))
        .unwrap_or_default();
    let session = actor.map(|actor| actor.session.to_string());
    let account = actor.map(|actor| actor.account.to_string());
    let build = use_context::<Build>();
    let kept = build.as_ref().is_some_and(|build| build.kept);
    let build = build.map(|build| build.id.to_string());
    let worker = kept.then_some("");
    view! {
        <!DOCTYPE html>
        <html lang=language.as_str() data-theme=theme.as_str() data-account=account data-session=session data-build=build data-worker=worker>
            <head>
                {HeadOf { theme }.common()}
                {stopped::watcher(kept)}
                <AutoReload options=options.clone() />
                <HydrationScripts options=options.clone() />
                <HashedStylesheet options id="style" />
                <MetaTags />
            </head>
            <body>
                // The app has a root of its own, so that elements that browser extensions add to the body do
                // not break hydration.
                <div id="app" class="app"><App /></div>
                {icons()}
                {stopped::bar(language)}
            </body>
        </html>
    }
}

/// Allows only our own scripts with this response's nonce, and no inline styles.
fn restrict(options: &LeptosOptions) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    // Under `cargo leptos watch` the page also listens for rebuilds.
    let watch = match std::env::var("LEPTOS_WATCH") {
        Ok(_) => format!(" ws://{}:{}", options.site_addr.ip(), options.reload_port),
        Err(_) => String::new(),
    };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'{watch}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(HeaderName::from_static("content-security-policy"), policy);
    }
    // Pages carry a household's rows, so caches must not keep them.
    response.insert_header(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
}
