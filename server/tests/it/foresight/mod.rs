//! The law of `decide`: what a page foresees of a command is what the log gets.
//!
//! A random walk sends commands of every kind, valid and invalid: on existing, deleted and unknown rows; with
//! articles and financial centers that are in use, archived or unknown; on the version that was seen, on another
//! one, or on none. Before each of them a page decides it on what it has loaded. It foresees the logged entries,
//! except for number, instants and the versions of facts, which only the server knows; a foreseen refusal equals
//! the given one; and it answers `Unknown` only for what it has not loaded.

mod families;
mod transactions;

use crate::{
    harness::{Member, TestServer},
    on_both_engines,
};
use app::{
    command::{Command, Decision, RowChange, Subject, TypedIn, decide},
    domain::{Fact, FactId, GroupId, GroupKind, Instant, MutationId, RecurringId},
    error::AppError,
    replica::{
        apply::{Book, Outcome},
        known::OnPage,
    },
    service::{Actor, BudgetService, Event, Since, Snapshot, Terms},
    wire::{Change, Commit, Entry, Frame},
};
use serde_json::json;
use server::ledger::Ledger;
use std::sync::Arc;
use uuid::Uuid;

const STEPS: usize = 120;

struct Walk {
    rng: fastrand::Rng,
    articles: Vec<String>,
    centers: Vec<String>,
    facts: Vec<FactId>,
    groups: Vec<(GroupKind, GroupId)>,
    recurring: Vec<RecurringId>,
}

/// Removes what only the server knows.
fn comparable(mut entry: Entry) -> Entry {
    let never = Instant::from_millis(0);
    let plain = |fact: &mut Fact| {
        (fact.version, fact.created_seq) = (0, 0);
        (fact.created_at, fact.updated_at) = (never, never);
    };
    match &mut entry.change {
        Change::FactCreated(fact) | Change::FactUpdated(fact) => plain(fact),
        Change::FactDeleted(deleted) => deleted.version = 0,
        Change::PlanUpdated(plan) => plan.updated_at = never,
        Change::RecurringCreated(row) | Change::RecurringUpdated(row) => {
            (row.created_at, row.updated_at) = (never, never);
        }
        _ => {}
    }
    entry
}

/// A refusal without the instant of a row that was not written.
fn plain(error: AppError) -> AppError {
    match error {
        AppError::Stale { current } => {
            let mut row: serde_json::Value = serde_json::from_str(&current).expect("a row");
            if row["version"] == 0 {
                row["updated_at"] = json!(0);
            }
            AppError::Stale { current: row.to_string() }
        }
        other => other,
    }
}

impl Walk {
    fn new(seed: u64, book: &Book) -> Self {
        Self {
            rng: fastrand::Rng::with_seed(seed),
            articles: book.shown.articles.iter().map(|row| row.id.to_string()).collect(),
            centers: book.shown.financial_centers.iter().map(|row| row.center.id.to_string()).collect(),
            facts: Vec::new(),
            groups: Vec::new(),
            recurring: Vec::new(),
        }
    }

    /// Sometimes `None`.
    fn maybe(&mut self, value: String) -> Option<String> {
        (self.rng.u8(0..12) > 0).then_some(value)
    }

    fn article(&mut self) -> String {
        let known = self.rng.choice(&self.articles).expect("one");
        match self.rng.u8(0..25) {
            0 => Uuid::now_v7().to_string(),
            // Spaces around a value do not count, in a form and on the server.
            1 => format!(" {known}"),
            _ => known.clone(),
        }
    }

    fn center(&mut self) -> String {
        let unknown = Uuid::now_v7().to_string();
        if self.rng.u8(0..25) == 0 { unknown } else { self.rng.choice(&self.centers).expect("one").clone() }
    }

    fn amount(&mut self) -> String {
        let (right, wrong) = (["-12.50", "12.50", "+7", "-0.01", "999", "4.2"], ["0", "1.005", "x", ""]);
        let amounts = if self.rng.u8(0..10) == 0 { &wrong[..] } else { &right[..] };
        self.rng.choice(amounts).expect("one").to_string()
    }

