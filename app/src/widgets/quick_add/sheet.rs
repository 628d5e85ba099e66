//! Everything but the amount: beside it on the desktop, in a sheet on the phone.

use super::{draft::Draft, inputs::FactInputs, notes::fill};
use crate::{
    domain::{FactForm, GroupKind, direction::isolated},
    i18n::format::short_day,
    replica::Replica,
    state::{
        groups::{DialogTarget, Groups},
        language::{use_language, use_words},
    },
    ui::{
        changing::text,
        field::{Errors, Field, correct, invalid, message},
        icon::symbol,
        select::SelectField,
    },
    widgets::offers,
};
use leptos::{html, prelude::*};

/// The sheet on the phone.
#[derive(Clone, Copy)]
pub(super) struct Sheet(NodeRef<html::Dialog>);

impl Sheet {
    pub fn new() -> Self {
        Self(NodeRef::new())
    }

    pub fn open(self) {
        if let Some(sheet) = self.0.get_untracked() {
            // Fails only if it is open already.
            drop(sheet.show_modal());
        }
    }

    pub fn close(self) {
        if let Some(sheet) = self.0.get_untracked() {
            sheet.close();
        }
    }
}

/// The row on the phone that summarizes the sheet and opens it.
pub(super) fn behind(sheet: Sheet, inputs: FactInputs, draft: Draft, replica: &Replica) -> AnyView {
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
pub(super) fn sheet(
    sheet: Sheet,
    inputs: FactInputs,
    errors: Errors,
    replica: &Replica,
    typed: &FactForm,
) -> AnyView {
    let t = use_words();
    let FactInputs { article, center, date, comment, .. } = inputs;
    let given = typed.date.clone().filter(|day| !day.is_empty());
    let day = given.unwrap_or_else(|| replica.today.get_untracked().to_string());
    let note = typed.comment.clone();
    let noted = replica.clone();
    let noticed = move |_| {
        if fill(&noted, inputs) {
            correct(errors, "article_id");
        }
    };
    let groups = use_context::<Groups>().unwrap_or_default();
    let whole = move |kind: GroupKind| {
        sheet.close();
        groups.target.set(Some(DialogTarget::New(kind, inputs.typed())));
    };
    view! {
    <dialog node_ref=sheet.0 class="sheet" aria-label=t.more on:click=move |event| if leptos::ev::Event::target(&event) == leptos::ev::Event::current_target(&event) { sheet.close() }>
        <div class="sheet-inner">
        <SelectField choice=*article offer=offers::articles(article, t.choose) label=t.category id="add-article" errors
            field="article_id" name=Some("form[article_id]") class="field-article" />
        <SelectField choice=center offer=offers::centers(center, replica, None) label=t.account id="add-center" errors
            field="financial_center_id" name=Some("form[financial_center_id]") class="field-center" />
        <Field label=t.date id="add-date".to_owned() error=message(errors, "date") class="field-date">
            <input node_ref=date class="input" type="date" id="add-date" name="form[date]" value=day
                aria-describedby="add-date-error" aria-invalid=invalid(errors, "date") />
        </Field>
        <Field label=t.note id="add-comment".to_owned() error=message(errors, "comment") class="field-comment">
            <input node_ref=comment class="input" id="add-comment" name="form[comment]" value=note maxlength="500" autocomplete="off"
                placeholder=t.note list="notes" on:change=noticed aria-describedby="add-comment-error" aria-invalid=invalid(errors, "comment") />
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
