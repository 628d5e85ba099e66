use super::*;
use proptest::prelude::*;

/// An article of a forest in a test.
pub(crate) fn article(n: usize, kind: Kind, parent_id: Option<ArticleId>) -> Article {
    let name = format!("Article {n}").parse().expect("a name");
    let (icon, archived, colour, version, updated_by) = (String::new(), false, 0, 1, None);
    Article { id: ArticleId::new(), name, kind, parent_id, archived, icon, colour, version, updated_by }
}

/// A forest in which each article has the kind of its parent; in no particular order.
pub(crate) fn forests() -> impl Strategy<Value = Vec<Article>> {
    let parent = prop::option::weighted(0.8, any::<prop::sample::Index>());
    prop::collection::vec((0..3_usize, parent), 1..40).prop_flat_map(|nodes| {
        let mut all: Vec<Article> = Vec::new();
        for (n, (kind, parent)) in nodes.into_iter().enumerate() {
            let above = parent.filter(|_| !all.is_empty()).map(|at| &all[at.index(all.len())]);
            let kind = above.map_or([Kind::Expense, Kind::Income, Kind::Transfer][kind], |above| above.kind);
            let parent = above.map(|above| above.id);
            all.push(article(n, kind, parent));
        }
        Just(all).prop_shuffle()
    })
}

/// Each article below the previous one.
pub(crate) fn chain(length: usize) -> Vec<Article> {
    let mut all: Vec<Article> = Vec::new();
    for n in 0..length {
        all.push(article(n, Kind::Expense, all.last().map(|above| above.id)));
    }
    all
}

proptest! {
    #[test]
    fn depths_and_heights_are_those_of_walking_the_list(all in forests()) {
        let parent = |id: ArticleId| all.iter().find(|row| row.id == id).and_then(|row| row.parent_id);
        let walk = |id: ArticleId| std::iter::successors(Some(id), |id| parent(*id)).collect::<Vec<_>>();
        let branches = Branches::new(&all);
        for row in &all {
            let above = walk(row.id);
            prop_assert_eq!(branches.depth(row.id), Some(above.len() - 1));
            prop_assert_eq!(branches.upwards(row.id).map(|row| row.id).collect::<Vec<_>>(), above);
            let height = all.iter().filter_map(|low| walk(low.id).iter().position(|id| *id == row.id)).max();
            prop_assert_eq!(Some(branches.height(row.id)), height);
        }
        prop_assert_eq!(branches.depth(ArticleId::new()), None);
    }
}

#[test]
fn a_sum_takes_one_step_for_each_article_however_deep_the_tree_is() {
    for all in [chain(1_000), (0..1_000).map(|n| article(n, Kind::Expense, None)).collect()] {
        let (mut values, mut steps) = (vec![1_u32; all.len()], 0_usize);
        Branches::new(&all).roll_up(&mut values, |above, below| {
            *above += below;
            steps += 1;
        });
        assert!(steps < all.len(), "{steps}");
        let is_chain = all.iter().any(|row| row.parent_id.is_some());
        assert_eq!(values.iter().max(), Some(&if is_chain { 1_000 } else { 1 }));
    }
}

#[test]
fn a_circle_which_no_program_stores_ends_every_walk() {
    let mut all = chain(3);
    all[0].parent_id = Some(all[2].id);
    let branches = Branches::new(&all);
    assert_eq!(branches.upwards(all[1].id).count(), 3);
    let mut values = [1, 1, 1];
    branches.roll_up(&mut values, |above, below| *above += *below);
    assert_eq!(values, [1, 1, 1], "nothing is below the others");
}

proptest! {
    #[test]
    fn allowed_moves_never_make_a_cycle(moves in prop::collection::vec((0..8_usize, prop::option::of(0..8_usize)), 0..60)) {
        let mut all: Vec<_> = (0..8).map(|n| article(n, Kind::Expense, None)).collect();
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
    let parent = article(0, Kind::Expense, None);
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
proptest! {
    #[test]
    fn in_tree_order_each_article_follows_its_parent_or_what_is_below_an_earlier_sibling(all in forests()) {
        let rows = tree(&all);
        prop_assert_eq!(rows.len(), all.len());
        let mut open: Vec<Article> = Vec::new();
        for (depth, row) in rows {
            open.truncate(depth);
            prop_assert_eq!(row.parent_id, open.last().map(|above| above.id));
            open.push(row);
        }
    }
}

#[test]
fn a_tree_has_ten_levels_below_the_top_and_a_moved_branch_counts_with_all_of_its_own() {
    let place = |all: &[Article], id, parent| check_place(all, id, Kind::Expense, Some(parent));
    let refused = Err(("parent_id", Reason::TooDeep));
    let mut all = chain(MOST_DEPTH + 1);
    let last = all[MOST_DEPTH].id;
    assert_eq!(place(&all, ArticleId::new(), all[MOST_DEPTH - 1].id), Ok(()));
    assert_eq!(place(&all, ArticleId::new(), last), refused);
    let branch = chain(3);
    let (top, bottom) = (branch[0].id, branch[2].id);
    all.extend(branch);
    assert_eq!(place(&all, top, all[MOST_DEPTH - 3].id), Ok(()));
    assert_eq!(place(&all, top, all[MOST_DEPTH - 2].id), refused);
    assert_eq!(place(&all, bottom, all[MOST_DEPTH - 1].id), Ok(()));
    assert_eq!(place(&all, bottom, last), refused);
}

#[test]
fn a_tree_that_is_too_deep_already_can_be_changed_and_made_shallower() {
    let all = chain(30);
    let place = |at: usize, parent: Option<usize>| {
        check_place(&all, all[at].id, Kind::Expense, parent.map(|at| all[at].id))
    };
    assert_eq!(place(20, Some(19)), Ok(()), "renamed, it stays where it is");
    assert_eq!(place(20, Some(3)), Ok(()));
    assert_eq!(place(5, None), Ok(()));
    assert_eq!(
        check_place(&all, ArticleId::new(), Kind::Expense, Some(all[20].id)),
        Err(("parent_id", Reason::TooDeep))
    );
}
