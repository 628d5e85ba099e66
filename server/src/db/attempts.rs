//! Rate limit of sign-in attempts: a leaky bucket (GCRA). Per key it stores the time at which the bucket is
//! empty again. Each attempt moves that time by its share of the window; an attempt that would move it beyond
//! one window from now is refused.
//!
//! So a stored time is at most one window ahead of the clock that counted it. Another request, or another
//! process, may read it with a clock that is slightly behind. A time more than two windows ahead comes from a
//! clock that was ahead and has been set back; it counts as an empty bucket, since otherwise whoever signed
//! in then would be locked out until that day.

use super::{Tx, on_engine, statements};

statements! {
    COUNT = "insert into attempts (key, free_at) values ($1, cast($2 as bigint) + cast($3 as bigint)) \
             on conflict (key) do update \
             set free_at = case when attempts.free_at > $2 and attempts.free_at <= cast($2 as bigint) + 2 * cast($4 as bigint) \
             then attempts.free_at else $2 end + cast($3 as bigint) \
             where attempts.free_at + cast($3 as bigint) <= cast($2 as bigint) + cast($4 as bigint) \
             or attempts.free_at > cast($2 as bigint) + 2 * cast($4 as bigint) returning free_at";
    FREE_AT = "select free_at from attempts where key = $1";
    OVER = "select key from attempts where free_at <= $1 order by free_at limit $2";
    DELETE = "delete from attempts where key = $1";
}

/// The cost of attempts, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// How far one attempt moves the time.
    pub share: i64,
    /// How far ahead the time may be: the capacity of the bucket.
    pub window: i64,
}

/// Counts an attempt. Returns `None` if it is allowed, otherwise when the next one will be, in Unix
/// milliseconds.
///
/// # Errors
/// If the store returns an error.
pub async fn count(tx: &mut Tx, key: &[u8], now: i64, quota: Quota) -> sqlx::Result<Option<i64>> {
    let Quota { share, window } = quota;
    let taken: Option<i64> = on_engine!(&mut *tx, |conn| {
        let query = sqlx::query_scalar(COUNT).bind(key).bind(now).bind(share).bind(window);
        query.fetch_optional(conn).await
    })?;
    if taken.is_some() {
        return Ok(None);
    }
    let free_at: Option<i64> =
        on_engine!(tx, |conn| sqlx::query_scalar(FREE_AT).bind(key).fetch_optional(conn).await)?;
    Ok(Some(free_at.unwrap_or(now) + share - window))
}

/// Deletes at most `limit` empty buckets; returns how many.
///
/// # Errors
/// If the store returns an error.
pub async fn forget(tx: &mut Tx, now: i64, limit: i64) -> sqlx::Result<usize> {
    let keys: Vec<Vec<u8>> =
        on_engine!(&mut *tx, |conn| sqlx::query_scalar(OVER).bind(now).bind(limit).fetch_all(conn).await)?;
    for key in &keys {
        on_engine!(&mut *tx, |conn| sqlx::query(DELETE).bind(key).execute(conn).await.map(|_| ()))?;
    }
    Ok(keys.len())
}
