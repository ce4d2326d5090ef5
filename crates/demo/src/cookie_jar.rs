//! A browser's cookies, as far as a walk through one host needs them (RFC 6265 §5).
//!
//! Kept by host, name and path, as browsers do: a port makes no difference. A cookie goes only to paths below its own
//! and, when `Secure`, only over https. There is no clock: a cookie lives as long as the jar, unless its `Max-Age` is
//! not positive or its `Expires` names 1970, which is how servers delete one.

use http::HeaderMap;
use http::header::SET_COOKIE;
use url::Url;

/// The cookies of one browser.
#[derive(Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    secure: bool,
}

impl CookieJar {
    /// Takes in the `Set-Cookie` headers of an answer that came from `url`.
    pub fn keep(&mut self, url: &Url, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((cookie, alive)) = read(url, line) else { continue };
            let same =
                |old: &Cookie| old.host == cookie.host && old.path == cookie.path && old.name == cookie.name;
            self.cookies.retain(|old| !same(old));
            if alive {
                self.cookies.push(cookie);
            }
        }
    }

    /// The `Cookie` header for a request to `url`, longest paths first; `None` when there is nothing to send.
    #[must_use]
    pub fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or_default();
        let mut fitting: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.host == host && below(url.path(), &cookie.path))
            .filter(|cookie| !cookie.secure || url.scheme() == "https")
            .collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Reads one `Set-Cookie` line, and whether the cookie lives on.
fn read(url: &Url, line: &str) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        host: url.host_str()?.to_owned(),
        path: default_path(url.path()),
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        secure: false,
    };
    let mut alive = true;
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => cookie.path = value.to_owned(),
            "secure" => cookie.secure = true,
            "max-age" => alive = value.parse::<i64>().is_ok_and(|seconds| seconds > 0),
            "expires" if value.contains("1970") => alive = false,
            _ => {}
        }
    }
    (!cookie.name.is_empty()).then_some((cookie, alive))
}

/// RFC 6265 §5.1.4: the folder of the page that set it.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        Some(at) if at > 0 => path[..at].to_owned(),
        Some(_) | None => "/".to_owned(),
    }
}

/// RFC 6265 §5.1.4: `/account` covers `/account` and `/account/keys`, never `/accounts`.
fn below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    fn jar(lines: &[&'static str]) -> CookieJar {
        let mut jar = CookieJar::default();
        for line in lines {
            let mut headers = HeaderMap::new();
            headers.append(SET_COOKIE, http::HeaderValue::from_static(line));
            jar.keep(&url("http://127.0.0.1:8080/oauth/authorize"), &headers);
        }
        jar
    }

    #[test]
    fn returns_a_cookie_to_its_host_on_any_port() {
        let jar = jar(&["session=abc; Path=/; HttpOnly; SameSite=Lax"]);
        assert_eq!(jar.header(&url("http://127.0.0.1:8080/login")).as_deref(), Some("session=abc"));
        assert_eq!(jar.header(&url("http://127.0.0.1:9/")).as_deref(), Some("session=abc"));
        assert_eq!(jar.header(&url("http://127.0.0.2:8080/")), None);
    }

    #[test]
    fn keeps_to_the_path() {
        let jar = jar(&["a=1", "b=2; Path=/account", "c=3; Path=/"]);
        assert_eq!(jar.header(&url("http://127.0.0.1/oauth/token")).as_deref(), Some("a=1; c=3"));
        assert_eq!(jar.header(&url("http://127.0.0.1/account/keys")).as_deref(), Some("b=2; c=3"));
        assert_eq!(jar.header(&url("http://127.0.0.1/accounts")).as_deref(), Some("c=3"));
    }

    #[test]
    fn replaces_and_deletes() {
        let replaced = jar(&["a=1; Path=/", "a=2; Path=/"]);
        assert_eq!(replaced.header(&url("http://127.0.0.1/")).as_deref(), Some("a=2"));
        for last in ["a=; Path=/; Max-Age=0", "a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(jar(&["a=1; Path=/", last]).header(&url("http://127.0.0.1/")), None, "{last}");
        }
    }

    #[test]
    fn sends_a_secure_cookie_over_https_only() {
        let jar = jar(&["a=1; Path=/; Secure"]);
        assert_eq!(jar.header(&url("http://127.0.0.1/")), None);
        assert_eq!(jar.header(&url("https://127.0.0.1/")).as_deref(), Some("a=1"));
    }
}
