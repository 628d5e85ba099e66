//! The fields of a form as texts, to compare forms: what was changed, and whether two changes conflict.

use super::{
    Article, ArticleForm, Currency, Fact, FactForm, FinancialCenter, FinancialCenterForm, Money, Recurring,
    RecurringForm,
};

/// The name of a field and its text; `None` if the form does not give it.
pub type NamedText = (&'static str, Option<String>);

/// A form whose fields can be compared.
pub trait Comparable: Sized {
    /// Every field that a revision can change, always in the same order.
    fn fields(&self) -> Vec<NamedText>;
    /// Only the fields that differ from those of another form. Amounts are compared as money of this currency.
    #[must_use]
    fn changed_from(self, other: &Self, currency: Option<Currency>) -> Self;
    /// The form without the fields of these names.
    #[must_use]
    fn without(self, names: &[&str]) -> Self;
}

macro_rules! fields {
    ($($form:ident { $($field:ident),+ })+) => { $(
        impl Comparable for $form {
            fn fields(&self) -> Vec<NamedText> {
                vec![$((stringify!($field), self.$field.as_ref().map(ToString::to_string)),)+]
            }

            fn changed_from(self, other: &Self, currency: Option<Currency>) -> Self {
                let text = |name, value: String| plain(name, &value, currency);
                Self {
                    $($field: self.$field.filter(|now| {
                        let old = other.$field.as_ref().map(|old| text(stringify!($field), old.to_string()));
                        Some(text(stringify!($field), now.to_string())) != old
                    }),)+
                    ..Self::default()
                }
            }

            fn without(self, names: &[&str]) -> Self {
                Self {
                    $($field: self.$field.filter(|_| !names.contains(&stringify!($field))),)+
                    ..self
                }
            }
        }
    )+ };
}

fields! {
    FactForm { amount, article_id, financial_center_id, date, comment }
    ArticleForm { name, kind, parent_id, archived, icon, colour }
    FinancialCenterForm { name, currency, opening_balance, archived, position }
    RecurringForm {
        amount, article_id, financial_center_id, comment, starts_on, every, unit, from_month_end, ends_on, times,
        automatic
    }
}

/// The fields in which two forms differ: name, theirs, mine. Only those that mine gives.
#[must_use]
pub fn differences<F: Comparable>(
    mine: &F,
    theirs: &F,
    currency: Option<Currency>,
) -> Vec<(&'static str, String, String)> {
    let pairs = mine.fields().into_iter().zip(theirs.fields());
    let given =
        pairs.filter_map(|((name, mine), (_, theirs))| Some((name, theirs.unwrap_or_default(), mine?)));
    given
        .filter(|(name, theirs, mine)| plain(name, mine, currency) != plain(name, theirs, currency))
        .collect()
}

/// The names of the fields that were changed here and to which another member gave a different value. If both
/// wrote the same, there is no conflict.
#[must_use]
pub fn contested<F: Comparable>(
    mine: &F,
    base: &F,
    theirs: &F,
    currency: Option<Currency>,
) -> Vec<&'static str> {
    let base = base.fields();
    let both = differences(mine, theirs, currency).into_iter().filter(|(name, theirs, _)| {
        let before = base.iter().find(|(other, _)| other == name).and_then(|(_, text)| text.clone());
        plain(name, &before.unwrap_or_default(), currency) != plain(name, theirs, currency)
    });
    both.map(|(name, ..)| name).collect()
}

/// A text as it is compared: there are several notations of an amount.
fn plain(field: &str, text: &str, currency: Option<Currency>) -> String {
    let is_money = matches!(field, "amount" | "opening_balance");
    let money = currency.filter(|_| is_money).and_then(|currency| Money::parse(text, currency).ok());
    money.map_or_else(|| text.to_owned(), |money| money.to_string())
}

impl From<&Fact> for FactForm {
    /// The values of a fact.
    fn from(row: &Fact) -> Self {
        Self {
            id: None,
            amount: Some(row.amount.to_string()),
            article_id: Some(row.article_id.to_string()),
            financial_center_id: Some(row.financial_center_id.to_string()),
            date: Some(row.date.to_string()),
            comment: Some(row.comment.to_string()),
            balance: None,
        }
    }
}

impl From<&Article> for ArticleForm {
    /// The values of an article.
    fn from(row: &Article) -> Self {
        Self {
            id: None,
            name: Some(row.name.to_string()),
            kind: Some(row.kind.as_str().to_owned()),
            parent_id: Some(row.parent_id.map(|id| id.to_string()).unwrap_or_default()),
            archived: Some(row.archived),
            icon: Some(row.icon.clone()),
            colour: Some(row.colour),
        }
    }
}

impl From<&FinancialCenter> for FinancialCenterForm {
    /// The values of a financial center.
    fn from(row: &FinancialCenter) -> Self {
        Self {
            id: None,
            name: Some(row.name.to_string()),
            currency: Some(row.currency.code().to_owned()),
            opening_balance: Some(row.opening_balance.to_string()),
            archived: Some(row.archived),
            position: Some(row.position),
        }
    }
}

impl From<&Recurring> for RecurringForm {
    /// The values of a recurring entry.
    fn from(row: &Recurring) -> Self {
        Self { times: Some(row.times.unwrap_or(0)), ..Self::default() }.over(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note and a day that take one of three values each.
    fn form(note: usize, day: usize) -> FactForm {
        let text = |prefix: &str, n: usize| Some(format!("{prefix}{n}"));
        FactForm { comment: text("note ", note), date: text("2026-01-0", day), ..FactForm::default() }
    }

    #[test]
    fn a_field_is_contested_if_both_changed_it_to_different_values() {
        let values = || (0..9).map(|n| (n / 3, n % 3));
        for ((mine, base), theirs) in values()
            .flat_map(|mine| values().map(move |base| (mine, base)))
            .flat_map(|pair| values().map(move |theirs| (pair, theirs)))
        {
            let both = |mine, base, theirs| mine != base && theirs != base && mine != theirs;
            let note = both(mine.0, base.0, theirs.0).then_some("comment");
            let day = both(mine.1, base.1, theirs.1).then_some("date");
            let [mine, base, theirs] = [mine, base, theirs].map(|(note, day)| form(note, day));
            let mine = mine.changed_from(&base, None);
            let found = contested(&mine, &base, &theirs, None);
            assert_eq!(
                found,
                [day, note].into_iter().flatten().collect::<Vec<_>>(),
                "{mine:?} {base:?} {theirs:?}"
            );
            let rest = mine.clone().without(&found);
            assert!(contested(&rest, &base, &theirs, None).is_empty());
            assert_eq!(rest.comment, mine.comment.filter(|_| note.is_none()));
            assert_eq!(rest.date, mine.date.filter(|_| day.is_none()));
        }
    }
}
