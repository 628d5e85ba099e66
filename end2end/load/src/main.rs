//! The load generator of the live path.
//!
//! `load bench` starts the program on a throw-away database, opens sockets in many households, posts on an
//! open-loop schedule, and checks that every socket gets every change exactly once. Interleaved with it, it
//! runs a bare loop of writes. It exits with 1 if one socket misses a single change.
//!
//! | module | knows |
//! | --- | --- |
//! | [`bench`] | the options of `load bench` |
//! | [`stores`] | PostgreSQL and Redis |
//! | [`program`] | the process under test, its memory and its CPU time |
//! | [`people`] | households, members, sessions, posts |
//! | [`socket`] | one client, and what it checks |
//! | [`bare`] | the baseline of a fan-out |
//! | [`traffic`] | many sockets that open, and changes that are posted |
//! | [`report`] | the table |
//! | [`crowds`], [`scenarios`] | measurements of the live path |
//! | [`limits`], [`losses`] | measurements of one and of two processes |
//! | [`seed`], [`book`] | a generated book, and what requests cost in it |
//!
//! Each module imports only modules above it.

mod bare;
mod bench;
mod book;
mod crowds;
mod limits;
mod losses;
mod people;
#[path = "../../../server/tests/it/harness/ports.rs"]
mod ports;
mod program;
mod report;
mod scenarios;
#[path = "../../../server/tests/it/harness/seed.rs"]
mod seed;
mod socket;
mod stores;
mod traffic;

use anyhow::Result;
use clap::{Parser, Subcommand};
use rustix::io::fcntl_dupfd_cloexec;

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
    Bench(bench::Bench),
    /// Measure one process with SQLite, one with PostgreSQL, and two with PostgreSQL and Redis.
    Limits(limits::Limits),
    /// Measure what requests cost in a book of ten years, beside a small one.
    Book(book::Books),
    /// The bare loop: takes sockets and writes a frame to each of them when told so.
    Bare,
}

#[tokio::main]
async fn main() -> Result<()> {
    make_room();
    match Cli::parse().command {
        Command::Bench(bench) => scenarios::run(&bench).await,
        Command::Limits(limits) => {
            limits::run(&limits).await?;
            losses::run(&limits).await
        }
        Command::Book(books) => book::run(&books).await,
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
