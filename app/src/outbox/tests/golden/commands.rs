//! A command of every kind, with every field, over rows, bases and states of every kind.

use super::{
    super::{fact, key},
    id,
};
use crate::{
    command::{Command, Subject, TypedIn},
    domain::*,
    error::AppError,
    outbox::{
        pending::{Base, Pending, State},
        row::RowId,
    },
    service::{HouseholdForm, MemberForm},
};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The text of an id.
fn given(n: u128) -> Option<String> {
    Some(fact(n).to_string())
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn written() -> Instant {
    Instant::from_millis(1_795_342_500_000)
}

fn a_fact() -> Fact {
    Fact {
        id: fact(1),
        amount: "-12.50".parse().expect("an amount"),
        article_id: id(2),
        financial_center_id: id(3),
        date: day("2026-11-22"),
        comment: "bread".parse().expect("a comment"),
        group: Some(Group { id: id(9), kind: GroupKind::Split }),
        version: 1,
        created_seq: 7,
        created_by: id(4),
        updated_by: id(4),
        created_at: written(),
        updated_at: written(),
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

fn a_center() -> FinancialCenter {
    FinancialCenter {
        id: id(3),
        name: "Card".parse().expect("a name"),
        currency: Currency::EUR,
        opening_balance: "100.00".parse().expect("an amount"),
        archived: false,
        position: 1,
        version: 2,
        updated_by: Some(id(4)),
    }
}

fn a_recurring() -> Recurring {
    Recurring {
        id: id(11),
        target: Target::Fact,
        amount: "-12.50".parse().expect("an amount"),
        article_id: id(2),
        financial_center_id: Some(id(3)),
        comment: "rent".parse().expect("a comment"),
        starts_on: day("2026-01-31"),
        every: 1,
        unit: Unit::Month,
        from_month_end: true,
        ends_on: Some(day("2027-01-31")),
        times: Some(12),
        automatic: false,
        open_from: day("2026-10-31"),
        settled: vec![day("2026-10-31")],
        reopened: vec![day("2026-09-30")],
        by_hand: vec![day("2026-09-30")],
        version: 3,
        created_by: id(4),
        updated_by: id(5),
        created_at: written(),
        updated_at: written(),
    }
}

fn a_household() -> Household {
    Household {
        id: id(8),
        name: "The Sokolovs".parse().expect("a name"),
        currency: Currency::EUR,
        time_zone: "Europe/Berlin".into(),
        erase_on: Some(day("2026-12-01")),
        version: 2,
    }
}

fn a_member() -> Member {
    Member {
        id: id(4),
        name: "Anna".parse().expect("a name"),
        role: Role::Owner,
        colour: 3,
        removed: false,
        version: 2,
    }
}

fn fact_form() -> FactForm {
    FactForm {
        id: given(1),
        amount: text("-12.5"),
        article_id: given(2),
        financial_center_id: given(3),
        date: text("2026-11-22"),
        comment: text("bread"),
        balance: text("87.50"),
    }
}

fn transfer() -> GroupForm {
    GroupForm::Transfer(TransferForm {
        id: given(9),
        from_financial_center_id: given(3),
        to_financial_center_id: given(6),
        amount: text("10"),
        to_amount: text("9.5"),
        date: text("2026-11-22"),
        comment: text("savings"),
    })
}

fn split() -> GroupForm {
    let part = PartForm { id: given(1), article_id: given(2), amount: text("-12.5"), comment: text("bread") };
    GroupForm::Split(SplitForm {
        id: given(9),
        financial_center_id: given(3),
        amount: text("-12.5"),
        date: text("2026-11-22"),
        comment: text("market"),
        parts: vec![part],
    })
}

fn article_form() -> ArticleForm {
    ArticleForm {
        id: given(2),
        name: text("Food"),
        kind: text("expense"),
        parent_id: given(7),
        archived: Some(true),
        icon: text("basket"),
        colour: Some(2),
    }
}

fn center_form() -> FinancialCenterForm {
    FinancialCenterForm {
        id: given(3),
        name: text("Card"),
        currency: text("EUR"),
        opening_balance: text("100"),
        archived: Some(false),
        position: Some(1),
    }
}

fn recurring_form() -> RecurringForm {
    RecurringForm {
        id: given(11),
        target: text("fact"),
        amount: text("-12.5"),
        article_id: given(2),
        financial_center_id: given(3),
        comment: text("rent"),
        starts_on: text("2026-01-31"),
        every: Some(1),
        unit: text("month"),
        from_month_end: Some(true),
        ends_on: text("2027-01-31"),
        times: Some(12),
        automatic: Some(false),
    }
}

fn plan_form(month: &str, version: Option<i64>) -> PlanForm {
    PlanForm { article_id: given(2), month: text(month), amount: text("100"), version }
}

/// The currencies of a transfer from an account in euros.
fn euros_to(other: &str) -> TypedIn {
    TypedIn { amount: Some(Currency::EUR), to_amount: Some(other.parse().expect("a currency")) }
}

/// The commands in the order of their records.
pub(super) fn all() -> Vec<Pending> {
    let member = Some(id(4));
    let with_member = |command, base| Pending { member, ..Pending::new(key(1), command, base) };
    let plain = |command| with_member(command, Some(1));
    let new = |command| with_member(command, None);
    let saw = |command, seen: Subject| Pending { seen: seen.into(), ..with_member(command, Some(1)) };
    let refused = |pending, error| Pending { state: State::Refused(error), ..pending };
    let on = day("2026-11-25");
    let invalid = FieldError { field: "name".into(), reason: Reason::Required };
    let occurrence = OccurrenceForm {
        day: text("2026-11-25"),
        fact_id: given(1),
        amount: text("-12.5"),
        date: text("2026-11-26"),
    };
    let household =
        HouseholdForm { name: text("The Sokolovs"), currency: text("EUR"), time_zone: text("Europe/Berlin") };
    let stale = AppError::Stale { current: "{}".into() };
    let renamed = Pending {
        rows: vec![(RowId::Article(id(2)), Base::After)],
        ..saw(Command::ReviseArticle { id: id(2), form: article_form() }, an_article().into())
    };
    vec![
        Pending { foreseen: vec![a_fact()], ..new(Command::RecordFact(fact_form())) },
        refused(saw(Command::ReviseFact { id: fact(1), form: fact_form() }, a_fact().into()), stale),
        refused(saw(Command::DeleteFact { id: fact(1) }, a_fact().into()), AppError::Gone),
        plain(Command::RestoreFact { id: fact(1) }),
        refused(new(Command::RecordGroup(transfer())), AppError::HouseholdClosed),
        new(Command::RecordGroup(split())),
        plain(Command::ReviseGroup { id: id(9), form: split() }),
        plain(Command::DeleteGroup { kind: GroupKind::Transfer, id: id(9) }),
        plain(Command::RestoreGroup { kind: GroupKind::Split, id: id(9) }),
        refused(new(Command::AddArticle(article_form())), AppError::Invalid { errors: vec![invalid] }),
        renamed,
        plain(Command::DeleteArticle { id: id(2) }),
        plain(Command::RestoreArticle { id: id(2) }),
        plain(Command::MergeArticle { id: id(2), into: id(7) }),
        new(Command::AddFinancialCenter(center_form())),
        saw(Command::ReviseFinancialCenter { id: id(3), form: center_form() }, a_center().into()),
        plain(Command::DeleteFinancialCenter { id: id(3) }),
        plain(Command::RestoreFinancialCenter { id: id(3) }),
        new(Command::AddRecurring(recurring_form())),
        saw(Command::ReviseRecurring { id: id(11), form: recurring_form() }, a_recurring().into()),
        plain(Command::DeleteRecurring { id: id(11) }),
        plain(Command::RestoreRecurring { id: id(11) }),
        plain(Command::ConfirmOccurrence { id: id(11), form: occurrence }),
        plain(Command::SkipOccurrence { id: id(11), day: on }),
        plain(Command::ReopenOccurrence { id: id(11), day: on }),
        plain(Command::SetPlans(vec![plan_form("2026-11", Some(5)), plan_form("2026-12", None)])),
        saw(Command::ReviseHousehold(household), a_household().into()),
        saw(
            Command::ReviseMember { id: id(4), form: MemberForm { name: text("Anna"), colour: Some(3) } },
            a_member().into(),
        ),
        Pending { typed_in: euros_to("JPY"), ..new(Command::RecordGroup(transfer())) },
        Pending {
            typed_in: TypedIn { to_amount: None, ..euros_to("JPY") },
            ..new(Command::SetPlans(vec![plan_form("2026-11", None)]))
        },
    ]
}
