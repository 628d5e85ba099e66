//! Carrying out a command: the one way by which members change the book.

use super::{Ledger, fault::Fault, write::Order};
use app::{
    command::{Command, Subject},
    domain::{Article, FinancialCenter, Recurring},
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
        Ok(match command {
            Command::RecordFact(_)
            | Command::ReviseFact { .. }
            | Command::DeleteFact { .. }
            | Command::RestoreFact { .. }
            | Command::RecordGroup(_)
            | Command::ReviseGroup { .. }
            | Command::DeleteGroup { .. }
            | Command::RestoreGroup { .. } => self.decided(order, &command).await?,
            Command::AddArticle(form) => self.add_article(order, &form).await?.subject(),
            Command::ReviseArticle { id, form } => self.revise_article(order, id, &form).await?.subject(),
            Command::DeleteArticle { id } => self.delete_row::<Article>(order, id).await?.subject(),
            Command::RestoreArticle { id } => self.restore_row::<Article>(order, id).await?.subject(),
            Command::MergeArticle { id, into } => self.merge_article(order, id, into).await?.subject(),
            Command::AddFinancialCenter(form) => self.add_financial_center(order, &form).await?.subject(),
            Command::ReviseFinancialCenter { id, form } => {
                self.revise_financial_center(order, id, &form).await?.subject()
            }
            Command::DeleteFinancialCenter { id } => {
                self.delete_row::<FinancialCenter>(order, id).await?.subject()
            }
            Command::RestoreFinancialCenter { id } => {
                self.restore_row::<FinancialCenter>(order, id).await?.subject()
            }
            Command::AddRecurring(form) => self.add_recurring(order, &form).await?.subject(),
            Command::ReviseRecurring { id, form } => self.revise_recurring(order, id, &form).await?.subject(),
            Command::DeleteRecurring { id } => self.delete_row::<Recurring>(order, id).await?.subject(),
            Command::RestoreRecurring { id } => self.restore_row::<Recurring>(order, id).await?.subject(),
            Command::ConfirmOccurrence { id, form } => {
                self.confirm_occurrence(order, id, &form).await?.subject()
            }
            Command::SkipOccurrence { id, day } => self.skip_occurrence(order, id, day).await?.subject(),
            Command::ReopenOccurrence { id, day } => self.reopen_occurrence(order, id, day).await?.subject(),
            Command::SetPlans(forms) => self.set_plans(order, &forms).await?.subject(),
            Command::ReviseHousehold(form) => self.revise_household(order, &form).await?.subject(),
            Command::ReviseMember { id, form } => self.revise_member(order, id, &form).await?.subject(),
        })
    }
}
