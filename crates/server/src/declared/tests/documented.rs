//! `docs/world.md` lists what is read, and nothing else: it is compared with what the reader itself says that it knows.

use crate::config::unknown_field;
use crate::declared::file::Entries;

const PAGE: &str = include_str!("../../../../../docs/world.md");

/// The keys that are known in a place, out of the complaint about one that is not.
fn known(source: &str) -> Vec<String> {
    let wrong = toml::from_str::<Entries>(source).expect_err("no such key");
    let (_, known) = unknown_field(wrong.message()).unwrap_or_else(|| panic!("{wrong}"));
    known.into_iter().map(str::to_owned).collect()
}

/// The sections of the page, each with the keys of its table and those that it says are needed.
pub(super) fn documented() -> Vec<(String, Vec<String>, Vec<String>)> {
    let sections = PAGE.split("\n## `[[").skip(1);
    let section = |text: &str| {
        let (name, rest) = text.split_once("]]`").expect("a heading");
        let rows: Vec<_> =
            rest.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | ")).collect();
        let keys = rows.iter().map(|(key, _)| (*key).to_owned()).collect();
        let needed = rows.iter().filter(|(_, row)| row.starts_with("yes ")).map(|(key, _)| (*key).to_owned());
        (name.to_owned(), keys, needed.collect())
    };
    sections.map(section).collect()
}

#[test]
fn every_key_that_is_read_is_documented_and_no_other() {
    let documented = documented();
    let mut sections: Vec<_> = documented.iter().map(|(name, ..)| name.clone()).collect();
    sections.push("api_key".to_owned());
    assert_eq!(sections, known("unheard_of = 1"));
    assert!(PAGE.contains("`[[api_key]]`"));
    for (section, keys, _) in documented {
        assert_eq!(keys, known(&format!("[[{section}]]\nunheard_of = 1")), "[[{section}]] of docs/world.md");
    }
}

/// What an entry is called in another language is a table of its own.
#[test]
fn the_texts_in_other_languages_have_the_keys_that_are_documented() {
    let scope = known("[[scope]]\nname = \"a\"\ntitle = \"A\"\n[scope.text.de]\nunheard_of = 1");
    assert_eq!(scope, ["title", "description"]);
    assert!(PAGE.contains("`[scope.text.de]` after the entry, with `title` and `description`"));
    let wrong =
        toml::from_str::<Entries>("[[role]]\nkey = \"a\"\ntitle = \"A\"\n[role.text.de]\nunheard_of = 1");
    assert!(
        wrong.is_err_and(|wrong| wrong.message().contains("unknown field `unheard_of`, expected `title`"))
    );
    assert!(PAGE.contains("`[role.text.de]` after the entry, with `title` |"));
}

/// What is called needed is: without it the entry is refused, by its name. What is not called so is not.
#[test]
fn what_is_needed_is_called_so() {
    let example: toml::Table = PAGE
        .split("```toml")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("an example")
        .parse()
        .expect("TOML");
    for (section, keys, needed) in documented() {
        let entry = example[&section][0].as_table().expect("an entry").clone();
        for key in keys {
            let mut without = entry.clone();
            without.remove(&key);
            let text = toml::to_string(&toml::Table::from_iter([(section.clone(), vec![without].into())]))
                .expect("TOML");
            let read = toml::from_str::<Entries>(&text);
            let missing = read.err().is_some_and(|wrong| wrong.message() == format!("missing field `{key}`"));
            assert_eq!(missing, needed.contains(&key), "`{key}` of [[{section}]]");
        }
    }
}

#[test]
fn the_example_of_the_page_is_read() {
    let example = PAGE.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let entries: Entries = toml::from_str(example).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!((entries.scope.len(), entries.app.len(), entries.resource.len()), (2, 1, 1));
}
