//! The rows of a new household, in the founder's language.

use super::{Kind, Language};

/// An article of the starter tree.
pub struct StarterArticle {
    /// Its name.
    pub name: &'static str,
    /// Its kind; children have the same.
    pub kind: Kind,
    /// Its icon.
    pub icon: &'static str,
    /// Its colour, and that of its children.
    pub colour: i64,
    /// Its children: name and icon.
    pub children: &'static [(&'static str, &'static str)],
}

const fn of(
    kind: Kind,
    (icon, colour): (&'static str, i64),
    name: &'static str,
    children: &'static [(&'static str, &'static str)],
) -> StarterArticle {
    StarterArticle { name, kind, icon, colour, children }
}

const EN: &[StarterArticle] = &[
    of(Kind::Expense, ("basket", 1), "Groceries", &[]),
    of(
        Kind::Expense,
        ("home", 2),
        "Home",
        &[("Rent", "key"), ("Utilities", "bolt"), ("Household goods", "sofa")],
    ),
    of(Kind::Expense, ("car", 3), "Transport", &[("Fuel", "fuel"), ("Public transport", "bus")]),
    of(Kind::Expense, ("fork", 4), "Eating out", &[]),
    of(Kind::Expense, ("heart", 5), "Health", &[]),
    of(Kind::Expense, ("shirt", 6), "Clothes", &[]),
    of(Kind::Expense, ("child", 7), "Children", &[]),
    of(Kind::Expense, ("star", 4), "Leisure", &[]),
    of(Kind::Expense, ("gift", 5), "Gifts", &[]),
    of(Kind::Expense, ("dots", 0), "Other", &[]),
    of(Kind::Income, ("briefcase", 1), "Salary", &[]),
    of(Kind::Income, ("coin", 1), "Other income", &[]),
    of(Kind::Transfer, ("arrows", 0), "Transfer", &[]),
];

const RU: &[StarterArticle] = &[
    of(Kind::Expense, ("basket", 1), "Продукты", &[]),
    of(
        Kind::Expense,
        ("home", 2),
        "Дом",
        &[("Аренда", "key"), ("Коммунальные услуги", "bolt"), ("Хозяйство", "sofa")],
    ),
    of(Kind::Expense, ("car", 3), "Транспорт", &[("Бензин", "fuel"), ("Проезд", "bus")]),
    of(Kind::Expense, ("fork", 4), "Кафе и рестораны", &[]),
    of(Kind::Expense, ("heart", 5), "Здоровье", &[]),
    of(Kind::Expense, ("shirt", 6), "Одежда", &[]),
    of(Kind::Expense, ("child", 7), "Дети", &[]),
    of(Kind::Expense, ("star", 4), "Досуг", &[]),
    of(Kind::Expense, ("gift", 5), "Подарки", &[]),
    of(Kind::Expense, ("dots", 0), "Прочее", &[]),
    of(Kind::Income, ("briefcase", 1), "Зарплата", &[]),
    of(Kind::Income, ("coin", 1), "Другие доходы", &[]),
    of(Kind::Transfer, ("arrows", 0), "Перевод", &[]),
];

/// The articles of a new household.
#[must_use]
pub const fn articles(language: Language) -> &'static [StarterArticle] {
    match language {
        Language::En => EN,
        Language::Ru => RU,
    }
}

/// The two centers of a new household: a card and cash.
#[must_use]
pub const fn financial_centers(language: Language) -> [&'static str; 2] {
    match language {
        Language::En => ["Card", "Cash"],
        Language::Ru => ["Карта", "Наличные"],
    }
}
