//! Currencies of ISO 4217 whose minor units have 0, 2 or 3 digits.

use super::money::Money;
use serde::{Deserialize, Serialize, de};
use std::{fmt, str::FromStr};

/// A currency, identified by its three-letter code, for example `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String, example = "EUR"))]
pub struct Currency(iso_currency::Currency);

/// The text is not the code of a currency in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a currency")]
pub struct UnknownCurrency;

impl Currency {
    /// The euro, the default of forms.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// The currencies that forms offer first; any other code may be typed.
    pub const COMMON: [&str; 20] = [
        "EUR", "USD", "GBP", "CHF", "RUB", "UAH", "KZT", "BYN", "GEL", "AMD", "RSD", "TRY", "PLN", "CZK",
        "SEK", "NOK", "DKK", "ILS", "JPY", "CNY",
    ];

    /// Guesses a person's currency from an `Accept-Language` header: that of the first region in it, or else
    /// of the first language.
    #[must_use]
    pub fn likely(accept: &str) -> Self {
        let tags = || accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        let region =
            |tag: &str| tag.split('-').next_back().filter(|part| part.len() == 2).map(str::to_uppercase);
        let of_region = |region: String| {
            Some(match region.as_str() {
                "US" => "USD",
                "GB" => "GBP",
                "CH" | "LI" => "CHF",
                "RU" => "RUB",
                "UA" => "UAH",
                "KZ" => "KZT",
                "BY" => "BYN",
                "GE" => "GEL",
                "AM" => "AMD",
                "RS" => "RSD",
                "TR" => "TRY",
                "PL" => "PLN",
                "CZ" => "CZK",
                "SE" => "SEK",
                "NO" => "NOK",
                "DK" => "DKK",
                "IL" => "ILS",
                "JP" => "JPY",
                "CN" => "CNY",
                "DE" | "AT" | "FR" | "ES" | "IT" | "NL" | "BE" | "PT" | "IE" | "FI" | "GR" | "EE" | "LV"
                | "LT" | "SK" | "SI" | "LU" | "MT" | "CY" | "HR" | "BG" => "EUR",
                _ => return None,
            })
        };
        let by_region =
            tags().filter(|tag| tag.contains('-')).find_map(|tag| region(tag).and_then(of_region));
        let by_language = || match tags().next().unwrap_or_default() {
            "ru" => "RUB",
            "uk" => "UAH",
            "pl" => "PLN",
            "cs" => "CZK",
            "ja" => "JPY",
            _ => "EUR",
        };
        by_region.unwrap_or_else(by_language).parse().unwrap_or(Self::EUR)
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn digits(self) -> u8 {
        // `from_str` admits only currencies whose exponent is known and at most `Money::MAX_DIGITS`.
        self.0.exponent().map_or(2, |digits| u8::try_from(digits).unwrap_or(2))
    }

    /// The symbol that people write, for example `€`; the code if the currency has none of its own.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self.code() {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "RUB" => "₽",
            "UAH" => "₴",
            "KZT" => "₸",
            "GEL" => "₾",
            "TRY" => "₺",
            "ILS" => "₪",
            "JPY" => "¥",
            code => code,
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let currency = iso_currency::Currency::from_code(text).ok_or(UnknownCurrency)?;
        match currency.exponent() {
            Some(digits) if digits <= u16::from(Money::MAX_DIGITS) => Ok(Self(currency)),
            _ => Err(UnknownCurrency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likely_currency_comes_from_the_first_region_or_else_the_language() {
        for (accept, code) in [
            ("en-GB,en;q=0.9", "GBP"),
            ("en-US", "USD"),
            ("de-AT,de;q=0.8", "EUR"),
            ("ru,en-US;q=0.5", "USD"),
            ("ru", "RUB"),
            ("zh-Hans-CN", "CNY"),
            ("en", "EUR"),
            ("", "EUR"),
            (";;,-,é-ÿÿ", "EUR"),
        ] {
            assert_eq!(Currency::likely(accept).code(), code, "{accept}");
        }
    }
}
