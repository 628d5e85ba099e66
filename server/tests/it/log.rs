//! The change log: numbered without gaps under concurrent writers, and equal to the tables when folded.

use crate::on_both_engines;
use app::{
    domain::{
        Article, ArticleId, Fact, FactId, FinancialCenter, FinancialCenterId, Household, Member, MemberId,
        Month, Plan, Recurring, RecurringId,
    },
    wire::{Change, Entry},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The tables, computed from the log alone.
#[derive(Debug, Default, PartialEq)]
struct Fold {
    household: Option<Household>,
    members: BTreeMap<MemberId, Member>,
    articles: BTreeMap<ArticleId, Article>,
    centers: BTreeMap<FinancialCenterId, FinancialCenter>,
    facts: BTreeMap<FactId, Fact>,
    plans: BTreeMap<(ArticleId, Month), Plan>,
    recurring: BTreeMap<RecurringId, Recurring>,
}

impl Fold {
    fn add(&mut self, entry: Entry) {
        match entry.change {
            Change::FactCreated(row) => drop(self.facts.insert(row.id, row)),
            Change::FactUpdated(row) => {
                let old = self.facts.insert(row.id, row);
                assert_eq!(entry.before, old.map(|old| old.before()), "before is what stood there");
            }
            Change::FactDeleted(gone) => {
                let old = self.facts.remove(&gone.id);
                assert_eq!(entry.before, old.map(|old| old.before()), "before is what stood there");
            }
            Change::ArticleCreated(row) | Change::ArticleUpdated(row) => {
                drop(self.articles.insert(row.id, row))
            }
            Change::ArticleDeleted(gone) => drop(self.articles.remove(&gone.id)),
            Change::FinancialCenterCreated(row) | Change::FinancialCenterUpdated(row) => {
                drop(self.centers.insert(row.id, row));
            }
            Change::FinancialCenterDeleted(gone) => drop(self.centers.remove(&gone.id)),
            Change::PlanUpdated(row) => drop(self.plans.insert((row.article_id, row.month), row)),
            Change::RecurringCreated(row) | Change::RecurringUpdated(row) => {
                drop(self.recurring.insert(row.id, row));
            }
            Change::RecurringDeleted(gone) => drop(self.recurring.remove(&gone.id)),
            Change::MemberCreated(row) | Change::MemberUpdated(row) => drop(self.members.insert(row.id, row)),
            Change::HouseholdUpdated(row) => self.household = Some(row),
        }
    }
}

fn rows<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).expect("rows of this type")
}

