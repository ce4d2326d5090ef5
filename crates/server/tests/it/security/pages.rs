//! The authorization endpoint of every dialect: where it sends a browser, and what makes it do so.

use symbolon_store::testing::Database;

use super::party::Party;
use super::speaker::SPEAKERS;
use super::start;
use crate::support::{Answer, Asked, HOME, PASSWORD, Person, TestApp, choosing, stories, with_field};

stories!(
    no_browser_is_sent_to_an_unregistered_address,
    unknown_apps_are_a_page,
    only_the_code_is_a_response_type,
    none_shows_no_page_and_gives_nothing,
    a_repeated_parameter_makes_no_code,
    the_state_comes_back_as_it_went,
    scopes_beyond_the_app,
    a_consent_form_without_its_own_token,
    what_was_asked_cannot_be_changed_on_the_way,
    an_interaction_belongs_to_its_browser,
    pages_are_locked_down,
    what_was_not_shown_is_not_given,
    a_page_is_answered_by_whom_it_was_shown_to,
    what_nobody_knew_is_not_remembered,
    what_a_stranger_wrote_is_named_and_not_repeated,
);

/// Opens it and expects a page of ours that refuses and leads nowhere.
async fn is_a_page(app: &TestApp, asked: &Asked, why: &str) {
    let answer = app.get(&asked.url()).await;
    assert!((400..500).contains(&answer.status), "{why}: {answer:?}");
    assert_eq!((answer.location(), answer.header("cache-control")), ("", "no-store"), "{why}: {answer:?}");
    assert!(answer.header("content-type").starts_with("text/html"), "{why}: {answer:?}");
    assert!(!answer.body.contains("<script>"), "{why}: {answer:?}");
}

/// The positive twin: the same request is led to the sign-in.
async fn is_accepted(app: &TestApp, asked: &Asked, why: &str) {
    let answer = app.get(&asked.url()).await;
    assert!(answer.location().starts_with("/login?interaction="), "{why}: {answer:?}");
}

/// byte for byte, or a page.
async fn no_browser_is_sent_to_an_unregistered_address(database: Database) {
    let (app, _) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (asked, own) = (party.asks(), party.redirect_uri.as_str());
        let host = own.trim_start_matches("https://").split('/').next().unwrap_or_default();
        let (plain, other) = (own.replace("https:", "http:"), Party::second(&app, speaker).redirect_uri);
        let wrong = [
            "https://evil.example/cb".to_owned(),
            format!("{own}/"),
            format!("{own}/evil"),
            format!("{own}?x=1"),
            format!("{own}#x"),
            format!("{own}%20"),
            own.replace("/cb", "/./cb"),
            own.replace("/cb", "/x/../cb"),
            own.replace("/cb", "/%63b"),
            own.replace("/cb", "/CB"),
            own.replace(host, &host.to_uppercase()),
            own.replace(host, &format!("{host}.")),
            own.replace(host, &format!("{host}:8443")),
            own.replace(host, &format!("{host}.evil.example")),
            own.replace(host, &format!("evil{host}")),
            own.replace(host, &format!("evil.example\\@{host}")),
            own.replace(host, &format!("user@{host}")),
            own.replace('.', "X"),
            plain,
            other,
            "javascript:alert(1)".to_owned(),
            "data:text/html,<script>alert(1)</script>".to_owned(),
            "http://127.0.0.1/cb".to_owned(),
            "/cb".to_owned(),
            "*".to_owned(),
        ];
        for wrong in &wrong {
            let asked = asked.clone().with("redirect_uri", wrong);
            let why = format!("{}: {wrong}", speaker.name);
            is_a_page(&app, &asked, &why).await;
            is_a_page(&app, &asked.clone().with("response_mode", "form_post"), &why).await;
            is_a_page(&app, &asked.with("prompt", "none"), &why).await;
        }
        is_accepted(&app, &asked, speaker.name).await;
    }
}

