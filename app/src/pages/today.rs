//! The start page.

use crate::{
    i18n::{format::signed, words::recorded_by},
    replica::Replica,
    state::{
        editing::Editing,
        groups::Groups,
        language::{use_language, use_words},
    },
    ui::changing::text,
    widgets::{
        editor::resume_typed, expected::Expected, fact_list::FactList, fact_row::member_name,
        figures::Figures, group::GroupDialog, quick_add::QuickAdd,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Quick add, the newest transactions, the month's figures.
#[component]
pub fn Today() -> impl IntoView {
    let t = use_words();
    if let Some(replica) = use_context::<Replica>() {
        let there = |id| replica.rows.with_untracked(|rows| rows.all().any(|row| row.id == id));
        if let Some(editing) = use_context::<Editing>() {
            editing.begin_page(there);
            resume_typed(&replica, editing);
        }
        if let Some(groups) = use_context::<Groups>() {
            groups.begin_page(there);
        }
    }
    view! {
        <Title text=t.today />
        <h1 class="visually-hidden">{t.today}</h1>
        <div class="today">
            <Figures />
            <div class="entries">
                <QuickAdd />
                <Expected />
                <FactList />
            </div>
        </div>
        <p class="visually-hidden" id="row-hint">{t.edit}</p>
        <Announcer />
        <GroupDialog />
    }
}

/// Announces what another member has recorded, for screen readers.
#[component]
fn Announcer() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let news = move || {
        replica.news.get().map(|news| {
            let article = replica.articles.with(|rows| {
                rows.iter().find(|row| row.id == news.fact.article_id).map(|row| row.name.shown())
            });
            let who = member_name(&replica, news.by).unwrap_or_default();
            recorded_by(language, &who, &article.unwrap_or_default(), &signed(news.fact.amount, language))
        })
    };
    view! { <p class="visually-hidden" aria-live="polite" translate="no">{text(move || news().unwrap_or_default())}</p> }
        .into_any()
}
