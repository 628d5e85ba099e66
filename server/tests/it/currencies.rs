//! Amounts of commands that waited while the currency of their account, or of the household, was changed.

use crate::{harness::Member, on_both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

type Answer = (u16, String);

/// Sends a command as the program in the browser does.
async fn write(member: &Member, key: Uuid, (name, with): (&str, Value), typed_in: Value) -> Answer {
    let terms = json!({ "mutation_id": key, "base_version": null, "typed_in": typed_in });
    let body = json!({ "command": { "command": name, "with": with }, "terms": terms, "member": null });
    let url = format!("http://{}/api/ui/write", member.addr);
    let request = member.client.post(url).header("cookie", &member.cookie);
    let sent = request.header("content-type", "application/json").body(body.to_string()).send();
    let answer = sent.await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

fn refused() -> Answer {
    (409, r#""currency_changed""#.to_owned())
}

async fn account(member: &Member, name: &str) -> String {
    member.post("/financial-centers", json!({ "name": name, "currency": "EUR" })).await.is(201).id()
}

async fn now_in_dollars(member: &Member, account: &str) {
    member.patch(&format!("/financial-centers/{account}"), json!({ "currency": "USD" })).await.is(200);
}

/// A command is refused for the currency that it was typed in, changes nothing, and is carried out in the new one.
async fn only_in_dollars(member: &Member, command: (&str, Value), euros: Value, dollars: Value) {
    let before = member.head().await;
    let key = Uuid::now_v7();
    assert_eq!(write(member, key, command.clone(), euros).await, refused(), "{command:?}");
    assert_eq!(member.head().await, before, "nothing was written: {command:?}");
    let done = write(member, key, command.clone(), dollars).await;
    assert_eq!(done.0, 200, "{command:?}: {}", done.1);
    assert_eq!(member.head().await, before + 1);
}

on_both_engines! {
    async fn an_amount_is_recorded_only_in_the_currency_that_it_was_typed_in(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let (article, euros, dollars) = (anna.article("expense").await, json!({ "amount": "EUR" }), json!({ "amount": "USD" }));
        let fact = |center: &str| json!({ "amount": "-1250", "article_id": article, "financial_center_id": center });
        let changed = async |name: &str| {
            let id = account(&anna, name).await;
            now_in_dollars(&ben, &id).await;
            id
        };
        let jar = changed("Jar").await;
        only_in_dollars(&anna, ("record_fact", fact(&jar)), euros.clone(), dollars.clone()).await;
        let jar = changed("Jar of splits").await;
        let part = json!({ "article_id": article, "amount": "-5" });
        let split = json!({ "split": { "financial_center_id": jar, "parts": [part, part] } });
        only_in_dollars(&anna, ("record_group", split), euros.clone(), dollars.clone()).await;
        let jar = changed("Jar of rent").await;
        only_in_dollars(&anna, ("add_recurring", fact(&jar)), euros.clone(), dollars.clone()).await;
        let jar = changed("Jar with a balance").await;
        let opening = json!({ "id": jar, "form": { "opening_balance": "100" } });
        only_in_dollars(&anna, ("revise_financial_center", opening), euros.clone(), dollars.clone()).await;
        // Each side of a transfer has its own.
        let (card, left, arrived) = (account(&anna, "Card").await, changed("Left").await, changed("Arrived").await);
        let transfer = |from: &str, to: &str| json!({ "transfer": { "from_financial_center_id": from, "to_financial_center_id": to, "amount": "10", "to_amount": "11" } });
        let typed = |amount: &str, to_amount: &str| json!({ "amount": amount, "to_amount": to_amount });
        only_in_dollars(&anna, ("record_group", transfer(&left, &card)), typed("EUR", "EUR"), typed("USD", "EUR")).await;
        only_in_dollars(&anna, ("record_group", transfer(&card, &arrived)), typed("EUR", "EUR"), typed("EUR", "USD")).await;
    }

    async fn a_changed_amount_is_recorded_only_in_the_currency_of_the_account_that_it_was_typed_for(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let (euros, dollars) = (json!({ "amount": "EUR" }), json!({ "amount": "USD" }));
        let (id, jar) = (anna.buys("-12").await.id(), account(&anna, "Jar").await);
        now_in_dollars(&ben, &jar).await;
        // Moved to an account whose currency was changed meanwhile.
        let moved = json!({ "id": id, "form": { "financial_center_id": jar } });
        let before = anna.head().await;
        assert_eq!(write(&anna, Uuid::now_v7(), ("revise_fact", moved), euros.clone()).await, refused());
        // Moved there by another member, while the amount was typed here.
        ben.patch(&format!("/facts/{id}"), json!({ "financial_center_id": jar, "amount": "-1200" })).await.is(200);
        assert_eq!(anna.head().await, before + 1);
        let amount = json!({ "id": id, "form": { "amount": "-13" } });
        only_in_dollars(&anna, ("revise_fact", amount), euros.clone(), dollars.clone()).await;
        // What has no amount does not depend on it.
        let note = json!({ "id": id, "form": { "comment": "milk" } });
        assert_eq!(write(&anna, Uuid::now_v7(), ("revise_fact", note), json!({})).await.0, 200);
        // The recurring entry of an expected day was moved meanwhile.
        let mut rent = anna.purchase("-5").await;
        rent["starts_on"] = json!("2026-11-22");
        let rent = anna.post("/recurring", rent).await.is(201).id();
        ben.patch(&format!("/recurring/{rent}"), json!({ "financial_center_id": jar, "amount": "-500" })).await.is(200);
        let confirmed = json!({ "id": rent, "form": { "day": "2026-11-22", "amount": "-6" } });
        only_in_dollars(&anna, ("confirm_occurrence", confirmed), euros.clone(), dollars.clone()).await;
        let revised = json!({ "id": rent, "form": { "amount": "-7" } });
        only_in_dollars(&anna, ("revise_recurring", revised), euros, dollars).await;
    }

    async fn a_plan_is_set_only_in_the_currency_of_the_household_that_it_was_typed_in(server: TestServer) {
        let (euros, dollars) = (json!({ "amount": "EUR" }), json!({ "amount": "USD" }));
        for what in ["set_plans", "add_recurring", "add_financial_center"] {
            let anna = server.founder("Anna").await;
            let article = anna.article("expense").await;
            let with = match what {
                "set_plans" => json!([{ "article_id": article, "month": "2026-11", "amount": "300" }]),
                "add_recurring" => json!({ "target": "plan", "article_id": article, "amount": "300" }),
                _ => json!({ "name": "Jar", "opening_balance": "300" }),
            };
            anna.patch("/household", json!({ "currency": "USD" })).await.is(200);
            only_in_dollars(&anna, (what, with), euros.clone(), dollars.clone()).await;
        }
    }

    async fn whoever_names_no_currency_is_understood_as_before(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (jar, article) = (account(&anna, "Jar").await, anna.article("expense").await);
        let fact = json!({ "amount": "-1250", "article_id": article, "financial_center_id": jar });
        let key = Uuid::now_v7();
        let done = write(&anna, key, ("record_fact", fact.clone()), json!({ "amount": "EUR" })).await;
        assert_eq!(done.0, 200, "{}", done.1);
        let head = anna.head().await;
        // A repeat by a build that knows no currencies is the same request.
        assert_eq!(write(&anna, key, ("record_fact", fact.clone()), json!({})).await.0, 200);
        assert_eq!(anna.head().await, head);
        let empty = account(&anna, "Empty").await;
        now_in_dollars(&anna, &empty).await;
        let other = json!({ "amount": "-1250", "article_id": article, "financial_center_id": empty });
        anna.post("/facts", other).await.is(201);
    }
}
