//! Modules of a crate import one another in one direction only: what two of them share lies in a third below both.
//!
//! A module and those inside it are apart from this: a parent may name its children, and they it. The web layer has two
//! wings, and they have a direction too: `api`, the resources, uses `http`, which knows none of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};

use super::{root, sources};

/// A module, by the names that lead to it from its crate.
type Module = Vec<String>;

/// The crates whose modules are looked at.
const CRATES: [&str; 8] =
    ["application", "digits", "domain", "infrastructure", "pictures", "prediction", "server", "web"];

/// The module that a file holds.
fn module_of(file: &Path, folder: &Path) -> Module {
    let path = file.strip_prefix(folder).unwrap().with_extension("");
    let names: Vec<String> = path.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    match names.last().map(String::as_str) {
        Some("lib" | "main" | "mod") => names[..names.len() - 1].to_vec(),
        _ => names,
    }
}

/// Collects the paths that a module names, from its crate on.
struct Paths<'m> {
    module: &'m [String],
    found: Vec<Vec<String>>,
}

impl Paths<'_> {
    /// A path that begins at the crate, at this module or at one around it; one into another crate is none of these.
    fn note(&mut self, path: &[String]) {
        let above = path.iter().take_while(|name| *name == "super").count();
        let start = match path.first().map(String::as_str) {
            Some("crate") => return self.found.push(path[1..].to_vec()),
            Some("self") => return self.found.push([self.module, &path[1..]].concat()),
            Some("super") => self.module.len().saturating_sub(above),
            _ => return,
        };
        self.found.push([&self.module[..start], &path[above..]].concat());
    }

    fn note_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                self.note_tree(&before, &path.tree);
            }
            syn::UseTree::Name(name) => self.note(&[before, &[name.ident.to_string()]].concat()),
            syn::UseTree::Rename(name) => self.note(&[before, &[name.ident.to_string()]].concat()),
            syn::UseTree::Glob(_) => self.note(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&names);
        visit::visit_path(self, path);
    }

    /// Tests may know what they like.
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }
}

/// The modules that each module imports, but for those inside it or around it.
fn imports(folder: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut files = Vec::new();
    sources(folder, &mut files);
    let modules: BTreeMap<Module, syn::File> = files
        .iter()
        .map(|file| (module_of(file, folder), syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap()))
        .filter(|(module, _)| !module.iter().any(|name| name == "tests"))
        .collect();
    let imported_by = |(module, file): (&Module, &syn::File)| {
        let mut paths = Paths { module, found: Vec::new() };
        paths.visit_file(file);
        let named = paths.found.iter().filter_map(|path| {
            (1..=path.len()).rev().map(|length| path[..length].to_vec()).find(|prefix| modules.contains_key(prefix))
        });
        let apart = |other: &Module| !other.starts_with(module) && !module.starts_with(other);
        (module.clone(), named.filter(apart).collect())
    };
    modules.iter().map(imported_by).collect()
}

/// A way from a module back to itself, if there is one.
fn circle(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Option<Vec<Module>> {
    fn walk(
        imports: &BTreeMap<Module, BTreeSet<Module>>,
        way: &mut Vec<Module>,
        done: &mut BTreeSet<Module>,
    ) -> Option<Vec<Module>> {
        let here = way.last()?.clone();
        for next in imports.get(&here).into_iter().flatten() {
            if let Some(start) = way.iter().position(|module| module == next) {
                return Some(way[start..].to_vec());
            }
            if !done.contains(next) {
                way.push(next.clone());
                if let Some(found) = walk(imports, way, done) {
                    return Some(found);
                }
                way.pop();
            }
        }
        done.insert(here);
        None
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| walk(imports, &mut vec![module.clone()], &mut done))
}

#[test]
fn modules_import_one_another_in_no_circle() {
    for name in CRATES {
        let imports = imports(&root().join("crates").join(name).join("src"));
        assert!(imports.values().any(|imported| !imported.is_empty()), "no imports were found in {name}");
        let found = circle(&imports).map(|way| way.iter().map(|module| module.join("::")).collect::<Vec<_>>());
        assert_eq!(found, None, "a circle of imports in {name}");
    }
}

/// The paths into this crate that a file names, from the crate on.
fn paths_of(file: &Path, folder: &Path) -> Vec<Vec<String>> {
    let module = module_of(file, folder);
    let mut paths = Paths { module: &module, found: Vec::new() };
    paths.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
    paths.found
}

#[test]
fn the_http_wing_of_the_web_layer_knows_no_resource() {
    let folder = root().join("crates/web/src");
    let mut files = Vec::new();
    sources(&folder.join("http"), &mut files);
    assert!(files.len() > 1, "the wing is somewhere else");
    for file in files {
        let mut paths = paths_of(&file, &folder);
        // `pub(crate)` names the crate alone.
        paths.retain(|path| path.first().is_some_and(|name| name != "http"));
        assert!(paths.is_empty(), "{} names {paths:?}", file.display());
    }
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("lib.rs", "mod a; mod b; mod c;");
    write("a.rs", "use crate::b::{One, Two as Three}; fn f() { super::c::g(); }");
    write("b.rs", "pub struct One; pub struct Two;");
    write("c.rs", "pub fn g() {} mod tests { use crate::a::f; }");
    assert_eq!(circle(&imports(folder.path())), None);
    write("c.rs", "pub fn g() { crate::a::f(); }");
    let names = |name: &str| vec![name.to_owned()];
    assert_eq!(circle(&imports(folder.path())), Some(vec![names("a"), names("c")]));
    write("c.rs", "pub use crate::{b, a::*};");
    assert_eq!(circle(&imports(folder.path())), Some(vec![names("a"), names("c")]));
}
