//! Changing and deleting an existing row: one flow for transactions, transfers and splits, and for the rows of
//! the household page.
//!
//! A change is sent with the version that the person saw, and the form closes. The outbox keeps what was
//! typed until there is a response; a refusal is shown on the row. What is known before sending is shown in
//! the form. If another member changed the row meanwhile, the form shows both versions and the person
//! chooses; no timer decides. A deletion warns once, and a second one is made on the version that was shown.
//! A row that another member deleted can be restored with the change.

use crate::{
    command::Command,
    domain::{Article, Fact, FactGroup, FinancialCenter, Language, MemberId, Recurring, Versioned},
    error::AppError,
    i18n::{
        editing_words::{changed_by, delete_changed, keep_of},
        errors::sentence,
    },
    outbox::{Outbox, Seen},
    replica::Replica,
    state::language::{use_editing_words, use_language},
    ui::{
        changing::{changing, part},
        field::Errors,
        focus::scroll_into_view,
    },
};
use leptos::{html, prelude::*};
use serde::de::DeserializeOwned;

/// A row in the response that refuses a stale change.
pub trait CurrentRow: Versioned + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The member who changed it; `None` if the row does not say.
    fn changed_by(&self) -> Option<MemberId>;
}

impl CurrentRow for Fact {
    fn changed_by(&self) -> Option<MemberId> {
        Some(self.updated_by)
    }
}

impl CurrentRow for FactGroup {
    fn changed_by(&self) -> Option<MemberId> {
        self.facts.first().map(|fact| fact.updated_by)
    }
}

impl CurrentRow for Article {
    fn changed_by(&self) -> Option<MemberId> {
        self.updated_by
    }
}

impl CurrentRow for FinancialCenter {
    fn changed_by(&self) -> Option<MemberId> {
        self.updated_by
    }
}

impl CurrentRow for Recurring {
    fn changed_by(&self) -> Option<MemberId> {
        Some(self.updated_by)
    }
}

/// The messages of a form that changes or deletes a row.
pub struct RevisionFlow<T: 'static> {
    /// The refused fields.
    pub errors: Errors,
    /// Why the server refused it, if no field is the reason.
    pub failure: RwSignal<Option<AppError>>,
    /// The version of another member, if it conflicts with what was typed.
    pub conflict: RwSignal<Option<T>>,
    /// A warning that another member has changed the row to be deleted; shown once.
    warning: RwSignal<Option<String>>,
    /// The newest version that the person has seen; a deletion is made on it.
    seen: StoredValue<i64>,
    language: Language,
}

impl<T> Clone for RevisionFlow<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RevisionFlow<T> {}

impl<T: CurrentRow> RevisionFlow<T> {
    /// A form that was opened on this version. It starts with the refusal of the change that it corrects.
    #[must_use]
    pub fn new(version: i64, refused: Option<AppError>) -> Self {
        let this = Self {
            errors: Errors::new(Vec::new()),
            failure: RwSignal::new(None),
            conflict: RwSignal::new(None),
            warning: RwSignal::new(None),
            seen: StoredValue::new(version),
            language: use_language(),
        };
        match refused {
            Some(AppError::Stale { current }) => {
                if let Ok(theirs) = serde_json::from_str(&current) {
                    this.contest(theirs);
                }
            }
            Some(AppError::Invalid { errors }) => this.errors.show(errors),
            Some(AppError::Gone) => this.failure.set(Some(AppError::Gone)),
            // The row shows it.
            _ => {}
        }
        this
    }

    /// The refusal that the form shows, for the form that takes its place.
    #[must_use]
    pub fn refusal(self) -> Option<AppError> {
        let stale =
            |theirs: T| serde_json::to_string(&theirs).ok().map(|current| AppError::Stale { current });
        let errors = self.errors.try_get_untracked().filter(|errors| !errors.is_empty());
        let conflict = self.conflict.try_get_untracked().flatten().and_then(stale);
        conflict
            .or_else(|| self.failure.try_get_untracked().flatten())
            .or_else(|| errors.map(|errors| AppError::Invalid { errors }))
    }

    /// Sends a change made on the version `base`; returns false if fields are refused. `before` is sent first
    /// and restores the row. `seen` is the row as the person saw it.
    #[must_use]
    pub fn send(
        self,
        outbox: &Outbox,
        (before, change): (Option<Command>, Command),
        (base, seen): (i64, Seen),
    ) -> bool {
        self.begin();
        if let Some(before) = before {
            // It has no fields that could be refused.
            drop(outbox.send(before, None, Vec::new(), None));
        }
        let sent = outbox.enqueue(change, Some(base), seen, None);
        sent.map_err(|refused| self.errors.refuse(refused)).is_ok()
    }

    /// Shows the version of another member, to choose from.
    pub fn contest(self, theirs: T) {
        self.begin();
        self.seen.set_value(theirs.version());
        self.conflict.set(Some(theirs));
        self.errors.focus();
    }

    /// Shows that another member has deleted the row.
    pub fn gone(self) {
        self.begin();
        self.failure.set(Some(AppError::Gone));
        self.errors.focus();
    }

    /// Whether the person has to decide first, by the buttons of the message: saving would only ask again.
    #[must_use]
    pub fn has_choice(self) -> bool {
        self.conflict.with(Option::is_some) || self.failure.get() == Some(AppError::Gone)
    }

