//! The dialog in which a transfer or split is added and changed, always as a whole.

use super::{form::Form, open_dialog::OpenDialog};
use crate::{
    domain::GroupKind,
    replica::Replica,
    state::{
        groups::{DialogTarget, Groups},
        language::use_words,
    },
    ui::{
        changing::{part, text},
        program_part::{drawn, program_part},
    },
};
use leptos::{ev::Event, html, prelude::*};

/// Draws the form.
pub type DrawForm = fn(DialogTarget, Replica, OpenDialog) -> AnyView;

program_part! {
    /// The form in the dialog, which is seldom opened and large.
    pub FORM: DrawForm = group_part in later,
        |target, replica, open| view! { <Form target replica open /> }.into_any()
}

/// The dialog; closed while there is nothing to show in it.
#[component]
pub fn GroupDialog() -> impl IntoView {
    let (Some(replica), Some(groups)) = (use_context::<Replica>(), use_context::<Groups>()) else {
        return ().into_any();
    };
    let t = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    // While the form has unsaved content, only a button closes the dialog.
    let dirty = RwSignal::new(false);
    let asked = RwSignal::new(false);
    Effect::new(move || {
        let kept = groups.target.with(|target| match target.as_ref()? {
            DialogTarget::Row(row) => Some(groups.kept(row.id).is_some()),
            DialogTarget::New(..) => Some(false),
        });
        if let Some(kept) = kept
            && let Some(dialog) = dialog.get()
        {
            dirty.set(kept);
            asked.set(false);
            // Fails only if it is open already.
            drop(dialog.show_modal());
        }
    });
    let keep_open = move |event: Event| {
        if dirty.get_untracked() {
            event.prevent_default();
            asked.set(true);
        }
    };
    // Some browsers close the dialog on a second Escape nevertheless; the unsaved content stays.
    let closed = move |_| match dialog.get_untracked() {
        Some(dialog) if dirty.get_untracked() => {
            drop(dialog.show_modal());
            asked.set(true);
        }
        _ => {
            groups.forget();
            groups.target.set(None);
        }
    };
    let open = OpenDialog { dialog, dirty, asked };
    let title = move || {
        let kind = groups.target.with(|target| match target.as_ref()? {
            DialogTarget::New(kind, _) => Some(*kind),
            DialogTarget::Row(row) => row.fact.with_untracked(|fact| fact.group).map(|group| group.kind),
        });
        if kind == Some(GroupKind::Split) { t.split } else { t.transfer_kind }.to_owned()
    };
    view! {
        <dialog node_ref=dialog class="dialog group" aria-labelledby="group-title" on:cancel=keep_open on:close=closed>
            <h2 id="group-title">{text(title)}</h2>
            {part(move || {
                let replica = replica.clone();
                groups.target.get().map(|target| {
                    drawn(&FORM, |message| message, move |form| form(target.clone(), replica.clone(), open))
                })
            })}
        </dialog>
    }
    .into_any()
}
