//! The `folded` columns follow the program: where its folding has changed, every row is folded again.
//!
//! Letters are folded in Rust, so this is no statement of a migration but a task of the start, in small
//! steps. How far it has come stands in the database: a start that is cut off goes on where it stopped, and
//! processes that start at once share the work, one step at a time. While a version is under way, the one before
//! it stands there, so that a program of yet another version knows that the place is not its own.

use super::{Database, Tx, on_engine, statements};
use app::domain::fold::{FOLDING, folded};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    BEHIND = "select subject from folding where version < $1 order by subject";
    LOCK = "update folding set version = version where subject = $1 and version < $2 \
            returning version, after_household, after_row";
    PROGRESS = "update folding set version = $2, after_household = $3, after_row = $4 where subject = $1";
    NEXT_ARTICLES = "select household_id, id, name as text, folded from articles \
                     where (household_id, id) > ($1, $2) order by household_id, id limit $3";
    FOLD_ARTICLE = "update articles set folded = $3 where household_id = $1 and id = $2";
    NEXT_FACTS = "select household_id, id, comment as text, folded from facts \
                  where (household_id, id) > ($1, $2) order by household_id, id limit $3";
    FOLD_FACT = "update facts set folded = $3 where household_id = $1 and id = $2";
    NEXT_CENTERS = "select household_id, id, name as text, folded from financial_centers \
                    where (household_id, id) > ($1, $2) order by household_id, id limit $3";
    FOLD_CENTER = "update financial_centers set folded = $3 where household_id = $1 and id = $2";
}

/// Rows that are looked at in one transaction.
const STEP: i64 = 1000;

#[derive(FromRow)]
struct Place {
    version: i64,
    after_household: Uuid,
    after_row: Uuid,
}

impl Place {
    /// The last row that this program's folding has come to. What an earlier program left unfinished was folded as that
    /// one does it, from the first row on.
    fn of_this_program(&self) -> (Uuid, Uuid) {
        if self.version == FOLDING - 1 {
            (self.after_household, self.after_row)
        } else {
            (Uuid::nil(), Uuid::nil())
        }
    }
}

#[derive(FromRow)]
struct Searched {
    household_id: Uuid,
    id: Uuid,
    text: String,
    folded: String,
}

/// How the rows of a table are read and written; none of a table that a later program knows.
fn statements_of(subject: &str) -> Option<(&'static str, &'static str)> {
    match subject {
        "articles" => Some((NEXT_ARTICLES, FOLD_ARTICLE)),
        "facts" => Some((NEXT_FACTS, FOLD_FACT)),
        "financial_centers" => Some((NEXT_CENTERS, FOLD_CENTER)),
        _ => None,
    }
}

/// Folds again what another program has folded differently.
///
/// # Errors
/// When the store refuses; what was done until then stays.
pub async fn bring_up_to_date(database: &Database) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    let behind: Vec<String> =
        on_engine!(&mut tx, |conn| sqlx::query_scalar(BEHIND).bind(FOLDING).fetch_all(conn).await)?;
    tx.commit().await?;
    for subject in behind {
        let Some((next, fold)) = statements_of(&subject) else { continue };
        while step(database, &subject, next, fold).await? {}
    }
    Ok(())
}

/// The next rows of a table; false when there are no more.
async fn step(
    database: &Database,
    subject: &str,
    next: &'static str,
    fold: &'static str,
) -> sqlx::Result<bool> {
    let mut tx = database.begin().await?;
    let place: Option<Place> = on_engine!(&mut tx, |conn| {
        sqlx::query_as(LOCK).bind(subject).bind(FOLDING).fetch_optional(conn).await
    })?;
    // Another process has done the last of it.
    let Some(place) = place else { return Ok(false) };
    let (household, row) = place.of_this_program();
    let rows: Vec<Searched> = on_engine!(&mut tx, |conn| {
        sqlx::query_as(next).bind(household).bind(row).bind(STEP).fetch_all(conn).await
    })?;
    for row in &rows {
        let now = folded(&row.text);
        if now != row.folded {
            write(&mut tx, fold, row, &now).await?;
        }
    }
    let last = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(STEP));
    let (version, household, id) = match last {
        // Not done: the version stays one behind.
        Some(row) => (FOLDING - 1, row.household_id, row.id),
        None => (FOLDING, Uuid::nil(), Uuid::nil()),
    };
    on_engine!(&mut tx, |conn| {
        sqlx::query(PROGRESS)
            .bind(subject)
            .bind(version)
            .bind(household)
            .bind(id)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    tx.commit().await?;
    Ok(last.is_some())
}

async fn write(tx: &mut Tx, fold: &'static str, row: &Searched, folded: &str) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(fold).bind(row.household_id).bind(row.id).bind(folded);
        query.execute(conn).await.map(|_| ())
    })
}
