//! The walls inside the server, checked: which room may lean on which, and that no files lean on one another in a circle.
//!
//! What a file leans on is read from its text: every path that begins with `crate`, `self`, `super`, a module it declares or
//! one it imports. Comments and unit tests are cut away first. The walls between crates are checked in the crate `oauth`.
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the server, by its path (`pages::account`), with the modules it leans on.
struct House {
    leans_on: BTreeMap<String, BTreeSet<String>>,
    code: BTreeMap<String, String>,
}

impl House {
    fn read() -> House {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut code = BTreeMap::new();
        collect(&source, &source, &mut code);
        assert!(code.len() > 40, "the sources of the server are not where they were");
        let names: BTreeSet<String> = code.keys().cloned().collect();
        let leans_on =
            code.iter().map(|(module, text)| (module.clone(), imports(module, text, &names))).collect();
        House { leans_on, code }
    }

    /// One complaint for each module `of` a room that leans on a module it may not know.
    fn complain(
        &self,
        of: impl Fn(&str) -> bool,
        foreign: impl Fn(&str, &str) -> bool,
        says: &str,
    ) -> Vec<String> {
        let modules = self.leans_on.iter().filter(|(module, _)| of(module));
        let arrows = modules.flat_map(|(module, others)| others.iter().map(move |other| (module, other)));
        let wrong = arrows.filter(|(module, other)| foreign(module, other));
        wrong.map(|(module, other)| format!("{module} leans on {other}: {says}")).collect()
    }

    /// Every module from which a way leads back to itself. A module and those below it are one room.
    fn in_circles(&self) -> Vec<String> {
        let next = |module: &str| {
            let others = self.leans_on.get(module).into_iter().flatten();
            others.filter(|other| !is_within(module, other) && !is_within(other, module)).collect::<Vec<_>>()
        };
        let leads_back = |module: &&String| {
            let (mut seen, mut ways) = (BTreeSet::new(), next(module));
            while let Some(other) = ways.pop() {
                if other == *module {
                    return true;
                }
                if seen.insert(other) {
                    ways.extend(next(other));
                }
            }
            false
        };
        self.leans_on.keys().filter(leads_back).cloned().collect()
    }
}

fn collect(source: &Path, folder: &Path, code: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).expect("a folder of sources can be read");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    for path in paths {
        if path.is_dir() {
            collect(source, &path, code);
            continue;
        }
        let below = path.strip_prefix(source).expect("found below the sources").to_string_lossy();
        let Some(name) = below.strip_suffix(".rs") else { continue };
        let name = name.strip_suffix("/mod").unwrap_or(name).replace('/', "::");
        if matches!(name.as_str(), "lib" | "main") || name.ends_with("::tests") {
            continue;
        }
        code.insert(name, code_of(&fs::read_to_string(&path).expect("sources are text")));
    }
}

/// The text without comments and without its unit tests.
fn code_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
    let kept = lines[..tests.unwrap_or(lines.len())].iter();
    let without = kept.filter(|line| !line.trim_start().starts_with("//"));
    without.map(|line| line.split(" // ").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Whether `module` is `room` or stands below it.
fn is_within(module: &str, room: &str) -> bool {
    module.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The modules that the text of `module` names, itself left out.
fn imports(module: &str, text: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
    let uses: Vec<String> = statements(text, "use ").flat_map(|tree| expanded("", tree)).collect();
    let mut scope: HashMap<String, String> = HashMap::new();
    for child in statements(text, "mod ").map(str::trim) {
        scope.insert(child.to_owned(), format!("crate::{module}::{child}"));
    }
    for path in &uses {
        let whole = absolute(module, path.split(" as ").next().unwrap_or(path), &scope);
        let called = path.rsplit([':', ' ']).next().unwrap_or(path);
        scope.insert(called.to_owned(), whole);
    }
    let without = statements(text, "use ").fold(text.to_owned(), |text, tree| text.replacen(tree, "", 1));
    let written = paths(&without).into_iter().map(|path| absolute(module, &path, &scope));
    let named = scope.values().cloned().chain(written);
    let children = scope.iter().filter(|(child, whole)| **whole == format!("crate::{module}::{child}"));
    let declared: BTreeSet<&String> = children.map(|(_, whole)| whole).collect();
    let used = named.filter(|path| !declared.contains(path));
    let found = used.filter_map(|path| {
        let path = path.strip_prefix("crate::")?.to_owned();
        let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
        ends.map(|end| &path[..end]).filter(|part| names.contains(*part)).last().map(str::to_owned)
    });
    found.filter(|other| other != module).collect()
}

/// What stands between `keyword`, at the beginning of a statement, and its semicolon.
fn statements<'t>(text: &'t str, keyword: &'t str) -> impl Iterator<Item = &'t str> {
    let begins = text.match_indices(keyword).filter(move |(at, _)| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default().trim_start();
        line.is_empty() || (line.starts_with("pub") && !line.contains('='))
    });
    begins
        .filter_map(move |(at, _)| text[at + keyword.len()..].split_once(';'))
        .map(|(tree, _)| tree)
        .filter(move |tree| keyword == "use " || !tree.contains('{'))
}

/// The paths of a `use` tree.
fn expanded(before: &str, tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((base, rest)) = tree.split_once('{') else {
        let path = format!("{before}{tree}");
        return vec![path.strip_suffix("::self").unwrap_or(&path).to_owned()];
    };
    let base = format!("{before}{}", base.trim());
    let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[from..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expanded(&base, part)).collect()
}

/// Every path of two segments or more.
fn paths(text: &str) -> Vec<String> {
    let part_of_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = text.split(|letter| !part_of_path(letter));
    words.map(|word| word.trim_matches(':')).filter(|word| word.contains("::")).map(str::to_owned).collect()
}

/// A path from the root of the crate, as far as it leads to one.
fn absolute(module: &str, path: &str, scope: &HashMap<String, String>) -> String {
    let (first, rest) = path.split_once("::").map_or((path, ""), |(first, rest)| (first, rest));
    let from = match first {
        "crate" => return path.to_owned(),
        "self" => format!("crate::{module}"),
        "super" => match module.rsplit_once("::") {
            Some((parent, _)) => format!("crate::{parent}"),
            None => "crate".to_owned(),
        },
        _ => match scope.get(first) {
            Some(known) => known.clone(),
            None => return path.to_owned(),
        },
    };
    if rest.is_empty() { from } else { format!("{from}::{rest}") }
}

fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n\n{}\n", complaints.join("\n"));
}

