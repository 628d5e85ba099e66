//! The rows that a command names, read while the household is locked: what its rule decides on.

use super::{fault::Fault, write::Write};
use crate::db::{self, Tx};
use app::{
    command::{Command, Known, Lookup, Parts, Stamp},
    domain::{
        Article, ArticleId, Day, Fact, FactForm, FactId, FinancialCenter, FinancialCenterId, GroupForm,
        GroupId, GroupKind, HouseholdId, Kind, MemberId,
    },
};
use std::{collections::HashMap, str::FromStr};

/// What was read. Whoever asks for a row that was not gets [`Lookup::NotLoaded`].
pub(super) struct Loaded {
    household: HouseholdId,
    stamp: Stamp,
    facts: HashMap<FactId, Lookup<Fact>>,
    groups: HashMap<GroupId, (GroupKind, Lookup<Parts>)>,
    articles: HashMap<ArticleId, Lookup<Article>>,
    centers: HashMap<FinancialCenterId, Lookup<FinancialCenter>>,
    transfer_article: Option<ArticleId>,
}

impl Loaded {
    /// Reads what a command names, on the day that it is in the household.
    pub async fn of(
        write: &mut Write,
        member: MemberId,
        today: Day,
        command: &Command,
    ) -> Result<Self, Fault> {
        let stamp = Stamp { member, now: write.now, seq: write.position.seq, today };
        let household = write.place().household;
        let mut loaded = Self {
            household,
            stamp,
            facts: HashMap::new(),
            groups: HashMap::new(),
            articles: HashMap::new(),
            centers: HashMap::new(),
            transfer_article: None,
        };
        let tx = &mut write.tx;
        match command {
            Command::RecordFact(form) => {
                loaded.load_fact(tx, form.id.as_ref()).await?;
                loaded.load_places(tx, form).await?;
            }
            Command::ReviseFact { id, form } => {
                loaded.load_places(tx, form).await?;
                if let Some(center) =
                    loaded.load_fact(tx, Some(id)).await?.map(|fact| fact.financial_center_id)
                {
                    loaded.load_center(tx, Some(&center)).await?;
                }
            }
            Command::DeleteFact { id } | Command::RestoreFact { id } => {
                loaded.load_fact(tx, Some(id)).await?;
            }
            Command::RecordGroup(form) => loaded.load_whole(tx, None, form).await?,
            Command::ReviseGroup { id, form } => loaded.load_whole(tx, Some(*id), form).await?,
            Command::DeleteGroup { kind, id } | Command::RestoreGroup { kind, id } => {
                loaded.load_group(tx, *kind, *id).await?;
            }
            _ => {}
        }
        Ok(loaded)
    }

    async fn load_places(&mut self, tx: &mut Tx, form: &FactForm) -> Result<(), Fault> {
        self.load_article(tx, form.article_id.as_ref()).await?;
        self.load_center(tx, form.financial_center_id.as_ref()).await
    }

    async fn load_whole(&mut self, tx: &mut Tx, id: Option<GroupId>, form: &GroupForm) -> Result<(), Fault> {
        match form {
            GroupForm::Transfer(form) => {
                let given = read(form.id.as_ref());
                for center in [&form.from_financial_center_id, &form.to_financial_center_id] {
                    self.load_center(tx, center.as_ref()).await?;
                }
                let articles = db::articles::list(tx, self.household).await?;
                let usable = articles.iter().filter(|row| row.kind == Kind::Transfer && !row.archived);
                self.transfer_article = usable.map(|row| row.id).min();
                if let Some(id) = id.or(given) {
                    self.load_group(tx, GroupKind::Transfer, id).await?;
                }
            }
            GroupForm::Split(form) => {
                let given = read(form.id.as_ref());
                self.load_center(tx, form.financial_center_id.as_ref()).await?;
                for part in &form.parts {
                    self.load_fact(tx, part.id.as_ref()).await?;
                    self.load_article(tx, part.article_id.as_ref()).await?;
                }
                if let Some(id) = id.or(given) {
                    self.load_group(tx, GroupKind::Split, id).await?;
                }
            }
        }
        Ok(())
    }

    async fn load_fact(&mut self, tx: &mut Tx, id: Option<&impl ToString>) -> Result<Option<Fact>, Fault> {
        let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) else { return Ok(None) };
        let found = db::facts::find(tx, self.household, id).await?;
        let fact = found.as_ref().map(|(fact, _)| fact.clone());
        self.facts.insert(id, lookup(found));
        Ok(fact)
    }

    async fn load_group(&mut self, tx: &mut Tx, kind: GroupKind, id: GroupId) -> Result<(), Fault> {
        let alive = db::facts::parts(tx, self.household, id).await?;
        let dead = if alive.is_empty() {
            db::facts::deleted_parts(tx, self.household, id).await?
        } else {
            Vec::new()
        };
        let parts = || alive.iter().chain(&dead);
        let version = parts().map(|part| part.version).max();
        // The id of a split is no transfer's.
        let of_kind = parts().all(|part| part.group.is_some_and(|group| group.kind == kind));
        let found = match version.filter(|_| of_kind) {
            None => Lookup::Missing,
            Some(version) if alive.is_empty() => Lookup::Deleted(Parts { alive, dead, version }),
            Some(version) => Lookup::Found(Parts { alive, dead, version }),
        };
        self.groups.insert(id, (kind, found));
        Ok(())
    }

    async fn load_article(&mut self, tx: &mut Tx, id: Option<&impl ToString>) -> Result<(), Fault> {
        if let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) {
            let found = db::articles::find(tx, self.household, id).await?;
            self.articles.insert(id, lookup(found));
        }
        Ok(())
    }

    async fn load_center(&mut self, tx: &mut Tx, id: Option<&impl ToString>) -> Result<(), Fault> {
        if let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) {
            let found = db::financial_centers::find(tx, self.household, id).await?;
            self.centers.insert(id, lookup(found));
        }
        Ok(())
    }
}

impl Known for Loaded {
    fn stamp(&self) -> Stamp {
        self.stamp
    }

    fn fact(&self, id: FactId) -> Lookup<Fact> {
        self.facts.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<Parts> {
        match self.groups.get(&id) {
            Some((of, parts)) if *of == kind => parts.clone(),
            _ => Lookup::NotLoaded,
        }
    }

    fn article(&self, id: ArticleId) -> Lookup<Article> {
        self.articles.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        self.transfer_article
    }

    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        self.centers.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }
}

/// An id as somebody wrote it; what is none names no row.
fn read<Id: FromStr>(text: Option<&String>) -> Option<Id> {
    text?.parse().ok()
}

fn lookup<T>(found: Option<(T, bool)>) -> Lookup<T> {
    match found {
        None => Lookup::Missing,
        Some((row, true)) => Lookup::Deleted(row),
        Some((row, false)) => Lookup::Found(row),
    }
}
