//! Formats amounts and days as people write them.

use crate::domain::{Currency, Day, Language, Money, Month, case::capital};

/// Formats an amount: digits in groups of three with a narrow no-break space, U+2212 as minus, and the
/// language's decimal separator.
#[must_use]
pub fn amount(money: Money, language: Language) -> String {
    let plain = money.to_string();
    let (sign, unsigned) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("\u{2212}", rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut text = format!("{sign}{}", grouped(whole));
    if !fraction.is_empty() {
        text.push(match language {
            Language::En => '.',
            Language::Ru => ',',
        });
        text.push_str(fraction);
    }
    text
}

/// Groups digits by three.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// [`amount`] with a plus sign if positive.
#[must_use]
pub fn signed(money: Money, language: Language) -> String {
    let text = amount(money, language);
    if money.minor() > 0 { format!("+{text}") } else { text }
}

/// [`amount`] followed by the currency's symbol.
#[must_use]
pub fn with_currency(money: Money, currency: Currency, language: Language) -> String {
    format!("{}\u{a0}{}", amount(money, language), currency.symbol())
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_RU: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];
const MONTHS_RU_OF: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTHS_RU_IN: [&str; 12] = [
    "январе",
    "феврале",
    "марте",
    "апреле",
    "мае",
    "июне",
    "июле",
    "августе",
    "сентябре",
    "октябре",
    "ноябре",
    "декабре",
];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_RU: [&str; 7] =
    ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"];

fn of(names: &[&'static str; 12], month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// The heading of a month: `November 2026`, `Ноябрь 2026`.
#[must_use]
pub fn month(month: Month, language: Language) -> String {
    let name = match language {
        Language::En => of(&MONTHS_EN, month.number()).to_owned(),
        Language::Ru => capital(of(&MONTHS_RU, month.number())),
    };
    format!("{name} {}", month.year())
}

/// The month in `in November`, `в ноябре`.
pub(super) fn of_month_in(month: Month, language: Language) -> &'static str {
    match language {
        Language::En => of(&MONTHS_EN, month.number()),
        Language::Ru => of(&MONTHS_RU_IN, month.number()),
    }
}

/// `Spent in November`, `Потрачено в ноябре`.
#[must_use]
pub fn spent_in(month: Month, language: Language) -> String {
    match language {
        Language::En => format!("Spent in {}", of_month_in(month, language)),
        Language::Ru => format!("Потрачено в {}", of_month_in(month, language)),
    }
}

/// A day on its own in little space: `Today`, `Yesterday`, `22 November`.
#[must_use]
pub fn short_day(day: Day, today: Day, language: Language) -> String {
    capital(&day_within(day, today, language))
}

/// A day inside a sentence: `today`, `yesterday`, `22 November`.
pub(super) fn day_within(day: Day, today: Day, language: Language) -> String {
    match (language, day) {
        (Language::En, day) if day == today => "today".to_owned(),
        (Language::Ru, day) if day == today => "сегодня".to_owned(),
        (Language::En, day) if day == today.yesterday() => "yesterday".to_owned(),
        (Language::Ru, day) if day == today.yesterday() => "вчера".to_owned(),
        _ => date(day, today, language),
    }
}

/// `22 November`, with the year if it is not the current one.
pub(super) fn date(day: Day, today: Day, language: Language) -> String {
    let date = match language {
        Language::En => format!("{} {}", day.day_of_month(), of(&MONTHS_EN, day.month().number())),
        Language::Ru => format!("{} {}", day.day_of_month(), of(&MONTHS_RU_OF, day.month().number())),
    };
    if day.year() == today.year() { date } else { format!("{date} {}", day.year()) }
}

/// The heading of a day's transactions, relative to today.
#[must_use]
pub fn day(day: Day, today: Day, language: Language) -> String {
    let weekday = |names: [&'static str; 7]| names.get(day.weekday()).copied().unwrap_or_default();
    let date = date(day, today, language);
    if day == today || day == today.yesterday() {
        return format!("{}, {date}", short_day(day, today, language));
    }
    match language {
        Language::En => format!("{}, {date}", weekday(DAYS_EN)),
        Language::Ru => format!("{}, {date}", capital(weekday(DAYS_RU))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::arithmetic::work_out;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_formatted_amount_parses_when_it_is_pasted(minor in -Money::LIMIT + 1..Money::LIMIT, russian in any::<bool>()) {
            let language = if russian { Language::Ru } else { Language::En };
            for code in ["EUR", "RUB", "JPY", "KWD", "CHF", "CAD", "SEK"] {
                let currency: Currency = code.parse().expect("a currency");
                let money = Money::from_minor(minor, currency);
                let read = |text: String| work_out(&text, currency, language).map(|worked| worked.money);
                prop_assert_eq!(read(amount(money, language)), Ok(money));
                prop_assert_eq!(read(signed(money, language)), Ok(money));
                prop_assert_eq!(read(with_currency(money, currency, language)), Ok(money));
                // The HTTP API accepts it, too.
                prop_assert_eq!(Money::parse(&amount(money, language), currency), Ok(money));
            }
        }
    }

    #[test]
    fn days_and_months_are_written_as_people_write_them() {
        let today: Day = "2026-11-22".parse().expect("a day");
        let on = |text: &str, language| day(text.parse().expect("a day"), today, language);
        assert_eq!(on("2026-11-22", Language::En), "Today, 22 November");
        assert_eq!(on("2026-11-22", Language::Ru), "Сегодня, 22 ноября");
        assert_eq!(on("2026-11-21", Language::Ru), "Вчера, 21 ноября");
        assert_eq!(on("2026-11-20", Language::En), "Friday, 20 November");
        assert_eq!(on("2025-12-31", Language::Ru), "Среда, 31 декабря 2025");
        assert_eq!(month(today.month(), Language::Ru), "Ноябрь 2026");
        assert_eq!(spent_in(today.month(), Language::Ru), "Потрачено в ноябре");
        assert_eq!(
            amount(Money::from_minor(-123_456_789, Currency::EUR), Language::Ru),
            "−1\u{202f}234\u{202f}567,89"
        );
    }
}
