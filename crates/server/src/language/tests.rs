//! What holds for the messages of every language.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::*;

/// Each file of a language by its name, with its text.
fn folder(tag: &str) -> BTreeMap<String, String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("messages").join(tag);
    let files = std::fs::read_dir(folder).expect("every language has a folder");
    let named = files.map(|file| file.expect("a folder can be read").path());
    named
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("messages are text"))
        })
        .collect()
}

/// Every message of a file, by its key, as it is written there.
fn messages(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" = ").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            Some((key, value)) => found.push((key.to_owned(), value.to_owned())),
            None => found.iter_mut().next_back().into_iter().for_each(|(_, value)| value.push_str(line)),
        }
    }
    found
}

/// The words that follow each `sign` in a text: the variables after `$`, the elements after `<`.
fn marked(text: &str, sign: char) -> BTreeSet<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
    let after = text.split(sign).skip(1);
    after.map(|rest| &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]).collect()
}

#[test]
fn every_file_is_read_to_its_end_and_says_nothing_twice() {
    for language in Language::all() {
        let mut keys = BTreeSet::new();
        for (name, text) in folder(language.tag()) {
            let errors = FluentResource::try_new(text.clone()).err().map(|(_, errors)| errors);
            assert!(errors.is_none(), "{}/{name}: {errors:?}", language.tag());
            for (key, _) in messages(&text) {
                assert!(
                    language.0.bundle.has_message(&key),
                    "{}/{name} is read nowhere: {key}",
                    language.tag()
                );
                assert!(keys.insert(key.clone()), "{}/{name} says '{key}' a second time", language.tag());
            }
        }
        assert!(keys.len() > 100, "{}", language.tag());
    }
}

#[test]
fn every_folder_is_a_language() {
    let all = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let folders = std::fs::read_dir(all).expect("there are messages");
    let folders = folders.map(|folder| folder.expect("a folder can be read").file_name());
    let folders: BTreeSet<String> = folders.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(folders, Language::all().map(|language| language.tag().to_owned()).collect());
}

#[test]
fn every_language_says_the_same_in_the_same_files_with_the_same_variables_and_elements() {
    let english = folder("en");
    for language in Language::all() {
        let tag = language.tag();
        let own = folder(tag);
        assert!(own.keys().eq(english.keys()), "{tag} has other files than en");
        for (name, text) in &english {
            let (theirs, own) = (messages(text), messages(&own[name]));
            let keys = |of: &[(String, String)]| of.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
            assert_eq!(
                keys(&own),
                keys(&theirs),
                "{tag}/{name}: other messages, or another order, than en/{name}"
            );
            for ((key, english), (_, own)) in theirs.iter().zip(&own) {
                for sign in ['$', '<'] {
                    // The brand is put into every message, named or not.
                    let of = |text| {
                        marked(text, sign).into_iter().filter(|own| *own != "brand").collect::<Vec<_>>()
                    };
                    assert_eq!(
                        of(own),
                        of(english),
                        "{tag}: '{key}' holds other variables or elements than in en"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_put_in_stays_text_and_to_itself() {
    let evil = "<b>&\"{$app}</b><link>";
    let said = Language::fallback().say("account-disconnected").name("app", evil);
    assert!(
        said.to_string()
            .starts_with("<b><bdi>&#60;b&#62;&#38;&#34;{$app}&#60;/b&#62;&#60;link&#62;</bdi> is")
    );
    assert!(said.plain().starts_with(&format!("<b>\u{2068}{evil}\u{2069} is")));
    let link =
        Language::fallback().say("login-no-account").text("brand", "<link>").link("link", "/?a=\"&b=<");
    assert_eq!(
        link.to_string(),
        "New to &#60;link&#62;? <a href=\"/?a=&#34;&#38;b=&#60;\">Create an account</a>"
    );
}

#[test]
fn the_mirrored_language_is_read_from_right_to_left_and_keeps_its_elements() {
    let said = mirrored::language().say("account-disconnected").name("app", "Zapier").to_string();
    assert!(said.starts_with("<b><bdi>Zapier</bdi> "), "{said}");
    assert!(
        !said
            .replace("Zapier", "")
            .replace("<b>", "")
            .replace("</b>", "")
            .replace("bdi", "")
            .contains(|c: char| c.is_ascii_alphabetic()),
        "{said}"
    );
    assert_eq!(mirrored::language().direction().as_str(), "rtl");
    assert!(Language::named("qps-plocm").is_none(), "nobody gets it");
}

/// Every file below a folder that ends so, with its text; tests are no place where something is said.
fn below(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder can be read") {
            let path = entry.expect("an entry can be read").path();
            let name = path.display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) && !name.ends_with("tests.rs") {
                found.push((name, std::fs::read_to_string(path).expect("sources are text")));
            }
        }
    }
    assert!(found.len() > 10, "the sources are not where they were");
    found
}

/// What stands between `sign` and the next quotation mark, wherever `sign` stands.
fn quoted_after<'t>(text: &'t str, sign: &str) -> Vec<&'t str> {
    text.split(sign).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_key_that_is_said_exists_and_every_one_that_exists_is_said() {
    let sources = [below("templates", ".html"), below("src", ".rs")].concat();
    let said: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(_, text)| [quoted_after(text, "say(\""), quoted_after(text, "Key(\"")].concat())
        .collect();
    let english = folder("en");
    let exist: BTreeSet<String> =
        english.values().flat_map(|text| messages(text).into_iter().map(|(key, _)| key)).collect();
    let missing: Vec<_> = said.iter().filter(|key| !exist.contains(**key)).collect();
    assert!(missing.is_empty(), "said, and in no file of messages: {missing:?}");
    let unused: Vec<_> = exist.iter().filter(|key| !said.contains(key.as_str())).collect();
    assert!(unused.is_empty(), "in the files of messages, and said nowhere: {unused:?}");
}

/// The text without everything between `opens` and `closes`.
fn without(text: &str, opens: &str, closes: &str) -> String {
    let mut parts = text.split(opens);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(closes).map_or("", |(_, rest)| rest))
}

/// The words that a template itself would show.
fn own_words(template: &str) -> String {
    // Blocks that hold an attribute.
    let attributes = ["width", "at_apps", "at_organisations"];
    let template = attributes.iter().fold(template.to_owned(), |text, block| {
        without(&text, &format!("{{% block {block} %}}"), "{% endblock %}")
    });
    let said = [("{%", "%}"), ("{{", "}}"), ("{#", "#}")];
    let template = said.iter().fold(template, |text, (opens, closes)| without(&text, opens, closes));
    let read = ["alt", "title", "aria-label", "placeholder"];
    let read = read.iter().flat_map(|name| quoted_after(&template, &format!(" {name}=\"")));
    let read = read.collect::<Vec<_>>().join(" ");
    let shown = without(&without(&template, "<", ">"), "&", ";");
    format!("{shown} {read}").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_template_holds_a_text_of_its_own() {
    assert_eq!(
        own_words("<p title=\"Tip\">{{ x }} Hello{% if a %} you{% endif %}&#8211;</p>"),
        "Hello you Tip"
    );
    for (name, template) in below("templates", ".html") {
        let words = own_words(&template);
        let prose = words.contains(char::is_alphabetic);
        assert!(!prose, "{name}: write this into the files of messages and say it: {words:?}");
    }
}
