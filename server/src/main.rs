//! The command line of the program.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic on a closed pipe")]

use clap::Parser;
use server::{cli, config::Cli};
use std::process::ExitCode;
use tikv_jemallocator::Jemalloc;

/// The system's allocator keeps the memory that password hashing used on each thread: after 200 registrations
/// and 50,000 sockets that came and went it held 876 MB, this one 35 MB (`make bench`).
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
