//! The records of the device, byte by byte. Entries that wait on somebody's phone are in this format: a build that
//! cannot read them any more has lost them.

use super::{
    device::{Device, Page},
    *,
};
use crate::{
    command::Subject,
    domain::*,
    outbox::pending::{Base, Seen},
    service::{HouseholdForm, MemberForm},
};

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

fn a_fact() -> Fact {
    Fact {
        id: fact(1),
        amount: "-12.50".parse().expect("an amount"),
        article_id: id(2),
        financial_center_id: id(3),
        date: "2026-11-22".parse().expect("a day"),
        comment: "bread".parse().expect("a comment"),
        group: Some(Group { id: id(9), kind: GroupKind::Split }),
        version: 1,
        created_seq: 7,
        created_by: id(4),
        updated_by: id(4),
        created_at: Instant::from_millis(1_795_342_500_000),
        updated_at: Instant::from_millis(1_795_342_500_000),
    }
}

fn an_article() -> Article {
    Article {
        id: id(2),
        name: "Groceries".parse().expect("a name"),
        kind: Kind::Expense,
        parent_id: None,
        archived: false,
        icon: "basket".into(),
        colour: 2,
        version: 1,
        updated_by: Some(id(4)),
    }
}

/// A command of every kind of row, base and state, each with its record.
fn all() -> Vec<(Pending, &'static str)> {
    let text = |text: &str| Some(text.to_owned());
    let member = Some(id(4));
    let entry = FactForm { amount: text("-12.5"), date: text("2026-11-22"), ..FactForm::default() };
    let recorded = Pending {
        member,
        foreseen: vec![a_fact()],
        ..Pending::new(
            key(1),
            Command::RecordFact(FactForm { id: Some(fact(1).to_string()), ..entry.clone() }),
            None,
        )
    };
    let refused = Pending {
        member,
        seen: Seen::Facts(vec![a_fact()]),
        state: State::Refused(AppError::Stale { current: "{}".into() }),
        ..Pending::new(key(2), Command::ReviseFact { id: fact(2), form: entry }, Some(3))
    };
    let article = Command::ReviseArticle {
        id: id(2),
        form: ArticleForm { name: text("Food"), ..ArticleForm::default() },
    };
    let followed = Pending {
        seen: Seen::Row(Box::new(Subject::Article(an_article()))),
        rows: vec![(RowId::Article(id(2)), Base::After)],
        ..Pending::new(key(3), article, None)
    };
    let plans = [(text("2026-11"), Some(5)), (text("2026-12"), None)].map(|(month, version)| PlanForm {
        article_id: Some(id::<ArticleId>(2).to_string()),
        month,
        amount: text("100"),
        version,
    });
    let day: Day = "2026-11-25".parse().expect("a day");
    let plain = |n, command| Pending::new(key(n), command, Some(1));
    let all = vec![
        recorded,
        refused,
        followed,
        plain(4, Command::SetPlans(plans.to_vec())),
        plain(5, Command::SkipOccurrence { id: id(11), day }),
        plain(6, Command::DeleteFinancialCenter { id: id(3) }),
        plain(7, Command::DeleteRecurring { id: id(11) }),
        plain(8, Command::ReviseHousehold(HouseholdForm::default())),
        plain(9, Command::ReviseMember { id: id(4), form: MemberForm::default() }),
    ];
    assert_eq!(GOLDEN.lines().count(), all.len());
    all.into_iter().zip(GOLDEN.lines()).collect()
}

/// The records, one a line.
const GOLDEN: &str = include_str!("golden.jsonl");

/// The record of a command, with its place in the order as it is in these tests.
fn record_of(pending: Pending) -> String {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.add(pending);
    page.store(&mut device);
    let (_, text) = device.all().remove(0);
    let record: serde_json::Value = serde_json::from_str(&text).expect("a record");
    let place = record["place"].as_str().expect("a place");
    text.replace(place, "0193572a-5c00-7000-8000-000000000001")
}

#[test]
fn what_the_device_stores_is_written_as_it_always_was() {
    for (pending, golden) in all() {
        assert_eq!(record_of(pending), golden);
    }
}

#[test]
fn what_earlier_builds_have_stored_is_read() {
    for (pending, golden) in all() {
        let mut page = Page::new();
        let mutation = pending.mutation;
        let taken = page.take(&[(mutation.to_string(), golden.to_owned())]);
        assert_eq!(taken.unsettled.iter().map(|(mutation, _)| *mutation).collect::<Vec<_>>(), [mutation]);
        let read = page.queue.get(mutation).expect("it was read");
        let same = Pending { is_taken_over: true, uncertain: true, ..pending };
        assert_eq!(*read, same);
    }
}
