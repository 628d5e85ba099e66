//! The demo households: each visitor gets one of their own, which is erased after they stay away.

mod habits;
mod places;
mod story;

use super::{
    Ledger,
    fault::Fault,
    founding::{Founding, named},
    secrets::{token, token_hash},
};
use crate::{
    db::{self, accounts::Account, demos::Idle},
    network,
};
use app::{
    command::Revised,
    domain::{
        AccountId, ArticleId, Comment, Currency, Email, Fact, FactId, FinancialCenter, FinancialCenterId,
        HouseholdId, Kind, Language, Member, MemberId, Money, Plan, Recurring, RecurringId, Role, Target,
        Unit, financial_center::POSITION_STEP, text::TextError,
    },
    error::AppError,
    service::{Actor, Device, SignedIn},
    wire::{Change, close},
};
use std::collections::BTreeMap;
use story::{OPENING, PEOPLE, Told};

/// A demo household that nobody used or changed for this long is erased.
const IDLE_MS: i64 = 24 * 60 * 60 * 1000;

/// The most demo households that one round erases.
pub const FORGOTTEN_AT_ONCE: i64 = 20;

/// No password has this hash.
const NO_PASSWORD: &str = "!";

/// A key that cannot be guessed.
///
/// # Errors
/// If the system has no randomness.
pub fn new_key() -> Result<String, Fault> {
    token()
}

/// The members of the demo household: the word in the URL, and the name.
#[must_use]
pub fn people(language: Language) -> Vec<(&'static str, &'static str)> {
    PEOPLE.iter().map(|person| (person.word, person.name(language))).collect()
}

impl Ledger {
    /// Signs a visitor in as one of the members; the first visit creates the household.
    ///
    /// # Errors
    /// If there is no such member, or too many requests come from one address.
    pub async fn enter_demo(&self, device: &Device, key: &str, word: &str) -> Result<SignedIn, AppError> {
        self.do_enter_demo(device, key, word).await.map_err(Fault::answer)
    }

    async fn do_enter_demo(&self, device: &Device, key: &str, word: &str) -> Result<SignedIn, Fault> {
        // As long as a key that this program makes: shorter ones could be guessed.
        if key.len() < 32 || key.len() > 64 || !PEOPLE.iter().any(|person| person.word == word) {
            return Err(AppError::NotFound.into());
        }
        self.count_attempt(&device.address, "").await?;
        let hash = token_hash(key);
        let mut tx = self.database.read().await?;
        let found = db::demos::find(&mut tx, &hash).await?;
        drop(tx);
        let household = match found {
            Some(demo) => demo.household,
            None => {
                let network = token_hash(&network::name(&device.address));
                self.make_room(&network).await?;
                self.make_demo(device.language, &hash, &network).await?
            }
        };
        let mut tx = self.database.begin_in(&[household]).await?;
        // It may just have been erased, after a day without use.
        let there = db::households::lock(&mut tx, household).await?;
        if !there || db::demos::find(&mut tx, &hash).await?.is_none_or(|demo| demo.closed) {
            return Err(AppError::Unavailable.into());
        }
        let email = email(word, &hash)?;
        let account = db::accounts::find_by_email(&mut tx, &email).await?.ok_or(AppError::NotFound)?;
        let (token, actor, ended, news) = self.insert_session(&mut tx, &account, household, device).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await?;
        Ok(SignedIn { me: self.do_me(actor).await?, token, repeated: false })
    }

