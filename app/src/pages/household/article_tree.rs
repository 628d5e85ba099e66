//! The tree of categories, which the rows and forms share.

use crate::domain::Article;
use leptos::prelude::*;

/// Every article with its depth, parents before children.
pub(super) type Tree = Memo<Vec<(usize, Article)>>;
