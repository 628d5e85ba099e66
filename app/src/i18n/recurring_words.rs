//! What is said of things that come again: how often, when next, how late.

use super::{format::short_day, plural_ru};
use crate::domain::{Day, Language, Unit};

/// `Every 2 weeks`, `Раз в 2 недели`.
#[must_use]
pub fn rhythm(every: i64, unit: Unit, language: Language) -> String {
    match (language, every) {
        (Language::En, 1) => format!("Every {}", unit.word()),
        (Language::En, _) => format!("Every {every} {}s", unit.word()),
        (Language::Ru, 1) => match unit {
            Unit::Week => "Каждую неделю",
            Unit::Month => "Каждый месяц",
            Unit::Year => "Каждый год",
        }
        .to_owned(),
        (Language::Ru, _) => {
            let forms = match unit {
                Unit::Week => ["неделю", "недели", "недель"],
                Unit::Month => ["месяц", "месяца", "месяцев"],
                Unit::Year => ["год", "года", "лет"],
            };
            format!("Раз в {every} {}", plural_ru(every, forms))
        }
    }
}

/// `next 30 November`
#[must_use]
pub fn next_on(day: Day, today: Day, language: Language) -> String {
    let day = short_day(day, today, language);
    match language {
        Language::En => format!("next {day}"),
        Language::Ru => format!("дальше: {day}"),
    }
}

/// `due 20 November`: it should have happened before today.
#[must_use]
pub fn overdue(day: Day, today: Day, language: Language) -> String {
    let day = short_day(day, today, language);
    match language {
        Language::En => format!("due {day}"),
        Language::Ru => format!("срок: {day}"),
    }
}

/// The first days of a rhythm: `30 November · 31 December · 31 January 2027 …`
#[must_use]
pub fn first_days(mut days: impl Iterator<Item = Day>, today: Day, language: Language) -> String {
    let first: Vec<String> = days.by_ref().take(4).map(|day| short_day(day, today, language)).collect();
    let more = if days.next().is_some() { " …" } else { "" };
    format!("{}{more}", first.join(" · "))
}

/// `2 more`
#[must_use]
pub fn more_expected(count: usize, language: Language) -> String {
    match language {
        Language::En => format!("{count} more"),
        Language::Ru => format!("Ещё {count}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_said_in_the_form_that_the_number_asks_for() {
        let said = |every, unit| rhythm(every, unit, Language::Ru);
        assert_eq!(said(1, Unit::Week), "Каждую неделю");
        assert_eq!(
            [said(2, Unit::Week), said(5, Unit::Year), said(21, Unit::Month)],
            ["Раз в 2 недели", "Раз в 5 лет", "Раз в 21 месяц"]
        );
        assert_eq!(rhythm(3, Unit::Month, Language::En), "Every 3 months");
    }
}
