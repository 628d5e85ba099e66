//! Which rows each family of commands reads.

use super::{Loaded, rows::read};
use crate::{
    db::{self, Tx},
    ledger::fault::Fault,
};
use app::{
    command::{Command, Lookup, occurrences::confirmed, plans::cells},
    domain::{
        ArticleForm, ArticleId, Currency, FactForm, FactId, FinancialCenterForm, FinancialCenterId,
        GroupForm, GroupId, GroupKind, Kind, MutationId, OccurrenceForm, PlanForm, RecurringForm,
        RecurringId, Target, occurrence::Settlement, recurring_form::NewRecurring,
    },
    service::{HouseholdForm, Terms},
};
use uuid::Uuid;

impl Loaded {
    pub(super) async fn read(
        &mut self,
        tx: &mut Tx,
        terms: Terms,
        subject: Uuid,
        command: &Command,
    ) -> Result<(), Fault> {
        match command {
            Command::RecordFact(form) => {
                self.load_fact(tx, form.id.as_ref()).await?;
                self.load_places(tx, form).await?;
                if form.balance.is_some()
                    && let Some(id) = read(form.financial_center_id.as_ref())
                {
                    self.balance = db::financial_centers::balance(tx, self.household_id, id).await?;
                }
                Ok(())
            }
            Command::ReviseFact { id, form } => {
                self.load_places(tx, form).await?;
                if let Some(fact) = self.load_fact(tx, Some(id)).await? {
                    self.load_center(tx, Some(&fact.financial_center_id)).await?;
                }
                Ok(())
            }
            Command::DeleteFact { id } | Command::RestoreFact { id } => {
                self.load_fact(tx, Some(id)).await.map(drop)
            }
            Command::RecordGroup(form) => self.load_whole(tx, None, form).await,
            Command::ReviseGroup { id, form } => self.load_whole(tx, Some(*id), form).await,
            Command::DeleteGroup { kind, id } | Command::RestoreGroup { kind, id } => {
                self.load_group(tx, *kind, *id).await
            }
            Command::AddArticle(form) => {
                self.load_article(tx, form.parent_id.as_ref()).await?;
                self.for_article(tx, subject.into(), None).await
            }
            Command::ReviseArticle { id, form } => {
                self.load_article(tx, form.parent_id.as_ref()).await?;
                self.for_article(tx, *id, Some(form)).await
            }
            Command::DeleteArticle { id } => {
                self.in_use = Some(db::articles::in_use(tx, self.household_id, *id).await?);
                self.for_article(tx, *id, None).await
            }
            Command::RestoreArticle { id } => self.for_article(tx, *id, None).await,
            Command::AddFinancialCenter(_) | Command::RestoreFinancialCenter { .. } => {
                self.load_center(tx, Some(&subject)).await?;
                self.household = Some(db::households::find(tx, self.household_id).await?);
                self.last_position = Some(db::financial_centers::last_position(tx, self.household_id).await?);
                self.count = Some(db::financial_centers::count(tx, self.household_id).await?);
                Ok(())
            }
            Command::ReviseFinancialCenter { id, form } => self.for_center(tx, *id, form).await,
            Command::DeleteFinancialCenter { id } => {
                self.in_use = Some(db::financial_centers::in_use(tx, self.household_id, *id).await?);
                self.load_center(tx, Some(id)).await.map(drop)
            }
            Command::AddRecurring(form) => self.for_recurring(tx, subject.into(), Some(form)).await,
            Command::ReviseRecurring { id, form } => self.for_recurring(tx, *id, Some(form)).await,
            Command::DeleteRecurring { id } | Command::RestoreRecurring { id } => {
                self.for_recurring(tx, *id, None).await
            }
            Command::ConfirmOccurrence { id, form } => {
                self.for_confirmation(tx, *id, form, terms.mutation_id).await
            }
            Command::SkipOccurrence { id, day } | Command::ReopenOccurrence { id, day } => {
                self.load_recurring(tx, *id).await?;
                if let Some(Settlement::Recorded(fact)) = self.load_settlement(tx, *id, *day).await? {
                    self.load_fact(tx, Some(&fact)).await?;
                }
                Ok(())
            }
            Command::SetPlans(forms) => self.for_plans(tx, forms).await,
            Command::ReviseHousehold(form) => self.for_household(tx, form).await,
            Command::ReviseMember { id, .. } => {
                self.member = db::members::find(tx, self.household_id, *id).await?;
                Ok(())
            }
            // It reads its own rows while it is carried out.
            Command::MergeArticle { .. } => Ok(()),
        }
    }

    async fn for_article(
        &mut self,
        tx: &mut Tx,
        id: ArticleId,
        form: Option<&ArticleForm>,
    ) -> Result<(), Fault> {
        self.load_article(tx, Some(&id)).await?;
        let all = db::articles::list(tx, self.household_id).await?;
        self.count = i64::try_from(all.len()).ok();
        self.all_articles = Some(all);
        let kind = form.and_then(|form| read::<Kind>(form.kind.as_ref()));
        if let (Some(kind), Some(Lookup::Found(old))) = (kind, self.articles.get(&id))
            && kind != old.kind
        {
            self.in_use = Some(db::articles::in_use(tx, self.household_id, id).await?);
        }
        Ok(())
    }

