//! The message and the buttons of a row whose command was refused. A browser loads them while the page is idle, or
//! at the first refusal.

use super::{group::form_of_parts, quick_add::form_of, revising::name_of_other, tried::tried};
use crate::{
    command::Command,
    domain::{Fact, GroupKind, Language, Reason},
    error::AppError,
    i18n::{
        editing_words::{changed_before_deletion, changed_to_choose, editing_words},
        errors::{plain_sentence, whole_sentence},
    },
    outbox::{Outbox, RowId, Seen, changed_by, is_unknown, restoration_of},
    replica::Replica,
    state::{
        editing::Editing,
        language::{use_editing_words, use_language, use_words},
        undo::Undo,
    },
    ui::program_part::{drawn, program_part},
};
use leptos::{html, prelude::*};

/// Makes the button that opens the form of a refused command, if there is one.
pub type CorrectButton = Box<dyn Fn(&Command, &AppError) -> Option<AnyView> + Send>;

/// Draws a refusal below its row. `facts` are those that the row shows.
type DrawRefused = fn(RowId, &AppError, &[Fact], &CorrectButton, Option<Editing>) -> AnyView;

program_part! {
    /// The refusal below a row.
    pub REFUSED: DrawRefused = refused_part in later, below_row
}

/// The refusal below a row that shows these facts.
pub fn refused(
    row: RowId,
    error: AppError,
    facts: Vec<Fact>,
    correct: CorrectButton,
    editing: Option<Editing>,
) -> AnyView {
    let t = use_words();
    // That it was refused is said at once.
    let framed = move |message| {
        view! { <div class="row-refused" role="alert"><p><b>{t.not_saved}</b></p> {message}</div> }.into_any()
    };
    drawn(&REFUSED, framed, move |draw| draw(row, &error, &facts, &correct, editing))
}

fn below_row(
    row: RowId,
    error: &AppError,
    facts: &[Fact],
    correct: &CorrectButton,
    editing: Option<Editing>,
) -> AnyView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let command = outbox.refused(row).map(|refused| refused.command);
    let (came, why) = said(command.as_ref(), error, facts, &replica, use_language());
    let tried =
        command.as_ref().and_then(|command| tried(command, &outbox.wanted(row), &replica, use_language()));
    let tried = tried.map_or_else(|| ".".to_owned(), |tried| format!(": {tried}."));
    let correct = command.as_ref().and_then(|command| correct(command, error));
    view! {
        <div class="row-refused" role="alert">
            <p><b>{came}</b>{tried}" "{why}</p>
            {choices(&outbox, row, error, correct, editing)}
        </div>
    }
    .into_any()
}

/// The result in a word or two, and the reason. `facts` are those that the row shows.
#[must_use]
pub fn said(
    command: Option<&Command>,
    error: &AppError,
    facts: &[Fact],
    replica: &Replica,
    language: Language,
) -> (&'static str, String) {
    let t = editing_words(language);
    let not_deleted = if command.is_some_and(stops) { t.not_stopped } else { t.not_deleted };
    match (command.is_some_and(Command::deletes), error) {
        (true, AppError::Stale { .. }) => {
            let by = facts.first().map(|fact| fact.updated_by).or_else(|| changed_by(error));
            let who = name_of_other(replica, by);
            (not_deleted, changed_before_deletion(language, who.as_deref()))
        }
        (true, error) => (not_deleted, whole_sentence(error, language)),
        (false, AppError::Stale { .. }) => {
            let who = name_of_other(replica, changed_by(error));
            let named = who.map(|who| changed_to_choose(language, &who));
            (t.not_saved, named.unwrap_or_else(|| whole_sentence(error, language)))
        }
        (false, AppError::Gone) if command.is_some_and(|command| restoration_of(command).is_some()) => {
            (t.not_saved, t.deleted_and_kept.to_owned())
        }
        (false, error) if command.is_some_and(|command| is_unknown(command, error)) => {
            (t.not_saved, t.not_in_restored.to_owned())
        }
        (false, error) if command.is_some_and(has_no_fields) => {
            (t.not_saved, plain_sentence(error, language))
        }
        (false, error) => (t.not_saved, whole_sentence(error, language)),
    }
}

/// The word of the button that opens the form of a refused command. A merge has no two versions to look at.
#[must_use]
pub fn correct_word(command: Option<&Command>, error: &AppError, language: Language) -> &'static str {
    let t = editing_words(language);
    let merges = matches!(command, Some(Command::MergeArticle { .. }));
    if matches!(error, AppError::Stale { .. }) && !merges { t.look_at_both } else { t.correct }
}

/// Whether a command deletes a recurring entry, which the screens call stopping it.
const fn stops(command: &Command) -> bool {
    matches!(command, Command::DeleteRecurring { .. })
}

