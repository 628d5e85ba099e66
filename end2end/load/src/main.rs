//! The load generator of the live path.
//!
//! `load bench` starts the program on a throw-away database, opens sockets in many households, posts on an
//! open-loop schedule, and checks that every socket gets every change exactly once. Interleaved with it, it
//! runs a bare loop of writes. It exits with 1 if one socket misses a single change.
//!
//! | module | knows |
//! | --- | --- |
//! | [`program`] | the process under test, its memory and its CPU time |
//! | [`people`] | households, members, sessions, posts |
//! | [`socket`] | one client, and what it checks |
//! | [`bare`] | the baseline of a fan-out |
//! | [`scenarios`], [`crowds`] | measurements of the live path |
//! | [`limits`], [`losses`], [`stores`] | measurements of one and of two processes, and the stores that they share |
//! | [`report`] | the table |

mod bare;
mod crowds;
mod limits;
mod losses;
mod people;
mod program;
mod report;
mod scenarios;
mod socket;
mod stores;

use anyhow::Result;
use clap::{Parser, Subcommand};
use rustix::io::fcntl_dupfd_cloexec;
use std::path::PathBuf;

/// Measures the live path.
#[derive(Parser)]
#[command(name = "load")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure and print a table.
    Bench(Bench),
    /// Measure one process with SQLite, one with PostgreSQL, and two with PostgreSQL and Redis.
    Limits(limits::Limits),
    /// The bare loop: takes sockets and writes a frame to each of them when told so.
    Bare,
}

/// What to measure.
#[derive(clap::Args)]
pub struct Bench {
    /// The program under test.
    #[arg(long, default_value = "target/release/family-budget")]
    binary: PathBuf,
    /// Sockets of the open-loop runs.
    #[arg(long, value_delimiter = ',', default_value = "100,1000,10000")]
    sockets: Vec<usize>,
    /// Seconds of each open-loop run.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Posts a second of each open-loop run.
    #[arg(long, default_value_t = 100)]
    rate: u64,
    /// Sockets that connect and disconnect, five times; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    churn: usize,
    /// Sockets that never read, beside some of the fan-out; 0 leaves it out.
    #[arg(long, default_value_t = 50)]
    deaf: usize,
    /// Sockets that are lost at once and come back; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    back: usize,
    /// Sockets of the fan-out in one household; 0 leaves it out.
    #[arg(long, default_value_t = 1000)]
    fan_out: usize,
    /// Rounds of each pair of the fan-out.
    #[arg(long, default_value_t = 300)]
    rounds: usize,
    /// Interleaved pairs of the fan-out.
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// Changes of the burst.
    #[arg(long, default_value_t = 1000)]
    burst: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    make_room();
    match Cli::parse().command {
        Command::Bench(bench) => scenarios::run(&bench).await,
        Command::Limits(limits) => limits::run(&limits).await,
        Command::Bare => bare::serve(),
    }
}

/// The kernel's table of open files grows by doubling, and stops the whole process for 20 to 30 ms each time,
/// which would be attributed to the program.
fn make_room() {
    if let Err(error) = fcntl_dupfd_cloexec(std::io::stdout(), 12_000) {
        eprintln!("connecting is measured together with this process's own stops: {error}");
    }
}
