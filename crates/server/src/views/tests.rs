//! What holds for every page in every state, read from the rendered text.

#[path = "../../examples/gallery/states.rs"]
mod states;

use std::sync::LazyLock;

use crate::language::{Language, mirrored};
/// Where `states` finds the pages, here and in the gallery.
use crate::views as view;
use crate::{language, routes, served};
use states::{HOSTILE, State, every};

/// Every tag of a page, without its angle brackets: `a href="/"`, `/a`.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

fn named<'t>(tags: &[&'t str], name: &str) -> Vec<&'t str> {
    tags.iter().copied().filter(|tag| tag.split_whitespace().next() == Some(name)).collect()
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// Every language of ours, and one that is written from right to left.
fn languages() -> impl Iterator<Item = Language> {
    Language::all().chain([mirrored::language()])
}

fn over_every_state(check: impl Fn(&State, &[&str])) {
    static STATES: LazyLock<Vec<State>> = LazyLock::new(|| languages().flat_map(every).collect());
    assert!(STATES.len() > 150);
    for state in STATES.iter() {
        check(state, &tags(&state.html));
    }
}

#[test]
fn a_page_has_a_title_a_language_one_heading_and_its_landmarks() {
    over_every_state(|state, tags| {
        for once in ["h1", "title", "main", "header", "footer"] {
            assert_eq!(named(tags, once).len(), 1, "{}: {once}", state.name);
        }
        assert!(state.html.starts_with("<!doctype html>"), "{}", state.name);
        assert!(
            attribute(named(tags, "html")[0], "lang").is_some_and(|tag| !tag.is_empty()),
            "{}",
            state.name
        );
    });
}

#[test]
fn every_message_gets_what_it_names() {
    over_every_state(|state, _| {
        assert!(!state.html.contains("{$"), "{}: a variable of a message is not put in", state.name);
        for element in ["<link>", "<terms>", "<privacy>", "<count>", "<hidden>"] {
            assert!(!state.html.contains(element), "{}: {element} is no link", state.name);
        }
    });
}

#[test]
fn a_page_says_its_language_and_its_direction() {
    for (language, expected) in [("en", "lang=\"en\" dir=\"ltr\""), ("de", "lang=\"de\" dir=\"ltr\"")] {
        let language = Language::named(language).expect("one of ours");
        assert!(every(language).iter().all(|state| state.html.contains(expected)));
    }
    let mirrored = every(mirrored::language());
    assert!(mirrored.iter().all(|state| state.html.contains("lang=\"qps-plocm\" dir=\"rtl\"")));
}

#[test]
fn nothing_is_inline_and_nothing_is_remote() {
    over_every_state(|state, tags| {
        assert!(!state.brand_css.contains("url("), "{}", state.name);
        assert!(named(tags, "script").is_empty() && named(tags, "style").is_empty(), "{}", state.name);
        for tag in tags {
            assert!(!tag.contains(" style="), "{}: {tag}", state.name);
            let handler = tag.split_whitespace().skip(1).any(|part| part.starts_with("on"));
            assert!(!handler, "{}: {tag}", state.name);
            if let Some(source) = attribute(tag, "src") {
                assert!(source.starts_with('/') && !source.starts_with("//"), "{}: {tag}", state.name);
            }
        }
        for link in named(tags, "link") {
            assert!(
                attribute(link, "href").is_some_and(|href| href.starts_with("/assets/")),
                "{}",
                state.name
            );
        }
    });
}

#[test]
fn no_link_runs_a_script() {
    over_every_state(|state, tags| {
        for link in named(tags, "a") {
            let href = attribute(link, "href").unwrap_or_default();
            assert!(!href.to_ascii_lowercase().starts_with("javascript"), "{}: {link}", state.name);
        }
    });
}

#[test]
fn every_field_has_a_bound_label_and_every_id_is_unique() {
    over_every_state(|state, tags| {
        let mut ids: Vec<_> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}: an id is used twice", state.name);
        // Scope names are wire text and hold no space; the hostile one does, so references to it are not whole words.
        let labels: Vec<_> = named(tags, "label").iter().filter_map(|tag| attribute(tag, "for")).collect();
        for field in named(tags, "input").into_iter().filter(|f| attribute(f, "type") != Some("hidden")) {
            let id = attribute(field, "id").unwrap_or_default();
            assert!(!id.is_empty() && labels.contains(&id), "{}: {field}", state.name);
        }
        for reference in ["for", "aria-describedby", "aria-labelledby"] {
            let named = tags.iter().filter_map(|tag| attribute(tag, reference));
            for id in named.flat_map(str::split_whitespace) {
                assert!(ids.contains(&id) || id.contains("script"), "{}: {reference}={id}", state.name);
            }
        }
    });
}

