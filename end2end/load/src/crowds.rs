//! Crowds: clients that never read beside those that do, and everybody reconnecting at once.

use crate::{
    bench::Bench,
    people::{PER_HOUSEHOLD, PER_PERSON, Person, Stand, founders, household, http},
    program::Program,
    report::{Back, Slow},
    socket::{Board, Client, Deaf, nanos, times},
    traffic::{open, post_each, round},
};
use anyhow::{Result, ensure};
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// More than the kernel buffers for a client that does not read.
const FILLING: usize = 400;
/// Clients that never read are closed within this time.
const PATIENCE: Duration = Duration::from_secs(15);
/// Changes that everybody missed: more than the ring of a household holds.
pub const MISSED: i64 = 300;
/// The time over which clients that lost their server reconnect.
const COMEBACK: Duration = Duration::from_secs(5);
/// Entries of one read of the log.
const LOG_BATCH: i64 = 256;

/// Measures one event to the others, without and with clients that never read, interleaved.
pub async fn slow(bench: &Bench) -> Result<Slow> {
    let sockets = bench.fan_out.clamp(1, 200);
    eprintln!("{sockets} sockets, beside {} that never read", bench.deaf);
    let program = Program::measured(&bench.binary).await?;
    let people = household(&http()?, &program.address, sockets + bench.deaf).await?;
    let owner = people[0].clone();
    let board = Board::new()?;
    let (clients, _) = open(&people, sockets, &board).await?;
    let all = u64::try_from(sockets)?;
    board.expect(all);
    owner.post(board.start, Instant::now()).await?;
    board.complete().await?;
    let median = async || {
        let mut times = times()?;
        for _ in 0..bench.rounds / 2 {
            times.saturating_record(nanos(round(&owner, &board, all).await?.0));
        }
        anyhow::Ok(times.value_at_quantile(0.5))
    };
    let (mut alone, mut beside, mut memory, mut closed) = (Vec::new(), Vec::new(), 0, Duration::ZERO);
    for _ in 0..bench.pairs {
        alone.push(median().await?);
        let before = program.memory()?;
        let mut deaf = Vec::new();
        for n in 0..bench.deaf {
            deaf.push(Deaf::open(&people[n % people.len()]).await?);
        }
        let stuck = Instant::now();
        for _ in 0..FILLING {
            owner.post(board.start, Instant::now()).await?;
        }
        beside.push(median().await?);
        memory = memory.max(program.memory()?.saturating_sub(before));
        while program.metric("family_budget_sockets ").await? > sockets as f64 {
            ensure!(stuck.elapsed() < PATIENCE * 2, "clients that never read are still there");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        closed = closed.max(stuck.elapsed());
    }
    let too_slow = program.metric("family_budget_socket_closes_total{code=\"4008\"}").await?;
    ensure!(too_slow >= 1.0, "nobody was told to be too slow");
    ensure!(board.faults.load(Ordering::SeqCst) == 0, "a client missed a change or got one twice");
    board.end();
    drop(clients);
    program.stop().await?;
    Ok(Slow { sockets, deaf: bench.deaf, alone, beside, memory, closed })
}

/// Everybody loses their socket at once and reconnects, further behind than any ring reaches.
pub async fn back(bench: &Bench) -> Result<Back> {
    eprintln!("{} sockets are lost and come back", bench.back);
    let program = Program::measured(&bench.binary).await?;
    let owners = founders(&http()?, &program.address, (bench.back / PER_HOUSEHOLD).max(1)).await?;
    let mut people = owners.clone();
    for owner in &owners {
        if bench.back / owners.len() > PER_PERSON {
            people.push(owner.guest().await?);
        }
    }
    let board = Board::new()?;
    let (clients, _) = open(&people, bench.back, &board).await?;
    board.end();
    clients.into_iter().for_each(Client::close);
    let mut stands = Vec::new();
    for owner in &owners {
        stands.push(owner.stand().await?);
    }
    post_each(&owners, &board, MISSED).await?;
    let left = Instant::now();
    while program.metric("family_budget_sockets ").await? > 0.0 {
        ensure!(left.elapsed() < PATIENCE * 2, "sockets are counted that are gone");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let (took, reads) = come_back(&program, &people, &stands, bench.back).await?;
    program.stop().await?;
    Ok(Back { sockets: bench.back, households: owners.len(), missed: MISSED, took, reads })
}

/// This many sockets reconnect within [`COMEBACK`], from where their households were [`MISSED`] changes ago.
/// Measures the time until everybody has everything, and how often the log was read.
pub async fn come_back(
    program: &Program,
    people: &[Person],
    stands: &[Stand],
    count: usize,
) -> Result<(Duration, f64)> {
    let reads_before = program.metric("family_budget_catch_up_reads_total").await?;
    let board = Board::new()?;
    board.expect(u64::try_from(count)? * u64::try_from(MISSED)?);
    let began = Instant::now();
    let coming = (0..count).map(|n| {
        let (person, board) = (people[n % people.len()].clone(), board.clone());
        let stand = stands[n % people.len() % stands.len()].clone();
        // Like the browser's client: at any time within the range of the close.
        let due = began
            + COMEBACK * u32::try_from(n * 7919 % count).unwrap_or(0) / u32::try_from(count).unwrap_or(1);
        tokio::spawn(async move {
            tokio::time::sleep_until(due.into()).await;
            Client::resume(&person, &board, n, &stand).await
        })
    });
    let mut clients = Vec::new();
    for one in coming.collect::<Vec<_>>() {
        clients.push(one.await??);
    }
    let took = board.complete().await?.saturating_duration_since(began);
    let reads = program.metric("family_budget_catch_up_reads_total").await? - reads_before;
    ensure!(board.faults.load(Ordering::SeqCst) == 0, "a client missed a change or got one twice");
    // The first socket of a household reads for itself only; the second one already for the others.
    let allowed = 3 * stands.len() * usize::try_from((MISSED + LOG_BATCH - 1) / LOG_BATCH)?;
    ensure!(reads <= allowed as f64, "{reads} readings of the log for {} households", stands.len());
    board.end();
    Ok((took, reads))
}
