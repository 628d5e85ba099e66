//! Reading facts.

use super::{Ledger, fault::Fault};
use crate::db;
use app::{
    domain::Fact,
    service::{Actor, FactPage, FactQuery, Read},
};

impl Ledger {
    pub(super) async fn do_facts(&self, actor: Actor, query: FactQuery) -> Result<Read<FactPage>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        // One more than requested, to find out whether there are more.
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut page = FactQuery { limit: query.limit + 1, ..query };
        let mut items = Vec::new();
        loop {
            let rows = db::facts::page(&mut tx, actor.household, &page).await?;
            let (count, last) = (rows.len(), rows.last().map(Fact::key));
            let tagged = |fact: &Fact| page.tag.as_ref().is_none_or(|tag| fact.comment.tags().contains(tag));
            items.extend(rows.into_iter().filter(tagged));
            // Facts that only contain a longer tag were left out, so another reading may be necessary.
            if items.len() > wanted || count <= wanted {
                break;
            }
            page.after = last;
        }
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(Fact::key);
        Ok(Read { value: FactPage { items, next }, position })
    }
}