#[test]
fn every_form_posts_and_carries_the_token() {
    over_every_state(|state, tags| {
        let mut open = None;
        for tag in tags {
            match tag.split_whitespace().next() {
                Some("form") => {
                    assert_eq!(attribute(tag, "method"), Some("post"), "{}", state.name);
                    open = Some((*tag, false));
                }
                Some("input") if attribute(tag, "name") == Some("csrf") => {
                    assert_eq!(attribute(tag, "type"), Some("hidden"), "{}", state.name);
                    open = open.map(|(form, _)| (form, true));
                }
                Some("/form") => {
                    let (form, guarded) = open.take().unwrap_or_default();
                    let leaves = attribute(form, "id") == Some("form-post");
                    assert!(guarded != leaves, "{}: {form}", state.name);
                }
                _ => {}
            }
        }
    });
}

#[test]
fn a_strangers_text_stays_text() {
    over_every_state(|state, _| {
        assert!(!state.html.contains(HOSTILE), "{}", state.name);
        assert!(!state.html.contains("<script"), "{}", state.name);
        if state.name.starts_with("hostile") {
            assert!(state.html.contains("&#60;script&#62;alert(1)"), "{}", state.name);
            assert!(state.html.contains("{{7*7}}${7*7}&#38;amp;"), "{}", state.name);
        }
    });
}

/// The first submit button of a form is what Enter presses; on the consent page that one submits nothing.
#[test]
fn enter_never_decides() {
    over_every_state(|state, tags| {
        let forms = tags.iter().position(|tag| attribute(tag, "id") == Some("consent"));
        let Some(start) = forms else { return };
        assert_eq!(named(tags, "form").len(), 1, "{}: one form, whoever reads it", state.name);
        let buttons = named(&tags[start..], "button");
        assert_eq!(attribute(buttons[0], "formmethod"), Some("dialog"), "{}", state.name);
        assert!(attribute(buttons[0], "name").is_none(), "{}", state.name);
        let decisions: Vec<_> = buttons.iter().filter_map(|tag| attribute(tag, "value")).collect();
        let expected: &[&str] =
            if state.name == "consent-nowhere" { &["switch", "deny"] } else { &["switch", "deny", "allow"] };
        assert_eq!(decisions, expected, "{}", state.name);
        assert!(buttons.iter().all(|tag| !tag.contains("autofocus")), "{}", state.name);
    });
}

#[test]
fn the_consent_page_asks_for_what_it_shows() {
    let page = |name: &str| {
        let state = every(Language::fallback()).into_iter().find(|state| state.name == name);
        state.map(|state| state.html).unwrap_or_default()
    };
    let inputs = |html: &str, kind: &str| -> Vec<(String, bool)> {
        let fields = tags(html).into_iter().filter(|tag| attribute(tag, "type") == Some(kind));
        fields
            .map(|tag| (attribute(tag, "value").unwrap_or_default().to_owned(), tag.contains(" checked")))
            .collect()
    };
    let one = |value: &str| vec![(value.to_owned(), true)];

    assert_eq!(inputs(&page("consent"), "radio"), one("north"), "the only one is chosen");
    assert_eq!(inputs(&page("consent"), "checkbox"), one("bookings:write"));
    assert!(inputs(&page("consent-personal"), "radio").is_empty());
    assert!(page("consent-personal").contains(r#"name="tenant" id="tenant" value="p-jane""#));
    assert!(
        inputs(&page("consent-withheld"), "checkbox").is_empty(),
        "what the role cannot give is not offered"
    );
    assert_eq!(inputs(&page("consent-tenants"), "radio").iter().filter(|(_, on)| *on).count(), 1);
    assert!(page("consent-more").contains("Already allowed"));
    assert!(
        page("consent-no-choice")
            .contains(r##"<a href="#tenant">Choose where <bdi>Northwind Forms</bdi> may work.</a>"##)
    );
    assert!(page("consent-loopback").contains("an application on this computer"));
    assert!(page("consent-loopback").contains("Not verified by Acme"));
    assert!(page("consent").contains("connect.<b>northwind.example</b>"));
}

#[test]
fn a_complaint_leads_to_its_field() {
    over_every_state(|state, tags| {
        let ids: Vec<_> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
        for link in named(tags, "a") {
            if let Some(id) = attribute(link, "href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(&id), "{}: #{id}", state.name);
            }
        }
        if state.name.contains("problem") || state.name.contains("mismatch") {
            assert!(state.html.contains(r#"role="alert""#), "{}", state.name);
        }
    });
}

#[test]
fn sign_up_keeps_the_interaction() {
    let login =
        every(Language::fallback()).into_iter().find(|state| state.name == "login").map(|state| state.html);
    assert!(login.is_some_and(|html| html.contains("/signup?interaction=int%2B8%2F2k%3D")));
}

#[test]
fn the_form_post_page_links_its_script_only_when_told() {
    use askama::Template;
    let site = view::site::Site::new(&view::brand::Brand::default(), Language::fallback());
    let action = "https://app.example/cb";
    let page = |script| view::form_post::FormPost {
        site: &site,
        action,
        destination: view::destination::Destination::of(action),
        fields: vec![("code", "c".into())],
        script,
    };
    let scripts =
        |html: String| named(&tags(&html), "script").iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    assert!(scripts(page(false).render().unwrap()).is_empty());
    let linked = scripts(page(true).render().unwrap());
    assert_eq!(linked.len(), 1);
    assert_eq!(attribute(&linked[0], "src"), Some(crate::assets::FORM_POST_JS));
}
