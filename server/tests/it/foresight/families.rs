//! Random commands on everything but transactions.

use super::Walk;
use app::{
    command::Command,
    domain::{
        ArticleForm, ArticleId, Day, FactForm, FinancialCenterForm, FinancialCenterId, Kind, OccurrenceForm,
        PlanForm, Recurring, RecurringForm, RecurringId,
    },
    replica::apply::Book,
    service::{HouseholdForm, MemberForm},
};
use std::str::FromStr;

/// A new id if the text is not one.
fn id<T: FromStr>(text: &str, other: impl FnOnce() -> T) -> T {
    text.trim().parse().unwrap_or_else(|_| other())
}

impl Walk {
    pub(super) fn of_other_families(&mut self, book: &Book) -> (Command, Option<i64>) {
        let (command, seen) = match self.rng.u8(0..20) {
            0..=3 => self.article_command(book),
            4..=6 => self.center_command(book),
            7..=9 => self.recurring_command(book),
            10..=13 => self.occurrence_command(book),
            14 | 15 => (self.plans(book), None),
            16 => (self.household(), Some(book.shown.household.version)),
            17 => self.member(book),
            // Makes articles and accounts be in use.
            _ => (Command::RecordFact(self.plain_fact()), None),
        };
        (command, self.base(seen))
    }

    fn one_of(&mut self, texts: &[&str]) -> String {
        (*self.rng.choice(texts).expect("one")).to_owned()
    }

    fn some(&mut self, texts: &[&str]) -> Option<String> {
        let text = self.one_of(texts);
        (self.rng.u8(0..3) > 0).then_some(text)
    }

    fn plain_fact(&mut self) -> FactForm {
        FactForm {
            amount: Some("-3".into()),
            article_id: Some(self.article()),
            financial_center_id: Some(self.center()),
            ..FactForm::default()
        }
    }

    fn article_form(&mut self, new: bool) -> ArticleForm {
        let (parent, kinds) = (self.article(), ["expense", "expense", "expense", "income", "transfer", "x"]);
        let (name, kind) = (self.some(&["Cats", "Old shoes", "", "Кот"]), self.some(&kinds));
        ArticleForm {
            id: None,
            name: if new { name.or_else(|| Some("Dogs".into())) } else { name },
            kind: if new {
                kind.or_else(|| Some("expense".into()))
            } else {
                kind.filter(|_| self.rng.bool())
            },
            parent_id: match self.rng.u8(0..4) {
                0 => Some(parent),
                1 => Some(String::new()),
                _ => None,
            },
            archived: (self.rng.u8(0..6) == 0).then(|| self.rng.bool()),
            icon: self.some(&["paw", "basket", "", "volcano"]).filter(|_| self.rng.bool()),
            colour: (self.rng.u8(0..3) == 0).then(|| self.rng.i64(-1..8)),
        }
    }

    fn article_command(&mut self, book: &Book) -> (Command, Option<i64>) {
        let text = self.article();
        let id = id(&text, ArticleId::new);
        let seen = book.shown.articles.iter().find(|row| row.id == id).map(|row| row.version);
        match self.rng.u8(0..8) {
            0 | 1 => (Command::AddArticle(self.article_form(true)), None),
            2 => (Command::AddArticle(ArticleForm { id: Some(text), ..self.article_form(true) }), None),
            3 => (Command::DeleteArticle { id }, seen),
            4 => (Command::RestoreArticle { id }, None),
            5 if self.rng.u8(0..3) == 0 => {
                let other = self.article();
                (Command::MergeArticle { id, into: self::id(&other, ArticleId::new) }, seen)
            }
            _ => (Command::ReviseArticle { id, form: self.article_form(false) }, seen),
        }
    }

    fn center_form(&mut self, new: bool) -> FinancialCenterForm {
        let name = self.some(&["Jar", "", "Card 2"]);
        FinancialCenterForm {
            id: None,
            name: if new { name.or_else(|| Some("Chest".into())) } else { name },
            currency: self.some(&["EUR", "USD", "JPY", "XXZ"]).filter(|_| new || self.rng.u8(0..4) == 0),
            opening_balance: self.some(&["12.50", "100", "-3", "x", ""]).filter(|_| self.rng.bool()),
            archived: (self.rng.u8(0..6) == 0).then(|| self.rng.bool()),
            position: (self.rng.u8(0..4) == 0).then(|| self.rng.i64(-5..1 << 54)),
        }
    }

