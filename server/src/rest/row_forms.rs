//! Reads the bodies of single rows: facts, articles, financial centers, people, the household.

use super::body::Fields;
use app::{
    domain::{ArticleForm, FactForm, FinancialCenterForm, Reason, Refusals},
    error::AppError,
    service::{HouseholdForm, MeForm, MemberForm, RegisterForm},
};

impl Fields {
    /// The fields of a fact, for creating or changing one.
    pub fn fact(mut self) -> Result<FactForm, AppError> {
        self.ignore(&[
            "group",
            "version",
            "created_seq",
            "created_by",
            "updated_by",
            "created_at",
            "updated_at",
        ]);
        let form = FactForm {
            id: self.text("id"),
            amount: self.number("amount"),
            article_id: self.text("article_id"),
            financial_center_id: self.text("financial_center_id"),
            date: self.text("date"),
            comment: self.text("comment"),
            balance: None,
        };
        self.finish(form)
    }

    /// The fields of a fact that replaces the whole row.
    pub fn whole_fact(self) -> Result<FactForm, AppError> {
        let form = self.fact()?;
        let mut refusals = Refusals::default();
        for (name, value) in [
            ("amount", &form.amount),
            ("article_id", &form.article_id),
            ("financial_center_id", &form.financial_center_id),
            ("date", &form.date),
        ] {
            if value.is_none() {
                refusals.add(name, Reason::Required);
            }
        }
        refusals.finish()?;
        Ok(FactForm { comment: form.comment.or_else(|| Some(String::new())), ..form })
    }

    /// The fields of an article, for creating or changing one.
    pub fn article(mut self) -> Result<ArticleForm, AppError> {
        self.ignore(&["version", "updated_by"]);
        let form = ArticleForm {
            id: self.text("id"),
            name: self.text("name"),
            kind: self.text("kind"),
            parent_id: self.text("parent_id"),
            archived: self.other("archived"),
            icon: self.text("icon"),
            colour: self.other("colour"),
        };
        self.finish(form)
    }

    /// The fields of an article that replaces the whole row.
    pub fn whole_article(self) -> Result<ArticleForm, AppError> {
        let form = self.article()?;
        Ok(ArticleForm {
            name: form.name.or_else(|| Some(String::new())),
            kind: form.kind.or_else(|| Some(String::new())),
            parent_id: form.parent_id.or_else(|| Some(String::new())),
            archived: form.archived.or(Some(false)),
            icon: form.icon.or_else(|| Some(String::new())),
            colour: form.colour.or(Some(0)),
            ..form
        })
    }

    /// The fields of a center, for creating or changing one.
    pub fn financial_center(mut self) -> Result<FinancialCenterForm, AppError> {
        self.ignore(&["version", "updated_by", "balance"]);
        let form = FinancialCenterForm {
            id: self.text("id"),
            name: self.text("name"),
            currency: self.text("currency"),
            opening_balance: self.number("opening_balance"),
            archived: self.other("archived"),
            position: self.other("position"),
        };
        self.finish(form)
    }

    /// The fields of a center that replaces the whole row.
    pub fn whole_financial_center(self) -> Result<FinancialCenterForm, AppError> {
        let form = self.financial_center()?;
        Ok(FinancialCenterForm {
            name: form.name.or_else(|| Some(String::new())),
            currency: form.currency.or_else(|| Some(String::new())),
            opening_balance: form.opening_balance.or_else(|| Some(String::new())),
            archived: form.archived.or(Some(false)),
            ..form
        })
    }

    /// The fields of a registration.
    pub fn registration(mut self) -> Result<RegisterForm, AppError> {
        let form = RegisterForm {
            name: self.text("name"),
            email: self.text("email"),
            password: self.text("password"),
            household: self.text("household"),
            invite: self.text("invite"),
            currency: self.text("currency"),
            time_zone: self.text("time_zone"),
            language: self.text("language"),
            opening_balance: self.number("opening_balance"),
        };
        self.finish(form)
    }

    /// The changes of one's own account and member.
    pub fn me(mut self) -> Result<MeForm, AppError> {
        self.ignore(&["id", "role", "version"]);
        let form = MeForm {
            name: self.text("name"),
            colour: self.other("colour"),
            language: self.text("language"),
            household_id: self.text("household_id"),
        };
        self.finish(form)
    }

    /// The changes of a member.
    pub fn member(mut self) -> Result<MemberForm, AppError> {
        self.ignore(&["id", "role", "version"]);
        let form = MemberForm { name: self.text("name"), colour: self.other("colour") };
        self.finish(form)
    }

    /// The changes of the household.
    pub fn household(mut self) -> Result<HouseholdForm, AppError> {
        self.ignore(&["id", "version", "erase_on"]);
        let form = HouseholdForm {
            name: self.text("name"),
            currency: self.text("currency"),
            time_zone: self.text("time_zone"),
        };
        self.finish(form)
    }
}
