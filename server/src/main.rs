//! The command line of the program.

use clap::Parser;
use server::{cli, config::Cli};
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("family-budget: {error:#}");
            ExitCode::from(2)
        }
    }
}
