//! The result of the typed amount, and what will be left of the plan after it.

use super::inputs::FactInputs;
use crate::{
    domain::{
        ArticleId, Day, FinancialCenterId, Kind, Language, Money,
        arithmetic::{Worked, work_out},
        plan,
    },
    i18n::plan_words::{comes_to, left_after},
    replica::Replica,
};
use leptos::prelude::*;

/// The line under the amount; empty if there is nothing to show.
pub(super) fn after(
    replica: &Replica,
    inputs: FactInputs,
    changed: RwSignal<()>,
    language: Language,
) -> impl Fn() -> String + Send + 'static {
    let book = replica.clone();
    move || {
        changed.track();
        let form = inputs.typed();
        let center: Option<FinancialCenterId> = inputs.center.get().parse().ok();
        let currency = center.and_then(|center| book.currency_of(center));
        let home = book.household.with(|household| household.currency);
        let text = form.amount.unwrap_or_default();
        let Ok(Worked { money, computed, rounded, signed }) =
            work_out(&text, currency.unwrap_or(home), language)
        else {
            return String::new();
        };
        let article: Option<ArticleId> = inputs.article.get().parse().ok();
        let day = form.date.and_then(|day| day.parse().ok()).unwrap_or_else(|| book.today.get());
        let result = computed.then(|| comes_to(money, rounded, language));
        // An amount below zero without a sign is refused: see `plainly`.
        let will_count = signed || !money.is_negative();
        let counts = currency == Some(home) && will_count && counts(&book, day);
        let left =
            article.filter(|_| counts).and_then(|article| left(&book, article, money, signed, language));
        [result, left].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// Whether the plan on the screen includes this day.
fn counts(book: &Replica, day: Day) -> bool {
    book.month.with(|month| month.month == day.month())
}

fn left(book: &Replica, id: ArticleId, amount: Money, direction: bool, language: Language) -> Option<String> {
    let home = book.household.with(|household| household.currency);
    book.articles.with(|articles| {
        // Only expenses have an amount left to spend.
        let article = articles.iter().find(|row| row.id == id).filter(|row| row.kind == Kind::Expense);
        article?;
        let lines =
            book.plans.with(|plans| book.month.with(|month| plan::lines(articles, plans, month, home)));
        let (planned, line) = plan::planned_above(id, articles, &lines)?;
        let name = &articles.iter().find(|row| row.id == planned)?.name;
        // Without a sign the amount has the direction of the article, as the plan has.
        let used = if direction { amount.negated() } else { amount };
        let before = Money::from_minor(line.left(), home);
        Some(left_after(&name.shown(), before, before.plus(used.negated().minor()), language))
    })
}
