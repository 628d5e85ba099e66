//! One transaction in the list: shown, being edited, being sent, or refused.

use super::{
    editor::edited,
    group::shown,
    presence::editors,
    refused_row::{correct_button, refused},
    uncounted::{uncounted, waiting_word},
};
use crate::{
    command::Command,
    domain::{Fact, FactId, FinancialCenterId, Hands, Kind, MemberId, direction::isolated},
    error::AppError,
    i18n::{
        format::{signed, with_currency},
        words::edited_by,
    },
    outbox::Outbox,
    replica::{Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        groups::{DialogTarget, Groups},
        language::{use_language, use_words},
    },
    ui::{
        changing::{changing, part, text},
        focus::focus_if_free,
        icon::{article_icon, avatar},
    },
};
use leptos::{ev::AnimationEvent, html, prelude::*};

/// A row of the list.
#[component]
pub fn FactRow(
    /// The transaction.
    row: Row,
) -> impl IntoView {
    let (Some(replica), Some(editing)) = (use_context::<Replica>(), use_context::<Editing>()) else {
        return ().into_any();
    };
    let id = row.id;
    let (state, other) = (row.state.clone(), row.state.clone());
    let busy = changing(move || (state.get() == RowState::Saving).then_some("true"));
    let fresh = row.fresh.clone();
    // Two names for one animation: a second change restarts it.
    let tint = changing(move || match fresh.get() {
        0 => "row-item",
        odd if odd % 2 == 1 => "row-item fresh",
        _ => "row-item fresh-again",
    });
    // It is shown once: a page that is drawn again later does not repeat it.
    let ended = row.fresh.clone();
    let shown_once = move |event: AnimationEvent| {
        // Not for an animation within the row.
        if event.target() == event.current_target() {
            ended.set(0);
        }
    };
    // A row is drawn again only if it is opened or closed itself, not with every other row.
    let edits = Memo::new(move |_| editing.is(id));
    view! {
        <li class=tint aria-busy=busy on:animationend=shown_once class:refused=changing(move || matches!(other.get(), RowState::Refused(_)))>
            {part(move || {
                let (row, replica) = (row.clone(), replica.clone());
                let edits = edits.get().then(|| row.clone());
                let shown = move || view! { <Shown row=row.clone() replica=replica.clone() editing /> }.into_any();
                match edits {
                    Some(row) => edited(row, editing, shown),
                    None => shown(),
                }
            })}
        </li>
    }
    .into_any()
}

