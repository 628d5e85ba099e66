//! The tree of articles.

use super::{
    Ledger,
    fault::Fault,
    write::{Begun, Write, alive, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Article, ArticleForm, ArticleId, HouseholdId, Kind, MutationId, Reason,
        article::{ArticleRevision, check_place},
    },
    error::AppError,
    replica::apply::sort_articles,
    service::{Actor, Read, Terms, Written},
    wire::{Change, Deleted},
};

impl Ledger {
    pub(super) async fn do_articles(&self, actor: Actor) -> Result<Read<Vec<Article>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::articles::list(&mut tx, actor.household).await?;
        sort_articles(&mut value);
        Ok(Read { value, position })
    }

    pub(super) async fn do_article(&self, actor: Actor, id: ArticleId) -> Result<Read<Article>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let value = alive(db::articles::find(&mut tx, actor.household, id).await?)?;
        Ok(Read { value, position })
    }

    pub(super) async fn do_add_article(
        &self,
        actor: Actor,
        terms: Terms,
        form: ArticleForm,
    ) -> Result<Written<Article>, Fault> {
        let new = form.new_article()?;
        let mutation = terms.mutation_id.unwrap_or_else(|| MutationId::from(new.id.uuid()));
        let begun = Write::begin(self, actor, "add_article", &form, Some(mutation), new.id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::articles::find(&mut repeat.tx, actor.household, repeat.subject.into()).await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        match db::articles::find(&mut write.tx, actor.household, new.id).await? {
            None => {}
            Some((_, true)) => return Err(AppError::Gone.into()),
            Some((_, false)) => return Err(AppError::IdTaken.into()),
        }
        let article = Article {
            id: new.id,
            name: new.name,
            kind: new.kind,
            parent_id: new.parent_id,
            archived: new.archived,
            version: 1,
        };
        place(&mut write.tx, actor.household, &article).await?;
        db::articles::insert(&mut write.tx, actor.household, &article, write.now.millis()).await?;
        write.created(Change::ArticleCreated(article.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: article, position, repeated: false })
    }

    pub(super) async fn do_revise_article(
        &self,
        actor: Actor,
        terms: Terms,
        id: ArticleId,
        form: ArticleForm,
    ) -> Result<Written<Article>, Fault> {
        let ArticleRevision { name, kind, parent_id, archived } = form.revision()?;
        let begun =
            Write::begin(self, actor, "revise_article", &(id, &form), terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::articles::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::articles::find(&mut write.tx, actor.household, id).await?)?;
        check_version(terms.base_version, old.version, &old)?;
        let article = Article {
            id,
            name: name.unwrap_or_else(|| old.name.clone()),
            kind: kind.unwrap_or(old.kind),
            parent_id: parent_id.unwrap_or(old.parent_id),
            archived: archived.unwrap_or(old.archived),
            version: old.version + 1,
        };
        place(&mut write.tx, actor.household, &article).await?;
        if old.kind == Kind::Transfer && (article.kind != Kind::Transfer || article.archived) {
            keep_a_transfer_article(&mut write.tx, actor.household, id).await?;
        }
        db::articles::update(&mut write.tx, actor.household, &article, false, write.now.millis()).await?;
        write.changed(Change::ArticleUpdated(article.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: article, position, repeated: false })
    }

    pub(super) async fn do_delete_article(
        &self,
        actor: Actor,
        terms: Terms,
        id: ArticleId,
    ) -> Result<Written<()>, Fault> {
        let begun = Write::begin(self, actor, "delete_article", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => {
                return Ok(Written { value: (), position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::articles::find(&mut write.tx, actor.household, id).await?)?;
        check_version(terms.base_version, old.version, &old)?;
        if db::articles::in_use(&mut write.tx, actor.household, id).await? {
            return Err(AppError::InUse.into());
        }
        if old.kind == Kind::Transfer {
            keep_a_transfer_article(&mut write.tx, actor.household, id).await?;
        }
        let tombstone = Article { version: old.version + 1, ..old.clone() };
        db::articles::update(&mut write.tx, actor.household, &tombstone, true, write.now.millis()).await?;
        write.changed(Change::ArticleDeleted(Deleted { id }), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: (), position, repeated: false })
    }

    pub(super) async fn do_restore_article(
        &self,
        actor: Actor,
        terms: Terms,
        id: ArticleId,
    ) -> Result<Written<Article>, Fault> {
        let begun = Write::begin(self, actor, "restore_article", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::articles::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let (old, deleted) =
            db::articles::find(&mut write.tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        check_version(terms.base_version, old.version, &old)?;
        if !deleted {
            let position = app::wire::Position { seq: write.position.seq - 1, ..write.position };
            return Ok(Written { value: old, position, repeated: true });
        }
        let mut article = Article { version: old.version + 1, ..old };
        // The parent may be gone by now; then the article comes back at the top.
        if place(&mut write.tx, actor.household, &article).await.is_err() {
            article.parent_id = None;
        }
        db::articles::update(&mut write.tx, actor.household, &article, false, write.now.millis()).await?;
        write.created(Change::ArticleCreated(article.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: article, position, repeated: false })
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
    Err(AppError::field("kind", Reason::InUse).into())
}
