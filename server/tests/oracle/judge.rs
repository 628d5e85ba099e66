//! What must be equal once no faults happen: each screen and the database, the database and the writers'
//! responses, the log and the tables, what phones have kept and the log.

use crate::{
    World, person::Person, phone::Phone, phone_page::PHONE, program, screen::Screen, writer::Writer,
};
use app::{
    domain::{Fact, FactId, MutationId, Plan},
    replica::apply::sorted_totals,
    service::{Event, Snapshot},
    wire::{Change, HEARTBEAT_MS, Position},
};
use reqwest::Method;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The prefix of a verdict.
pub const WRONG: &str = "WRONG: ";

/// By then every screen has reconnected (within 5 s) and caught up (within 2 s), even on a busy machine.
const CALM: Duration = Duration::from_secs(14);

/// Prints what is wrong and ends the whole run, from any task.
pub fn wrong(what: &str) -> ! {
    eprintln!("{WRONG}{what}");
    program::abandon();
    std::process::exit(1)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, left: &T, right: &T) {
    if left != right {
        wrong(&format!("{what}: {left:?} is not {right:?}"));
    }
}

/// What the database has of a household.
pub struct Truth {
    pub snapshot: Snapshot,
    pub facts: Vec<Fact>,
    /// How often each command is in the log.
    pub log: BTreeMap<MutationId, usize>,
}

pub async fn judge(
    world: &World,
    people: &[Vec<Person>],
    (writers, phones): (&[Writer], &[Phone]),
    screens: &[Screen],
    storm: usize,
) {
    let began = Instant::now();
    let mut books = Vec::new();
    for (household, family) in people.iter().enumerate() {
        books.push(database(world, &family[0], household).await);
    }
    let behind = |screen: &&Screen| {
        let (page, snapshot) = (screen.page(), &books[screen.household].snapshot);
        // After a clock has jumped the next heartbeat corrects the day.
        page.book.position() != snapshot.position || page.book.shown.today != snapshot.today
    };
    while let Some(late) = screens.iter().find(behind) {
        let moved = late.page().book.position() == books[late.household].snapshot.position;
        if began.elapsed() > if moved { CALM + Duration::from_millis(HEARTBEAT_MS) } else { CALM } {
            let at = late.page().book.position();
            wrong(&format!(
                "a screen stands at {at:?} and the log at {:?}",
                books[late.household].snapshot.position
            ));
        }
        sleep(Duration::from_millis(20)).await;
    }
    let caught_up = began.elapsed();
    // From the beginning of the calm, or from a later welcome, to the last change on that screen.
    let slowest = screens.iter().map(|screen| {
        let page = screen.page();
        page.moved.saturating_duration_since(page.welcomed.max(began.into()))
    });
    let slowest = slowest.max().unwrap_or_default();
    for screen in screens {
        let Truth { snapshot, facts, .. } = &books[screen.household];
        let page = screen.page();
        let (shown, boundary) = (&page.book.shown, page.boundary);
        same("members", &shown.members, &snapshot.members);
        same("articles", &shown.articles, &snapshot.articles);
        same("the household", &shown.household, &snapshot.household);
        same("balances", &shown.financial_centers, &snapshot.financial_centers);
        let sorted = |plans: &[Plan]| {
            let mut plans = plans.to_vec();
            plans.sort_by_key(|plan| plan.article_id);
            plans
        };
        same("the plans", &sorted(&shown.plans), &sorted(&snapshot.plans));
        same("the month", &sorted_totals(&shown.month), &sorted_totals(&snapshot.month));
        let loaded: Vec<&Fact> =
            facts.iter().filter(|fact| boundary.is_none_or(|key| fact.key() >= key)).collect();
        same("rows", &page.book.facts.all().collect::<Vec<_>>(), &loaded);
    }
    for (phone, truth) in phones.iter().zip(&books) {
        phone.judge(truth);
    }
    for (household, Truth { facts, .. }) in books.iter().enumerate() {
        let mut told = BTreeMap::new();
        for writer in writers.iter().skip(household * people[household].len()).take(people[household].len()) {
            told.extend(writer.told().into_iter().filter_map(|(id, row)| Some((id, row?))));
        }
        let there: BTreeMap<String, Value> = facts
            .iter()
            .filter(|fact| !fact.comment.as_str().contains(PHONE))
            .map(|fact| (fact.id.to_string(), serde_json::to_value(fact).expect("JSON")))
            .collect();
        same("the rows that were acknowledged", &told, &there);
    }
    let snapshots: usize = screens.iter().map(|screen| screen.page().snapshots).sum();
    let numbers: Vec<_> = books.iter().map(|truth| truth.snapshot.position.seq).collect();
    println!(
        "storm {storm}: equal at {numbers:?}, the last screen after {caught_up:?}, {slowest:?} after it was welcome, {snapshots} snapshots so far"
    );
}

/// The book in the database, all facts, and the log that must add up to them.
async fn database(world: &World, person: &Person, household: usize) -> Truth {
    let get = async |path: String| person.direct(world, Method::GET, &path, None).await.body;
    let snapshot: Snapshot = serde_json::from_value(get("/snapshot".into()).await).expect("a snapshot");
    let mut facts: Vec<Fact> = Vec::new();
    let mut path = "/facts?limit=500".to_owned();
    loop {
        let page = get(path).await;
        facts.extend(serde_json::from_value::<Vec<Fact>>(page["items"].clone()).expect("facts"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/facts?limit=500&cursor={cursor}");
    }
    let Position { epoch, seq, .. } = snapshot.position;
    let (mut at, mut folded) = (0, HashMap::<FactId, Fact>::new());
    let mut log = BTreeMap::<MutationId, usize>::new();
    while at < seq {
        let page = get(format!("/events?epoch={epoch}&since={at}&limit=500")).await;
        let events: Vec<Event> = serde_json::from_value(page["items"].clone()).expect("events");
        if events.is_empty() {
            wrong(&format!("the log of household {household} ends at {at} and not at {seq}"));
        }
        for event in events {
            same("the next number of the log", &event.seq, &(at + 1));
            at = event.seq;
            if let Some(mutation) = event.mutation_id {
                *log.entry(mutation).or_default() += 1;
            }
            for entry in event.changes {
                match entry.change {
                    Change::FactCreated(fact) | Change::FactUpdated(fact) => {
                        drop(folded.insert(fact.id, fact))
                    }
                    Change::FactDeleted(gone) => drop(folded.remove(&gone.id)),
                    _ => {}
                }
            }
        }
    }
    let mut folded: Vec<Fact> = folded.into_values().collect();
    folded.sort_unstable_by_key(|fact| std::cmp::Reverse(fact.key()));
    same(&format!("the log and the tables of household {household}"), &folded, &facts);
    let mut balances: HashMap<_, i64> = snapshot
        .financial_centers
        .iter()
        .map(|row| (row.center.id, row.center.opening_balance.minor()))
        .collect();
    for fact in &facts {
        *balances.entry(fact.financial_center_id).or_default() += fact.amount.minor();
    }
    for row in &snapshot.financial_centers {
        same("a balance and its sum", &row.balance.minor(), &balances[&row.center.id]);
    }
    Truth { snapshot, facts, log }
}
