//! The page that a phone shows, and the commands that are made on it.

use crate::person::Person;
use app::{
    command::Command,
    domain::{Fact, FactForm, FactId, PlanForm},
    outbox::{Outbox, RowId, Seen},
    replica::{Replica, apply::Outcome, pending::RowState},
    service::Event,
    wire::{Commit, Frame},
};
use fastrand::Rng;
use leptos::prelude::{GetUntracked, WithUntracked, untrack};
use std::sync::{Arc, atomic::AtomicBool};

/// A page of the program. A browser runs one thing at a time on it, and so does whoever holds the state.
#[derive(Clone)]
pub struct PhonePage {
    pub outbox: Outbox,
    pub replica: Replica,
    pub is_alive: Arc<AtomicBool>,
}

impl PhonePage {
    /// There is a connection.
    pub fn wake(&self) {
        self.outbox.wake();
    }

    /// Applies a change; returns false if changes before it are missing.
    pub fn receives(&self, event: Event) -> bool {
        let Event { seq, check, mutation_id, changes: entries, .. } = event;
        let outcome = self.replica.apply(Frame::Commit(Commit { seq, check, mutation_id, entries }));
        !matches!(outcome, Outcome::Gap | Outcome::Resync)
    }

    /// The rows that say that they were refused.
    pub fn refused(&self) -> Vec<RowId> {
        let listed = self.outbox.listed.get_untracked();
        listed
            .into_iter()
            .filter(|row| matches!(row.state, RowState::Refused(_)))
            .map(|row| row.row)
            .collect()
    }

    pub fn has_sent_all(&self) -> bool {
        untrack(|| self.outbox.has_read_all() && self.outbox.counts().waiting == 0)
    }

    pub fn record(
        &self,
        person: &Person,
        household: usize,
        rng: &mut Rng,
    ) -> Option<(Command, Option<i64>, Seen)> {
        let id = FactId::new();
        let form = FactForm {
            id: Some(id.to_string()),
            amount: Some(amount(rng)),
            article_id: rng.choice(&person.articles).cloned(),
            financial_center_id: rng.choice(&person.centers).cloned(),
            date: Some(self.replica.today.get_untracked().to_string()),
            comment: Some(format!("{}{id}", tag(household))),
            balance: None,
        };
        Some((Command::RecordFact(form), None, Seen::Nothing))
    }

    /// One of the phone's own transactions, as the screen shows it.
    fn own(&self, rng: &mut Rng) -> Option<Fact> {
        let shown = |row: &app::replica::Row| row.fact.get_untracked();
        let rows: Vec<Fact> = self.replica.rows.with_untracked(|rows| {
            rows.all()
                .filter(|row| row.state.get_untracked() != RowState::Gone)
                .map(|row| shown(&row))
                .collect()
        });
        rng.choice(rows.into_iter().filter(|fact| fact.comment.as_str().contains(PHONE)).collect::<Vec<_>>())
    }

    pub fn revision(&self, _: &Person, rng: &mut Rng) -> Option<(Command, Option<i64>, Seen)> {
        let fact = self.own(rng)?;
        let form = FactForm { amount: Some(amount(rng)), ..FactForm::default() };
        let command = Command::ReviseFact { id: fact.id, form };
        Some((command, Some(fact.version), Seen::Facts(vec![fact])))
    }

    pub fn deletion(&self, _: &Person, rng: &mut Rng) -> Option<(Command, Option<i64>, Seen)> {
        let fact = self.own(rng)?;
        Some((Command::DeleteFact { id: fact.id }, Some(fact.version), Seen::Facts(vec![fact])))
    }

    /// The plan of a category, which others set as well.
    pub fn plan(&self, person: &Person, rng: &mut Rng) -> Option<(Command, Option<i64>, Seen)> {
        let article = rng.choice(&person.articles).cloned()?;
        let month = self.replica.month.with_untracked(|month| month.month);
        let version = self.replica.plans.with_untracked(|plans| {
            let plan = plans.iter().find(|plan| plan.article_id.to_string() == article);
            plan.map_or(0, |plan| plan.version)
        });
        let form = PlanForm {
            article_id: Some(article),
            month: Some(month.to_string()),
            amount: Some(rng.u32(1..900).to_string()),
            version: Some(version),
        };
        Some((Command::SetPlans(vec![form]), None, Seen::Nothing))
    }
}

/// What only the comments of phones contain.
pub const PHONE: &str = " phone ";

/// How the comments of a phone of this household begin.
pub fn tag(household: usize) -> String {
    format!("h{household}{PHONE}")
}

fn amount(rng: &mut Rng) -> String {
    let minor = rng.u32(1..50_000);
    format!("-{}.{:02}", minor / 100, minor % 100)
}

/// The row that a command of a phone is about.
pub fn row_of(command: &Command) -> RowId {
    fn id<T: std::str::FromStr>(text: &Option<String>) -> T {
        text.as_ref().and_then(|text| text.parse().ok()).expect("a phone spells everything out")
    }
    match command {
        Command::RecordFact(form) => RowId::Fact(id(&form.id)),
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } => RowId::Fact(*id),
        Command::SetPlans(forms) => RowId::Plan(id(&forms[0].article_id), id(&forms[0].month)),
        other => unreachable!("no phone makes {other:?}"),
    }
}
