//! A form that is posted without the program and refused names everything that is wrong with it at once.

use crate::{
    harness::{Member, PASSWORD, TestServer, Visitor, email},
    people::{path, token_of},
};
use serde_json::json;

/// A field of a form: its name, a value that is accepted and one that is refused, if there is one.
type Input<'a> = (&'static str, &'a str, Option<&'a str>);

/// The fields that a page marks as refused.
fn refused_in(html: &str) -> Vec<String> {
    let marked = html.split('<').filter(|tag| tag.contains("aria-invalid=\"true\""));
    let names = marked.filter_map(|tag| tag.split(" name=\"").nth(1)?.split('"').next().map(str::to_owned));
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Posts the form once for each set of its fields that are wrong.
async fn each_post_names_all_that_is_wrong(visitor: &mut Visitor, path: &str, form: &[Input<'_>]) {
    let can_be_wrong: Vec<_> = form.iter().filter_map(|(name, _, wrong)| Some((*name, (*wrong)?))).collect();
    for set in 1..1_u32 << can_be_wrong.len() {
        let wrong: Vec<_> = can_be_wrong
            .iter()
            .enumerate()
            .filter(|(at, _)| set & (1 << at) != 0)
            .map(|(_, field)| *field)
            .collect();
        let typed: Vec<_> = form
            .iter()
            .map(|(name, right, _)| {
                let of = wrong.iter().find(|(field, _)| field == name);
                (*name, of.map_or(*right, |(_, value)| *value))
            })
            .collect();
        let page = visitor.post(path, &typed).await.is(422);
        let mut expected: Vec<_> = wrong.iter().map(|(name, _)| (*name).to_owned()).collect();
        expected.sort_unstable();
        assert_eq!(refused_in(&page.html), expected, "{path} with {typed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_plain_form_names_all_that_is_wrong_in_one_post() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let ben = server.guest(&anna, "Ben").await;
    let invitation = format!("/join/{}", anna.invite().await);
    let token = token_of(&anna.post(&format!("{}/password-link", path(&ben)), json!({})).await.is(201));
    let (address, mut stranger) = (email("eve"), Visitor::of(&server));
    let person: [Input; 3] =
        [("name", "Eve", Some("")), ("email", &address, Some("eve")), ("password", PASSWORD, Some("short"))];
    let founding: [Input; 4] = [
        ("household", "The Millers", Some("")),
        ("currency", "EUR", Some("EURO")),
        ("time_zone", "Europe/Berlin", None),
        ("opening_balance", "12,50", Some("1 2")),
    ];
    each_post_names_all_that_is_wrong(&mut stranger, "/register", &[&founding[..], &person[..]].concat())
        .await;
    each_post_names_all_that_is_wrong(&mut stranger, &invitation, &person).await;
    let link = format!("/password/{token}");
    each_post_names_all_that_is_wrong(&mut stranger, &link, &[("new", PASSWORD, Some("short"))]).await;

    let mut browser = Visitor::signed_in(&server, &anna);
    // The other fields of this form are choices.
    let you: [Input; 4] = [
        ("name", "Anna", Some("")),
        ("colour", "1", None),
        ("language", "en", None),
        ("theme", "dark", None),
    ];
    each_post_names_all_that_is_wrong(&mut browser, "/settings/you", &you).await;
    let password: [Input; 2] = [("old", PASSWORD, Some("wrong")), ("new", "another password", Some("short"))];
    each_post_names_all_that_is_wrong(&mut browser, "/settings/password", &password).await;
    let household: [Input; 3] = [
        ("household_name", "Home", Some("")),
        ("currency", "EUR", Some("EURO")),
        ("time_zone", "UTC", Some("Mars/Olympus")),
    ];
    each_post_names_all_that_is_wrong(&mut browser, "/settings/household", &household).await;
}

/// The values of a purchase in the order amount, category, account, day, note.
async fn post_purchase(anna: &Member, server: &TestServer, typed: [&str; 5]) -> (u16, String) {
    let names =
        ["form[amount]", "form[article_id]", "form[financial_center_id]", "form[date]", "form[comment]"];
    let form: Vec<_> = names.into_iter().zip(typed).collect();
    let page = Visitor::signed_in(server, anna).post("/", &form).await;
    (page.status.as_u16(), page.html)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_posted_without_the_program_names_all_that_is_wrong_at_once() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let (article, center) = (anna.article("expense").await, anna.center().await);
    let gone = uuid::Uuid::now_v7().to_string();
    let before = anna.head().await;
    let (status, html) = post_purchase(&anna, &server, ["much", "", &center, "2026-05-01", ""]).await;
    assert_eq!(
        (status, refused_in(&html)),
        (422, vec!["form[amount]".into(), "form[article_id]".to_owned()])
    );
    for (typed, said) in [
        (["12 50", &gone, &center, "2026-05-01", ""], &["Amount: ", "Category: "][..]),
        (
            ["0", "", "nonsense", "yesterday", "two\u{1}notes"],
            &["Amount: ", "Category: ", "Account: ", "Date: ", "Note: "],
        ),
        (["5 - 8", &article, &gone, "2026-05-01", ""], &["Amount: ", "Account: "]),
        (["12,50", &article, &center, "yesterday", "two\u{1}notes"], &["Date: ", "Note: "]),
        (["", &gone, &gone, "", ""], &["Amount: ", "Category: ", "Account: "]),
    ] {
        let (status, html) = post_purchase(&anna, &server, typed).await;
        assert_eq!(status, 422, "{typed:?}");
        for label in ["Amount: ", "Category: ", "Account: ", "Date: ", "Note: "] {
            assert_eq!(html.contains(label), said.contains(&label), "{label} for {typed:?}: {html}");
        }
    }
    // A category that was merged away since the page was opened does not turn an expense into income.
    let other = anna.post("/articles", json!({ "name": "Bakery", "kind": "expense" })).await.is(201).id();
    anna.post(&format!("/articles/{other}/merge"), json!({ "into": article })).await.is(200);
    let (status, html) = post_purchase(&anna, &server, ["12,50", &other, &center, "2026-05-01", ""]).await;
    assert!(status == 422 && html.contains("Category: "), "{status}: {html}");
    let facts = anna.get("/facts").await.is(200).body["items"].as_array().map(Vec::len);
    assert_eq!((facts, anna.head().await), (Some(0), before + 2), "nothing was recorded");
    assert_eq!(post_purchase(&anna, &server, ["12,50", &article, &center, "2026-05-01", ""]).await.0, 303);
    assert_eq!(anna.get("/facts").await.body["items"][0]["amount"], "-12.50");
}
