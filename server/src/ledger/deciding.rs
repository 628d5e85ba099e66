//! Commands on facts, transfers and splits: what is loaded, the rule, what is stored.

use super::{
    Ledger,
    fault::Fault,
    loaded::Loaded,
    write::{Begun, Order, Repeat, Write, alive},
};
use crate::db::{self, Tx};
use app::{
    command::{Command, Decision, Fate, Revised, Subject, decide},
    domain::{Fact, FactGroup, FactId, GroupId, GroupKind, HouseholdId, MutationId},
    error::AppError,
    service::Written,
};
use uuid::Uuid;

/// What a command on facts is about.
#[derive(Clone, Copy)]
enum About {
    Fact(FactId),
    Group(GroupKind, GroupId),
}

impl About {
    const fn id(self) -> Uuid {
        match self {
            Self::Fact(id) => id.uuid(),
            Self::Group(_, id) => id.uuid(),
        }
    }
}

impl Ledger {
    /// Carries out a command on facts by the rule that both sides share.
    pub(super) async fn decided(&self, order: Order, command: &Command) -> Result<Written<Subject>, Fault> {
        // What is wrong with the form alone is refused before the household is locked.
        let (order, about) = named(order, command)?;
        let household = order.actor.household;
        let mut write = match order.begin(self, about.id()).await? {
            Begun::Repeat(repeat) => return repeated(*repeat, household, about, command).await,
            Begun::Fresh(write) => write,
        };
        let today = self.clock.today(&write.time_zone);
        let known = Loaded::of(&mut write, order.actor.member, today, command).await?;
        let changes = match decide(&known, order.terms, command) {
            Decision::Changes(changes) => changes,
            Decision::Already => {
                // The write is dropped, so no number is used.
                let position = write.nothing_to_do();
                let value = standing(&mut write.tx, household, about).await?;
                return Ok(Written { value, position, repeated: true });
            }
            Decision::Refused(error) => return Err(error.into()),
            Decision::Unknown => return Err(Fault::Other(format!("{} was not loaded", command.name()))),
        };
        for change in &changes {
            store(&mut write, change).await?;
        }
        let position = write.commit(self).await?;
        Ok(Written { value: subject(command, about, changes), position, repeated: false })
    }
}

/// What a command is about. One that adds a row without a key or an id gets both.
fn named(order: Order, command: &Command) -> Result<(Order, About), Fault> {
    let keyed = |id: Option<Uuid>| {
        let id = id.or_else(|| order.terms.mutation_id.map(MutationId::uuid)).unwrap_or_else(Uuid::now_v7);
        let mutation = order.terms.mutation_id.unwrap_or_else(|| MutationId::from(id));
        (order.with_mutation(mutation), id)
    };
    Ok(match command {
        Command::RecordFact(form) => {
            let new = form.new_fact()?;
            let (order, id) = keyed(form.id.is_some().then(|| new.id.uuid()));
            (order, About::Fact(id.into()))
        }
        Command::ReviseFact { id, form } => {
            form.revision()?;
            (order, About::Fact(*id))
        }
        Command::RecordGroup(form) => {
            let (order, id) = keyed(form.whole()?.id.map(GroupId::uuid));
            (order, About::Group(form.kind(), id.into()))
        }
        Command::ReviseGroup { id, form } => {
            form.whole()?;
            (order, About::Group(form.kind(), *id))
        }
        Command::DeleteFact { id } | Command::RestoreFact { id } => (order, About::Fact(*id)),
        Command::DeleteGroup { kind, id } | Command::RestoreGroup { kind, id } => {
            (order, About::Group(*kind, *id))
        }
        other => return Err(Fault::Other(format!("{} is about no fact", other.name()))),
    })
}

/// Stores a row as it becomes, and notes it for the log.
async fn store(write: &mut Write, change: &Revised<Fact>) -> Result<(), Fault> {
    let household = write.place().household;
    match change.fate {
        Fate::Created => {
            if !db::facts::insert(&mut write.tx, household, &change.after).await? {
                return Err(AppError::IdTaken.into());
            }
        }
        Fate::Updated | Fate::Restored => {
            db::facts::update(&mut write.tx, household, &change.after, false).await?;
        }
        Fate::Deleted => db::facts::update(&mut write.tx, household, &change.after, true).await?,
    }
    let entry = change.entry().change;
    match &change.before {
        Some(before) => write.changed(entry, before),
        None => {
            write.created(entry);
            Ok(())
        }
    }
}

/// What a command is answered with.
fn subject(command: &Command, about: About, changes: Vec<Revised<Fact>>) -> Subject {
    if deletes(command) {
        return Subject::Deleted(());
    }
    let stands = |change: Revised<Fact>| (change.fate != Fate::Deleted).then_some(change.after);
    let mut facts: Vec<Fact> = changes.into_iter().filter_map(stands).collect();
    match about {
        About::Fact(_) => facts.pop().map_or(Subject::Deleted(()), Subject::Fact),
        About::Group(kind, id) => {
            facts.sort_by_key(|fact| fact.id);
            let version = facts.first().map_or(0, |fact| fact.version);
            Subject::Group(FactGroup { id, kind, version, facts })
        }
    }
}

/// The fact or the whole as it stands.
async fn standing(tx: &mut Tx, household: HouseholdId, about: About) -> Result<Subject, Fault> {
    Ok(match about {
        About::Fact(id) => Subject::Fact(alive(db::facts::find(tx, household, id).await?)?),
        About::Group(kind, id) => Subject::Group(super::groups::find(tx, household, kind, id).await?),
    })
}

/// What a command that was carried out before is answered: the row as it stands, and the number it had then.
async fn repeated(
    mut repeat: Repeat,
    household: HouseholdId,
    about: About,
    command: &Command,
) -> Result<Written<Subject>, Fault> {
    // An id that the server gave then is known from the log only.
    let about = match about {
        About::Fact(_) => About::Fact(repeat.subject.into()),
        About::Group(kind, _) => About::Group(kind, repeat.subject.into()),
    };
    let value = if deletes(command) {
        Subject::Deleted(())
    } else {
        standing(&mut repeat.tx, household, about).await?
    };
    Ok(Written { value, position: repeat.position, repeated: true })
}

const fn deletes(command: &Command) -> bool {
    matches!(command, Command::DeleteFact { .. } | Command::DeleteGroup { .. })
}
