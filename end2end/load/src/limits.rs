//! Measures the limits: one process with SQLite, one with PostgreSQL, two with PostgreSQL and Redis.

use crate::{
    people::{Person, founders, http},
    program::Program,
    socket::Board,
    stores::{Postgres, Redis},
    traffic::open,
};
use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use std::{
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// What to measure.
#[derive(clap::Args)]
pub struct Limits {
    /// The program under test.
    #[arg(long, default_value = "target/release/family-budget")]
    pub binary: PathBuf,
    /// Seconds of each run.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// People who write at once, without a pause.
    #[arg(long, default_value_t = 32)]
    writers: usize,
    /// Households of the run over many.
    #[arg(long, default_value_t = 100)]
    households: usize,
    /// Changes a second where the time of an event is measured.
    #[arg(long, default_value_t = 50)]
    rate: u64,
    /// Writes of each half of a pair, with Redis alive and dead.
    #[arg(long, default_value_t = 300)]
    pub rounds: usize,
    /// Such pairs, interleaved.
    #[arg(long, default_value_t = 5)]
    pub pairs: usize,
    /// Screens that lose their process and come to another one.
    #[arg(long, default_value_t = 2000)]
    pub back: usize,
}

/// One way to run the program.
pub struct Setup {
    pub name: &'static str,
    pub processes: Vec<Program>,
    postgres: Option<Postgres>,
    pub redis: Option<Redis>,
}

/// The measurements of a setup; times in nanoseconds.
struct LimitsRow {
    name: &'static str,
    one_household: f64,
    many_households: f64,
    /// CPU of the run over many households, in cores: the processes, PostgreSQL, Redis.
    cpu: [f64; 3],
    same: Histogram<u64>,
    other: Option<Histogram<u64>>,
}

impl Setup {
    async fn sqlite(binary: &Path) -> Result<Self> {
        let processes = vec![Program::measured(binary).await?];
        Ok(Self { name: "one process, SQLite", processes, postgres: None, redis: None })
    }

    pub async fn postgres(binary: &Path, name: &'static str, processes: usize) -> Result<Self> {
        let postgres = Postgres::given()?;
        let database = postgres.database().await?;
        let redis = if processes > 1 { Some(Redis::start().await?) } else { None };
        let url = redis.as_ref().map(Redis::url).unwrap_or_default();
        let mut started = Vec::new();
        for _ in 0..processes {
            let told = [("DATABASE_URL", database.as_str()), ("REDIS_URL", url.as_str())];
            started.push(Program::measured_with(binary, &told).await?);
        }
        if let Some(redis) = &redis {
            redis.listeners_reach(processes).await?;
        }
        Ok(Self { name, processes: started, postgres: Some(postgres), redis })
    }

    /// The address for the nth client.
    pub fn address(&self, n: usize) -> &str {
        &self.processes[n % self.processes.len()].address
    }

    fn cpu(&self) -> Result<[Duration; 3]> {
        let processes = self.processes.iter().map(Program::cpu).sum::<Result<Duration>>()?;
        let postgres = self.postgres.as_ref().map_or(Ok(Duration::ZERO), Postgres::cpu)?;
        let redis = self.redis.as_ref().map_or(Ok(Duration::ZERO), Redis::cpu)?;
        Ok([processes, postgres, redis])
    }

    pub async fn stop(self) -> Result<()> {
        for process in self.processes {
            process.stop().await?;
        }
        Ok(())
    }
}

/// Measures each setup and prints the table.
pub async fn run(limits: &Limits) -> Result<()> {
    ensure!(limits.binary.exists(), "{} is not there: make release builds it", limits.binary.display());
    let mut rows = Vec::new();
    for setup in [
        Setup::sqlite(&limits.binary).await?,
        Setup::postgres(&limits.binary, "one process, PostgreSQL", 1).await?,
        Setup::postgres(&limits.binary, "two processes, PostgreSQL and Redis", 2).await?,
    ] {
        eprintln!("{}", setup.name);
        rows.push(measure(limits, &setup).await.context(setup.name)?);
        setup.stop().await?;
    }
    println!(
        "| | commits/s, one household | commits/s, {} households | cores meanwhile: program, PostgreSQL, Redis | event, same process p50 / p99 | other process p50 / p99 |",
        limits.households
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    let quantiles = |times: &Histogram<u64>| {
        let ms = |q| Duration::from_nanos(times.value_at_quantile(q)).as_secs_f64() * 1e3;
        format!("{:.1} / {:.1} ms", ms(0.5), ms(0.99))
    };
    for row in &rows {
        let [program, postgres, redis] = row.cpu;
        println!(
            "| {} | {:.0} | {:.0} | {program:.2}, {postgres:.2}, {redis:.2} | {} | {} |",
            row.name,
            row.one_household,
            row.many_households,
            quantiles(&row.same),
            row.other.as_ref().map_or_else(|| "–".to_owned(), quantiles),
        );
    }
    Ok(())
}

async fn measure(limits: &Limits, setup: &Setup) -> Result<LimitsRow> {
    let http = http()?;
    let owners = founders(&http, setup.address(0), limits.households.max(1)).await?;
    let one_household = commits(limits, setup, &owners[..1]).await?;
    let before = setup.cpu()?;
    let began = Instant::now();
    let many_households = commits(limits, setup, &owners).await?;
    let (after, took) = (setup.cpu()?, began.elapsed());
    let of_a_core = |n: usize| (after[n] - before[n]).as_secs_f64() / took.as_secs_f64();
    let cpu = [of_a_core(0), of_a_core(1), of_a_core(2)];

    // The first process writes; each process has two screens of each household.
    let few = &owners[..owners.len().min(10)];
    let board = Board::new()?;
    let elsewhere = board.beside()?;
    let (mut clients, _) = open(few, 2 * few.len(), &board).await?;
    if setup.processes.len() > 1 {
        let people: Vec<Person> = few.iter().map(|person| person.at(setup.address(1))).collect();
        clients.extend(open(&people, 2 * few.len(), &elsewhere).await?.0);
    }
    let began = Instant::now();
    let mut posts = Vec::new();
    for n in 0..limits.rate * limits.seconds {
        let due = began + Duration::from_secs(1) * u32::try_from(n)? / u32::try_from(limits.rate)?;
        tokio::time::sleep_until(due.into()).await;
        let (owner, start) = (few[usize::try_from(n)? % few.len()].clone(), board.start);
        posts.push(tokio::spawn(async move { owner.post(start, due).await }));
    }
    for post in posts {
        post.await??;
    }
    for (n, client) in clients.iter().enumerate() {
        client.reaches(few[n % few.len()].head().await?).await?;
    }
    for board in [&board, &elsewhere] {
        ensure!(board.faults.load(Ordering::SeqCst) == 0, "a client missed a change or got one twice");
        board.end();
    }
    let other = if setup.processes.len() > 1 { Some(elsewhere.latency()?) } else { None };
    Ok(LimitsRow { name: setup.name, one_household, many_households, cpu, same: board.latency()?, other })
}

/// Everybody writes as fast as they are answered, through any process; returns commits per second.
async fn commits(limits: &Limits, setup: &Setup, owners: &[Person]) -> Result<f64> {
    let (began, length) = (Instant::now(), Duration::from_secs(limits.seconds));
    let writing = (0..limits.writers).map(|n| {
        let mine: Vec<Person> = owners
            .iter()
            .skip(n % owners.len())
            .step_by(limits.writers)
            .map(|owner| owner.at(setup.address(n)))
            .collect();
        tokio::spawn(async move {
            let mut count = 0_u32;
            for owner in mine.iter().cycle() {
                if began.elapsed() >= length {
                    break;
                }
                owner.post(began, Instant::now()).await?;
                count += 1;
            }
            anyhow::Ok(count)
        })
    });
    let mut count = 0;
    for writer in writing.collect::<Vec<_>>() {
        count += writer.await??;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}