/// C-01.
async fn unknown_apps_are_a_page(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks();
        for unknown in ["nobody", "", "' OR 1=1 --", &"x".repeat(4000), "\"><script>"] {
            is_a_page(&app, &asked.clone().with("client_id", unknown), unknown).await;
        }
        is_a_page(&app, &asked.clone().without("client_id"), "no client_id").await;
        for other in SPEAKERS.iter().filter(|other| other.dialect != speaker.dialect) {
            let there = Party::first(&app, other);
            let at =
                asked.clone().with("client_id", there.client_id).with("redirect_uri", &there.redirect_uri);
            is_a_page(&app, &at, &format!("{} at {}", other.name, speaker.name)).await;
        }
        is_accepted(&app, &asked, speaker.name).await;
        let unknown = told(&app, &asked.clone().with("client_id", "nobody")).await;
        app.suspend(party.client_id).await;
        for asked in [
            asked.clone().without("redirect_uri"),
            asked.clone().with("redirect_uri", "https://evil.example/cb"),
            asked.clone().with("redirect_uri", &format!("{}/x", party.redirect_uri)),
        ] {
            assert_eq!(told(&app, &asked).await, unknown, "{}: a stopped app", speaker.name);
        }
        let own = told(&app, &asked).await;
        assert!(own.contains("app_unavailable"), "{}: a link of its own: {own}", speaker.name);
        let page = gus.open(&asked.url()).await;
        assert!(page.body.contains("app_unavailable"), "{}: {page:?}", speaker.name);
        app.resume(party.client_id).await;
    }
}

/// All that somebody who is not signed in is told, but for the number of the answer.
async fn told(app: &TestApp, asked: &Asked) -> String {
    let answer = app.get(&asked.url()).await;
    let headers: Vec<_> = answer.headers.iter().filter(|(name, _)| *name != "x-request-id").collect();
    format!("{} {headers:?}\n{}", answer.status, answer.body.replace(answer.header("x-request-id"), "ID"))
}

/// C-04, RFC 9700 §2.1.2: whatever a dialect does with a request that names none.
async fn only_the_code_is_a_response_type(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for wrong in ["token", "id_token", "code token", "CODE", "none"] {
            let answer = party.walk(&mut gus, &party.asks().with("response_type", wrong)).await;
            assert!(!answer.location().contains("code="), "{}, {wrong}: {answer:?}", speaker.name);
            assert!(!answer.location().contains("access_token"), "{}, {wrong}: {answer:?}", speaker.name);
            assert!(answer.consent_form().is_none(), "{}, {wrong}: {answer:?}", speaker.name);
        }
        for wrong in ["fragment", "web_message", "query.jwt"] {
            let answer = party.walk(&mut gus, &party.asks().with("response_mode", wrong)).await;
            assert!(!answer.location().contains("code="), "{}, {wrong}: {answer:?}", speaker.name);
        }
        party.code(&mut gus, &party.asks()).await;
    }
}

/// C-15, C-16, C-18: without a page there is an answer only where the person has consented to exactly this, and never to
/// an app that keeps no secret, nor where there are several places to choose from.
async fn none_shows_no_page_and_gives_nothing(database: Database) {
    let (app, _) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let (name, chooses) = match speaker.dialect {
            "fullscript" => ("pia", false),
            "calcom" => ("gus", true),
            "make" => ("max", false),
            _ => ("fay", false),
        };
        let (mut person, asked) = (app.person(name), party.asks().with("prompt", "none"));
        person.open(&asked.url()).await.callback().refused("login_required");
        person.sign_in().await;
        let missing = if speaker.public { "interaction_required" } else { "consent_required" };
        person.open(&asked.url()).await.callback().refused(missing);
        let place = chooses.then_some(speaker.place.0);
        person.walk(&party.asks(), place).await.callback().code();
        let answer = person.open(&asked.url()).await.callback();
        assert_eq!(answer.get("code").is_some(), !speaker.public && !chooses, "{}: {answer:?}", speaker.name);
    }
}

/// B-12, C-09.
async fn a_repeated_parameter_makes_no_code(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for name in ["client_id", "redirect_uri", "state", "code_challenge", "response_type", "scope"] {
            let own = party.asks().get(name).to_owned();
            for value in [own.as_str(), "other"].into_iter().filter(|value| !value.is_empty()) {
                let asked = party.asks();
                let asked = if own.is_empty() { asked.and(name, "first") } else { asked };
                let answer = party.walk(&mut gus, &asked.and(name, value)).await;
                assert!(!answer.location().contains("code="), "{}, {name}: {answer:?}", speaker.name);
                assert!(!answer.location().contains("evil"), "{}, {name}: {answer:?}", speaker.name);
            }
        }
        party.code(&mut gus, &party.asks()).await;
    }
}

