//! The inputs of the dialog, their initial and their current values.

use super::{parts::PartList, sending::form_of_parts};
use crate::{
    domain::{FactForm, GroupForm, GroupId, GroupKind, Language, PartForm, SplitForm, TransferForm},
    outbox::Outbox,
    replica::Replica,
    state::groups::DialogTarget,
    ui::choice::Choice,
    widgets::center_choice::center_choice,
};
use leptos::{html, prelude::*};

/// The initial values of the form. After a refused change, they are what was typed: the row shows the book.
pub(super) fn initial(
    target: &DialogTarget,
    kept: Option<GroupForm>,
    outbox: &Outbox,
    language: Language,
) -> GroupForm {
    match target {
        DialogTarget::Row(row) => {
            let wanted = outbox.refused_change(row.id).map(|_| outbox.wanted(row.id)).unwrap_or_default();
            let form =
                form_of_parts(&wanted).or_else(|| row.parts.with_untracked(|parts| form_of_parts(parts)));
            as_typed(form.unwrap_or_else(|| GroupForm::Split(SplitForm::default())), language)
        }
        DialogTarget::New(kind, typed) => {
            if let Some(kept) = kept.filter(|kept| kept.kind() == *kind) {
                return kept;
            }
            let FactForm { amount, article_id, financial_center_id, date, comment, .. } = typed.clone();
            match kind {
                GroupKind::Transfer => GroupForm::Transfer(TransferForm {
                    from_financial_center_id: financial_center_id,
                    amount,
                    date,
                    comment,
                    ..TransferForm::default()
                }),
                GroupKind::Split => {
                    let first = PartForm { article_id, ..PartForm::default() };
                    GroupForm::Split(SplitForm {
                        financial_center_id,
                        amount,
                        date,
                        comment,
                        parts: vec![first, PartForm::default()],
                        ..SplitForm::default()
                    })
                }
            }
        }
    }
}

/// The amounts of a row as they are typed in a language. Unsaved text stays unchanged.
pub(super) fn as_typed(form: GroupForm, language: Language) -> GroupForm {
    let spell = |text: Option<String>| match language {
        Language::En => text,
        Language::Ru => text.map(|text| text.replace('.', ",")),
    };
    match form {
        GroupForm::Transfer(form) => GroupForm::Transfer(TransferForm {
            amount: spell(form.amount),
            to_amount: spell(form.to_amount),
            ..form
        }),
        GroupForm::Split(form) => GroupForm::Split(SplitForm {
            amount: spell(form.amount),
            parts: form
                .parts
                .into_iter()
                .map(|part| PartForm { amount: spell(part.amount), ..part })
                .collect(),
            ..form
        }),
    }
}

/// The inputs of both kinds, and those of a transfer.
#[derive(Clone, Copy)]
pub(super) struct GroupInputs {
    pub center: Choice,
    pub to: Choice,
    pub amount: NodeRef<html::Input>,
    pub to_amount: NodeRef<html::Input>,
    pub date: NodeRef<html::Input>,
    pub comment: NodeRef<html::Input>,
    pub parts: PartList,
}

impl GroupInputs {
    /// The inputs of a form with these initial values.
    pub fn new(first: &GroupForm, replica: &Replica) -> Self {
        let (from, to) = match first {
            GroupForm::Transfer(form) => {
                (form.from_financial_center_id.clone(), form.to_financial_center_id.clone())
            }
            GroupForm::Split(form) => (form.financial_center_id.clone(), None),
        };
        Self {
            center: center_choice(from, replica),
            to: center_choice(to, replica),
            amount: NodeRef::new(),
            to_amount: NodeRef::new(),
            date: NodeRef::new(),
            comment: NodeRef::new(),
            parts: PartList::new(first, replica),
        }
    }

    /// The current values.
    pub fn typed(self, kind: GroupKind) -> GroupForm {
        let text = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value());
        let (amount, date, comment) = (text(self.amount), text(self.date), text(self.comment));
        match kind {
            GroupKind::Transfer => GroupForm::Transfer(TransferForm {
                id: None,
                from_financial_center_id: self.center.try_get_untracked(),
                to_financial_center_id: self.to.try_get_untracked(),
                amount,
                to_amount: text(self.to_amount),
                date,
                comment,
            }),
            GroupKind::Split => GroupForm::Split(SplitForm {
                id: None,
                financial_center_id: self.center.try_get_untracked(),
                amount,
                date,
                comment,
                parts: self.parts.typed(),
            }),
        }
    }
}

pub(super) fn with_id(form: GroupForm, new: GroupId) -> GroupForm {
    let id = Some(new.to_string());
    match form {
        GroupForm::Transfer(form) => GroupForm::Transfer(TransferForm { id, ..form }),
        GroupForm::Split(form) => GroupForm::Split(SplitForm { id, ..form }),
    }
}
