//! The people: who is a member, who owns the household, and how another one joins.

use super::links::Links;
use crate::{
    api::{
        book::{Invitation, remove_member},
        people::{hand_over, make_password_link},
    },
    components::{
        attempt::Attempt,
        icon::avatar,
        list::{item, list},
        part,
        refusal::Refusal,
    },
    domain::{Member, MemberId, Role},
    error::AppError,
    i18n::{
        doing_words::Doing,
        people_words::{hand_over_ask, password_link_ask, people_words},
        words::remove_ask,
    },
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{html, prelude::*, task::spawn_local};

/// What is done to a member, after a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Remove,
    HandOver,
    PasswordLink,
}

#[component]
pub(super) fn People() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let people = people_words(language);
    let (members, me) = (replica.members.clone(), replica.me);
    let made = RwSignal::new(None::<Invitation>);
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
            <Links made owner />
        </section>
    }
    .into_any()
}

/// Something is about to be done to a member.
#[derive(Clone, Copy)]
struct Asking {
    /// What, and to whom; asked before it is done.
    asked: RwSignal<Option<(MemberId, Deed)>>,
    failure: RwSignal<Option<AppError>>,
    attempt: Attempt,
    /// The link that was made last.
    made: RwSignal<Option<Invitation>>,
}

impl Asking {
    /// Asks below the button that opened it, which has the focus again afterwards.
    fn question(
        self,
        deed: (MemberId, Deed),
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
            // Whoever has left is nobody there any more: that is what a second attempt is told.
            let left = myself && matches!(answer, Err(AppError::NotSignedIn | AppError::NotFound));
            let answer = if left { Ok(()) } else { answer };
            self.failure.try_set(answer.err());
            self.asked.try_set(None);
        });
    }
}
