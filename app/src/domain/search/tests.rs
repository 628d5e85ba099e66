use super::*;
use crate::domain::{
    Article, ArticleId, Comment, Currency, Fact, FactId, FinancialCenter, FinancialCenterId, Instant, Kind,
    Member, MemberId, Money, Role,
};
use proptest::prelude::*;

fn read(text: &str) -> Search {
    text.parse().unwrap_or_else(|reason| panic!("{text}: {reason:?}"))
}

#[test]
fn a_search_is_written_in_one_form_however_it_was_typed() {
    for (typed, written) in [
        ("", ""),
        ("  milk   bread ", "milk bread"),
        ("\"oat  milk\" -bread", "\"oat milk\" -bread"),
        ("“oat milk” „soja drink“ «овсяное молоко»", "\"oat milk\" \"soja drink\" \"овсяное молоко\""),
        ("\"not closed", "\"not closed\""),
        ("\"say \"\"no\"\"\"", "\"say \"\"no\"\"\""),
        ("#Trip -#Тёплое-море", "#trip -#теплое-море"),
        ("#12 #", "#12 #"),
        (">50 >=50,5 <7.125 <=0", ">50 >=50.50 <7.125 <=0"),
        ("≥50 ≤60", ">=50 <=60"),
        ("50..100 100..50 50.. ..100", "50..100 50..100 >=50 <=100"),
        ("=12.50 =12,5 =-12.5 =−12.5 =+12.5", "=12.50 =12.50 =-12.50 =-12.50 =+12.50"),
        ("-50..100 -=50..100 -=5 ->5", "-50..+100 -=50..100 -=5 ->5"),
        ("100% a>b 12:30 https://example.org/#top", "100% a>b 12:30 https://example.org/#top"),
        ("=x >x .. 1..2..3", "=x >x .. 1..2..3"),
        ("category:Groceries category:\"Eating out\"", "category:Groceries category:\"Eating out\""),
        ("категория:Еда СЧЁТ:Карта счет:Карта кто:Анна", "category:Еда account:Карта account:Карта who:Анна"),
        ("date:2026 date:2026-11 date:2026-11-28", "date:2026 date:2026-11 date:2026-11-28"),
        ("дата:2026-11..2026-10 date:2026-11-05..", "date:2026-10-01..2026-11-30 date:2026-11-05.."),
        ("date:2026-01-01..2026-12-31 date:..2026-02", "date:2026 date:..2026-02-28"),
        ("- -- \"\" -\"\" \u{200b}", "- --"),
        ("-category:\"Eating out\"", "-category:\"Eating out\""),
        ("a\u{a0}b", "a b"),
    ] {
        assert_eq!(read(typed).to_string(), written, "{typed:?}");
    }
}

#[test]
fn what_cannot_be_searched_is_refused() {
    for (typed, reason) in [
        ("x".repeat(201), Reason::TooLong(200)),
        ("x ".repeat(13), Reason::TooManyTerms(12)),
        ("date:soon".to_owned(), Reason::NotADate),
        ("date:2026-02-30".to_owned(), Reason::NotADate),
        ("date:2026-1".to_owned(), Reason::NotADate),
        ("date:1..2..3".to_owned(), Reason::NotADate),
        ("=12345678901234".to_owned(), Reason::NotANumber),
        ("milk >1,234.56".to_owned(), Reason::NotANumber),
        ("-<€5".to_owned(), Reason::NotANumber),
        ("=1.23456".to_owned(), Reason::NotANumber),
        ("category:".to_owned(), Reason::Required),
        ("who:\"\" x".to_owned(), Reason::Required),
        ("a\0b".to_owned(), Reason::ControlCharacter),
    ] {
        assert_eq!(typed.parse::<Search>(), Err(reason), "{typed:?}");
    }
}

/// Text of the characters that mean something.
fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ \"“”«»#<>=.,:+−–-]",
        "[a-zё%_\\\\0-9]{1,4}",
        Just("category:".to_owned()),
        Just("дата:2026".to_owned()),
        Just("date:2026-03..".to_owned()),
        Just("12.50".to_owned()),
        Just("..".to_owned()),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn article(name: &str, parent: Option<&Article>) -> Article {
    Article {
        id: ArticleId::new(),
        name: name.parse().expect("a name"),
        kind: Kind::Expense,
        parent_id: parent.map(|parent| parent.id),
        archived: false,
        icon: String::new(),
        colour: 0,
        version: 1,
        updated_by: None,
    }
}

fn center(name: &str, currency: &str) -> FinancialCenter {
    let currency: Currency = currency.parse().expect("a currency");
    FinancialCenter {
        id: FinancialCenterId::new(),
        name: name.parse().expect("a name"),
        currency,
        opening_balance: Money::zero(currency),
        archived: false,
        position: 0,
        version: 1,
        updated_by: None,
    }
}

