//! `/transfers` and `/splits`: changes of several facts; valid and invalid requests, and repeats.

use crate::{harness::Member, on_both_engines};
use app::{
    domain::{Fact, FactId, GroupId},
    wire::Frame,
};
use reqwest::Method;
use serde_json::{Value, json};
use server::db::facts;
use sqlx::{AssertSqlSafe, Executor, Row};
use uuid::Uuid;

async fn center(anna: &Member, name: &str, currency: &str) -> String {
    anna.post("/financial-centers", json!({ "name": name, "currency": currency })).await.is(201).id()
}

async fn balance(anna: &Member, center: &str) -> String {
    let all = anna.get("/financial-centers").await.is(200).body;
    let row = all["items"].as_array().unwrap().iter().find(|row| row["id"] == center).cloned().unwrap();
    row["balance"].as_str().unwrap().to_owned()
}

fn amounts(group: &Value) -> Vec<&str> {
    group["facts"].as_array().unwrap().iter().map(|fact| fact["amount"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_transfer_is_one_change_of_two_facts_that_sum_to_zero(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (card, cash) = (center(&anna, "A", "EUR").await, center(&anna, "B", "EUR").await);
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let start = anna.head().await;
        let form = json!({ "from_financial_center_id": card, "to_financial_center_id": cash, "amount": "50", "comment": "cash" });
        let made = anna.post("/transfers", form.clone()).await.is(201);
        assert_eq!(made.seq(), start + 1, "one number");
        assert_eq!(amounts(&made.body), ["-50.00", "50.00"]);
        let path = format!("/transfers/{}", made.id());
        assert_eq!(made.header("location"), format!("/api/v1{path}"));
        assert_eq!((balance(&anna, &card).await, balance(&anna, &cash).await), ("-50.00".into(), "50.00".into()));
        let Frame::Commit(commit) = phone.frame().await else { panic!("a change") };
        assert_eq!((commit.seq, commit.entries.len()), (start + 1, 2), "one frame");

        let part = made.body["facts"][0]["id"].as_str().unwrap();
        anna.patch(&format!("/facts/{part}"), json!({ "amount": "-1" })).await.problem(409, "part_of_group");
        anna.delete(&format!("/facts/{part}")).await.problem(409, "part_of_group");

        let other = json!({ "from_financial_center_id": cash, "to_financial_center_id": card, "amount": "20", "date": "2026-03-01" });
        let put = anna.put(&path, other).await.is(200);
        assert_eq!((put.body["version"].clone(), put.header("etag")), (json!(2), "\"2\""));
        let ids = |group: &Value| -> Vec<Value> { group["facts"].as_array().unwrap().iter().map(|f| f["id"].clone()).collect() };
        assert_eq!(ids(&put.body), ids(&made.body), "the same two facts");
        assert_eq!((balance(&anna, &card).await, balance(&anna, &cash).await), ("20.00".into(), "-20.00".into()));
        assert_eq!(anna.get(&path).await.is(200).body, put.body);

        let gone = anna.delete(&path).await.is(204);
        assert_eq!((gone.seq(), balance(&anna, &card).await), (start + 3, "0.00".into()));
        anna.get(&path).await.problem(410, "gone");
        let back = anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!((amounts(&back.body), back.body["version"].clone()), (vec!["-20.00", "20.00"], json!(4)));
        let summary = anna.get("/summary?month=2026-03").await.is(200).body;
        assert_eq!(summary["totals"][0]["spent"], "0.00", "what moves is not spent");
    }

    async fn a_transfer_between_currencies_has_both_amounts(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (euro, yen) = (center(&anna, "Euro", "EUR").await, center(&anna, "Yen", "JPY").await);
        let form = |amount: &str, to: Value| json!({ "from_financial_center_id": euro, "to_financial_center_id": yen, "amount": amount, "to_amount": to });
        anna.post("/transfers", form("10", json!(null))).await.refuses("to_amount", "required");
        anna.post("/transfers", form("10", json!("1.5"))).await.refuses("to_amount", "too_many_digits");
        let made = anna.post("/transfers", form("10", json!(1650))).await.is(201);
        assert_eq!(amounts(&made.body), ["-10.00", "1650"]);
        assert_eq!(balance(&anna, &yen).await, "1650");
    }

    async fn a_split_is_one_payment_whose_parts_sum_to_its_total(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (food, wage, card) = (anna.article("expense").await, anna.article("income").await, anna.center().await);
        let start = anna.head().await;
        let part = |article: &str, amount: &str| json!({ "article_id": article, "amount": amount });
        let form = json!({ "financial_center_id": card, "amount": "-10", "comment": "shop", "parts":
            [part(&food, "-7.50"), { "article_id": food, "amount": "-3", "comment": "soap" }, part(&wage, "0.50")] });
        let made = anna.post("/splits", form.clone()).await.is(201);
        assert_eq!((made.seq(), amounts(&made.body)), (start + 1, vec!["-7.50", "-3.00", "0.50"]));
        let comments: Vec<_> = made.body["facts"].as_array().unwrap().iter().map(|f| f["comment"].clone()).collect();
        assert_eq!(comments, ["shop", "soap", "shop"]);
        let mut wrong = form.clone();
        wrong["amount"] = json!("-11");
        anna.post("/splits", wrong).await.refuses("amount", "sum_differs");

        // One part stays, one is removed, one is added; the new one stands next to the old one in every list.
        let path = format!("/splits/{}", made.id());
        let kept = made.body["facts"][1]["id"].clone();
        let other = json!({ "financial_center_id": card, "date": "2026-01-31", "parts": [{ "id": kept, "article_id": food, "amount": "-4" }, part(&food, "-5")] });
        let put = anna.put(&path, other).await.is(200);
        let facts = put.body["facts"].as_array().unwrap();
        assert_eq!((facts.len(), facts[0]["id"].clone()), (2, kept));
        assert!(facts.iter().all(|f| f["version"] == 2 && f["date"] == "2026-01-31" && f["created_seq"] == json!(start + 1)));
        anna.delete(&path).await.is(204);
        let back = anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!(amounts(&back.body), ["-4.00", "-5.00"], "what was taken out before stays out");
    }

    async fn invalid_groups_are_refused_and_change_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mallory = server.founder("Mallory").await;
        let (card, cash) = (anna.center().await, center(&anna, "B", "EUR").await);
        let (food, moved) = (anna.article("expense").await, anna.article("transfer").await);
        let foreign = mallory.center().await;
        let transfer = |from: &str, to: &str, amount: &str| json!({ "from_financial_center_id": from, "to_financial_center_id": to, "amount": amount });
        let made = anna.post("/transfers", transfer(&card, &cash, "1")).await.is(201);
        let head = anna.head().await;
        for (form, field, code) in [
            (transfer(&card, &card, "1"), "to_financial_center_id", "same_center"),
            (transfer(&card, &foreign, "1"), "to_financial_center_id", "not_found"),
            (transfer(&card, "x", "1"), "to_financial_center_id", "not_an_id"),
            (transfer(&card, &cash, "-1"), "amount", "negative"),
            (transfer(&card, &cash, "0"), "amount", "zero"),
            (transfer(&card, &cash, ""), "amount", "required"),
        ] {
            anna.post("/transfers", form).await.refuses(field, code);
        }
        let mut extra = transfer(&card, &cash, "1");
        extra["to_amount"] = json!("2");
        anna.post("/transfers", extra).await.refuses("to_amount", "sum_differs");
        let split = |parts: Value| json!({ "financial_center_id": card, "parts": parts });
        let one = json!({ "article_id": food, "amount": "-1" });
        let many = vec![one.clone(); 51];
        let same = json!({ "id": Uuid::now_v7(), "article_id": food, "amount": "-1" });
        for (form, field, code) in [
            (split(json!([])), "parts", "out_of_range"),
            (split(json!([one])), "parts", "out_of_range"),
            (split(json!(many)), "parts", "out_of_range"),
            (split(json!([one, { "article_id": moved, "amount": "-1" }])), "parts.1.article_id", "kind_differs"),
            (split(json!([one, { "article_id": Uuid::now_v7(), "amount": "-1" }])), "parts.1.article_id", "not_found"),
            (split(json!([one, { "article_id": food, "amount": "1.234" }])), "parts.1.amount", "too_many_digits"),
            (split(json!([one, { "article_id": food, "amount": "-1", "colour": 1 }])), "parts.1.colour", "unknown_field"),
            (split(json!([same, same])), "parts.1.id", "duplicate"),
            (split(json!("x")), "parts", "wrong_type"),
        ] {
            anna.post("/splits", form).await.refuses(field, code);
        }
        let fact = anna.buys("-1").await.id();
        let taken = json!([{ "id": fact, "article_id": food, "amount": "-1" }, one]);
        anna.post("/splits", split(taken)).await.problem(409, "id_taken");
        let path = format!("/transfers/{}", made.id());
        mallory.get(&path).await.problem(404, "not_found");
        mallory.delete(&path).await.problem(404, "not_found");
        mallory.put(&path, transfer(&card, &cash, "1")).await.problem(404, "not_found");
        anna.get(&format!("/splits/{}", made.id())).await.problem(404, "not_found");
        anna.call(Method::DELETE, &path, &[("if-match", "\"7\"")], None).await.problem(412, "stale");
        assert_eq!(anna.head().await, head + 1, "only the one purchase");
        assert_eq!(anna.get(&path).await.is(200).body["version"], 1);
    }

    async fn a_repeated_transfer_or_split_returns_the_first_response(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (card, cash) = (anna.center().await, center(&anna, "B", "EUR").await);
        let id = Uuid::now_v7();
        let form = json!({ "id": id, "from_financial_center_id": card, "to_financial_center_id": cash, "amount": "1" });
        let first = anna.post("/transfers", form.clone()).await.is(201);
        let again = anna.post("/transfers", form.clone()).await.is(200);
        assert_eq!((again.body.clone(), again.seq()), (first.body.clone(), first.seq()));
        let mut other = form.clone();
        other["amount"] = json!("2");
        anna.post("/transfers", other.clone()).await.problem(409, "idempotency_key_reused");
        let (path, key) = (format!("/transfers/{id}"), Uuid::now_v7().to_string());
        let keyed = [("idempotency-key", key.as_str())];
        let put = anna.call(Method::PUT, &path, &keyed, Some(other.to_string())).await.is(200);
        assert_eq!(anna.call(Method::PUT, &path, &keyed, Some(other.to_string())).await.is(200).seq(), put.seq());
        let key = Uuid::now_v7().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let gone = anna.call(Method::DELETE, &path, &keyed, None).await.is(204);
        assert_eq!(anna.call(Method::DELETE, &path, &keyed, None).await.is(204).seq(), gone.seq());
        anna.post("/transfers", form).await.problem(410, "gone");
        assert_eq!(anna.head().await, gone.seq(), "no repeat used a number");
    }

    async fn removed_parts_stay_removed_whatever_happens_to_the_group(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (food, card) = (anna.article("expense").await, anna.center().await);
        let with = |amounts: &[&str]| {
            let part = |amount: &&str| json!({ "article_id": food, "amount": amount });
            json!({ "financial_center_id": card, "parts": amounts.iter().map(part).collect::<Vec<_>>() })
        };
        let made = anna.post("/splits", with(&["-1", "-2"])).await.is(201);
        let path = format!("/splits/{}", made.id());
        // All parts are new each time.
        for _ in 0..5 {
            anna.put(&path, with(&["-1", "-2", "-3"])).await.is(200);
        }
        let last = anna.put(&path, with(&["-4", "-5"])).await.is(200).body;
        assert_eq!((amounts(&last), &last["version"]), (vec!["-4.00", "-5.00"], &json!(7)));
        assert_eq!(anna.get(&path).await.is(200).body, last);
        let page = anna.get("/facts").await.is(200).body;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(2), "no part that was taken out is listed");
        let again = json!({ "id": made.id(), "financial_center_id": card, "parts": last["facts"].as_array().unwrap().iter()
            .map(|_| json!({ "article_id": food, "amount": "-1" })).collect::<Vec<_>>() });
        let key = Uuid::new_v4().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        anna.call(Method::POST, "/splits", &keyed, Some(again.to_string())).await.problem(409, "id_taken");
        anna.delete(&path).await.is(204);
        anna.get(&path).await.problem(410, "gone");
        anna.put(&path, with(&["-1", "-2"])).await.problem(410, "gone");
        anna.get(&path.replace("splits", "transfers")).await.problem(404, "not_found");
        anna.call(Method::POST, "/splits", &keyed, Some(again.to_string())).await.problem(410, "gone");
        let back = anna.post(&format!("{path}/restore"), json!({})).await.is(200).body;
        assert_eq!((amounts(&back), &back["version"]), (vec!["-4.00", "-5.00"], &json!(9)));
        assert_eq!(balance(&anna, &card).await, "-9.00");
    }

    async fn the_parts_of_a_group_are_found_by_index_however_many_were_removed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (food, card) = (anna.article("expense").await, anna.center().await);
        let part = json!({ "article_id": food, "amount": "-1" });
        let made = anna.post("/splits", json!({ "financial_center_id": card, "parts": [part, part] })).await.is(201);
        let (household, group) = (anna.household().await, made.id().parse::<GroupId>().expect("an id"));
        let database = server.database().await;
        let mut tx = database.begin().await.expect("it begins");
        let alive = facts::parts(&mut tx, household, group).await.expect("they are read");
        for version in 1..=2000 {
            let taken_out = Fact { id: FactId::new(), version: -version, ..alive[0].clone() };
            facts::insert(&mut tx, household, &taken_out).await.expect("it is written");
            facts::update(&mut tx, household, &taken_out, true).await.expect("it is deleted");
        }
        tx.commit().await.expect("it lasts");
        let mut tx = database.begin().await.expect("it begins");
        assert_eq!(facts::parts(&mut tx, household, group).await.expect("they are read"), alive);
        for (name, index) in [("PARTS", "facts_parts"), ("DELETED_PARTS", "facts_deleted_parts")] {
            let (_, sql) = facts::STATEMENTS.iter().find(|(known, _)| *known == name).expect("a statement");
            let plan: Vec<String> = match tx.sqlite() {
                Some(lite) => {
                    let sql = AssertSqlSafe(format!("explain query plan {sql}"));
                    let asked = sqlx::query(sql).bind(household.uuid()).bind(group.uuid());
                    asked.fetch_all(lite).await.expect("a plan").iter().map(|row| row.get("detail")).collect()
                }
                None => {
                    let big = tx.postgres().expect("one of both");
                    big.execute("analyze facts").await.expect("it is counted");
                    let id = |id: Uuid| format!("'{id}'");
                    let sql = sql.replace("$1", &id(household.uuid())).replace("$2", &id(group.uuid()));
                    let asked = sqlx::query(AssertSqlSafe(format!("explain {sql}")));
                    asked.fetch_all(big).await.expect("a plan").iter().map(|row| row.get(0)).collect()
                }
            };
            let plan = plan.join("\n");
            assert!(plan.contains(index), "{name}: {plan}");
            assert!(!plan.contains("SCAN f") && !plan.contains("Seq Scan on facts"), "{name}: {plan}");
        }
    }
}
