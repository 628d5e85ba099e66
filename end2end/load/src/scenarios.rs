//! The measurements of one process: many households, one household, and sockets that come and go.

use crate::{
    bare::Bare,
    bench::Bench,
    crowds,
    people::{PER_HOUSEHOLD, PER_PERSON, Person, founders, household, http},
    program::Program,
    report::{Burst, Churn, FanOut, OpenLoop, Table, print},
    socket::{Board, Client, nanos, times},
    traffic::{QUIET, open, post_each, round},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// Changes that each socket has received when memory is measured.
const FRAMES_EACH: i64 = 100;
/// Pause before memory is measured, so that freed memory has gone back to the system.
const CALM: Duration = Duration::from_secs(4);
/// Writers of the burst.
const WRITERS: usize = 16;
/// Rounds in which sockets open and close.
const CHURN_ROUNDS: usize = 5;
/// Interleaved pairs of the burst.
const BURST_PAIRS: usize = 3;

/// Runs everything and prints the table.
pub async fn run(bench: &Bench) -> Result<()> {
    ensure!(bench.binary.exists(), "{} is not there: make release builds it", bench.binary.display());
    let mut loops = Vec::new();
    for sockets in &bench.sockets {
        loops.push(open_loop(bench, *sockets).await.with_context(|| format!("{sockets} sockets"))?);
    }
    let fan = if bench.fan_out > 0 { Some(fan_out(bench).await.context("the fan-out")?) } else { None };
    let churn = if bench.churn > 0 { Some(churn(bench).await.context("coming and going")?) } else { None };
    let slow = if bench.deaf > 0 { Some(crowds::slow(bench).await.context("slow clients")?) } else { None };
    let back = if bench.back > 0 { Some(crowds::back(bench).await.context("coming back")?) } else { None };
    print(&Table { loops, fan, slow, churn, back });
    Ok(())
}

/// Many households, each with a few screens, and changes on a fixed schedule.
async fn open_loop(bench: &Bench, sockets: usize) -> Result<OpenLoop> {
    eprintln!("{sockets} sockets");
    let program = Program::start(&bench.binary).await?;
    let http = http()?;
    let owners = founders(&http, &program.address, (sockets / PER_HOUSEHOLD).max(1)).await?;
    let mut people = owners.clone();
    for owner in &owners {
        if sockets / owners.len() > PER_PERSON {
            people.push(owner.guest().await?);
        }
    }
    let board = Board::new()?;
    // Excludes one-time costs of the program: above all the store's caches.
    let (first, _) = open(&people, sockets.min(1_000), &board).await?;
    post_each(&owners, &board, FRAMES_EACH).await?;
    board.end();
    first.into_iter().for_each(Client::close);
    tokio::time::sleep(CALM).await;
    let before = program.memory()?;

    let board = Board::new()?;
    let (clients, handshake) = open(&people, sockets, &board).await?;
    let (cpu, began) = (program.cpu()?, Instant::now());
    let mut posts = Vec::new();
    for n in 0..bench.rate * bench.seconds {
        let due = began + Duration::from_secs(1) * u32::try_from(n)? / u32::try_from(bench.rate)?;
        tokio::time::sleep_until(due.into()).await;
        let owner = owners[usize::try_from(n)? % owners.len()].clone();
        let start = board.start;
        posts.push(tokio::spawn(async move { owner.post(start, due).await }));
    }
    for post in posts {
        post.await??;
    }
    // The guests follow the owners in the same order, and sockets are assigned in turn.
    let (everybody, households) = (people.len(), owners.len());
    let clients_of = |household| (0..sockets).filter(move |n| n % everybody % households == household);
    settled(&owners, &clients, &clients_of).await?;
    let deliveries = board.deliveries.load(Ordering::SeqCst);
    let (seconds, used) = (began.elapsed(), program.cpu()? - cpu);
    let latency = board.latency()?;

    // Until every socket has received its hundred changes.
    post_each(&owners, &board, FRAMES_EACH).await?;
    settled(&owners, &clients, &clients_of).await?;
    tokio::time::sleep(CALM).await;
    let after = program.memory()?;
    let faults = board.faults.load(Ordering::SeqCst);
    ensure!(faults == 0, "{faults} clients missed a change or got one twice");
    board.end();
    program.stop().await?;
    Ok(OpenLoop {
        sockets,
        households: owners.len(),
        handshake,
        latency,
        deliveries,
        seconds,
        cpu_per_delivery: used / u32::try_from(deliveries.max(1))?,
        memory_per_socket: after.saturating_sub(before) / u64::try_from(sockets)?,
    })
}

/// Waits until every client has every change of its household.
async fn settled<I: Iterator<Item = usize>>(
    owners: &[Person],
    clients: &[Client],
    clients_of: &impl Fn(usize) -> I,
) -> Result<()> {
    for (household, owner) in owners.iter().enumerate() {
        let head = owner.head().await?;
        for n in clients_of(household) {
            let since = Instant::now();
            while clients[n].seq.load(Ordering::Relaxed) < head {
                if since.elapsed() > Duration::from_secs(30) {
                    bail!("a client is short: {} of {head}", clients[n].seq.load(Ordering::Relaxed));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
    Ok(())
}

/// One household with many screens, compared with a bare loop of writes.
async fn fan_out(bench: &Bench) -> Result<FanOut> {
    eprintln!("{} sockets in one household", bench.fan_out);
    let program = Program::start(&bench.binary).await?;
    let http = http()?;
    let people = household(&http, &program.address, bench.fan_out).await?;
    let owner = people[0].clone();
    let board = Board::new()?;
    let (clients, _) = open(&people, bench.fan_out, &board).await?;
    let mut bare = Bare::start(bench.fan_out).await?;
    let all = u64::try_from(bench.fan_out)?;
    let one = |_: usize| 0..bench.fan_out;

    // A warm-up, which also measures the length of a frame.
    board.expect(all);
    owner.post(board.start, Instant::now()).await?;
    board.complete().await?;
    let bytes = usize::try_from(board.bytes.load(Ordering::SeqCst))?;

    let (mut ours, mut whole, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let mut tails = (times()?, times()?);
    for pair in 0..bench.pairs {
        eprintln!("fan-out, pair {} of {}", pair + 1, bench.pairs);
        let (mut answer, mut post, mut loops) = (times()?, times()?, times()?);
        for _ in 0..bench.rounds {
            let (from_answer, from_sending) = round(&owner, &board, all).await?;
            answer.saturating_record(nanos(from_answer));
            post.saturating_record(nanos(from_sending));
        }
        for _ in 0..bench.rounds {
            tokio::time::sleep(QUIET).await;
            bare.board.expect(all);
            let answered = bare.write(bytes, 1).await?;
            loops.saturating_record(nanos(bare.board.complete().await?.saturating_duration_since(answered)));
        }
        ours.push(answer.value_at_quantile(0.5));
        whole.push(post.value_at_quantile(0.5));
        theirs.push(loops.value_at_quantile(0.5));
        tails.0.add(&answer)?;
        tails.1.add(&loops)?;
    }

    let mut bursts = Vec::new();
    for pair in 0..BURST_PAIRS {
        eprintln!("burst, pair {} of {BURST_PAIRS}", pair + 1);
        let goal = all * u64::try_from(bench.burst)?;
        board.expect(goal);
        let began = Instant::now();
        let writers = (0..WRITERS).map(|writer| {
            let (owner, start) = (owner.clone(), board.start);
            let share = bench.burst / WRITERS + usize::from(writer < bench.burst % WRITERS);
            tokio::spawn(async move {
                for _ in 0..share {
                    owner.post(start, Instant::now()).await?;
                }
                anyhow::Ok(())
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await??;
        }
        let written = began.elapsed();
        let took = board.complete().await?.saturating_duration_since(began);
        bare.board.expect(goal);
        let began = bare.write(bytes, bench.burst).await?;
        let bare_took = bare.board.complete().await?.saturating_duration_since(began);
        bursts.push(Burst { events: bench.burst, written, took, bare_took });
    }
    settled(&[owner], &clients, &one).await?;
    let faults = board.faults.load(Ordering::SeqCst);
    ensure!(faults == 0, "{faults} clients missed a change or got one twice");
    board.end();
    program.stop().await?;
    Ok(FanOut { sockets: bench.fan_out, bytes, rounds: bench.rounds, ours, whole, theirs, tails, bursts })
}

/// Sockets open and close repeatedly, and must release everything.
async fn churn(bench: &Bench) -> Result<Churn> {
    let program = Program::start(&bench.binary).await?;
    let http = http()?;
    let owners = founders(&http, &program.address, (bench.churn / PER_PERSON).max(1)).await?;
    // The connections that founded the households are still open, and end when they are idle.
    drop(http);
    let mut rounds = Vec::new();
    for round in 1..=CHURN_ROUNDS {
        eprintln!("{} sockets come and go, round {round} of {CHURN_ROUNDS}", bench.churn);
        let board = Board::new()?;
        let (clients, _) = open(&owners, bench.churn, &board).await?;
        board.end();
        clients.into_iter().for_each(Client::close);
        let began = Instant::now();
        while program.descriptors()? > 300 {
            ensure!(
                began.elapsed() < Duration::from_secs(30),
                "{} descriptors stay open",
                program.descriptors()?
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Members stay on the presence list for a moment after they left.
        tokio::time::sleep(Duration::from_secs(4)).await;
        rounds.push((program.memory()?, program.descriptors()?));
    }
    let (first, last) = (rounds[0], rounds[rounds.len() - 1]);
    ensure!(last.1 <= first.1, "{} descriptors after the first round, {} after the last", first.1, last.1);
    ensure!(
        last.0 * 10 <= first.0 * 11,
        "{} bytes after the first round, {} after the last: more than a tenth",
        first.0,
        last.0
    );
    program.stop().await?;
    Ok(Churn { sockets: bench.churn, rounds })
}
