//! The options of `load bench`: what is measured, and how much of it.

use std::path::PathBuf;

/// The options of `load bench`.
#[derive(clap::Args)]
pub struct Bench {
    /// The program under test.
    #[arg(long, default_value = "target/release/family-budget")]
    pub binary: PathBuf,
    /// Sockets of the open-loop runs.
    #[arg(long, value_delimiter = ',', default_value = "100,1000,10000")]
    pub sockets: Vec<usize>,
    /// Seconds of each open-loop run.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Posts a second of each open-loop run.
    #[arg(long, default_value_t = 100)]
    pub rate: u64,
    /// Sockets that connect and disconnect, five times; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    pub churn: usize,
    /// Sockets that never read, beside some of the fan-out; 0 leaves it out.
    #[arg(long, default_value_t = 50)]
    pub deaf: usize,
    /// Sockets that are lost at once and come back; 0 leaves it out.
    #[arg(long, default_value_t = 10_000)]
    pub back: usize,
    /// Sockets of the fan-out in one household; 0 leaves it out.
    #[arg(long, default_value_t = 1000)]
    pub fan_out: usize,
    /// Rounds of each pair of the fan-out.
    #[arg(long, default_value_t = 300)]
    pub rounds: usize,
    /// Interleaved pairs of the fan-out.
    #[arg(long, default_value_t = 5)]
    pub pairs: usize,
    /// Changes of the burst.
    #[arg(long, default_value_t = 1000)]
    pub burst: usize,
}
