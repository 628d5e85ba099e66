//! Reads bodies that consist of several parts: plans, recurring entries, transfers, splits.

use super::body::Fields;
use app::{
    domain::{
        Day, GroupForm, OccurrenceForm, PartForm, PlanForm, RecurringForm, SplitForm, TransferForm,
        day::NoSuchDate, fact_group::MOST_PARTS, plan::MOST_CELLS,
    },
    error::AppError,
};

impl Fields {
    /// A plan whose article and month are in the path.
    pub fn plan(mut self, article_id: String, month: String) -> Result<PlanForm, AppError> {
        self.ignore(&["article_id", "month", "version", "updated_by", "updated_at"]);
        let amount = self.number("amount");
        self.finish(PlanForm { article_id: Some(article_id), month: Some(month), amount, version: None })
    }

    /// Several plans, `{items: [{article_id, month, amount, version?}]}`.
    pub fn plans(mut self) -> Result<Vec<PlanForm>, AppError> {
        let forms = self.each("items", MOST_CELLS, |fields| PlanForm {
            article_id: fields.text("article_id"),
            month: fields.text("month"),
            amount: fields.number("amount"),
            version: fields.other("version"),
        });
        self.finish(forms)
    }

    /// The fields of a recurring entry, for creating or changing one.
    pub fn recurring(mut self) -> Result<RecurringForm, AppError> {
        self.ignore(&["open_from", "settled", "reopened", "by_hand", "version"]);
        self.ignore(&["created_by", "updated_by", "created_at", "updated_at"]);
        let form = RecurringForm {
            id: self.text("id"),
            target: self.text("target"),
            amount: self.number("amount"),
            article_id: self.text("article_id"),
            financial_center_id: self.text("financial_center_id"),
            comment: self.text("comment"),
            starts_on: self.text("starts_on"),
            every: self.other("every"),
            unit: self.text("unit"),
            from_month_end: self.other("from_month_end"),
            ends_on: self.text("ends_on"),
            times: self.nullable("times"),
            automatic: self.other("automatic"),
        };
        self.finish(form)
    }

    /// The fields of a recurring entry that replaces the whole row.
    pub fn whole_recurring(self) -> Result<RecurringForm, AppError> {
        let form = self.recurring()?;
        Ok(RecurringForm {
            target: form.target.or_else(|| Some(String::new())),
            amount: form.amount.or_else(|| Some(String::new())),
            article_id: form.article_id.or_else(|| Some(String::new())),
            financial_center_id: form.financial_center_id.or_else(|| Some(String::new())),
            comment: form.comment.or_else(|| Some(String::new())),
            starts_on: form.starts_on.or_else(|| Some(String::new())),
            every: form.every.or(Some(1)),
            unit: form.unit.or_else(|| Some(String::new())),
            from_month_end: form.from_month_end.or(Some(false)),
            ends_on: form.ends_on.or_else(|| Some(String::new())),
            times: form.times.or(Some(0)),
            automatic: form.automatic.or(Some(false)),
            ..form
        })
    }

    /// The fields with which an occurrence is confirmed.
    pub fn occurrence(mut self) -> Result<OccurrenceForm, AppError> {
        let form = OccurrenceForm {
            day: self.text("day"),
            fact_id: self.text("fact_id"),
            amount: self.number("amount"),
            date: self.text("date"),
        };
        self.finish(form)
    }

    /// A day.
    pub fn day(self) -> Result<Day, AppError> {
        let text = self.one("day")?;
        text.parse().map_err(|error: NoSuchDate| AppError::field("day", error))
    }

    /// The fields of a transfer, for creating or replacing one.
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

    /// The fields of a split, for creating or replacing one.
    pub fn split(mut self) -> Result<GroupForm, AppError> {
        let form = SplitForm {
            id: self.text("id"),
            financial_center_id: self.text("financial_center_id"),
            amount: self.number("amount"),
            date: self.text("date"),
            comment: self.text("comment"),
            parts: self.each("parts", MOST_PARTS, |fields| PartForm {
                id: fields.text("id"),
                article_id: fields.text("article_id"),
                amount: fields.number("amount"),
                comment: fields.text("comment"),
            }),
        };
        self.finish(GroupForm::Split(form))
    }
}
