//! The arrows between modules point one way: in `app` and `server` each module imports only from layers below
//! its own, and in no crate two modules of a folder import each other in a circle. Read from the text of the
//! sources.

mod sources;

use sources::{Crate, Module, code_of, named_in};
use std::collections::{BTreeMap, BTreeSet};

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
    &["ui"],
    &["widgets"],
    &["pages", "plain", "stopped"],
    &["shell"],
];

/// The layers of `server`.
const SERVER: &[&[&str]] = &[
    &["clock", "descriptors", "linger", "machine", "meters", "network", "page_files"],
    &["db"],
    &["journal"],
    &["hub"],
    &["bus"],
    &["ledger", "listen", "security"],
    &["http"],
    &["live", "rest", "pages", "trial_routes"],
    &["router"],
    &["moving", "background", "admin", "ask", "interrupts"],
    &["backup"],
    &["config"],
    &["control", "logs"],
    &["stats"],
    &["serve"],
    &["cli"],
    &["main"],
];

/// The modules of `app` that its layer of views without a book imports.
const UI: &[&[&str]] = &[&["domain"], &["error"], &["i18n"], &["live_link"], &["state", "language"]];

/// Nothing up to this layer of `app` knows leptos.
const WITHOUT_LEPTOS: &str = "command";

#[test]
fn every_module_imports_only_from_layers_below_its_own() {
    for (name, source, layers) in
        [("app", Crate::read("../app/src"), APP), ("server", Crate::read("src"), SERVER)]
    {
        let upward = source.upward(layers);
        assert!(
            upward.is_empty(),
            "{name}: (importing, imported) that point up or have no layer: {upward:?}"
        );
    }
}

#[test]
fn no_modules_of_a_folder_import_each_other_in_a_circle() {
    let crates = ["../app/src", "src", "../frontend/src", "../end2end/load/src"].map(Crate::read);
    let found: BTreeSet<_> = crates.iter().flat_map(Crate::circles).collect();
    assert!(found.is_empty(), "in circles: {found:?}");
}

#[test]
fn a_name_stands_for_one_type_or_component_in_all_three_crates() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, folder) in [("app", "../app/src"), ("server", "src"), ("frontend", "../frontend/src")] {
        for (module, text) in &Crate::read(folder).texts {
            if module.iter().all(|part| part != "tests") {
                let place = format!("{name}::{}", module.join("::"));
                named_in(text)
                    .into_iter()
                    .for_each(|name| places.entry(name).or_default().push(place.clone()));
            }
        }
    }
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "in several places: {places:?}");
}

#[test]
fn the_public_names_of_a_module_are_found() {
    let text = "pub struct One<T>(T);\nstruct Own;\npub(super) enum Two {}\n// pub struct No;\npub type Three = u8;\n\
                #[component]\npub fn Four() -> impl IntoView {}\npub fn five() {}\n    pub struct Inside;\n\
                pub(in crate::ui) trait Six: Send {}\nstatic TEXT: &str = \"pub struct No;\";";
    assert_eq!(named_in(text), ["One", "Two", "Three", "Four", "Six"]);
}

#[test]
fn the_views_of_ui_know_no_book() {
    let ui = |text| {
        let others = ["state/mod.rs", "state/undo.rs", "replica/mod.rs"].map(|path| (path, ""));
        Crate::of(&[&[("ui/list.rs", text)], others.as_slice()].concat())
    };
    for text in ["use crate::replica::Replica;", "use crate::state::undo::Undo;"] {
        assert_eq!(ui(text).imports_beside("ui", UI).len(), 1, "{text}");
    }
    let found = Crate::read("../app/src").imports_beside("ui", UI);
    assert!(found.is_empty(), "(importing, imported): {found:?}");
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
