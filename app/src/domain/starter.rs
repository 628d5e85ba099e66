//! What a household has on its first day, in the language of whoever founds it.

use super::{Kind, Language};

/// An article of the starter tree.
pub struct StarterArticle {
    /// Its name.
    pub name: &'static str,
    /// Its kind; children have the same.
    pub kind: Kind,
    /// The articles below it.
    pub children: &'static [&'static str],
}

const fn of(kind: Kind, name: &'static str, children: &'static [&'static str]) -> StarterArticle {
    StarterArticle { name, kind, children }
}

const EN: &[StarterArticle] = &[
    of(Kind::Expense, "Groceries", &[]),
    of(Kind::Expense, "Home", &["Rent", "Utilities", "Household goods"]),
    of(Kind::Expense, "Transport", &["Fuel", "Public transport"]),
    of(Kind::Expense, "Eating out", &[]),
    of(Kind::Expense, "Health", &[]),
    of(Kind::Expense, "Clothes", &[]),
    of(Kind::Expense, "Children", &[]),
    of(Kind::Expense, "Leisure", &[]),
    of(Kind::Expense, "Gifts", &[]),
    of(Kind::Expense, "Other", &[]),
    of(Kind::Income, "Salary", &[]),
    of(Kind::Income, "Other income", &[]),
    of(Kind::Transfer, "Transfer", &[]),
];

const RU: &[StarterArticle] = &[
    of(Kind::Expense, "Продукты", &[]),
    of(Kind::Expense, "Дом", &["Аренда", "Коммунальные услуги", "Хозяйство"]),
    of(Kind::Expense, "Транспорт", &["Бензин", "Проезд"]),
    of(Kind::Expense, "Кафе и рестораны", &[]),
    of(Kind::Expense, "Здоровье", &[]),
    of(Kind::Expense, "Одежда", &[]),
    of(Kind::Expense, "Дети", &[]),
    of(Kind::Expense, "Досуг", &[]),
    of(Kind::Expense, "Подарки", &[]),
    of(Kind::Expense, "Прочее", &[]),
    of(Kind::Income, "Зарплата", &[]),
    of(Kind::Income, "Другие доходы", &[]),
    of(Kind::Transfer, "Перевод", &[]),
];

/// The articles a household begins with.
#[must_use]
pub const fn articles(language: Language) -> &'static [StarterArticle] {
    match language {
        Language::En => EN,
        Language::Ru => RU,
    }
}

/// The two centers a household begins with: a card and cash.
#[must_use]
pub const fn financial_centers(language: Language) -> [&'static str; 2] {
    match language {
        Language::En => ["Card", "Cash"],
        Language::Ru => ["Карта", "Наличные"],
    }
}
