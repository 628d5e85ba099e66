//! Refused recordings and skippings of days that are expected no longer, because another member has settled them.
//! They are shown where the days were.

use super::waiting::{name_of, progress};
use crate::{
    domain::{Day, RecurringId},
    outbox::{Listed, Outbox, RowId},
    replica::{Replica, pending::RowState},
    state::language::use_language,
    ui::{
        list::{item, list},
        program_part::{drawn, program_part},
    },
};
use leptos::prelude::*;

/// A day on which a recurring entry is expected.
pub(super) type ExpectedDay = (Day, RecurringId);

/// The refused days that are not among those shown.
pub(super) fn refused(outbox: &Outbox, shown: Memo<Vec<ExpectedDay>>) -> Memo<Vec<ExpectedDay>> {
    let listed = outbox.listed.clone();
    let refused = |row: &Listed| match row.row {
        RowId::Occurrence(id, day) if matches!(row.state, RowState::Refused(_)) => Some((day, id)),
        _ => None,
    };
    Memo::new(move |_| {
        let mut all: Vec<ExpectedDay> = listed.with(|rows| rows.iter().filter_map(refused).collect());
        shown.with(|shown| all.retain(|occurrence| !shown.contains(occurrence)));
        all
    })
}

/// Draws a refused day.
type DrawDay = fn(RowId, &Outbox, &Replica) -> AnyView;

program_part! {
    /// A refused day.
    pub REFUSED_DAY: DrawDay = refused_day_part in later, refused_row
}

/// Their rows.
pub(super) fn refused_rows(
    refused: Memo<Vec<ExpectedDay>>,
    outbox: Outbox,
    replica: Replica,
) -> impl Fn() -> AnyView + Clone + Send + 'static {
    move || {
        let (outbox, replica) = (outbox.clone(), replica.clone());
        let items = move || {
            let row = |(day, id): ExpectedDay| {
                let (outbox, replica) = (outbox.clone(), replica.clone());
                item(format!("{id} {day}"), move || {
                    let framed =
                        |message| view! { <li class="row-item refused-day">{message}</li> }.into_any();
                    drawn(&REFUSED_DAY, framed, move |draw| {
                        draw(RowId::Occurrence(id, day), &outbox, &replica)
                    })
                })
            };
            refused.get().into_iter().map(row).collect()
        };
        view! { <ul class="rows">{list(items)}</ul> }.into_any()
    }
}

fn refused_row(row: RowId, outbox: &Outbox, replica: &Replica) -> AnyView {
    let language = use_language();
    let name = outbox.listed.with_untracked(|listed| {
        let listed = listed.iter().find(|listed| listed.row == row);
        listed.map(|listed| name_of(listed, replica, language)).unwrap_or_default()
    });
    view! {
        <li class="row-item refused-day">
            <p translate="no">{name}</p>
            {progress(row)}
        </li>
    }
    .into_any()
}
