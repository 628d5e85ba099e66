//! The people: who is a member, how another one joins, and what everybody chooses for themselves.

use crate::{
    api::{
        account::{ChangeMe, LogOut},
        book::invite,
    },
    components::{
        attempt::Attempt,
        list::{item, list},
        part,
        post_form::{PostForm, Posting, Refusal},
        text,
    },
    domain::{HouseholdName, Language, Member},
    live_link::LiveLink,
    pages::{Opened, use_language, use_words},
    replica::Replica,
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub(super) fn People() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let (members, me) = (replica.members.clone(), replica.me);
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let made = RwSignal::new(None::<String>);
    let copied = RwSignal::new(false);
    let (failure, attempt) = (RwSignal::new(None), Attempt::new());
    let log_out = Posting::to::<LogOut>();
    let make = move |_| {
        spawn_local(async move {
            let answer = invite(Some(attempt.key(&()))).await;
            attempt.heard(&answer);
            match answer {
                Ok(link) => {
                    failure.set(None);
                    copied.set(false);
                    made.set(Some(link.url));
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    let members = move || {
        let row = |row: Member| {
            item(format_args!("{} {}", row.id, row.version), move || {
                view! {
                    <li class="plain-row">
                        <span class=format!("avatar colour-{}", row.colour) aria-hidden="true">{row.name.initials()}</span>
                        <span class="plain-name">{row.name.to_string()}</span>
                        <span class="plain-detail">{(row.id == me).then_some(t.you)}</span>
                    </li>
                }
            })
        };
        members.get().iter().cloned().map(row).collect()
    };
    view! {
        <section class="card" aria-labelledby="members-title">
            <h2 class="card-title" id="members-title">{t.members}</h2>
            <ul class="plain-list">
                {list(members)}
            </ul>
            <h3>{t.invite}</h3>
            <p class="muted">{t.invite_hint}</p>
            <Refusal refusal=failure />
            <button type="button" class="button" on:click=make>{t.invite_do}</button>
            {part(move || made.get().map(|url| {
                let (link, copy) = (link.clone(), url.clone());
                view! {
                    <div class="invite">
                        <label class="field-label" for="invite-link">{t.invite_link}</label>
                        <input class="input" id="invite-link" readonly=true value=url />
                        <button
                            type="button"
                            class="button button-quiet"
                            on:click=move |_| {
                                link.copy(copy.clone());
                                copied.set(true);
                            }
                        >
                            {text(move || if copied.get() { t.copied } else { t.copy }.to_owned())}
                        </button>
                    </div>
                }
            }))}
            <h3>{t.language}</h3>
            <Languages />
            <Switcher />
            <PostForm posting=log_out class="sign-out">
                <button type="submit" class="button button-quiet">{t.sign_out}</button>
            </PostForm>
        </section>
    }
    .into_any()
}

/// What the person reads; the page comes back in it.
#[component]
fn Languages() -> impl IntoView {
    let change = Posting::to::<ChangeMe>();
    let current = use_language();
    let name = |language: Language| match language {
        Language::En => "English",
        Language::Ru => "Русский",
    };
    view! {
        <PostForm posting=change class="choices">
            {Language::ALL.map(|language| view! {
                <button
                    type="submit"
                    class="button button-quiet"
                    name="form[language]"
                    value=language.as_str()
                    lang=language.as_str()
                    aria-pressed=(language == current).to_string()
                >
                    {name(language)}
                </button>
            })}
        </PostForm>
    }
}

/// Other households of the same account.
#[component]
fn Switcher() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let change = Posting::to::<ChangeMe>();
    let rows = use_context::<Opened>().unwrap_or_default().households.get_value();
    let here = replica.household.with_untracked(|household| household.id);
    let button = move |row: HouseholdName| {
        view! {
            <button
                type="submit"
                class="button button-quiet"
                name="form[household_id]"
                value=row.id.to_string()
                aria-pressed=(row.id == here).to_string()
            >
                {row.name.to_string()}
            </button>
        }
    };
    (rows.len() > 1)
        .then(|| {
            view! {
                <PostForm posting=change class="choices">{rows.into_iter().map(button).collect_view()}</PostForm>
            }
        })
        .into_any()
}
