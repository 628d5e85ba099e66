//! What people type and paste: difficult inputs, each with its amount or the code of its refusal.

use super::*;
use crate::domain::Language::{En, Ru};

fn read(text: &str, code: &str, language: Language) -> Result<i64, &'static str> {
    let currency = code.parse().expect("a currency");
    work_out(text, currency, language).map(|worked| worked.money.minor()).map_err(|error| error.code())
}

const AMBIGUOUS: Result<i64, &str> = Err("ambiguous");
const OTHER: Result<i64, &str> = Err("other_currency");
const TOO_MANY: Result<i64, &str> = Err("too_many_digits");
const NO_NUMBER: Result<i64, &str> = Err("not_a_number");

#[test]
fn unambiguous_amounts_are_read_in_either_language() {
    for (text, code, minor) in [
        ("12.50", "EUR", 1250),
        ("12,50", "EUR", 1250),
        ("12,5", "EUR", 1250),
        ("12.", "EUR", 1200),
        (",5", "EUR", 50),
        ("0012.50", "EUR", 1250),
        ("1,234.56", "EUR", 123_456),
        ("1.234,56", "EUR", 123_456),
        ("1'234.56", "CHF", 123_456),
        ("1\u{2019}234,56", "CHF", 123_456),
        ("1 234,56", "RUB", 123_456),
        ("1\u{a0}234.56", "RUB", 123_456),
        ("1\u{202f}234\u{202f}567", "EUR", 123_456_700),
        ("1\u{3000}234", "EUR", 123_400),
        ("1,234,567", "EUR", 123_456_700),
        ("1.234.567", "EUR", 123_456_700),
        ("1.234.567,8", "EUR", 123_456_780),
        ("€ 12.50", "EUR", 1250),
        ("€12.50", "EUR", 1250),
        ("12.50€", "EUR", 1250),
        ("12,50 EUR", "EUR", 1250),
        ("eur 12,50", "EUR", 1250),
        ("12,50 ₽", "RUB", 1250),
        ("12,50 руб.", "RUB", 1250),
        ("р. 12,50", "RUB", 1250),
        ("$12.50", "USD", 1250),
        ("$12.50", "CAD", 1250),
        ("US$ 12.50", "USD", 1250),
        ("Fr.12.50", "CHF", 1250),
        ("12,50 zł", "PLN", 1250),
        ("12,50 Kč", "CZK", 1250),
        ("１２．５０", "EUR", 1250),
        ("￥１，２３４，５６７", "JPY", 1_234_567),
        ("(30.00)", "EUR", -3000),
        ("(30.00 €)", "EUR", -3000),
        ("€ (1,234.56)", "EUR", -123_456),
        ("(30,00) ₽", "RUB", -3000),
        ("(-30)", "EUR", -3000),
        ("-30", "EUR", -3000),
        ("\u{2212}30", "EUR", -3000),
        ("\u{2013}30", "EUR", -3000),
        ("\u{2014} 30", "EUR", -3000),
        ("\u{2010}30", "EUR", -3000),
        ("－３０", "EUR", -3000),
        ("-€30", "EUR", -3000),
        ("€-30", "EUR", -3000),
        ("+30", "EUR", 3000),
        ("\u{200e}\u{2212}30.00\u{200f}", "EUR", -3000),
        ("\u{2066}30,00\u{a0}€\u{2069}", "EUR", 3000),
        ("\u{202a}-30\u{202c}", "EUR", -3000),
        ("\u{feff}30", "EUR", 3000),
        ("30\u{fe0f}.\u{180e}5", "EUR", 3050),
        ("1250", "JPY", 1250),
        ("1 250", "JPY", 1250),
        ("¥1 250", "JPY", 1250),
        ("12.500", "KWD", 12_500),
        ("12.5", "KWD", 12_500),
        ("1,234.567", "KWD", 1_234_567),
        ("1.234,567", "KWD", 1_234_567),
        ("1 234,567", "KWD", 1_234_567),
        ("1234,567", "KWD", 1_234_567),
        ("0,500", "KWD", 500),
        ("1,234,567", "KWD", 1_234_567_000),
        ("1'234", "KWD", 1_234_000),
        ("1'234+1'000", "EUR", 223_400),
        ("€5 + €7.50", "EUR", 1250),
        ("1,234.56*2", "EUR", 246_912),
        ("\u{2212}(4+6)", "EUR", -1000),
    ] {
        for language in [En, Ru] {
            assert_eq!(read(text, code, language), Ok(minor), "{text:?} in {code}, {language:?}");
        }
    }
}

