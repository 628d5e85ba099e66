//! A name that can be edited in place, and put away.

use super::typed;
use crate::{
    components::{changing, part, text},
    error::AppError,
    pages::use_words,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use std::{future::Future, pin::Pin, sync::Arc};

/// What the row shows, as it stands now.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    pub detail: String,
    pub archived: bool,
    pub version: i64,
}

/// What is asked of the row.
pub(super) enum Wish {
    Rename(String),
    PutAway,
    BringBack,
}

type Answer = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send>>;

/// Fulfils a wish, if the row still has this version.
pub(super) type Save = Arc<dyn Fn(i64, Wish) -> Answer + Send + Sync>;

/// The row. It stays when somebody else changes what it shows, and so does what is typed in it.
#[component]
pub(super) fn NameRow(named: Memo<Named>, save: Save, failure: RwSignal<Option<AppError>>) -> impl IntoView {
    let t = use_words();
    let editing = RwSignal::new(false);
    // The version that the person has seen; a refusal shows the newer one, and then that counts.
    let seen = StoredValue::new(0);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Without the focus the name can still be edited.
            drop(input.focus());
            input.select();
        }
    });
    let wish = move |wish: Wish| {
        let answer = save(seen.get_value(), wish);
        spawn_local(async move {
            let refused = answer.await.err();
            if matches!(refused, Some(AppError::Stale { .. })) {
                _ = seen.try_set_value(named.try_get_untracked().map_or(0, |row| row.version));
            }
            // The form stays open with what was typed until the server has agreed.
            editing.try_update(|open| *open = *open && refused.is_some());
            failure.try_set(refused);
        });
    };
    let rename = wish.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(name) = typed(input) {
            rename(Wish::Rename(name));
        }
    };
    let open = move |_| {
        seen.set_value(named.get_untracked().version);
        editing.set(true);
    };
    let put = move |_| {
        let row = named.get_untracked();
        seen.set_value(row.version);
        wish(if row.archived { Wish::BringBack } else { Wish::PutAway });
    };
    let label = move |what: &'static str| text(move || format!("{what}: {}", named.get().name));
    let put_word = move || if named.get().archived { t.unarchive } else { t.archive };
    part(move || {
        let (submit, put) = (submit.clone(), put.clone());
        if editing.get() {
            view! {
                <form class="name-form" on:submit=submit>
                    <input node_ref=input class="input" aria-label=t.name maxlength="80" value=named.get_untracked().name
                        on:keydown=move |event| if event.key() == "Escape" { editing.set(false) } />
                    <button type="submit" class="button">{t.save}</button>
                </form>
            }
            .into_any()
        } else {
            view! {
                <span class="plain-name" class:muted=changing(move || named.get().archived)>
                    {text(move || {
                        let Named { name, archived, .. } = named.get();
                        if archived { format!("{name} · {}", t.archived) } else { name }
                    })}
                </span>
                <span class="plain-detail num">{text(move || named.get().detail)}</span>
                <span class="plain-buttons">
                    <button type="button" class="button button-quiet" aria-label=label(t.rename) on:click=open>
                        {t.rename}
                    </button>
                    <button
                        type="button"
                        class="button button-quiet"
                        aria-label=text(move || format!("{}: {}", put_word(), named.get().name))
                        on:click=put
                    >
                        {text(move || put_word().to_owned())}
                    </button>
                </span>
            }
            .into_any()
        }
    })
}
