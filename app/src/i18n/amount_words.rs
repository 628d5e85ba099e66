//! The sentences for a refused amount, with an example in the format of its currency.

use crate::domain::{Language, Reason};

/// The sentence for a text that is no amount, can be read in two ways, or has the sign of another currency.
pub(super) fn amount_sentence(reason: Reason, digits: u8, language: Language) -> String {
    let example = match (digits, language) {
        (0, _) => "1250",
        (3, Language::En) => "12.500",
        (3, Language::Ru) => "12,500",
        (_, Language::En) => "12.50",
        (_, Language::Ru) => "12,50",
    };
    match (reason, language) {
        (Reason::Ambiguous(_), Language::En) => {
            format!("This can be read in two ways. Enter the amount without grouping, for example {example}")
        }
        (Reason::Ambiguous(_), Language::Ru) => {
            format!("Это можно прочитать двояко. Введите сумму без разделения на группы, например {example}")
        }
        (Reason::Dashed(_), Language::En) => {
            format!(
                "This can be a difference too. Put spaces around its minus (80 - 30), or enter the amount as {example}"
            )
        }
        (Reason::Dashed(_), Language::Ru) => {
            format!(
                "Это может быть и разность. Поставьте вокруг минуса пробелы (80 - 30) или введите сумму как {example}"
            )
        }
        (Reason::OtherCurrency(_), Language::En) => {
            format!(
                "This is the sign of another currency. Enter the amount without it, for example {example}"
            )
        }
        (Reason::OtherCurrency(_), Language::Ru) => {
            format!("Это знак другой валюты. Введите сумму без него, например {example}")
        }
        (_, Language::En) => format!("Enter an amount, for example {example}"),
        (_, Language::Ru) => format!("Введите сумму, например {example}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Currency, arithmetic::work_out},
        i18n::errors::field_sentence,
    };

    #[test]
    fn the_example_in_a_refusal_is_a_valid_amount_of_the_currency() {
        for (code, language, example) in [
            ("EUR", Language::En, "12.50"),
            ("EUR", Language::Ru, "12,50"),
            ("JPY", Language::En, "1250"),
            ("JPY", Language::Ru, "1250"),
            ("KWD", Language::En, "12.500"),
            ("KWD", Language::Ru, "12,500"),
        ] {
            let currency: Currency = code.parse().expect("a currency");
            let dashed = format!("12-{}", "5".repeat(usize::from(currency.digits())));
            for text in ["twelve", "12 50", "₴ 12", &dashed] {
                let refused = work_out(text, currency, language).expect_err(text);
                let sentence = field_sentence(refused.into(), language);
                assert_eq!(sentence.rsplit(' ').next(), Some(example), "{code} {text}: {sentence}");
            }
            assert!(work_out(example, currency, language).is_ok_and(|worked| !worked.rounded));
        }
    }
}