#[test]
fn one_separator_before_three_digits_is_read_by_language_and_currency_or_refused() {
    for (text, code, en, ru) in [
        // Dinars have three decimals, after a point or the language's own separator.
        ("1.234", "KWD", Ok(1234), Ok(1234)),
        ("1,234", "KWD", AMBIGUOUS, Ok(1234)),
        ("1,234*2", "KWD", AMBIGUOUS, Ok(2468)),
        // Euros have two, yen none: in English the comma groups.
        ("1,234", "EUR", Ok(123_400), AMBIGUOUS),
        ("12,345", "EUR", Ok(1_234_500), AMBIGUOUS),
        ("1.234", "EUR", AMBIGUOUS, AMBIGUOUS),
        ("1,234", "JPY", Ok(1234), AMBIGUOUS),
        ("1.234", "JPY", AMBIGUOUS, AMBIGUOUS),
        ("1.234+1", "EUR", AMBIGUOUS, AMBIGUOUS),
        // A factor is not an amount and may have any number of decimals.
        ("100*1.075", "EUR", Ok(10_750), AMBIGUOUS),
        ("100*1,075", "EUR", Ok(10_750_000), Ok(10_750)),
        ("1.075*100", "EUR", Ok(10_750), AMBIGUOUS),
        ("100*0.125", "EUR", Ok(1250), Ok(1250)),
    ] {
        assert_eq!(read(text, code, En), en, "{text} in {code}, English");
        assert_eq!(read(text, code, Ru), ru, "{text} in {code}, Russian");
    }
}

#[test]
fn texts_that_are_no_amount_of_the_currency_are_refused() {
    for (text, code, refused) in [
        ("", "EUR", Err("required")),
        (" \u{200b}\u{a0}", "EUR", Err("required")),
        ("12 50", "EUR", AMBIGUOUS),
        ("12\u{a0}50", "RUB", AMBIGUOUS),
        ("12\u{2800}50", "EUR", AMBIGUOUS),
        ("12\u{3164}50", "EUR", AMBIGUOUS),
        ("12 5", "EUR", AMBIGUOUS),
        ("1 2345", "EUR", AMBIGUOUS),
        ("1234 567", "EUR", AMBIGUOUS),
        ("0 123", "EUR", AMBIGUOUS),
        ("1  234", "EUR", AMBIGUOUS),
        ("1 234 56", "EUR", AMBIGUOUS),
        ("1 234'567", "EUR", AMBIGUOUS),
        ("1,23,456", "INR", AMBIGUOUS),
        ("1.2.3", "EUR", AMBIGUOUS),
        ("1,234.56,78", "EUR", AMBIGUOUS),
        ("1.234,567.8", "EUR", AMBIGUOUS),
        ("12. 50", "EUR", AMBIGUOUS),
        ("12 50 + 1", "EUR", AMBIGUOUS),
        ("1.234 567", "EUR", AMBIGUOUS),
        ("12.505", "EUR", AMBIGUOUS),
        ("0.505", "EUR", TOO_MANY),
        ("1234.567", "EUR", TOO_MANY),
        ("1,234.567", "EUR", TOO_MANY),
        ("12.5", "JPY", TOO_MANY),
        ("1,250.00", "JPY", TOO_MANY),
        ("12.5000", "KWD", TOO_MANY),
        ("$ 12.50", "EUR", OTHER),
        ("12.50 USD", "EUR", OTHER),
        ("12,50 ₽", "EUR", OTHER),
        ("12.50 kr", "EUR", OTHER),
        ("₿ 1", "EUR", OTHER),
        ("€ 12.50", "RUB", OTHER),
        ("€5 + $7", "EUR", OTHER),
        ("12.50 apples", "EUR", NO_NUMBER),
        ("1e9", "EUR", NO_NUMBER),
        ("0x10", "EUR", NO_NUMBER),
        ("١٢", "EUR", NO_NUMBER),
        ("½", "EUR", NO_NUMBER),
        ("--1", "EUR", NO_NUMBER),
        ("(30)(40)", "EUR", NO_NUMBER),
        ("12:50", "EUR", NO_NUMBER),
        ("12%", "EUR", NO_NUMBER),
        (".", "EUR", NO_NUMBER),
        ("€", "EUR", NO_NUMBER),
        ("100000000000", "EUR", Err("too_large")),
    ] {
        for language in [En, Ru] {
            assert_eq!(read(text, code, language), refused, "{text:?} in {code}, {language:?}");
        }
    }
}

