//! The law that keeps the one rule honest: what a page foresees of a command is what the log gets.
//!
//! A walk sends commands of every kind that pages foresee, right and wrong ones: on rows that stand, that were
//! deleted, that belong to nobody; with articles and financial centers that are in use, archived or unknown; on
//! the version that was seen, on another one, on none. Before each of them a page decides it on what it has
//! loaded. It foresees the entries that are logged, but for number, instants and versions, which only the server
//! knows; a refusal that it foresees is the refusal that is given; and it says that it does not know only of rows
//! that it has not loaded.

use crate::{
    harness::{Member, TestServer},
    on_both_engines,
};
use app::{
    command::{Command, Decision, Subject, decide},
    domain::{
        Fact, FactForm, FactId, GroupForm, GroupId, GroupKind, Instant, MutationId, PartForm, SplitForm,
        TransferForm,
    },
    error::AppError,
    replica::{apply::Book, known::OnPage},
    service::{Actor, BudgetService, Since, Snapshot, Terms},
    wire::{Change, Entry},
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
}

/// Without what only the server knows.
fn comparable(mut entry: Entry) -> Entry {
    let plain = |fact: &mut Fact| {
        (fact.version, fact.created_seq) = (0, 0);
        (fact.created_at, fact.updated_at) = (Instant::from_millis(0), Instant::from_millis(0));
    };
    match &mut entry.change {
        Change::FactCreated(fact) | Change::FactUpdated(fact) => plain(fact),
        Change::FactDeleted(deleted) => deleted.version = 0,
        _ => {}
    }
    entry
}

impl Walk {
    fn maybe(&mut self, value: String) -> Option<String> {
        (self.rng.u8(0..12) > 0).then_some(value)
    }

    fn article(&mut self) -> String {
        let unknown = Uuid::now_v7().to_string();
        if self.rng.u8(0..25) == 0 { unknown } else { self.rng.choice(&self.articles).expect("one").clone() }
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

    fn fact_form(&mut self, id: Option<String>) -> FactForm {
        let (amount, article, center) = (self.amount(), self.article(), self.center());
        FactForm {
            id,
            amount: self.maybe(amount),
            article_id: self.maybe(article),
            financial_center_id: self.maybe(center),
            date: self.date(),
            comment: self.comment(),
        }
    }

    fn group_form(&mut self, kind: GroupKind, id: Option<String>, parts: &[FactId]) -> GroupForm {
        let amount = self.amount();
        match kind {
            GroupKind::Transfer => {
                let arrives = self.amount();
                GroupForm::Transfer(TransferForm {
                    id,
                    from_financial_center_id: Some(self.center()),
                    to_financial_center_id: Some(self.center()),
                    amount: Some(amount),
                    to_amount: (self.rng.bool()).then_some(arrives),
                    date: self.date(),
                    comment: self.comment(),
                })
            }
            GroupKind::Split => {
                let count = if self.rng.u8(0..12) == 0 { 1 } else { self.rng.usize(2..=3) };
                let parts = (0..count)
                    .map(|at| PartForm {
                        id: parts.get(at).map(FactId::to_string).filter(|_| self.rng.bool()),
                        article_id: Some(self.article()),
                        amount: Some(self.amount()),
                        comment: self.comment(),
                    })
                    .collect();
                GroupForm::Split(SplitForm {
                    id,
                    financial_center_id: Some(self.center()),
                    amount: (self.rng.u8(0..4) == 0).then_some(amount),
                    date: self.date(),
                    comment: self.comment(),
                    parts,
                })
            }
        }
    }

    /// Some command, and the version that it is made on.
    fn command(&mut self, book: &Book) -> (Command, Option<i64>) {
        let known = self.rng.choice(&self.facts).copied().unwrap_or_else(FactId::new);
        let fact = if self.rng.u8(0..8) == 0 { FactId::new() } else { known };
        let whole = self.rng.choice(&self.groups).copied();
        let (kind, group) = whole.unwrap_or((GroupKind::Split, GroupId::new()));
        let of_group = |row: &&Fact| row.group.is_some_and(|other| other.id == group);
        let parts: Vec<FactId> = book.shown.facts.iter().filter(of_group).map(|row| row.id).collect();
        let version = |id: FactId| book.shown.facts.iter().find(|row| row.id == id).map(|row| row.version);
        let (command, seen) = match self.rng.u8(0..12) {
            0..=2 => (Command::RecordFact(self.fact_form(None)), None),
            3 => (Command::RecordFact(self.fact_form(Some(fact.to_string()))), None),
            4 => (Command::ReviseFact { id: fact, form: self.fact_form(None) }, version(fact)),
            5 => (Command::DeleteFact { id: fact }, version(fact)),
            6 => (Command::RestoreFact { id: fact }, None),
            7 | 8 => {
                let kind = if self.rng.bool() { GroupKind::Split } else { GroupKind::Transfer };
                (Command::RecordGroup(self.group_form(kind, None, &[])), None)
            }
            9 => {
                let form = self.group_form(kind, None, &parts);
                (Command::ReviseGroup { id: group, form }, parts.first().and_then(|id| version(*id)))
            }
            10 => (Command::DeleteGroup { kind, id: group }, parts.first().and_then(|id| version(*id))),
            _ => (Command::RestoreGroup { kind, id: group }, None),
        };
        let base = match self.rng.u8(0..8) {
            0 => Some(99),
            1 | 2 => None,
            _ => seen,
        };
        (command, base)
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
            _ => {}
        }
    }
}