    fn center_command(&mut self, book: &Book) -> (Command, Option<i64>) {
        let text = self.center();
        let id = id(&text, FinancialCenterId::new);
        let seen = book.shown.financial_centers.iter().find(|row| row.center.id == id);
        let seen = seen.map(|row| row.center.version);
        match self.rng.u8(0..7) {
            0 | 1 => (Command::AddFinancialCenter(self.center_form(true)), None),
            2 => {
                let form = FinancialCenterForm { id: Some(text), ..self.center_form(true) };
                (Command::AddFinancialCenter(form), None)
            }
            3 => (Command::DeleteFinancialCenter { id }, seen),
            4 => (Command::RestoreFinancialCenter { id }, None),
            _ => (Command::ReviseFinancialCenter { id, form: self.center_form(false) }, seen),
        }
    }

    fn recurring_form(&mut self, new: bool) -> RecurringForm {
        let days = ["2026-11-01", "2026-10-15", "2026-12-24", "2020-01-01", "2026-02-30"];
        let (amount, article, center) = (self.amount(), self.article(), self.center());
        let keep = |walk: &mut Self| new || walk.rng.u8(0..3) == 0;
        RecurringForm {
            id: None,
            target: self.some(&["fact", "fact", "fact", "plan", "x"]).filter(|_| self.rng.bool()),
            amount: keep(self).then_some(amount),
            article_id: keep(self).then_some(article),
            financial_center_id: keep(self).then_some(center),
            comment: self.comment(),
            starts_on: self.some(&days).filter(|_| keep(self)),
            every: (self.rng.u8(0..3) == 0).then(|| self.rng.i64(0..4)),
            unit: self.some(&["week", "month", "year"]).filter(|_| keep(self)),
            from_month_end: (self.rng.u8(0..5) == 0).then_some(true),
            ends_on: self.some(&["", "2027-06-30"]).filter(|_| self.rng.u8(0..4) == 0),
            times: (self.rng.u8(0..5) == 0).then(|| self.rng.i64(0..20)),
            automatic: None,
        }
    }

    fn some_recurring(&mut self) -> RecurringId {
        let known = self.rng.choice(&self.recurring).copied();
        known.filter(|_| self.rng.u8(0..12) > 0).unwrap_or_else(RecurringId::new)
    }

    fn recurring_command(&mut self, book: &Book) -> (Command, Option<i64>) {
        let id = self.some_recurring();
        let seen = found(book, id).map(|row| row.version);
        match self.rng.u8(0..7) {
            0..=2 => (Command::AddRecurring(self.recurring_form(true)), None),
            3 => (Command::DeleteRecurring { id }, seen),
            4 => (Command::RestoreRecurring { id }, None),
            _ => (Command::ReviseRecurring { id, form: self.recurring_form(false) }, seen),
        }
    }

    fn occurrence_command(&mut self, book: &Book) -> (Command, Option<i64>) {
        let id = self.some_recurring();
        let row = found(book, id);
        let open = row.map(|row| row.open_days().take(4).collect::<Vec<_>>()).unwrap_or_default();
        let settled = row.map(|row| row.settled.clone()).unwrap_or_default();
        let other: Day = "2026-11-17".parse().expect("a day");
        let day = match self.rng.u8(0..8) {
            0 => Some(other),
            1 | 2 => self.rng.choice(&settled).copied(),
            _ => self.rng.choice(&open).copied(),
        };
        let day = day.or_else(|| row.map(|row| row.starts_on)).unwrap_or(other);
        let amount = self.amount();
        let command = match self.rng.u8(0..6) {
            0 | 1 => Command::SkipOccurrence { id, day },
            2 => Command::ReopenOccurrence { id, day },
            _ => {
                let form = OccurrenceForm {
                    day: Some(day.to_string()),
                    fact_id: None,
                    amount: self.rng.bool().then_some(amount),
                    date: self.date(),
                };
                Command::ConfirmOccurrence { id, form }
            }
        };
        (command, row.map(|row| row.version))
    }

