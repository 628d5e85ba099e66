//! The tree of articles, indexed: whatever follows it takes one step for each article.

use super::{Article, ArticleId, Kind, Reason, collation};
use std::{cmp::Reverse, collections::HashMap};

/// The most levels of articles below a top one. More are never needed to find a category, and names could not be
/// indented so far on a phone. Trees that were made deeper before this limit are read as they are.
pub const MOST_DEPTH: usize = 10;

/// The articles by their ids.
///
/// An article knows only its parent. If the list is searched for the parent at every step, the sums of a thousand
/// articles, each below the previous one, take half a billion comparisons.
#[derive(Debug)]
pub struct Branches<'a> {
    all: &'a [Article],
    places: HashMap<ArticleId, usize>,
}

impl<'a> Branches<'a> {
    /// Of these articles.
    #[must_use]
    pub fn new(all: &'a [Article]) -> Self {
        Self { all, places: all.iter().enumerate().map(|(at, row)| (row.id, at)).collect() }
    }

    /// The place of an article in the list.
    #[must_use]
    pub fn place(&self, id: ArticleId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// An article.
    #[must_use]
    pub fn find(&self, id: ArticleId) -> Option<&'a Article> {
        self.place(id).map(|at| &self.all[at])
    }

    /// An article and those above it, from the bottom to the top. A circle cannot be stored, and would end here too.
    pub fn upwards(&self, id: ArticleId) -> impl Iterator<Item = &'a Article> {
        let above = |row: &&'a Article| row.parent_id.and_then(|parent| self.find(parent));
        std::iter::successors(self.find(id), above).take(self.all.len())
    }

    /// The number of articles above an article; `None` if it does not exist.
    #[must_use]
    pub fn depth(&self, id: ArticleId) -> Option<usize> {
        self.upwards(id).count().checked_sub(1)
    }

    /// The number of levels below an article; 0 if it does not exist.
    #[must_use]
    pub fn height(&self, id: ArticleId) -> usize {
        let mut heights = vec![0_usize; self.all.len()];
        self.roll_up(&mut heights, |above, below| *above = (*above).max(*below + 1));
        self.place(id).map_or(0, |at| heights[at])
    }

    /// Whether an article, with everything below it, may stand below this many others. What is too deep already may
    /// stay, and move to where it is less deep.
    #[must_use]
    pub fn may_stand_at(&self, id: ArticleId, depth: usize) -> bool {
        depth + self.height(id) <= MOST_DEPTH || self.depth(id).is_some_and(|now| depth <= now)
    }

    /// Adds the value of each article to that of its parent, the lowest ones first, so that in the end each value
    /// includes those below. `values` has the order of the articles.
    pub fn roll_up<V>(&self, values: &mut [V], mut add: impl FnMut(&mut V, &V)) {
        let parent = |row: &Article| row.parent_id.and_then(|id| self.place(id));
        let parents: Vec<_> = self.all.iter().map(parent).collect();
        let mut missing = vec![0_usize; parents.len()];
        for parent in parents.iter().flatten() {
            missing[*parent] += 1;
        }
        let mut complete: Vec<_> = (0..parents.len()).filter(|at| missing[*at] == 0).collect();
        while let Some(at) = complete.pop() {
            let Some(parent) = parents[at] else { continue };
            if let Ok([above, below]) = values.get_disjoint_mut([parent, at]) {
                add(above, below);
            }
            missing[parent] -= 1;
            if missing[parent] == 0 {
                complete.push(parent);
            }
        }
    }
}

/// Checks that `id`, with everything below it, may have the parent `parent`. `all` is the tree before the change.
///
/// # Errors
/// If the parent does not exist, has another kind, or is a descendant of `id`, or if the tree would become too
/// deep.
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
    let branches = Branches::new(all);
    let found = branches.find(parent).ok_or(("parent_id", Reason::NotFound))?;
    if branches.upwards(parent).any(|above| above.id == id) {
        return Err(("parent_id", Reason::Circle));
    }
    if found.kind != kind {
        return Err(("parent_id", Reason::KindDiffers));
    }
    if !branches.may_stand_at(id, branches.upwards(parent).count()) {
        return Err(("parent_id", Reason::TooDeep));
    }
    Ok(())
}

/// The articles in tree order: each parent before its children, siblings by name, with their depth.
#[must_use]
pub fn tree(all: &[Article]) -> Vec<(usize, Article)> {
    let branches = Branches::new(all);
    let mut below: HashMap<Option<ArticleId>, Vec<&Article>> = HashMap::new();
    for article in all {
        // A row whose parent is missing is shown at the top, so that it is not lost.
        let parent = article.parent_id.filter(|id| branches.find(*id).is_some());
        below.entry(parent).or_default().push(article);
    }
    for children in below.values_mut() {
        // The last is taken first.
        children.sort_by_cached_key(|article| {
            Reverse((article.kind, collation::key(article.name.as_str()), article.id))
        });
    }
    let mut children = |parent| below.remove(&parent).unwrap_or_default();
    let mut next: Vec<_> = children(None).into_iter().map(|top| (0, top)).collect();
    let mut rows = Vec::with_capacity(all.len());
    while let Some((depth, article)) = next.pop() {
        rows.push((depth, article.clone()));
        next.extend(children(Some(article.id)).into_iter().map(|child| (depth + 1, child)));
    }
    rows
}

#[cfg(test)]
pub(crate) mod tests;