/// Whether a page may say that it does not know: of a row that it has not loaded.
fn may_be_unknown(book: &Book, command: &Command) -> bool {
    let has = |id: FactId| book.shown.facts.iter().any(|row| row.id == id);
    let has_group =
        |id: GroupId| book.shown.facts.iter().any(|row| row.group.is_some_and(|group| group.id == id));
    match command {
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } | Command::RestoreFact { id } => {
            !has(*id)
        }
        Command::ReviseGroup { id, .. }
        | Command::DeleteGroup { id, .. }
        | Command::RestoreGroup { id, .. } => !has_group(*id),
        _ => false,
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

async fn walk(server: &TestServer, seed: u64) {
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
    let ids = |rows: Vec<serde_json::Value>| {
        rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let list =
        async |path: &str| anna.get(path).await.is(200).body["items"].as_array().cloned().expect("rows");
    let mut walk = Walk {
        rng: fastrand::Rng::with_seed(seed),
        articles: ids(list("/articles").await),
        centers: ids(list("/financial-centers").await),
        facts: Vec::new(),
        groups: Vec::new(),
    };
    let ledger: Arc<dyn BudgetService> = Arc::new(server.ledger().await);
    let actor = actor(&server.ledger().await, &anna).await;
    let (mut written, mut refused, mut unknown) = (0, 0, 0);
    for step in 0..STEPS {
        let book = page(&anna).await;
        let (command, base_version) = walk.command(&book);
        let terms = Terms { mutation_id: Some(MutationId::new()), base_version };
        let foreseen = decide(&OnPage { book: &book }, terms, &command);
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
                let since = Since { seq: done.position.seq - 1, ..Since::default() };
                let logged = ledger.events(actor, since, 1).await.expect("the log").value.remove(0).changes;
                let foreseen: Vec<Entry> = changes.iter().map(|change| comparable(change.entry())).collect();
                let logged: Vec<Entry> = logged.into_iter().map(comparable).collect();
                assert_eq!(foreseen, logged, "{what}");
            }
            // A deleted row has the id: a page that has not loaded it cannot know.
            (Err(AppError::Gone), _) if matches!(command, Command::RecordFact(_)) => {}
            (Err(error), Decision::Refused(foreseen)) => {
                refused += 1;
                assert_eq!(foreseen, *error, "{what}");
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
}

on_both_engines! {
    async fn a_page_foresees_what_the_log_gets_or_says_that_it_does_not_know(server: TestServer) {
        for seed in 1..=4 {
            walk(&server, seed).await;
        }
    }
}
