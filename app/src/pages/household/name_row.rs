//! A name that can be edited in place, and put away.

use super::typed;
use crate::{
    components::{attempt::Attempt, changing, focus_if_free, part, text},
    domain::MutationId,
    error::AppError,
    i18n::words::changed_by,
    pages::{use_language, use_words},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use serde::Serialize;
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
#[derive(Serialize)]
pub(super) enum Wish {
    Rename(String),
    PutAway,
    BringBack,
}

type Answer = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send>>;

/// Fulfils a wish, if the row still has this version.
pub(super) type Save = Arc<dyn Fn(i64, MutationId, Wish) -> Answer + Send + Sync>;

/// The row. It stays when somebody else changes what it shows, and so does what is typed in it.
#[component]
pub(super) fn NameRow(named: Memo<Named>, save: Save, failure: RwSignal<Option<AppError>>) -> impl IntoView {
    let t = use_words();
    let (language, editing, attempt) = (use_language(), RwSignal::new(false), Attempt::new());
    // What the person has seen of the row; what somebody else makes of it meanwhile is shown beside the
    // field, and whoever then still saves has seen that.
    let seen = RwSignal::new(Named::default());
    // After the form closes the focus goes back to where it was opened.
    let (returning, button) = (StoredValue::new(false), NodeRef::<html::Button>::new());
    Effect::new(move || {
        if let Some(button) = button.get()
            && returning.get_value()
        {
            returning.set_value(false);
            focus_if_free(&button);
        }
    });
    let close = move || {
        returning.set_value(true);
        editing.set(false);
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Without the focus the name can still be edited.
            drop(input.focus());
            input.select();
        }
    });
    let wish = move |wish: Wish| {
        let version = seen.with_untracked(|seen| seen.version);
        let sent = match &wish {
            Wish::Rename(name) => Some(name.clone()),
            Wish::PutAway | Wish::BringBack => None,
        };
        let answer = save(version, attempt.key(&(version, &wish)), wish);
        spawn_local(async move {
            let answer = answer.await;
            attempt.heard(&answer);
            let refused = answer.err();
            match &refused {
                None => {
                    // The form stays open with what was typed until the server has agreed to just that.
                    let typed = input.try_get_untracked().flatten().map(|input| input.value());
                    if typed.is_some() && typed == sent {
                        close();
                    }
                }
                Some(AppError::Stale { .. }) => {
                    if let Some(row) = named.try_get_untracked() {
                        seen.try_set(row);
                    }
                }
                Some(_) => {}
            }
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
    let opened = StoredValue::new(String::new());
    let changed = move || {
        let name = named.get().name;
        let other = name != opened.get_value();
        if other { format!("{}: {name}", changed_by(language, None)) } else { String::new() }
    };
    let open = move |_| {
        seen.set(named.get_untracked());
        opened.set_value(named.get_untracked().name);
        editing.set(true);
    };
    let put = move |_| {
        let row = named.get_untracked();
        seen.set(row.clone());
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
                        on:keydown=move |event| if event.key() == "Escape" { close() } />
                    <button type="submit" class="button">{t.save}</button>
                    <button type="button" class="button button-quiet" on:click=move |_| close()>{t.cancel}</button>
                    <p class="name-changed" role="status">{text(changed)}</p>
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
                    <button type="button" class="button button-quiet" node_ref=button aria-label=label(t.rename) on:click=open>
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
