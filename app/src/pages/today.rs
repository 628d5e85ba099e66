//! The screen that is looked at every day.

use super::{use_language, use_words};
use crate::{
    components::{
        expected::Expected,
        fact_list::FactList,
        fact_row::member_name,
        figures::Figures,
        group::{GroupDialog, Groups},
        quick_add::QuickAdd,
        text,
        undo::UndoToasts,
    },
    domain::FactId,
    i18n::{format::signed, words::recorded_by},
    replica::Replica,
};
use leptos::prelude::*;
use leptos_meta::Title;

pub use crate::components::undo::{Undo, Undoable};

/// Which row is being edited; one at a time.
#[derive(Clone, Copy)]
pub struct Editing {
    row: RwSignal<Option<FactId>>,
    /// Something was typed in it, or is being sent. Set by the editor.
    pub unsaved: RwSignal<bool>,
    /// Somebody wanted to open another row meanwhile. Shown by the editor.
    pub asked: RwSignal<bool>,
    /// The row whose editor was closed last: the focus goes back there.
    closed: RwSignal<Option<FactId>>,
}

impl Editing {
    fn new() -> Self {
        let (row, closed) = (RwSignal::new(None), RwSignal::new(None));
        Self { row, unsaved: RwSignal::new(false), asked: RwSignal::new(false), closed }
    }

    /// Whether this row is being edited.
    #[must_use]
    pub fn is(self, id: FactId) -> bool {
        self.row.get() == Some(id)
    }

    /// Whether any row is.
    #[must_use]
    pub fn any(self) -> bool {
        self.row.get().is_some()
    }

    /// Opens a row, unless another one has something unsaved in it: nothing typed is ever lost.
    pub fn open(self, id: FactId) {
        if self.row.get_untracked().is_some() && self.unsaved.get_untracked() {
            self.asked.set(true);
            return;
        }
        self.unsaved.set(false);
        self.asked.set(false);
        self.row.set(Some(id));
    }

    /// Closes this row's editor. Another one may be open by now.
    pub fn close(self, id: FactId) {
        if self.row.try_get_untracked() == Some(Some(id)) {
            self.unsaved.set(false);
            self.asked.set(false);
            self.closed.set(Some(id));
            self.row.set(None);
        }
    }

    /// Closes this row's editor because the row goes away; the focus goes elsewhere.
    pub fn leave(self, id: FactId) {
        self.close(id);
        self.closed.set(None);
    }

    /// Gives the focus to a row once it is there.
    pub fn focus(self, id: FactId) {
        // The page may be gone by now.
        self.closed.try_set(Some(id));
    }

    /// Whether the focus belongs to this row now; taken once. The row may be there before it is its turn.
    #[must_use]
    pub fn takes_focus(self, id: FactId) -> bool {
        let takes = self.closed.get() == Some(id);
        if takes {
            self.closed.set(None);
        }
        takes
    }
}

/// Quick add, the newest transactions, the month's figures.
#[component]
pub fn Today() -> impl IntoView {
    let t = use_words();
    provide_context(Editing::new());
    provide_context(Groups::new());
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
        <UndoToasts />
    }
}

/// Says aloud what somebody else recorded.
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
