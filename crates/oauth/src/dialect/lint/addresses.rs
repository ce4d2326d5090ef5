//! Where the endpoints stand, and by which methods.

use super::super::danger::Found;
use super::super::rules::RevokeProof;
use super::super::{CLIENT_ID, Dialect, Endpoint, Method, Serves, TokenPlace};
use crate::policy::Cascade;
use crate::time::Lifetime;

const EXPIRED_AT_MOST: i64 = 7_776_000_000;
const PATH_AT_MOST: usize = 128;

/// The dangers of one endpoint's addresses.
pub(super) fn of(endpoint: &Endpoint, found: &mut Found<'_>) {
    let name = endpoint.paths.first().map_or("?", String::as_str);
    if endpoint.paths.is_empty() {
        found.say(&["paths"], "it names no path; write where the endpoint stands");
    }
    for (at, path) in endpoint.paths.iter().enumerate() {
        if !is_path(path) {
            found.say_of(
                &["paths"],
                at,
                path,
                "a path begins with one '/' and is made of letters, digits and '-._~:@/', without '//', '%' or anything \
                 between slashes that ends with '.'; write it as clients send it",
            );
        }
        let describes = matches!(endpoint.serves, Serves::Metadata | Serves::ResourceMetadata);
        if path.to_ascii_lowercase().starts_with("/.well-known") && !describes {
            found.say_of(
                &["paths"],
                at,
                path,
                "what is well known is metadata and nothing else (RFC 8615); write another path",
            );
        }
    }
    methods(endpoint, name, found);
    if endpoint.serves == Serves::Token && endpoint.rules.token.foreign_clients {
        found.say(
            &["token", "foreign_clients"],
            format!(
                "a code or refresh token is redeemed in the dialect of its app and nowhere else, so not at {name}; say it \
                 where tokens are revoked or introspected only"
            ),
        );
    }
    revocation(endpoint, name, found);
}

/// A path as clients send it: byte for byte, in a spelling that nothing on the way changes. Two slashes at the beginning
/// are another host to a browser that is led back here.
fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@/".contains(&byte);
    // '.' and '..' lead elsewhere, and some servers drop a dot at an end.
    let stays = path.split('/').all(|segment| !segment.ends_with('.'));
    let written = path.strip_suffix(CLIENT_ID).unwrap_or(path);
    // Braces are looked at where apps are looked up, which says what they mean.
    let written = written.replace(['{', '}'], "");
    path.starts_with('/')
        && !path.contains("//")
        && path.len() <= PATH_AT_MOST
        && stays
        && written.bytes().all(plain)
}

fn methods(endpoint: &Endpoint, name: &str, found: &mut Found<'_>) {
    let methods = &endpoint.methods;
    let lists = |method| methods.contains(&method);
    let wrong = match endpoint.serves {
        _ if methods.is_empty() => "names no method; write those that clients use",
        Serves::Token | Serves::Introspect if *methods != [Method::Post] => {
            "codes and tokens would end up in logs; write [\"POST\"]"
        }
        Serves::Authorize if !lists(Method::Post) => "the consent page is posted; list \"POST\", too",
        Serves::Authorize if methods.iter().any(|own| !matches!(own, Method::Get | Method::Post)) => {
            "a browser sends GET or POST; list those two"
        }
        Serves::Metadata | Serves::ResourceMetadata if !lists(Method::Get) => {
            "metadata is read by GET; list \"GET\""
        }
        Serves::Authorize
        | Serves::Token
        | Serves::Revoke
        | Serves::Introspect
        | Serves::Userinfo
        | Serves::Identity
        | Serves::Client
        | Serves::Metadata
        | Serves::ResourceMetadata => return,
    };
    found.say(&["methods"], format!("{wrong} (at {name})"));
}

fn revocation(endpoint: &Endpoint, name: &str, found: &mut Found<'_>) {
    if endpoint.serves != Serves::Revoke {
        return;
    }
    let rules = &endpoint.rules.revoke;
    let in_body = endpoint.token_places().contains(&TokenPlace::Body);
    if endpoint.methods.contains(&Method::Get) && in_body {
        found.say(
            &["methods"],
            format!("a GET that revokes takes the token from a header, never from the address; write token_from for {name}"),
        );
    }
    if rules.client == RevokeProof::None && in_body {
        found.say(
            &["revoke", "client"],
            format!(
                "where the client need not prove itself, the token comes in a header, or a page of another site could post \
                 it; write token_from for {name}"
            ),
        );
    }
    if rules.expired_for.milliseconds().is_none_or(|kept| kept > EXPIRED_AT_MOST) {
        found.say(
            &["revoke", "expired_for"],
            "an expired access token is kept for ninety days at most; write \"90d\" or less",
        );
    }
    if rules.expired_for != Lifetime::seconds(0) && rules.cascade == Cascade::Token {
        found.say(
            &["revoke", "expired_for"],
            "it has a meaning only with cascade = \"family\", as an expired token has ended by itself; leave it out",
        );
    }
}

/// Two endpoints that one address would lead to, be it in another spelling.
pub(super) fn of_all(dialect: &Dialect, found: &mut Found<'_>) {
    let mut seen: Vec<(String, usize, &str)> = Vec::new();
    for (at, endpoint) in dialect.endpoints.iter().enumerate() {
        for (which, path) in endpoint.paths.iter().enumerate() {
            let folded = path.to_ascii_lowercase().trim_end_matches('/').to_owned();
            let earlier = seen.iter().find(|(other, _, _)| *other == folded);
            if earlier.is_some_and(|(_, other, written)| *other != at || written == path) {
                found.at(Some(at));
                found.say_of(
                    &["paths"],
                    which,
                    path,
                    "two endpoints stand at this path, or at spellings of it; write another for one of them",
                );
            }
            seen.push((folded, at, path));
        }
    }
    found.at(None);
}
