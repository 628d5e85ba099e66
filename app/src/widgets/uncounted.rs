//! Says of a row that waits where it is kept, and why the figures do not include it. A browser loads the sentences of
//! the latter while the page is idle, or when there is such a row.

use crate::{
    error::AppError,
    i18n::{Words, editing_words::editing_words, errors::plain_sentence},
    outbox::{Outbox, RowId, Uncounted},
    state::language::use_language,
    ui::program_part::{drawn, program_part},
};
use leptos::prelude::*;

/// Draws the reason.
type DrawUncounted = fn(&Uncounted) -> AnyView;

program_part! {
    /// The reason why a row that waits is not counted.
    pub UNCOUNTED: DrawUncounted = uncounted_part in later, sentence
}

fn sentence(why: &Uncounted) -> AnyView {
    let language = use_language();
    let t = editing_words(language);
    let said = match why {
        Uncounted::Depends => t.uncounted_depends.to_owned(),
        Uncounted::Refused(AppError::Stale { .. }) => {
            format!("{} {}", t.uncounted_refused, t.changed_by_now)
        }
        Uncounted::Refused(error) => format!("{} {}", t.uncounted_refused, plain_sentence(error, language)),
    };
    view! { <p class="row-uncounted" role="status">{said}</p> }.into_any()
}

/// That a row waits, and where it is kept meanwhile: on the device only once the device has said so.
pub fn waiting_word(t: &Words, outbox: &Outbox, row: RowId) -> String {
    let kept = if outbox.is_stored(row) { t.kept_here } else { t.kept_while_open };
    format!("{} {kept}", t.waiting)
}

/// The reason why what waits on a row is not counted; nothing if it is.
pub fn uncounted(outbox: &Outbox, row: RowId) -> Option<AnyView> {
    let why = outbox.uncounted(row)?;
    Some(drawn(&UNCOUNTED, |message| message, move |draw| draw(&why)))
}
