//! The arrows between modules point one way: each module imports only from layers below its own, and no two
//! modules of a folder import each other in a circle. Read from the text of the sources.

mod sources;

use sources::{Crate, Module, code_of};
use std::collections::BTreeSet;

/// The layers of `app`, the lowest first. The modules of one layer do not import each other.
const APP: &[&[&str]] = &[
    &["trial"],
    &["domain"],
    &["error"],
    &["i18n"],
    &["wire"],
    &["command"],
    &["service"],
    &["api"],
    &["replica"],
    &["outbox"],
    &["live_link"],
    &["state"],
    &["components"],
    &["pages", "plain", "stopped"],
    &["shell"],
];

/// The layers of `server`.
const SERVER: &[&[&str]] = &[
    &["clock", "descriptors", "linger", "machine", "network"],
    &["db"],
    &["bus"],
    &["ledger", "listen", "security"],
    &["session", "well_formed"],
    &["live"],
    &["rest", "pages", "trial_routes"],
    &["router"],
    &["moving", "background", "admin", "ask"],
    &["backup"],
    &["config"],
    &["control"],
    &["stats"],
    &["serve"],
    &["cli"],
    &["main"],
];

/// Nothing up to this layer of `app` knows leptos.
const WITHOUT_LEPTOS: &str = "command";

/// Imports that point up or go in a circle today, each as (from, to). One that is gone is removed here.
const KNOWN: &[(&str, &str)] = &[
    ("bus", "live"),
    ("ledger", "bus"),
    ("ledger", "live"),
    ("ledger::accounts", "ledger::password_links"),
    ("ledger::accounts", "ledger::passwords"),
    ("ledger::passwords", "ledger::password_links"),
    ("ledger::rows", "ledger::write"),
    ("live", "rest"),
    ("live", "session"),
    ("live::arrival", "live::connection"),
    ("live::book", "live::links"),
    ("pages", "ledger"),
    ("pages", "rest"),
    ("pages", "router"),
    ("pages", "session"),
    ("pages::household::article_editor", "pages::household::articles"),
    ("pages::household::article_editor", "pages::household::merging"),
    ("pages::household::merging", "pages::household::articles"),
    ("pages::plan::asking", "pages::plan::sheet"),
    ("rest", "live"),
    ("rest", "router"),
    ("router", "live"),
    ("router", "trial_routes"),
    ("router", "well_formed"),
    ("session", "rest"),
    ("session", "router"),
    ("trial_routes", "ledger"),
    ("trial_routes", "rest"),
    ("trial_routes", "router"),
    ("well_formed", "rest"),
    ("well_formed", "router"),
    ("well_formed", "session"),
];

#[test]
fn every_module_imports_only_from_layers_below_its_own() {
    for (name, source, layers) in
        [("app", Crate::read("../app/src"), APP), ("server", Crate::read("src"), SERVER)]
    {
        let known: BTreeSet<_> =
            KNOWN.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let upward: Vec<_> = source.upward(layers).difference(&known).cloned().collect();
        assert!(
            upward.is_empty(),
            "{name}: (importing, imported) that point up or have no layer: {upward:?}"
        );
    }
}

#[test]
fn no_modules_of_a_folder_import_each_other_in_a_circle() {
    let crates = ["../app/src", "src", "../frontend/src"].map(Crate::read);
    let found: BTreeSet<_> = crates.iter().flat_map(Crate::circles).collect();
    let known: BTreeSet<_> = KNOWN.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    let both: BTreeSet<_> = known
        .iter()
        .flat_map(|(from, to)| [(from.clone(), to.clone()), (to.clone(), from.clone())])
        .collect();
    let new: Vec<_> = found.difference(&both).collect();
    assert!(new.is_empty(), "in circles: {new:?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "no longer in a circle, to be removed from the list: {gone:?}");
}

#[test]
fn nothing_below_the_screens_knows_leptos() {
    let source = Crate::read("../app/src");
    let below = APP.iter().position(|layer| layer.contains(&WITHOUT_LEPTOS)).expect("a layer");
    let free = |module: &Module| {
        let top =
            module.first().is_some_and(|top| APP[..=below].iter().any(|layer| layer.contains(&top.as_str())));
        top || module.join("::") == "replica::apply"
    };
    let knows = |text: &str| code_of(text).contains("leptos");
    let found: Vec<_> = source.texts.iter().filter(|(module, text)| free(module) && knows(text)).collect();
    let names: Vec<_> = found.iter().map(|(module, _)| module.join("::")).collect();
    assert!(names.is_empty(), "these know leptos: {names:?}");
}

#[test]
fn a_widget_that_imports_a_page_is_found_and_so_is_every_kind_of_circle() {
    let layers: &[&[&str]] = &[&["ui"], &["widgets"], &["pages"]];
    let page = ("pages/today.rs", "use crate::widgets::row::Row;");
    let row = |text| {
        Crate::of(&[
            page,
            ("widgets/mod.rs", "pub mod row;"),
            ("pages/mod.rs", ""),
            ("widgets/row.rs", text),
            ("pages/mod.rs", ""),
            ("ui/mod.rs", ""),
        ])
    };
    let up = BTreeSet::from([("widgets".to_owned(), "pages".to_owned())]);
    for text in [
        "use crate::pages::today::Undo;",
        "use crate::{\n    ui::part,\n    pages::{today::{Editing, Undo}, use_words},\n};",
        "use super::super::pages::today;",
        "fn f() {\n    crate::pages::today::open();\n}",
        "use crate::pages as screens;",
    ] {
        assert_eq!(row(text).upward(layers), up, "{text}");
        assert_eq!(row(text).circles().len(), 2, "{text}");
    }
    for text in [
        "// use crate::pages::today::Undo;",
        "/// See [`crate::pages`].\nuse crate::ui::part;",
        "const TEXT: &str = \"crate::pages::today\";",
        "use crate::ui::part;\n#[cfg(test)]\nmod tests {\n    use crate::pages::today;\n}",
        "macro_rules! m { () => { $crate::pages::x } }",
    ] {
        assert_eq!(row(text).upward(layers), BTreeSet::new(), "{text}");
        assert_eq!(row(text).circles(), BTreeSet::new(), "{text}");
    }
    let siblings = Crate::of(&[
        ("ui/a.rs", "use super::b::B;"),
        ("ui/b.rs", "use super::c::C;"),
        ("ui/c.rs", "use super::{a::A};"),
    ]);
    assert_eq!(siblings.circles().len(), 3);
    assert_eq!(siblings.upward(layers), BTreeSet::new());
    let unknown = Crate::of(&[("helpers.rs", "use crate::ui::part;"), ("ui/mod.rs", "")]);
    assert_eq!(unknown.upward(layers).len(), 1, "a module without a layer");
}
