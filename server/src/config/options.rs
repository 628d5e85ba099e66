//! Command-line options and environment variables. The doc comments are the text of `--help`.

use super::DEFAULT_FILE;
use crate::security::{Proxy, PublicUrl};
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

/// A household budget whose every open screen is right at once.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "family-budget", version)]
pub struct Cli {
    /// What to do; `serve` when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options.
    #[command(flatten)]
    pub options: Options,
}

/// What the program can do.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Serve the program (the default).
    Serve,
    /// Bring the database up to date and stop.
    Migrate,
    /// Copy a book from a SQLite file that nobody serves into an empty PostgreSQL database, check it, and stop.
    Move {
        /// sqlite://FILE
        #[arg(long)]
        from: String,
        /// postgres://…
        #[arg(long)]
        to: String,
    },
    /// Write a backup of the book to a new file, also while it is served
    Backup {
        /// A SQLite file, whichever engine the book is on
        file: PathBuf,
    },
    /// Bring a backup into an empty database, on either engine. Every screen takes a fresh snapshot
    Restore {
        /// What `backup` wrote
        file: PathBuf,
    },
    /// Set a new password for somebody, asked for here or read from the standard input, and sign them out everywhere,
    /// also while the book is served
    Password {
        /// What the person signs in with
        email: String,
    },
    /// Print how large the book is: rows, logs and bytes, also while it is served
    Stats,
    /// Ask the program at --addr whether it is ready; the exit code tells.
    Health,
    /// Print the OpenAPI document and stop.
    Openapi,
}

/// Each may stand on the command line or in the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Address to listen at [default: 127.0.0.1:3000]. LEPTOS_SITE_ADDR is read as well.
    #[arg(long, env = "FAMILY_BUDGET_ADDR", global = true)]
    pub addr: Option<SocketAddr>,
    /// Where the book is kept: sqlite://FILE or postgres://… [default: sqlite://data/family-budget.db]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Redis that carries hints between processes on one PostgreSQL: redis://… or rediss://… [default: none]
    #[arg(long, env = "REDIS_URL", hide_env_values = true, global = true)]
    pub redis_url: Option<String>,
    /// Address people reach the program at, for example https://budget.example; repeatable. Without it a
    /// page is ours when its host is the one it was asked for.
    #[arg(long, env = "FAMILY_BUDGET_PUBLIC_URL", value_delimiter = ',', global = true)]
    pub public_url: Vec<PublicUrl>,
    /// Addresses or networks of the proxies in front, for example 10.0.0.0/8; repeatable. Only from these is
    /// an X-Forwarded-For believed [default: none]
    #[arg(long, env = "FAMILY_BUDGET_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxy: Vec<Proxy>,
    /// Connections to PostgreSQL of this process, at most [default: 16]
    #[arg(long, env = "FAMILY_BUDGET_DATABASE_CONNECTIONS", global = true)]
    pub database_connections: Option<NonZeroU32>,
    /// Seconds that a statement on PostgreSQL may take [default: 10]
    #[arg(long, env = "FAMILY_BUDGET_STATEMENT_TIMEOUT", global = true)]
    pub statement_timeout: Option<NonZeroU32>,
    /// Who may found a household [default: open]
    #[arg(long, env = "FAMILY_BUDGET_REGISTRATION", global = true)]
    pub registration: Option<Registration>,
    /// Attempts to sign in a minute with one email, ten times as many from one address; 0 for no limit [default: 10]
    #[arg(long, env = "FAMILY_BUDGET_LOGINS_PER_MINUTE", global = true)]
    pub logins_per_minute: Option<u32>,
    /// Whether visitors may look around in a demo household of their own, gone after 24 idle hours
    /// [default: on when the address is loopback and no public URL is set]
    #[arg(long, env = "FAMILY_BUDGET_DEMO", global = true)]
    pub demo: Option<Switch>,
    /// Address that tells metrics at /metrics, for nobody but who runs the program [default: none]
    #[arg(long, env = "FAMILY_BUDGET_ADMIN_ADDR", global = true)]
    pub admin_addr: Option<SocketAddr>,
    /// Live screens of this process; 0 for no limit [default: 10000]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS", global = true)]
    pub max_sockets: Option<usize>,
    /// Live screens of one member; 0 for no limit [default: 50]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS_PER_MEMBER", global = true)]
    pub max_sockets_per_member: Option<usize>,
    /// Live screens from one network address, of IPv6 from one /64; 0 for no limit [default: 0]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS_PER_ADDRESS", global = true)]
    pub max_sockets_per_address: Option<usize>,
    /// Live screens that may begin in a second; 0 for no limit [default: 5000]
    #[arg(long, env = "FAMILY_BUDGET_HANDSHAKES_PER_SECOND", global = true)]
    pub handshakes_per_second: Option<u32>,
    /// Folder for a backup a day, taken at three in the morning; made if missing [default: none]
    #[arg(long, env = "FAMILY_BUDGET_BACKUP_DIR", global = true)]
    pub backup_dir: Option<PathBuf>,
    /// How many of them stay [default: 14]
    #[arg(long, env = "FAMILY_BUDGET_BACKUP_KEEP", global = true)]
    pub backup_keep: Option<NonZeroUsize>,
    /// How log lines look [default: pretty]
    #[arg(long, env = "FAMILY_BUDGET_LOG", global = true)]
    pub log: Option<LogFormat>,
    /// The configuration file; only the default one may be missing
    #[arg(long, env = "FAMILY_BUDGET_CONFIG", default_value = DEFAULT_FILE, global = true)]
    pub config: PathBuf,
}

/// Who may found a household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Anybody who reaches the page.
    #[default]
    Open,
    /// Nobody; people join existing ones by invitation.
    Invite,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For programs.
    Json,
}
