//! The people: who is a member, and how another one joins.

use crate::{
    api::book::{Invitation, QrCode, invite},
    components::{
        attempt::Attempt,
        icon::avatar,
        list::{item, list},
        part,
        refusal::Refusal,
        text,
    },
    domain::Member,
    live_link::LiveLink,
    pages::use_words,
    replica::Replica,
};
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub(super) fn People() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let (members, me) = (replica.members.clone(), replica.me);
    let made = RwSignal::new(None::<Invitation>);
    let (failure, attempt) = (RwSignal::new(None), Attempt::new());
    let make = move |_| {
        spawn_local(async move {
            let answer = invite(Some(attempt.key(&()))).await;
            attempt.heard(&answer);
            // The page may be gone by now.
            match answer {
                Ok(invitation) => {
                    failure.try_set(None);
                    made.try_set(Some(invitation));
                }
                Err(error) => {
                    failure.try_set(Some(error));
                }
            }
        });
    };
    let members = move || {
        let row = |row: Member| {
            item(format!("{} {}", row.id, row.version), move || {
                view! {
                    <li class="plain-item">
                        <span class="plain-row">
                            {avatar(&row)}
                            <span class="plain-name">{row.name.to_string()}</span>
                            <span class="plain-detail">{(row.id == me).then_some(t.you)}</span>
                        </span>
                    </li>
                }
            })
        };
        members.get().iter().cloned().map(row).collect()
    };
    view! {
        <section class="card" aria-labelledby="members-title">
            <h2 id="members-title">{t.members}</h2>
            <ul class="plain-list">
                {list(members)}
            </ul>
            <h3>{t.invite}</h3>
            <p class="muted">{t.invite_hint}</p>
            <Refusal refusal=failure />
            <button type="button" class="button button-outline" on:click=make>{t.invite_do}</button>
            {part(move || made.get().map(|invitation| view! { <Link invitation /> }))}
        </section>
    }
    .into_any()
}

/// The link of a new invitation, to be sent, copied, or shown to a camera.
#[component]
fn Link(invitation: Invitation) -> impl IntoView {
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let t = use_words();
    let copied = RwSignal::new(false);
    let Invitation { url, code: QrCode { side, path } } = invitation;
    let (copy, share) = (url.clone(), url.clone());
    let browser = link.browser.clone();
    let input = NodeRef::<html::Input>::new();
    let copy = move || {
        if browser.copy(&copy) {
            copied.set(true);
        } else if let Some(input) = input.get_untracked() {
            // To be copied by hand.
            input.select();
        }
    };
    let (browser, instead) = (link.browser, copy.clone());
    view! {
        <div class="invite">
            <label class="field-label" for="invite-link">{t.invite_link}</label>
            <input node_ref=input class="input" id="invite-link" readonly=true value=url />
            <button type="button" class="button button-quiet" on:click=move |_| copy()>
                {text(move || if copied.get() { t.copied } else { t.copy }.to_owned())}
            </button>
            // Where nothing can be shared with, it is copied.
            <button type="button" class="button button-quiet" on:click=move |_| if !browser.share(&share) { instead() }>{t.share}</button>
            <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=t.qr_code><path d=path /></svg>
        </div>
    }
}
