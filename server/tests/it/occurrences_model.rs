//! Checks recurring entries against a simple model: which days are open, and how the others were settled.
//!
//! A random walk does what people, time and the program do, in any order: change the rhythm, confirm, skip or
//! reopen a day, edit or delete a transaction, delete and restore the row, let days pass. After each step the
//! program has the same open days and transactions as the model, and a call that the model refuses has
//! changed nothing.

use crate::{
    harness::{Member, PATIENCE, TestServer, pause},
    occurrences::{DAY, over},
    on_both_engines,
    recurring::{hasty, row, today, weekly},
};
use app::domain::{Day, Recurring, Unit, schedule::Schedule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Days further ahead are not compared.
const AHEAD: i64 = 150;
/// The most days that pass in a walk, so that no day becomes too old to be recorded automatically.
const PASS: i64 = 45;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Became {
    Recorded { fact: String, edited: bool, deleted: bool },
    Skipped,
}

/// The row in the model.
struct Model {
    rhythm: Schedule,
    /// The rhythm counts from here on; moves forward over settled days.
    from: Day,
    /// Earlier days that are open nevertheless.
    extra: BTreeSet<Day>,
    /// Open days that were due when they were reopened: only people record them.
    by_hand: BTreeSet<Day>,
    became: BTreeMap<Day, Became>,
    automatic: bool,
    deleted_on: Option<Day>,
    today: Day,
    last: Day,
}

fn after(day: Day, days: i64) -> Day {
    day.plus_days(days).expect("within the calendar")
}

impl Model {
    fn scheduled(&self) -> BTreeSet<Day> {
        let days = self.rhythm.days().take_while(|day| *day <= self.last);
        days.filter(|day| *day >= self.from && !self.became.contains_key(day)).collect()
    }

    fn open(&self) -> BTreeSet<Day> {
        &self.scheduled() | &self.extra
    }

    fn settle(&mut self, day: Day, became: Became) {
        assert!(self.open().contains(&day) && !self.became.contains_key(&day), "{day} is settled once");
        self.extra.remove(&day);
        self.by_hand.remove(&day);
        self.became.insert(day, became);
        self.from = self.scheduled().first().copied().unwrap_or(self.last);
    }

    fn reopen(&mut self, day: Day) {
        self.became.remove(&day);
        if !self.scheduled().contains(&day) {
            self.extra.insert(day);
        }
        if day <= self.today {
            self.by_hand.insert(day);
        }
    }

    /// Days that a change of the row closes no longer wait for people.
    fn forget_closed(&mut self) {
        self.by_hand = &self.by_hand & &self.open();
    }

    fn change_rhythm(&mut self, rhythm: Schedule) {
        if self.rhythm == rhythm {
            return;
        }
        // A day that was skipped or recorded ahead of an open day that is not due does not count here.
        let settled = self.became.keys().copied().filter(|day| *day <= self.today || *day < self.from).max();
        let next = self.scheduled().into_iter().find(|day| settled.is_none_or(|last| *day > last));
        let nearest = settled.map_or(self.today, |last| after(last, 1).max(self.today));
        let from = next.map_or(nearest, |next| next.min(nearest));
        let same_start = self.rhythm.starts_on == rhythm.starts_on;
        let kept = self.open().into_iter().filter(|day| *day < from || self.extra.contains(day));
        self.extra = kept.filter(|day| same_start || *day >= rhythm.starts_on).collect();
        (self.from, self.rhythm) = (from, rhythm);
        self.forget_closed();
    }

    fn restore(&mut self) {
        let Some(deleted_on) = self.deleted_on.take() else { return };
        let open: BTreeSet<Day> =
            self.open().into_iter().filter(|day| *day <= deleted_on || *day >= self.today).collect();
        self.from = self.from.max(self.today);
        self.extra = &open - &self.scheduled();
        self.forget_closed();
    }
}

struct Walk<'a> {
    anna: &'a Member,
    id: String,
    model: Model,
    rng: fastrand::Rng,
    passed: i64,
}

