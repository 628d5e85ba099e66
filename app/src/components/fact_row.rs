//! One transaction in the list: shown, being edited, on its way, refused.

use super::{
    changing,
    editor::Editor,
    focus_if_free,
    group::shown,
    icon::{article_icon, avatar},
    part,
    presence::editors,
    text,
};
use crate::{
    domain::{Fact, FactId, FinancialCenterId, Hands, Kind, MemberId, text::isolated},
    error::AppError,
    i18n::{
        errors::whole_sentence,
        format::{signed, with_currency},
        words::edited_by,
    },
    outbox::Outbox,
    replica::{Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        groups::{Groups, Target},
        language::{use_language, use_words},
    },
};
use leptos::{html, prelude::*};

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
    let edited = move || editing.is(id);
    let fresh = row.fresh.clone();
    // Two names for one animation: a second change begins it anew.
    let tint = changing(move || match fresh.get() {
        0 => "row-item",
        odd if odd % 2 == 1 => "row-item fresh",
        _ => "row-item fresh-again",
    });
    view! {
        <li class=tint aria-busy=busy class:refused=changing(move || matches!(other.get(), RowState::Refused(_)))>
            {part(move || {
                if edited() {
                    view! { <Editor row=row.clone() /> }.into_any()
                } else {
                    view! { <Shown row=row.clone() replica=replica.clone() editing /> }.into_any()
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
            replica.articles.with(|rows| rows.iter().find(|row| row.id == id).cloned())
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
    // Whose it is, and who changed it. Alone in a household nobody asks.
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
                let currency = replica.centers.with(|rows| {
                    let row = rows.iter().find(|row| row.center.id == fact.financial_center_id);
                    row.map(|row| row.center.currency)
                });
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
    let figure_class = changing(move || {
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
    let saving = move || {
        let said = match state.get() {
            RowState::Saving => t.saving,
            RowState::Waiting => t.waiting,
            _ => return None,
        };
        Some(view! { <span class="row-saving">{said}</span> }.into_any())
    };
    // What is on its way cannot be changed until it has arrived; whoever asked before then is not forgotten.
    let wanted = RwSignal::new(false);
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let refused = {
        move || match status.get() {
            RowState::Refused(error) => {
                let text = whole_sentence(&error, language);
                let (again, discard) = (outbox.clone(), outbox.clone());
                // As it is it would be refused again: what stands there by now has to be seen first.
                let may_go = !matches!(error, AppError::Stale { .. });
                Some(view! {
                    <div class="row-refused" role="alert">
                        <p><b>{t.not_saved}</b> " " {text}</p>
                        <div class="row-choices">
                        {may_go.then(|| view! {
                            <button type="button" class="button button-quiet" on:click=move |_| again.try_again(id)>
                                {t.try_again}
                            </button>
                        }.into_any())}
                        <button type="button" class="button button-quiet" on:click=move |_| wanted.set(true)>
                            {t.correct}
                        </button>
                        <button type="button" class="button button-quiet" on:click=move |_| discard.discard(id)>
                            {t.discard}
                        </button>
                        </div>
                    </div>
                }.into_any())
            }
            _ => None,
        }
    };
    let (state, groups, whole_row) = (row.state.clone(), use_context::<Groups>(), row.clone());
    Effect::new(move || {
        if wanted.get() && state.get() != RowState::Saving {
            wanted.set(false);
            match (whole_row.parts.with_untracked(Vec::is_empty), groups) {
                (false, Some(groups)) => {
                    groups.target.set(Some(Target::Row(whole_row.clone())));
                }
                (true, _) => editing.open(id),
                _ => {}
            }
        }
    });
    let open = move |_| wanted.set(true);
    let button = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = button.get()
            && editing.takes_focus(id)
        {
            focus_if_free(&button);
        }
    });
    view! {
        <button node_ref=button type="button" class="row" translate="no" id=row_id(id) on:click=open aria-describedby="row-hint">
            {part(picture)}
            <span class="row-first">{text(move || category().unwrap_or_default())}</span>
            <span class=figure_class>{text(amount)}</span>
            <span class="row-second">{editing_now} {text(details)} {part(tags)} {part(saving)}</span>
            <span class="row-who">{part(who)}</span>
        </button>
        {part(refused)}
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
    replica
        .centers
        .with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.name.shown()))
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
