//! Founding a household, with the articles and financial centers it starts with.

use super::{Ledger, fault::Fault, fingerprint::IdempotencyKey, write::Write};
use crate::db::{self, Tx};
use app::{
    domain::{
        AccountId, Article, ArticleId, Currency, FinancialCenter, FinancialCenterId, Household, HouseholdId,
        Language, Member, MemberId, Money, Name, Role, financial_center::POSITION_STEP, starter,
    },
    wire::Change,
};
use uuid::Uuid;

/// The values that a new household is founded with.
pub(super) struct Founding {
    pub name: Name,
    pub founder: Name,
    pub currency: Currency,
    pub time_zone: String,
    pub language: Language,
    /// The opening balance of the first account.
    pub opening_balance: Money,
}

/// A new household: its founder, articles and financial centers.
pub(super) struct Founded {
    pub household: HouseholdId,
    pub founder: MemberId,
    pub articles: Vec<Article>,
    pub centers: Vec<FinancialCenter>,
}

impl Ledger {
    /// Writes a household with its founder, its initial tree of articles and two financial centers.
    pub(super) async fn write_founding(
        &self,
        mut tx: Tx,
        account: AccountId,
        founding: Founding,
        key: Option<IdempotencyKey>,
    ) -> Result<(Write, Founded), Fault> {
        let now = self.clock.now().millis();
        let Founding { name, founder, currency, time_zone, language, opening_balance } = founding;
        let household =
            Household { id: HouseholdId::new(), name, currency, time_zone, erase_on: None, version: 1 };
        let id = household.id;
        let member = Member {
            id: MemberId::new(),
            name: founder,
            role: Role::Owner,
            colour: 0,
            removed: false,
            version: 1,
        };
        db::households::insert(&mut tx, &household, Uuid::new_v4(), now).await?;
        db::members::insert(&mut tx, id, account, &member, now).await?;
        let mut write = Write::begin_as(self, tx, id, member.id, key).await?;
        let mut founded =
            Founded { household: id, founder: member.id, articles: Vec::new(), centers: Vec::new() };
        write.created(Change::HouseholdUpdated(household));
        write.created(Change::MemberCreated(member));
        let by = Some(founded.founder);
        for root in starter::articles(language) {
            let article = |name, icon: &str, parent_id| {
                Ok::<_, Fault>(Article {
                    id: ArticleId::new(),
                    name: named(name)?,
                    kind: root.kind,
                    parent_id,
                    archived: false,
                    icon: icon.to_owned(),
                    colour: root.colour,
                    version: 1,
                    updated_by: by,
                })
            };
            let parent = article(root.name, root.icon, None)?;
            let mut rows = vec![parent.clone()];
            for (name, icon) in root.children {
                rows.push(article(name, icon, Some(parent.id))?);
            }
            for row in rows {
                db::articles::insert(&mut write.tx, id, &row, now).await?;
                write.created(Change::ArticleCreated(row.clone()));
                founded.articles.push(row);
            }
        }
        let mut position = 0;
        for (name, opening_balance) in
            starter::financial_centers(language).into_iter().zip([opening_balance, Money::zero(currency)])
        {
            position += POSITION_STEP;
            let center = FinancialCenter {
                id: FinancialCenterId::new(),
                name: named(name)?,
                currency,
                opening_balance,
                archived: false,
                position,
                version: 1,
                updated_by: by,
            };
            db::financial_centers::insert(&mut write.tx, id, &center, now).await?;
            write.created(Change::FinancialCenterCreated(center.clone()));
            founded.centers.push(center);
        }
        Ok((write, founded))
    }
}

/// A name that the program itself assigns.
pub(super) fn named(text: &str) -> Result<Name, Fault> {
    text.parse().map_err(|error: app::domain::text::TextError| Fault::Other(error.to_string()))
}
