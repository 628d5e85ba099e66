//! What is typed of a transaction.

use crate::{components::choice::Choice, domain::FactForm};
use leptos::{html, prelude::*};

/// The inputs of a transaction.
#[derive(Clone, Copy)]
pub(in crate::components) struct Inputs {
    pub amount: NodeRef<html::Input>,
    pub article: Choice,
    pub center: Choice,
    pub date: NodeRef<html::Input>,
    pub comment: NodeRef<html::Input>,
}

impl Inputs {
    pub fn new(article: Choice, center: Choice) -> Self {
        Self { amount: NodeRef::new(), article, center, date: NodeRef::new(), comment: NodeRef::new() }
    }

    /// What stands in them; nothing once the form is gone.
    pub fn typed(self) -> FactForm {
        let text = |node: NodeRef<html::Input>| node.try_get_untracked().flatten().map(|input| input.value());
        FactForm {
            id: None,
            amount: text(self.amount),
            article_id: self.article.try_get_untracked(),
            financial_center_id: self.center.try_get_untracked(),
            date: text(self.date),
            comment: text(self.comment),
        }
    }
}
