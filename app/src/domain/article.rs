//! Articles: what money was for. A tree, each node of one kind.

use super::{
    ArticleId, FieldError, Name, Reason, Refusals, collation,
    look::{check_colour, check_icon},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, str::FromStr};

/// What facts on an article count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money that goes out.
    Expense,
    /// Money that comes in.
    Income,
    /// Money that moves between centers; never income or expense.
    Transfer,
}

impl Kind {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::Expense => "expense",
            Self::Transfer => "transfer",
        }
    }
}

impl FromStr for Kind {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "income" => Ok(Self::Income),
            "expense" => Ok(Self::Expense),
            "transfer" => Ok(Self::Transfer),
            _ => Err(Reason::UnknownWord),
        }
    }
}

/// What money was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Article {
    /// Made by whoever created the row.
    pub id: ArticleId,
    /// What people call it.
    pub name: Name,
    /// What its facts count as; the same as its parent's.
    pub kind: Kind,
    /// The article it stands below.
    pub parent_id: Option<ArticleId>,
    /// No longer offered for new facts.
    pub archived: bool,
    /// One of [`super::look::ICONS`]; empty for none.
    #[serde(default)]
    pub icon: String,
    /// Which of the eight colours, 0 to 7.
    #[serde(default)]
    pub colour: i64,
    /// 1 when created, one more with each change.
    pub version: i64,
}

/// An article as it was typed, nothing checked yet. In a revision an absent field stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ArticleForm {
    /// Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// `income`, `expense` or `transfer`.
    pub kind: Option<String>,
    /// The article it stands below; empty for none.
    pub parent_id: Option<String>,
    /// No longer offered for new facts.
    pub archived: Option<bool>,
    /// One of the icons' names; empty for none.
    pub icon: Option<String>,
    /// Which of the eight colours, 0 to 7.
    pub colour: Option<i64>,
}

/// A new article, its fields checked, not yet its place in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArticle {
    /// The row to be.
    pub id: ArticleId,
    /// What people call it.
    pub name: Name,
    /// What its facts count as.
    pub kind: Kind,
    /// The article it stands below.
    pub parent_id: Option<ArticleId>,
    /// No longer offered for new facts.
    pub archived: bool,
    /// The icon's name; empty for none.
    pub icon: String,
    /// Which of the eight colours.
    pub colour: i64,
}

/// The fields of an article that change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleRevision {
    /// What people call it.
    pub name: Option<Name>,
    /// What its facts count as.
    pub kind: Option<Kind>,
    /// `Some(None)` puts it at the top of the tree.
    pub parent_id: Option<Option<ArticleId>>,
    /// No longer offered for new facts.
    pub archived: Option<bool>,
    /// The icon's name; empty for none.
    pub icon: Option<String>,
    /// Which of the eight colours.
    pub colour: Option<i64>,
}

impl ArticleForm {
    /// Reads a new article.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn new_article(&self) -> Result<NewArticle, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let id = refusals.optional("id", self.id.as_ref()).unwrap_or_else(ArticleId::new);
        let name = refusals.required("name", self.name.as_ref());
        let kind = refusals.required("kind", self.kind.as_ref());
        let parent_id = refusals.optional("parent_id", self.parent_id.as_ref());
        let archived = self.archived.unwrap_or(false);
        check_icon(&mut refusals, self.icon.as_ref());
        check_colour(&mut refusals, self.colour);
        let (icon, colour) = (self.icon.clone().unwrap_or_default(), self.colour.unwrap_or(0));
        refusals.and(name.zip(kind).map(|(name, kind)| NewArticle {
            id,
            name,
            kind,
            parent_id,
            archived,
            icon,
            colour,
        }))
    }

    /// Reads the fields that change.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn revision(&self) -> Result<ArticleRevision, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        check_icon(&mut refusals, self.icon.as_ref());
        check_colour(&mut refusals, self.colour);
        let revision = ArticleRevision {
            name: self.name.as_ref().and_then(|text| refusals.required("name", Some(text))),
            kind: self.kind.as_ref().and_then(|text| refusals.required("kind", Some(text))),
            parent_id: self.parent_id.as_ref().map(|text| refusals.optional("parent_id", Some(text))),
            archived: self.archived,
            icon: self.icon.clone(),
            colour: self.colour,
        };
        refusals.and(Some(revision))
    }
}