/// The room of a module: its first segment.
fn room(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Whether a module holds handlers.
fn handles(module: &str) -> bool {
    matches!(room(module), "pages" | "endpoints" | "api" | "files")
}

#[test]
fn what_a_file_leans_on_is_read_from_its_text() {
    let names: BTreeSet<String> =
        ["a", "b", "b::c", "b::d", "e", "f", "g", "h"].into_iter().map(str::to_owned).collect();
    let text = "use crate::a::{self, Thing};\npub use crate::b::{c::{X, Y}, d};\nuse super::e;\nmod g;\nfn f() {\n    \
                crate::f::f(); // crate::h\n    let it = d::of();\n    let at = std::a::b;\n}\n#[cfg(test)]\nmod tests {\n    \
                use crate::h;\n}";
    let found = imports("x", &code_of(text), &names);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b::c", "b::d", "e", "f"]);
}

#[test]
fn no_files_lean_on_one_another_in_a_circle() {
    let circles = House::read().in_circles();
    let (count, names) = (circles.len(), circles.join(", "));
    assert!(
        circles.is_empty(),
        "{count} files stand in circles: {names}. Move what they share to one that knows neither"
    );
}

#[test]
fn only_dispatch_knows_handlers() {
    let others = |module: &str| room(module) != "dispatch";
    let handler = |module: &str, other: &str| handles(other) && room(module) != room(other);
    report(&House::read().complain(others, handler, "it holds handlers, which `dispatch` alone imports"));
}

#[test]
fn routes_know_addresses_and_nothing_that_answers() {
    let may = ["routes", "served", "request"];
    let routes = |module: &str| room(module) == "routes";
    let says = "routes say what there is; who answers is said in `dispatch`";
    report(&House::read().complain(routes, |_, other| !may.contains(&room(other)), says));
}

#[test]
fn views_are_told_everything() {
    let house = House::read();
    let may = ["views", "routes", "assets", "config", "language"];
    let views = |module: &str| room(module) == "views";
    let says = "a view is told what it shows, by a page";
    let mut complaints = house.complain(views, |_, other| !may.contains(&room(other)), says);
    let stores = house.code.iter().filter(|(module, text)| views(module) && text.contains("symbolon_store"));
    complaints.extend(stores.map(|(module, _)| format!("{module} knows the store: {says}")));
    report(&complaints);
}

#[test]
fn no_page_calls_another() {
    let page = |module: &str| module.split("::").nth(1).unwrap_or_default().to_owned();
    let pages = |module: &str| room(module) == "pages";
    let foreign = |module: &str, other: &str| pages(other) && page(module) != page(other) && other != "pages";
    report(&House::read().complain(pages, foreign, "a page leads to another by a link, never by a call"));
}

#[test]
fn doors_prove_who_somebody_is_and_know_no_page() {
    let doors = |module: &str| room(module) == "doors";
    let says = "a door says who somebody is; what a person reads of it is said by a page";
    report(&House::read().complain(doors, |_, other| room(other) == "views" || handles(other), says));
}

#[test]
fn what_goes_wrong_does_not_know_how_it_is_told() {
    let failure = |module: &str| module == "failure";
    let says = "`failure` is known everywhere, so it knows no State and no answer";
    report(&House::read().complain(
        failure,
        |_, other| matches!(room(other), "state" | "told" | "reply"),
        says,
    ));
}

#[test]
fn links_in_templates_come_from_routes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut complaints = Vec::new();
    for entry in fs::read_dir(folder).expect("there are templates") {
        let path = entry.expect("an entry can be read").path();
        let text = if path.is_file() {
            fs::read_to_string(&path).expect("templates are text")
        } else {
            String::new()
        };
        let literal =
            ["href=\"/", "action=\"/", "src=\"/"].into_iter().find(|literal| text.contains(literal));
        complaints.extend(
            literal.map(|literal| format!("{}: `{literal}`: write the link of its row", path.display())),
        );
    }
    report(&complaints);
}
