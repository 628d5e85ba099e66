//! What several measurements do: open many sockets, post changes, and measure one event.

use crate::{
    people::Person,
    socket::{Board, Client, nanos, times},
};
use anyhow::Result;
use hdrhistogram::Histogram;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Concurrent handshakes.
const AT_ONCE: usize = 50;
/// Pause between two rounds of the fan-out, so that a single event is measured.
pub const QUIET: Duration = Duration::from_millis(30);

/// Opens `count` sockets, spread over these people; returns how long each took.
pub async fn open(
    people: &[Person],
    count: usize,
    board: &Arc<Board>,
) -> Result<(Vec<Client>, Histogram<u64>)> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let opening = (0..count).map(|n| {
        let (person, board, turns) = (people[n % people.len()].clone(), board.clone(), turns.clone());
        tokio::spawn(async move {
            let _turn = turns.acquire().await?;
            Client::open(&person, &board, n).await
        })
    });
    let (mut clients, mut took) = (Vec::with_capacity(count), times()?);
    for one in opening.collect::<Vec<_>>() {
        let (client, time) = one.await??;
        clients.push(client);
        took.saturating_record(nanos(time));
    }
    Ok((clients, took))
}

/// Posts this many changes in each household, one after the other, a few households at a time.
pub async fn post_each(owners: &[Person], board: &Arc<Board>, count: i64) -> Result<()> {
    let turns = Arc::new(Semaphore::new(8));
    let posting = owners.iter().map(|owner| {
        let (owner, start, turns) = (owner.clone(), board.start, turns.clone());
        tokio::spawn(async move {
            let _turn = turns.acquire().await?;
            for _ in 0..count {
                owner.post(start, Instant::now()).await?;
            }
            anyhow::Ok(())
        })
    });
    for one in posting.collect::<Vec<_>>() {
        one.await??;
    }
    Ok(())
}

/// One event: the time from the response, and from sending the write, until the last of `all` sockets had it.
pub async fn round(owner: &Person, board: &Board, all: u64) -> Result<(Duration, Duration)> {
    tokio::time::sleep(QUIET).await;
    board.expect(all);
    let sent = Instant::now();
    owner.post(board.start, sent).await?;
    let answered = Instant::now();
    let last = board.complete().await?;
    Ok((last.saturating_duration_since(answered), last.saturating_duration_since(sent)))
}
