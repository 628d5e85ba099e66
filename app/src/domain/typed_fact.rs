//! A transaction as a person types it: its amount may be a computation, and takes its direction from the article
//! where no sign is typed. A program sends amounts that say both.

use super::{
    Article, Currency, FactForm, FieldError, FinancialCenter, Language, Money, NewFact, Reason, Refusals,
    arithmetic::plainly, money::MoneyError,
};

/// The rows that a typed transaction names, and what stands in for those that it lacks.
#[derive(Clone, Copy, Debug)]
pub struct RowsOfForm<'a> {
    /// The article, if the household has it.
    pub article: Option<&'a Article>,
    /// The financial center, if the household has it.
    pub center: Option<&'a FinancialCenter>,
    /// The currency of the household, in which an amount without a center is read.
    pub home: Currency,
}

impl FactForm {
    /// Validates a new transaction as it was typed, and evaluates its amount.
    ///
    /// An archived row is named only beside other refusals: alone it is refused by the command, which recognizes the
    /// repeat of a request that was carried out before the row was archived.
    ///
    /// # Errors
    /// Every refused field, so that a person corrects all of them at once.
    pub fn evaluated(
        &self,
        rows: RowsOfForm<'_>,
        language: Language,
    ) -> Result<(NewFact, Money), Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let amount = self.amount_in(rows, language);
        let amount = amount.and_then(|amount| refusals.take("amount", amount));
        let form = self.new_fact();
        let malformed = form.as_ref().err().map_or(&[][..], Vec::as_slice);
        for error in malformed {
            refusals.add(&error.field, error.reason);
        }
        let mut archived = Vec::new();
        for (field, row) in [
            ("article_id", rows.article.map(|row| row.archived)),
            ("financial_center_id", rows.center.map(|row| row.archived)),
        ] {
            match row {
                None if malformed.iter().all(|error| error.field != field) => {
                    refusals.add(field, Reason::NotFound);
                }
                Some(true) => archived.push(field),
                None | Some(false) => {}
            }
        }
        if refusals.is_empty() {
            return refusals.and(form.ok().zip(amount));
        }
        for field in archived {
            refusals.add(field, Reason::Archived);
        }
        refusals.and(None)
    }

    /// The amount; `None` if nothing was typed. Without a center, whatever depends on its currency is not refused.
    fn amount_in(&self, rows: RowsOfForm<'_>, language: Language) -> Option<Result<Money, MoneyError>> {
        let text = self.amount.as_ref().filter(|text| !text.trim().is_empty())?;
        let currency = rows.center.map_or(rows.home, |center| center.currency);
        let kind = rows.article.map(|article| article.kind);
        let amount =
            plainly(text, kind, currency, language).and_then(|plain| Money::parse_entry(&plain, currency));
        match amount {
            Err(error) if rows.center.is_none() && error.depends_on_currency() => None,
            amount => Some(amount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleId, FinancialCenterId, Kind};
    use proptest::prelude::*;

    fn article(archived: bool) -> Article {
        Article {
            id: ArticleId::new(),
            name: "Groceries".parse().expect("a name"),
            kind: Kind::Expense,
            parent_id: None,
            archived,
            icon: String::new(),
            colour: 0,
            version: 1,
            updated_by: None,
        }
    }

    fn center(archived: bool) -> FinancialCenter {
        FinancialCenter {
            id: FinancialCenterId::new(),
            name: "Card".parse().expect("a name"),
            currency: Currency::EUR,
            opening_balance: Money::zero(Currency::EUR),
            archived,
            position: 0,
            version: 1,
            updated_by: None,
        }
    }

    /// A text for a field, and the code with which it is refused.
    type Input = (Option<&'static str>, Option<&'static str>);

    const AMOUNTS: [Input; 6] = [
        (Some("12.50*2"), None),
        (None, Some("required")),
        (Some(" "), Some("required")),
        (Some("much"), Some("not_a_number")),
        (Some("0"), Some("zero")),
        (Some("5 - 8"), Some("below_zero")),
    ];
    const DATES: [Input; 3] =
        [(None, None), (Some("2026-05-01"), None), (Some("yesterday"), Some("not_a_date"))];
    const NOTES: [Input; 2] = [(Some("rye bread"), None), (Some("two\nlines"), Some("control_character"))];

    /// What an id names, as it is typed, and the code with which it is refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum IdOf {
        Row,
        Archived,
        Deleted,
        Nonsense,
        Nothing,
    }

    impl IdOf {
        const ALL: [Self; 5] = [Self::Row, Self::Archived, Self::Deleted, Self::Nonsense, Self::Nothing];

        const fn code(self) -> Option<&'static str> {
            match self {
                Self::Row => None,
                Self::Archived => Some("archived"),
                Self::Deleted => Some("not_found"),
                Self::Nonsense => Some("not_an_id"),
                Self::Nothing => Some("required"),
            }
        }

        fn typed(self, id: &str) -> Option<String> {
            match self {
                Self::Row | Self::Archived | Self::Deleted => Some(id.to_owned()),
                Self::Nonsense => Some("nonsense".to_owned()),
                Self::Nothing => None,
            }
        }

        fn found<T>(self, row: &T) -> Option<&T> {
            matches!(self, Self::Row | Self::Archived).then_some(row)
        }
    }

    proptest! {
        #[test]
        fn whatever_is_wrong_with_a_typed_transaction_is_refused_at_once(
            amount in prop::sample::select(AMOUNTS.to_vec()),
            date in prop::sample::select(DATES.to_vec()),
            note in prop::sample::select(NOTES.to_vec()),
            of_article in prop::sample::select(IdOf::ALL.to_vec()),
            of_center in prop::sample::select(IdOf::ALL.to_vec()),
        ) {
            let (article, center) = (article(of_article == IdOf::Archived), center(of_center == IdOf::Archived));
            let form = FactForm {
                id: None,
                amount: amount.0.map(str::to_owned),
                article_id: of_article.typed(&article.id.to_string()),
                financial_center_id: of_center.typed(&center.id.to_string()),
                date: date.0.map(str::to_owned),
                comment: note.0.map(str::to_owned),
                balance: None,
            };
            let rows =
                RowsOfForm { article: of_article.found(&article), center: of_center.found(&center), home: Currency::EUR };
            // Without the kind of its article no amount is below zero.
            let of_amount = amount.1.filter(|code| *code != "below_zero" || rows.article.is_some());
            let mut expected: Vec<_> = [
                ("amount", of_amount),
                ("article_id", of_article.code()),
                ("financial_center_id", of_center.code()),
                ("date", date.1),
                ("comment", note.1),
            ]
            .into_iter()
            .filter_map(|(field, code)| Some((field.to_owned(), code?)))
            .collect();
            if expected.iter().all(|(_, code)| *code == "archived") {
                expected.clear();
            }
            expected.sort_unstable();
            match form.evaluated(rows, Language::En) {
                Ok((_, money)) => prop_assert_eq!((expected, money.to_string()), (Vec::new(), "-25.00".to_owned())),
                Err(errors) => {
                    let mut refused: Vec<_> =
                        errors.iter().map(|error| (error.field.clone(), error.reason.code())).collect();
                    refused.sort_unstable();
                    prop_assert_eq!(refused, expected);
                }
            }
        }
    }

    #[test]
    fn without_an_account_an_amount_is_refused_only_for_what_holds_in_any_currency() {
        let article = article(false);
        for (text, code) in
            [("12.505", None), ("$ 5", None), ("pears", Some("not_a_number")), ("0", Some("zero"))]
        {
            let form = FactForm { amount: Some(text.to_owned()), ..FactForm::default() };
            let rows = RowsOfForm { article: Some(&article), center: None, home: Currency::EUR };
            let errors = form.evaluated(rows, Language::En).expect_err("no account");
            let refused =
                errors.iter().find(|error| error.field == "amount").map(|error| error.reason.code());
            assert_eq!(refused, code, "{text}");
        }
    }
}
