//! Reading recurring entries.

use super::{Ledger, fault::Fault};
use crate::db;
use app::{
    domain::Recurring,
    replica::apply::sort_recurring,
    service::{Actor, Read},
};

impl Ledger {
    pub(super) async fn do_all_recurring(&self, actor: Actor) -> Result<Read<Vec<Recurring>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::recurring::list(&mut tx, actor.household).await?;
        sort_recurring(&mut value);
        Ok(Read { value, position })
    }
}
