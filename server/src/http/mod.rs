//! What the API, the pages and the sockets share: who sends a request, what is refused for everybody, and how a
//! refusal is rendered.

pub mod apart;
pub mod encoded;
pub mod html;
pub mod problem;
pub mod request;
pub mod session;
pub mod well_formed;

use crate::{clock::Clock, ledger::Ledger, page_files::PageFiles, security::Access};
use apart::Workshop;
use app::service::Service;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// State shared by the handlers.
#[derive(Clone)]
pub struct Web {
    /// The book.
    pub ledger: Ledger,
    /// The current time and day.
    pub clock: Clock,
    /// Which origins are ours.
    pub access: Arc<Access>,
    /// The files of the pages, by whose build an open page notices that it is outdated.
    pub files: PageFiles,
    /// Whether browsers keep these files.
    pub keeps_files: bool,
    /// How long a request may take.
    pub limit: Duration,
    /// What leptos needs to render a page.
    pub options: LeptosOptions,
    /// Where pages are rendered.
    pub workshop: Workshop,
    /// Whether visitors may create demo households.
    pub demo: bool,
    /// Whether requests can be served: false before start has finished and after shutdown has begun.
    pub ready: Arc<AtomicBool>,
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.options.clone()
    }
}

impl FromRef<Web> for Service {
    fn from_ref(web: &Web) -> Self {
        Arc::new(web.ledger.clone())
    }
}
