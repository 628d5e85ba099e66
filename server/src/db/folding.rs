//! Keeps the `folded` columns up to date: if the program's folding has changed, every row is folded again.
//!
//! Folding is done in Rust, so this runs at startup in small steps and not in a migration. The database
//! stores the progress: an interrupted start continues where it stopped, and processes that start at once
//! share the work, one step at a time. While version `n` is in progress, `n - 1` is stored, so that a program
//! of yet another version knows that the stored position is not its own.

use super::{Database, Tx, on_engine, statements};
use app::domain::{
    fold::{FOLDING, folded},
    tag::folded_note,
};
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

/// Rows of one transaction.
const STEP: i64 = 1000;

#[derive(FromRow)]
struct FoldingPosition {
    version: i64,
    after_household: Uuid,
    after_row: Uuid,
}

impl FoldingPosition {
    /// The last row that this program's folding has reached. What another version of the program left
    /// unfinished starts again from the first row.
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

/// The statements that read and write the rows of a table, and how its texts are folded.
#[derive(Clone, Copy)]
struct Folded {
    next: &'static str,
    fold: &'static str,
    folded: fn(&str) -> String,
}

impl Folded {
    /// Of a table; `None` for one that only a later program knows.
    fn of(subject: &str) -> Option<Self> {
        let (next, fold, folded): (_, _, fn(&str) -> String) = match subject {
            "articles" => (NEXT_ARTICLES, FOLD_ARTICLE, folded),
            "facts" => (NEXT_FACTS, FOLD_FACT, folded_note),
            "financial_centers" => (NEXT_CENTERS, FOLD_CENTER, folded),
            _ => return None,
        };
        Some(Self { next, fold, folded })
    }
}

/// Folds the rows again that another version of the program has folded.
///
/// # Errors
/// If the store returns an error; completed steps are kept.
pub async fn bring_up_to_date(database: &Database) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    let behind: Vec<String> =
        on_engine!(&mut tx, |conn| sqlx::query_scalar(BEHIND).bind(FOLDING).fetch_all(conn).await)?;
    tx.commit().await?;
    for subject in behind {
        let Some(table) = Folded::of(&subject) else { continue };
        while step(database, &subject, table).await? {}
    }
    Ok(())
}

/// Folds the next rows of a table; returns false if there are no more.
async fn step(database: &Database, subject: &str, table: Folded) -> sqlx::Result<bool> {
    let mut tx = database.begin().await?;
    let place: Option<FoldingPosition> = on_engine!(&mut tx, |conn| {
        sqlx::query_as(LOCK).bind(subject).bind(FOLDING).fetch_optional(conn).await
    })?;
    // Another process has finished the table.
    let Some(place) = place else { return Ok(false) };
    let (household, row) = place.of_this_program();
    let rows: Vec<Searched> = on_engine!(&mut tx, |conn| {
        sqlx::query_as(table.next).bind(household).bind(row).bind(STEP).fetch_all(conn).await
    })?;
    for row in &rows {
        let now = (table.folded)(&row.text);
        if now != row.folded {
            write(&mut tx, table.fold, row, &now).await?;
        }
    }
    let last = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(STEP));
    let (version, household, id) = match last {
        // Not finished: the stored version stays one behind.
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
