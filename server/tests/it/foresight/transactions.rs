//! Random commands on facts, transfers and splits.

use super::Walk;
use app::{
    command::Command,
    domain::{Fact, FactForm, FactId, GroupForm, GroupId, GroupKind, PartForm, SplitForm, TransferForm},
    replica::apply::Book,
};

impl Walk {
    /// A difference to a statement, computed from the balance that the page shows, or from another one.
    fn difference(&mut self, book: &Book) -> FactForm {
        let form = self.fact_form(None);
        let center = form.financial_center_id.as_deref();
        let row = book.shown.financial_centers.iter().find(|row| Some(&*row.center.id.to_string()) == center);
        let balance = row.filter(|_| self.rng.u8(0..3) > 0).map(|row| row.balance.to_string());
        FactForm { balance: Some(balance.unwrap_or_else(|| "-3.21".to_owned())), ..form }
    }

    fn fact_form(&mut self, id: Option<String>) -> FactForm {
        let (amount, article, center) = (self.amount(), self.article(), self.center());
        FactForm {
            id,
            amount: self.maybe(amount),
            article_id: self.maybe(article),
            financial_center_id: self.maybe(center),
            date: self.date(),
            comment: self.comment(),
            balance: None,
        }
    }

    fn group_form(&mut self, kind: GroupKind, id: Option<String>, parts: &[FactId]) -> GroupForm {
        let amount = self.amount();
        match kind {
            GroupKind::Transfer => {
                let arrives = self.amount();
                GroupForm::Transfer(TransferForm {
                    id,
                    from_financial_center_id: Some(self.center()),
                    to_financial_center_id: Some(self.center()),
                    amount: Some(amount),
                    to_amount: (self.rng.bool()).then_some(arrives),
                    date: self.date(),
                    comment: self.comment(),
                })
            }
            GroupKind::Split => {
                let count = if self.rng.u8(0..12) == 0 { 1 } else { self.rng.usize(2..=3) };
                let parts = (0..count)
                    .map(|at| PartForm {
                        id: parts.get(at).map(FactId::to_string).filter(|_| self.rng.bool()),
                        article_id: Some(self.article()),
                        amount: Some(self.amount()),
                        comment: self.comment(),
                    })
                    .collect();
                GroupForm::Split(SplitForm {
                    id,
                    financial_center_id: Some(self.center()),
                    amount: (self.rng.u8(0..4) == 0).then_some(amount),
                    date: self.date(),
                    comment: self.comment(),
                    parts,
                })
            }
        }
    }

    /// A random command on facts, transfers or splits, and its base version.
    pub(super) fn transaction(&mut self, book: &Book) -> (Command, Option<i64>) {
        let known = self.rng.choice(&self.facts).copied().unwrap_or_else(FactId::new);
        let fact = if self.rng.u8(0..8) == 0 { FactId::new() } else { known };
        let whole = self.rng.choice(&self.groups).copied();
        let (kind, group) = whole.unwrap_or((GroupKind::Split, GroupId::new()));
        let of_group = |row: &&Fact| row.group.is_some_and(|other| other.id == group);
        let parts: Vec<FactId> = book.facts.all().filter(of_group).map(|row| row.id).collect();
        let version = |id: FactId| book.facts.all().find(|row| row.id == id).map(|row| row.version);
        let (command, seen) = match self.rng.u8(0..13) {
            12 => (Command::RecordFact(self.difference(book)), None),
            0..=2 => (Command::RecordFact(self.fact_form(None)), None),
            3 => (Command::RecordFact(self.fact_form(Some(fact.to_string()))), None),
            4 => (Command::ReviseFact { id: fact, form: self.fact_form(None) }, version(fact)),
            5 => (Command::DeleteFact { id: fact }, version(fact)),
            6 => (Command::RestoreFact { id: fact }, None),
            7 | 8 => {
                let kind = if self.rng.bool() { GroupKind::Split } else { GroupKind::Transfer };
                (Command::RecordGroup(self.group_form(kind, None, &[])), None)
            }
            9 => {
                let form = self.group_form(kind, None, &parts);
                (Command::ReviseGroup { id: group, form }, parts.first().and_then(|id| version(*id)))
            }
            10 => (Command::DeleteGroup { kind, id: group }, parts.first().and_then(|id| version(*id))),
            _ => (Command::RestoreGroup { kind, id: group }, None),
        };
        (command, self.base(seen))
    }
}

/// Whether a page may answer `Unknown`: for a row that it has not loaded.
pub(super) fn may_be_unknown(book: &Book, command: &Command) -> bool {
    let has = |id: FactId| book.facts.all().any(|row| row.id == id);
    let has_group = |id: GroupId| book.facts.all().any(|row| row.group.is_some_and(|group| group.id == id));
    match command {
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } | Command::RestoreFact { id } => {
            !has(*id)
        }
        Command::ReviseGroup { id, .. }
        | Command::DeleteGroup { id, .. }
        | Command::RestoreGroup { id, .. } => !has_group(*id),
        _ => false,
    }
}
