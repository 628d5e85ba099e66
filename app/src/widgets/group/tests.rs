//! The law of the split form: the values that it shows are accepted unchanged, and the parts never exceed the
//! whole.

use super::{
    inputs::as_typed,
    sending::{form_of_parts, provisional_parts, worked_out},
};
use crate::{
    domain::{
        ArticleId, Currency, Fact, FactId, FieldError, FinancialCenterId, Group, GroupForm, GroupId,
        GroupKind, Language, Money, PartForm, Reason, SplitForm,
    },
    replica::{Replica, tests::oracle::snapshot},
    widgets::quick_add::unwritten,
};
use leptos::prelude::GetUntracked;
use proptest::prelude::*;
use uuid::Uuid;

const ARTICLE: [u128; 2] = [1, 2];

fn book() -> Replica {
    Replica::new(snapshot())
}

fn article(income: bool) -> ArticleId {
    ArticleId::from(Uuid::from_u128(ARTICLE[usize::from(income)]))
}

fn card() -> FinancialCenterId {
    FinancialCenterId::from(Uuid::from_u128(1))
}

fn split(book: &Replica, parts: &[(i64, bool)]) -> Vec<Fact> {
    let group = Some(Group { id: GroupId::new(), kind: GroupKind::Split });
    let part = |(minor, income): &(i64, bool)| {
        let amount = Money::from_minor(*minor, Currency::EUR);
        let today = book.today.get_untracked();
        Fact { group, ..unwritten(book, FactId::new(), amount, article(*income), card(), today) }
    };
    parts.iter().map(part).collect()
}

/// As it is typed: an expense without a sign.
fn typed(whole: &str, parts: &[&str]) -> GroupForm {
    let part = |amount: &&str| PartForm {
        article_id: Some(article(false).to_string()),
        amount: Some((*amount).to_owned()),
        ..PartForm::default()
    };
    GroupForm::Split(SplitForm {
        financial_center_id: Some(card().to_string()),
        amount: Some(whole.to_owned()),
        parts: parts.iter().map(part).collect(),
        ..SplitForm::default()
    })
}

fn minor(facts: &[Fact]) -> Vec<i64> {
    facts.iter().map(|fact| fact.amount.minor()).collect()
}

#[test]
fn parts_that_exceed_the_whole_are_refused_and_leave_nothing_to_the_rest() {
    let refused = worked_out(&book(), typed("120", &["80", "60", ""]), Language::En);
    let over = FieldError { field: "amount".to_owned(), reason: Reason::SumDiffers };
    assert_eq!(refused, Err(vec![over]));
}

proptest! {
    #[test]
    fn a_split_that_was_opened_is_saved_unchanged(
        parts in prop::collection::vec(((1..1_000_000_i64), any::<bool>(), any::<bool>()), 2..6),
        russian in any::<bool>(),
    ) {
        let parts: Vec<(i64, bool)> =
            parts.into_iter().map(|(minor, spent, income)| (if spent { -minor } else { minor }, income)).collect();
        let (book, language) = (book(), if russian { Language::Ru } else { Language::En });
        let facts = split(&book, &parts);
        let shown = as_typed(form_of_parts(&facts).expect("a split"), language);
        let saved = worked_out(&book, shown, language).and_then(|form| provisional_parts(&book, &form));
        prop_assert_eq!(saved.map(|facts| minor(&facts)), Ok(minor(&facts)));
    }

    #[test]
    fn the_rest_is_what_the_other_parts_leave_or_the_split_is_refused(
        whole in 1..2_000_i64,
        parts in prop::collection::vec(1..1_000_i64, 1..5),
    ) {
        let book = book();
        let mut amounts: Vec<String> = parts.iter().map(i64::to_string).collect();
        amounts.push(String::new());
        let amounts: Vec<&str> = amounts.iter().map(String::as_str).collect();
        let form = worked_out(&book, typed(&whole.to_string(), &amounts), Language::En);
        let saved = form.and_then(|form| provisional_parts(&book, &form));
        let left = whole - parts.iter().sum::<i64>();
        let expected: Vec<i64> = parts.iter().chain([&left]).map(|amount| -100 * amount).collect();
        prop_assert_eq!(saved.map(|facts| minor(&facts)).ok(), (left > 0).then_some(expected));
    }
}
