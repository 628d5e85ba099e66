mod interpretation;
mod typed;

use super::*;
use proptest::prelude::*;

fn worked(text: &str) -> Result<(i64, bool), MoneyError> {
    work_out(text, Currency::EUR, Language::En).map(|worked| (worked.money.minor(), worked.rounded))
}

#[test]
fn computations_are_evaluated_as_on_paper() {
    for (text, minor) in [
        ("16.99*3+2", 5297),
        ("120/2", 6000),
        ("2+3*4", 1400),
        ("(2+3)*4", 2000),
        ("10-2-3", 500),
        ("100/3*3", 10000),
        ("0,1+0,2", 30),
        ("1 000 × 2", 200_000),
        ("12\u{2212}2,50", 950),
        ("-(4+6)", -1000),
        ("3*-2", -600),
        ("1/8*8", 100),
        ("+5+5", 1000),
    ] {
        assert_eq!(worked(text), Ok((minor, false)), "{text}");
    }
}

#[test]
fn only_the_result_is_rounded_and_reported_as_rounded() {
    assert_eq!(worked("16.99*1.1"), Ok((1869, true)));
    assert_eq!(worked("100/3"), Ok((3333, true)));
    assert_eq!(worked("-100/3"), Ok((-3333, true)));
    assert_eq!(worked("0.01/2"), Ok((1, true)), "half a cent goes away from zero");
    assert_eq!(worked("-0.01/2"), Ok((-1, true)));
    let refused = Err(MoneyError::TooManyDigits { digits: 2 });
    assert_eq!(worked("1.0051"), refused, "a plain number is not rounded");
}

#[test]
fn a_malformed_computation_is_refused() {
    for text in
        ["1+", "*2", "1//2", "1++2", "(1", "1)", "()", "1+a", "1/0", "1/(2-2)", "2(3)", "--1", "1+.", "+"]
    {
        assert_eq!(worked(text), Err(MoneyError::NotANumber { digits: 2 }), "{text}");
    }
    let least = "(18446744073709551616*-9223372036854775808)";
    for text in [
        format!("1/{least}"),
        format!("{least}/-1"),
        format!("{least}*-1"),
        "-9223372036854775808/100".into(),
    ] {
        assert_eq!(worked(&text), Err(MoneyError::TooLarge), "{text}");
    }
    assert_eq!(worked("99999999999*99999999999*99999999999*99999999999"), Err(MoneyError::TooLarge));
    assert_eq!(worked(&"(".repeat(99)), Err(MoneyError::NotANumber { digits: 2 }));
}

#[test]
fn the_direction_comes_from_the_article_unless_a_sign_is_typed() {
    let read = |text: &str, kind| {
        plainly(text, Some(kind), Currency::EUR, Language::En).unwrap_or_else(|error| error.code().into())
    };
    assert_eq!(read("10-3", Kind::Expense), "-7.00");
    assert_eq!(read("10-3", Kind::Income), "7.00");
    assert_eq!(read("+10-3", Kind::Expense), "7.00", "a refund");
    assert_eq!(read("-10-3", Kind::Income), "-13.00");
    assert_eq!(read("12,50", Kind::Expense), "-12.50");
    assert_eq!(read("(30.00)", Kind::Expense), "-30.00");
    assert_eq!(read("(30.00)", Kind::Income), "-30.00");
    assert_eq!(read("€ \u{2212}30", Kind::Expense), "-30.00");
    assert_eq!(read("twelve", Kind::Expense), "not_a_number");
    assert_eq!(read("12-50", Kind::Expense), "ambiguous");
    for below_zero in ["12 - 50", "5-8", "3*-2"] {
        assert_eq!(read(below_zero, Kind::Expense), "below_zero", "it is no income: nobody said so");
        assert_eq!(read(below_zero, Kind::Income), "below_zero");
    }
    assert_eq!(read("-(12 - 50)", Kind::Expense), "38.00");
    assert_eq!(read("+12 - 50", Kind::Expense), "-38.00");
}

proptest! {
    #[test]
    fn sums_and_products_are_those_of_whole_cents(a in 0..1_000_000_i64, b in 0..1_000_000_i64, n in 1..1000_i64) {
        let money = |minor| Money::from_minor(minor, Currency::EUR);
        prop_assert_eq!(worked(&format!("{}+{}*{n}", money(a), money(b))), Ok((a + b * n, false)));
        prop_assert_eq!(worked(&format!("({}-{})*{n}", money(a), money(b))), Ok(((a - b) * n, false)));
        prop_assert_eq!(worked(&format!("{}*{n}/{n}+0", money(a))), Ok((a, false)));
    }

    #[test]
    fn no_text_panics_and_results_are_within_the_limit(text in "[0-9+*/()., \u{2212}×÷-]{0,40}") {
        if let Ok(worked) = work_out(&text, Currency::EUR, Language::En) {
            prop_assert!(worked.money.minor().abs() < Money::LIMIT);
        }
    }
}

proptest! {
    #[test]
    fn the_operator_keys_compute_whatever_is_typed_between_them(
        first in 1..1_000_000_i64, rest in prop::collection::vec((any::<bool>(), 1..1_000_000_i64), 0..6),
    ) {
        let (mut text, mut sum) = (first.to_string(), first);
        for (minus, next) in rest {
            text = with_operator(&text, if minus { "\u{2212}" } else { "+" }) + &next.to_string();
            sum += if minus { -next } else { next };
        }
        prop_assert_eq!(worked(&text), Ok((sum * 100, false)), "{}", text);
    }
}

#[test]
fn the_minus_key_begins_a_negative_number_where_no_number_ends() {
    assert_eq!(with_operator("", "\u{2212}"), "\u{2212}");
    assert_eq!(with_operator("3×", "\u{2212}"), "3×\u{2212}");
    assert_eq!(with_operator("(", "\u{2212}"), "(\u{2212}");
}
