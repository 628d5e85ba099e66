//! The members, the owner, and invitations.

use super::links::OpenLinks;
use crate::{
    api::{
        attempt::Attempt,
        book::{MadeLink, remove_member},
        people::{hand_over, make_password_link},
    },
    domain::{Member, MemberId, Role},
    error::AppError,
    i18n::{
        doing_words::Doing,
        household_words::remove_ask,
        people_words::{hand_over_ask, password_link_ask, people_words},
    },
    replica::Replica,
    state::language::{use_household_words, use_language},
    ui::{
        changing::part,
        icon::avatar,
        list::{item, list},
    },
    widgets::refusal::Refusal,
};
use leptos::{html, prelude::*, task::spawn_local};

/// An action on a member that is confirmed first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Remove,
    HandOver,
    PasswordLink,
}

#[component]
pub(super) fn People() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_household_words(), use_language());
    let people = people_words(language);
    let (members, me) = (replica.members.clone(), replica.me);
    let made = RwSignal::new(None::<MadeLink>);
    let rows = members.clone();
    let owner =
        Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| row.id == me && row.role == Role::Owner)));
    let asking =
        Asking { asked: RwSignal::new(None), failure: RwSignal::new(None), attempt: Attempt::new(), made };
    let rows = move || {
        let owner = owner.get();
        let row = |row: Member| {
            item(format!("{} {} {owner}", row.id, row.version), move || {
                let (id, name) = (row.id, row.name.shown());
                let deeds = (owner && id != me).then(|| {
                    let asks = [
                        (Deed::HandOver, people.make_owner, people.make_owner, hand_over_ask(language, &name)),
                        (
                            Deed::PasswordLink,
                            people.password_link,
                            people.password_link_do,
                            password_link_ask(language, &name),
                        ),
                        (Deed::Remove, t.remove, t.remove, remove_ask(language, &name)),
                    ];
                    asks.map(|(deed, word, action, ask)| {
                        let opener = NodeRef::<html::Button>::new();
                        let label = format!("{word}: {name}");
                        let button = view! {
                            <button type="button" class="button button-quiet" node_ref=opener aria-label=label on:click=move |_| asking.asked.set(Some((id, deed)))>{word}</button>
                        };
                        (button.into_any(), asking.question((id, deed), opener, ask, action, false).into_any())
                    })
                });
                let (buttons, questions): (Vec<_>, Vec<_>) = deeds.into_iter().flatten().unzip();
                view! {
                    <li class="plain-item">
                        <span class="plain-row">
                            {avatar(&row)}
                            <span class="plain-name">{name}</span>
                            <span class="plain-detail">{(row.role == Role::Owner).then_some(people.owner)}</span>
                            <span class="plain-detail">{(id == me).then_some(t.you)}</span>
                        </span>
                        <span class="deeds">{buttons}</span>
                        {questions}
                    </li>
                }
            })
        };
        members.get().iter().filter(|row| !row.removed).cloned().map(row).collect()
    };
    let leave = move || {
        (!owner.get()).then(|| {
            let opener = NodeRef::<html::Button>::new();
            let deed = (me, Deed::Remove);
            view! {
                <button type="button" class="button button-quiet" node_ref=opener on:click=move |_| asking.asked.set(Some(deed))>{t.leave}</button>
                {asking.question(deed, opener, t.leave_ask.to_owned(), t.leave, true)}
            }.into_any()
        })
    };
    view! {
        <section class="card" aria-labelledby="members-title">
            <h2 id="members-title">{t.members}</h2>
            <ul class="plain-list">
                {list(rows)}
            </ul>
            <Refusal refusal=asking.failure doing=Doing::Members />
            {part(leave)}
            <OpenLinks made owner />
        </section>
    }
    .into_any()
}

/// An action that waits for confirmation.
#[derive(Clone, Copy)]
struct Asking {
    /// The action and the member.
    asked: RwSignal<Option<(MemberId, Deed)>>,
    failure: RwSignal<Option<AppError>>,
    attempt: Attempt,
    /// The last link that was made.
    made: RwSignal<Option<MadeLink>>,
}

impl Asking {
    /// The question below the button that opened it, which gets the focus again afterwards.
    fn question(
        self,
        deed: (MemberId, Deed),
        opener: NodeRef<html::Button>,
        text: String,
        action: &'static str,
        myself: bool,
    ) -> impl IntoView {
        let (t, cancel) = (use_household_words(), NodeRef::<html::Button>::new());
        Effect::new(move || {
            if let Some(button) = cancel.get() {
                // If the button cannot be focused, the question is still next in the tab order.
                drop(button.focus());
            }
        });
        let back = move |_| {
            self.asked.set(None);
            if let Some(button) = opener.get_untracked() {
                drop(button.focus());
            }
        };
        let class = if deed.1 == Deed::Remove { "button button-danger" } else { "button" };
        part(move || {
            (self.asked.get() == Some(deed)).then(|| {
                view! {
                    <div class="question" role="group">
                        <p>{text.clone()}</p>
                        <button type="button" class=class on:click=move |_| self.go(deed, myself)>{action}</button>
                        <button type="button" class="button button-quiet" node_ref=cancel on:click=back>{t.cancel}</button>
                    </div>
                }.into_any()
            })
        })
    }

    fn go(self, (id, deed): (MemberId, Deed), myself: bool) {
        spawn_local(async move {
            let key = Some(self.attempt.key(&(id, deed as u8)));
            let answer = match deed {
                Deed::Remove => remove_member(id, key).await,
                Deed::HandOver => hand_over(id, key).await,
                Deed::PasswordLink => make_password_link(id, key).await.map(|link| {
                    // The page may be gone by now.
                    self.made.try_set(Some(link));
                }),
            };
            self.attempt.heard(&answer);
            // A person who has left gets these errors on a second attempt.
            let left = myself && matches!(answer, Err(AppError::NotSignedIn | AppError::NotFound));
            let answer = if left { Ok(()) } else { answer };
            self.failure.try_set(answer.err());
            self.asked.try_set(None);
        });
    }
}