/// C-11, C-13, C-29.
async fn the_state_comes_back_as_it_went(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        for state in
            ["x", "a.b-c_d~e", "\"'></script>", "a\r\nset-cookie: x=1", "%00%0d+& =", &"s".repeat(1024)]
        {
            let answer = party.walk(&mut gus, &party.asks().with("state", state)).await;
            assert_eq!(answer.callback().get("state"), Some(state), "{}", speaker.name);
            let issuer = speaker.iss.then_some(app.issuer());
            assert_eq!(answer.callback().get("iss"), issuer, "{}", speaker.name);
            assert!(answer.cookies().iter().all(|cookie| !cookie.starts_with("x=")), "{answer:?}");
        }
        let answer = party.walk(&mut gus, &party.asks().without("state")).await;
        assert_eq!(answer.callback().get("state"), None, "{}", speaker.name);
    }
}

/// C-06, C-08: beyond the app is refused, or not even looked at; it is never granted.
async fn scopes_beyond_the_app(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let granted = app.api().introspect(&party.connects(&mut gus).await.access).await["scope"].clone();
        for beyond in ["patients:write", "admin", "*", "forms:readx", "a\nb", "\"", "é"] {
            let asked = party.asks();
            let both = format!("{} {beyond}", asked.get("scope"));
            let asked = asked.with("scope", both.trim());
            let callback = party.walk(&mut gus, &asked).await.callback();
            if speaker.scope_counts {
                callback.refused("invalid_scope");
                continue;
            }
            let tokens = party.exchanges(&asked, callback.code()).await;
            assert_eq!(app.api().introspect(&tokens.access).await["scope"], granted, "{}", speaker.name);
            assert_eq!(app.api().check(&tokens.access, &["patients:write"]).await.status, 403);
        }
    }
}

/// O-02: nor one that another site sends.
async fn a_consent_form_without_its_own_token(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks().with("prompt", "consent");
        gus.open(&asked.url()).await;
        let (form, fields) = gus.deciding("allow", choosing(speaker.place.0));
        for token in ["", "x"] {
            gus.post(&form, &with_field(&fields, "csrf", token)).await.error_page(403);
        }
        for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.example")]] {
            app.send(gus.written(&form, &fields, &headers), HOME).await.error_page(403);
        }
        gus.open(&asked.url()).await;
        let code = gus.consents_for(speaker.place.0).await.callback().code().to_owned();
        party.exchanges(&asked, &code).await;
    }
}

/// C-34: the request that was proved is the one that is answered.
async fn what_was_asked_cannot_be_changed_on_the_way(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let (party, other) = (Party::first(&app, speaker), Party::second(&app, speaker));
        let asked = party.asks().with("prompt", "consent");
        gus.open(&asked.url()).await;
        let (form, mut fields) = gus.deciding("allow", choosing(speaker.place.0));
        for (name, value) in [
            ("redirect_uri", "https://evil.example/cb"),
            ("client_id", other.client_id),
            ("code_challenge", "x"),
            ("state", "changed"),
            ("scope", "patients:write"),
        ] {
            fields.push((name.to_owned(), value.to_owned()));
        }
        let answer = gus.post(&form, &fields).await;
        assert!(!answer.location().contains("evil"), "{}: {answer:?}", speaker.name);
        if answer.status == 303 && answer.location().starts_with(&party.redirect_uri) {
            let callback = answer.callback();
            assert_eq!(callback.get("state"), Some(asked.get("state")), "{}", speaker.name);
            let tokens = party.exchanges(&asked, callback.code()).await;
            assert_eq!(app.api().check(&tokens.access, &["patients:write"]).await.status, 403);
        }
    }
}

/// C-33.
async fn an_interaction_belongs_to_its_browser(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let asked = party.asks();
        let begun = app.get(&asked.url()).await.location().to_owned();
        let mut elsewhere = gus.elsewhere();
        let seen = elsewhere.open(&begun).await;
        assert!(seen.consent_form().is_none() && !seen.body.contains(asked.get("state")), "{seen:?}");
        assert!(!seen.body.contains("try-again") && !seen.body.contains("interaction"), "{seen:?}");
        assert!(!seen.location().contains("code="), "{}: {seen:?}", speaker.name);
        party.code(&mut gus, &party.asks()).await;
    }
}