/// The button that opens the form of a refused command.
pub fn correct_button(
    button: NodeRef<html::Button>,
    (command, error): (&Command, &AppError),
    correct: impl Fn() + Send + 'static,
) -> AnyView {
    let word = correct_word(Some(command), error, use_language());
    view! { <button type="button" class="button button-quiet" node_ref=button on:click=move |_| correct()>{word}</button> }
        .into_any()
}

/// Whether a command has no form in which something could be corrected.
const fn has_no_fields(command: &Command) -> bool {
    matches!(
        command,
        Command::ConfirmOccurrence { .. } | Command::SkipOccurrence { .. } | Command::ReopenOccurrence { .. }
    )
}

/// The buttons of a refused command.
#[must_use]
pub fn choices(
    outbox: &Outbox,
    row: RowId,
    error: &AppError,
    correct: Option<AnyView>,
    editing: Option<Editing>,
) -> AnyView {
    let t = use_editing_words();
    let (again, discard) = (outbox.clone(), outbox.clone());
    let undo = use_context::<Undo>();
    let command = outbox.refused(row).map(|refused| refused.command);
    let lost =
        *error == AppError::Gone && command.as_ref().is_some_and(|command| restoration_of(command).is_some());
    // It cannot be changed any more, only be entered as a new one.
    let unknown = command.as_ref().is_some_and(|command| is_unknown(command, error));
    let anew = if unknown { entered_anew(&outbox.wanted(row)) } else { None };
    let deletion = command.filter(Command::deletes);
    let stale = matches!(error, AppError::Stale { .. });
    // A stale change of a transaction is corrected with both versions in view. Of other rows the current name
    // or number is on the screen already, and a row whose deletion was refused is shown as it is now.
    let is_deletion = deletion.is_some();
    // What somebody else has done already cannot be done again.
    let settled = error.fields().iter().any(|field| field.reason == Reason::Settled);
    // The account has another balance now, so the form computes the difference again; or another currency, in which the
    // same amount would be refused again.
    let outdated = matches!(error, AppError::BalanceChanged | AppError::CurrencyChanged);
    let goes = if unknown {
        anew.is_some()
    } else {
        is_deletion || !(settled || outdated || stale && matches!(row, RowId::Fact(_)))
    };
    let (word, leave) = match (is_deletion, stale) {
        (true, true) if deletion.as_ref().is_some_and(stops) => (t.stop_anyway, t.leave_it),
        (true, true) => (t.delete_anyway, t.leave_it),
        (true, false) => (t.try_again, t.leave_it),
        (false, true) => (t.keep_mine, t.discard),
        (false, false) if lost => (t.restore_with_mine, t.discard),
        (false, false) if unknown => (t.enter_again, t.discard),
        (false, false) => (t.try_again, t.discard),
    };
    let focus = move || {
        if let (Some(editing), RowId::Fact(id)) = (editing, row) {
            editing.focus(id);
        }
    };
    let again = goes.then(|| {
        let again = move |_| {
            if lost {
                again.restore_with_change(row);
            } else if let Some(command) = anew.clone() {
                // Its fields are those of the restored book, so none is foreseen to be refused.
                drop(again.enqueue(command, None, Seen::Nothing, None));
            } else {
                again.try_again(row);
            }
            match (undo, row, &deletion) {
                (Some(undo), RowId::Fact(id), Some(deletion)) => undo.offer(id, kind_of(deletion)),
                _ => focus(),
            }
        };
        view! { <button type="button" class="button button-quiet" on:click=again>{word}</button> }.into_any()
    });
    let discard = move |_| {
        discard.discard(row);
        focus();
    };
    view! {
        <div class="row-choices">
            {correct.filter(|_| !is_deletion)}
            {again}
            <button type="button" class="button button-quiet" on:click=discard>{leave}</button>
        </div>
    }
    .into_any()
}

/// The command that records these facts as a new row; `None` if the book does not know their category or account, which
/// the form then asks for.
fn entered_anew(facts: &[Fact]) -> Option<Command> {
    let replica = use_context::<Replica>()?;
    let is_known = |fact: &Fact| {
        replica.article(fact.article_id).is_some() && replica.center(fact.financial_center_id).is_some()
    };
    let first = facts.first().filter(|_| facts.iter().all(is_known))?;
    match first.group {
        None => Some(Command::RecordFact(form_of(first))),
        Some(_) => form_of_parts(facts).map(Command::RecordGroup),
    }
}

/// The kind of the transfer or split that a command deletes; `None` for other commands.
const fn kind_of(deletion: &Command) -> Option<GroupKind> {
    match deletion {
        Command::DeleteGroup { kind, .. } => Some(*kind),
        _ => None,
    }
}
