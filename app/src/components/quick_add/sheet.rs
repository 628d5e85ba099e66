//! Everything but the amount: on the desktop it stands in the line, on the phone behind one row.

use super::{draft::Draft, inputs::Inputs, notes::fill};
use crate::{
    components::{
        field::{ArticleOptions, CenterOptions, Errors, Field, correct, invalid, message},
        icon::symbol,
        letters::Letters,
        text,
    },
    domain::{GroupKind, text::isolated},
    i18n::format::short_day,
    replica::Replica,
    state::{
        groups::{Groups, Target},
        language::{use_language, use_words},
    },
};
use leptos::{html, prelude::*};

/// The sheet that a phone opens.
#[derive(Clone, Copy)]
pub(super) struct Sheet(NodeRef<html::Dialog>);

impl Sheet {
    pub fn new() -> Self {
        Self(NodeRef::new())
    }

    pub fn open(self) {
        if let Some(sheet) = self.0.get_untracked() {
            // Where it is open already nothing needs to be done.
            drop(sheet.show_modal());
        }
    }

    pub fn close(self) {
        if let Some(sheet) = self.0.get_untracked() {
            sheet.close();
        }
    }
}

/// The row on the phone, which says what is behind it and opens it.
pub(super) fn behind(sheet: Sheet, inputs: Inputs, draft: Draft, replica: &Replica) -> AnyView {
    let (t, language) = (use_words(), use_language());
    let (centers, now) = (replica.centers.clone(), replica.today.clone());
    let said = move || {
        draft.changed.track();
        let form = inputs.typed();
        let id = inputs.center.get();
        let name = centers.with(|rows| {
            let row = rows.iter().find(|row| row.center.id.to_string() == id);
            row.map(|row| row.center.name.shown())
        });
        let day = form.date.and_then(|date| date.parse().ok()).unwrap_or_else(|| now.get());
        let note = form.comment.filter(|note| !note.is_empty()).map(|note| isolated(&note));
        [name, Some(short_day(day, now.get(), language)), note]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <button type="button" class="behind" aria-haspopup="dialog" on:click=move |_| sheet.open()>
            <span class="visually-hidden">{t.more}": "</span>
            <span class="behind-text" translate="no">{text(said)}</span>
            {symbol("up", "symbol")}
        </button>
    }
    .into_any()
}

/// The sheet with its fields.
pub(super) fn sheet(sheet: Sheet, inputs: Inputs, errors: Errors, replica: &Replica) -> AnyView {
    let t = use_words();
    let Inputs { article, center, date, comment, .. } = inputs;
    let today = replica.today.get_untracked().to_string();
    let (noted, articles, centers) = (replica.clone(), replica.articles.clone(), replica.centers.clone());
    let letters = Letters::new(article.select, replica);
    let groups = use_context::<Groups>().unwrap_or_default();
    let whole = move |kind: GroupKind| {
        sheet.close();
        groups.target.set(Some(Target::New(kind, inputs.typed())));
    };
    view! {
    <dialog node_ref=sheet.0 class="sheet" aria-label=t.more on:click=move |event| if leptos::ev::Event::target(&event) == leptos::ev::Event::current_target(&event) { sheet.close() }>
        <div class="sheet-inner">
        <Field label=t.category id="add-article".to_owned() error=message(errors, "article_id") class="field-article">
            <select
                node_ref=article.select
                class="input"
                id="add-article"
                name="form[article_id]"
                on:change=move |event| article.choose(event_target_value(&event))
                on:keydown=move |event| letters.key(&event)
                on:blur=move |_| letters.end()
                aria-describedby="add-article-error"
                aria-invalid=invalid(errors, "article_id")
            >
                <ArticleOptions articles chosen=Signal::stored(String::new()) />
            </select>
            {letters.view()}
        </Field>
        <Field label=t.account id="add-center".to_owned() error=message(errors, "financial_center_id") class="field-center">
            <select node_ref=center.select class="input" id="add-center" name="form[financial_center_id]"
                on:change=move |event| center.choose(event_target_value(&event)) aria-describedby="add-center-error" aria-invalid=invalid(errors, "financial_center_id")>
                <CenterOptions centers chosen=Signal::stored(center.try_get_untracked().unwrap_or_default()) />
            </select>
        </Field>
        <Field label=t.date id="add-date".to_owned() error=message(errors, "date") class="field-date">
            <input
                node_ref=date
                class="input"
                type="date"
                id="add-date"
                name="form[date]"
                value=today
                aria-describedby="add-date-error"
                aria-invalid=invalid(errors, "date")
            />
        </Field>
        <Field label=t.note id="add-comment".to_owned() error=message(errors, "comment") class="field-comment">
            <input
                node_ref=comment
                class="input"
                id="add-comment"
                name="form[comment]"
                maxlength="500"
                placeholder=t.note
                list="notes"
                on:change=move |_| {
                    if fill(&noted, inputs) {
                        correct(errors, "article_id");
                    }
                }
                autocomplete="off"
                aria-describedby="add-comment-error"
                aria-invalid=invalid(errors, "comment")
            />
        </Field>
        <button type="button" class="button button-outline sheet-done" on:click=move |_| sheet.close()>{t.done}</button>
        <button type="submit" class="button add">{t.add}</button>
        <div class="wholes">
            <button type="button" class="button button-quiet" on:click=move |_| whole(GroupKind::Transfer)>{t.transfer_kind}"…"</button>
            <button type="button" class="button button-quiet" on:click=move |_| whole(GroupKind::Split)>{t.split}"…"</button>
        </div>
        </div>
    </dialog>
    }
    .into_any()
}
