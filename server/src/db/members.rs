//! Members of households.

use super::{Tx, on_engine, statements};
use app::domain::{AccountId, HouseholdId, Member, MemberId, Name, Role};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into members (household_id, id, account_id, name, role, colour, version, created_at) \
              values ($1, $2, $3, $4, $5, $6, 1, $7) on conflict (household_id, account_id) do nothing";
    LIST = "select id, name, role, colour, removed_at is not null as removed, version from members where household_id = $1 order by created_at, id";
    FIND = "select id, name, role, colour, removed_at is not null as removed, version from members where household_id = $1 and id = $2";
    OF_ACCOUNT = "select id, name, role, colour, removed_at is not null as removed, version from members \
                  where household_id = $1 and account_id = $2";
    IS_ONE = "select 1 from members where household_id = $1 and id = $2 and removed_at is null";
    ACCOUNT = "select account_id from members where household_id = $1 and id = $2";
    UPDATE = "update members set name = $3, colour = $4, version = $5 where household_id = $1 and id = $2";
    SET_ROLE = "update members set role = $3, version = $4 where household_id = $1 and id = $2";
    OF_ONE = "select household_id, id from members where account_id = $1 and removed_at is null order by household_id";
    REMOVE = "update members set removed_at = $3, role = $4, name = $5, version = $6 where household_id = $1 and id = $2";
}

#[derive(FromRow)]
struct MemberRow {
    #[sqlx(try_from = "Uuid")]
    id: MemberId,
    #[sqlx(try_from = "String")]
    name: Name,
    #[sqlx(try_from = "String")]
    role: Role,
    colour: i64,
    removed: bool,
    version: i64,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        let MemberRow { id, name, role, colour, removed, version } = row;
        Self { id, name, role, colour, removed, version }
    }
}

/// Inserts a new member; returns false if the account is or was one already.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    account: AccountId,
    row: &Member,
    now: i64,
) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(account.uuid())
            .bind(row.name.as_str())
            .bind(row.role.as_str())
            .bind(row.colour)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Lists everybody who is or was a member, in the order of joining.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<Member>> {
    let rows: Vec<MemberRow> =
        on_engine!(tx, |conn| sqlx::query_as(LIST).bind(household.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Member::from).collect())
}

/// Finds a member.
///
/// # Errors
/// If the store returns an error.
pub async fn find(tx: &mut Tx, household: HouseholdId, id: MemberId) -> sqlx::Result<Option<Member>> {
    let row: Option<MemberRow> = on_engine!(tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(row.map(Member::from))
}

/// The member that an account is or was in a household.
///
/// # Errors
/// If the store returns an error.
pub async fn of_account(
    tx: &mut Tx,
    household: HouseholdId,
    account: AccountId,
) -> sqlx::Result<Option<Member>> {
    let row: Option<MemberRow> = on_engine!(tx, |conn| {
        sqlx::query_as(OF_ACCOUNT).bind(household.uuid()).bind(account.uuid()).fetch_optional(conn).await
    })?;
    Ok(row.map(Member::from))
}

/// Updates the fields that can change.
///
/// # Errors
/// If the store returns an error.
pub async fn update(tx: &mut Tx, household: HouseholdId, row: &Member) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(UPDATE)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(row.name.as_str())
            .bind(row.colour)
            .bind(row.version)
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Updates a member's role.
///
/// # Errors
/// If the store returns an error.
pub async fn set_role(tx: &mut Tx, household: HouseholdId, row: &Member) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(SET_ROLE)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(row.role.as_str())
            .bind(row.version)
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// The households in which an account is a member now, and as which one; by household id, the order in which
/// they are locked.
///
/// # Errors
/// If the store returns an error.
pub async fn of_one(tx: &mut Tx, account: AccountId) -> sqlx::Result<Vec<(HouseholdId, MemberId)>> {
    let rows: Vec<(Uuid, Uuid)> =
        on_engine!(tx, |conn| sqlx::query_as(OF_ONE).bind(account.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(household, member)| (household.into(), member.into())).collect())
}

/// Whether this is a member now.
///
/// # Errors
/// If the store returns an error.
pub async fn is_one(tx: &mut Tx, household: HouseholdId, id: MemberId) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(IS_ONE).bind(household.uuid()).bind(id.uuid());
        query.fetch_optional(conn).await.map(|row| row.is_some())
    })
}

/// The account of a member.
///
/// # Errors
/// If the store returns an error.
pub async fn account(tx: &mut Tx, household: HouseholdId, id: MemberId) -> sqlx::Result<AccountId> {
    let (account,): (Uuid,) = on_engine!(tx, |conn| {
        sqlx::query_as(ACCOUNT).bind(household.uuid()).bind(id.uuid()).fetch_one(conn).await
    })?;
    Ok(account.into())
}

/// Marks a member as removed, or as a member again with a name and role.
///
/// # Errors
/// If the store returns an error.
pub async fn set_removed(tx: &mut Tx, household: HouseholdId, row: &Member, now: i64) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(REMOVE)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(row.removed.then_some(now))
            .bind(row.role.as_str())
            .bind(row.name.as_str())
            .bind(row.version)
            .execute(conn)
            .await
            .map(|_| ())
    })
}
