//! `docs/addresses.md` is what the rows of `routes.rs` say, and what they say of methods, people and origins is true.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use http::Method;
use symbolon_oauth::authorize::parameter::LISTED;
use symbolon_oauth::authorize::{HINT_AT_MOST, STATE_AT_MOST};
use symbolon_oauth::dialect::{Dialect, Endpoint, Serves};
use symbolon_server::routes::field::{Field, Limit};
use symbolon_server::routes::{
    self, ADDRESS_AT_MOST, ALIVE, CONSENT_FORM, METRICS, Probe, READY, ROWS, Row, Side, Who,
};
use symbolon_store::testing::Database;
use symbolon_wire::body;

use crate::support::{HOME, TestApp, stories};

stories!(every_row_keeps_its_word);

const WRITE: &str = "SYMBOLON_WRITE_DOCS";

#[test]
fn the_list_of_addresses_is_written_from_the_rows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/addresses.md");
    let text = list();
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever changed a row asks for the list to be written anew"
    )]
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &text).expect("the list can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/addresses.md is not what the rows say: {WRITE}=1 cargo test -p symbolon --test it addresses"
    );
}

/// Where a name stands in a pattern, any name.
fn somewhere(row: &Row) -> String {
    let parts = row.pattern.split_inclusive(['{', '}']);
    parts.map(|part| part.strip_suffix('{').unwrap_or(if part.ends_with('}') { "x" } else { part })).collect()
}

async fn every_row_keeps_its_word(database: Database) {
    let app = TestApp::start(database).await;
    for row in ROWS {
        let path = somewhere(row);
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
            let answer = app.send(app.request(method.as_str(), &path, &[], ""), HOME).await;
            let known = format!("{method} {path}: {answer:?}");
            if !row.methods.contains(&method) {
                assert_eq!(answer.status, 405, "{known}");
                assert_eq!(answer.header("allow"), methods(row).replace('`', ""), "{known}");
                continue;
            }
            match row.who {
                Who::Everybody => assert_ne!(answer.status, 401, "{known}"),
                Who::SignedIn | Who::Developers => {
                    assert_eq!((answer.status, answer.location()), (303, "/login"), "{known}")
                }
                Who::TokenHolder => assert_eq!(answer.status, 401, "{known}"),
                // The host's own mistake, which it must not hand on as one of its caller.
                Who::HostKey => assert_eq!(answer.status, 403, "{known}"),
            }
            let origin = answer.header("access-control-allow-origin");
            assert_eq!(origin, if row.shared { "*" } else { "" }, "{known}");
            assert!(
                method == Method::HEAD
                    || answer.header("content-type").starts_with("text/html")
                    || row.side == Side::Program
                    || answer.status < 400,
                "{known}"
            );
        }
    }
}

