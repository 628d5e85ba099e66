//! The configuration. Precedence: command line, environment, `Leptos.toml`, defaults.

mod options;

pub use options::{Cli, CliCommand, LogFormat, Options, Registration, Switch};

use crate::{
    backup::schedule::BackupPlan,
    bus::redis::{Address, NotARedis},
    db::connect::Settings,
    live::{limits::Limits, pace::Pace},
    security::{Proxy, PublicUrl},
};
use leptos::prelude::LeptosOptions;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

/// The file that is read if none is named.
const DEFAULT_FILE: &str = "Leptos.toml";
/// The keys of [`LeptosOptions`], which leptos itself reads.
const LEPTOS_KEYS: [&str; 14] = [
    "output-name",
    "site-root",
    "site-pkg-dir",
    "site-addr",
    "env",
    "reload-port",
    "reload-external-port",
    "reload-ws-protocol",
    "not-found-path",
    "hash-file",
    "hash-files",
    "server-fn-prefix",
    "disable-server-fn-hash",
    "server-fn-mod-path",
];

/// Two weeks of daily backups.
const BACKUPS_KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(13);

/// `Leptos.toml`. An unknown table or key is refused, so that a typo does not silently leave an access rule
/// unset.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    database: DatabaseSection,
    access: AccessSection,
    live: LiveSection,
    backup: BackupSection,
    log: LogSection,
    /// Leptos reads `metadata.leptos` below one of these two.
    workspace: toml::Table,
    package: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct DatabaseSection {
    url: Option<String>,
    connections: Option<NonZeroU32>,
    statement_timeout: Option<NonZeroU32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct AccessSection {
    public_urls: Vec<String>,
    trusted_proxies: Vec<String>,
    registration: Option<Registration>,
    logins_per_minute: Option<u32>,
    demo: Option<Switch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct LiveSection {
    redis_url: Option<String>,
    admin_addr: Option<SocketAddr>,
    max_sockets: Option<usize>,
    max_sockets_per_member: Option<usize>,
    max_sockets_per_address: Option<usize>,
    handshakes_per_second: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct BackupSection {
    dir: Option<PathBuf>,
    keep: Option<NonZeroUsize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct LogSection {
    format: Option<LogFormat>,
}

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
    /// Format of log lines.
    pub log: LogFormat,
}

/// Why the configuration cannot be used. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The URL of Redis is invalid.
    #[error(transparent)]
    Redis(#[from] NotARedis),
    /// File names with hashes are asked for, and the file that lists the hashes cannot be read.
    #[error(
        "cannot read {path}: {source}; it belongs beside the program, as the build leaves it; without hashes in the names of the page's files set hash-files = false, or LEPTOS_HASH_FILES=false"
    )]
    Hashes {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file has errors.
    #[error("{path}: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
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
            connections: options
                .database_connections
                .or(file.database.connections)
                .map_or(usual.connections, NonZeroU32::get),
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
            log: options.log.or(file.log.format).unwrap_or_default(),
        })
    }
}

impl Config {
    /// Checks that the hashes of the page's files can be read, if their names have any: leptos panics with each
    /// page otherwise.
    ///
    /// # Errors
    /// [`ConfigError::Hashes`].
    pub fn check_hashes(&self) -> Result<(), ConfigError> {
        if !self.leptos.hash_files {
            return Ok(());
        }
        let path = beside_program(&self.leptos.hash_file);
        match std::fs::read_to_string(&path) {
            Ok(_) => Ok(()),
            Err(source) => Err(ConfigError::Hashes { path, source }),
        }
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

/// Whether the build has hashed file names: it leaves their hashes beside the program.
fn hashes_are_known(options: &LeptosOptions) -> bool {
    beside_program(&options.hash_file).exists()
}

/// Where leptos looks for the hashes.
fn beside_program(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

/// The first key in the tables around leptos' own that is neither on the path to it nor read by leptos.
fn unknown_to_leptos(file: &File) -> Option<String> {
    let outside = |name: &str, table: &toml::Table, inner: &str| {
        table.keys().find(|key| *key != inner).map(|key| format!("{name}.{key}"))
    };
    for (name, table) in [("workspace", &file.workspace), ("package", &file.package)] {
        let metadata = table.get("metadata").and_then(toml::Value::as_table);
        let unknown = outside(name, table, "metadata")
            .or_else(|| outside(&format!("{name}.metadata"), metadata?, "leptos"));
        if unknown.is_some() {
            return unknown;
        }
        let sections = match metadata.and_then(|metadata| metadata.get("leptos")) {
            Some(toml::Value::Array(sections)) => sections.as_slice(),
            Some(section) => std::slice::from_ref(section),
            None => &[],
        };
        let mut keys = sections.iter().filter_map(toml::Value::as_table).flat_map(toml::Table::keys);
        if let Some(key) = keys.find(|key| !LEPTOS_KEYS.contains(&key.as_str())) {
            return Some(format!("{name}.metadata.leptos.{key}"));
        }
    }
    None
}

fn read(path: &Path) -> Result<(File, LeptosOptions), ConfigError> {
    let fault = |message: String| ConfigError::Parse { path: path.to_owned(), message };
    let file: File = match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| fault(error.to_string()))?,
        // Only the default file may be missing.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path == Path::new(DEFAULT_FILE) => {
            // Without a file: the LEPTOS_* variables over leptos' defaults.
            let leptos = leptos::config::get_configuration(None).map_err(|error| fault(error.to_string()))?;
            let mut options = leptos.leptos_options;
            if std::env::var_os("LEPTOS_HASH_FILES").is_none() {
                options.hash_files = hashes_are_known(&options);
            }
            return Ok((File::default(), options));
        }
        Err(source) => return Err(ConfigError::Read { path: path.to_owned(), source }),
    };
    if let Some(key) = unknown_to_leptos(&file) {
        return Err(fault(format!("nothing reads the key {key}")));
    }
    let leptos = path.to_str().map(|path| leptos::config::get_configuration(Some(path)));
    match leptos {
        Some(Ok(leptos)) => Ok((file, leptos.leptos_options)),
        Some(Err(error)) => Err(fault(error.to_string())),
        None => Err(fault("the path is not UTF-8".into())),
    }
}