    /// For the `hidden` of the button that saves, whose place the buttons of the message take.
    #[must_use]
    pub fn hides_save(self) -> Box<dyn FnMut() -> bool + Send> {
        changing(move || self.has_choice())
    }

    /// Whether that is shown.
    #[must_use]
    pub fn is_gone(self) -> bool {
        self.failure.with_untracked(|failure| *failure == Some(AppError::Gone))
    }

    /// Sends the deletion of the row; returns false if the person is warned first, because another member
    /// changed the row since they saw it. `now` is the current row, `figure` describes the change.
    #[must_use]
    pub fn delete(
        self,
        outbox: &Outbox,
        command: Command,
        (seen, now): (Seen, Option<T>),
        (replica, figure): (&Replica, impl FnOnce(&T) -> String),
    ) -> bool {
        self.begin();
        if let Some(now) = now.filter(|now| now.version() > self.seen.get_value()) {
            let who = name_of_other(replica, now.changed_by());
            let stops = matches!(command, Command::DeleteRecurring { .. });
            self.warning.set(Some(delete_changed(self.language, who.as_deref(), &figure(&now), stops)));
            self.seen.set_value(now.version());
            return false;
        }
        // It has no fields that could be refused.
        drop(outbox.enqueue(command, Some(self.seen.get_value()), seen, None));
        true
    }

    fn begin(self) {
        self.errors.clear();
        self.failure.set(None);
        self.conflict.set(None);
        self.warning.set(None);
    }

    /// The refusal that no field shows. `restore` restores a deleted row with what was typed.
    pub fn said(self, restore: impl Fn() + Clone + Send + 'static) -> AnyView {
        let (t, language) = (use_editing_words(), self.language);
        let failed = move || {
            let restore = restore.clone();
            self.failure.get().map(|error| {
                let gone = error == AppError::Gone;
                let text = if gone { t.deleted_meanwhile.to_owned() } else { sentence(&error, language) };
                let again = gone.then(|| {
                    view! {
                        <button type="button" class="button" on:click=move |_| restore()>{t.restore_with_mine}</button>
                    }
                    .into_any()
                });
                let class = if gone { "form-error decision" } else { "form-error" };
                view! { <div class=class role="alert" tabindex="-1"><p>{text}</p>{again}</div> }
            })
        };
        let warned = move || {
            let text = self.warning.get();
            text.map(|text| view! { <p class="form-error" role="alert">{text}</p> }.into_any())
        };
        view! {
            {part(failed)}
            {part(warned)}
        }
        .into_any()
    }
}

/// The message `said` after the person tried to leave a form with unsaved content. `button` saves or adds it, as the
/// message says, and gets the focus; both are scrolled into view.
pub fn unsaved(said: &'static str, asked: RwSignal<bool>, button: NodeRef<html::Button>) -> AnyView {
    let message = NodeRef::<html::P>::new();
    Effect::new(move || {
        if asked.get() {
            // After the message is in the document.
            request_animation_frame(move || {
                if let Some(button) = button.try_get_untracked().flatten() {
                    // If the button cannot be focused, the message is still there.
                    drop(button.focus());
                }
                if let Some(message) = message.try_get_untracked().flatten() {
                    scroll_into_view(&message);
                }
            });
        }
    });
    part(move || {
        asked
            .get()
            .then(|| view! { <p node_ref=message class="form-error" role="alert">{said}</p> }.into_any())
    })
    .into_any()
}

/// Both versions of the fields that were changed here, to choose from: name, theirs, mine.
pub fn both_versions(
    who: Option<String>,
    fields: Vec<(&'static str, String, String)>,
    keep_mine: impl Fn() + Send + 'static,
    keep_theirs: impl Fn() + Send + 'static,
) -> AnyView {
    let (t, language) = (use_editing_words(), use_language());
    let (keep, heading) = (keep_of(language, who.as_deref()), changed_by(language, who.as_deref()));
    let row = |(field, theirs, mine)| {
        view! { <tr><th scope="row">{field}</th><td>{theirs}</td><td>{mine}</td></tr> }.into_any()
    };
    view! {
        <div class="conflict" role="alert" tabindex="-1">
            <p><b>{heading}</b></p>
            <table class="conflict-table">
                <thead><tr><td></td><th scope="col">{who.unwrap_or_else(|| t.theirs.to_owned())}</th><th scope="col">{t.yours}</th></tr></thead>
                <tbody>{fields.into_iter().map(row).collect_view()}</tbody>
            </table>
            <div class="editor-buttons">
                <button type="button" class="button" on:click=move |_| keep_mine()>{t.keep_mine}</button>
                <button type="button" class="button button-quiet" on:click=move |_| keep_theirs()>{keep}</button>
            </div>
        </div>
    }
    .into_any()
}

/// The name of the member who wrote a version; `None` if it was this member, on another screen, or is unknown.
#[must_use]
pub fn name_of_other(replica: &Replica, by: Option<MemberId>) -> Option<String> {
    let by = by.filter(|by| *by != replica.me)?;
    replica.members.with_untracked(|rows| rows.iter().find(|row| row.id == by).map(|row| row.name.shown()))
}
