//! Texts about recurring entries: how often, when next, how late.

use super::{
    format::{day_within, short_day},
    plural_ru,
};
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

/// `next on 30 November`; a day that has begun is formatted by [`due`].
#[must_use]
pub fn next_on(day: Day, today: Day, language: Language) -> String {
    if day <= today {
        return due(day, today, language);
    }
    let day = day_within(day, today, language);
    match language {
        Language::En => format!("next on {day}"),
        Language::Ru => format!("дальше: {day}"),
    }
}

/// `due 20 November`, `due yesterday`, `due today`: the day has begun, and the occurrence is open.
#[must_use]
pub fn due(day: Day, today: Day, language: Language) -> String {
    let day = day_within(day, today, language);
    match language {
        Language::En => format!("due {day}"),
        Language::Ru => format!("срок: {day}"),
    }
}

/// The first days of a schedule: `30 November · 31 December · 31 January 2027 …`
#[must_use]
pub fn first_days(mut days: impl Iterator<Item = Day>, today: Day, language: Language) -> String {
    let first: Vec<String> = days.by_ref().take(4).map(|day| short_day(day, today, language)).collect();
    let more = if days.next().is_some() { " …" } else { "" };
    format!("{}{more}", first.join(" · "))
}

/// `No longer expected: 30 November · 31 December`; empty without such days.
#[must_use]
pub fn no_longer_expected(days: impl Iterator<Item = Day>, today: Day, language: Language) -> String {
    let days = first_days(days, today, language);
    match language {
        _ if days.is_empty() => days,
        Language::En => format!("No longer expected: {days}"),
        Language::Ru => format!("Больше не ожидается: {days}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_a_sentence_is_written_as_a_word_of_it() {
        let today: Day = "2026-11-22".parse().expect("a day");
        let on = |text: &str| text.parse::<Day>().expect("a day");
        for (day, english, russian) in [
            ("2025-12-31", "due 31 December 2025", "срок: 31 декабря 2025"),
            ("2026-11-20", "due 20 November", "срок: 20 ноября"),
            ("2026-11-21", "due yesterday", "срок: вчера"),
            ("2026-11-22", "due today", "срок: сегодня"),
            ("2026-11-23", "next on 23 November", "дальше: 23 ноября"),
            ("2027-01-01", "next on 1 January 2027", "дальше: 1 января 2027"),
        ] {
            assert_eq!(next_on(on(day), today, Language::En), english);
            assert_eq!(next_on(on(day), today, Language::Ru), russian);
        }
        // Within a sentence only an English month begins with a capital letter.
        for distance in -400..=400 {
            let day = today.plus_days(distance).expect("a day");
            for language in [Language::En, Language::Ru] {
                for sentence in [next_on(day, today, language), due(day, today, language)] {
                    let capitals = sentence.split(' ').filter(|word| word.starts_with(char::is_uppercase));
                    let months =
                        usize::from(language == Language::En && day != today && day != today.yesterday());
                    assert_eq!(capitals.count(), months, "{sentence}");
                }
            }
        }
    }

    #[test]
    fn a_rhythm_is_in_the_form_that_the_number_requires() {
        let said = |every, unit| rhythm(every, unit, Language::Ru);
        assert_eq!(said(1, Unit::Week), "Каждую неделю");
        assert_eq!(
            [said(2, Unit::Week), said(5, Unit::Year), said(21, Unit::Month)],
            ["Раз в 2 недели", "Раз в 5 лет", "Раз в 21 месяц"]
        );
        assert_eq!(rhythm(3, Unit::Month, Language::En), "Every 3 months");
    }
}
