//! The order of the accounts, which the list and the forms share.

use super::revising::Changing;
use crate::{
    domain::{
        Balance, FinancialCenter, FinancialCenterForm, FinancialCenterId, financial_center::POSITION_STEP,
    },
    state::open_form::OpenForm,
};
use leptos::{ev::KeyboardEvent, prelude::*};
use std::sync::Arc;

/// State that the rows of the list share.
#[derive(Clone, Copy)]
pub(super) struct CenterOrder {
    pub rows: Memo<Arc<Vec<Balance>>>,
    pub forms: OpenForm<FinancialCenter, FinancialCenterForm>,
    pub moves: Changing,
}

impl CenterOrder {
    pub fn find(self, id: FinancialCenterId) -> Option<Balance> {
        self.rows.with(|rows| rows.iter().find(|row| row.center.id == id).cloned())
    }

    /// Moves a row beyond its neighbour.
    pub fn shift(self, id: FinancialCenterId, up: bool) {
        let rows = self.rows.get_untracked();
        let mut rows: Vec<_> =
            rows.iter().filter(|row| !row.center.archived).map(|row| &row.center).collect();
        if up {
            rows.reverse();
        }
        let Some(at) = rows.iter().position(|row| row.id == id) else { return };
        let Some(next) = rows.get(at + 1) else { return };
        let far = if up { next.position - POSITION_STEP } else { next.position + POSITION_STEP };
        let beyond = rows.get(at + 2).map_or(far, |row| row.position);
        // If there is no number between the two, the row gets the neighbour's position, and the names decide.
        let position = next.position + (beyond - next.position) / 2;
        let form = FinancialCenterForm { position: Some(position), ..FinancialCenterForm::default() };
        if let Some(row) = rows.get(at) {
            self.moves.send(*row, form);
        }
    }

    pub fn key(self, id: FinancialCenterId, event: &KeyboardEvent) {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if event.alt_key() {
            event.prevent_default();
            self.shift(id, up);
        }
    }
}