    fn date(&mut self) -> Option<String> {
        let days = ["2026-11-25", "2026-11-24", "2026-10-31", "2027-01-01"];
        let day = if self.rng.u8(0..20) == 0 { "2026-02-30" } else { self.rng.choice(days).expect("one") };
        self.maybe(day.to_owned())
    }

    fn comment(&mut self) -> Option<String> {
        let comments = ["milk", "#trip", ""];
        let comment = if self.rng.u8(0..20) == 0 { "\u{7}" } else { self.rng.choice(comments).expect("one") };
        self.maybe(comment.to_owned())
    }

    /// The version that was seen, another one, or none.
    fn base(&mut self, seen: Option<i64>) -> Option<i64> {
        match self.rng.u8(0..8) {
            0 => Some(99),
            1 | 2 => None,
            _ => seen,
        }
    }

    /// The currencies of the page; sometimes those of before, or none.
    fn typed_in(&mut self, book: &Book, command: &Command) -> TypedIn {
        let dollars = "USD".parse().ok();
        match self.rng.u8(0..20) {
            0 => TypedIn { amount: dollars, to_amount: None },
            1 => TypedIn { amount: None, to_amount: dollars },
            2..=5 => TypedIn::default(),
            _ => TypedIn::of(&OnPage::new(book), command),
        }
    }

    fn remember(&mut self, subject: &Subject) {
        match subject {
            Subject::Fact(fact) if !self.facts.contains(&fact.id) => self.facts.push(fact.id),
            Subject::Group(group) => {
                if !self.groups.contains(&(group.kind, group.id)) {
                    self.groups.push((group.kind, group.id));
                }
                self.facts.extend(group.facts.first().map(|part| part.id));
            }
            Subject::Article(row) => self.articles.push(row.id.to_string()),
            Subject::FinancialCenter(row) => self.centers.push(row.id.to_string()),
            Subject::Recurring(row) if !self.recurring.contains(&row.id) => self.recurring.push(row.id),
            _ => {}
        }
    }
}

async fn actor(ledger: &Ledger, member: &Member) -> Actor {
    let (_, token) = member.cookie.split_once('=').expect("a cookie");
    ledger.actor(token.to_owned()).await.expect("a session")
}

async fn page(member: &Member) -> Book {
    let snapshot = member.get("/snapshot").await.is(200).body;
    Book::new(serde_json::from_value::<Snapshot>(snapshot).expect("a snapshot"))
}

/// Applies what the log has since to the page.
async fn follow(book: &mut Book, ledger: &dyn BudgetService, actor: Actor) {
    let since = Since { seq: book.position().seq, ..Since::default() };
    for event in ledger.events(actor, since, 100).await.expect("the log").value {
        let Event { seq, check, mutation_id, changes: entries, .. } = event;
        let applied = book.apply(Frame::Commit(Commit { seq, check, mutation_id, entries }));
        assert!(matches!(applied, Outcome::Applied(_)), "{applied:?}");
    }
}

/// A random command, and its base version.
type SomeCommand = fn(&mut Walk, &Book) -> (Command, Option<i64>);