/// O-04, O-11, K-08.
async fn pages_are_locked_down(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let url = party.asks().url();
        let page = gus.fetch("GET", &url, &[("origin", "https://evil.example")], "").await;
        assert!(page.consent_form().is_some(), "{}: {page:?}", speaker.name);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("access-control-allow-origin"), "", "{}", speaker.name);
        assert_eq!(page.header("cache-control"), "no-store", "{}", speaker.name);
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{}", speaker.name);
        for method in ["PUT", "DELETE", "PATCH"] {
            assert_eq!(gus.fetch(method, &url, &[], "").await.status, 405, "{}", speaker.name);
        }
    }
}

/// A page that stands open while the app changes gives nothing until what it is now was seen.
async fn what_was_not_shown_is_not_given(database: Database) {
    let (app, mut gus) = start(database).await;
    gus.sign_in().await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let stored = app.state().store.load_app_by_client_id(party.client_id).await;
        let before = stored.expect("the store answers").expect("the app").client.scopes;
        // With another name, and with more than it asked for where that is the app's to say.
        for widens in [false, true] {
            if widens && speaker.scope_counts {
                continue;
            }
            let asked = party.asks().with("prompt", "consent");
            gus.open(&asked.url()).await;
            let (form, fields) = gus.deciding("allow", choosing(speaker.place.0));
            let edit = |app: &mut symbolon_platform::app::App| {
                if widens {
                    app.client.scopes.insert("patients:write");
                } else {
                    app.name.push('!');
                }
            };
            app.edit_app(party.client_id, edit).await;
            let page = gus.post(&form, &fields).await;
            assert_eq!((page.status, page.location()), (422, ""), "{}: {page:?}", speaker.name);
            assert!(page.body.contains("Something changed while"), "{}: {page:?}", speaker.name);
            let code = gus.consents_for(speaker.place.0).await.callback().code().to_owned();
            let tokens = party.exchanges(&asked, &code).await;
            let held = app.api().introspect(&tokens.access).await["scope"].to_string();
            assert_eq!(held.contains("patients:write"), widens, "{}: {held}", speaker.name);
        }
        app.edit_app(party.client_id, |app| app.client.scopes = before).await;
    }
}

/// Somebody with these places and no other, who is called so.
async fn somebody(app: &TestApp, name: &str, places: &[(&str, &str)]) -> Person {
    let mut text = format!(
        "[[user]]\nid = \"u-{name}\"\nemail = \"{name}@example.com\"\nname = \"Somebody\"\npassword = \"{PASSWORD}\"\n"
    );
    for (tenant, role) in places {
        text += &format!("[[membership]]\ntenant = \"{tenant}\"\nuser = \"u-{name}\"\nrole = \"{role}\"\n");
    }
    app.declare(&text).await;
    app.person(name)
}

/// O-02: the sealed page of one person with the token of another's, in the same browser.
async fn a_page_is_answered_by_whom_it_was_shown_to(database: Database) {
    let (app, mut browser) = start(database).await;
    let mut places: Vec<_> = SPEAKERS.iter().map(|speaker| speaker.place).collect();
    places.sort_unstable();
    places.dedup();
    let other = somebody(&app, "other", &places).await;
    browser.sign_in().await;
    let mut shown = Vec::new();
    for speaker in SPEAKERS {
        let asked = Party::first(&app, speaker).asks().with("prompt", "consent");
        browser.open(&asked.url()).await;
        let (_, fields) = browser.deciding("allow", choosing(speaker.place.0));
        let sealed = fields.into_iter().find(|(name, _)| name == "interaction").expect("it is sealed").1;
        shown.push((speaker, asked, sealed));
    }
    browser.sign_out().await;
    browser.email.clone_from(&other.email);
    browser.sign_in().await;
    for (speaker, asked, sealed) in shown {
        let party = Party::first(&app, speaker);
        browser.open(&asked.url()).await;
        for decision in ["allow", "deny"] {
            let (form, fields) = browser.deciding(decision, choosing(speaker.place.0));
            let page = browser.post(&form, &with_field(&fields, "interaction", &sealed)).await;
            assert_eq!((page.status, page.location()), (422, ""), "{}, {decision}: {page:?}", speaker.name);
            assert!(page.body.contains("was shown to somebody else"), "{}: {page:?}", speaker.name);
            assert!(page.body.contains("Somebody"), "{}: {page:?}", speaker.name);
        }
        let account = browser.look("/account").await;
        assert!(account.body.contains("No app is connected"), "{}: {account:?}", speaker.name);
        browser.open(&asked.url()).await;
        let code = browser.consents_for(speaker.place.0).await.callback().code().to_owned();
        party.exchanges(&asked, &code).await;
        browser.disconnects().await;
    }
}

