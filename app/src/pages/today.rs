//! The screen that is looked at every day.

use super::{use_language, use_words};
use crate::{
    api::recurring::{Settling, settle_occurrence},
    command::Command,
    components::{
        attempt::Attempt,
        expected::Expected,
        fact_list::FactList,
        fact_row::member_name,
        figures::Figures,
        focus_if_free,
        group::{GroupDialog, Groups},
        part,
        quick_add::QuickAdd,
        text,
    },
    domain::{Day, FactId, GroupKind, RecurringId},
    error::AppError,
    i18n::{
        doing_words::{Doing, refused},
        format::signed,
        words::recorded_by,
    },
    outbox::{Heard, Outbox},
    replica::Replica,
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::time::Duration;

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

/// What was done last and can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// A fact was deleted, or a transfer or split.
    Deleted(FactId, Option<GroupKind>),
    /// An occurrence of a recurring entry was recorded or skipped.
    Settled {
        /// Of what.
        id: RecurringId,
        /// Which day.
        day: Day,
        /// It was recorded.
        recorded: bool,
    },
}

/// The offer to take back what was done last.
#[derive(Clone, Copy)]
pub struct Undo {
    row: RwSignal<Option<Undoable>>,
    /// Counts the offers, so that the time of one does not end the next.
    offer: StoredValue<u64>,
    failure: RwSignal<Option<AppError>>,
}

const UNDO_TIME: Duration = Duration::from_secs(10);

impl Undo {
    /// Offers to bring a row back: a fact, or a transfer or split.
    pub fn offer(self, id: FactId, kind: Option<GroupKind>) {
        self.offer_back(Undoable::Deleted(id, kind));
    }

    /// Offers to take something back for ten seconds.
    pub fn offer_back(self, done: Undoable) {
        let next = |offer: &mut u64| {
            *offer += 1;
            *offer
        };
        // The page may be gone by now.
        let Some(offer) = self.offer.try_update_value(next) else { return };
        self.failure.set(None);
        self.row.set(Some(done));
        set_timeout(
            move || {
                if self.offer.try_get_value() == Some(offer)
                    && self.row.try_get_untracked().flatten().is_some()
                {
                    self.row.set(None);
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
    provide_context(Editing::new());
    provide_context(Groups::new());
    provide_context(Undo {
        row: RwSignal::new(None),
        offer: StoredValue::new(0),
        failure: RwSignal::new(None),
    });
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
        <UndoToast />
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

#[component]
fn UndoToast() -> impl IntoView {
    let (Some(outbox), Some(undo)) = (use_context::<Outbox>(), use_context::<Undo>()) else {
        return ().into_any();
    };
    let (t, language) = (use_words(), use_language());
    let (failure, attempt, editing) = (undo.failure, Attempt::new(), use_context::<Editing>());
    // The offer stays until it worked or its time is over.
    let failed = move |error: AppError| failure.try_set(Some(error)).is_none();
    let over = move || {
        failure.try_set(None);
        undo.row.try_set(None);
    };
    let restore = move |_| {
        let Some(done) = undo.row.get_untracked() else { return };
        let command = match done {
            Undoable::Deleted(id, None) => Command::RestoreFact { id },
            Undoable::Deleted(id, Some(kind)) => Command::RestoreGroup { kind, id: id.uuid().into() },
            Undoable::Settled { id, day, .. } => {
                spawn_local(async move {
                    let key = Some(attempt.key(&undo.offer.try_get_value()));
                    let answer = settle_occurrence(id, day, Settling::Reopen, key).await;
                    attempt.heard(&answer);
                    match answer {
                        Ok(()) => over(),
                        Err(error) => _ = failed(error),
                    }
                });
                return;
            }
        };
        let heard = move |heard| match heard {
            Heard::Refused(error) => failed(error),
            Heard::Done | Heard::Late => {
                over();
                if let (Some(editing), Undoable::Deleted(id, _)) = (editing, done) {
                    editing.focus(id);
                }
                true
            }
        };
        // It has no fields that could be refused.
        drop(outbox.send(command, None, Vec::new(), Some(Box::new(heard))));
    };
    // Whoever deleted by keyboard finds it without going through the whole list.
    let button = NodeRef::<html::Button>::new();
    Effect::new(move || {
        // Of what is expected the next one has the focus.
        let deleted = matches!(undo.row.get_untracked(), Some(Undoable::Deleted(..)));
        if let Some(button) = button.get().filter(|_| deleted) {
            focus_if_free(&button);
        }
    });
    view! {
        <div class="toasts" role="status">
            {part(move || {
                let restore = restore.clone();
                undo.row.get().map(|done| {
                    let said = match done {
                        Undoable::Deleted(..) => t.deleted,
                        Undoable::Settled { recorded: true, .. } => t.recorded,
                        Undoable::Settled { .. } => t.skipped,
                    };
                    view! {
                    <div class="toast">
                        <span>{text(move || failure.get().map_or_else(|| said.to_owned(), |error| refused(&error, Doing::TakingBack, language)))}</span>
                        <button node_ref=button type="button" class="button button-quiet" on:click=restore>{t.undo}</button>
                    </div>
                    }
                })
            })}
        </div>
    }
    .into_any()
}
