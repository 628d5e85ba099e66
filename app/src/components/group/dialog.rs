//! The dialog in which a transfer or split is made and changed, always as a whole.

use super::{form::Form, open_dialog::OpenDialog};
use crate::{
    components::{part, text},
    domain::GroupKind,
    replica::Replica,
    state::{
        groups::{Groups, Target},
        language::use_words,
    },
};
use leptos::{ev::Event, html, prelude::*};

/// The dialog; closed while there is nothing to show in it.
#[component]
pub fn GroupDialog() -> impl IntoView {
    let (Some(replica), Some(groups)) = (use_context::<Replica>(), use_context::<Groups>()) else {
        return ().into_any();
    };
    let t = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    // Something was typed in it that is not sent: only a button closes it then.
    let dirty = RwSignal::new(false);
    Effect::new(move || {
        if groups.target.with(Option::is_some)
            && let Some(dialog) = dialog.get()
        {
            dirty.set(false);
            // Where it is open already nothing needs to be done.
            drop(dialog.show_modal());
        }
    });
    let keep_open = move |event: Event| {
        if dirty.get_untracked() {
            event.prevent_default();
        }
    };
    // Some browsers let a second Escape through: what is typed stays all the same.
    let closed = move |_| match dialog.get_untracked() {
        Some(dialog) if dirty.get_untracked() => drop(dialog.show_modal()),
        _ => groups.target.set(None),
    };
    let open = OpenDialog { dialog, dirty };
    let title = move || {
        let kind = groups.target.with(|target| match target.as_ref()? {
            Target::New(kind, _) => Some(*kind),
            Target::Row(row) => row.fact.with_untracked(|fact| fact.group).map(|group| group.kind),
        });
        if kind == Some(GroupKind::Split) { t.split } else { t.transfer_kind }.to_owned()
    };
    view! {
        <dialog node_ref=dialog class="dialog group" aria-labelledby="group-title" on:cancel=keep_open on:close=closed>
            <h2 id="group-title">{text(title)}</h2>
            {part(move || {
                let replica = replica.clone();
                groups.target.get().map(|target| view! { <Form target replica open /> }.into_any())
            })}
        </dialog>
    }
    .into_any()
}