    fn plans(&mut self, book: &Book) -> Command {
        let forms = (0..self.rng.usize(0..4)).map(|_| {
            let article = self.article();
            let version = match self.rng.u8(0..4) {
                0 => Some(9),
                1 => {
                    let here = |id: ArticleId| book.shown.plans.iter().find(|row| row.article_id == id);
                    article.trim().parse().ok().and_then(here).map(|row| row.version)
                }
                2 => Some(0),
                _ => None,
            };
            let month = match self.rng.u8(0..12) {
                0 => "2026-12",
                1 => "x",
                _ => "2026-11",
            };
            let amount = self.some(&["100", "250.50", "0", "-3", "", "x", "100"]);
            PlanForm { article_id: self.maybe(article), month: Some(month.into()), amount, version }
        });
        Command::SetPlans(forms.collect())
    }

    fn household(&mut self) -> Command {
        let (currency, zone) = (["EUR", "EUR", "USD", "x"], ["Europe/Berlin", "Asia/Tbilisi", "Mars/Base"]);
        Command::ReviseHousehold(HouseholdForm {
            name: self.some(&["Home", "", "The two of us"]),
            currency: self.some(&currency).filter(|_| self.rng.bool()),
            time_zone: self.some(&zone).filter(|_| self.rng.u8(0..3) == 0),
        })
    }

    fn member(&mut self, book: &Book) -> (Command, Option<i64>) {
        let me = book.shown.members.iter().find(|row| row.id == book.shown.me).expect("oneself");
        let id = if self.rng.u8(0..5) == 0 { app::domain::MemberId::new() } else { me.id };
        let (name, colour) = (self.some(&["Anna", "", "Ann"]), self.rng.i64(-1..8));
        let form = MemberForm { name, colour: self.rng.bool().then_some(colour) };
        (Command::ReviseMember { id, form }, Some(me.version))
    }
}

fn found(book: &Book, id: RecurringId) -> Option<&Recurring> {
    book.shown.recurring.iter().find(|row| row.id == id)
}

/// Whether a page may answer `Unknown`: for a row that is not loaded, for the use of an article or account in
/// transactions that are not loaded, for how a day was settled before the page was opened, for other months, and for time zones. Merging is
/// decided on the server only.
pub(super) fn may_be_unknown(book: &Book, command: &Command) -> bool {
    let article = |id: ArticleId| book.shown.articles.iter().find(|row| row.id == id);
    let center = |id: FinancialCenterId| book.shown.financial_centers.iter().find(|row| row.center.id == id);
    let settled = |id: RecurringId, day: Day| {
        found(book, id)
            .is_none_or(|row| !row.is_open(day) && (day < row.open_from || row.settled.contains(&day)))
    };
    match command {
        Command::MergeArticle { .. }
        | Command::DeleteArticle { .. }
        | Command::DeleteFinancialCenter { .. } => true,
        Command::ReviseArticle { id, form } => article(*id).is_none_or(|row| {
            let kind = form.kind.as_ref().and_then(|text| text.parse::<Kind>().ok());
            kind.is_some_and(|kind| kind != row.kind && [kind, row.kind].contains(&Kind::Transfer))
        }),
        Command::RestoreArticle { id } => article(*id).is_none(),
        Command::ReviseFinancialCenter { id, form } => center(*id).is_none_or(|row| {
            form.currency.as_ref().is_some_and(|currency| *currency != row.center.currency.to_string())
        }),
        Command::RestoreFinancialCenter { id } => center(*id).is_none(),
        Command::ReviseRecurring { id, .. } => {
            found(book, *id).is_none_or(|row| row.open_from > book.shown.today)
        }
        Command::DeleteRecurring { id } | Command::RestoreRecurring { id } => found(book, *id).is_none(),
        Command::ConfirmOccurrence { id, form } => {
            form.day.as_ref().and_then(|day| day.parse().ok()).is_some_and(|day| settled(*id, day))
        }
        Command::SkipOccurrence { id, day } | Command::ReopenOccurrence { id, day } => settled(*id, *day),
        Command::SetPlans(forms) => forms.iter().any(|form| form.month.as_deref() == Some("2026-12")),
        Command::ReviseHousehold(form) => {
            let household = &book.shown.household;
            form.currency.as_ref().is_some_and(|text| *text != household.currency.to_string())
                || form.time_zone.as_ref().is_some_and(|zone| *zone != household.time_zone)
        }
        _ => false,
    }
}