#[component]
fn Shown(row: Row, replica: Replica, editing: Editing) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let id = row.id;
    let book = replica.clone();
    let editing_now = editors(replica.clone(), id);
    let (fact, second, figure, kind_fact) =
        (row.fact.clone(), row.fact.clone(), row.fact.clone(), row.fact.clone());
    let (state, status) = (row.state.clone(), row.state.clone());
    let article = {
        let replica = replica.clone();
        Memo::new(move |_| {
            let id = fact.with(|fact| fact.article_id);
            replica.article(id)
        })
    };
    let picture = move || article.with(|article| article.as_ref().map(article_icon));
    // A transfer or split is one row for all its parts.
    let whole = {
        let (fact, parts) = (row.fact.clone(), row.parts.clone());
        move || fact.with(|fact| fact.group).map(|group| (group.kind, parts.get()))
    };
    let category = {
        let (whole, replica) = (whole.clone(), replica.clone());
        move || match whole() {
            Some((kind, parts)) => shown::title(&replica, kind, &parts),
            None => article.with(|row| row.as_ref().map(|row| row.name.shown())),
        }
    };
    // The author, and the last member who changed it. Not shown in a household of one member.
    let hands = {
        let (fact, parts) = (row.fact.clone(), row.parts.clone());
        Memo::new(move |_| {
            parts.with(|parts| match parts.as_slice() {
                [] => fact.with(|fact| Hands::of(std::slice::from_ref(fact))),
                parts => Hands::of(parts),
            })
        })
    };
    let member = {
        let replica = replica.clone();
        move |which: fn(Hands) -> Option<MemberId>| {
            let id = hands.get().and_then(which)?;
            replica
                .members
                .with(|rows| rows.iter().find(|row| row.id == id).filter(|_| rows.len() > 1).cloned())
        }
    };
    let details = {
        let (whole, member) = (whole.clone(), member.clone());
        move || {
            let details = match whole() {
                Some((kind, parts)) => shown::details(&book, kind, &parts, language),
                None => second.with(|fact| details(&book, fact)),
            };
            let editor = member(|hands| hands.editor);
            let edited = editor.map(|member| edited_by(language, &member.name.shown()));
            [Some(details).filter(|text| !text.is_empty()), edited]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
    };
    let tags =
        {
            let (fact, parts) = (row.fact.clone(), row.parts.clone());
            move || {
                let mut tags = fact.with(|fact| fact.comment.written_tags());
                tags.extend(parts.with(|parts| {
                    parts.iter().flat_map(|part| part.comment.written_tags()).collect::<Vec<_>>()
                }));
                tags.sort_unstable();
                tags.dedup_by(|a, b| a.0 == b.0);
                tags.into_iter()
                    .map(|(_, word)| view! { <span class="tag">{isolated(&word)}</span> }.into_any())
                    .collect_view()
            }
        };
    let who = move || {
        let member = member(|hands| Some(hands.author))?;
        let name = member.name.shown();
        Some(view! { {avatar(&member)} <span class="visually-hidden">{name}</span> }.into_any())
    };
    let amount = {
        let replica = replica.clone();
        move || {
            if let Some((kind, parts)) = whole() {
                return shown::figure(&replica, kind, &parts, language).unwrap_or_default();
            }
            figure.with(|fact| {
                let currency = replica.center(fact.financial_center_id).map(|center| center.currency);
                match currency {
                    Some(currency) if currency != replica.household.get().currency => {
                        with_currency(fact.amount, currency, language)
                    }
                    _ => signed(fact.amount, language),
                }
            })
        }
    };
    let all = row.parts.clone();
    // What was refused and is not in the book looks different from what is.
    let uncounted_row = {
        let (state, counts) = (row.state.clone(), row.counts.clone());
        Memo::new(move |_| !counts.get() && matches!(state.get(), RowState::Refused(_)))
    };
    let figure_class = changing(move || {
        if uncounted_row.get() {
            return "row-amount num not-counted";
        }
        let transfer = article.with(|article| article.as_ref().is_some_and(|row| row.kind == Kind::Transfer));
        let sum: i64 =
            all.with(|parts| parts.iter().map(|part| part.amount.minor()).fold(0, i64::saturating_add));
        let spent =
            kind_fact.with(|fact| if fact.group.is_some() { sum < 0 } else { fact.amount.is_negative() });
        match (transfer, spent) {
            (true, _) => "row-amount num transfer",
            (false, true) => "row-amount num",
            (false, false) => "row-amount num received",
        }
    });
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let pending = outbox.clone();
    let saving = move || {
        let said = match state.get() {
            RowState::Saving => t.saving.to_owned(),
            RowState::Waiting => waiting_word(t, &pending, id.into()),
            RowState::Refused(_) if uncounted_row.get() => t.not_counted.to_owned(),
            _ => return None,
        };
        Some(view! { <span class="row-saving">{said}</span> }.into_any())
    };
    let (groups, whole_row) = (use_context::<Groups>(), row.clone());
    let open = move || {
        let whole = !whole_row.parts.with_untracked(Vec::is_empty);
        match groups {
            Some(groups) if whole && editing.may_leave() => {
                groups.target.set(Some(DialogTarget::Row(whole_row.clone())));
            }
            _ if !whole => editing.open(id),
            _ => {}
        }
    };
    let refusal = {
        let (open, row) = (open.clone(), row.clone());
        move || match status.get() {
            RowState::Refused(error) => {
                let open = open.clone();
                let correct = Box::new(move |command: &Command, error: &AppError| {
                    Some(correct_button(NodeRef::new(), (command, error), open.clone()))
                });
                Some(refused(id.into(), error, vec![row.fact.get()], correct, Some(editing)))
            }
            RowState::Waiting => uncounted(&outbox, id.into()),
            _ => None,
        }
    };
    let button = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = button.get()
            && editing.takes_focus(id)
        {
            focus_if_free(&button);
        }
    });
    view! {
        <button node_ref=button type="button" class="row" translate="no" id=row_id(id) on:click=move |_| open() aria-describedby="row-hint">
            {part(picture)}
            <span class="row-first">{text(move || category().unwrap_or_default())}</span>
            <span class=figure_class>{text(amount)}</span>
            <span class="row-second">{editing_now} {text(details)} {part(tags)} {part(saving)}</span>
            <span class="row-who">{part(who)}</span>
        </button>
        {part(refusal)}
    }
}

/// Note and account.
fn details(replica: &Replica, fact: &Fact) -> String {
    let center = center_name(replica, fact.financial_center_id);
    let note = Some(fact.comment.without_tags()).filter(|note| !note.is_empty());
    let note = note.map(|note| isolated(&note));
    [note, center].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The name of an account.
#[must_use]
pub fn center_name(replica: &Replica, id: FinancialCenterId) -> Option<String> {
    replica.center(id).map(|center| center.name.shown())
}

/// The name of a member.
#[must_use]
pub fn member_name(replica: &Replica, id: MemberId) -> Option<String> {
    replica.members.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.name.shown()))
}

/// The id of a row's button.
pub(super) fn row_id(id: FactId) -> String {
    format!("row-{id}")
}
