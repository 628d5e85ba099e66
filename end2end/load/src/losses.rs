//! Measures the cost of losing Redis, or one of two processes.

use crate::{
    crowds::{MISSED, come_back},
    limits::{Limits, Setup},
    people::{Person, founders, http},
    socket::{Board, Client, nanos, times},
    traffic::{open, post_each},
};
use anyhow::{Context, Result};
use std::time::Instant;

/// Measures what the limits ask for, and prints the tables.
pub async fn run(limits: &Limits) -> Result<()> {
    if limits.pairs > 0 {
        without_redis(limits).await.context("without Redis")?;
    }
    if limits.back > 0 {
        one_process_lost(limits).await.context("one process lost")?;
    }
    Ok(())
}

/// One write after the other, with Redis alive and dead, interleaved.
async fn without_redis(limits: &Limits) -> Result<()> {
    eprintln!("writes with Redis alive and dead");
    let mut setup = Setup::postgres(&limits.binary, "with and without", 2).await?;
    let owner = Person::founder(&http()?, setup.address(0)).await?;
    let median = async || {
        let mut times = times()?;
        for _ in 0..limits.rounds {
            let sent = Instant::now();
            owner.post(sent, sent).await?;
            times.saturating_record(nanos(sent.elapsed()));
        }
        anyhow::Ok(times.value_at_quantile(0.5) as f64 / 1e6)
    };
    median().await?;
    let (mut alive, mut dead) = (Vec::new(), Vec::new());
    for _ in 0..limits.pairs {
        alive.push(median().await?);
        setup.redis.as_mut().context("a Redis")?.kill().await?;
        dead.push(median().await?);
        let redis = setup.redis.as_mut().context("a Redis")?;
        redis.run().await?;
        redis.listeners_reach(2).await?;
    }
    setup.stop().await?;
    let ratios: Vec<f64> = dead.iter().zip(&alive).map(|(dead, alive)| dead / alive).collect();
    println!(
        "\n| one write after the other: median of {} × {} | Redis alive | Redis dead | ratio |",
        limits.pairs, limits.rounds
    );
    println!("| --- | --- | --- | --- |");
    println!(
        "| from sending to the answer | {:.2} ms | {:.2} ms | {:.2} |",
        middle(&alive),
        middle(&dead),
        middle(&ratios)
    );
    Ok(())
}

/// All screens of one process lose it, and reconnect to the other one with their positions.
async fn one_process_lost(limits: &Limits) -> Result<()> {
    eprintln!("{} screens lose their process", limits.back);
    let mut setup = Setup::postgres(&limits.binary, "one lost", 2).await?;
    let owners = founders(&http()?, setup.address(0), limits.back.div_ceil(40).max(1)).await?;
    let board = Board::new()?;
    let (lost, _) = open(&owners, limits.back, &board).await?;
    let there: Vec<Person> = owners.iter().map(|owner| owner.at(setup.address(1))).collect();
    let (stay, _) = open(&there, there.len(), &board).await?;
    let mut stands = Vec::new();
    for owner in &there {
        stands.push(owner.stand().await?);
    }
    board.end();
    setup.processes.remove(0).stop().await?;
    lost.into_iter().for_each(Client::close);
    post_each(&there, &board, MISSED).await?;
    let process = &setup.processes[0];
    let (took, reads) = come_back(process, &there, &stands, limits.back).await?;
    for (n, client) in stay.iter().enumerate() {
        client.reaches(stands[n].seq + MISSED).await?;
    }
    setup.stop().await?;
    println!(
        "\n| {} screens of {} households lose their process and come to the other one within 5 s, {MISSED} changes behind | |",
        limits.back,
        there.len()
    );
    println!("| --- | --- |");
    println!("| until everybody has everything | {:.2} s |", took.as_secs_f64());
    println!("| readings of the log, a household | {:.2} |", reads / there.len() as f64);
    Ok(())
}

fn middle(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
