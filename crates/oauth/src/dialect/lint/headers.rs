//! Headers that a dialect may name: those that may carry a parameter or a token, and those that it may add to an answer.

/// Why a header that browsers and proxies fill is no place for anything.
const AMBIENT: &str = "browsers and proxies send this header by themselves, so that any site could use what is in it; name \
                       another header";

/// What is wrong with a header that should carry a parameter or a token.
pub(super) fn of_requests(header: &str) -> Result<(), &'static str> {
    if !is_header(header) {
        return Err(
            "a header is named by letters and digits, with one '-' between words, as proxies drop or mix up any \
                    other; write such a name",
        );
    }
    if is_ambient(header) {
        return Err(AMBIENT);
    }
    if !is_for_credentials(header) {
        return Err(
            "what carries a parameter ends with the word id, key, secret, token, client, app, code, verifier, scope, \
                    auth, authentication or authorization, so that no server or proxy acts on it; name such a header",
        );
    }
    Ok(())
}

/// Whether a text can name a header. An underscore is none to some proxies and a '-' to others.
fn is_header(text: &str) -> bool {
    text.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Whether the name of a header says that it carries what a client knows.
fn is_for_credentials(header: &str) -> bool {
    const WORDS: [&str; 12] = [
        "app",
        "auth",
        "authentication",
        "authorization",
        "client",
        "code",
        "id",
        "key",
        "scope",
        "secret",
        "token",
        "verifier",
    ];
    let own = header.to_ascii_lowercase();
    WORDS.iter().any(|word| own.ends_with(word))
}

/// Headers of requests that browsers, proxies and caches fill or read by themselves (Fetch §2.2.2).
const AMBIENT_NAMES: [&str; 22] = [
    "cache-control",
    "connection",
    "cookie",
    "date",
    "dnt",
    "expect",
    "forwarded",
    "from",
    "host",
    "idempotency-key",
    "keep-alive",
    "last-event-id",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "save-data",
    "te",
    "user-agent",
    "via",
];

/// What proxies, their clouds and frameworks put in front of the names of theirs.
const AMBIENT_FAMILIES: [&str; 50] = [
    "accept",
    "access-control-",
    "cf-",
    "content-",
    "csrf-",
    "fastly-",
    "fly-",
    "if-",
    "proxy",
    "purpose",
    "remote-",
    "sec-",
    "ssl-",
    "tailscale-",
    "trace",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-accel-",
    "x-amz",
    "x-appengine-",
    "x-auth-request-",
    "x-azure-",
    "x-b3-",
    "x-client-cert",
    "x-cloud-",
    "x-correlation-",
    "x-csrf",
    "x-datadog-",
    "x-envoy-",
    "x-forwarded",
    "x-goog-",
    "x-http-",
    "x-kong-",
    "x-method-",
    "x-ms-",
    "x-nf-",
    "x-original-",
    "x-pomerium-",
    "x-proxy",
    "x-real-",
    "x-remote-",
    "x-request",
    "x-rewrite-",
    "x-ssl-",
    "x-trace",
    "x-vercel-",
    "x-webauth-",
    "x-xsrf",
    "xsrf-",
];

/// How proxies, meshes and frameworks end the name of a header with which they follow a request on its way.
const AMBIENT_ENDS: [&str; 12] = [
    "-correlation-id",
    "-correlationid",
    "-event-id",
    "-request-id",
    "-requestid",
    "-scope-orgid",
    "-session-id",
    "-span-id",
    "-spanid",
    "-trace-id",
    "-traceid",
    "-unique-id",
];

/// Whether something on the way fills or reads this header of a request by itself.
fn is_ambient(header: &str) -> bool {
    let own = format!("-{}", header.to_ascii_lowercase());
    AMBIENT_NAMES.contains(&&own[1..])
        || AMBIENT_FAMILIES.iter().any(|family| own[1..].starts_with(family))
        || AMBIENT_ENDS.iter().any(|end| own.ends_with(end))
}

/// Whether a dialect may add this header to its token answers. There is no harm in these: nothing between the server and
/// its client acts on one.
pub(super) fn is_of_answers(header: &str) -> bool {
    const NAMES: [&str; 14] = [
        "content-language",
        "deprecation",
        "ratelimit-limit",
        "ratelimit-policy",
        "sunset",
        "x-accepted-oauth-scopes",
        "x-environment",
        "x-oauth-client-id",
        "x-oauth-scopes",
        "x-powered-by",
        "x-ratelimit-limit",
        "x-region",
        "x-server",
        "x-service",
    ];
    let own = header.to_ascii_lowercase();
    let version = is_header(header) && own.ends_with("-version") && !is_ambient(header);
    NAMES.contains(&own.as_str()) || version
}
