//! `/facts?q=` and `/facts/days?q=`: what is found, counted and summed equals a plain filter in memory.

use crate::{harness::Member, on_both_engines};
use app::domain::{Article, Fact, FinancialCenter, Member as Person, Search, search::FactFilter};
use form_urlencoded::byte_serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn encoded(search: &str) -> String {
    byte_serialize(search.as_bytes()).collect()
}

async fn items<T: DeserializeOwned>(member: &Member, path: &str) -> Vec<T> {
    let reply = member.get(path).await.is(200);
    serde_json::from_value(reply.body["items"].clone()).expect("rows")
}

/// Notes with every character that means something to a search, a pattern or a statement.
const NOTES: [&str; 14] = [
    "",
    "milk",
    "Oat milk 100%",
    "a_b",
    "a\\b",
    "50% off #Trip",
    "#tripod, #trip-2",
    "Straße «ёлка»",
    "it's \"new\"",
    "12.50",
    "https://example.org/#top",
    "#Тёплое-море",
    "milk #trip",
    "MILK—bread",
];
const DAYS: [&str; 7] =
    ["2025-12-31", "2026-01-01", "2026-02-28", "2026-11-05", "2026-11-20", "2026-11-24", "2024-02-29"];

/// A book of two people with two levels of categories and accounts of two currencies with different digits.
async fn fill(anna: &Member, ben: &Member) {
    let mut articles = vec![anna.article("expense").await, anna.article("income").await];
    let child = json!({ "name": "Milk bar", "kind": "expense", "parent_id": articles[0] });
    articles.push(anna.post("/articles", child).await.is(201).id());
    let mut centers = vec![anna.center().await];
    for (name, currency) in [("Yen", "JPY"), ("Card 2", "EUR")] {
        let form = json!({ "name": name, "currency": currency, "opening_balance": "0" });
        centers.push(anna.post("/financial-centers", form).await.is(201).id());
    }
    for at in 0..70_usize {
        let amount = ["-12.5", "12.5", "-50", "-49.99", "50.01", "-0.01", "700"][at % 7];
        let center = &centers[at % 3];
        let amount = if at % 3 == 1 {
            amount.split('.').next().filter(|whole| *whole != "-0").unwrap_or("-3")
        } else {
            amount
        };
        let form = json!({
            "amount": amount, "article_id": articles[at / 2 % 3], "financial_center_id": center,
            "date": DAYS[at / 5 % 7], "comment": NOTES[at % NOTES.len()],
        });
        if at % 4 == 0 { ben } else { anna }.post("/facts", form).await.is(201);
    }
    // A deleted one is never found.
    let deleted: Vec<Fact> = items(anna, "/facts?limit=3").await;
    anna.delete(&format!("/facts/{}", deleted[1].id)).await.is(204);
}

/// Terms that find something, nothing, or everything.
const TERMS: [&str; 40] = [
    "milk",
    "\"oat milk\"",
    "100%",
    "a_b",
    "a%b",
    "a\\b",
    "%",
    "_",
    "\\",
    "'",
    "\"\"\"\"",
    "strasse",
    "елка",
    "bar",
    "#trip",
    "#trip-2",
    "#tripod",
    "#теплое-море",
    "#top",
    ">50",
    ">=50",
    "<12.50",
    "<=12.50",
    "=12.50",
    "=-12.50",
    "=+12.50",
    "12..50",
    "-50..0",
    "=0.005",
    ">9999999999999",
    "category:\"Milk bar\"",
    "category:nowhere",
    "account:yen",
    "account:card",
    "who:ben",
    "who:nn",
    "date:2026",
    "date:2026-11",
    "date:2026-11-20..",
    "date:..2025",
];

