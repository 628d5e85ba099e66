//! Checks typed amounts against everything that they could mean: tries all ways to group digits and to
//! separate decimals, formats each again, and keeps those that give the same text.

use super::*;
use crate::domain::Language::{En, Ru};
use std::collections::BTreeSet;

/// The currency, and its number of decimals.
const CURRENCIES: [(&str, u32); 3] = [("JPY", 0), ("EUR", 2), ("KWD", 3)];

fn any_currency() -> impl Strategy<Value = (&'static str, u32)> {
    prop::sample::select(CURRENCIES.to_vec())
}

fn any_language() -> impl Strategy<Value = Language> {
    prop::sample::select(vec![En, Ru])
}

fn read(text: &str, code: &str, language: Language) -> Result<i64, MoneyError> {
    work_out(text, code.parse().expect("a currency"), language).map(|worked| worked.money.minor())
}

/// Digits with a separator between groups of three.
fn grouped(digits: &str, sign: &str) -> String {
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).expect("digits")).collect();
    groups.join(sign)
}

/// Everything that a text of digits, spaces, apostrophes, points and commas may mean, in minor units.
fn meanings(text: &str, decimals: u32) -> BTreeSet<i64> {
    let digits_of = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut found = BTreeSet::new();
    for decimal in [None, Some('.'), Some(',')] {
        for group in ["", " ", "'", ".", ","] {
            if decimal.is_some_and(|sign| group.starts_with(sign)) {
                continue;
            }
            let (before, after) = match decimal {
                None => (text, ""),
                Some(sign) => match text.split_once(sign) {
                    Some(parts) => parts,
                    None => continue,
                },
            };
            let (whole, fraction) = (digits_of(before), digits_of(after));
            let written = match decimal {
                None => grouped(&whole, group),
                Some(sign) => format!("{}{sign}{fraction}", grouped(&whole, group)),
            };
            let plain = group.is_empty() && before == whole && after == fraction;
            let may_group = !group.is_empty() && whole.len() > 3 && !whole.starts_with('0');
            let exact = u32::try_from(fraction.len()).is_ok_and(|count| count <= decimals);
            if exact && (plain || may_group && written == text) {
                let zeros = "0".repeat(usize::try_from(decimals).expect("few") - fraction.len());
                let minor = format!("0{whole}{fraction}{zeros}").parse::<i64>().ok();
                found.extend(minor.filter(|minor| *minor < Money::LIMIT));
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_parsed_amount_is_the_only_meaning_unless_a_rule_decides(
        text in "[0-9]{1,4}([ '.,]{1,2}[0-9]{1,4}){0,3}[.,]?[0-9]{0,3}",
        (code, decimals) in any_currency(),
        language in any_language(),
    ) {
        let meanings = meanings(&text, decimals);
        match read(&text, code, language) {
            Ok(minor) => {
                prop_assert!(meanings.contains(&minor), "{:?} is read as {}, may be {:?}", text, minor, meanings);
                // One of two meanings is chosen only for dinars, where the point or the language's own sign
                // begins exactly their three decimals.
                let own = text.contains('.') || language == Ru && text.contains(',');
                prop_assert!(meanings.len() == 1 || decimals == 3 && own, "{:?}: {:?}", text, meanings);
            }
            Err(_) => {
                // A text is refused if it has no meaning or several, or one that is not how the language
                // writes it: a single separator before three digits.
                let single = text.matches(['.', ',', ' ', '\'']).count() == 1;
                prop_assert!(meanings.len() != 1 || single, "{:?} is refused, means {:?}", text, meanings);
            }
        }
    }

    #[test]
    fn separators_between_groups_of_three_never_change_an_amount(
        minor in 0..Money::LIMIT,
        (code, decimals) in any_currency(),
        language in any_language(),
        sign in prop::sample::select(vec![" ", "\u{a0}", "\u{202f}", "\u{2009}", "'", "\u{2019}", ",", "."]),
    ) {
        let money = Money::from_minor(minor, code.parse().expect("a currency"));
        let text = money.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let point = if sign == "." { "," } else { "." };
        let typed = match decimals {
            0 => grouped(whole, sign),
            _ => format!("{}{point}{fraction}", grouped(whole, sign)),
        };
        match read(&typed, code, language) {
            Ok(read) => prop_assert_eq!(read, minor, "{:?}", typed),
            // Without another separator a single point or comma may be refused, but never misread.
            Err(error) => {
                let lone = [".", ","].iter().any(|sign| typed.matches(sign).count() == 1);
                prop_assert!(lone && decimals != 2, "{:?}: {:?}", typed, error);
            }
        }
    }

    #[test]
    fn a_dash_in_place_of_the_decimal_separator_is_never_a_difference(
        minor in 0..Money::LIMIT,
        (code, decimals) in any_currency().prop_filter("it has decimals", |(_, decimals)| *decimals > 0),
        language in any_language(),
        dash in prop::sample::select(vec!["-", "\u{2010}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2212}", " -", "- "]),
    ) {
        let text = Money::from_minor(minor, code.parse().expect("a currency")).to_string();
        let refused = MoneyError::Dashed { digits: u8::try_from(decimals).expect("few") };
        prop_assert_eq!(read(&text.replace('.', dash), code, language), Err(refused));
        let (whole, fraction) = text.split_once('.').expect("decimals");
        let difference = whole.parse::<i64>().expect("digits") - fraction.parse::<i64>().expect("digits");
        prop_assert_eq!(read(&format!("{whole} - {fraction}"), code, language), Ok(difference * 10_i64.pow(decimals)));
    }

    #[test]
    fn brackets_around_a_number_never_have_two_readings(
        minor in 0..1_000_000_i64,
        (code, _) in any_currency(),
        language in any_language(),
        (before, after) in prop::sample::select(vec![
            ("", "+1"), ("", " - 1"), ("", "*2"), ("", "/2"), ("1+", ""), ("1 - ", ""), ("2*", ""), ("-", ""), ("(", ")"), ("(1+", ")*2"),
        ]),
    ) {
        let number = Money::from_minor(minor, code.parse().expect("a currency")).to_string();
        let of = |operand: &str| read(&format!("{before}{operand}{after}"), code, language);
        prop_assert_eq!(of(&format!("({number})")), Err(MoneyError::Bracketed));
        // A sign inside decides, as it does without the brackets.
        let difference = read(&format!("0 - {number}"), code, language);
        prop_assert_eq!(read(&format!("({number})"), code, language), difference);
        prop_assert_eq!(read(&format!("(-{number})+0"), code, language), difference);
        prop_assert_eq!(of(&format!("(-{number})")), of(&format!("(0 - {number})")));
    }

    #[test]
    fn only_a_leading_sign_changes_the_direction_given_by_the_article(
        text in "[(]?[0-9]{1,3}([.,][0-9]{1,3})?([ ]?[-+*/][ ]?-?[0-9]{1,3}([.,][0-9]{1,2})?){0,3}[)]?",
        (code, _) in any_currency(),
        language in any_language(),
        (kind, sign) in prop::sample::select(vec![(Kind::Expense, -1), (Kind::Income, 1)]),
    ) {
        let currency = code.parse().expect("a currency");
        let brackets = bracketed(&text).is_some();
        if let Ok(plain) = plainly(&text, Some(kind), currency, language) && !brackets {
            let minor = Money::parse(&plain, currency).expect("an amount").minor();
            prop_assert!(minor * sign >= 0, "{:?} as {:?} is {}", text, kind, plain);
        }
    }

    #[test]
    fn no_text_panics_and_what_is_read_is_within_the_limit(
        text in "(\\PC|[0-9.,' €$+*/()\u{200f}\u{2212}-]){0,40}",
        (code, _) in any_currency(),
        language in any_language(),
    ) {
        if let Ok(minor) = read(&text, code, language) {
            prop_assert!(minor.abs() < Money::LIMIT);
        }
        let _ = with_other_sign(&text);
    }
}
