//! A command carries the currencies in which its amounts were typed, as long as it waits.

use super::{plans::plan, storing::Hands, *};
use crate::{
    command::TypedIn,
    domain::{
        Currency, FinancialCenter, FinancialCenterForm, GroupForm, OccurrenceForm, RecurringForm,
        TransferForm,
    },
    outbox::{Outbox, Seen},
    replica::{Replica, tests::oracle::Oracle},
    service::{HouseholdForm, Snapshot},
    wire::{Change, Commit, Entry, Frame},
};
use leptos::prelude::Owner;
use std::sync::Arc;

fn yen() -> Currency {
    "JPY".parse().expect("a currency")
}

fn in_euros() -> TypedIn {
    TypedIn { amount: Some(Currency::EUR), to_amount: None }
}

/// A book with an account in euros, in which nothing was recorded.
fn book() -> (Snapshot, String) {
    let mut start = Oracle::new(1).snapshot(1);
    let mut empty = start.financial_centers[0].clone();
    empty.center.id = Uuid::from_u128(70).into();
    (empty.center.opening_balance, empty.balance) =
        ("0.00".parse().expect("zero"), "0.00".parse().expect("zero"));
    let id = empty.center.id.to_string();
    start.financial_centers.push(empty);
    (start, id)
}

fn purchase(center: &str) -> Command {
    Command::RecordFact(FactForm {
        id: Some(fact(90).to_string()),
        amount: Some("-12".into()),
        article_id: Some(Uuid::from_u128(1).to_string()),
        financial_center_id: Some(center.into()),
        ..FactForm::default()
    })
}

#[test]
fn the_currencies_of_a_command_are_those_of_its_accounts_on_the_screen() {
    let owner = Owner::new();
    owner.set();
    let (mut start, empty) = book();
    if let Some(last) = start.financial_centers.last_mut() {
        last.center.currency = yen();
    }
    let [first] = start.facts.as_slice() else { panic!("it has one") };
    let (first, card) = (first.id, first.financial_center_id.to_string());
    let replica = Replica::new(start);
    let of = |command| replica.typed_in(&command);
    let in_yen = TypedIn { amount: Some(yen()), to_amount: None };
    let center = |id: &str| FactForm { financial_center_id: Some(id.into()), ..FactForm::default() };
    let amount = FactForm { amount: Some("-1".into()), ..FactForm::default() };
    let note = FactForm { comment: Some("milk".into()), ..FactForm::default() };
    assert_eq!(of(Command::RecordFact(center(&empty))), in_yen);
    assert_eq!(of(Command::RecordFact(center(&card))), in_euros());
    assert_eq!(of(Command::ReviseFact { id: first, form: center(&empty) }), in_yen);
    assert_eq!(of(Command::ReviseFact { id: first, form: amount }), in_euros());
    assert_eq!(of(Command::ReviseFact { id: first, form: note }), TypedIn::default());
    let transfer = TransferForm {
        from_financial_center_id: Some(card),
        to_financial_center_id: Some(empty.clone()),
        ..TransferForm::default()
    };
    let both = TypedIn { amount: Some(Currency::EUR), to_amount: Some(yen()) };
    assert_eq!(of(Command::RecordGroup(GroupForm::Transfer(transfer))), both);
    let opening = |currency: Option<&str>| FinancialCenterForm {
        opening_balance: Some("5".into()),
        currency: currency.map(str::to_owned),
        ..FinancialCenterForm::default()
    };
    let id = empty.parse().expect("an id");
    assert_eq!(of(Command::ReviseFinancialCenter { id, form: opening(None) }), in_yen);
    assert_eq!(
        of(Command::ReviseFinancialCenter { id, form: opening(Some("EUR")) }),
        TypedIn::default(),
        "the form says itself what its balance is"
    );
    assert_eq!(of(Command::AddFinancialCenter(opening(None))), in_euros(), "the household's");
    let recurring = |target: &str| RecurringForm {
        target: Some(target.into()),
        amount: Some("-1".into()),
        article_id: Some(Uuid::from_u128(1).to_string()),
        financial_center_id: (target == "fact").then(|| empty.clone()),
        ..RecurringForm::default()
    };
    assert_eq!(of(Command::AddRecurring(recurring("fact"))), in_yen);
    assert_eq!(of(Command::AddRecurring(recurring("plan"))), in_euros());
    assert_eq!(of(Command::SetPlans(vec![plan(1, "5", 0)])), in_euros());
    let none = OccurrenceForm { day: Some("2026-11-25".into()), ..OccurrenceForm::default() };
    let id = Uuid::from_u128(5).into();
    assert_eq!(of(Command::ConfirmOccurrence { id, form: none }), TypedIn::default());
    let home = HouseholdForm { name: Some("Home".into()), ..HouseholdForm::default() };
    assert_eq!(of(Command::ReviseHousehold(home)), TypedIn::default());
}

#[test]
fn an_entry_that_waits_is_not_counted_in_another_currency_than_it_was_typed_in() {
    let owner = Owner::new();
    owner.set();
    let (start, empty) = book();
    let center = start.financial_centers.last().expect("the account").center.clone();
    let seq = start.position.seq + 1;
    let replica = Replica::new(start);
    let outbox = Outbox::on(Arc::new(Hands::default()));
    outbox.begin(&replica);
    let mutation =
        outbox.enqueue(purchase(&empty), None, Seen::Nothing, None).expect("nothing is foreseen against it");
    let call = outbox.lock().queue.get(mutation).expect("it waits").call();
    assert_eq!(call.terms.typed_in, in_euros());
    assert_eq!(replica.facts_of(fact(90)).len(), 1);
    assert!(replica.refusals().is_empty());
    // Another member gives the account another currency before it arrives.
    let version = center.version + 1;
    let center =
        FinancialCenter { currency: yen(), opening_balance: "0".parse().expect("zero"), version, ..center };
    let entries = vec![Entry { change: Change::FinancialCenterUpdated(center), before: None }];
    replica.apply(Frame::Commit(Commit { seq, check: None, mutation_id: None, entries }));
    assert_eq!(replica.refusals(), [(mutation, AppError::CurrencyChanged)]);
    assert_eq!(replica.facts_of(fact(90)), [], "it is in no figure");
}