fn list() -> String {
    let mut text = format!(
        "# Addresses\n\n\
         Every address at which this server answers, written from the rows of `crates/server/src/routes.rs`. Not by hand: \
         change a row, then run `{WRITE}=1 cargo test -p symbolon --test it addresses`.\n\n\
         An address is compared byte for byte, undecoded ([0004](decisions/0004-front.md)). `{{name}}` stands for one segment, or for \
         a part of one, `{{name*}}` for the rest of the path with the slash before it. Another method is answered with 405 and \
         `Allow`. An address has {ADDRESS_AT_MOST} bytes at most, a body {} bytes: that is the limit of every field that has \
         none of its own. Where a form may hold a file (*files*) whoever is signed in posts `multipart/form-data` of {} bytes at most. *Shared* says that scripts of other origins may read the answers (CORS).\n\n\
         ## Our own\n\n\
         Pages post forms (`application/x-www-form-urlencoded`); what is below `/v1` is sent and answered in JSON. The name is the \
         one in log and metrics.\n\n\
         | Address | Methods | Who may | In the address | In the body | Shared | Name |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
        body::AT_MOST,
        body::UPLOAD_AT_MOST
    );
    for row in ROWS {
        let form = if row.uploads { format!("*files*, {}", fields(row.form)) } else { fields(row.form) };
        let cells = [&methods(row), who(row.who), &fields(row.query), &form, yes(row.shared)];
        let _ = writeln!(text, "| `{}` | {} | `{}` |", row.pattern, cells.join(" | "), row.name);
    }
    text.push_str(
        "\nBefore everything else, under any host name and with any method:\n\n| Address | What it tells | Name |\n\
         | --- | --- | --- |\n",
    );
    for (probe, what) in [
        (ALIVE, "200 as long as the process answers"),
        (READY, "200 while storage is reachable and no stop was asked for, else 503"),
        (METRICS, "OpenMetrics, on the metrics listener alone, which everybody may read who reaches it"),
    ] {
        let Probe { path, name } = probe;
        let _ = writeln!(text, "| `{path}` | {what} | `{name}` |");
    }
    text.push_str(
        "\n## The standard endpoints\n\nThey are the dialect `rfc`. A parameter is sent once; an empty one is absent; one that is \
         not listed is ignored.\n\n| Address | Methods | Who may | Parameters | Shared | Name |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    let standard = Dialect::preset("rfc").expect("the standard endpoints");
    for endpoint in &standard.endpoints {
        let (who, parameters) = standard_endpoint(endpoint);
        let methods: Vec<String> = routes::methods(endpoint).map(|method| format!("`{method}`")).collect();
        let cells = [&methods.join(", "), who, &parameters, yes(routes::is_shared(endpoint))];
        let paths: Vec<String> = endpoint.paths.iter().map(|path| format!("`{path}`")).collect();
        let name = routes::name(endpoint.serves);
        let _ = writeln!(text, "| {} | {} | `{name}` |", paths.join(" "), cells.join(" | "));
    }
    text.push_str(
        "\n## Dialects of vendors\n\nA `[[dialect]]` of the configuration mounts the endpoints of its preset or file below its `prefix`, and \
         at the root of its `hosts`. Their paths, methods and parameters are the dialect's data: see \
         [dialects.md](dialects.md) and `symbolon dialect list`. What they serve is one of the kinds above, or tells in the vendor's shape \
         who is behind an access token (`identity`) and what an app is called (`client`). None may \
         stand at an address of our own, or at a standard one on the host of the issuer.\n",
    );
    text
}

fn methods(row: &Row) -> String {
    row.methods.iter().map(|method| format!("`{method}`")).collect::<Vec<_>>().join(", ")
}

fn yes(shared: bool) -> &'static str {
    if shared { "yes" } else { "" }
}

fn who(who: Who) -> &'static str {
    match who {
        Who::Everybody => "everybody",
        Who::SignedIn => "whoever is signed in; others are led to `/login`",
        Who::Developers => "whoever develops the app, and staff",
        Who::TokenHolder => "the holder of an access token for this server",
        Who::HostKey => "the host's API, with its host key",
    }
}

fn fields(fields: &[Field]) -> String {
    fields.iter().map(|field| named(field.name(), &limit(field.limit()))).collect::<Vec<_>>().join(", ")
}

fn named(name: &str, limit: &str) -> String {
    if limit.is_empty() { format!("`{name}`") } else { format!("`{name}` ({limit})") }
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::Whole => String::new(),
        Limit::Bytes(most) => format!("{most} bytes"),
        Limit::Between(least, most) => format!("{least} characters to {most} bytes"),
        Limit::Characters(most) => format!("{most} characters"),
        Limit::OneOf(words) => words.join(" or "),
    }
}

/// Who may, and what is sent.
fn standard_endpoint(endpoint: &Endpoint) -> (&'static str, String) {
    const CLIENT: [&str; 2] = ["client_id", "client_secret"];
    let client = "an app: with its secret, by HTTP Basic or in the body, or by name alone where it is public";
    let (who, parameters): (_, Vec<&str>) = match endpoint.serves {
        Serves::Authorize => return ("everybody, with a browser", authorization()),
        Serves::Token => {
            let own =
                ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource"];
            (client, own.into_iter().chain(CLIENT).collect())
        }
        Serves::Revoke => (client, ["token", "token_type_hint"].into_iter().chain(CLIENT).collect()),
        Serves::Introspect => (
            "the host's API, with its host key; an app with its secret, about its own tokens",
            ["token", "token_type_hint"].into_iter().chain(CLIENT).collect(),
        ),
        Serves::Userinfo | Serves::Identity | Serves::Client => ("the holder of an access token", Vec::new()),
        Serves::Metadata | Serves::ResourceMetadata => ("everybody", Vec::new()),
    };
    (who, parameters.into_iter().map(|name| named(name, "")).collect::<Vec<_>>().join(", "))
}

/// What the authorization endpoint is asked, and what its consent page sends back.
fn authorization() -> String {
    let asked = LISTED.map(|name| match name {
        "state" => named(name, &format!("{STATE_AT_MOST} bytes")),
        "login_hint" | "ui_locales" | "tenant" => named(name, &format!("{HINT_AT_MOST} bytes, else ignored")),
        _ => named(name, ""),
    });
    format!("{}; the consent page posts {}", asked.join(", "), fields(CONSENT_FORM))
}
