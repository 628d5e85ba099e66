//! The configuration file, and why a configuration cannot be used.

use super::options::{DEFAULT_FILE, LogFormat, Registration, Switch};
use crate::{bus::redis::NotARedis, page_files::beside_program};
use leptos::prelude::LeptosOptions;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::{Path, PathBuf},
};

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

/// `Leptos.toml`. An unknown table or key is refused, so that a typo does not silently leave an access rule
/// unset.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct File {
    pub database: DatabaseSection,
    pub access: AccessSection,
    pub live: LiveSection,
    pub backup: BackupSection,
    pub pages: PagesSection,
    pub log: LogSection,
    /// Leptos reads `metadata.leptos` below one of these two.
    workspace: toml::Table,
    package: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct DatabaseSection {
    pub url: Option<String>,
    pub connections: Option<NonZeroU32>,
    pub statement_timeout: Option<NonZeroU32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct AccessSection {
    pub public_urls: Vec<String>,
    pub trusted_proxies: Vec<String>,
    pub registration: Option<Registration>,
    pub logins_per_minute: Option<u32>,
    pub demo: Option<Switch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LiveSection {
    pub redis_url: Option<String>,
    pub admin_addr: Option<SocketAddr>,
    pub max_sockets: Option<usize>,
    pub max_sockets_per_member: Option<usize>,
    pub max_sockets_per_address: Option<usize>,
    pub handshakes_per_second: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BackupSection {
    pub dir: Option<PathBuf>,
    pub keep: Option<NonZeroUsize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PagesSection {
    pub service_worker: Option<Switch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LogSection {
    pub format: Option<LogFormat>,
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
    /// A variable is misspelt.
    #[error("nothing reads the environment variable {found}; the one that is read is {meant}")]
    Variable {
        /// Its name.
        found: String,
        /// The name that comes nearest to it.
        meant: String,
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
    /// The hashes name a build whose files are not there.
    #[error(
        "{path} names the build whose files belong into {folder}, and there is no such folder: copy the site of the same release there, or set site-root"
    )]
    NoFiles {
        /// The file of hashes.
        path: PathBuf,
        /// The missing folder.
        folder: PathBuf,
    },
    /// The folder of the backups is a file, or would be beneath one.
    #[error("--backup-dir names {}, which is not a folder: name a folder; it is made if it is missing", .0.display())]
    NoBackupFolder(PathBuf),
    /// The file has errors.
    #[error("{path}: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
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

/// Reads the file, and from it what leptos reads.
pub(super) fn read(path: &Path) -> Result<(File, LeptosOptions), ConfigError> {
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

/// Whether the build has hashed file names: it leaves their hashes beside the program.
fn hashes_are_known(options: &LeptosOptions) -> bool {
    beside_program(&options.hash_file).exists()
}