on_both_engines! {
    async fn a_search_finds_what_a_filter_in_memory_finds(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        fill(&anna, &ben).await;
        let facts: Vec<Fact> = items(&anna, "/facts?limit=500").await;
        let articles: Vec<Article> = items(&anna, "/articles").await;
        let centers: Vec<FinancialCenter> = items(&anna, "/financial-centers").await;
        let members: Vec<Person> = items(&anna, "/members").await;
        assert_eq!(facts.len(), 69);
        let mut dice = fastrand::Rng::with_seed(18);
        let single = TERMS.iter().flat_map(|term| [(*term).to_owned(), format!("-{term}")]);
        let mut typed: Vec<String> = single.filter(|term| !term.starts_with("--")).collect();
        while typed.len() < 200 {
            let terms = (0..dice.usize(2..5)).map(|_| {
                let term = TERMS[dice.usize(..TERMS.len())];
                if dice.bool() && !term.starts_with('-') { format!("-{term}") } else { term.to_owned() }
            });
            typed.push(terms.collect::<Vec<_>>().join(" "));
        }
        let mut found_any = 0;
        for text in typed {
            let search: Search = text.parse().expect("a search");
            let filter = FactFilter::new(&search, &articles, &centers, &members);
            let expected: Vec<&Fact> = facts.iter().filter(|fact| filter.finds(fact)).collect();
            found_any += usize::from(!expected.is_empty() && expected.len() < facts.len());

            let q = encoded(&text);
            let page = anna.get(&format!("/facts?limit=500&q={q}")).await.is(200).body;
            let found: Vec<Fact> = serde_json::from_value(page["items"].clone()).expect("facts");
            let ids = |facts: Vec<&Fact>| facts.into_iter().map(|fact| fact.id).collect::<Vec<_>>();
            assert_eq!(ids(found.iter().collect()), ids(expected.clone()), "{text}");
            assert_eq!(page["found"]["count"], expected.len(), "{text}");
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            let mut days: BTreeMap<String, i64> = BTreeMap::new();
            for fact in &expected {
                let center = centers.iter().find(|row| row.id == fact.financial_center_id).expect("a center");
                *sums.entry(center.currency.to_string()).or_default() += fact.amount.minor();
                *days.entry(fact.date.to_string()).or_default() += 1;
            }
            let minor = |sum: &Value| sum["amount"].as_str().expect("an amount").replace('.', "").parse::<i64>();
            let rows = page["found"]["sums"].as_array().cloned().unwrap_or_default();
            let got = rows.iter().map(|sum| (sum["currency"].as_str().expect("a code").to_owned(), minor(sum).expect("a number")));
            assert_eq!(got.collect::<BTreeMap<_, _>>(), sums, "{text}");

            let spine = anna.get(&format!("/facts/days?q={q}")).await.is(200).body;
            let spine: Vec<(String, i64)> = spine.as_array().into_iter().flatten()
                .map(|day| (day["date"].as_str().expect("a day").to_owned(), day["rows"].as_i64().expect("a number")))
                .collect();
            assert_eq!(spine, days.into_iter().rev().collect::<Vec<_>>(), "{text}");
        }
        assert!(found_any > 100, "{found_any} of the searches tell anything");
    }

    async fn a_search_is_read_by_page_and_beside_the_other_filters(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        fill(&anna, &ben).await;
        let all = anna.get("/facts?limit=500&q=-%23trip").await.is(200).body;
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = anna.get(&format!("/facts?limit=7&q=-%23trip{cursor}")).await.is(200).body;
            assert_eq!(page["found"], all["found"], "each page tells the whole");
            paged.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(Value::from(paged), all["items"]);
        let center = anna.center().await;
        let both = anna.get(&format!("/facts?limit=500&q=milk&tag=trip&financial_center_id={center}&from=2026-01-01")).await;
        let terms = anna.get(&format!("/facts?limit=500&financial_center_id={center}&q={}", encoded("milk #trip date:2026-01-01.."))).await;
        assert_eq!(both.is(200).body, terms.is(200).body);
        let without = anna.get("/facts?limit=1").await.is(200).body;
        assert_eq!(without.get("found"), None, "only a search is counted");
        let everything = anna.get("/facts?limit=1&q=").await.is(200).body;
        assert_eq!(everything["found"]["count"], 69);
    }
}

on_both_engines! {
    async fn the_longest_note_is_stored_and_found(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut dice = fastrand::Rng::with_seed(26);
        // Letters of four bytes in no order, which nothing compresses, as words and as tags.
        let mut letters = |count: usize| (0..count).map(|_| char::from_u32(0x2_0000 + dice.u32(..0xa000)).expect("a letter")).collect::<String>();
        let words = letters(500);
        let tags: String = (0..12).map(|_| format!("#{} ", letters(39))).collect();
        for note in [words.clone(), tags.trim().to_owned()] {
            let mut body = anna.purchase("-1").await;
            body["comment"] = json!(note);
            let id = anna.post("/facts", body).await.is(201).id();
            let end: String = note.chars().skip(note.chars().count() - 30).collect();
            let found = anna.get(&format!("/facts?q={}", encoded(&end))).await.is(200).body;
            assert_eq!(found["items"][0]["id"], id.as_str());
        }
    }

    async fn a_search_that_cannot_be_read_is_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        for (search, code) in [
            ("date:soon", "not_a_date"),
            ("category:", "required"),
            ("a\0b", "control_character"),
            (&"x ".repeat(13), "too_many"),
            (&"x".repeat(201), "too_long"),
        ] {
            for path in ["/facts", "/facts/days"] {
                anna.get(&format!("{path}?q={}", encoded(search))).await.refuses("q", code);
            }
        }
    }
}
