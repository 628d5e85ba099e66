//! The tree of articles.

use super::{
    Ledger,
    fault::Fault,
    rows::{Place, Row},
    write::Order,
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Article, ArticleForm, ArticleId, HouseholdId, Instant, Kind, Limit, Reason,
        article::{ArticleRevision, check_place},
    },
    error::AppError,
    replica::apply::sort_articles,
    service::{Actor, Read, Written},
    wire::{Change, Deleted},
};
use std::ops::ControlFlow;

impl Ledger {
    pub(super) async fn do_articles(&self, actor: Actor) -> Result<Read<Vec<Article>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::articles::list(&mut tx, actor.household).await?;
        sort_articles(&mut value);
        Ok(Read { value, position })
    }

    pub(super) async fn add_article(
        &self,
        order: Order,
        form: &ArticleForm,
    ) -> Result<Written<Article>, Fault> {
        let actor = order.actor;
        let new = form.new_article()?;
        let mut write = match self.begin_new::<Article>(order, new.id).await? {
            ControlFlow::Continue(write) => write,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let article = Article {
            id: new.id,
            name: new.name,
            kind: new.kind,
            parent_id: new.parent_id,
            archived: new.archived,
            icon: new.icon,
            colour: new.colour,
            version: 1,
        };
        place(&mut write.tx, actor.household, &article).await?;
        self.finish_new(write, article).await
    }

    pub(super) async fn revise_article(
        &self,
        order: Order,
        id: ArticleId,
        form: &ArticleForm,
    ) -> Result<Written<Article>, Fault> {
        let actor = order.actor;
        let ArticleRevision { name, kind, parent_id, archived, icon, colour } = form.revision()?;
        let (mut write, old) = match self.begin_revision::<Article>(order, id).await? {
            ControlFlow::Continue(opened) => opened,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let article = Article {
            id,
            name: name.unwrap_or_else(|| old.name.clone()),
            kind: kind.unwrap_or(old.kind),
            parent_id: parent_id.unwrap_or(old.parent_id),
            archived: archived.unwrap_or(old.archived),
            icon: icon.unwrap_or_else(|| old.icon.clone()),
            colour: colour.unwrap_or(old.colour),
            version: old.version + 1,
        };
        place(&mut write.tx, actor.household, &article).await?;
        // What is recorded or planned on it would count as something else, or not at all.
        let other_nature = old.kind != article.kind && [old.kind, article.kind].contains(&Kind::Transfer);
        if other_nature && db::articles::in_use(&mut write.tx, actor.household, id).await? {
            return Err(AppError::field("kind", Reason::UsedKind).into());
        }
        if old.kind == Kind::Transfer && (article.kind != Kind::Transfer || article.archived) {
            keep_a_transfer_article(&mut write.tx, actor.household, id).await?;
        }
        self.finish_revision(write, &old, article).await
    }
}

impl Row for Article {
    type Id = ArticleId;
    const LIMIT: Option<Limit> = Some(Limit::Articles);

    fn version(&self) -> i64 {
        self.version
    }

    fn later(&self, _: Actor, _: Instant) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn created(self) -> Change {
        Change::ArticleCreated(self)
    }

    fn updated(self) -> Change {
        Change::ArticleUpdated(self)
    }

    fn deleted(&self, _: Actor) -> Change {
        Change::ArticleDeleted(Deleted { id: self.id })
    }

    async fn find(tx: &mut Tx, household: HouseholdId, id: ArticleId) -> sqlx::Result<Option<(Self, bool)>> {
        db::articles::find(tx, household, id).await
    }

    async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
        db::articles::count(tx, household).await
    }

    async fn insert(&self, tx: &mut Tx, at: Place) -> sqlx::Result<bool> {
        db::articles::insert(tx, at.household, self, at.now.millis()).await
    }

    async fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> sqlx::Result<()> {
        db::articles::update(tx, at.household, self, deleted, at.now.millis()).await
    }

    async fn check_unused(&self, tx: &mut Tx, household: HouseholdId) -> Result<(), Fault> {
        if db::articles::in_use(tx, household, self.id).await? {
            return Err(AppError::InUse.into());
        }
        if self.kind == Kind::Transfer {
            keep_a_transfer_article(tx, household, self.id).await?;
        }
        Ok(())
    }

    /// The parent may be gone by now; then the article comes back at the top.
    async fn returning(self, tx: &mut Tx, household: HouseholdId) -> Result<Self, Fault> {
        match place(tx, household, &self).await {
            Ok(()) => Ok(self),
            Err(Fault::App(_)) => Ok(Self { parent_id: None, ..self }),
            Err(fault) => Err(fault),
        }
    }
}

/// Checks the article's place in the tree.
async fn place(tx: &mut Tx, household: HouseholdId, article: &Article) -> Result<(), Fault> {
    let mut all = db::articles::list(tx, household).await?;
    all.retain(|other| other.id != article.id);
    all.push(article.clone());
    check_place(&all, article.id, article.kind, article.parent_id)
        .map_err(|(field, reason)| AppError::field(field, reason).into())
}

/// Every household has a transfer article in use: transfers need one.
async fn keep_a_transfer_article(
    tx: &mut Tx,
    household: HouseholdId,
    except: ArticleId,
) -> Result<(), Fault> {
    let all = db::articles::list(tx, household).await?;
    if all.iter().any(|row| row.kind == Kind::Transfer && !row.archived && row.id != except) {
        return Ok(());
    }
    Err(AppError::field("kind", Reason::OnlyTransfer).into())
}
