//! Code that connects an app, filled with the app's own values: what somebody copies who wants to see it work first.
//!
//! Each is one file without arguments of its own, so that it can be run as it stands: without arguments it says where to send
//! a person, and with the code and the verifier it exchanges them and asks whose the token is. A test runs each of them.

use askama::Template;

/// What the code is filled with.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// The app's public identifier.
    pub client_id: &'a str,
    /// Whether it has a secret.
    pub confidential: bool,
    /// The secret, on the one page that shows it.
    pub secret: Option<&'a str>,
    /// Where it is answered.
    pub redirect_uri: &'a str,
    /// What it asks for.
    pub scopes: &'a str,
    /// Where people are sent.
    pub authorize_url: &'a str,
    /// Where codes are exchanged.
    pub token_url: &'a str,
    /// Where it is asked whose a token is.
    pub me_url: &'a str,
}

/// One snippet.
#[derive(Clone, Debug)]
pub struct Snippet {
    /// The id of its place on a page.
    pub id: &'static str,
    /// The name of its language or tool.
    pub name: &'static str,
    /// The code.
    pub code: String,
}

/// The values as each language writes them.
struct Written {
    confidential: bool,
    shell_client_id: String,
    shell_secret: String,
    shell_redirect_uri: String,
    shell_scopes: String,
    shell_authorize_url: String,
    shell_token_url: String,
    shell_authorize: String,
    shell_redirect: String,
    shell_client: String,
    shell_me: String,
    client_id_text: String,
    redirect_text: String,
    scopes_text: String,
    authorize_text: String,
    token_text: String,
    me_text: String,
}

macro_rules! languages {
    ($($name:ident($path:literal),)+) => {
        $(#[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> {
            it: &'a Written,
        })+
    };
}

languages! {
    Env("portal/snippet/env.txt"),
    Curl("portal/snippet/curl.txt"),
    TypeScript("portal/snippet/typescript.txt"),
    Python("portal/snippet/python.txt"),
    Go("portal/snippet/go.txt"),
    Rust("portal/snippet/rust.txt"),
}

/// The code for an app, for each language.
///
/// # Errors
/// When one cannot be written.
pub fn all(values: &Values<'_>) -> Result<Vec<Snippet>, askama::Error> {
    let it = &Written::of(values);
    let written = [
        ("env", ".env", Env { it }.render()?),
        ("curl", "curl", Curl { it }.render()?),
        ("typescript", "TypeScript", TypeScript { it }.render()?),
        ("python", "Python", Python { it }.render()?),
        ("go", "Go", Go { it }.render()?),
        ("rust", "Rust", Rust { it }.render()?),
    ];
    Ok(written.into_iter().map(|(id, name, code)| Snippet { id, name, code }).collect())
}

impl Written {
    fn of(values: &Values<'_>) -> Written {
        let Values { client_id, redirect_uri, scopes, authorize_url, token_url, me_url, .. } = values;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", scopes)
            .append_pair("code_challenge_method", "S256")
            .finish();
        Written {
            confidential: values.confidential,
            shell_client_id: for_shell(client_id),
            shell_secret: for_shell(values.secret.unwrap_or_default()),
            shell_redirect_uri: for_shell(redirect_uri),
            shell_scopes: for_shell(scopes),
            shell_authorize_url: for_shell(authorize_url),
            shell_token_url: for_shell(token_url),
            shell_authorize: for_shell(&format!("{authorize_url}?{query}")),
            shell_redirect: for_shell(&format!("redirect_uri={redirect_uri}")),
            shell_client: for_shell(&format!("client_id={client_id}")),
            shell_me: for_shell(me_url),
            client_id_text: literal(client_id),
            redirect_text: literal(redirect_uri),
            scopes_text: literal(scopes),
            authorize_text: literal(authorize_url),
            token_text: literal(token_url),
            me_text: literal(me_url),
        }
    }
}

/// A text as one word of a shell, and as a value in a file of environment variables.
fn for_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text as a literal of TypeScript, Python, Go and Rust alike: they agree as long as nothing in it is a control character,
/// and identifiers, scopes and addresses have none.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> = Values {
        client_id: "app_1",
        confidential: true,
        secret: None,
        redirect_uri: "https://app.example.net/it's?a=\"b\"&c=$HOME",
        scopes: "forms:read profile",
        authorize_url: "https://id.example.com/oauth/authorize",
        token_url: "https://id.example.com/oauth/token",
        me_url: "https://id.example.com/v1/me",
    };

    fn code(values: &Values<'_>, id: &str) -> String {
        all(values).unwrap().into_iter().find(|snippet| snippet.id == id).unwrap().code
    }

    #[test]
    fn nothing_in_a_value_ends_its_literal() {
        for id in ["typescript", "python", "go", "rust"] {
            assert!(code(&VALUES, id).contains(r#""https://app.example.net/it's?a=\"b\"&c=$HOME""#), "{id}");
        }
        assert!(
            code(&VALUES, "env")
                .contains(r#"OAUTH_REDIRECT_URI='https://app.example.net/it'\''s?a="b"&c=$HOME'"#)
        );
        assert!(!code(&VALUES, "curl").contains("c=$HOME&"), "it is in single quotes");
    }

    #[test]
    fn a_public_app_has_no_secret_anywhere() {
        let public = Values { confidential: false, ..VALUES };
        for snippet in all(&public).unwrap() {
            assert!(
                !snippet.code.to_lowercase().contains("secret_") && !snippet.code.contains("_SECRET"),
                "{}",
                snippet.id
            );
        }
        let shown = Values { secret: Some("acme_cs_x"), ..VALUES };
        assert!(code(&shown, "env").contains("OAUTH_CLIENT_SECRET='acme_cs_x'\n"));
        for snippet in all(&shown).unwrap().iter().filter(|snippet| snippet.id != "env") {
            assert!(!snippet.code.contains("acme_cs_x"), "{}: a secret is no part of a program", snippet.id);
        }
    }
}
