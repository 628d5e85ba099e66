//! Accounts: an email and the hash of a password.

use super::{Tx, on_engine, statements};
use app::domain::{AccountId, Email, Language};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into accounts (id, email, password_hash, language, created_at) values ($1, $2, $3, $4, $5) \
              on conflict (email) do nothing";
    FIND_BY_EMAIL = "select id, email, password_hash, language from accounts where email = $1";
    FIND = "select id, email, password_hash, language from accounts where id = $1";
    LOCK = "update accounts set language = language where id = $1 returning id, email, password_hash, language";
    SET_PASSWORD = "update accounts set password_hash = $2 where id = $1";
    BLANK = "update accounts set email = $2, password_hash = $3 where id = $1";
    SET_LANGUAGE = "update accounts set language = $2 where id = $1";
}

#[derive(FromRow)]
struct AccountRow {
    #[sqlx(try_from = "Uuid")]
    id: AccountId,
    email: String,
    password_hash: String,
    language: String,
}

/// An account.
#[derive(Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The email, in lower case.
    pub email: String,
    /// The hash of the password, as a PHC string.
    pub password_hash: String,
    /// The language of the person's screens.
    pub language: Language,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        let AccountRow { id, email, password_hash, language } = row;
        Self { id, email, password_hash, language: language.parse().unwrap_or_default() }
    }
}

/// Inserts a new account; returns false if the email is taken.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    id: AccountId,
    email: &Email,
    hash: &str,
    language: Language,
    now: i64,
) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(email.as_str())
            .bind(hash)
            .bind(language.as_str())
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Finds the account with an email.
///
/// # Errors
/// If the store returns an error.
pub async fn find_by_email(tx: &mut Tx, email: &Email) -> sqlx::Result<Option<Account>> {
    let row: Option<AccountRow> =
        on_engine!(tx, |conn| sqlx::query_as(FIND_BY_EMAIL).bind(email.as_str()).fetch_optional(conn).await)?;
    Ok(row.map(Account::from))
}

/// Loads an account.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is none.
pub async fn find(tx: &mut Tx, id: AccountId) -> sqlx::Result<Account> {
    let row: AccountRow = on_engine!(tx, |conn| sqlx::query_as(FIND).bind(id.uuid()).fetch_one(conn).await)?;
    Ok(row.into())
}

/// Loads and locks an account until the transaction ends. An update that changes nothing locks the row on
/// both engines; SQLite has no `for update`.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is none.
pub async fn lock(tx: &mut Tx, id: AccountId) -> sqlx::Result<Account> {
    let row: AccountRow = on_engine!(tx, |conn| sqlx::query_as(LOCK).bind(id.uuid()).fetch_one(conn).await)?;
    Ok(row.into())
}

/// Sets the hash of a new password.
///
/// # Errors
/// If the store returns an error.
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str) -> sqlx::Result<()> {
    on_engine!(tx, |conn| sqlx::query(SET_PASSWORD)
        .bind(id.uuid())
        .bind(hash)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// Erases the email and the password. The row stays, since members of households refer to it.
///
/// # Errors
/// If the store returns an error.
pub async fn blank(tx: &mut Tx, id: AccountId, email: &str, hash: &str) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(BLANK).bind(id.uuid()).bind(email).bind(hash).execute(conn).await.map(|_| ())
    })
}

/// Sets the language of the person's screens.
///
/// # Errors
/// If the store returns an error.
pub async fn set_language(tx: &mut Tx, id: AccountId, language: Language) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(SET_LANGUAGE).bind(id.uuid()).bind(language.as_str()).execute(conn).await.map(|_| ())
    })
}
