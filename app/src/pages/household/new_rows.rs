//! The rows of a list that are not in the book: new ones, and those that another member deleted while a form of
//! them was filled in or before a change of them was made. They are corrected in their place.

use super::returns_to;
use crate::{
    outbox::{Listed, Outbox, RowId},
    replica::Replica,
    state::{language::use_language, open_form::NEW, open_row::OpenRow},
    ui::{
        changing::{part, text},
        list::{item, list},
    },
    widgets::waiting::{name_of, progress_of_new},
};
use leptos::{html, prelude::*};
use std::sync::Arc;
use uuid::Uuid;

/// Whether a form of the list can be open under this name: that of a new row, of a row in the list, or of a
/// refused one.
pub(super) fn is_there(outbox: &Outbox, name: &str, rows: impl IntoIterator<Item = String>) -> bool {
    let refused = || outbox.listed.with(|rows| rows.iter().any(|row| form_of(row.row) == name));
    rows.into_iter().any(|row| row == name) || name == NEW || refused()
}

/// The name of the form of a row.
fn form_of(row: RowId) -> String {
    row.uuid().map(|id| id.to_string()).unwrap_or_default()
}

/// Those rows. `editor` makes the form with this name for a row, `row_of` reads the name of a form.
pub(super) fn new_rows(
    replica: &Replica,
    open: OpenRow,
    row_of: fn(Uuid) -> RowId,
    known: impl Fn(RowId) -> bool + Send + Sync + 'static,
    editor: impl Fn(RowId, String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let (replica, language, editor) = (replica.clone(), use_language(), Arc::new(editor));
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let shown = move |id: RowId, listed: ArcRwSignal<_>| {
        let (replica, editor, form) = (replica.clone(), editor.clone(), form_of(id));
        item(form.clone(), move || {
            part(move || {
                if open.is(&form) {
                    return view! { <li class="plain-open">{editor(id, form.clone())}</li> }.into_any();
                }
                let (replica, listed) = (replica.clone(), listed.clone());
                let said = move || {
                    listed.with(|rows: &Vec<Listed>| {
                        let row = rows.iter().find(|row| row.row == id);
                        row.map(|row| name_of(row, &replica, language)).unwrap_or_default()
                    })
                };
                let button = NodeRef::<html::Button>::new();
                returns_to(open, form.clone(), button);
                let form = form.clone();
                view! {
                    <li class="plain-item">
                        <span class="plain-row"><span class="plain-name">{text(said)}</span></span>
                        {progress_of_new(id, button, move || open.open(form.clone()))}
                    </li>
                }
                .into_any()
            })
        })
    };
    let rows = move || {
        let open = open.unfinished().and_then(|name| name.parse().ok()).map(row_of);
        let mut missing: Vec<RowId> = outbox.listed.with(|rows| {
            let family = rows.iter().rev().filter(|row| row.row.uuid().map(row_of) == Some(row.row));
            family.filter(|row| !row.command.deletes()).map(|row| row.row).collect()
        });
        missing.extend(open.filter(|open| !missing.contains(open)));
        missing.retain(|row| !known(*row));
        missing.into_iter().map(|id| shown(id, outbox.listed.clone())).collect()
    };
    view! { <ul class="plain-list">{list(rows)}</ul> }.into_any()
}
