//! Reading what consists of several: plans, transfers, splits.

use super::body::Fields;
use app::{
    domain::{GroupForm, PartForm, PlanForm, SplitForm, TransferForm},
    error::AppError,
};

impl Fields {
    /// A plan whose article and month stand in the address.
    pub fn plan(mut self, article_id: String, month: String) -> Result<PlanForm, AppError> {
        self.ignore(&["article_id", "month", "version", "updated_by", "updated_at"]);
        let amount = self.number("amount");
        self.finish(PlanForm { article_id: Some(article_id), month: Some(month), amount, version: None })
    }

    /// Several plans, `{items: [{article_id, month, amount, version?}]}`.
    pub fn plans(mut self) -> Result<Vec<PlanForm>, AppError> {
        let forms = self.each("items", |fields| PlanForm {
            article_id: fields.text("article_id"),
            month: fields.text("month"),
            amount: fields.number("amount"),
            version: fields.other("version"),
        });
        self.finish(forms)
    }

    /// A transfer, new or in the place of another.
    pub fn transfer(mut self) -> Result<GroupForm, AppError> {
        let form = TransferForm {
            id: self.text("id"),
            from_financial_center_id: self.text("from_financial_center_id"),
            to_financial_center_id: self.text("to_financial_center_id"),
            amount: self.number("amount"),
            to_amount: self.number("to_amount"),
            date: self.text("date"),
            comment: self.text("comment"),
        };
        self.finish(GroupForm::Transfer(form))
    }

    /// A split, new or in the place of another.
    pub fn split(mut self) -> Result<GroupForm, AppError> {
        let form = SplitForm {
            id: self.text("id"),
            financial_center_id: self.text("financial_center_id"),
            amount: self.number("amount"),
            date: self.text("date"),
            comment: self.text("comment"),
            parts: self.each("parts", |fields| PartForm {
                id: fields.text("id"),
                article_id: fields.text("article_id"),
                amount: fields.number("amount"),
                comment: fields.text("comment"),
            }),
        };
        self.finish(GroupForm::Split(form))
    }
}