impl Walk<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/recurring/{}{rest}", self.id)
    }

    /// A day to act on: an open one, a settled one, or any.
    fn day(&mut self) -> Day {
        let first = after(self.model.today, self.rng.i64(-12..=20));
        let near: Vec<Day> = self.model.open().into_iter().take(5).collect();
        let settled: Vec<Day> = self.model.became.keys().copied().collect();
        let days = match self.rng.u8(0..5) {
            0 | 1 => near,
            2 | 3 => settled,
            _ => Vec::new(),
        };
        self.rng.choice(days).unwrap_or(first)
    }

    async fn rows(&self) -> Vec<Value> {
        let facts = self.anna.get("/facts?limit=500").await.is(200).body;
        facts["items"].as_array().expect("facts").clone()
    }

    async fn step(&mut self) -> String {
        let gone = self.model.deleted_on.is_some();
        let day = self.day();
        let body = json!({ "day": day });
        let open = self.model.open().contains(&day);
        match self.rng.u8(0..20) {
            0..=3 => {
                let reply = self.anna.post(&self.path("/confirm"), body).await;
                match self.model.became.get(&day) {
                    _ if gone => drop(reply.problem(410, "gone")),
                    Some(Became::Recorded { deleted: true, .. }) => drop(reply.problem(410, "gone")),
                    Some(Became::Recorded { fact, .. }) => assert_eq!(&reply.is(200).id(), fact),
                    Some(Became::Skipped) => drop(reply.refuses("day", "settled")),
                    None if open => {
                        let fact = reply.is(201).id();
                        self.model.settle(day, Became::Recorded { fact, edited: false, deleted: false });
                    }
                    None => drop(reply.refuses("day", "not_found")),
                }
                format!("confirm {day}")
            }
            4..=6 => {
                let reply = self.anna.post(&self.path("/skip"), body).await;
                match self.model.became.get(&day) {
                    _ if gone => drop(reply.problem(410, "gone")),
                    Some(Became::Recorded { .. }) => drop(reply.refuses("day", "settled")),
                    Some(Became::Skipped) => drop(reply.is(200)),
                    None if open => {
                        reply.is(200);
                        self.model.settle(day, Became::Skipped);
                    }
                    None => drop(reply.refuses("day", "not_found")),
                }
                format!("skip {day}")
            }
            7..=10 => {
                let reply = self.anna.post(&self.path("/reopen"), body).await;
                match self.model.became.get(&day) {
                    _ if gone => drop(reply.problem(410, "gone")),
                    Some(Became::Recorded { edited: true, deleted: false, .. }) => {
                        drop(reply.refuses("day", "edited"))
                    }
                    Some(_) => {
                        reply.is(200);
                        self.model.reopen(day);
                    }
                    None if open => drop(reply.is(200)),
                    None => drop(reply.refuses("day", "not_found")),
                }
                format!("reopen {day}")
            }
            11 if !gone => {
                let (seen, what) = (row(self.anna, &self.id).await.version, ["confirm", "skip", "reopen"]);
                let what = self.rng.choice(what).expect("one of them");
                let path = self.path(&format!("/{what}"));
                over(self.anna, &path, body, seen - 1).await.problem(412, "stale");
                format!("{path} of {day} over an older version")
            }
            12 | 13 => self.change_rhythm(gone).await,
            14 => {
                let (fact, body) = (self.some_fact(), json!({ "comment": "really" }));
                if let Some((day, fact)) = fact {
                    self.anna.patch(&format!("/facts/{fact}"), body).await.is(200);
                    self.model.became.insert(day, Became::Recorded { fact, edited: true, deleted: false });
                }
                "edit a transaction".into()
            }
            15 => {
                if let Some((day, fact)) = self.some_fact() {
                    self.anna.delete(&format!("/facts/{fact}")).await.is(204);
                    self.model.became.insert(day, Became::Recorded { fact, edited: true, deleted: true });
                }
                "delete a transaction".into()
            }
            16 if gone => {
                self.anna.post(&self.path("/restore"), json!({})).await.is(200);
                self.model.restore();
                "restore".into()
            }
            16 => {
                self.anna.delete(&self.path("")).await.is(204);
                self.model.deleted_on = Some(self.model.today);
                "delete".into()
            }
            17 if !gone => {
                self.model.automatic = !self.model.automatic;
                self.anna.patch(&self.path(""), json!({ "automatic": self.model.automatic })).await.is(200);
                format!("automatic: {}", self.model.automatic)
            }
            _ => "days pass".into(),
        }
    }

    fn some_fact(&mut self) -> Option<(Day, String)> {
        let facts = self.model.became.iter().filter_map(|(day, became)| match became {
            Became::Recorded { fact, deleted: false, .. } => Some((*day, fact.clone())),
            _ => None,
        });
        let facts: Vec<_> = facts.collect();
        self.rng.choice(facts)
    }

    async fn change_rhythm(&mut self, gone: bool) -> String {
        let (every, unit) = (self.rng.i64(1..=3), self.rng.choice([Unit::Week, Unit::Month]).expect("one"));
        let starts_on = after(self.model.rhythm.starts_on, self.rng.choice([0, 0, 1, 3, -2]).expect("one"));
        let body = json!({ "every": every, "unit": unit.word(), "starts_on": starts_on });
        let reply = self.anna.patch(&self.path(""), body).await;
        if gone {
            reply.problem(410, "gone");
        } else {
            reply.is(200);
            self.model.change_rhythm(Schedule { every, unit, starts_on, ..self.model.rhythm });
        }
        format!("every {every} {} from {starts_on}", unit.word())
    }

    async fn pass(&mut self, clock: &server::clock::Clock) {
        let days = self.rng.i64(1..=5).min(PASS - self.passed);
        self.passed += days;
        clock.advance(DAY * u32::try_from(days).expect("a few"));
        self.model.today = after(self.model.today, days);
    }

    /// Waits until every due automatic occurrence is recorded.
    async fn settled_row(&self) -> Recurring {
        let settled = async {
            loop {
                let row = row(self.anna, &self.id).await;
                if !row.automatic || row.automatic_days(self.model.today).next().is_none() {
                    return row;
                }
                pause().await;
            }
        };
        tokio::time::timeout(PATIENCE, settled).await.expect("what goes by itself is recorded")
    }

    async fn compare(&mut self, what: &str) {
        assert_eq!(today(self.anna).await, self.model.today);
        if self.model.deleted_on.is_none() {
            let row = self.settled_row().await;
            if self.model.automatic {
                let facts = self.rows().await;
                let open = &self.model.open() - &self.model.by_hand;
                let due: Vec<Day> = open.into_iter().filter(|day| *day <= self.model.today).collect();
                for day in due {
                    let known = |fact: &str| {
                        self.model.became.values().any(
                            |became| matches!(became, Became::Recorded { fact: known, .. } if known == fact),
                        )
                    };
                    let new = facts.iter().find(|fact| {
                        fact["date"] == json!(day) && !known(fact["id"].as_str().expect("an id"))
                    });
                    let fact = new.unwrap_or_else(|| panic!("{what}: nothing was recorded on {day}"))["id"]
                        .as_str()
                        .expect("an id")
                        .to_owned();
                    self.model.settle(day, Became::Recorded { fact, edited: false, deleted: false });
                }
            }
            let open: BTreeSet<Day> = row.open_days().take_while(|day| *day <= self.model.last).collect();
            assert_eq!(open, self.model.open(), "{what}: the open days");
        }
        let mut facts: Vec<(Value, Value)> =
            self.rows().await.into_iter().map(|fact| (fact["date"].clone(), fact["id"].clone())).collect();
        facts.sort_unstable_by_key(|fact| fact.0.to_string());
        let recorded = self.model.became.iter().filter_map(|(day, became)| match became {
            Became::Recorded { fact, deleted: false, .. } => Some((json!(day), json!(fact))),
            _ => None,
        });
        assert_eq!(facts, recorded.collect::<Vec<_>>(), "{what}: the transactions, one a day");
    }
}

async fn walk(server: &TestServer, anna: &Member, seed: u64) {
    let id = weekly(anna, 10, json!({})).await;
    let (made, today) = (row(anna, &id).await, today(anna).await);
    let model = Model {
        rhythm: made.schedule(),
        from: made.starts_on,
        extra: BTreeSet::new(),
        by_hand: BTreeSet::new(),
        became: BTreeMap::new(),
        automatic: false,
        deleted_on: None,
        today,
        last: after(today, AHEAD),
    };
    let mut walk = Walk { anna, id, model, rng: fastrand::Rng::with_seed(seed), passed: 0 };
    let mut done = Vec::new();
    for _ in 0..60 {
        let what = walk.step().await;
        if what == "days pass" {
            walk.pass(&server.clock).await;
        }
        done.push(format!("{}: {what}", walk.model.today));
        walk.compare(&format!("walk {seed}, {done:#?}")).await;
    }
}

on_both_engines! {
    async fn each_day_is_recorded_at_most_once_whatever_people_time_and_the_program_do(server: TestServer) {
        let server = hasty(server).await;
        for seed in 1..=8 {
            // Each walk in a household of its own.
            let anna = server.founder("Anna").await;
            walk(&server, &anna, seed).await;
        }
    }
}
