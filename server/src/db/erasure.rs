//! Erases a household from every table, a bounded number of rows per statement.

use super::{Tx, on_engine, sessions, statements};
use app::domain::{AccountId, Day, HouseholdId, SessionId};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    DUE = "select id, time_zone, erase_on from households where erase_on <= $1 order by erase_on, id limit 100";
    CLOSE = "update households set erase_on = $2 where id = $1";
    IS_CLOSED = "select count(*) from households where id = $1 and erase_on <= $2";
    REMOVE_MEMBERS = "update members set removed_at = $2 where household_id = $1 and removed_at is null";
    ACCOUNTS_HERE = "select distinct account_id from sessions where household_id = $1 limit $2";
    ELSEWHERE = "select household_id from members where account_id = $1 and removed_at is null order by created_at, household_id limit 1";
    MOVE_SESSIONS = "update sessions set household_id = $3 where household_id = $1 and account_id = $2 returning id";
    DELETE_SESSIONS = "delete from sessions where household_id = $1 and account_id = $2 returning id";
    LOG = "delete from change_log where household_id = $1 and seq in (select seq from change_log where household_id = $1 order by seq limit $2)";
    OCCURRENCES = "delete from occurrences where household_id = $1 and (recurring_id, day) in \
                   (select recurring_id, day from occurrences where household_id = $1 order by recurring_id, day limit $2)";
    RECURRING = "delete from recurring where household_id = $1 and id in (select id from recurring where household_id = $1 order by id limit $2)";
    PLANS = "delete from plans where household_id = $1 and (article_id, month) in \
             (select article_id, month from plans where household_id = $1 order by article_id, month limit $2)";
    FACTS = "delete from facts where household_id = $1 and id in (select id from facts where household_id = $1 order by id limit $2)";
    CENTERS = "delete from financial_centers where household_id = $1 and id in \
               (select id from financial_centers where household_id = $1 order by id limit $2)";
    // First each article is made a top one: of a chain, only the last one could be deleted at a time.
    PARENTS = "update articles set parent_id = null where household_id = $1 and id in \
               (select id from articles where household_id = $1 and parent_id is not null order by id limit $2)";
    ARTICLES = "delete from articles where household_id = $1 and id in (select id from articles where household_id = $1 order by id limit $2)";
    INVITES = "delete from invites where household_id = $1 and id in (select id from invites where household_id = $1 order by id limit $2)";
    PASSWORD_LINKS = "delete from password_links where household_id = $1 and member_id in \
                      (select member_id from password_links where household_id = $1 order by member_id limit $2)";
    DEVICES = "delete from devices where household_id = $1 and id in (select id from devices where household_id = $1 order by id limit $2)";
    MEMBERS = "delete from members where household_id = $1 and id in (select id from members where household_id = $1 order by id limit $2) \
               returning account_id";
    // An account that is or was a member of another household is kept.
    ACCOUNT = "delete from accounts where id = $1 and not exists (select 1 from members m where m.account_id = $1)";
    LINKS_OF_ACCOUNT = "delete from password_links where account_id = $1 and not exists (select 1 from members m where m.account_id = $1)";
    SESSIONS_OF_ACCOUNT = "delete from sessions where account_id = $1 and not exists (select 1 from members m where m.account_id = $1)";
    DEMO = "delete from demos where household_id = $1";
    HOUSEHOLD = "delete from households where id = $1";
}

/// What refers to members and to one another, in the order in which it can be deleted.
const TABLES: [&str; 11] =
    [LOG, DEVICES, OCCURRENCES, RECURRING, PLANS, FACTS, CENTERS, PARENTS, ARTICLES, INVITES, PASSWORD_LINKS];

#[derive(FromRow)]
struct DueRow {
    #[sqlx(try_from = "Uuid")]
    id: HouseholdId,
    time_zone: String,
    #[sqlx(try_from = "String")]
    erase_on: Day,
}

/// A household that may be due for erasure.
#[derive(Debug)]
pub struct ErasureDue {
    /// Its id.
    pub id: HouseholdId,
    /// Its time zone, which decides whether the day has begun.
    pub time_zone: String,
    /// The day from which it is to be erased.
    pub erase_on: Day,
}

