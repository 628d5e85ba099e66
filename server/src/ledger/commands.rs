//! The entry point for every change that members make to the book.

use super::{Ledger, fault::Fault, write::Order};
use app::{
    command::{Command, Subject},
    service::{Actor, Terms, Written},
};

impl Ledger {
    pub(super) async fn carry_out(
        &self,
        actor: Actor,
        terms: Terms,
        command: Command,
    ) -> Result<Written<Subject>, Fault> {
        let order = Order::of(actor, terms, &command)?;
        match command {
            Command::MergeArticle { id, into } => Ok(self.merge_article(order, id, into).await?.subject()),
            command => self.decided(order, &command).await,
        }
    }
}
