//! The people: who is a member, and how another one joins.

use crate::{
    api::book::{Invitation, QrCode, invite, remove_member},
    components::{
        attempt::Attempt,
        icon::avatar,
        list::{item, list},
        part,
        refusal::Refusal,
        text,
    },
    domain::{Member, MemberId, Role},
    error::AppError,
    i18n::words::remove_ask,
    live_link::LiveLink,
    pages::{use_language, use_words},
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
    let owner = members.with_untracked(|rows| rows.iter().any(|row| row.id == me && row.role == Role::Owner));
    let leaving =
        Leaving { asked: RwSignal::new(None), failure: RwSignal::new(None), attempt: Attempt::new() };
    let members = move || {
        let row = |row: Member| {
            item(format!("{} {}", row.id, row.version), move || {
                let (id, name) = (row.id, row.name.to_string());
                let label = format!("{}: {name}", t.remove);
                let (removable, opener) = (owner && id != me, NodeRef::<html::Button>::new());
                let button = removable.then(|| {
                    view! {
                        <button type="button" class="button button-quiet" node_ref=opener aria-label=label on:click=move |_| leaving.asked.set(Some(id))>{t.remove}</button>
                    }.into_any()
                });
                let ask = remove_ask(use_language(), &name);
                view! {
                    <li class="plain-item">
                        <span class="plain-row">
                            {avatar(&row)}
                            <span class="plain-name">{name}</span>
                            <span class="plain-detail">{(id == me).then_some(t.you)}</span>
                            {button}
                        </span>
                        {removable.then(|| leaving.question(id, opener, ask, t.remove, false))}
                    </li>
                }
            })
        };
        members.get().iter().filter(|row| !row.removed).cloned().map(row).collect()
    };
    let leave = (!owner).then(|| {
        let opener = NodeRef::<html::Button>::new();
        view! {
            <button type="button" class="button button-quiet" node_ref=opener on:click=move |_| leaving.asked.set(Some(me))>{t.leave}</button>
            {leaving.question(me, opener, t.leave_ask.to_owned(), t.leave, true)}
        }
    });
    view! {
        <section class="card" aria-labelledby="members-title">
            <h2 id="members-title">{t.members}</h2>
            <ul class="plain-list">
                {list(members)}
            </ul>
            <Refusal refusal=leaving.failure />
            {leave}
            <h3>{t.invite}</h3>
            <p class="muted">{t.invite_hint}</p>
            <Refusal refusal=failure />
            <button type="button" class="button button-outline" on:click=make>{t.invite_do}</button>
            {part(move || made.get().map(|invitation| view! { <Link invitation /> }.into_any()))}
        </section>
    }
    .into_any()
}

/// Somebody is about to be removed, or to leave.
#[derive(Clone, Copy)]
struct Leaving {
    /// Who; asked before it is done.
    asked: RwSignal<Option<MemberId>>,
    failure: RwSignal<Option<AppError>>,
    attempt: Attempt,
}

impl Leaving {
    /// Asks below the button that opened it, which has the focus again afterwards.
    fn question(
        self,
        id: MemberId,
        opener: NodeRef<html::Button>,
        text: String,
        action: &'static str,
        myself: bool,
    ) -> impl IntoView {
        let (t, cancel) = (use_words(), NodeRef::<html::Button>::new());
        Effect::new(move || {
            if let Some(button) = cancel.get() {
                // Where a browser refuses, the question is next in the order of keys all the same.
                drop(button.focus());
            }
        });
        let back = move |_| {
            self.asked.set(None);
            if let Some(button) = opener.get_untracked() {
                drop(button.focus());
            }
        };
        part(move || {
            (self.asked.get() == Some(id)).then(|| {
                view! {
                    <div class="question" role="group">
                        <p>{text.clone()}</p>
                        <button type="button" class="button button-danger" on:click=move |_| self.go(id, myself)>{action}</button>
                        <button type="button" class="button button-quiet" node_ref=cancel on:click=back>{t.cancel}</button>
                    </div>
                }.into_any()
                .into_any()
            })
        })
    }

    fn go(self, id: MemberId, myself: bool) {
        spawn_local(async move {
            let answer = remove_member(id, Some(self.attempt.key(&id))).await;
            self.attempt.heard(&answer);
            // Whoever has left is nobody there any more: that is what a second attempt is told.
            let left = myself && matches!(answer, Err(AppError::NotSignedIn | AppError::NotFound));
            let answer = if left { Ok(()) } else { answer };
            // The page may be gone by now.
            self.failure.try_set(answer.err());
            self.asked.try_set(None);
        });
    }
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
