//! Reading articles.

use super::{Ledger, fault::Fault};
use crate::db;
use app::{
    domain::Article,
    replica::apply::sort_articles,
    service::{Actor, Read},
};

impl Ledger {
    pub(super) async fn do_articles(&self, actor: Actor) -> Result<Read<Vec<Article>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::articles::list(&mut tx, actor.household).await?;
        sort_articles(&mut value);
        Ok(Read { value, position })
    }
}
