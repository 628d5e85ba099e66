//! The files that a page loads: where they are, under which address, and how they are served.
//!
//! Files of two builds do not work together, and one may change while another keeps its name. So a build has a
//! folder of its own, `/pkg/<build>/`, and a page gets all of its files from there. The release (scripts/pack.sh)
//! has this folder on the disk, and the file of hashes says which one belongs to this program; folders of earlier
//! builds are served for as long as they are there. Any other build has its files directly in `pkg`: the folder of
//! the address is then named after what they contain when the program starts.

use axum::{
    Router,
    http::{HeaderValue, Response, header},
};
use leptos::prelude::LeptosOptions;
use sha2::{Digest, Sha256};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tower::ServiceBuilder;
use tower_http::{
    services::{ServeDir, fs::ServeFileSystemResponseBody},
    set_header::SetResponseHeaderLayer,
};

/// The files of this program's pages.
#[derive(Clone, Debug)]
pub struct PageFiles {
    /// Identifies the build. A page of another one is told to reload.
    pub build: Arc<str>,
    /// The address of the build's folder, without the first slash.
    pub address: Arc<str>,
    /// The folder of all builds on the disk.
    folder: PathBuf,
    /// Whether `folder` has one for each build.
    by_build: bool,
    /// Whether the content under a name never changes.
    immutable: bool,
}

impl PageFiles {
    /// Finds the files.
    #[must_use]
    pub fn of(options: &LeptosOptions) -> Self {
        let folder = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
        let named = options.hash_files.then(|| named_build(&beside_program(&options.hash_file))).flatten();
        let build = named.clone().unwrap_or_else(|| hash_of(&folder));
        // `cargo leptos watch` replaces the style sheet of an open page by that at its own address.
        let watched = std::env::var_os("LEPTOS_WATCH").is_some();
        let address = if watched { "pkg".to_owned() } else { format!("pkg/{build}") };
        Self {
            build: build.into(),
            address: address.into(),
            folder,
            by_build: named.is_some(),
            immutable: options.hash_files,
        }
    }

    /// The file of hashes in the build's own folder, which leptos reads for every page: the one beside the program may be
    /// replaced before the program is restarted. `None` if the build has no such folder or file.
    #[must_use]
    pub fn hashes(&self) -> Option<String> {
        let path = std::path::absolute(self.folder.join(self.build.as_ref()).join("hash.txt")).ok()?;
        path.to_str().filter(|_| self.by_build && path.is_file()).map(str::to_owned)
    }

    /// The names of the build's files, without the compressed ones.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let folder = if self.by_build { self.folder.join(self.build.as_ref()) } else { self.folder.clone() };
        loaded_from(&folder).iter().filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect()
    }

    /// Serves the files, as they were compressed by the release.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let text = if self.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        let cache = move |response: &Response<ServeFileSystemResponseBody>| {
            response.status().is_success().then(|| HeaderValue::from_static(text))
        };
        let files = ServeDir::new(&self.folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        let files = ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, cache))
            .service(files);
        let all = Router::new().nest_service("/pkg", files.clone());
        if self.by_build || self.address.as_ref() == "pkg" {
            return all;
        }
        all.nest_service(&format!("/{}", self.address), files)
    }
}

/// Where leptos looks for the hashes of the files.
#[must_use]
pub fn beside_program(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

/// The folder with the files of this program's build; `None` if the build has none of its own.
#[must_use]
pub fn folder_of_build(options: &LeptosOptions) -> Option<PathBuf> {
    let build = named_build(&beside_program(&options.hash_file))?;
    Some(Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref()).join(build))
}

/// The name of the folder of this program's build, which the release has written beside the hashes.
fn named_build(hashes: &Path) -> Option<String> {
    let hashes = std::fs::read_to_string(hashes).ok()?;
    let name = hashes.lines().find_map(|line| line.strip_prefix("build:"))?.trim();
    let usual = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    usual.then(|| name.to_owned())
}

/// A hash of what the browser downloads.
fn hash_of(folder: &Path) -> String {
    let mut hash = Sha256::new();
    for file in loaded_from(folder) {
        // Without its files no program in the browser can be outdated.
        hash.update(std::fs::read(file).unwrap_or_default());
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The files of a folder that a page loads, by name.
fn loaded_from(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let loaded = |path: &PathBuf| {
        path.extension().is_some_and(|kind| ["wasm", "js", "css"].iter().any(|loaded| kind == *loaded))
    };
    let mut files: Vec<_> = files.filter(loaded).collect();
    files.sort();
    files
}