    async fn for_center(
        &mut self,
        tx: &mut Tx,
        id: FinancialCenterId,
        form: &FinancialCenterForm,
    ) -> Result<(), Fault> {
        let old = self.load_center(tx, Some(&id)).await?;
        let currency: Option<Currency> = read(form.currency.as_ref());
        if currency.zip(old).is_some_and(|(currency, old)| currency != old.currency) {
            self.in_use = Some(db::financial_centers::in_use(tx, self.household_id, id).await?);
        }
        Ok(())
    }

    async fn for_recurring(
        &mut self,
        tx: &mut Tx,
        id: RecurringId,
        form: Option<&RecurringForm>,
    ) -> Result<(), Fault> {
        let old = self.load_recurring(tx, id).await?;
        self.count = Some(db::recurring::count(tx, self.household_id).await?);
        let Some(form) = form else { return Ok(()) };
        let form = old.as_ref().map_or_else(|| form.clone(), |old| form.clone().over(old));
        let Ok(NewRecurring { target, article_id, financial_center_id, .. }) = form.new_recurring() else {
            return Ok(());
        };
        self.load_article(tx, Some(&article_id)).await?;
        match target {
            Target::Fact => drop(self.load_center(tx, financial_center_id.as_ref()).await?),
            Target::Plan => self.household = Some(db::households::find(tx, self.household_id).await?),
        }
        if let Some(old) = old {
            let before = old.counts_before(self.stamp.today);
            self.last_settled = Some(db::occurrences::latest(tx, self.household_id, id, before).await?);
        }
        Ok(())
    }

    async fn for_confirmation(
        &mut self,
        tx: &mut Tx,
        id: RecurringId,
        form: &OccurrenceForm,
        mutation: Option<MutationId>,
    ) -> Result<(), Fault> {
        if let Some(row) = self.load_recurring(tx, id).await? {
            self.load_article(tx, Some(&row.article_id)).await?;
            self.load_center(tx, row.financial_center_id.as_ref()).await?;
        }
        if let Ok(confirmed) = confirmed(form) {
            self.load_settlement(tx, id, confirmed.day).await?;
        }
        let given = read::<FactId>(form.fact_id.as_ref());
        let fact = given.or_else(|| mutation.map(|mutation| FactId::from(mutation.uuid())));
        self.load_fact(tx, fact.as_ref()).await.map(drop)
    }

    async fn for_plans(&mut self, tx: &mut Tx, forms: &[PlanForm]) -> Result<(), Fault> {
        self.household = Some(db::households::find(tx, self.household_id).await?);
        let cells: Vec<_> =
            cells(forms).unwrap_or_default().iter().map(|cell| (cell.article_id, cell.month)).collect();
        if cells.len() > 1 {
            self.load_articles(tx).await?;
        }
        for (article, month) in &cells {
            self.load_article(tx, Some(article)).await?;
            self.plans.insert((*article, *month), Lookup::Missing);
        }
        for plan in db::plans::of_cells(tx, self.household_id, &cells).await? {
            self.plans.insert((plan.article_id, plan.month), Lookup::Found(plan));
        }
        Ok(())
    }

    async fn for_household(&mut self, tx: &mut Tx, form: &HouseholdForm) -> Result<(), Fault> {
        let household = db::households::find(tx, self.household_id).await?;
        if read(form.currency.as_ref()).is_some_and(|currency| household.currency != currency) {
            self.anything_planned = Some(db::plans::any(tx, self.household_id).await?);
        }
        self.household = Some(household);
        Ok(())
    }

    async fn load_places(&mut self, tx: &mut Tx, form: &FactForm) -> Result<(), Fault> {
        self.load_article(tx, form.article_id.as_ref()).await?;
        self.load_center(tx, form.financial_center_id.as_ref()).await.map(drop)
    }

    async fn load_whole(&mut self, tx: &mut Tx, id: Option<GroupId>, form: &GroupForm) -> Result<(), Fault> {
        match form {
            GroupForm::Transfer(form) => {
                let given = read(form.id.as_ref());
                for center in [&form.from_financial_center_id, &form.to_financial_center_id] {
                    self.load_center(tx, center.as_ref()).await?;
                }
                self.all_articles = Some(db::articles::list(tx, self.household_id).await?);
                if let Some(id) = id.or(given) {
                    self.load_group(tx, GroupKind::Transfer, id).await?;
                }
            }
            GroupForm::Split(form) => {
                let given = read(form.id.as_ref());
                self.load_center(tx, form.financial_center_id.as_ref()).await?;
                for part in &form.parts {
                    self.load_fact(tx, part.id.as_ref()).await?;
                    self.load_article(tx, part.article_id.as_ref()).await?;
                }
                if let Some(id) = id.or(given) {
                    self.load_group(tx, GroupKind::Split, id).await?;
                }
            }
        }
        Ok(())
    }
}
