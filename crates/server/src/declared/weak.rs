//! Declared secrets, keys and passwords that are too easy to guess, each with its place in the files.

use std::cell::OnceCell;

use symbolon_oauth::quoted::Excerpt;
use symbolon_platform::account;
use symbolon_platform::given_secret;
use toml::de::{DeTable, DeValue};

use super::DeclaredError;
use super::file::Entries;
use crate::config::line_of;

/// How to mend a credential that is too easy to guess and was taken all the same.
pub const MEND: &str = "declare a long one of many different characters; `symbolon app rotate-secret` and `symbolon resource rotate-key` make good ones";

/// How many of them are told.
const TOLD: usize = 50;

/// The weak ones of one file, named by what they are and where; nothing of them is shown.
pub(super) fn of(entries: &Entries, file: &str, text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let document = OnceCell::new();
    let mut note = |kind: &str, index: usize, key: &str, whose: &str| {
        let document = document.get_or_init(|| DeTable::parse(text).ok());
        // Of thousands a few are told.
        let found = document
            .as_ref()
            .filter(|_| all.len() < TOLD)
            .and_then(|own| line((own.get_ref(), text), (kind, index, key)));
        let line = found.map(|line| format!(" line {line}")).unwrap_or_default();
        all.push(format!("`{key}` of {kind} {} ({file}{line})", Excerpt(whose)));
    };
    for (index, app) in entries.app.iter().enumerate() {
        let secret = app.registration.client_secret.as_ref();
        let own = [app.registration.client_id.as_str(), &app.registration.name];
        if secret.is_some_and(|secret| given_secret::check(secret.expose(), &own).is_err()) {
            note("app", index, "client_secret", &app.registration.client_id);
        }
    }
    for (index, resource) in entries.resource.iter().enumerate() {
        let own = [resource.identifier.as_str(), &resource.title];
        if resource.key.as_ref().is_some_and(|key| given_secret::check(key, &own).is_err()) {
            note("resource", index, "key", &resource.identifier);
        }
    }
    for (index, user) in entries.user.iter().enumerate() {
        let names = [user.name.as_deref(), user.username.as_deref(), Some(&user.email), Some(&user.id)];
        let own: Vec<&str> = names.into_iter().flatten().collect();
        if user.password.as_ref().is_some_and(|password| account::is_weak_password(password, &own)) {
            note("user", index, "password", &user.id);
        }
    }
    all
}

/// Refuses them.
///
/// # Errors
/// [`DeclaredError::Wrong`] that names each.
pub(super) fn refuse(weak: &[String]) -> Result<(), DeclaredError> {
    if weak.is_empty() {
        return Ok(());
    }
    let mut told = weak.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if weak.len() > TOLD {
        told.push_str(&format!(" and {} more", weak.len() - TOLD));
    }
    Err(DeclaredError::Wrong(format!(
        "too easy to guess: {}. A secret or key has at least {} characters that can be seen, {} of them different, a password at \
         least {}; neither is what others would try first, nor made of the name of what it belongs to. Leave the key out to have one made, or take it as it is with \
         --allow-weak-secrets",
        told,
        given_secret::AT_LEAST,
        given_secret::DIFFERENT_AT_LEAST,
        account::PASSWORD_AT_LEAST
    )))
}

/// The line of a key of an entry, where the text is TOML.
fn line((document, text): (&DeTable<'_>, &str), (kind, index, key): (&str, usize, &str)) -> Option<usize> {
    let DeValue::Array(entries) = document.get(kind)?.get_ref() else { return None };
    let DeValue::Table(entry) = entries.get(index)?.get_ref() else { return None };
    Some(line_of(text, entry.get(key)?.span().start))
}
