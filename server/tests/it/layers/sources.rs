//! The modules of a crate and what they import, read from the text of its sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module by its path: `["live", "hub"]`. The root is empty.
pub type Module = Vec<String>;

/// The modules of a crate and the text of each.
pub struct Crate {
    pub texts: BTreeMap<Module, String>,
}

impl Crate {
    pub fn read(folder: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut texts = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("a text");
                    texts.insert(module_of(path.strip_prefix(&root).expect("inside")), text);
                }
            }
        }
        Self { texts }
    }

    pub fn of(files: &[(&str, &str)]) -> Self {
        let texts = files.iter().map(|(path, text)| (module_of(Path::new(path)), (*text).to_owned()));
        Self { texts: texts.collect() }
    }

    /// Which module imports which other ones. Tests do not count.
    fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let found = |(module, text): (&Module, &String)| {
            let paths = paths_in(&code_of(text)).into_iter();
            let targets =
                paths.filter_map(|path| self.resolve(module, &path)).filter(|target| target != module);
            (module.clone(), targets.collect())
        };
        let is_test = |module: &Module| module.iter().any(|name| name == "tests");
        self.texts.iter().filter(|(module, _)| !is_test(module)).map(found).collect()
    }

    /// The module that a path leads to: the longest beginning of it that is one.
    fn resolve(&self, from: &Module, path: &[String]) -> Option<Module> {
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => {
                let mut at = from.clone();
                at.pop();
                while let Some((next, others)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    at.pop();
                    (_, rest) = (next, others);
                }
                at
            }
            _ => return None,
        };
        for name in rest {
            at.push(name.clone());
            if !self.texts.contains_key(&at) {
                at.pop();
                break;
            }
        }
        Some(at)
    }

    /// Imports from a layer that is not below, and modules that have no layer.
    pub fn upward(&self, layers: &[&[&str]]) -> BTreeSet<(String, String)> {
        let rank = |name: &String| layers.iter().position(|layer| layer.contains(&name.as_str()));
        let mut found = BTreeSet::new();
        for (from, targets) in self.imports() {
            let Some(top) = from.first() else { continue };
            for target in targets.iter().filter_map(|target| target.first()).filter(|target| *target != top) {
                if rank(top).is_none_or(|rank_of_top| rank(target).is_none_or(|rank| rank >= rank_of_top)) {
                    found.insert((top.clone(), target.clone()));
                }
            }
        }
        found
    }

    /// What the modules of a layer import from others, but for `known` modules and those inside them.
    pub fn imports_beside(&self, layer: &str, known: &[&[&str]]) -> BTreeSet<(String, String)> {
        let is_known = |target: &Module| {
            target.first().is_none_or(|top| top == layer)
                || known
                    .iter()
                    .any(|path| target.len() >= path.len() && path.iter().zip(target).all(|(a, b)| a == b))
        };
        let imports =
            self.imports().into_iter().filter(|(from, _)| from.first().is_some_and(|top| top == layer));
        imports
            .flat_map(|(from, targets)| targets.into_iter().map(move |target| (from.clone(), target)))
            .filter(|(_, target)| !is_known(target))
            .map(|(from, target)| (from.join("::"), target.join("::")))
            .collect()
    }

    /// Pairs of modules of one folder, each of which reaches the other through modules of that folder.
    pub fn circles(&self) -> BTreeSet<(String, String)> {
        let imports = self.imports();
        let folders: BTreeSet<&[String]> =
            imports.keys().flat_map(|module| (0..module.len()).map(|depth| &module[..depth])).collect();
        let mut found = BTreeSet::new();
        for folder in folders {
            let child = |module: &Module| module.strip_prefix(folder)?.first().cloned();
            let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, targets) in &imports {
                let Some(from) = child(from) else { continue };
                let others = targets.iter().filter_map(child).filter(|to| *to != from);
                arrows.entry(from.clone()).or_default().extend(others);
            }
            for (from, targets) in &arrows {
                for to in targets.iter().filter(|to| reaches(&arrows, to, from)) {
                    let name =
                        |last: &String| folder.iter().chain([last]).cloned().collect::<Vec<_>>().join("::");
                    found.insert((name(from), name(to)));
                }
            }
        }
        found
    }
}

fn reaches(arrows: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let (mut next, mut seen) = (vec![from], BTreeSet::new());
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            next.extend(arrows.get(at).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// The types and components that a text names for other modules.
pub fn named_in(text: &str) -> Vec<String> {
    let code = code_of(text);
    let lines: Vec<&str> = code.lines().collect();
    let before = |at: usize| at.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
    let named = |(at, line): (usize, &&str)| {
        let rest = line.strip_prefix("pub")?;
        let rest = rest.split_once(") ").filter(|_| rest.starts_with('(')).map_or(rest, |(_, rest)| rest);
        let mut words = rest.split_whitespace();
        let kind = words.next()?;
        let counts = match kind {
            "struct" | "enum" | "trait" | "type" => true,
            "fn" => before(at) == "#[component]",
            _ => false,
        };
        let name = |word: &str| word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        words.next().filter(|_| counts).map(name)
    };
    lines.iter().enumerate().filter_map(named).collect()
}

/// `live/hub.rs` and `live/hub/mod.rs` are `["live", "hub"]`.
fn module_of(path: &Path) -> Module {
    let mut names: PathBuf = path.with_extension("");
    if names.ends_with("mod") || names == Path::new("lib") {
        names.pop();
    }
    names.iter().map(|name| name.to_string_lossy().into_owned()).collect()
}

/// The text without comments, strings and unit tests.
pub fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let line = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let text = text.lines().map(line).collect::<Vec<_>>().join("\n");
    // Every other piece between quotes is a string.
    text.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// All paths that begin with `crate`, `self` or `super`: those of `use` trees, and those within code.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    for start in ["crate::", "self::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| is_name(c) || c == ':' || c == '$') {
                continue;
            }
            tree(&code[at..], &[], &mut paths);
        }
    }
    paths
}

/// Reads a path or a tree of paths, and gives back what follows it.
fn tree<'a>(code: &'a str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = prefix.to_vec();
    let mut rest = code.trim_start();
    loop {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end > 0 {
            path.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
        let Some(next) = rest.strip_prefix("::").map(str::trim_start) else { break };
        rest = next;
        if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = tree(inner, &path, paths).trim_start();
                let Some(next) = inner.strip_prefix(',') else { break };
                inner = next.trim_start();
                if inner.starts_with('}') {
                    break;
                }
            }
            return inner.strip_prefix('}').unwrap_or(inner);
        }
        if rest.starts_with(|c: char| !c.is_alphanumeric() && c != '_') {
            break;
        }
    }
    paths.push(path);
    // What is renamed has its new name behind it.
    match rest.trim_start().strip_prefix("as ") {
        Some(renamed) => renamed.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
        None => rest,
    }
}
