//! Formats that others depend on, byte by byte: every frame and every problem.

use app::{
    domain::{household::Role, *},
    error::{AppError, StoreFault},
    wire::*,
};
use serde_json::{Value, json};
use server::{db::change_log::Logged, http::problem::problem};
use uuid::Uuid;

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

fn fact() -> Fact {
    Fact {
        id: id(1),
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

fn article() -> Article {
    Article {
        id: id(2),
        name: name("Groceries"),
        kind: Kind::Expense,
        parent_id: None,
        archived: false,
        icon: "basket".into(),
        colour: 2,
        version: 1,
        updated_by: Some(id(4)),
    }
}

fn center() -> FinancialCenter {
    FinancialCenter {
        id: id(3),
        name: name("Card"),
        currency: Currency::EUR,
        opening_balance: Money::zero(Currency::EUR),
        archived: false,
        position: 1_048_576,
        version: 1,
        updated_by: Some(id(4)),
    }
}

fn recurring() -> Recurring {
    let day = |text: &str| text.parse().expect("a day");
    Recurring {
        id: id(11),
        target: Target::Fact,
        amount: "-950.00".parse().expect("an amount"),
        article_id: id(2),
        financial_center_id: Some(id(3)),
        comment: "rent".parse().expect("a comment"),
        starts_on: day("2026-11-30"),
        every: 1,
        unit: Unit::Month,
        from_month_end: true,
        ends_on: None,
        times: Some(12),
        automatic: false,
        open_from: day("2026-12-31"),
        settled: vec![day("2027-02-28")],
        reopened: Vec::new(),
        by_hand: Vec::new(),
        version: 2,
        created_by: id(4),
        updated_by: id(4),
        created_at: Instant::from_millis(1_795_342_500_000),
        updated_at: Instant::from_millis(1_795_342_500_000),
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn commit(entries: Vec<Entry>) -> Frame {
    Frame::Commit(Commit {
        seq: 8,
        check: Some(Check::new([0, 1, 2, 254])),
        mutation_id: Some(id(5)),
        entries,
    })
}

fn frames() -> Vec<Frame> {
    let today = "2026-11-22".parse().expect("a day");
    let epoch = Uuid::from_u128(6);
    let plain = |change| commit(vec![Entry { change, before: None }]);
    let member =
        Member { id: id(4), name: name("Anna"), role: Role::Owner, colour: 0, removed: false, version: 1 };
    let household = Household {
        id: id(7),
        name: name("Home"),
        currency: Currency::EUR,
        time_zone: "Europe/Berlin".into(),
        erase_on: None,
        version: 1,
    };
    let before = Some(fact().before());
    let gone = DeletedFact { id: id(1), version: 3, deleted_by: id(4) };
    vec![
        Frame::Welcome(Welcome {
            epoch,
            seq: 7,
            check: Some(Check::new([255, 0, 1, 2])),
            head: 8,
            today,
            build: "0.1.0".into(),
            protocol: 1,
            heartbeat_ms: HEARTBEAT_MS,
            member: Some(id(4)),
        }),
        plain(Change::FactCreated(fact())),
        commit(vec![Entry {
            change: Change::FactUpdated(Fact { group: None, version: 2, ..fact() }),
            before,
        }]),
        commit(vec![Entry { change: Change::FactDeleted(gone), before }]),
        plain(Change::ArticleCreated(article())),
        plain(Change::ArticleUpdated(article())),
        plain(Change::ArticleDeleted(DeletedArticle { id: id(2), merged_into: None })),
        plain(Change::FinancialCenterCreated(center())),
        plain(Change::FinancialCenterUpdated(center())),
        plain(Change::FinancialCenterDeleted(Deleted { id: id(3) })),
        plain(Change::PlanUpdated(Plan {
            article_id: id(2),
            month: today.month(),
            amount: "500.00".parse().expect("an amount"),
            version: 1,
            updated_by: id(4),
            updated_at: Instant::from_millis(1_795_342_500_000),
        })),
        plain(Change::RecurringCreated(recurring())),
        plain(Change::RecurringUpdated(recurring())),
        plain(Change::RecurringDeleted(Deleted { id: id(11) })),
        plain(Change::MemberCreated(member.clone())),
        plain(Change::MemberUpdated(member)),
        plain(Change::HouseholdUpdated(household)),
        commit(vec![
            Entry { change: Change::FactUpdated(fact()), before },
            Entry {
                change: Change::FactCreated(Fact {
                    group: Some(Group { id: id(10), kind: GroupKind::Transfer }),
                    ..fact()
                }),
                before: None,
            },
            Entry { change: Change::ArticleCreated(article()), before: None },
        ]),
        Frame::Reload {
            seq: 8,
            check: Some(Check::new([0, 1, 2, 254])),
            data: Reload {
                scope: "facts".into(),
                from: Some(today),
                to: Some(today),
                count: 900,
                reason: "import".into(),
            },
        },
        Frame::Presence(Presence {
            members: vec![
                Present { member_id: id(4), editing: None },
                Present { member_id: id(8), editing: Some(id(1)) },
            ],
        }),
        Frame::LinksChanged,
        Frame::Heartbeat(Heartbeat { seq: 8, check: None, today }),
        Frame::Resync(Resync { epoch, seq: 8, check: None, reason: ResyncReason::TooFar }),
        Frame::Bye(Bye { retry_ms: [100, 2000], reason: "restarting".into() }),
    ]
}

#[test]
fn every_frame_is_written_as_it_always_was() {
    let mut lines = Vec::new();
    for frame in frames() {
        let text = frame.encode().expect("JSON");
        assert_eq!(Frame::parse(&text).expect("it reads back"), frame);
        lines.push(text);
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_check_of_an_entry_is_what_it_always_was() {
    let entry = |seq, mutation: Option<u128>, changes: &str| Logged {
        seq,
        at: Instant::from_millis(1_795_342_500_000),
        member_id: id(4),
        mutation_id: mutation.map(id),
        changes: changes.into(),
    };
    let plain = entry(8, Some(5), "[]").check();
    assert_eq!(plain, entry(8, Some(5), "[ ]").check(), "not of the text, which may be written anew");
    let checks = [
        plain,
        entry(9, Some(5), "[]").check(),
        entry(8, Some(6), "[]").check(),
        entry(8, None, "[]").check(),
    ];
    assert_eq!(checks.map(|check| check.to_string()), ["e9e945b4", "93c2564b", "432150d6", "4e2ec851"]);
}

#[test]
fn log_entries_of_earlier_versions_are_still_read() {
    let member = json!({ "id": Uuid::nil(), "name": "Anna", "role": "owner", "colour": 0, "version": 1 });
    let change =
        Change::parse("member_created", &member.to_string()).expect("it is read").expect("it is known");
    assert!(matches!(change, Change::MemberCreated(member) if !member.removed));
}

#[test]
fn every_problem_is_written_as_it_always_was() {
    let stale = AppError::Stale { current: json!({ "version": 2 }).to_string() };
    let invalid = AppError::Invalid {
        errors: vec![
            FieldError { field: "amount".into(), reason: Reason::TooManyDigits(2) },
            FieldError { field: "comment".into(), reason: Reason::TooLong(500) },
        ],
    };
    let all = [
        AppError::Malformed,
        AppError::MalformedHeaders,
        AppError::NotSignedIn,
        AppError::WrongCredentials,
        AppError::ForeignOrigin,
        AppError::RegistrationClosed,
        AppError::NoHousehold,
        AppError::OwnersOnly,
        AppError::BelongsElsewhere,
        AppError::OwnersPassword,
        AppError::NotFound,
        AppError::MethodNotAllowed,
        AppError::IdempotencyKeyReused,
        AppError::IdTaken,
        AppError::PartOfGroup,
        AppError::InUse,
        AppError::AlreadyMember,
        AppError::LastOwner,
        AppError::LastOwnerOfClosed,
        AppError::HouseholdClosed,
        AppError::ErasureDue,
        AppError::BalanceChanged,
        AppError::CurrencyChanged,
        AppError::LimitReached { limit: Limit::Articles },
        AppError::LimitReached { limit: Limit::FinancialCenters },
        AppError::LimitReached { limit: Limit::Recurring },
        AppError::LimitReached { limit: Limit::Invites },
        AppError::LimitReached { limit: Limit::Members },
        AppError::Gone,
        AppError::InviteEnded,
        AppError::PasswordLinkEnded,
        stale,
        AppError::PayloadTooLarge,
        AppError::UnsupportedMediaType,
        invalid,
        AppError::TooManyRequests { retry_after_seconds: 7 },
        AppError::DemoFull { of_network: false, may_register: true, retry_after_seconds: 886 },
        AppError::Internal,
        AppError::Busy,
        AppError::Unavailable,
        AppError::NoAnswer,
        AppError::Store(StoreFault::Full),
        AppError::Store(StoreFault::FileLimit),
        AppError::Store(StoreFault::ReadOnly),
        AppError::Store(StoreFault::NoWrites),
        AppError::Store(StoreFault::Failing),
        AppError::Store(StoreFault::Locked),
        AppError::Store(StoreFault::Displaced),
        AppError::Store(StoreFault::Damaged),
        AppError::Store(StoreFault::Away),
    ];
    let problems: Vec<Value> = all
        .iter()
        .flat_map(|error| Language::ALL.map(|language| problem(error, language, "/api/v1/facts")))
        .map(|problem| serde_json::to_value(problem).expect("JSON"))
        .collect();
    let codes: std::collections::BTreeSet<_> =
        problems.iter().map(|problem| problem["code"].to_string()).collect();
    assert_eq!(codes.len(), all.len(), "each has a code of its own");
    insta::assert_json_snapshot!(problems);
}
