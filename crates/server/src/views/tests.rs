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

/// Scripts of a page that are files of this server, with nothing between their tags.
fn scripts_of_ours(html: &str) -> usize {
    let ours = |rest: &&str| {
        rest.starts_with("src=\"/assets/")
            && rest.split_once('>').is_some_and(|(_, rest)| rest.starts_with("</script>"))
    };
    html.split("<script ").skip(1).filter(ours).count()
}

#[test]
fn nothing_is_inline_and_nothing_is_remote() {
    over_every_state(|state, tags| {
        assert!(!state.brand_css.contains("url("), "{}", state.name);
        assert!(named(tags, "style").is_empty(), "{}", state.name);
        assert_eq!(scripts_of_ours(&state.html), named(tags, "script").len(), "{}", state.name);
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
                    // What only looks for something changes nothing.
                    let looks = attribute(tag, "role") == Some("search");
                    let method = if looks { "get" } else { "post" };
                    assert_eq!(attribute(tag, "method"), Some(method), "{}", state.name);
                    open = Some((*tag, looks));
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
        assert_eq!(state.html.matches("<script").count(), scripts_of_ours(&state.html), "{}", state.name);
        if state.name.starts_with("hostile") {
            assert!(state.html.contains("&#60;script&#62;alert(1)"), "{}", state.name);
            assert!(state.html.contains("{{7*7}}${7*7}&#38;amp;"), "{}", state.name);
        }
    });
}

/// The first submit button of a form is what Enter presses; on the consent page that one submits nothing, or looks for a
/// tenant where there are many.
#[test]
fn enter_never_decides() {
    over_every_state(|state, tags| {
        let forms = tags.iter().position(|tag| attribute(tag, "id") == Some("consent"));
        let Some(start) = forms else { return };
        assert_eq!(named(tags, "form").len(), 1, "{}: one form, whoever reads it", state.name);
        let buttons = named(&tags[start..], "button");
        let decisions: Vec<_> = buttons.iter().filter_map(|tag| attribute(tag, "value")).collect();
        let finds = state.html.contains(r#"id="find""#);
        if finds {
            assert_eq!(attribute(buttons[0], "value"), Some("find"), "{}", state.name);
        } else {
            assert_eq!(attribute(buttons[0], "formmethod"), Some("dialog"), "{}", state.name);
            assert!(attribute(buttons[0], "name").is_none(), "{}", state.name);
        }
        let expected: &[&str] = match state.name.as_str() {
            name if name.starts_with("consent-nowhere") => &["switch", "deny"],
            _ if finds => &["find", "switch", "find", "deny", "allow"],
            _ => &["switch", "deny", "allow"],
        };
        assert_eq!(decisions, expected, "{}", state.name);
        assert!(buttons.iter().all(|tag| !tag.contains("autofocus")), "{}", state.name);
    });
}

/// Who asks, what to be warned of, for whom, what, where one is sent, and the buttons after all of it.
#[test]
fn the_consent_page_has_its_order() {
    over_every_state(|state, tags| {
        if !tags.iter().any(|tag| attribute(tag, "id") == Some("consent")) {
            return;
        }
        let at = |id: &str| tags.iter().position(|tag| attribute(tag, "id") == Some(id));
        let heading = tags.iter().position(|tag| *tag == "h1");
        let order = [
            heading,
            at("nowhere"),
            at("changes"),
            at("did-you-start"),
            at("switch-account"),
            at("tenant"),
            at("permissions-heading"),
            at("return"),
            at("deny"),
            at("allow"),
        ];
        let order: Vec<usize> = order.into_iter().flatten().collect();
        assert!(order.is_sorted() && order.len() >= 5, "{}: {order:?}", state.name);
        let buttons = at("deny").expect("a way out");
        let rest = tags[buttons..].iter().take_while(|tag| **tag != "/form");
        let texts = rest.filter(|tag| ["input", "li", "p"].iter().any(|own| tag.starts_with(own)));
        assert_eq!(texts.count(), 0, "{}: after the buttons", state.name);
    });
    let sheet = include_str!("../../assets/app.css");
    for pinned in ["position: sticky", "position: fixed"] {
        assert!(!sheet.contains(pinned), "nothing is pinned: {pinned}");
    }
}

/// The value of the tenants on offer in a state, and the page.
fn offered(name: &str) -> (Vec<String>, String) {
    let state = every(Language::fallback()).into_iter().find(|state| state.name == name).expect(name);
    let tags = tags(&state.html);
    let radios = named(&tags, "input").into_iter().filter(|tag| attribute(tag, "type") == Some("radio"));
    let values = radios.map(|tag| attribute(tag, "value").unwrap_or_default().to_owned()).collect();
    (values, state.html)
}

#[test]
fn many_tenants_fold_and_are_found() {
    assert_eq!(offered("consent-many").0, ["t1", "t2"]);
    assert_eq!(offered("consent-many-found").0, ["t1", "t6", "t7", "t8"], "the chosen one stays");
    let (none, page) = offered("consent-many-none");
    assert!(none.is_empty() && page.contains("Nothing of yours is called that"));
    assert_eq!(offered("consent-tenants").0.len(), 4, "few are listed whole");
    let (_, page) = offered("consent-one-name");
    assert!(page.contains("acme-prod.example.com") && page.contains("acme-sandbox.example.com"));
}

#[test]
fn where_nobody_can_allow_the_page_says_why() {
    for name in ["consent-nowhere", "consent-nowhere-many", "consent-nowhere-at-all"] {
        let (none, page) = offered(name);
        assert!(none.is_empty(), "{name}: nothing is on offer");
        let (before, rest) = page.split_once(r#"id="nowhere""#).expect(name);
        assert!(before.contains("<h1>") && !before.contains("permissions-heading"), "{name}: at the top");
        let why = if name.ends_with("at-all") {
            "You belong to no place"
        } else {
            "may not connect apps for everyone"
        };
        let (notice, _) = rest.split_once("switch-account").expect(name);
        assert!(notice.contains(why) && notice.contains("administrator"), "{name}: {notice}");
    }
    assert!(offered("consent-nowhere-many").1.contains("and 6 more"));
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
    let login = login.expect("a page");
    let (_, form) = login.split_once("action=\"/signup\"").expect("a form that leads to the sign-up");
    let (form, _) = form.split_once("</form>").expect("its end");
    assert!(form.contains("name=\"interaction\"") && form.contains("value=\"int+8/2k=\""), "{form}");
    assert!(!login.contains("?interaction="), "no address holds it");
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