    /// Whether the actor is a member of a demo household, without an account of their own.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn is_demo_person(&self, actor: Actor) -> Result<bool, AppError> {
        let read = async {
            let mut tx = self.database.read().await?;
            Ok::<_, Fault>(is_of_a_demo(&db::accounts::find(&mut tx, actor.account).await?))
        };
        read.await.map_err(Fault::answer)
    }

    /// Whether a session belongs to this demo household.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn is_demo_of(&self, household: HouseholdId, key: &str) -> Result<bool, AppError> {
        let read = async {
            let mut tx = self.database.read().await?;
            let found = db::demos::find(&mut tx, &token_hash(key)).await?;
            Ok::<_, Fault>(found.is_some_and(|demo| demo.household == household))
        };
        read.await.map_err(Fault::answer)
    }

    async fn make_demo(
        &self,
        language: Language,
        key_hash: &[u8],
        network: &[u8],
    ) -> Result<HouseholdId, Fault> {
        let now = self.clock.now();
        let mut tx = self.database.begin().await?;
        // Two windows may ask at once: the second finds the household that the first has made.
        if let Some(demo) = db::demos::find(&mut tx, key_hash).await? {
            return Ok(demo.household);
        }
        let (currency, time_zone, rate) = match language {
            Language::En => (Currency::EUR, "Europe/Berlin", 1),
            Language::Ru => ("RUB".parse().unwrap_or(Currency::EUR), "Europe/Moscow", 90),
        };
        let money = |cents: i64| {
            // In a currency whose amounts are ninety times as large, prices have no hundredths.
            let minor = cents * rate;
            Money::from_minor(if rate > 1 { minor / 500 * 500 } else { minor }, currency)
        };
        let founder = AccountId::new();
        let founding = Founding {
            name: named(story::family(language))?,
            founder: named(PEOPLE[0].name(language))?,
            currency,
            time_zone: time_zone.into(),
            language,
            opening_balance: money(OPENING[0] * 100),
        };
        let first = email(PEOPLE[0].word, key_hash)?;
        if !db::accounts::insert(&mut tx, founder, &first, NO_PASSWORD, language, now.millis()).await? {
            // The other window has just made it.
            drop(tx);
            let mut tx = self.database.read().await?;
            let made = db::demos::find(&mut tx, key_hash).await?.ok_or(AppError::Unavailable)?;
            return Ok(made.household);
        }
        let (mut write, founded) = self.write_founding(tx, founder, founding, None).await?;
        let household = founded.household;
        let mut members = vec![founded.founder];
        for person in &PEOPLE[1..] {
            let account = AccountId::new();
            let address = email(person.word, key_hash)?;
            db::accounts::insert(&mut write.tx, account, &address, NO_PASSWORD, language, now.millis())
                .await?;
            let name = named(person.name(language))?;
            let member = Member {
                id: MemberId::new(),
                name,
                role: Role::Editor,
                colour: person.colour,
                removed: false,
                version: 1,
            };
            // A second apart, so that members are ordered by when they joined.
            let joined = now.millis() + 1_000 * i64::try_from(members.len()).unwrap_or(0);
            db::members::insert(&mut write.tx, household, account, &member, joined).await?;
            members.push(member.id);
            write.created(Change::MemberCreated(member));
        }
        let mut centers = founded.centers;
        for name in story::more_centers(language) {
            let opening = OPENING.get(centers.len()).copied().unwrap_or(0);
            let center = FinancialCenter {
                id: FinancialCenterId::new(),
                name: named(name)?,
                currency,
                opening_balance: money(opening * 100),
                archived: false,
                position: POSITION_STEP * (i64::try_from(centers.len()).unwrap_or(0) + 1),
                version: 1,
                updated_by: Some(founded.founder),
            };
            db::financial_centers::insert(&mut write.tx, household, &center, now.millis()).await?;
            write.created(Change::FinancialCenterCreated(center.clone()));
            centers.push(center);
        }
        let today = self.clock.today(time_zone);
        let mut used: BTreeMap<ArticleId, i64> = BTreeMap::new();
        for told in story::year(language, today) {
            let Told { day, who, article, center, cents, note } = told;
            let article = founded.articles.iter().find(|row| row.icon == article);
            let (Some(article), Some(center), Some(&by)) = (article, centers.get(center), members.get(who))
            else {
                return Err(Fault::Other(format!("the demo tells of a {article:?} that is not there")));
            };
            let fact = Fact {
                id: FactId::new(),
                amount: money(cents),
                article_id: article.id,
                financial_center_id: center.id,
                date: day,
                comment: note.parse::<Comment>().map_err(|error| Fault::Other(error.to_string()))?,
                group: None,
                version: 1,
                created_seq: write.position.seq,
                created_by: by,
                updated_by: by,
                created_at: now,
                updated_at: now,
            };
            if article.kind != Kind::Transfer {
                *used.entry(article.id).or_default() += cents;
            }
            db::facts::insert(&mut write.tx, household, &fact).await?;
            write.sums(&Revised::created(fact.clone()));
            write.created(Change::FactCreated(fact));
        }
        for told in story::monthly(language, today) {
            let article = founded.articles.iter().find(|row| row.icon == told.article);
            let (Some(article), Some(center), Some(&by)) =
                (article, centers.get(told.center), members.get(told.who))
            else {
                return Err(Fault::Other("the demo expects something that is not there".into()));
            };
            let row = Recurring {
                id: RecurringId::new(),
                target: Target::Fact,
                amount: money(told.cents),
                article_id: article.id,
                financial_center_id: Some(center.id),
                comment: told.note.parse().map_err(|error: TextError| Fault::Other(error.to_string()))?,
                starts_on: told.day,
                every: 1,
                unit: Unit::Month,
                from_month_end: false,
                ends_on: None,
                times: None,
                automatic: false,
                open_from: told.day,
                settled: Vec::new(),
                reopened: Vec::new(),
                by_hand: Vec::new(),
                version: 1,
                created_by: by,
                updated_by: by,
                created_at: now,
                updated_at: now,
            };
            db::recurring::insert(&mut write.tx, household, &row).await?;
            write.created(Change::RecurringCreated(row));
        }
        // The plans are the monthly averages of the year, rounded up to tens.
        for (article_id, cents) in used {
            let amount = money((cents.abs() / 12 + 999) / 1000 * 1000);
            for month in (-2..=0).map(|back| today.month().plus(back)) {
                let (updated_by, updated_at) = (members[0], now);
                let plan = Plan { article_id, month, amount, version: 1, updated_by, updated_at };
                db::plans::put(&mut write.tx, household, &plan).await?;
                write.created(Change::PlanUpdated(plan));
            }
        }
        // Last, because it makes all others wait.
        self.check_room(&mut write.tx, network).await?;
        db::demos::insert(&mut write.tx, key_hash, household, network).await?;
        write.commit(self).await?;
        Ok(household)
    }

    /// Erases at most [`FORGOTTEN_AT_ONCE`] idle demo households; returns their number.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn forget_idle_demos(&self) -> Result<usize, Fault> {
        let idle = Idle { now: self.clock.now().millis(), for_ms: IDLE_MS };
        let mut tx = self.database.read().await?;
        let households = db::demos::idle(&mut tx, idle, FORGOTTEN_AT_ONCE).await?;
        drop(tx);
        let mut gone = 0;
        for household in households {
            match self.erase_demo(household, idle).await {
                Ok(true) => gone += 1,
                Ok(false) => {}
                // The others are erased nevertheless, and this one is retried in the next round.
                Err(error) => tracing::warn!(%error, "cannot take away a demo household"),
            }
        }
        Ok(gone)
    }
}

/// Whether an account belongs to a demo. Nobody can sign in to it: visitors enter by the demo's link.
pub(super) fn is_of_a_demo(account: &Account) -> bool {
    account.password_hash == NO_PASSWORD
}

/// An email address that does not exist and cannot be guessed.
fn email(word: &str, key_hash: &[u8]) -> Result<Email, Fault> {
    let known: String = key_hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let address = format!("{word}.{known}@demo.invalid");
    address.parse().map_err(|error: TextError| Fault::Other(error.to_string()))
}
