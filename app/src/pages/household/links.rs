//! Links for other people: new ones, and the open ones.

use crate::{
    api::{
        attempt::Attempt,
        book::{LinkId, MadeLink, QrCode, invite},
        people::{OpenLink, open_links, withdraw_link},
    },
    domain::{Member, MemberId},
    i18n::{
        doing_words::Doing,
        people_words::{invitation_by, new_password_for, people_words, time_left},
    },
    live_link::LiveLink,
    replica::Replica,
    state::language::{use_household_words, use_language},
    ui::{
        changing::{part, text},
        list::{item, list},
    },
    widgets::refusal::Refusal,
};
use leptos::{html, prelude::*, task::spawn_local};

/// Makes an invitation, shows the last link, and lists the open ones.
#[component]
pub(super) fn OpenLinks(made: RwSignal<Option<MadeLink>>, owner: Memo<bool>) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_household_words(), use_language());
    let (failure, not_withdrawn, attempt) = (RwSignal::new(None), RwSignal::new(None), Attempt::new());
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
    let members = replica.members.clone();
    let me = replica.me;
    let open = RwSignal::new(Vec::<OpenLink>::new());
    let withdrawn = RwSignal::new(0);
    let asked = StoredValue::new(0);
    let changes = members.clone();
    let links = replica.links.clone();
    // Loaded again when a link was made or withdrawn on any screen, and when members change, since a new
    // member uses one up.
    Effect::new(move || {
        changes.track();
        links.track();
        made.track();
        withdrawn.track();
        owner.track();
        asked.update_value(|asked| *asked += 1);
        let turn = asked.get_value();
        spawn_local(async move {
            // Without a response the list stays as it is.
            if let Ok(rows) = open_links().await
                && asked.try_get_value() == Some(turn)
            {
                // The link that is shown was used, or withdrawn on another screen.
                let shown = made.try_with_untracked(|made| made.as_ref().map(|made| made.id)).flatten();
                if shown.is_some_and(|shown| rows.iter().all(|row| row.id != shown)) {
                    made.try_set(None);
                }
                open.try_set(rows);
            }
        });
    });
    let withdraw = move |id: LinkId| {
        spawn_local(async move {
            let answer = withdraw_link(id).await;
            if answer.is_ok()
                && made.try_with_untracked(|made| made.as_ref().map(|made| made.id)).flatten() == Some(id)
            {
                made.try_set(None);
            }
            not_withdrawn.try_set(answer.err());
            withdrawn.try_update(|count| *count += 1);
        });
    };
    let rows = move || {
        let (owner, members) = (owner.get(), members.get());
        let row = |row: OpenLink| {
            let what = match row.id {
                LinkId::Invite(_) => invitation_by(language, &name_of(&members, row.created_by)),
                LinkId::Password(id) => new_password_for(language, &name_of(&members, id)),
            };
            item(format!("{row:?} {what} {owner}"), move || {
                let word = people_words(language).withdraw;
                let button = (owner || row.created_by == me).then(|| {
                    let label = format!("{word}: {what}");
                    view! {
                        <button type="button" class="button button-quiet" aria-label=label on:click=move |_| withdraw(row.id)>{word}</button>
                    }.into_any()
                });
                view! {
                    <li class="plain-item">
                        <span class="plain-row">
                            <span class="plain-name"><span class="plain-title">{what}</span><small class="plain-note">{time_left(language, row.hours)}</small></span>
                            {button}
                        </span>
                    </li>
                }
            })
        };
        open.get().into_iter().map(row).collect()
    };
    view! {
        <h3>{t.invite}</h3>
        <p class="muted">{t.invite_hint}</p>
        <Refusal refusal=failure doing=Doing::Inviting />
        <button type="button" class="button button-outline" on:click=make>{t.invite_do}</button>
        {part(move || made.get().map(|invitation| view! { <Link invitation /> }.into_any()))}
        {part(move || {
            (!open.with(Vec::is_empty)).then(|| view! { <h3 id="links-title">{people_words(language).open_links}</h3> }.into_any())
        })}
        <Refusal refusal=not_withdrawn doing=Doing::Withdrawing />
        <ul class="plain-list" aria-labelledby="links-title">{list(rows)}</ul>
    }
    .into_any()
}

fn name_of(members: &[Member], id: MemberId) -> String {
    members.iter().find(|row| row.id == id).map(|row| row.name.shown()).unwrap_or_default()
}

/// A new link, to be sent, copied or scanned.
#[component]
fn Link(invitation: MadeLink) -> impl IntoView {
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (t, language) = (use_household_words(), use_language());
    let replica = use_context::<Replica>();
    let copied = RwSignal::new(false);
    let MadeLink { id, url, code: QrCode { side, path } } = invitation;
    let (copy, share) = (url.clone(), url.clone());
    let browser = link.browser.clone();
    let input = NodeRef::<html::Input>::new();
    let copy = move || {
        if browser.copy(&copy) {
            copied.set(true);
        } else if let Some(input) = input.get_untracked() {
            // Selected, to be copied by hand.
            input.select();
        }
    };
    let label = match (id, replica) {
        (LinkId::Password(id), Some(replica)) => {
            // The button that made the link is elsewhere on the page.
            Effect::new(move || {
                if let Some(input) = input.get() {
                    // If the field cannot be focused, it is still further down.
                    drop(input.focus());
                }
            });
            new_password_for(language, &replica.members.with_untracked(|members| name_of(members, id)))
        }
        _ => t.invite_link.to_owned(),
    };
    let (browser, instead) = (link.browser, copy.clone());
    view! {
        <div class="invite">
            <label class="field-label" for="invite-link">{label}</label>
            <input node_ref=input class="input" id="invite-link" readonly=true value=url />
            <button type="button" class="button button-quiet" on:click=move |_| copy()>
                {text(move || if copied.get() { t.copied } else { t.copy }.to_owned())}
            </button>
            // If the device has no share menu, the link is copied.
            <button type="button" class="button button-quiet" on:click=move |_| if !browser.share(&share) { instead() }>{t.share}</button>
            <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=t.qr_code><path d=path /></svg>
        </div>
    }
}