#[test]
fn a_dash_before_decimals_is_refused_unless_spaces_make_it_a_minus() {
    for (text, code, read_as) in [
        ("12-50", "EUR", AMBIGUOUS),
        ("12\u{2013}50", "EUR", AMBIGUOUS),
        ("12\u{2212}50", "EUR", AMBIGUOUS),
        ("1234-05", "EUR", AMBIGUOUS),
        ("1'234-50", "CHF", AMBIGUOUS),
        ("1 234-50", "RUB", AMBIGUOUS),
        ("12 -50", "EUR", AMBIGUOUS),
        ("12- 50", "EUR", AMBIGUOUS),
        ("-12-50", "EUR", AMBIGUOUS),
        ("+12-50", "EUR", AMBIGUOUS),
        ("(12-50)", "EUR", AMBIGUOUS),
        ("€12-50", "EUR", AMBIGUOUS),
        ("Fr.12-50", "CHF", AMBIGUOUS),
        ("12-50 ₽", "RUB", AMBIGUOUS),
        ("12-50*2", "EUR", AMBIGUOUS),
        ("3+12-50", "EUR", AMBIGUOUS),
        ("120-50", "EUR", AMBIGUOUS),
        ("12-500", "KWD", AMBIGUOUS),
        ("12 - 50", "EUR", Ok(-3800)),
        ("120 - 50", "EUR", Ok(7000)),
        ("1 234 - 50", "EUR", Ok(118_400)),
        ("12 - 500", "KWD", Ok(-488_000)),
        ("12-5", "EUR", Ok(700)),
        ("12-500", "EUR", Ok(-48_800)),
        ("12-50", "JPY", Ok(-38)),
        ("12-50", "KWD", Ok(-38_000)),
        ("12.00-50", "EUR", Ok(-3800)),
        (".50-10", "EUR", Ok(-950)),
        ("12-50.00", "EUR", Ok(-3800)),
        ("(12+0)-50", "EUR", Ok(-3800)),
        ("3*-50", "EUR", Ok(-15_000)),
        ("-50", "EUR", Ok(-5000)),
    ] {
        for language in [En, Ru] {
            assert_eq!(read(text, code, language), read_as, "{text:?} in {code}, {language:?}");
        }
    }
}

#[test]
fn brackets_around_one_number_are_a_minus_alone_and_refused_within_a_computation() {
    for (text, read_as) in [
        ("(30.00)", Ok(-3000)),
        ("(30.00)+1", AMBIGUOUS),
        ("1+(30.00)", AMBIGUOUS),
        ("5-(30.00)", AMBIGUOUS),
        ("5 - ( 30.00 € )", AMBIGUOUS),
        ("2*(30)", AMBIGUOUS),
        ("(30)/2", AMBIGUOUS),
        ("(12)-50", AMBIGUOUS),
        ("-(30)", AMBIGUOUS),
        ("+(30)", AMBIGUOUS),
        ("((30))", AMBIGUOUS),
        ("((30)+1)*2", AMBIGUOUS),
        // With a sign inside both readings are the same.
        ("(-30)", Ok(-3000)),
        ("(-30.00)+1", Ok(-2900)),
        ("5-(-30)", Ok(3500)),
        ("(+30)+1", Ok(3100)),
        ("((-30))", Ok(-3000)),
        ("((10+20))+1", Ok(3100)),
        // What is malformed is named as that.
        ("(30)+", NO_NUMBER),
        ("(30", NO_NUMBER),
        ("2(3)", NO_NUMBER),
        ("(pears)+1", NO_NUMBER),
    ] {
        for language in [En, Ru] {
            assert_eq!(read(text, "EUR", language), read_as, "{text:?}, {language:?}");
        }
    }
}

#[test]
fn the_sign_key_inverts_whatever_was_typed() {
    for (text, once, twice) in [
        ("12.50", 1250, -1250),
        ("-12.50", 1250, -1250),
        ("\u{2212} 12,50", 1250, -1250),
        ("€-12.50", 1250, -1250),
        ("12.50 €", 1250, -1250),
        ("(12.50)", 1250, -1250),
        ("10+2.50", 1250, -1250),
        ("-10-2.50", 1250, -1250),
        ("(10+2.50)*1", 1250, -1250),
    ] {
        let turned = with_other_sign(text);
        assert_eq!(worked(&turned), Ok((once, false)), "{text:?} → {turned:?}");
        let again = with_other_sign(&turned);
        assert_eq!(worked(&again), Ok((twice, false)), "{text:?} → {again:?}");
    }
    assert_eq!(with_other_sign(""), "+");
}

#[test]
fn text_of_several_cells_or_lines_is_not_a_number() {
    for between in ["\t", "\n", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", " \t "] {
        for cells in
            [["12", "500"], ["100", "200"], ["1", "234.56"], ["12", "x"], ["", "12 500"], ["12 500", ""]]
        {
            for language in [En, Ru] {
                let text = cells.join(between);
                let whole = cells.iter().any(|cell| cell.is_empty());
                let expected = if whole { Ok(1_250_000) } else { AMBIGUOUS };
                assert_eq!(read(&text, "EUR", language), expected, "{text:?}");
            }
        }
    }
}