on_both_engines! {
    async fn twenty_concurrent_writers_leave_no_gap(server: TestServer) {
        let anna = server.founder("Anna").await;
        let body = anna.purchase("-1").await;
        let bad = anna.purchase("0").await;
        let writers: Vec<_> = (0..20)
            .map(|n| {
                let (anna, body, bad) = (anna.clone(), body.clone(), bad.clone());
                tokio::spawn(async move {
                    let mut numbers = Vec::new();
                    for _ in 0..5 {
                        let fact = anna.post("/facts", body.clone()).await.is(201);
                        numbers.push(fact.seq());
                        // A refused write in between takes a number and rolls back.
                        anna.post("/facts", bad.clone()).await.is(422);
                        if n % 2 == 0 {
                            let path = format!("/facts/{}", fact.id());
                            numbers.push(anna.patch(&path, json!({ "amount": "-2" })).await.is(200).seq());
                        }
                    }
                    numbers
                })
            })
            .collect();
        let mut numbers = Vec::new();
        for writer in writers {
            numbers.extend(writer.await.expect("the writer is done"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (2..=151).collect::<Vec<i64>>());
        let log = anna.get("/events?limit=500").await.is(200);
        let logged: Vec<_> = log.body["items"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()).collect();
        assert_eq!(logged, (1..=151).collect::<Vec<i64>>());
    }

    async fn the_fold_of_the_log_equals_the_tables(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let car = anna.post("/articles", json!({ "name": "Car", "kind": "expense" })).await.is(201).id();
        let spare = anna.post("/articles", json!({ "name": "Spare", "kind": "income" })).await.is(201).id();
        let savings = ben.post("/financial-centers", json!({ "name": "Savings", "opening_balance": "10" })).await.is(201).id();
        let empty = ben.post("/financial-centers", json!({ "name": "Empty" })).await.is(201).id();
        let mut ids = Vec::new();
        for n in 1..=12 {
            let mut body = if n % 2 == 0 { anna.purchase(&format!("-{n}")).await } else { ben.purchase(&format!("{n}")).await };
            if n % 3 == 0 {
                body["article_id"] = json!(car);
                body["financial_center_id"] = json!(savings);
            }
            ids.push(anna.post("/facts", body).await.is(201).id());
        }
        for (n, id) in ids.iter().enumerate() {
            let path = format!("/facts/{id}");
            if n % 2 == 0 {
                ben.patch(&path, json!({ "amount": "3.33", "date": "2026-01-15", "comment": "moved" })).await.is(200);
            }
            if n % 3 == 0 {
                anna.delete(&path).await.is(204);
            }
            if n % 6 == 0 {
                ben.post(&format!("{path}/restore"), json!({})).await.is(200);
            }
        }
        let transfer = json!({ "from_financial_center_id": savings, "to_financial_center_id": empty, "amount": "5" });
        let transfer = anna.post("/transfers", transfer).await.is(201).id();
        let part = |amount: &str| json!({ "article_id": car, "amount": amount });
        let split = json!({ "financial_center_id": savings, "parts": [part("-1"), part("-2"), part("3.50")] });
        let split = ben.post("/splits", split).await.is(201);
        let kept = split.body["facts"][1].clone();
        let other = json!({ "financial_center_id": savings, "date": "2026-02-03", "parts": [part("-9"), { "id": kept["id"], "article_id": car, "amount": "-2" }] });
        anna.put(&format!("/splits/{}", split.id()), other).await.is(200);
        ben.delete(&format!("/splits/{}", split.id())).await.is(204);
        ben.post(&format!("/splits/{}/restore", split.id()), json!({})).await.is(200);
        anna.delete(&format!("/transfers/{transfer}")).await.is(204);
        for (month, amount) in [("2026-11", "100"), ("2026-12", "50"), ("2026-11", "80"), ("2026-12", "0")] {
            anna.put(&format!("/plans/{car}/{month}"), json!({ "amount": amount })).await.is(200);
        }
        let comes = json!({ "article_id": car, "financial_center_id": savings, "amount": "-4", "starts_on": "2026-11-01", "unit": "week" });
        let first = anna.post("/recurring", comes.clone()).await.is(201).id();
        let second = ben.post("/recurring", comes).await.is(201).id();
        for (who, what, day) in [(&anna, "confirm", "2026-11-08"), (&ben, "skip", "2026-11-01"), (&ben, "confirm", "2026-11-22"), (&anna, "reopen", "2026-11-08")] {
            let reply = who.post(&format!("/recurring/{first}/{what}"), json!({ "day": day })).await;
            assert!(reply.status.is_success(), "{}", reply.body);
        }
        ben.patch(&format!("/recurring/{second}"), json!({ "every": 2 })).await.is(200);
        anna.delete(&format!("/recurring/{second}")).await.is(204);
        ben.post(&format!("/recurring/{second}/restore"), json!({})).await.is(200);
        anna.patch(&format!("/articles/{car}"), json!({ "name": "Van", "archived": true })).await.is(200);
        anna.delete(&format!("/articles/{spare}")).await.is(204);
        anna.post(&format!("/articles/{spare}/restore"), json!({})).await.is(200);
        anna.delete(&format!("/articles/{spare}")).await.is(204);
        let unused = ben.post("/financial-centers", json!({ "name": "Unused" })).await.is(201).id();
        anna.delete(&format!("/financial-centers/{unused}")).await.is(204);
        anna.patch(&format!("/financial-centers/{savings}"), json!({ "opening_balance": "20" })).await.is(200);
        ben.patch("/auth/me", json!({ "name": "Benjamin" })).await.is(200);
        anna.patch("/household", json!({ "name": "All of us" })).await.is(200);

        let mut fold = Fold::default();
        let log = anna.get("/events?limit=500").await.is(200);
        for event in log.body["items"].as_array().unwrap() {
            for entry in rows::<Entry>(&event["changes"]) {
                fold.add(entry);
            }
        }
        let snapshot = anna.get("/snapshot").await.is(200).body;
        assert_eq!(log.seq(), snapshot["seq"].as_i64().unwrap(), "both at one place");
        let facts = anna.get("/facts?limit=500").await.is(200).body;
        let plans = anna.get("/plans?from=1980-01&to=2079-12").await.is(200).body;
        let tables = Fold {
            plans: rows::<Plan>(&plans["items"]).into_iter().map(|row| ((row.article_id, row.month), row)).collect(),
            recurring: rows::<Recurring>(&snapshot["recurring"]).into_iter().map(|row| (row.id, row)).collect(),
            household: Some(serde_json::from_value(snapshot["household"].clone()).expect("a household")),
            members: rows::<Member>(&snapshot["members"]).into_iter().map(|row| (row.id, row)).collect(),
            articles: rows::<Article>(&snapshot["articles"]).into_iter().map(|row| (row.id, row)).collect(),
            centers: rows::<FinancialCenter>(&snapshot["financial_centers"]).into_iter().map(|row| (row.id, row)).collect(),
            facts: rows::<Fact>(&facts["items"]).into_iter().map(|row| (row.id, row)).collect(),
        };
        assert_eq!(fold, tables);
        let sum = |center: FinancialCenterId| -> i64 {
            fold.facts.values().filter(|fact| fact.financial_center_id == center).map(|fact| fact.amount.minor()).sum()
        };
        for row in rows::<app::domain::Balance>(&snapshot["financial_centers"]) {
            assert_eq!(row.balance.minor(), row.center.opening_balance.minor() + sum(row.center.id));
        }
    }
}
