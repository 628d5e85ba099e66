//! The inputs of a transaction and their values.

use crate::{domain::FactForm, ui::choice::Choice, widgets::article_choice::ArticleChoice};
use leptos::{html, prelude::*};

/// The inputs of a transaction.
#[derive(Clone, Copy)]
pub(in crate::widgets) struct FactInputs {
    pub amount: NodeRef<html::Input>,
    pub article: ArticleChoice,
    pub center: Choice,
    pub date: NodeRef<html::Input>,
    pub comment: NodeRef<html::Input>,
}

impl FactInputs {
    pub fn new(article: ArticleChoice, center: Choice) -> Self {
        Self { amount: NodeRef::new(), article, center, date: NodeRef::new(), comment: NodeRef::new() }
    }

    /// The current values; empty after the form is gone.
    pub fn typed(self) -> FactForm {
        let text = |node: NodeRef<html::Input>| node.try_get_untracked().flatten().map(|input| input.value());
        FactForm {
            id: None,
            amount: text(self.amount),
            article_id: self.article.try_get_untracked(),
            financial_center_id: self.center.try_get_untracked(),
            date: text(self.date),
            comment: text(self.comment),
            balance: None,
        }
    }
}
