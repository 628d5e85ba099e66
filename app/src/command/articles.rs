//! Adding, revising, deleting and restoring articles. A merge is decided on the server only.

use super::{
    decision::{Revised, Stop},
    known::Known,
    rows::{check_free, check_room, current_article, deleted, own_id, standing},
};
use crate::{
    domain::{
        Article, ArticleForm, ArticleId, Kind, Limit, MutationId, Reason,
        article::{ArticleRevision, NewArticle},
        branches::check_place,
    },
    error::AppError,
};

type Decided = Result<Vec<Revised<Article>>, Stop>;

/// Adds an article. If the form has no id, the article takes the mutation id.
pub(super) fn add(known: &dyn Known, mutation: Option<MutationId>, form: &ArticleForm) -> Decided {
    let NewArticle { id, name, kind, parent_id, archived, icon, colour } = form.new_article()?;
    let (id, parent_id) = (own_id(form.id.as_ref(), id, mutation), above(known, parent_id)?);
    check_free(&known.article(id))?;
    let updated_by = Some(known.stamp().member);
    let article = Article { id, name, kind, parent_id, archived, icon, colour, version: 1, updated_by };
    check_tree(known, &article)?;
    check_room(known, Limit::Articles)?;
    Ok(vec![Revised::created(article)])
}

/// Changes the given fields.
pub(super) fn revise(known: &dyn Known, base: Option<i64>, id: ArticleId, form: &ArticleForm) -> Decided {
    let ArticleRevision { name, kind, parent_id, archived, icon, colour } = form.revision()?;
    let old = standing(base, known.article(id))?;
    let article = Article {
        id,
        name: name.unwrap_or_else(|| old.name.clone()),
        kind: kind.unwrap_or(old.kind),
        parent_id: parent_id.map_or(Ok(old.parent_id), |parent| above(known, parent))?,
        archived: archived.unwrap_or(old.archived),
        icon: icon.unwrap_or_else(|| old.icon.clone()),
        colour: colour.unwrap_or(old.colour),
        version: old.version + 1,
        updated_by: Some(known.stamp().member),
    };
    check_tree(known, &article)?;
    // The facts and plans of the article would be counted differently, or not at all.
    let other_nature = old.kind != article.kind && [old.kind, article.kind].contains(&Kind::Transfer);
    if other_nature && known.article_in_use(id).ok_or(Stop::Unknown)? {
        return Err(AppError::field("kind", Reason::UsedKind).into());
    }
    if old.kind == Kind::Transfer && (article.kind != Kind::Transfer || article.archived) {
        keep_a_transfer_article(known, id)?;
    }
    Ok(vec![Revised::updated(old, article)])
}

/// Deletes an article that nothing uses, and keeps a tombstone.
pub(super) fn delete(known: &dyn Known, base: Option<i64>, id: ArticleId) -> Decided {
    let old = standing(base, known.article(id))?;
    if known.article_in_use(id).ok_or(Stop::Unknown)? {
        return Err(AppError::InUse.into());
    }
    if old.kind == Kind::Transfer {
        keep_a_transfer_article(known, id)?;
    }
    let updated_by = Some(known.stamp().member);
    let tombstone = Article { version: old.version + 1, updated_by, ..old.clone() };
    Ok(vec![Revised::deleted(old, tombstone)])
}

/// Restores a deleted article; as a root of the tree if its old place is not valid any more.
pub(super) fn restore(known: &dyn Known, base: Option<i64>, id: ArticleId) -> Decided {
    let old = deleted(base, known.article(id))?;
    check_room(known, Limit::Articles)?;
    let article = Article { version: old.version + 1, updated_by: Some(known.stamp().member), ..old };
    let article = match check_tree(known, &article) {
        Ok(()) => article,
        Err(Stop::Refused(_)) => Article { parent_id: None, ..article },
        Err(stop) => return Err(stop),
    };
    Ok(vec![Revised::restored(article)])
}

/// The parent by now.
fn above(known: &dyn Known, parent: Option<ArticleId>) -> Result<Option<ArticleId>, Stop> {
    parent.map(|id| current_article(known, id)).transpose()
}

/// Checks the article's place in the tree.
fn check_tree(known: &dyn Known, article: &Article) -> Result<(), Stop> {
    let all = known.articles().ok_or(Stop::Unknown)?;
    check_place(&all, article.id, article.kind, article.parent_id)
        .map_err(|(field, reason)| AppError::field(field, reason).into())
}

/// Refuses to remove the last transfer article that is not archived: transfers need one.
fn keep_a_transfer_article(known: &dyn Known, except: ArticleId) -> Result<(), Stop> {
    let all = known.articles().ok_or(Stop::Unknown)?;
    if all.iter().any(|row| row.kind == Kind::Transfer && !row.archived && row.id != except) {
        return Ok(());
    }
    Err(AppError::field("kind", Reason::OnlyTransfer).into())
}