fn member(name: &str) -> Member {
    Member {
        id: MemberId::new(),
        name: name.parse().expect("a name"),
        role: Role::Owner,
        colour: 0,
        removed: false,
        version: 1,
    }
}

#[test]
fn each_term_finds_what_it_names() {
    let food = article("Food", None);
    let (eating, milk) = (article("Eating out", Some(&food)), article("Milk bar", Some(&food)));
    let articles = [food, eating, milk, article("Foodstuffs", None)];
    let centers = [center("Card", "EUR"), center("Yen card", "JPY"), center("Cash", "EUR")];
    let members = [member("Anna"), member("Annabel")];
    let fact = |amount: i64, article: usize, at: usize, who: usize, date: &str, note: &str| Fact {
        id: FactId::new(),
        amount: Money::from_minor(amount, centers[at].currency),
        article_id: articles[article].id,
        financial_center_id: centers[at].id,
        date: date.parse().expect("a day"),
        comment: note.parse::<Comment>().expect("a note"),
        group: None,
        version: 1,
        created_seq: 1,
        created_by: members[who].id,
        updated_by: members[0].id,
        created_at: Instant::from_millis(0),
        updated_at: Instant::from_millis(0),
    };
    let facts = [
        fact(-1250, 0, 0, 0, "2026-11-05", "Straße 100% #Trip"),
        fact(-50, 1, 1, 1, "2026-11-30", "oat milk #tripod"),
        fact(5000, 2, 2, 0, "2025-12-31", "a_b"),
        fact(-5000, 3, 2, 1, "2026-01-01", ""),
    ];
    for (typed, found) in [
        ("", vec![0, 1, 2, 3]),
        ("strasse", vec![0]),
        ("100%", vec![0]),
        ("a_b", vec![2]),
        ("a%b", vec![]),
        ("\"oat milk\"", vec![1]),
        ("milk", vec![1, 2]),
        ("milk oat", vec![1]),
        ("-milk", vec![0, 3]),
        ("food", vec![0, 1, 2, 3]),
        ("category:food", vec![0, 1, 2]),
        ("category:foodst", vec![3]),
        ("-category:food", vec![3]),
        ("category:nowhere", vec![]),
        ("-category:nowhere", vec![0, 1, 2, 3]),
        ("#trip", vec![0]),
        ("-#trip", vec![1, 2, 3]),
        ("account:card", vec![0]),
        ("account:car", vec![0, 1]),
        ("who:anna", vec![0, 2]),
        ("who:annab", vec![1, 3]),
        ("=50", vec![1, 2, 3]),
        ("=-50", vec![1, 3]),
        ("=+50", vec![2]),
        (">12.50", vec![1, 2, 3]),
        (">=12.50", vec![0, 1, 2, 3]),
        ("<12.505", vec![0]),
        ("<=12.499", vec![]),
        ("12..13", vec![0]),
        ("=12.505", vec![]),
        ("-60..0", vec![0, 1, 3]),
        ("date:2026", vec![0, 1, 3]),
        ("date:2026-11", vec![0, 1]),
        ("date:..2026-01", vec![2, 3]),
        ("date:2026-11-30", vec![1]),
        ("-date:2026", vec![2]),
    ] {
        let filter = FactFilter::new(&read(typed), &articles, &centers, &members);
        let ids: Vec<usize> = (0..facts.len()).filter(|at| filter.finds(&facts[*at])).collect();
        assert_eq!(ids, found, "{typed:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_parsed_as_the_same_search(text in typed()) {
        if let Ok(search) = text.parse::<Search>() {
            let written = search.to_string();
            // Writing may add quotes, and so exceed the limit.
            if written.chars().count() <= usize::from(MOST_CHARS) {
                prop_assert_eq!(written.parse::<Search>(), Ok(search.clone()), "{:?} is written {:?}", text, written);
            }
            prop_assert_eq!(Search::of(search.terms().iter().cloned()), search);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = text.parse::<Search>();
    }

    #[test]
    fn a_range_of_amounts_in_minor_units_is_that_of_the_decimal_numbers(
        units in -200_000_i64..200_000, minor in -2_000_i64..2_000, digits in 0_u8..=3, sign in 0..4_usize
    ) {
        let text = format!("{}{}{}.{:04}", [">", ">=", "<", "<="][sign], if units < 0 { "-" } else { "+" },
            units.abs() / 10_000, units.abs() % 10_000);
        let range: AmountRange = text.parse().expect("a range");
        let amount = minor * 10_i64.pow(4 - u32::from(digits));
        let expected = [amount > units, amount >= units, amount < units, amount <= units][sign];
        prop_assert_eq!(range.minor(digits).contains(&minor), expected, "{} and {}", text, minor);
    }
}
