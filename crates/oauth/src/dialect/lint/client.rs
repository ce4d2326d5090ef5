//! The look-up of an app: where it stands, and what whoever holds a token may learn there.

use super::super::member::Member;
use super::super::{CLIENT_ID, Endpoint, Serves};

/// The dangers of an endpoint that looks apps up, and of others that would stand where it does.
pub(super) fn look_up(endpoint: &Endpoint, found: &mut Vec<String>) {
    let name = endpoint.paths.first().map_or("?", String::as_str);
    let named = endpoint.serves == Serves::Client;
    let stem =
        |path: &str| path.strip_suffix(CLIENT_ID).filter(|stem| stem.ends_with('/')).map(str::to_owned);
    let is_whole = |stem: String| !stem.contains(['{', '}']);
    if named && !endpoint.paths.iter().all(|path| stem(path).is_some_and(is_whole)) {
        found.push(format!(
            "endpoint {name}: the paths of an endpoint that serves \"client\" end with \"/{CLIENT_ID}\", and nothing \
             else in them is in braces"
        ));
    }
    if !named && endpoint.paths.iter().any(|path| path.contains(['{', '}'])) {
        found.push(format!(
            "endpoint {name}: only the last segment of a path that serves \"client\" is in braces"
        ));
    }
    let rules = &endpoint.rules.client;
    if named && rules.members.is_empty() {
        found.push("client.members: it shows nothing; list at least one member".to_owned());
    }
    if rules.status == 204 {
        found.push("client.status: 204 has no body, so it could show nothing".to_owned());
    }
    if let Some(name) = rules.shape.repeated() {
        found.push(format!(
            "client.members {name}: one object would hold this name twice; let members of one object follow each other"
        ));
    }
    for own in &rules.members {
        super::member("client.members", own, found);
        let Member { name, source, fallback, .. } = own;
        if [source, fallback].into_iter().flatten().any(|source| !source.is_of_app()) {
            found.push(format!(
                "client.members {name}: nothing is shown of an app but client_id, app_name, client_type, redirect_uri and \
                 the issuer"
            ));
        }
    }
}