/// Consent is remembered for what was known, and for nothing that came since.
async fn what_nobody_knew_is_not_remembered(database: Database) {
    let (app, _) = start(database).await;
    for (number, speaker) in SPEAKERS.iter().enumerate().filter(|(_, speaker)| !speaker.public) {
        let party = Party::first(&app, speaker);
        let mut person = somebody(&app, &format!("solo-{number}"), &[speaker.place]).await;
        let mut asked = party.asks();
        let callback = person.connects(&asked).await;
        let tokens = party.exchanges(&asked, callback.code()).await;
        let scope = app.api().introspect(&tokens.access).await["scope"].clone();
        let scope = scope.as_str().and_then(|scopes| scopes.split(' ').next()).expect("a scope").to_owned();
        for what in ["nothing", "name", "resource", "includes"] {
            person.look(&asked.url()).await.callback().code();
            match what {
                "name" => app.edit_app(party.client_id, |app| app.name.push('!')).await,
                "resource" => asked = asked.with("resource", "https://api.example.com"),
                "includes" => {
                    app.declare(&format!(
                        "[[scope]]\nname = \"more:{number}\"\ntitle = \"More\"\n\
                         [[scope]]\nname = \"{scope}\"\ntitle = \"A scope\"\nincludes = [\"more:{number}\"]"
                    ))
                    .await;
                }
                _ => continue,
            }
            let why = format!("{}: {what}", speaker.name);
            let page = person.open(&asked.url()).await;
            assert!(page.status == 200 && page.consent_form().is_some(), "{why}: {page:?}");
            assert!(page.body.contains("Something changed since you allowed this"), "{why}: {page:?}");
            person.consents().await.callback().code();
        }
        person.look(&asked.url()).await.callback().code();
    }
}

/// Two sentences as a stranger would have them said in our name, and a text without end.
const STRANGERS: [&str; 2] = ["Your account is locked. Call 555 now and say your password.", LONG];
const LONG: &str = concat!(
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
);

fn says_nothing_of_theirs(said: &str, why: &str) {
    assert!(!said.contains("Call 555") && !said.contains(&LONG[..250]), "{why}: {said}");
}

/// What an answer says by itself: its page or JSON, and the description that it sends to the app.
fn is_ours(answer: &Answer, why: &str) {
    assert!(!matches!(answer.status, 500 | 503), "{why}: {answer:?}");
    says_nothing_of_theirs(&answer.body, why);
    if answer.location().starts_with("http") {
        let callback = answer.callback();
        says_nothing_of_theirs(callback.get("error_description").unwrap_or_default(), why);
    }
}

/// Wherever a request can hold a text, what is said of it is short and makes no sentence.
async fn what_a_stranger_wrote_is_named_and_not_repeated(database: Database) {
    let (app, mut gus) = start(database).await;
    for speaker in SPEAKERS {
        let party = Party::first(&app, speaker);
        let names =
            ["client_id", "redirect_uri", "response_type", "response_mode", "scope", "resource", "prompt"];
        for text in STRANGERS {
            let token = text.replace(' ', "-").replace("Call-555", "Call 555");
            for name in names {
                let why = format!("{}: {name}", speaker.name);
                is_ours(&app.get(&party.asks().with(name, text).url()).await, &why);
                is_ours(&gus.look(&party.asks().with(name, &token).url()).await, &why);
            }
            let twice = party.asks().and(text, "1").and(text, "2");
            is_ours(&app.get(&twice.url()).await, &format!("{}: a name twice", speaker.name));
            for posted in party.requests(&party.asks()) {
                for name in
                    ["client_id", "client_secret", "grant_type", "code", "refresh_token", "token", "scope"]
                {
                    let answer = posted.clone().with(name, text).send(&app).await;
                    is_ours(&answer, &format!("{}: {posted:?} {name}", speaker.name));
                }
                for posted in [posted.clone().and(text, "1"), posted.clone().and(text, "1").and(text, "2")] {
                    is_ours(&posted.send(&app).await, &format!("{}: {posted:?}", speaker.name));
                }
            }
        }
        // What is wrong is named all the same.
        if speaker.scope_counts {
            let asked = party.asks().with("scope", "no-such-scope");
            gus.sign_in().await;
            let callback = gus.look(&asked.url()).await.callback();
            callback.refused("invalid_scope");
            gus.sign_out().await;
        }
    }
}