/// Lists some of the households to be erased on this day or before, the earliest first.
///
/// # Errors
/// If the store returns an error.
pub async fn due(tx: &mut Tx, day: Day) -> sqlx::Result<Vec<ErasureDue>> {
    let rows: Vec<DueRow> =
        on_engine!(tx, |conn| sqlx::query_as(DUE).bind(day.to_string()).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|DueRow { id, time_zone, erase_on }| ErasureDue { id, time_zone, erase_on })
        .collect())
}

/// Whether a household is to be erased on this day or before.
///
/// # Errors
/// If the store returns an error.
pub async fn is_due(tx: &mut Tx, household: HouseholdId, day: Day) -> sqlx::Result<bool> {
    let count: i64 = on_engine!(tx, |conn| {
        sqlx::query_scalar(IS_CLOSED).bind(household.uuid()).bind(day.to_string()).fetch_one(conn).await
    })?;
    Ok(count == 1)
}

/// Closes a household and schedules its erasure for this day.
///
/// # Errors
/// If the store returns an error.
pub async fn close(tx: &mut Tx, household: HouseholdId, erase_on: Day) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(CLOSE).bind(household.uuid()).bind(erase_on.to_string());
        query.execute(conn).await.map(|_| ())
    })
}

/// Removes all members; returns whether there were any.
///
/// # Errors
/// If the store returns an error.
pub async fn remove_members(tx: &mut Tx, household: HouseholdId, now: i64) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(REMOVE_MEMBERS).bind(household.uuid()).bind(now);
        query.execute(conn).await.map(|done| done.rows_affected() > 0)
    })
}

/// Moves sessions that are in the household to another household of their account, or deletes them, for a
/// limited number of accounts. Returns the ids; an empty list means that none are left.
///
/// # Errors
/// If the store returns an error.
pub async fn send_sessions_away(
    tx: &mut Tx,
    household: HouseholdId,
    most: i64,
) -> sqlx::Result<Vec<SessionId>> {
    let accounts: Vec<Uuid> = on_engine!(&mut *tx, |conn| {
        sqlx::query_scalar(ACCOUNTS_HERE).bind(household.uuid()).bind(most).fetch_all(conn).await
    })?;
    let mut gone = Vec::new();
    for account in accounts {
        let elsewhere: Option<Uuid> = on_engine!(&mut *tx, |conn| {
            sqlx::query_scalar(ELSEWHERE).bind(account).fetch_optional(conn).await
        })?;
        let moved: Vec<Uuid> = on_engine!(&mut *tx, |conn| {
            match elsewhere {
                Some(other) => {
                    let query = sqlx::query_scalar(MOVE_SESSIONS).bind(household.uuid());
                    query.bind(account).bind(other).fetch_all(conn).await
                }
                None => {
                    let query = sqlx::query_scalar(DELETE_SESSIONS).bind(household.uuid());
                    query.bind(account).fetch_all(conn).await
                }
            }
        })?;
        let moved = moved.into_iter().map(SessionId::from);
        if elsewhere.is_some() {
            for session in moved.clone() {
                sessions::note_device(tx, session).await?;
            }
        }
        gone.extend(moved);
    }
    Ok(gone)
}

/// Deletes at most `most` rows of the first table that has any; returns false if all are empty.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_some(tx: &mut Tx, household: HouseholdId, most: i64) -> sqlx::Result<bool> {
    for table in TABLES {
        let rows = on_engine!(&mut *tx, |conn| {
            let query = sqlx::query(table).bind(household.uuid()).bind(most);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        if rows > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes at most `most` members and returns their accounts; an empty list means that none are left.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_members(tx: &mut Tx, household: HouseholdId, most: i64) -> sqlx::Result<Vec<AccountId>> {
    let accounts: Vec<Uuid> = on_engine!(tx, |conn| {
        sqlx::query_scalar(MEMBERS).bind(household.uuid()).bind(most).fetch_all(conn).await
    })?;
    Ok(accounts.into_iter().map(AccountId::from).collect())
}

/// Deletes an account that is not and was not a member of any other household.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_account(tx: &mut Tx, account: AccountId) -> sqlx::Result<()> {
    for statement in [LINKS_OF_ACCOUNT, SESSIONS_OF_ACCOUNT, ACCOUNT] {
        on_engine!(&mut *tx, |conn| {
            sqlx::query(statement).bind(account.uuid()).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes the household itself, once nothing refers to it.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_household(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<()> {
    for statement in [DEMO, HOUSEHOLD] {
        on_engine!(&mut *tx, |conn| {
            sqlx::query(statement).bind(household.uuid()).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}
