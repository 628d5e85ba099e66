//! The law of the outbox: whatever is lost, doubled, late or refused, every command ends with one response or
//! one refusal, none is sent twice at the same time, and commands on one row are carried out in order, each
//! on the result of the previous one.

mod asking;
mod currencies;
mod device;
mod figures;
mod foreseen;
mod golden;
mod kept;
mod ledger;
mod listed;
mod merging;
mod network;
mod older;
mod older_kept;
mod order;
mod pauses;
mod plans;
mod settling;
mod stored;
mod storing;
mod tabs;
mod waiting;
mod world;

use super::{
    pending::{Call, Pending, State},
    queue::Queue,
    row::RowId,
};
use crate::{
    command::Command,
    domain::{FactForm, FactId, MutationId},
    error::AppError,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

fn fact(n: u128) -> FactId {
    FactId::from(Uuid::from_u128(n))
}

fn row(n: u128) -> RowId {
    RowId::Fact(fact(n))
}

fn key(n: u128) -> MutationId {
    MutationId::from(Uuid::from_u128(n))
}

fn pending(mutation: u128, command: Command) -> Pending {
    Pending::new(key(mutation), command, Some(1))
}

fn record(n: u128) -> Command {
    Command::RecordFact(FactForm { id: Some(fact(n).to_string()), ..FactForm::default() })
}

fn revise(n: u128) -> Command {
    Command::ReviseFact { id: fact(n), form: FactForm::default() }
}

fn delete(n: u128) -> Command {
    Command::DeleteFact { id: fact(n) }
}

fn start(queue: &mut Queue) -> Call {
    let ready = queue.ready();
    assert_eq!(ready.len(), 1);
    queue.start(ready[0]).expect("it is its turn")
}
