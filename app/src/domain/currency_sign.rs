//! The signs and words with which people name the currency of an amount.

use super::{Currency, case::lower};

/// Which currency a sign belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The currency in question.
    Own,
    /// Another currency.
    Other,
    /// No currency.
    Nobody,
}

/// Signs in lower case, each with the currencies that it may stand for.
const SIGNS: [(&str, &str); 33] = [
    ("$", "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU BBD BSD BZD FJD JMD NAD TTD"),
    ("us$", "USD"),
    ("€", "EUR"),
    ("£", "GBP EGP GIP FKP SHP LBP"),
    ("¥", "JPY CNY"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("₽", "RUB"),
    ("р", "RUB BYN"),
    ("руб", "RUB BYN"),
    ("₴", "UAH"),
    ("грн", "UAH"),
    ("₸", "KZT"),
    ("тг", "KZT"),
    ("₾", "GEL"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("֏", "AMD"),
    ("₼", "AZN"),
    ("br", "BYN ETB"),
    ("zł", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("kr", "SEK NOK DKK ISK"),
    ("fr", "CHF"),
    ("лв", "BGN"),
    ("дин", "RSD"),
    ("din", "RSD"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("₱", "PHP"),
];

/// Whether a character is a currency symbol rather than a letter of a name.
#[must_use]
pub const fn is_symbol(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৳' | '฿' | '៛' | '﷼' | '\u{20a0}'..='\u{20cf}')
}

/// Classifies a sign, code or word.
#[must_use]
pub fn whose(text: &str, currency: Currency) -> Whose {
    let lower = lower(text);
    if lower == super::case::lower(currency.symbol()) || text.eq_ignore_ascii_case(currency.code()) {
        return Whose::Own;
    }
    match SIGNS.iter().find(|(sign, _)| *sign == lower) {
        Some((_, codes)) if codes.split(' ').any(|code| code == currency.code()) => Whose::Own,
        Some(_) => Whose::Other,
        None if text.chars().any(is_symbol) => Whose::Other,
        None if text.to_ascii_uppercase().parse::<Currency>().is_ok() => Whose::Other,
        None => Whose::Nobody,
    }
}
