//! The configuration. Precedence: command line, environment, `Leptos.toml`, defaults.

mod environment;
mod file;
mod options;

pub use environment::unread_variables;
pub use file::ConfigError;
pub use options::{Cli, CliCommand, LogFormat, Options, Registration, Switch};

use crate::{
    backup::schedule::BackupPlan,
    bus::redis::Address,
    db::connect::Settings,
    live::{limits::Limits, pace::Pace},
    page_files::{beside_program, folder_of_build},
    security::{Proxy, PublicUrl},
};
use file::read;
use leptos::prelude::LeptosOptions;
use std::{
    io::ErrorKind,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::Path,
    str::FromStr,
    time::Duration,
};

/// Two weeks of daily backups.
const BACKUPS_KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(13);

/// The complete configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// What leptos needs. Its `site_addr` is the address to listen on.
    pub leptos: LeptosOptions,
    /// URL of the store.
    pub database_url: String,
    /// The Redis that carries hints between processes.
    pub redis: Option<Address>,
    /// The addresses under which people reach the program.
    pub public_urls: Vec<PublicUrl>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<Proxy>,
    /// Settings of the PostgreSQL connections.
    pub store: Settings,
    /// Who may found a household.
    pub registration: Registration,
    /// Sign-in attempts a minute.
    pub logins_per_minute: u32,
    /// Whether visitors may create demo households.
    pub demo: bool,
    /// Address of the admin listener.
    pub admin_addr: Option<SocketAddr>,
    /// Limits on sockets.
    pub limits: Limits,
    /// Intervals and time limits.
    pub pace: Pace,
    /// The backup schedule.
    pub backup: Option<BackupPlan>,
    /// Whether browsers keep the files of the program, by a service worker.
    pub service_worker: bool,
    /// Format of log lines.
    pub log: LogFormat,
}

impl Config {
    /// Merges the sources.
    ///
    /// # Errors
    /// If the file cannot be read or parsed.
    pub fn new(options: Options) -> Result<Self, ConfigError> {
        let (file, mut leptos) = read(&options.config)?;
        if let Some(addr) = options.addr {
            leptos.site_addr = addr;
        }
        let public_urls =
            list(options.public_url, &file.access.public_urls, "access.public-urls", &options.config)?;
        let trusted_proxies = list(
            options.trusted_proxy,
            &file.access.trusted_proxies,
            "access.trusted-proxies",
            &options.config,
        )?;
        let usual = Settings::default();
        let seconds = options.statement_timeout.or(file.database.statement_timeout);
        let store = Settings {
            connections: options.database_connections.or(file.database.connections).map(NonZeroU32::get),
            statement_timeout: seconds
                .map_or(usual.statement_timeout, |seconds| Duration::from_secs(seconds.get().into())),
        };
        let demo = options.demo.or(file.access.demo).map(|switch| switch == Switch::On);
        let demo = demo.unwrap_or_else(|| leptos.site_addr.ip().is_loopback() && public_urls.is_empty());
        let (live, usual) = (file.live, Limits::default());
        let limits = Limits {
            sockets: options.max_sockets.or(live.max_sockets).unwrap_or(usual.sockets),
            per_member: options
                .max_sockets_per_member
                .or(live.max_sockets_per_member)
                .unwrap_or(usual.per_member),
            per_address: options
                .max_sockets_per_address
                .or(live.max_sockets_per_address)
                .unwrap_or(usual.per_address),
            handshakes_per_second: options
                .handshakes_per_second
                .or(live.handshakes_per_second)
                .unwrap_or(usual.handshakes_per_second),
        };
        let keep = options.backup_keep.or(file.backup.keep).unwrap_or(BACKUPS_KEPT);
        let folder = options.backup_dir.or(file.backup.dir).filter(|folder| !folder.as_os_str().is_empty());
        let backup = folder.map(|folder| BackupPlan { folder, keep });
        let redis = options.redis_url.or(live.redis_url).filter(|url| !url.is_empty());
        let default_url = || "sqlite://data/family-budget.db".to_owned();
        Ok(Self {
            leptos,
            database_url: options.database_url.or(file.database.url).unwrap_or_else(default_url),
            redis: redis.map(|url| url.parse()).transpose()?,
            public_urls,
            trusted_proxies,
            store,
            registration: options.registration.or(file.access.registration).unwrap_or_default(),
            logins_per_minute: options.logins_per_minute.or(file.access.logins_per_minute).unwrap_or(10),
            demo,
            admin_addr: options.admin_addr.or(live.admin_addr),
            limits,
            pace: Pace::default(),
            backup,
            service_worker: options.service_worker.or(file.pages.service_worker) != Some(Switch::Off),
            log: options.log.or(file.log.format).unwrap_or_default(),
        })
    }
}

impl Config {
    /// Checks that the hashes of the page's files can be read, if their names have any: leptos panics with each
    /// page otherwise.
    ///
    /// # Errors
    /// [`ConfigError::Hashes`]; [`ConfigError::NoFiles`] if the folder of the build that they name is missing.
    pub fn check_hashes(&self) -> Result<(), ConfigError> {
        if !self.leptos.hash_files {
            return Ok(());
        }
        let path = beside_program(&self.leptos.hash_file);
        match std::fs::read_to_string(&path) {
            Ok(_) => {}
            Err(source) => return Err(ConfigError::Hashes { path, source }),
        }
        match folder_of_build(&self.leptos) {
            Some(folder) if !folder.is_dir() => Err(ConfigError::NoFiles { path, folder }),
            _ => Ok(()),
        }
    }
}

impl Config {
    /// Checks that backups can go where they are to go: otherwise the first one would fail, which only the log says.
    ///
    /// # Errors
    /// [`ConfigError::NoBackupFolder`].
    pub fn check_backup_folder(&self) -> Result<(), ConfigError> {
        let Some(BackupPlan { folder, .. }) = &self.backup else { return Ok(()) };
        let is_none = match folder.metadata() {
            Ok(found) => !found.is_dir(),
            Err(error) => error.kind() == ErrorKind::NotADirectory,
        };
        if is_none { Err(ConfigError::NoBackupFolder(folder.clone())) } else { Ok(()) }
    }
}

/// The values from the command line or environment, or else those from the file.
fn list<T: FromStr<Err: std::fmt::Display>>(
    told: Vec<T>,
    filed: &[String],
    name: &str,
    path: &Path,
) -> Result<Vec<T>, ConfigError> {
    if !told.is_empty() {
        return Ok(told);
    }
    filed.iter().map(|text| text.parse()).collect::<Result<_, _>>().map_err(|error: T::Err| {
        ConfigError::Parse { path: path.to_owned(), message: format!("{name}: {error}") }
    })
}
