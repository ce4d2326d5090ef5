//! The look-up of an app: where it stands, and what whoever holds a token may learn there.

use super::super::danger::Found;
use super::super::member::Member;
use super::super::{CLIENT_ID, Endpoint, Serves};

/// The dangers of an endpoint that looks apps up, and of others that would stand where it does.
pub(super) fn look_up(endpoint: &Endpoint, found: &mut Found<'_>) {
    let named = endpoint.serves == Serves::Client;
    for (at, path) in endpoint.paths.iter().enumerate() {
        let stem = path.strip_suffix(CLIENT_ID).filter(|stem| stem.ends_with('/'));
        if named && stem.is_none_or(|stem| stem.contains(['{', '}'])) {
            found.say_of(
                &["paths"],
                at,
                path,
                format!(
                    "the paths of an endpoint that serves \"client\" end with \"/{CLIENT_ID}\", and nothing else in them \
                     is in braces; write it so"
                ),
            );
        }
        if !named && path.contains(['{', '}']) {
            found.say_of(
                &["paths"],
                at,
                path,
                "only the last segment of a path that serves \"client\" is in braces; write it without",
            );
        }
    }
    let rules = &endpoint.rules.client;
    if named && rules.members.is_empty() {
        found.say(&["client", "members"], "it shows nothing; list at least one member");
    }
    for (at, own) in rules.members.iter().enumerate() {
        let Member { name, source, fallback, .. } = own;
        if [source, fallback].into_iter().flatten().any(|source| !source.is_of_app()) {
            found.say_of(
                &["client", "members"],
                at,
                name,
                "nothing is shown of an app but client_id, app_name, client_type, redirect_uri and issuer; name one of \
                 these as its source",
            );
        }
    }
}
