//! The screen that is looked at every day.

use super::{use_language, use_words};
use crate::{
    api::facts::restore_fact,
    components::{fact_list::FactList, fact_row::member_name, figures::Figures, quick_add::QuickAdd},
    domain::{FactId, MutationId},
    error::AppError,
    i18n::{errors::sentence, format::signed, words::recorded_by},
    replica::Replica,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::time::Duration;

/// Which row is being edited; one at a time.
#[derive(Clone, Copy)]
pub struct Editing(pub RwSignal<Option<FactId>>);

/// What was deleted last and can be brought back.
#[derive(Clone, Copy)]
pub struct Undo(RwSignal<Option<FactId>>);

const UNDO_TIME: Duration = Duration::from_secs(10);

impl Undo {
    /// Offers to bring a row back for ten seconds.
    pub fn offer(self, id: FactId) {
        self.0.set(Some(id));
        set_timeout(
            move || {
                if self.0.try_get_untracked() == Some(Some(id)) {
                    self.0.set(None);
                }
            },
            UNDO_TIME,
        );
    }
}

/// Quick add, the newest transactions, the month's figures.
#[component]
pub fn Today() -> impl IntoView {
    let t = use_words();
    provide_context(Editing(RwSignal::new(None)));
    provide_context(Undo(RwSignal::new(None)));
    view! {
        <Title text=t.today />
        <h1 class="visually-hidden">{t.today}</h1>
        <div class="today">
            <Figures />
            <div class="entries">
                <QuickAdd />
                <FactList />
            </div>
        </div>
        <p class="visually-hidden" id="row-hint">{t.edit}</p>
        <Announcer />
        <UndoToast />
    }
}

/// Says aloud what somebody else recorded.
#[component]
fn Announcer() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let text = move || {
        replica.news.get().map(|news| {
            let article = replica.articles.with(|rows| {
                rows.iter().find(|row| row.id == news.fact.article_id).map(|row| row.name.to_string())
            });
            let who = member_name(&replica, news.by).unwrap_or_default();
            recorded_by(language, &who, &article.unwrap_or_default(), &signed(news.fact.amount, language))
        })
    };
    view! { <p class="visually-hidden" aria-live="polite">{text}</p> }.into_any()
}

#[component]
fn UndoToast() -> impl IntoView {
    let (Some(replica), Some(undo)) = (use_context::<Replica>(), use_context::<Undo>()) else {
        return ().into_any();
    };
    let (t, language) = (use_words(), use_language());
    let failure = RwSignal::new(None::<AppError>);
    let restore = move |_| {
        let Some(id) = undo.0.get_untracked() else { return };
        let replica = replica.clone();
        spawn_local(async move {
            match restore_fact(id, Some(MutationId::new())).await {
                Ok(written) => {
                    failure.set(None);
                    undo.0.set(None);
                    replica.written(written.value, written.position.seq);
                }
                // The offer stays until it worked or its time is over.
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <div class="toasts" role="status">
            {move || {
                let restore = restore.clone();
                undo.0.get().map(|_| view! {
                    <div class="toast">
                        <span>{move || failure.get().map_or_else(|| t.deleted.to_owned(), |error| sentence(&error, language))}</span>
                        <button type="button" class="button button-quiet" on:click=restore>{t.undo}</button>
                    </div>
                })
            }}
        </div>
    }
    .into_any()
}