/// Whether `id` may stand below `parent` in the tree `all`.
///
/// # Errors
/// When the parent is not there, has another kind, or stands below `id` itself.
pub fn check_place(
    all: &[Article],
    id: ArticleId,
    kind: Kind,
    parent: Option<ArticleId>,
) -> Result<(), (&'static str, Reason)> {
    if all.iter().any(|child| child.parent_id == Some(id) && child.kind != kind) {
        return Err(("kind", Reason::KindDiffers));
    }
    let Some(parent) = parent else { return Ok(()) };
    let by_id: HashMap<_, _> = all.iter().map(|article| (article.id, article)).collect();
    let found = by_id.get(&parent).ok_or(("parent_id", Reason::NotFound))?;
    if found.kind != kind {
        return Err(("parent_id", Reason::KindDiffers));
    }
    // A tree without circles has no path longer than its number of nodes.
    let mut above = Some(parent);
    for _ in 0..=all.len() {
        match above {
            None => return Ok(()),
            Some(ancestor) if ancestor == id => break,
            Some(ancestor) => above = by_id.get(&ancestor).and_then(|article| article.parent_id),
        }
    }
    Err(("parent_id", Reason::Circle))
}

/// The articles in the order of the tree: each parent before its children, siblings by name, with
/// their depth.
#[must_use]
pub fn tree(all: &[Article]) -> Vec<(usize, Article)> {
    fn below(all: &[Article], parent: Option<ArticleId>, depth: usize, rows: &mut Vec<(usize, Article)>) {
        let mut children: Vec<_> = all
            .iter()
            .filter(|article| match article.parent_id {
                // A row whose parent is gone is shown at the top rather than not at all.
                Some(id) if parent.is_none() => !all.iter().any(|other| other.id == id),
                own => own == parent,
            })
            .collect();
        children
            .sort_by_cached_key(|article| (article.kind, collation::key(article.name.as_str()), article.id));
        for child in children {
            if rows.len() < all.len() {
                rows.push((depth, child.clone()));
                below(all, Some(child.id), depth + 1, rows);
            }
        }
    }
    let mut rows = Vec::with_capacity(all.len());
    below(all, None, 0, &mut rows);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn article(n: usize, parent: Option<ArticleId>) -> Article {
        let name = format!("Article {n}").parse().expect("a name");
        let (id, kind) = (ArticleId::new(), Kind::Expense);
        let icon = String::new();
        Article { id, name, kind, parent_id: parent, archived: false, icon, colour: 0, version: 1 }
    }

    proptest! {
        #[test]
        fn moves_that_are_allowed_never_make_a_circle(moves in prop::collection::vec((0..8_usize, prop::option::of(0..8_usize)), 0..60)) {
            let mut all: Vec<_> = (0..8).map(|n| article(n, None)).collect();
            for (child, parent) in moves {
                let (id, parent) = (all[child].id, parent.map(|parent| all[parent].id));
                if check_place(&all, id, Kind::Expense, parent).is_ok() {
                    all[child].parent_id = parent;
                }
                let shown = tree(&all);
                prop_assert_eq!(shown.len(), all.len(), "a circle would hide its rows");
            }
        }
    }

    #[test]
    fn a_parent_must_exist_and_have_the_same_kind() {
        let parent = article(0, None);
        let all = [parent.clone()];
        let new = ArticleId::new();
        assert_eq!(
            check_place(&all, new, Kind::Income, Some(parent.id)),
            Err(("parent_id", Reason::KindDiffers))
        );
        assert_eq!(check_place(&all, new, Kind::Expense, Some(new)), Err(("parent_id", Reason::NotFound)));
        assert_eq!(
            check_place(&all, parent.id, Kind::Expense, Some(parent.id)),
            Err(("parent_id", Reason::Circle))
        );
    }
}
