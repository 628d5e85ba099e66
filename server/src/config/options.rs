//! Command-line options and environment variables. The doc comments are the text of `--help`.

use crate::security::{Proxy, PublicUrl};
use clap::{Parser, ValueEnum};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

/// The file that is read if none is named.
pub(super) const DEFAULT_FILE: &str = "Leptos.toml";

/// A household budget that several people keep together, live on every screen.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "family-budget", version)]
pub struct Cli {
    /// The command; `serve` by default
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// The options.
    #[command(flatten)]
    pub options: Options,
}

/// The commands.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum CliCommand {
    /// Serve the program (the default)
    Serve,
    /// Migrate the database and exit
    Migrate,
    /// Copy a book from a SQLite file that is not being served into an empty PostgreSQL database, and verify it
    Move {
        /// sqlite://FILE
        #[arg(long)]
        from: String,
        /// postgres://…
        #[arg(long)]
        to: String,
    },
    /// Write a backup of the book to a new file; also works while it is served
    Backup {
        /// The new file: a SQLite database, also if the book is on PostgreSQL
        file: PathBuf,
    },
    /// Restore a backup into an empty database of either engine; open screens load a fresh snapshot
    Restore {
        /// The file that `backup` wrote
        file: PathBuf,
    },
    /// Set a new password for an account and sign it out everywhere; also works while the book is served. The
    /// password is asked for, or read from standard input
    Password {
        /// The email that the person signs in with
        email: String,
    },
    /// Print the size of the book: rows, log entries and bytes; also works while it is served
    Stats,
    /// Check whether the program at --addr is ready; the exit code is 0 if it is
    Health,
    /// Print the OpenAPI document of the HTTP API
    Openapi,
}

/// The options, on the command line or in the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Address to listen on; LEPTOS_SITE_ADDR is read as well [default: 127.0.0.1:3000]
    #[arg(long, env = "FAMILY_BUDGET_ADDR", global = true)]
    pub addr: Option<SocketAddr>,
    /// Database of the book: sqlite://FILE or postgres://… [default: sqlite://data/family-budget.db]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Redis for hints between several processes on one PostgreSQL: redis://… or rediss://… [default: none]
    #[arg(long, env = "REDIS_URL", hide_env_values = true, global = true)]
    pub redis_url: Option<String>,
    /// Address at which people reach the program, for example https://budget.example; repeatable. Without it a
    /// page is trusted if its origin has the host of the request
    #[arg(long, env = "FAMILY_BUDGET_PUBLIC_URL", value_delimiter = ',', global = true)]
    pub public_url: Vec<PublicUrl>,
    /// Address or network of a proxy in front, for example 10.0.0.0/8; repeatable. X-Forwarded-For is trusted
    /// only from these [default: none]
    #[arg(long, env = "FAMILY_BUDGET_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxy: Vec<Proxy>,
    /// Most connections of this process to PostgreSQL [default: 16; at most half of the limit of its user, if there is
    /// one]
    #[arg(long, env = "FAMILY_BUDGET_DATABASE_CONNECTIONS", global = true)]
    pub database_connections: Option<NonZeroU32>,
    /// Time limit of a statement on PostgreSQL, in seconds [default: 10]
    #[arg(long, env = "FAMILY_BUDGET_STATEMENT_TIMEOUT", global = true)]
    pub statement_timeout: Option<NonZeroU32>,
    /// Who may found a household [default: open]
    #[arg(long, env = "FAMILY_BUDGET_REGISTRATION", global = true)]
    pub registration: Option<Registration>,
    /// Sign-in attempts a minute for one email from one network, and ten times as many for one network; 0 for no
    /// limit [default: 10]
    #[arg(long, env = "FAMILY_BUDGET_LOGINS_PER_MINUTE", global = true)]
    pub logins_per_minute: Option<u32>,
    /// Whether each visitor can open a demo household, which is erased after 24 hours without use
    /// [default: on if the address is loopback and no public URL is set]
    #[arg(long, env = "FAMILY_BUDGET_DEMO", global = true)]
    pub demo: Option<Switch>,
    /// Address that serves metrics at /metrics; only the operator should reach it [default: none]
    #[arg(long, env = "FAMILY_BUDGET_ADMIN_ADDR", global = true)]
    pub admin_addr: Option<SocketAddr>,
    /// Most live screens of this process; 0 for no limit [default: 10000]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS", global = true)]
    pub max_sockets: Option<usize>,
    /// Most live screens of one member; 0 for no limit [default: 50]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS_PER_MEMBER", global = true)]
    pub max_sockets_per_member: Option<usize>,
    /// Most live screens from one IPv4 address or IPv6 /64; 0 for no limit [default: 0]
    #[arg(long, env = "FAMILY_BUDGET_MAX_SOCKETS_PER_ADDRESS", global = true)]
    pub max_sockets_per_address: Option<usize>,
    /// Most live screens that connect in a second; 0 for no limit [default: 5000]
    #[arg(long, env = "FAMILY_BUDGET_HANDSHAKES_PER_SECOND", global = true)]
    pub handshakes_per_second: Option<u32>,
    /// Folder for daily backups, taken at three in the morning; created if missing [default: none]
    #[arg(long, env = "FAMILY_BUDGET_BACKUP_DIR", global = true)]
    pub backup_dir: Option<PathBuf>,
    /// How many of the newest daily backups are kept [default: 14]
    #[arg(long, env = "FAMILY_BUDGET_BACKUP_KEEP", global = true)]
    pub backup_keep: Option<NonZeroUsize>,
    /// Whether browsers keep the files of the program, by a service worker; `off` removes it from every browser that
    /// has it [default: on]
    #[arg(long, env = "FAMILY_BUDGET_SERVICE_WORKER", global = true)]
    pub service_worker: Option<Switch>,
    /// Format of log lines [default: pretty]
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

/// The format of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For programs.
    Json,
}
