//! A writer of random, valid changes.

use super::{day, months};
use crate::harness::Member;
use fastrand::Rng;
use serde_json::{Value, json};

pub struct Writer {
    anna: Member,
    rng: Rng,
    /// Expenses and income, with their parents.
    articles: Vec<(String, &'static str, Option<usize>)>,
    /// With the digits of their currencies.
    centers: Vec<(String, usize)>,
    facts: Vec<String>,
    groups: Vec<(String, &'static str)>,
}

impl Writer {
    pub async fn new(anna: &Member, rng: Rng) -> Self {
        let mut writer = Self {
            anna: anna.clone(),
            rng,
            articles: Vec::new(),
            centers: Vec::new(),
            facts: Vec::new(),
            groups: Vec::new(),
        };
        for (name, currency, digits) in
            [("Card", "EUR", 2), ("Cash", "EUR", 2), ("Yen", "JPY", 0), ("Dollars", "USD", 2)]
        {
            let form = json!({ "name": name, "currency": currency, "opening_balance": "100" });
            writer.centers.push((anna.post("/financial-centers", form).await.is(201).id(), digits));
        }
        for n in 0..12 {
            writer.add_article(n).await;
        }
        writer
    }

    async fn add_article(&mut self, n: usize) {
        let kind = if n.is_multiple_of(3) { "income" } else { "expense" };
        let parents: Vec<_> = (0..self.articles.len()).filter(|at| self.articles[*at].1 == kind).collect();
        let parent = self.rng.choice(&parents).copied().filter(|_| n > 5);
        let form = json!({ "name": format!("A{n}"), "kind": kind, "parent_id": parent.map(|at| &self.articles[at].0) });
        let id = self.anna.post("/articles", form).await.is(201).id();
        self.articles.push((id, kind, parent));
    }

    fn amount(&mut self, digits: usize, signed: bool) -> String {
        let minor = self.rng.u32(1..200_000);
        let sign = if signed && self.rng.u8(0..5) > 0 { "-" } else { "" };
        if digits == 0 {
            format!("{sign}{minor}")
        } else {
            format!("{sign}{}.{:02}", minor / 100, minor % 100)
        }
    }

    fn article(&mut self) -> String {
        self.articles[self.rng.usize(0..self.articles.len())].0.clone()
    }

    fn fact(&mut self) -> Value {
        let (center, digits) = self.centers[self.rng.usize(0..4)].clone();
        json!({ "amount": self.amount(digits, true), "article_id": self.article(), "financial_center_id": center, "date": day(&mut self.rng) })
    }

    fn transfer(&mut self) -> Value {
        let from = self.rng.usize(0..4);
        let to = (from + self.rng.usize(1..4)) % 4;
        let (from, to) = (self.centers[from].clone(), self.centers[to].clone());
        let mut form = json!({ "from_financial_center_id": from.0, "to_financial_center_id": to.0, "amount": self.amount(from.1, false), "date": day(&mut self.rng) });
        // Only the first two have the same currency.
        if !self.centers[..2].contains(&from) || !self.centers[..2].contains(&to) {
            form["to_amount"] = json!(self.amount(to.1, false));
        }
        form
    }

    /// A split; some of its parts may be those of an earlier one.
    fn split(&mut self, old: &[Value]) -> Value {
        let (center, digits) = self.centers[self.rng.usize(0..4)].clone();
        let parts: Vec<_> = (0..self.rng.usize(2..6))
            .map(|at| {
                let kept = old.get(at).filter(|_| self.rng.bool()).map(|part| part["id"].clone());
                let mut part = json!({ "article_id": self.article(), "amount": self.amount(digits, true) });
                if let Some(id) = kept {
                    part["id"] = id;
                }
                part
            })
            .collect();
        json!({ "financial_center_id": center, "date": day(&mut self.rng), "parts": parts })
    }

    pub async fn write(&mut self, times: usize) {
        for _ in 0..times {
            self.once().await;
        }
    }

    async fn once(&mut self) {
        let anna = self.anna.clone();
        match self.rng.u8(0..100) {
            0..55 => {
                let form = self.fact();
                self.facts.push(anna.post("/facts", form).await.is(201).id());
            }
            55..65 => {
                let form = self.transfer();
                self.groups.push((anna.post("/transfers", form).await.is(201).id(), "transfers"));
            }
            65..73 => {
                let form = self.split(&[]);
                self.groups.push((anna.post("/splits", form).await.is(201).id(), "splits"));
            }
            73..80 if !self.facts.is_empty() => {
                let (id, form) = (self.rng.choice(&self.facts).cloned().expect("some"), self.fact());
                anna.patch(&format!("/facts/{id}"), form).await.is(200);
            }
            80..84 if !self.facts.is_empty() => {
                let at = self.rng.usize(0..self.facts.len());
                anna.delete(&format!("/facts/{}", self.facts.swap_remove(at))).await.is(204);
            }
            84..89 if !self.groups.is_empty() => {
                let (id, kind) = self.rng.choice(&self.groups).cloned().expect("some");
                let path = format!("/{kind}/{id}");
                let old = anna.get(&path).await.is(200).body["facts"].as_array().cloned().expect("parts");
                let form = if kind == "splits" { self.split(&old) } else { self.transfer() };
                anna.put(&path, form).await.is(200);
            }
            89..92 if !self.groups.is_empty() => {
                let at = self.rng.usize(0..self.groups.len());
                let (id, kind) = self.groups.swap_remove(at);
                anna.delete(&format!("/{kind}/{id}")).await.is(204);
                if self.rng.bool() {
                    anna.post(&format!("/{kind}/{id}/restore"), json!({})).await.is(200);
                    self.groups.push((id, kind));
                }
            }
            92..94 => {
                let at = self.rng.usize(0..self.articles.len());
                let path = format!("/articles/{}", self.articles[at].0);
                // Facts of an archived article still count. It accepts no new ones, so it is restored at
                // once.
                anna.patch(&path, json!({ "archived": true })).await.is(200);
                anna.patch(&path, json!({ "archived": false })).await.is(200);
            }
            94..96 => self.move_one().await,
            _ => {
                let month = months()[self.rng.usize(0..14)];
                let amount = if self.rng.u8(0..6) == 0 { "0".into() } else { self.amount(2, false) };
                let path = format!("/plans/{}/{month}", self.article());
                anna.put(&path, json!({ "amount": amount })).await.is(200);
            }
        }
    }

    /// Moves an article to another parent of its kind, or to the top; a move that would make a cycle is
    /// skipped.
    async fn move_one(&mut self) {
        let at = self.rng.usize(0..self.articles.len());
        let same: Vec<_> =
            (0..self.articles.len()).filter(|other| self.articles[*other].1 == self.articles[at].1).collect();
        let parent = self.rng.choice(&same).copied().filter(|_| self.rng.u8(0..4) > 0);
        let mut above = parent;
        while let Some(here) = above {
            if here == at {
                return;
            }
            above = self.articles[here].2;
        }
        self.articles[at].2 = parent;
        let form = json!({ "parent_id": parent.map(|parent| &self.articles[parent].0) });
        self.anna.patch(&format!("/articles/{}", self.articles[at].0), form).await.is(200);
    }

    /// Merges articles without children into others of their kind.
    pub async fn merge_some(&mut self) {
        for _ in 0..3 {
            let leaf = |at: &usize| {
                self.articles[*at].1 != "gone"
                    && self.articles.iter().all(|(_, _, parent)| *parent != Some(*at))
            };
            let leaves: Vec<_> = (0..self.articles.len()).filter(leaf).collect();
            let Some(at) = self.rng.choice(leaves) else { return };
            let same = |other: &usize| *other != at && self.articles[*other].1 == self.articles[at].1;
            let others: Vec<_> = (0..self.articles.len()).filter(same).collect();
            let Some(into) = self.rng.choice(others) else { continue };
            let (from, into) = (self.articles[at].0.clone(), self.articles[into].0.clone());
            self.anna.post(&format!("/articles/{from}/merge"), json!({ "into": into })).await.is(200);
            // It keeps its index in the list, and nothing is written on it any more.
            self.articles[at] = (into, "gone", None);
        }
    }

    pub async fn move_everything(&mut self) {
        for _ in 0..20 {
            self.move_one().await;
        }
    }
}