async fn walk(
    server: &TestServer,
    seed: u64,
    some: SomeCommand,
    may_be_unknown: fn(&Book, &Command) -> bool,
) -> usize {
    let anna = server.founder(&format!("Anna{seed}")).await;
    let dollars = json!({ "name": "Dollars", "currency": "USD" });
    anna.post("/financial-centers", dollars).await.is(201);
    for (rows, new) in [
        ("/articles", json!({ "name": "Old", "kind": "expense" })),
        ("/financial-centers", json!({ "name": "Old", "currency": "EUR" })),
    ] {
        let id = anna.post(rows, new).await.is(201).id();
        anna.patch(&format!("{rows}/{id}"), json!({ "archived": true })).await.is(200);
    }
    let mut book = page(&anna).await;
    let mut walk = Walk::new(seed, &book);
    let ledger: Arc<dyn BudgetService> = Arc::new(server.ledger().await);
    let actor = actor(&server.ledger().await, &anna).await;
    let (mut written, mut refused, mut unknown, mut reopened) = (0, 0, 0, 0);
    for step in 0..STEPS {
        // The page is opened anew now and then, and follows the log between.
        if step % 40 == 0 {
            book = page(&anna).await;
        }
        follow(&mut book, &*ledger, actor).await;
        let (command, base_version) = some(&mut walk, &book);
        let typed_in = walk.typed_in(&book, &command);
        let terms = Terms { mutation_id: Some(MutationId::new()), base_version, typed_in };
        let foreseen = decide(&OnPage::new(&book), terms, &command);
        let what =
            format!("seed {seed}, step {step}: {command:?} on {base_version:?}\nforeseen {foreseen:?}");
        let answer = ledger.write(actor, terms, command.clone()).await;
        match (&answer, foreseen) {
            (_, Decision::Unknown) => {
                unknown += 1;
                assert!(may_be_unknown(&book, &command), "{what}");
            }
            (Ok(done), Decision::Already) => assert!(done.repeated, "{what}"),
            (Ok(done), Decision::Changes(changes)) => {
                written += 1;
                reopened += usize::from(matches!(command, Command::ReopenOccurrence { .. }));
                let since = Since { seq: done.position.seq - 1, ..Since::default() };
                let logged = ledger.events(actor, since, 1).await.expect("the log").value.remove(0).changes;
                let foreseen = changes.iter().filter_map(RowChange::entry).map(comparable);
                let foreseen: Vec<Entry> = foreseen.collect();
                let logged: Vec<Entry> = logged.into_iter().map(comparable).collect();
                assert_eq!(foreseen, logged, "{what}");
            }
            // A deleted row has the id, which a page that has not loaded it cannot know.
            (Err(AppError::Gone), _)
                if command.name().starts_with("record") || command.name().starts_with("add") => {}
            (Err(error), Decision::Refused(foreseen)) => {
                refused += 1;
                assert_eq!(plain(foreseen), plain(error.clone()), "{what}");
            }
            (answer, _) => panic!("{what}\nanswered {answer:?}"),
        }
        if let Ok(done) = answer {
            walk.remember(&done.value);
        }
    }
    assert!(
        written > 15 && refused > 15 && unknown > 3,
        "{written} written, {refused} refused, {unknown} unknown"
    );
    reopened
}

on_both_engines! {
    async fn a_page_foresees_what_the_log_gets_or_answers_unknown(server: TestServer) {
        for seed in 1..=4 {
            walk(&server, seed, Walk::transaction, transactions::may_be_unknown).await;
        }
    }

    async fn a_page_foresees_the_commands_of_all_other_families(server: TestServer) {
        let (mut reopened, mut seed) = (0, 0);
        // A day is seldom reopened.
        while seed < 6 || (reopened == 0 && seed < 30) {
            seed += 1;
            reopened += walk(&server, seed, Walk::of_other_families, families::may_be_unknown).await;
        }
        assert!(reopened > 0, "{reopened} reopened days were foreseen");
    }

    async fn a_page_foresees_that_nothing_is_written_in_a_household_that_waits_to_be_erased(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ledger = server.ledger().await;
        let actor = actor(&ledger, &anna).await;
        let name = anna.get("/household").await.is(200).body["name"].clone();
        anna.post("/household/deletion", json!({ "name": name })).await.is(200);
        let book = page(&anna).await;
        let mut walk = Walk::new(7, &book);
        for _ in 0..STEPS {
            let (command, base_version) = walk.of_other_families(&book);
            let terms = Terms { mutation_id: Some(MutationId::new()), base_version, ..Terms::default() };
            let foreseen = decide(&OnPage::new(&book), terms, &command);
            let given = ledger.write(actor, terms, command.clone()).await.expect_err("nothing is written");
            let zone = matches!(&command, Command::ReviseHousehold(form) if form.time_zone.is_some());
            match foreseen {
                Decision::Unknown => assert!(zone, "{command:?}"),
                foreseen => assert_eq!(foreseen, Decision::Refused(given), "{command:?}"),
            }
        }
    }
}
